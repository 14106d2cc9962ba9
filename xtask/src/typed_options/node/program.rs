//! A program that gives every option, and compiles only if each has its type and
//! there are no others.

use super::super::Source;
use super::GENERATED;
use super::names::key;
use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::camel_case;

pub(super) fn of_source(source: &Source) -> String {
    let mut text = format!("{GENERATED}{HEAD}");
    for scheme in &source.schemes {
        text += &format!("  {}: {},\n", key(&scheme.id), object(&scheme.options, 2));
    }
    text += MIDDLE;
    for scheme in &source.schemes {
        let options = match key(&scheme.id) {
            quoted if quoted.starts_with('"') => format!("schemes[{quoted}]"),
            plain => format!("schemes.{plain}"),
        };
        text += &format!("new Verifier({:?}, {options});\n", scheme.id);
        text += &format!("webhook({:?}, {options});\n", scheme.id);
    }
    text += "\nconst issuer: Required<TokenIssuerOptions> = ";
    text + &object(&source.token_issuer, 0) + ";\nnew TokenIssuer(issuer);\n"
}

const HEAD: &str = r#"
/** Every option of every scheme, and no others. */

import { type SchemeOptions, TokenIssuer, type TokenIssuerOptions, Verifier } from "hookseal";
import { webhook } from "hookseal/express";

type Complete<Options> = { [Name in keyof Options]-?: Options[Name] };

const schemes: { [Id in keyof SchemeOptions]: Complete<SchemeOptions[Id]> } = {
"#;

const MIDDLE: &str = "};\n\n";

fn object(options: &[OptionSpec], indent: usize) -> String {
    let blanks = " ".repeat(indent);
    let mut text = String::from("{\n");
    for option in options {
        let name = camel_case(&option.name);
        text += &format!("{blanks}  {name}: {},\n", value(option, indent + 2));
    }
    text + &blanks + "}"
}

fn value(option: &OptionSpec, indent: usize) -> String {
    let first = option.values.first().map(|it| format!("{it:?}"));
    let first = first.unwrap_or_default();
    let min = option.range.map_or(0, |range| range.min);
    match option.kind {
        Kind::Secret | Kind::PublicKey => "{ old: \"text\", new: new Uint8Array(32) }".to_owned(),
        Kind::OneSecret | Kind::TextOrBytes => "new Uint8Array(32)".to_owned(),
        Kind::Text => "\"text\"".to_owned(),
        Kind::Texts => "[\"one\", \"two\"]".to_owned(),
        Kind::Choice => first,
        Kind::Choices => format!("[{first}]"),
        Kind::Switch => "true".to_owned(),
        Kind::Seconds | Kind::Size => min.to_string(),
        Kind::Rate => "\"*\"".to_owned(),
        Kind::KeySet => "{ keys: [{ kty: \"OKP\" }] }".to_owned(),
        Kind::Claims => "{ one: \"text\", two: [1, true] }".to_owned(),
        Kind::Group => object(&option.members, indent),
    }
}
