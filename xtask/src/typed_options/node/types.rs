//! The interfaces.

use std::collections::BTreeSet;

use super::super::Source;
use super::names::{interface, key, respelled};
use super::{GENERATED, WIDTH, docs};
use crate::catalogue::{Kind, OptionSpec, Scheme};
use crate::typed_options::spelling::camel_case;

pub(super) fn of_source(source: &Source) -> String {
    let writer = Writer {
        common: &source.common,
        respelled: respelled(source),
    };
    let mut text = format!("{GENERATED}{HEAD}");
    let about = "The options that every scheme takes; `tolerance` only where a time is signed.";
    text += &docs::comment(&[about.to_owned()], "");
    text += &writer.interface("CommonOptions", "", &source.common);
    for scheme in &source.schemes {
        text += &writer.of_scheme(scheme);
    }
    text += &of_map(&source.schemes);
    text += "\n";
    text += &docs::comment(&["What a token issuer is made with.".to_owned()], "");
    text + &writer.interface("TokenIssuerOptions", "", &source.token_issuer)
}

const HEAD: &str = r#"
/** The options of each scheme, with their types and what they are for. */

import type { KeySet, Keys, OneOrMore, RequiredClaims, TextOrBytes } from "./option-values.js";

"#;

struct Writer<'s> {
    common: &'s [OptionSpec],
    respelled: BTreeSet<String>,
}

impl Writer<'_> {
    /// The interface of a scheme, after those of its groups.
    fn of_scheme(&self, scheme: &Scheme) -> String {
        let name = interface(&scheme.id, None);
        let own = scheme.options.iter().filter(|it| !self.common.contains(it));
        let own: Vec<OptionSpec> = own.cloned().collect();
        let mut text = String::new();
        for group in own.iter().filter(|option| option.kind == Kind::Group) {
            let about = format!(
                "What {{@link {name}.{}}} is made of.",
                camel_case(&group.name)
            );
            text += "\n";
            text += &docs::comment(&[about], "");
            text += &self.interface(
                &interface(&scheme.id, Some(&group.name)),
                &scheme.id,
                &group.members,
            );
        }
        let heading = format!("{name} extends {}", self.parent(scheme));
        text += "\n";
        text += &docs::of_scheme(scheme);
        text + &self.interface(&heading, &scheme.id, &own)
    }

    /// The common options, without those that the scheme does not take.
    fn parent(&self, scheme: &Scheme) -> String {
        let takes = |name: &str| scheme.options.iter().any(|option| option.name == name);
        let lacking = self.common.iter().filter(|option| !takes(&option.name));
        let lacking: Vec<String> = lacking
            .map(|option| format!("{:?}", camel_case(&option.name)))
            .collect();
        if lacking.is_empty() {
            return "CommonOptions".to_owned();
        }
        format!("Omit<CommonOptions, {}>", lacking.join(" | "))
    }

    fn interface(&self, heading: &str, scheme: &str, options: &[OptionSpec]) -> String {
        let mut text = format!("export interface {heading} {{\n");
        for option in options {
            text += &docs::of_option(option, &self.respelled);
            text += &property(option, scheme);
        }
        text + "}\n"
    }
}

fn property(option: &OptionSpec, scheme: &str) -> String {
    let optional = if option.required { "" } else { "?" };
    let name = camel_case(&option.name);
    let start = format!("  readonly {name}{optional}:");
    let line = format!("{start} {};\n", type_of(option, scheme));
    if line.len() <= WIDTH + 1 || option.values.is_empty() {
        return line;
    }
    let values = option.values.iter().map(|value| format!("    | {value:?}"));
    let values = values.collect::<Vec<_>>().join("\n");
    match option.kind {
        Kind::Choices => format!("{start} OneOrMore<\n{values}\n  >;\n"),
        _ => format!("{start}\n{values};\n"),
    }
}

fn type_of(option: &OptionSpec, scheme: &str) -> String {
    let values = option.values.iter().map(|value| format!("{value:?}"));
    let values = values.collect::<Vec<_>>().join(" | ");
    match option.kind {
        Kind::Secret | Kind::PublicKey => "Keys".to_owned(),
        Kind::OneSecret | Kind::TextOrBytes => "TextOrBytes".to_owned(),
        Kind::Text => "string".to_owned(),
        Kind::Texts => "OneOrMore<string>".to_owned(),
        Kind::Choice => values,
        Kind::Choices => format!("OneOrMore<{values}>"),
        Kind::Switch => "boolean".to_owned(),
        Kind::Seconds | Kind::Size => "number".to_owned(),
        Kind::Rate => "number | \"*\"".to_owned(),
        Kind::KeySet => "KeySet".to_owned(),
        Kind::Claims => "RequiredClaims".to_owned(),
        Kind::Group => interface(scheme, Some(&option.name)),
    }
}

/// The map from ids to interfaces.
fn of_map(schemes: &[Scheme]) -> String {
    let mut text = String::from("\n/** The options of each scheme by its id. */\n");
    text += "export interface SchemeOptions {\n";
    for Scheme { id, title, .. } in schemes {
        text += &docs::comment(&[format!("{title}.")], "  ");
        text += &format!("  {}: {};\n", key(id), interface(id, None));
    }
    text + "}\n"
}
