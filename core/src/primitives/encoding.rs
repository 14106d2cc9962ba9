//! Hex and base64 (RFC 4648). Signatures are read strictly: one text for one
//! value, so that nothing can be written in two ways. Keys are read as they are
//! issued: whoever gave one out meant it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD,
};
use base64_simd::AsOut as _;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::primitives::mac::{MAX_TAG_BYTES, Tag};

/// How a signature is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TextEncoding {
    /// Either case, nothing between the digits.
    Hex,
    /// Standard alphabet with padding and zero trailing bits.
    Base64,
    /// URL-safe alphabet without padding.
    Base64Url,
    /// Base64 of the hexadecimal digits.
    #[serde(rename = "base64-hex")]
    Base64Hex,
}

impl TextEncoding {
    /// Decodes a tag of exactly `length` bytes; anything else is `None`.
    /// May branch on the text: it came from the caller and is not secret.
    pub(crate) fn decode_tag(self, text: &[u8], length: usize) -> Option<Tag> {
        // The decoder asks for room in whole groups, up to two bytes more.
        let mut buffer = [0_u8; 2 * MAX_TAG_BYTES + 2];
        let decoded = match self {
            Self::Hex if text.len() == 2 * length => {
                const_hex::decode_to_slice(text, buffer.get_mut(..length)?).ok()?;
                length
            }
            Self::Base64 if text.len() == length.div_ceil(3) * 4 => {
                let decoded = base64_simd::STANDARD.decode(text, buffer[..].as_out());
                decoded.ok()?.len()
            }
            Self::Base64Url if text.len() == (length * 4).div_ceil(3) => {
                let decoded = base64_simd::URL_SAFE_NO_PAD.decode(text, buffer[..].as_out());
                decoded.ok()?.len()
            }
            Self::Base64Hex if text.len() == (2 * length).div_ceil(3) * 4 => {
                let digits = base64_simd::STANDARD.decode(text, buffer[..].as_out());
                return Self::Hex.decode_tag(digits.ok()?, length);
            }
            _ => return None,
        };
        (decoded == length).then(|| Tag::from_bytes(&buffer[..length]))
    }

    /// Decodes a signature of any length; `None` where it has another spelling.
    pub(crate) fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hex => strict_hex(str::from_utf8(text).ok()?),
            Self::Base64 => base64_simd::STANDARD.decode_to_vec(text).ok(),
            Self::Base64Url => base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).ok(),
            Self::Base64Hex => Self::Hex.decode(&Self::Base64.decode(text)?),
        }
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => const_hex::encode(bytes),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
            Self::Base64Hex => STANDARD.encode(const_hex::encode(bytes)),
        }
    }
}

/// Reads base64 of keys.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes into memory that is wiped whatever becomes of it.
pub(crate) fn decode_key_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Room for all that the decoder asks for, so that no copy is left behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 3));
    KEY_BASE64.decode_vec(text, &mut bytes).ok()?;
    Some(bytes)
}

/// Digits only: the library would also take a `0x` in front.
pub(crate) fn strict_hex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| const_hex::decode(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pitfall SIG-4.
    #[test]
    fn base64_has_one_text_for_one_value() {
        let decode = |text: &str| {
            TextEncoding::Base64
                .decode_tag(text.as_bytes(), 20)
                .is_some()
        };
        assert!(decode("RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        for text in [
            "RSOYDt4T1cUTdK1PDd93/VVr8B8",
            "RSOYDt4T1cUTdK1PDd93_VVr8B8=",
            "RSOYDt4T1cUTdK1PDd93/VVr8B9=",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8==",
            " RSOYDt4T1cUTdK1PDd93/VVr8B8",
            "RSOYDt4T1cUTdK1PDd93/VVr8\n8=",
            "",
            "====",
        ] {
            assert!(!decode(text), "{text:?}");
        }
    }

    #[test]
    fn base64_of_a_key_may_lack_padding_and_have_bits_left_over() {
        let decode = |text: &str| decode_key_base64(text).map(|key| key.to_vec());
        let key = decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(key.len(), 24);
        for text in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS=",
        ] {
            assert_eq!(decode(text).as_deref(), Some(&key[..23]), "{text}");
        }
        for text in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS==",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL_S-",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL aS",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn every_encoding_has_one_text_for_one_value() {
        use TextEncoding::{Base64, Base64Hex, Base64Url, Hex};
        for (encoding, text) in [
            (Hex, "fbff"),
            (Base64, "+/8="),
            (Base64Url, "-_8"),
            (Base64Hex, "ZmJmZg=="),
        ] {
            assert_eq!(encoding.encode(&[0xfb, 0xff]), text);
            for other in [Hex, Base64, Base64Url, Base64Hex] {
                let expected = (other == encoding).then(|| vec![0xfb, 0xff]);
                let tag = other.decode_tag(text.as_bytes(), 2);
                let tag = tag.map(|tag| tag.copy_to(&mut [0; MAX_TAG_BYTES]).to_vec());
                assert_eq!(tag, expected, "{other:?} {text}");
            }
            assert_eq!(encoding.decode(text.as_bytes()), Some(vec![0xfb, 0xff]));
            assert!(encoding.decode_tag(text.as_bytes(), 1).is_none());
            assert!(encoding.decode_tag(text.as_bytes(), 3).is_none());
        }
        for (encoding, text) in [
            (Base64Url, "-_8="),
            (Base64Url, "-_9"),
            (Base64Url, "+/8"),
            (Base64Hex, "ZmJmZg"),
            (Base64Hex, "ZmJmZh=="),
            (Base64Hex, "ZmJmZw=="),
            (Base64Hex, "MHhmYmZm"),
            (Base64Hex, "fbff"),
        ] {
            assert!(encoding.decode_tag(text.as_bytes(), 2).is_none(), "{text}");
            assert_ne!(
                encoding.decode(text.as_bytes()),
                Some(vec![0xfb, 0xff]),
                "{text}"
            );
        }
        let upper = Base64Hex.decode_tag(b"RkJGRg==", 2);
        assert!(upper.is_some());
        for length in 0..=MAX_TAG_BYTES {
            let bytes = vec![0xa5; length];
            for encoding in [Hex, Base64, Base64Url, Base64Hex] {
                let text = encoding.encode(&bytes);
                let tag = encoding.decode_tag(text.as_bytes(), length).unwrap();
                assert_eq!(tag.copy_to(&mut [0; MAX_TAG_BYTES]), bytes);
            }
        }
    }

    #[test]
    fn hex_takes_either_case_and_nothing_else() {
        let decode = |text: &str| TextEncoding::Hex.decode_tag(text.as_bytes(), 2).is_some();
        assert!(decode("0aF9"));
        for text in ["0aF", "0aF9 ", "0x0a", "0aG9", "", " aF9"] {
            assert!(!decode(text), "{text:?}");
        }
    }
}
