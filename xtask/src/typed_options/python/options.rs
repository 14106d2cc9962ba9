//! `hookseal/options.py`: the options of each scheme as a `TypedDict`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::annotations::{annotation, literal, types_of_kinds};
use super::text::{description, docstring};
use super::{GENERATED, required_first, value_name};
use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::Source;
use crate::typed_options::spelling::pascal_case;

const HEAD: &str = r#""""The options of each scheme as types, for checkers and editors.

::

    options: StandardWebhooksOptions = {"secret": SECRET}
    verifier = hookseal.Verifier("standard-webhooks", **options)

What is not ``Required`` may be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

"#;

pub(super) fn text(source: &Source) -> String {
    let mut classes = Classes::default();
    let ids: Vec<_> = source.schemes.iter().map(|it| it.id.clone()).collect();
    classes.alias("SchemeId", "The id of a built-in scheme.", &ids);
    let shared = shared(source);
    classes.add("Common", "TypedDict", "What every scheme takes.", &shared);
    for scheme in &source.schemes {
        let own = scheme.options.iter().filter(|it| !shared.contains(it));
        let own: Vec<_> = own.cloned().collect();
        let about = format!("{}: {}", scheme.title, scheme.docs);
        classes.add(&pascal_case(&scheme.id), "CommonOptions", &about, &own);
    }
    let about = "What a :class:`hookseal.TokenIssuer` takes.";
    classes.add("TokenIssuer", "TypedDict", about, &source.token_issuer);

    let of_schemes = source.schemes.iter().flat_map(|it| &it.options);
    let all: Vec<_> = of_schemes.chain(&source.token_issuer).cloned().collect();
    let kinds = types_of_kinds(&all);
    let imports: String = kinds.iter().map(|it| format!("    {it},\n")).collect();
    let public = kinds.iter().chain(&classes.names);
    let public: BTreeSet<_> = public.map(|it| format!("    \"{it}\",\n")).collect();
    let public: String = public.into_iter().collect();
    format!(
        "{GENERATED}\n{HEAD}from hookseal._types import (\n{imports})\n\nif TYPE_CHECKING:\n    from \
         typing_extensions import Required\n\n__all__ = [\n{public}]\n{}",
        classes.text
    )
}

/// The options that all schemes take, and of which all say the same.
fn shared(source: &Source) -> Vec<OptionSpec> {
    let in_all = |option: &&OptionSpec| {
        let mut schemes = source.schemes.iter();
        schemes.all(|scheme| scheme.options.contains(option))
    };
    source.common.iter().filter(in_all).cloned().collect()
}

/// The types, and what they are called.
#[derive(Default)]
struct Classes {
    text: String,
    names: Vec<String>,
}

impl Classes {
    /// A `TypedDict`, below the types that it is made of.
    fn add(&mut self, owner: &str, base: &str, about: &str, options: &[OptionSpec]) {
        for option in options {
            let own = value_name(owner, option);
            match option.kind {
                Kind::Choice | Kind::Choices => {
                    let about = format!("A value of ``{}``.", option.name);
                    self.alias(&own, &about, &option.values);
                }
                Kind::Group => self.add(&own, "TypedDict", &description(option), &option.members),
                _ => {}
            }
        }
        let _ = writeln!(self.text, "\n\nclass {owner}Options({base}, total=False):");
        self.text.push_str(&docstring(4, about));
        for option in required_first(options) {
            let kind = annotation(owner, option);
            let kind = if option.required {
                format!("Required[{kind}]")
            } else {
                kind
            };
            let _ = writeln!(self.text, "\n    {}: {kind}", option.name);
            self.text.push_str(&docstring(4, &description(option)));
        }
        self.names.push(format!("{owner}Options"));
    }

    /// One of these texts.
    fn alias(&mut self, name: &str, about: &str, values: &[String]) {
        let values = literal(values);
        let _ = writeln!(self.text, "\n\n#: {about}\n{name}: TypeAlias = {values}");
        self.names.push(name.to_owned());
    }
}
