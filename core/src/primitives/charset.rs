//! Character sets of a text, decoded strictly: what does not fit is rejected.

use core::char::DecodeUtf16Error;
use std::borrow::Cow;

/// The character sets that senders name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Charset {
    #[default]
    Utf8,
    /// Seven bits.
    Ascii,
    /// Byte n is U+00nn, as in ISO 8859-1 with its control characters.
    Latin1,
    Utf16Le,
}

impl Charset {
    /// By the names that Node knows, in any case.
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        const NAMES: [(&str, Charset); 9] = [
            ("utf8", Charset::Utf8),
            ("utf-8", Charset::Utf8),
            ("ascii", Charset::Ascii),
            ("latin1", Charset::Latin1),
            ("binary", Charset::Latin1),
            ("utf16le", Charset::Utf16Le),
            ("utf-16le", Charset::Utf16Le),
            ("ucs2", Charset::Utf16Le),
            ("ucs-2", Charset::Utf16Le),
        ];
        NAMES
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))
            .map(|(_, charset)| *charset)
    }

    /// Whether the bytes are a text.
    pub(crate) fn fits(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => str::from_utf8(bytes).is_ok(),
            Self::Ascii => bytes.is_ascii(),
            Self::Latin1 => true,
            Self::Utf16Le => bytes.len().is_multiple_of(2) && utf16(bytes).all(|one| one.is_ok()),
        }
    }

    /// A text of the same ASCII characters, with other bytes between
    /// them: all that tells JSON from anything else, in less room than UTF-8.
    pub(crate) fn outline(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 | Self::Ascii | Self::Latin1 => bytes.into(),
            Self::Utf16Le => {
                let units = bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|unit| u16::from_le_bytes(*unit));
                let ascii = |unit: u16| u8::try_from(unit).unwrap_or(u8::MAX);
                units.map(ascii).collect()
            }
        }
    }

    /// The text in UTF-8, of bytes that [fit](Self::fits).
    pub(crate) fn into_utf8(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Ascii => bytes,
            Self::Latin1 if bytes.is_ascii() => bytes,
            Self::Latin1 => collect(|| bytes.iter().copied().map(char::from)),
            Self::Utf16Le => collect(|| utf16(&bytes).flatten()),
        }
    }
}

fn utf16(bytes: &[u8]) -> impl Iterator<Item = Result<char, DecodeUtf16Error>> {
    let units = bytes.as_chunks().0.iter();
    char::decode_utf16(units.map(|unit| u16::from_le_bytes(*unit)))
}

/// The characters in UTF-8, in no more room than they take.
fn collect<C: Iterator<Item = char>>(characters: impl Fn() -> C) -> Vec<u8> {
    let length = characters().map(char::len_utf8).sum();
    let mut text = String::with_capacity(length);
    text.extend(characters());
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_utf8_or_nothing() {
        let decode = |name: &str, bytes: &[u8]| {
            let charset = Charset::from_name(name.as_bytes()).unwrap();
            charset
                .fits(bytes)
                .then(|| charset.into_utf8(bytes.to_vec()))
        };
        let utf8 = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(decode("UTF-8", "é€".as_bytes()), utf8("é€"));
        assert_eq!(decode("utf8", b"\xff"), None);
        assert_eq!(decode("ascii", b"a\x7f"), utf8("a\u{7f}"));
        assert_eq!(decode("ascii", b"a\x80"), None);
        assert_eq!(decode("latin1", b"caf\xe9"), utf8("café"));
        assert_eq!(decode("Binary", b"plain"), utf8("plain"));
        assert_eq!(decode("ucs-2", b"a\0\xac\x20"), utf8("a€"));
        assert_eq!(decode("utf16le", b"\x3d\xd8\x00\xde"), utf8("😀"));
        for broken in [&b"a"[..], b"\x3d\xd8", b"\x00\xde\x3d\xd8"] {
            assert_eq!(decode("utf16le", broken), None);
        }
        for unknown in ["hex", "base64", "", "utf-16", "utf8 "] {
            assert_eq!(Charset::from_name(unknown.as_bytes()), None);
        }
    }
}
