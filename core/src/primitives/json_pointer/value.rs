//! What stands at a place.

use core::fmt::{self, Write as _};
use core::ops::Index;
use std::borrow::Cow;

use arrayvec::ArrayString;

/// The longest whole number: what every reader keeps exactly has fewer digits.
const MAX_NUMBER_BYTES: usize = 19;

/// What stands at a place of a body.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) enum Value<'b> {
    /// Nothing or `null`; or something on the way is no object.
    #[default]
    Absent,
    /// Borrowed where it has no escapes.
    Text(Cow<'b, str>),
    /// A whole number in its one spelling.
    Number(ArrayString<MAX_NUMBER_BYTES>),
    Boolean(bool),
    /// An object, a list, or a number that has more than one spelling.
    Other,
    /// A member, here or on the way, stands in its object more than once, in
    /// whatever spelling.
    Ambiguous,
    /// Something else stands where `*` is for a list.
    NotAList,
    /// The list is empty.
    NoElement,
    /// The list has elements; if each was not asked for, more than one.
    Elements,
}

impl Value<'_> {
    /// A whole number, which is something else where it is too long.
    pub(super) fn number(number: impl fmt::Display) -> Self {
        let mut text = ArrayString::new();
        match write!(text, "{number}") {
            Ok(()) => Self::Number(text),
            Err(fmt::Error) => Self::Other,
        }
    }
}

/// Names the kind only: what stands there may be a token.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Boolean(_) => "Boolean(…)",
            Self::Other => "Other",
            Self::Ambiguous => "Ambiguous",
            Self::NotAList => "NotAList",
            Self::NoElement => "NoElement",
            Self::Elements => "Elements",
        })
    }
}

/// What stands at each place, by the position of its pointer.
#[derive(Debug)]
pub(crate) struct Found<'b>(pub(super) Vec<Value<'b>>);

impl<'b> Index<usize> for Found<'b> {
    type Output = Value<'b>;

    fn index(&self, place: usize) -> &Value<'b> {
        &self.0[place]
    }
}
