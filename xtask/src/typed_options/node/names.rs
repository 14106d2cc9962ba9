//! The names of the core in the spelling of JavaScript.

use std::collections::BTreeSet;

use super::super::Source;
use crate::catalogue::OptionSpec;

/// `authToken` of `auth_token`.
pub(super) fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &capitalized(part))
}

/// `PlivoV2Options` of `plivo-v2`; with a group `PlivoV2GroupOptions`.
pub(super) fn interface(scheme: &str, group: Option<&str>) -> String {
    let words = scheme
        .split('-')
        .chain(group.iter().flat_map(|it| it.split('_')));
    words.map(capitalized).collect::<String>() + "Options"
}

/// A key of an object, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    if name.contains('-') {
        format!("{name:?}")
    } else {
        name.to_owned()
    }
}

pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The names of options that JavaScript spells differently, to be found in texts.
pub(super) fn respelled(source: &Source) -> BTreeSet<String> {
    let of_schemes = source.schemes.iter().flat_map(|scheme| &scheme.options);
    let all: Vec<&OptionSpec> = of_schemes.chain(&source.token_issuer).collect();
    let members = all.iter().flat_map(|option| &option.members);
    let names = all
        .iter()
        .copied()
        .chain(members)
        .map(|option| &option.name);
    names.filter(|name| name.contains('_')).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_javascript_spells_them() {
        assert_eq!(camel_case("secret"), "secret");
        assert_eq!(camel_case("ed25519_seed"), "ed25519Seed");
        assert_eq!(camel_case("max_body_bytes"), "maxBodyBytes");
        assert_eq!(interface("plivo", None), "PlivoOptions");
        assert_eq!(interface("a-v1a", Some("the_group")), "AV1aTheGroupOptions");
        assert_eq!(key("basic"), "basic");
        assert_eq!(key("bearer-jwt"), "\"bearer-jwt\"");
    }
}
