//! How long a body may be where nobody says: what a request may cost.
//!
//! The work for a body grows with the number of keys, with the forms of the URL
//! and with the cipher, while it is bounded as a whole. So the more a byte
//! costs, the fewer are taken.

use crate::error::{Error, ErrorCode};

/// The longest body of any scheme.
pub(crate) const MAX_BODY_BYTES: usize = 10 << 20;

/// The longest form. One is decoded and sorted, and web frameworks read shorter
/// ones only.
pub(crate) const MAX_FORM_BYTES: usize = 1 << 20;

/// What keys may do with one body, as the number of bytes that SHA-256 hashes in
/// that time: twenty times the longest body.
const MAX_WORK: usize = 20 * MAX_BODY_BYTES;

/// The longest body where each byte costs as much as SHA-256 of `work` bytes.
pub(crate) const fn affordable(work: usize) -> usize {
    let bytes = MAX_WORK / if work == 0 { 1 } else { work };
    if bytes < MAX_BODY_BYTES {
        bytes
    } else {
        MAX_BODY_BYTES
    }
}

/// # Errors
/// `body_too_large`.
pub(crate) fn check(length: usize, limit: usize) -> Result<(), Error> {
    if length <= limit {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::BodyTooLarge,
        format!("the body has {length} bytes, {limit} are allowed; see max_body_bytes"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_more_is_taken_in_smaller_pieces() {
        assert_eq!(affordable(0), MAX_BODY_BYTES);
        assert_eq!(affordable(16), MAX_BODY_BYTES);
        assert_eq!(affordable(20), MAX_BODY_BYTES);
        assert_eq!(affordable(40), MAX_BODY_BYTES / 2);
        assert_eq!(affordable(16 * 1280), 10 * 1024);
    }
}
