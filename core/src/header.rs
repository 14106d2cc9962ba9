//! Reading single headers: each at most once, and ASCII text.

use crate::error::{Error, ErrorCode};
use crate::request::{HeaderSlots, HeaderValue};
use crate::scheme::Plan;

/// A header that must be there once, with a value of ASCII text.
pub(crate) fn required<'r>(
    plan: &Plan,
    headers: &HeaderSlots<'r>,
    slot: usize,
) -> Result<&'r [u8], Error> {
    not_empty(plan, headers, slot)?.ok_or_else(|| missing(plan, slot))
}

/// A header that may be there, once; an empty one counts as absent.
pub(crate) fn not_empty<'r>(
    plan: &Plan,
    headers: &HeaderSlots<'r>,
    slot: usize,
) -> Result<Option<&'r [u8]>, Error> {
    Ok(optional(plan, headers, slot)?.filter(|value| !value.is_empty()))
}

/// A header is not there, and the scheme needs it.
pub(crate) fn missing(plan: &Plan, slot: usize) -> Error {
    Error::new(
        ErrorCode::MissingHeader,
        format!("header {} is absent or empty", plan.header_name(slot)),
    )
}

/// A header that may be there, once, with a value of ASCII text.
pub(crate) fn optional<'r>(
    plan: &Plan,
    headers: &HeaderSlots<'r>,
    slot: usize,
) -> Result<Option<&'r [u8]>, Error> {
    let name = || plan.header_name(slot);
    match headers.get(slot) {
        HeaderValue::Absent => Ok(None),
        HeaderValue::One(value) if is_ascii_text(value) => Ok(Some(value)),
        HeaderValue::One(_) => Err(Error::new(
            ErrorCode::MalformedHeader,
            format!("header {} holds bytes that are no ASCII text", name()),
        )),
        HeaderValue::Conflicting => Err(Error::new(
            ErrorCode::AmbiguousHeader,
            format!(
                "header {} occurs more than once with different values",
                name()
            ),
        )),
    }
}

/// Looks at every byte, which compiles to vector instructions; stopping at the
/// first fault would not.
fn is_ascii_text(text: &[u8]) -> bool {
    text.iter().fold(true, |text, byte| {
        text & matches!(byte, b' '..=b'~' | b'\t')
    })
}
