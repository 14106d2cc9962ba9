//! What is wrong with an option.

use crate::error::Error;
use crate::options::OptionValue;

pub(crate) fn wrong(name: &str, what: &str) -> Error {
    Error::configuration(format!("option {name}: {what}"))
}

pub(crate) fn wrong_kind(name: &str, expected: &str, value: &OptionValue) -> Error {
    wrong(name, &format!("expected {expected}, not {}", value.kind()))
}
