//! Where the parts of a delivery stand, as the head of a vector file says it:
//! what the generator of the tampered twins has to know of a scheme.
//!
//! It is written in the vector files and not read from the scheme files: a
//! scheme file that looks in the wrong place must not make its own twins agree
//! with it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use crate::changes::Changes;
use crate::format::RequestData;

/// The layouts of a file, by scheme id. A scheme with several families of
/// headers has one layout for each; the first whose signature header is in the
/// request is taken. Where nothing is signed, a case names its layout.
pub type Layouts = BTreeMap<String, Vec<Layout>>;

/// What the twins of a delivery are made by.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Layout {
    /// A signature: its twins follow from what the case says it covers.
    Signature(Box<SignatureLayout>),
    /// No signature: the twins are written down one by one, with their verdicts.
    Changes(Changes),
}

/// Where the parts of one scheme's signed deliveries stand.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SignatureLayout {
    /// The headers that hold signatures, at least one.
    pub signature_headers: Vec<String>,
    /// How a signature header is written.
    pub signature: SignatureText,
    /// The header that holds the id or nonce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id_header: Option<String>,
    /// The signed time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<TimestampText>,
    /// The option that holds the secrets.
    pub secret: SecretText,
    /// The only methods the scheme takes; absent where it takes all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// The query parameter that holds a digest of the body. A body that is
    /// covered in full is covered by it, and refused as `body_mismatch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_digest_parameter: Option<String>,
    /// The header that holds such a digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_digest_header: Option<String>,
}

/// How a signature header is written: one item or several, each an optional
/// prefix and an encoded signature. Items of another form are no signatures.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SignatureText {
    /// What stands between items; absent where the value is one item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// What stands in front of a signature, e.g. `sha256=` or `v1,`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// How the signature is written.
    pub encoding: Encoding,
    /// How many bytes it has.
    pub bytes: Length,
}

/// The lengths of what is taken for a signature. One of another length is none,
/// and a header without any is malformed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Length {
    /// Of a MAC, and of signatures that are all of one length.
    Exactly(usize),
    /// The fewest and the most: ASN.1 varies, and RSA is as long as its key.
    Between(usize, usize),
}

impl Length {
    /// The fewest and the most.
    #[must_use]
    pub const fn bounds(self) -> (usize, usize) {
        match self {
            Self::Exactly(length) => (length, length),
            Self::Between(fewest, most) => (fewest, most),
        }
    }

    /// Whether so many bytes are taken for a signature.
    #[must_use]
    pub const fn fits(self, bytes: usize) -> bool {
        let (fewest, most) = self.bounds();
        fewest <= bytes && bytes <= most
    }
}

/// Where the signed time stands, and how far from now it may lie.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct TimestampText {
    /// Where it stands.
    pub from: TimestampPlace,
    /// The scheme's own window in seconds.
    pub tolerance: Tolerance,
}

/// A header of its own, or an item of the signature header.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum TimestampPlace {
    /// The header's name.
    Header(String),
    /// What stands in front of the time in its item, e.g. `t=`.
    Prefix(String),
    /// A header that holds more than the time.
    Within {
        /// The header's name.
        header: String,
        /// What stands in front of the time, e.g. `;created=`.
        prefix: String,
    },
}

/// A window around now, in seconds; both edges are inside.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    /// How old a time may be.
    pub past: i64,
    /// How far ahead it may lie.
    pub future: i64,
}

/// How a secret or a public key is written.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SecretText {
    /// The option's name.
    pub option: String,
    /// What may stand in front of the encoded secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// How the secret is encoded; absent where the text itself is the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Another public key of the same kind, where the option holds public keys: a
    /// flipped bit makes a key that is none. There the time is checked before the
    /// signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The same where an option `algorithm` says the kind of the key, by its value;
    /// what is not here is a secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, String>,
}

impl SecretText {
    /// Another public key of the kind that the options ask for.
    #[must_use]
    pub fn other(&self, options: &Map<String, Value>) -> Option<&str> {
        let algorithm = options.get("algorithm").and_then(Value::as_str);
        let of_kind = algorithm.and_then(|algorithm| self.others.get(algorithm));
        self.other.as_ref().or(of_kind).map(String::as_str)
    }
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Hexadecimal digits; lower case when written.
    Hex,
    /// RFC 4648 base64 with padding.
    Base64,
}

impl Encoding {
    pub(crate) fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => const_hex::decode(text).ok(),
            Self::Base64 => STANDARD.decode(text).ok(),
        }
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => const_hex::encode(bytes),
            Self::Base64 => STANDARD.encode(bytes),
        }
    }
}

// Told apart by hand, so that an error names the field that is wrong.
impl<'de> Deserialize<'de> for Layout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let layout = if value.get("changes").is_some() {
            serde_json::from_value(value).map(Self::Changes)
        } else {
            serde_json::from_value(value).map(|layout| Self::Signature(Box::new(layout)))
        };
        layout.map_err(de::Error::custom)
    }
}

impl Layout {
    /// The layout of a signature.
    #[must_use]
    pub fn signature(&self) -> Option<&SignatureLayout> {
        match self {
            Self::Signature(layout) => Some(layout),
            Self::Changes(_) => None,
        }
    }
}

impl SignatureLayout {
    /// Whether one of the signature headers is there.
    #[must_use]
    pub fn fits(&self, request: &RequestData) -> bool {
        let mut names = self.signature_headers.iter();
        names.any(|name| request.header(name).is_some())
    }
}
