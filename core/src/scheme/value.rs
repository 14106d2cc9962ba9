//! What a place of a request holds.

use crate::error::{Error, ErrorCode};
use crate::primitives::jwt::ClaimValue;
use crate::scheme::segment::ValueKind;

/// A value with its kind. One that is absent, or `null` in JSON, is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'p> {
    /// All that stands elsewhere than in JSON is a text.
    Text(&'p [u8]),
    /// A whole number of JSON in its one spelling.
    Number(&'p [u8]),
    Boolean(bool),
    /// A list, an object, or a number that has more than one spelling.
    Other,
}

impl<'p> Value<'p> {
    /// The text that is signed, where the value is of that kind.
    pub(crate) const fn text(self, kind: ValueKind) -> Option<&'p [u8]> {
        match (self, kind) {
            (Self::Text(text), ValueKind::Text) | (Self::Number(text), ValueKind::Number) => {
                Some(text)
            }
            (Self::Boolean(true), ValueKind::Boolean) => Some(b"true"),
            (Self::Boolean(false), ValueKind::Boolean) => Some(b"false"),
            _ => None,
        }
    }

    /// Whether it is that value, and of that kind: `1` is not `"1"`. What is
    /// compared here is no secret.
    pub(crate) fn is(&self, wanted: &ClaimValue) -> bool {
        match (self, wanted) {
            (Self::Text(text), ClaimValue::Text(wanted)) => *text == wanted.as_bytes(),
            (Self::Number(text), ClaimValue::Number(wanted)) => {
                *text == wanted.to_string().as_bytes()
            }
            (Self::Boolean(value), ClaimValue::Switch(wanted)) => value == wanted,
            _ => false,
        }
    }
}

/// It is there, but of another kind than the one that the scheme reads.
#[cold]
pub(crate) fn wrong_kind(place: impl core::fmt::Display) -> Error {
    Error::new(
        ErrorCode::BodyMismatch,
        format!("{place} is there, but not of the kind that the scheme reads"),
    )
}
