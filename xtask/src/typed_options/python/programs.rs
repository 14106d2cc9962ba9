//! Programs for the tests: one that a checker must let pass, and one of which each
//! statement is a mistake.

use std::fmt::Write as _;

use super::{GENERATED, function_name, required_first};
use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::Source;

/// `tests/typed/every_option.py`: all options in all places, each with a value.
pub(super) fn every_option(source: &Source) -> String {
    let mut text = format!(
        "{GENERATED}\n\"\"\"Every option of every scheme, for type checkers only.\"\"\"\n\n\
         from hookseal import TokenIssuer, Verifier, providers\n\
         from hookseal.flask import Webhook\n"
    );
    for scheme in &source.schemes {
        let values = arguments(&scheme.options);
        let (name, id) = (function_name(scheme), &scheme.id);
        let _ = write!(
            text,
            "\nproviders.{name}(\n{values})\nVerifier(\n    \"{id}\",\n{values})\n\
             Webhook(\n    \"{id}\",\n    name=\"hook\",\n{values})\n"
        );
    }
    let values = arguments(&source.token_issuer);
    let _ = write!(text, "\nTokenIssuer(\n{values})\n");
    text
}

/// `tests/typed/misspelt.py`: each line below the imports is a mistake.
pub(super) fn misspelt(source: &Source) -> String {
    let mut text = format!(
        "{GENERATED}\n\"\"\"Misspelt options and schemes: each line below `A` is one.\"\"\"\n\n\
         from typing import Any\n\n\
         from hookseal import TokenIssuer, Verifier, providers\n\
         from hookseal.flask import Webhook\n\nA: Any = None\n"
    );
    for scheme in &source.schemes {
        let (name, id) = (function_name(scheme), &scheme.id);
        let required = required(&scheme.options);
        let more: String = required.iter().map(|it| format!(", {it}")).collect();
        let _ = writeln!(text, "providers.{name}_({})", required.join(", "));
        let _ = writeln!(text, "Verifier(\"{id}_\"{more})");
        let _ = writeln!(text, "Webhook(\"{id}_\"{more})");
        for option in &scheme.options {
            let wrong = with_mistake(&scheme.options, option);
            let _ = writeln!(text, "providers.{name}({wrong})");
            let _ = writeln!(text, "Verifier(\"{id}\", {wrong})");
            let _ = writeln!(text, "Webhook(\"{id}\", {wrong})");
        }
        for group in scheme.options.iter().filter(|it| it.kind == Kind::Group) {
            for member in &group.members {
                let value = dictionary_with_mistake(&group.members, member);
                let _ = writeln!(text, "providers.{name}({}={value})", group.name);
            }
        }
    }
    for option in &source.token_issuer {
        let wrong = with_mistake(&source.token_issuer, option);
        let _ = writeln!(text, "TokenIssuer({wrong})");
    }
    text
}

fn arguments(options: &[OptionSpec]) -> String {
    let lines = required_first(options).map(|it| format!("    {}={},\n", it.name, value(it)));
    lines.collect()
}

/// A value that says as much of the type as one can.
fn value(option: &OptionSpec) -> String {
    let first = || option.values.first().cloned().unwrap_or_default();
    match option.kind {
        Kind::Secret | Kind::PublicKey => r#"{"main": "text", "other": b"bytes"}"#.to_owned(),
        Kind::OneSecret | Kind::TextOrBytes => r#"b"bytes""#.to_owned(),
        Kind::Text => r#""text""#.to_owned(),
        Kind::Texts => r#"["one", "two"]"#.to_owned(),
        Kind::Choice => format!("{:?}", first()),
        Kind::Choices => format!("[{:?}]", first()),
        Kind::Switch => "True".to_owned(),
        Kind::Seconds | Kind::Size => option.range.map_or(0, |it| it.min).to_string(),
        Kind::Rate => r#""*""#.to_owned(),
        Kind::KeySet => r#"{"keys": []}"#.to_owned(),
        Kind::Claims => r#"{"one": "text", "two": [1, True]}"#.to_owned(),
        Kind::Group => {
            let members = required_first(&option.members);
            let members = members.map(|it| format!("        \"{}\": {},\n", it.name, value(it)));
            format!("{{\n{}    }}", members.collect::<String>())
        }
    }
}

fn required(options: &[OptionSpec]) -> Vec<String> {
    let required = options.iter().filter(|it| it.required);
    required.map(|it| format!("{}=A", it.name)).collect()
}

/// What is required, and one option misspelt.
fn with_mistake(options: &[OptionSpec], option: &OptionSpec) -> String {
    let mut given: Vec<_> = others_required(options, option)
        .map(|it| format!("{}=A", it.name))
        .collect();
    given.push(format!("{}_=A", option.name));
    given.join(", ")
}

fn dictionary_with_mistake(options: &[OptionSpec], option: &OptionSpec) -> String {
    let mut given: Vec<_> = others_required(options, option)
        .map(|it| format!("\"{}\": A", it.name))
        .collect();
    given.push(format!("\"{}_\": A", option.name));
    format!("{{{}}}", given.join(", "))
}

fn others_required<'a>(
    options: &'a [OptionSpec],
    but: &'a OptionSpec,
) -> impl Iterator<Item = &'a OptionSpec> {
    let required = options.iter().filter(|it| it.required);
    required.filter(|it| it.name != but.name)
}
