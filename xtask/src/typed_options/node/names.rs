//! The names of the core in the spelling of JavaScript.

use std::collections::BTreeSet;

use super::super::Source;
use crate::catalogue::OptionSpec;
use crate::typed_options::spelling::pascal_case;

/// `PlivoV2Options` of `plivo-v2`; with a group `PlivoV2GroupOptions`.
pub(super) fn interface(scheme: &str, group: Option<&str>) -> String {
    pascal_case(scheme) + &group.map(pascal_case).unwrap_or_default() + "Options"
}

/// A key of an object, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    if name.contains('-') {
        format!("{name:?}")
    } else {
        name.to_owned()
    }
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
        assert_eq!(interface("plivo", None), "PlivoOptions");
        assert_eq!(interface("a-v1a", Some("the_group")), "AV1aTheGroupOptions");
        assert_eq!(key("basic"), "basic");
        assert_eq!(key("bearer-jwt"), "\"bearer-jwt\"");
    }
}
