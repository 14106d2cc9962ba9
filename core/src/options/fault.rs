//! What is wrong with an option.

use crate::error::Error;
use crate::options::OptionValue;

pub(crate) fn wrong(name: &str, what: &str) -> Error {
    Error::configuration(format!("option {name}: {what}"))
}

/// What is wrong with an option of a group, named with the group.
pub(crate) fn within(group: &str, error: Error) -> Error {
    match error.detail().strip_prefix("option ") {
        Some(member) => Error::configuration(format!("option {group}.{member}")),
        None => error,
    }
}

pub(crate) fn wrong_kind(name: &str, expected: &str, value: &OptionValue) -> Error {
    wrong(name, &format!("expected {expected}, not {}", value.kind()))
}
