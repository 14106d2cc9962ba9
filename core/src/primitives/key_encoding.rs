//! How keys are written. They are read as they are issued: whoever gave one out
//! meant it.

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::primitives::encoding::{decode_key_base64, strict_hex};
use crate::primitives::spki;

/// How a secret or a public key is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyEncoding {
    /// The text itself, as UTF-8 bytes.
    #[default]
    Utf8,
    /// Hexadecimal digits.
    Hex,
    /// Standard base64, with or without padding. What the bits behind the last
    /// byte are does not count, as in the libraries that issue keys.
    Base64,
    /// A public key in PEM, or its bare base64.
    Spki,
}

impl KeyEncoding {
    /// The bytes; or what is wrong with the text, behind the name of the key.
    pub(crate) fn decode(self, text: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
        match self {
            Self::Utf8 => Some(Zeroizing::new(text.as_bytes().to_vec())),
            Self::Hex => strict_hex(text).map(Zeroizing::new),
            Self::Base64 => decode_key_base64(text),
            Self::Spki => return spki::decode(text).map(Zeroizing::new),
        }
        .ok_or(match self {
            Self::Hex => "is not valid hex",
            _ => "is not valid base64",
        })
    }
}
