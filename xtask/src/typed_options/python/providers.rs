//! `hookseal/providers.py`: a function a scheme.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::annotations::{annotation, named_types};
use super::text::{description, escaped, wrapped};
use super::{GENERATED, function_name, required_first, takes_hooks};
use crate::catalogue::Scheme;
use crate::typed_options::Source;
use crate::typed_options::spelling::pascal_case;

const HEAD: &str = r#""""A function for each provider, which makes a verifier of its webhooks.

::

    verifier = hookseal.providers.standard_webhooks(secret=SECRET)

That is ``hookseal.Verifier("standard-webhooks", secret=SECRET)``, with a type and a
description of each option. What is ``UNSET`` may be left out. ``None`` is rejected, so that
no check is off because an environment variable is not set. A wrong option raises
:class:`hookseal.ConfigurationError`.
"""

from __future__ import annotations

from hookseal._unset import UNSET, verifier

TYPE_CHECKING = False
if TYPE_CHECKING:
"#;

/// Name, type and description of what asks others.
const HOOKS: [(&str, &str, &str); 2] = [
    (
        "fetch_keys",
        "FetchKeys",
        "Fetches a remote key set, in the place of the standard library's HTTP client.",
    ),
    (
        "introspect",
        "Introspect",
        "Asks the issuer of a token what it is. Goes with ``introspection``.",
    ),
];

pub(super) fn text(source: &Source) -> String {
    let functions: String = source.schemes.iter().map(function).collect();
    let mut text = format!("{GENERATED}\n{HEAD}");
    imports(&mut text, source, &functions);
    let names: BTreeSet<_> = source.schemes.iter().map(function_name).collect();
    text.push_str("\n__all__ = [\n");
    for name in names {
        let _ = writeln!(text, "    \"{name}\",");
    }
    text + "]\n" + &functions
}

/// What only checkers need.
fn imports(text: &mut String, source: &Source, functions: &str) {
    if functions.contains("Literal[") {
        text.push_str("    from typing import Literal\n\n");
    }
    text.push_str("    from hookseal._native import Verifier\n");
    if source.schemes.iter().any(|it| takes_hooks(&it.options)) {
        let names = HOOKS.map(|(_, kind, _)| kind).join(", ");
        let _ = writeln!(text, "    from hookseal._types import {names}");
    }
    text.push_str("    from hookseal.options import (\n");
    let schemes = source.schemes.iter();
    let names = schemes.flat_map(|it| named_types(&pascal_case(&it.id), &it.options));
    let names: BTreeSet<_> = names.collect();
    for name in names {
        let _ = writeln!(text, "        {name},");
    }
    text.push_str("    )\n");
}

fn function(scheme: &Scheme) -> String {
    let owner = pascal_case(&scheme.id);
    let mut parameters = String::new();
    let mut about = String::new();
    let mut describe = |name: &str, description: &str| {
        let line = format!("{name}: {description}");
        about.push_str(&wrapped(8, 12, &escaped(&line)));
        about.push('\n');
    };
    for option in required_first(&scheme.options) {
        let unset = if option.required { "" } else { " = UNSET" };
        let kind = annotation(&owner, option);
        let _ = writeln!(parameters, "    {}: {kind}{unset},", option.name);
        describe(&option.name, &description(option));
    }
    if takes_hooks(&scheme.options) {
        for (name, kind, text) in HOOKS {
            let _ = writeln!(parameters, "    {name}: {kind} = UNSET,");
            describe(name, text);
        }
    }
    let name = function_name(scheme);
    let (title, docs, id) = (&scheme.title, &scheme.docs, &scheme.id);
    format!(
        "\n\ndef {name}(\n    *,\n{parameters}) -> Verifier:\n    \"\"\"{title}.\n\n    {docs}\n\n    \
         Args:\n{about}    \"\"\"\n    return verifier(\"{id}\", locals())\n"
    )
}
