//! Some challenges are answered with a MAC of what their caller chose, under the key
//! that signs deliveries. What can be signed that way and what deliveries sign is kept
//! apart, or anybody could have a delivery signed.

use crate::error::{Error, ErrorCode};
use crate::keyring::MatchedKey;
use crate::primitives::mac::Tag;
use crate::primitives::sink::{Content, Erased, Sink};
use crate::signature::SignatureProof;

/// The longest text that is signed for a caller.
const MAX_ANSWERED_BYTES: usize = 256;

impl SignatureProof {
    /// The MAC of a text that a challenge names: under the key that verified it, or
    /// under the first one.
    ///
    /// # Errors
    /// `malformed_header` where it could be what a delivery signs.
    pub(crate) fn sign_answer(&self, key: Option<&MatchedKey>, text: &[u8]) -> Result<Tag, Error> {
        if !is_answerable(&text) {
            return Err(Error::new(
                ErrorCode::MalformedHeader,
                "a challenge asks for the MAC of a text that is not 1 to 256 letters, digits and \
                 . _ ~ + / = -",
            ));
        }
        let key = match key {
            Some(key) => self.keys.find(key),
            None => self.keys.first(),
        };
        let tag = key.and_then(|key| key.prepared.mac(text));
        tag.ok_or_else(|| Error::new(ErrorCode::Internal, "no key makes the MAC of an answer"))
    }

    /// # Errors
    /// `signature_mismatch` for a delivery whose signature could be the answer to a
    /// challenge.
    pub(super) fn check_not_answered(&self, string_to_sign: &impl Content) -> Result<(), Error> {
        if self.plan.answers_with_mac && is_answerable(string_to_sign) {
            return Err(Error::new(
                ErrorCode::SignatureMismatch,
                "a challenge could have been answered with this signature",
            ));
        }
        Ok(())
    }
}

/// Whether a challenge could have a text signed.
fn is_answerable(text: &impl Content) -> bool {
    let mut answerable = Answerable {
        length: 0,
        is_plain: true,
    };
    Erased(text).write(&mut answerable);
    answerable.is_plain && (1..=MAX_ANSWERED_BYTES).contains(&answerable.length)
}

/// Measures what is written, and looks for characters that no answer signs.
struct Answerable {
    length: usize,
    is_plain: bool,
}

impl Sink for Answerable {
    fn write(&mut self, bytes: &[u8]) {
        let is_answered = |byte: &u8| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(byte);
        self.length = self.length.saturating_add(bytes.len());
        // One such character decides it, and so does the length.
        if self.is_plain && self.length <= MAX_ANSWERED_BYTES {
            self.is_plain = bytes.iter().all(is_answered);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pieces<'p>(&'p [&'p [u8]]);

    impl Content for Pieces<'_> {
        fn write(&self, sink: &mut impl Sink) {
            self.0.iter().for_each(|piece| sink.write(piece));
        }
    }

    #[test]
    fn only_short_texts_of_few_characters_are_signed_for_a_caller() {
        let long = [b'a'; 256];
        let signed: [&[&[u8]]; 3] = [&[b"amount=9"], &[b"a.b_c~", b"+/=-"], &[&long]];
        for pieces in signed {
            assert!(is_answerable(&Pieces(pieces)), "{pieces:?}");
        }
        let refused: [&[&[u8]]; 11] = [
            &[],
            &[b""],
            &[&long, b"a"],
            &[b"a", &long],
            &[&long, b"{", b"a"],
            &[b"a\n"],
            &[b"{}"],
            &[b"a", b"&", b"b"],
            &[b"v0:1700000000:a"],
            &["ä".as_bytes()],
            &[b"a\0"],
        ];
        for pieces in refused {
            assert!(!is_answerable(&Pieces(pieces)), "{pieces:?}");
        }
    }
}
