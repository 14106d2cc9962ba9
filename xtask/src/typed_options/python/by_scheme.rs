//! `hookseal/_by_scheme.pyi`: what takes a scheme by its id, an overload a scheme.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::text::docstring;
use super::{GENERATED, function_name, options_name, takes_hooks};
use crate::catalogue::Scheme;
use crate::typed_options::Source;

const HEAD: &str = r"# Checkers read the arguments of `Verifier` and `Webhook` here. There is no such module at
# run time.

from collections.abc import Callable, Mapping
from typing import Any, Literal, overload, type_check_only

from typing_extensions import Self, Unpack

from hookseal._native import Verifier
from hookseal._types import FetchKeys, Introspect, Option
from hookseal.flask import RejectionHook
from hookseal.options import (
";

/// What a class takes beside the options of a scheme.
struct Class {
    name: &'static str,
    method: &'static str,
    first: &'static str,
    result: &'static str,
    /// Keyword arguments, a line each.
    arguments: &'static str,
}

const HOOKS: &str = "        fetch_keys: FetchKeys | None = None,
        introspect: Introspect | None = None,
";

const VERIFIER: Class = Class {
    name: "VerifierByScheme",
    method: "__new__",
    first: "cls",
    result: "Self",
    arguments: "",
};

const WEBHOOK: Class = Class {
    name: "WebhookByScheme",
    method: "__init__",
    first: "self",
    result: "None",
    arguments: "        name: str | None = None,
        clock: Callable[[], float] | None = None,
        on_rejected: RejectionHook | None = None,
",
};

const NAMED_WEBHOOK: Class = Class {
    arguments: "        name: str,
        clock: Callable[[], float] | None = None,
        on_rejected: RejectionHook | None = None,
",
    ..WEBHOOK
};

pub(super) fn text(source: &Source) -> String {
    let mut text = format!("{GENERATED}\n{HEAD}");
    let names: BTreeSet<_> = source.schemes.iter().map(options_name).collect();
    for name in names {
        let _ = writeln!(text, "    {name},");
    }
    text.push_str(")\n");
    for class in [VERIFIER, WEBHOOK] {
        let _ = writeln!(text, "\n@type_check_only\nclass {}:", class.name);
        for scheme in &source.schemes {
            built_in(&mut text, &class, scheme);
        }
        overload(
            &mut text,
            &class,
            "        scheme: Mapping[str, Any],\n        /,\n",
            HOOKS,
            "        **options: Option,\n",
            "A custom scheme.",
        );
    }
    // A webhook may also have a ready verifier, or none yet.
    let ready = "        scheme: Verifier,\n        /,\n";
    overload(&mut text, &WEBHOOK, ready, "", "", "A ready verifier.");
    let later = "Without a scheme: ``init_app`` reads it from the application's configuration.";
    overload(&mut text, &NAMED_WEBHOOK, "", HOOKS, "", later);
    text
}

fn built_in(text: &mut String, class: &Class, scheme: &Scheme) {
    let first = format!("        scheme: Literal[\"{}\"],\n        /,\n", scheme.id);
    let hooks = if takes_hooks(&scheme.options) {
        HOOKS
    } else {
        ""
    };
    let options = format!("        **options: Unpack[{}],\n", options_name(scheme));
    let name = function_name(scheme);
    let about = format!(
        "{}: :func:`hookseal.providers.{name}` describes the options.",
        scheme.title
    );
    overload(text, class, &first, hooks, &options, &about);
}

fn overload(
    text: &mut String,
    class: &Class,
    first: &str,
    hooks: &str,
    options: &str,
    about: &str,
) {
    let arguments = format!("{}{hooks}", class.arguments);
    let star = if arguments.is_empty() {
        ""
    } else {
        "        *,\n"
    };
    let (method, own, result) = (class.method, class.first, class.result);
    let _ = write!(
        text,
        "    @overload\n    def {method}(\n        {own},\n{first}{star}{arguments}{options}    \
         ) -> {result}:\n{}",
        docstring(8, about)
    );
}
