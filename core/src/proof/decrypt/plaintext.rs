//! What a decrypted body must look like. A wrong key or a changed ciphertext
//! mostly shows here, which is weak evidence, and all there is without a MAC.

use serde::de::IgnoredAny;

use crate::error::Error;
use crate::options::OptionReader;
use crate::primitives::charset::Charset;
use crate::primitives::json::is_shallow;

/// What the plaintext must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plaintext {
    /// A text that is one JSON value.
    Json,
    Text,
    /// Anything, handed on as decrypted.
    Bytes,
}

impl Plaintext {
    pub(crate) fn from_options(options: &mut OptionReader) -> Result<Self, Error> {
        Ok(match options.choice("plaintext")?.as_deref() {
            Some("text") => Self::Text,
            Some("bytes") => Self::Bytes,
            _ => Self::Json,
        })
    }

    /// Whether decrypted bytes are what they must be.
    pub(crate) fn accepts(self, decrypted: &[u8], charset: Charset) -> bool {
        match self {
            Self::Bytes => true,
            Self::Text => charset.fits(decrypted),
            Self::Json => charset.fits(decrypted) && is_json(&charset.outline(decrypted)),
        }
    }

    /// The payload of bytes that are accepted: texts in UTF-8.
    pub(crate) fn payload(self, decrypted: Vec<u8>, charset: Charset) -> Vec<u8> {
        match self {
            Self::Bytes => decrypted,
            Self::Text | Self::Json => charset.into_utf8(decrypted),
        }
    }
}

/// One JSON value, nested no deeper than parsers go.
pub(crate) fn is_json(text: &[u8]) -> bool {
    is_shallow(text) && serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_json_in_any_character_set() {
        let accepts = |charset, bytes: &[u8]| Plaintext::Json.accepts(bytes, charset);
        let utf16 =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        for text in ["{\"a\":\"\u{e9}\"}", "[\"\u{122}\u{20ac}\u{1f600}\"]", "1"] {
            assert!(accepts(Charset::Utf8, text.as_bytes()), "{text}");
            assert!(accepts(Charset::Utf16Le, &utf16(text)), "{text}");
        }
        // The low byte of this one is that of a quotation mark.
        for text in ["{\"a\":\u{e9}}", "[\u{122}a\u{122}]", "\u{feff}1", ""] {
            assert!(!accepts(Charset::Utf8, text.as_bytes()), "{text}");
            assert!(!accepts(Charset::Utf16Le, &utf16(text)), "{text}");
        }
        assert!(accepts(Charset::Latin1, b"{\"a\":\"\xe9\x80\"}"));
        assert!(!accepts(Charset::Latin1, b"{\"a\":\xe9}"));
        assert!(!accepts(Charset::Ascii, b"{\"a\":\"\xe9\"}"));
        assert!(!accepts(Charset::Utf16Le, &utf16("[1]")[..5]));
    }
}
