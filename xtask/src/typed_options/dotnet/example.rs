//! A program that uses every option: that it compiles is a test.

use std::fmt::Write as _;

use super::class::{Class, Role};
use super::property::Property;
use crate::catalogue::Kind;
use crate::typed_options::spelling::pascal_case;

pub(super) fn program(classes: &[Class<'_>]) -> String {
    let common: &[Property<'_>] = classes
        .iter()
        .find(|class| matches!(class.role, Role::Common))
        .map_or(&[], |class| &class.properties);
    let mut schemes = String::new();
    let mut issuer = String::new();
    for class in classes {
        // Writing to a String cannot fail.
        let _ = match class.role {
            Role::Scheme(_) => writeln!(
                schemes,
                "        new {}\n{},",
                class.name,
                initializer(classes, class.properties.iter().chain(common), 8)
            ),
            Role::TokenIssuer => write!(
                issuer,
                "{}",
                initializer(classes, class.properties.iter(), 4)
            ),
            Role::Common | Role::Group => Ok(()),
        };
    }
    format!(
        "using System.Text.Json.Nodes;\nusing Hookseal.Providers;\n\n\
         namespace Hookseal.Tests.Typed;\n\n\
         /// <summary>Every option, as a program writes it.</summary>\n\
         internal static class EveryOption\n{{\n    \
         internal static readonly SchemeOptions[] Schemes =\n    [\n{schemes}    ];\n\n    \
         internal static readonly TokenIssuerOptions TokenIssuer = new()\n{issuer};\n}}\n"
    )
}

fn initializer<'p>(
    classes: &[Class<'_>],
    properties: impl Iterator<Item = &'p Property<'p>>,
    indent: usize,
) -> String {
    let margin = " ".repeat(indent);
    let lines: String = properties
        .map(|property| {
            let value = value(classes, property, indent + 4);
            format!("{margin}    {} = {value},\n", property.name)
        })
        .collect();
    format!("{margin}{{\n{lines}{margin}}}")
}

fn value(classes: &[Class<'_>], property: &Property<'_>, indent: usize) -> String {
    let option = property.option;
    let chosen = || {
        let value = option.values.first().map(|value| pascal_case(value));
        format!("{}.{}", property.choice(), value.unwrap_or_default())
    };
    match option.kind {
        Kind::Secret | Kind::PublicKey => "new[] { \"the new one\", \"the old one\" }".to_owned(),
        Kind::OneSecret => "new byte[32]".to_owned(),
        Kind::Text | Kind::TextOrBytes => "\"a text\"".to_owned(),
        Kind::Texts => "[\"one text\", \"another text\"]".to_owned(),
        Kind::Choice => chosen(),
        Kind::Choices => format!("[{}]", chosen()),
        Kind::Switch => "true".to_owned(),
        Kind::Seconds => "TimeSpan.FromSeconds(60)".to_owned(),
        Kind::Size => "1000".to_owned(),
        Kind::Rate => "Rate.Any".to_owned(),
        Kind::KeySet => "new JsonObject { [\"keys\"] = new JsonArray() }".to_owned(),
        Kind::Claims => {
            "new() { [\"level\"] = 3, [\"is_verified\"] = true, [\"group\"] = \"senders\" }"
                .to_owned()
        }
        Kind::Group => {
            let name = property.group();
            let members = classes.iter().find(|class| class.name == name);
            let members = members.map(|class| {
                format!(
                    "new()\n{}",
                    initializer(classes, class.properties.iter(), indent)
                )
            });
            members.unwrap_or_default()
        }
    }
}
