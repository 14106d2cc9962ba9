//! Binary data written as text, as senders of ciphertexts do it: hex, base64
//! in its several spellings, and one character a byte.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding or none, any unused bits (RFC 4648 sections 3.2 and 3.5). The strict
/// forms are read by a library that is several times as fast.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How binary data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryText {
    /// Either case, nothing between the digits.
    Hex,
    Base64,
    Base64Url,
    /// The character U+00nn for the byte n.
    Latin1,
}

/// How exactly a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exactness {
    /// The one canonical text.
    Strict,
    /// Base64 also in the other alphabet, without padding, with line breaks.
    Lenient,
}

impl BinaryText {
    /// By the names that Node knows, in any case.
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        const NAMES: [(&str, BinaryText); 5] = [
            ("hex", BinaryText::Hex),
            ("base64", BinaryText::Base64),
            ("base64url", BinaryText::Base64Url),
            ("latin1", BinaryText::Latin1),
            ("binary", BinaryText::Latin1),
        ];
        NAMES
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))
            .map(|(_, format)| *format)
    }

    /// The bytes. May branch on the text: it came from the caller.
    pub(crate) fn decode(self, text: &str, exactness: Exactness) -> Option<Vec<u8>> {
        match (self, exactness) {
            (Self::Hex, _) => hex(text.as_bytes()),
            (Self::Latin1, _) => latin1(text),
            (Self::Base64, Exactness::Strict) => base64(text.as_bytes()),
            (Self::Base64Url, Exactness::Strict) => {
                base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).ok()
            }
            (Self::Base64 | Self::Base64Url, Exactness::Lenient) => {
                base64(text.as_bytes()).or_else(|| either_alphabet(text))
            }
        }
    }
}

/// One byte a character, in no more room than they take.
fn latin1(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.chars().count());
    for character in text.chars() {
        bytes.push(u8::try_from(character).ok()?);
    }
    Some(bytes)
}

/// Digits of either case and nothing else, an even number of them.
pub(crate) fn hex(text: &[u8]) -> Option<Vec<u8>> {
    // The library would also take a `0x` in front.
    text.iter()
        .all(u8::is_ascii_hexdigit)
        .then(|| const_hex::decode(text).ok())?
}

/// Base64 as the body of a request: line breaks and blanks are passed over.
pub(crate) fn base64_body(body: &[u8], exactness: Exactness) -> Option<Vec<u8>> {
    // Most bodies have none, so they are looked for last.
    base64(body).or_else(|| {
        let text = without_whitespace(body);
        match exactness {
            Exactness::Strict => base64(&text),
            Exactness::Lenient => LENIENT.decode(text).ok(),
        }
    })
}

/// The one canonical text of standard base64.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    base64_simd::STANDARD.decode_to_vec(text).ok()
}

fn either_alphabet(text: &str) -> Option<Vec<u8>> {
    let mut text = without_whitespace(text.as_bytes());
    for byte in &mut text {
        *byte = match *byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
    }
    LENIENT.decode(text).ok()
}

fn without_whitespace(text: &[u8]) -> Vec<u8> {
    let is_text = |byte: &u8| !byte.is_ascii_whitespace();
    let mut kept = Vec::with_capacity(text.len());
    kept.extend(text.iter().copied().filter(is_text));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_texts_have_one_form() {
        let decode = |name: &str, text: &str| {
            BinaryText::from_name(name.as_bytes())
                .unwrap()
                .decode(text, Exactness::Strict)
        };
        assert_eq!(decode("hex", "0aFf"), Some(vec![10, 255]));
        for broken in ["0", "0x0a", "0a 0b", "0g"] {
            assert_eq!(decode("HEX", broken), None, "{broken}");
        }
        assert_eq!(decode("base64", "+/8="), Some(vec![0xfb, 0xff]));
        for broken in ["-_8=", "+/8", "+/9=", "+/8==", "+/8=\n", "+/8=A"] {
            assert_eq!(decode("base64", broken), None, "{broken}");
        }
        assert_eq!(decode("base64url", "-_8"), Some(vec![0xfb, 0xff]));
        for broken in ["+/8", "-_8=", "-_9"] {
            assert_eq!(decode("base64url", broken), None, "{broken}");
        }
        assert_eq!(decode("latin1", "aé\u{ff}"), Some(vec![b'a', 0xe9, 0xff]));
        assert_eq!(decode("binary", "€"), None);
        assert_eq!(BinaryText::from_name(b"utf8"), None);
    }

    #[test]
    fn lenient_base64_takes_both_alphabets_and_line_breaks() {
        for format in [BinaryText::Base64, BinaryText::Base64Url] {
            for text in ["+/8=", "-_8=", "-_8", "+/\r\n8=", " +/8= "] {
                let bytes = format.decode(text, Exactness::Lenient);
                assert_eq!(bytes, Some(vec![0xfb, 0xff]), "{text:?}");
            }
            for broken in ["+/8=A", "+*8=", "A", "=", "+/8==="] {
                assert_eq!(format.decode(broken, Exactness::Lenient), None, "{broken}");
            }
        }
    }

    #[test]
    fn a_body_may_be_wrapped() {
        let strict = |text: &str| base64_body(text.as_bytes(), Exactness::Strict);
        let lenient = |text: &str| base64_body(text.as_bytes(), Exactness::Lenient);
        assert_eq!(strict("+/\n8=\r\n"), Some(vec![0xfb, 0xff]));
        for text in ["+/8", "+/9="] {
            assert_eq!(strict(text), None, "{text}");
            assert_eq!(lenient(text), Some(vec![0xfb, 0xff]), "{text}");
        }
        for broken in ["-_8=", "+/8=A", "+*8="] {
            assert_eq!(lenient(broken), None, "{broken}");
        }
        assert_eq!(strict(""), Some(Vec::new()));
    }
}
