//! Names as C# spells them.

use crate::typed_options::spelling::pascal_case;

/// The type of one value of an option that takes several: `algorithms` as
/// `Algorithm`.
pub(super) fn singular(name: &str) -> String {
    pascal_case(name.strip_suffix('s').unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_name_of_its_option() {
        assert_eq!(singular("algorithms"), "Algorithm");
        assert_eq!(singular("cloud"), "Cloud");
    }
}
