//! Which type an option has.

use std::collections::BTreeSet;

use super::value_name;
use crate::catalogue::{Kind, OptionSpec};

/// The type of an option, whose owner is a scheme in `PascalCase`.
pub(super) fn annotation(owner: &str, option: &OptionSpec) -> String {
    let name = named_type(owner, option);
    match (option.kind, name) {
        (Kind::Choices, Some(name)) => format!("OneOrMore[{name}]"),
        (_, Some(name)) => name,
        (Kind::Switch, None) => "bool".to_owned(),
        (Kind::Seconds | Kind::Size, None) => "int".to_owned(),
        (Kind::Rate, None) => "int | Literal[\"*\"]".to_owned(),
        (_, None) => "str".to_owned(),
    }
}

/// The types that `hookseal/options.py` defines, or hands on, for these options.
pub(super) fn named_types(owner: &str, options: &[OptionSpec]) -> BTreeSet<String> {
    let own = options.iter().filter_map(|it| named_type(owner, it));
    own.chain(options.iter().filter_map(one_or_more)).collect()
}

/// The types of kinds, which `hookseal/_types.py` defines.
pub(super) fn types_of_kinds(options: &[OptionSpec]) -> BTreeSet<String> {
    let own = options.iter().filter_map(|it| type_of_kind(it.kind));
    let own = own.map(str::to_owned);
    let own = own.chain(options.iter().filter_map(one_or_more));
    own.chain(options.iter().flat_map(|it| types_of_kinds(&it.members)))
        .collect()
}

/// One of these texts, as a type.
pub(super) fn literal(values: &[String]) -> String {
    if let [only] = values {
        return format!("Literal[\"{only}\"]");
    }
    let lines = values.iter().map(|value| format!("    \"{value}\",\n"));
    format!("Literal[\n{}]", lines.collect::<String>())
}

fn named_type(owner: &str, option: &OptionSpec) -> Option<String> {
    match option.kind {
        Kind::Choice | Kind::Choices => Some(value_name(owner, option)),
        Kind::Group => Some(format!("{}Options", value_name(owner, option))),
        kind => type_of_kind(kind).map(str::to_owned),
    }
}

fn one_or_more(option: &OptionSpec) -> Option<String> {
    (option.kind == Kind::Choices).then(|| "OneOrMore".to_owned())
}

fn type_of_kind(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Secret => Some("Secret"),
        Kind::PublicKey => Some("PublicKey"),
        Kind::OneSecret => Some("OneSecret"),
        Kind::TextOrBytes => Some("TextOrBytes"),
        Kind::Texts => Some("Texts"),
        Kind::KeySet => Some("KeySet"),
        Kind::Claims => Some("Claims"),
        Kind::Text
        | Kind::Choice
        | Kind::Choices
        | Kind::Switch
        | Kind::Seconds
        | Kind::Size
        | Kind::Rate
        | Kind::Group => None,
    }
}
