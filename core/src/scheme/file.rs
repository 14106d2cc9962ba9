//! A scheme file, typed. What isn't possible can't be written: every field is
//! an enum or a bounded text, and an unknown one is an error that names its
//! path and what is allowed.

use serde::Deserialize;
use serde_json::Value;

use crate::canonical::Canonical;
use crate::error::Error;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::json;
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::time::{TimeFormat, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::request::MethodName;
use crate::scheme::key::KeySection;
use crate::scheme::preset::PresetSection;
use crate::scheme::proofs::{
    AddressSets, BasicSection, ChallengeSection, DecryptSection, JwtSection, TokenSection,
};
use crate::scheme::reader::{
    SchemeError, borrowed_text, choice, choices, list, map, number, object, object_members,
    one_or_many, text, texts,
};
use crate::scheme::source::Source;

/// The largest scheme text that is read.
const MAX_SCHEME_BYTES: usize = 64 * 1024;

/// One provider.
#[derive(Debug)]
pub(crate) struct SchemeFile {
    /// Kebab-case id.
    pub(crate) id: String,
    /// The provider's name.
    pub(crate) title: String,
    /// The provider's documentation page.
    pub(crate) docs: String,
    pub(crate) status: Status,
    /// Where the file departs from that page, what is not signed, and why.
    pub(crate) notes: Vec<String>,
    /// The HTTP methods the scheme is defined for; all where absent.
    pub(crate) methods: Vec<MethodName>,
    /// The secret of the signature; there where `signature` is.
    pub(crate) key: Option<KeySection>,
    pub(crate) signature: Option<SignatureSection>,
    /// Ordered alternatives; the first whose `when` holds is taken, and a
    /// request that fits none is rejected.
    pub(crate) variant: Vec<VariantSection>,
    pub(crate) timestamp: Option<TimestampSection>,
    pub(crate) delivery_id: Option<DeliveryIdSection>,
    pub(crate) token: Vec<TokenSection>,
    pub(crate) basic: Option<BasicSection>,
    pub(crate) jwt: Option<JwtSection>,
    pub(crate) decrypt: Option<DecryptSection>,
    pub(crate) challenge: Option<ChallengeSection>,
    /// Texts to choose between.
    pub(crate) preset: Option<PresetSection>,
    /// Lists of addresses that `allowed_ips` can name.
    pub(crate) addresses: AddressSets,
}

/// How far a scheme has been checked.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Confirmed by published vectors or vendor code.
    Stable,
    /// Not checked against a source yet.
    Unconfirmed,
}

/// Where the signature is and what it signs.
#[derive(Debug)]
pub(crate) struct SignatureSection {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) from: Vec<Source>,
    pub(crate) parse: ParseSection,
    pub(crate) encoding: TextEncoding,
    /// The string to sign, unless the variants say it.
    pub(crate) signed: Option<Signed>,
    /// The forms of the URL to try, in order.
    pub(crate) url: Vec<UrlForm>,
}

/// How a header's value is taken apart.
#[derive(Debug, Default)]
pub(crate) struct ParseSection {
    /// A text in front of the one signature, e.g. `sha256=`.
    pub(crate) prefix: Option<String>,
    /// Several signatures, separated by this character.
    pub(crate) list: Option<Separator>,
    /// `name=value` pairs, separated by this character.
    pub(crate) pairs: Option<Separator>,
    /// In a list: what separates an entry's version from its signature.
    pub(crate) version: Option<Separator>,
    /// The versions (or names of pairs) that are signatures; others are ignored.
    pub(crate) versions: Vec<String>,
}

/// One ASCII character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separator(pub(crate) u8);

/// The string to sign.
#[derive(Debug)]
pub(crate) enum Signed {
    /// A template such as `{timestamp}.{body}`.
    Template(String),
    /// A function of `core/src/canonical/`.
    Canonical(Canonical),
}

/// One alternative.
#[derive(Debug)]
pub(crate) struct VariantSection {
    /// All conditions of one table must hold; of several tables, one.
    pub(crate) when: Vec<WhenSection>,
    pub(crate) from: Option<Vec<Source>>,
    pub(crate) signed: Option<Signed>,
    pub(crate) delivery_id: Option<DeliveryIdSection>,
    pub(crate) body_digest: Option<BodyDigestSection>,
    /// Why this variant may leave a body unsigned that another one signs.
    pub(crate) weaker: Option<String>,
}

/// Conditions on the request. They read what anybody can write, so they only
/// choose which proof is demanded, never whether one is.
#[derive(Debug, Default)]
pub(crate) struct WhenSection {
    pub(crate) method: Option<MethodName>,
    pub(crate) body: Option<Emptiness>,
    /// `form`, or another media type.
    pub(crate) content_type: Option<String>,
    pub(crate) sources: Vec<(Source, Presence)>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Emptiness {
    Empty,
    NotEmpty,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Presence {
    Present,
    Absent,
}

/// A digest of the body that stands in a signed place; it is compared.
#[derive(Debug)]
pub(crate) struct BodyDigestSection {
    /// Where the SHA-256 of the body stands.
    pub(crate) sha256: Source,
    pub(crate) encoding: TextEncoding,
}

/// The time of the delivery. It is a fact only where the string to sign
/// mentions `{timestamp}`.
#[derive(Debug)]
pub(crate) struct TimestampSection {
    pub(crate) from: Source,
    pub(crate) format: TimeFormat,
    pub(crate) tolerance: Tolerance,
}

/// The id or nonce of the delivery. It is a fact only where the string to sign
/// mentions `{delivery_id}`.
#[derive(Debug)]
pub(crate) struct DeliveryIdSection {
    pub(crate) from: Source,
    /// What a signed id may hold besides letters, digits, `-` and `_`.
    pub(crate) characters: String,
}

impl SchemeFile {
    /// Reads the compact form.
    pub(crate) fn from_json(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_SCHEME_BYTES {
            return Err(Error::configuration(format!(
                "the scheme is larger than {MAX_SCHEME_BYTES} bytes"
            )));
        }
        json::parse(text.as_bytes())
            .map_err(|error| SchemeError::new(error.to_string()))
            .and_then(|value| Self::read(&value))
            .map_err(|fault| Error::configuration(format!("scheme: {fault}")))
    }

    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                id: fields.required("id", text)?,
                title: fields.required("title", text)?,
                docs: fields.required("docs", text)?,
                status: fields.required("status", choice)?,
                notes: fields.or_default("notes", texts)?,
                methods: fields.or_default("methods", choices)?,
                key: fields.optional("key", KeySection::read)?,
                signature: fields.optional("signature", SignatureSection::read)?,
                variant: fields.or_default("variant", |value| list(value, VariantSection::read))?,
                timestamp: fields.optional("timestamp", TimestampSection::read)?,
                delivery_id: fields.optional("delivery_id", DeliveryIdSection::read)?,
                token: fields.or_default("token", |value| list(value, TokenSection::read))?,
                basic: fields.optional("basic", BasicSection::read)?,
                jwt: fields.optional("jwt", JwtSection::read)?,
                decrypt: fields.optional("decrypt", DecryptSection::read)?,
                challenge: fields.optional("challenge", ChallengeSection::read)?,
                preset: fields.optional("preset", PresetSection::read)?,
                addresses: fields.or_default("addresses", |value| map(value, texts))?,
            })
        })
    }
}

impl SignatureSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                algorithm: fields.required("algorithm", choice)?,
                from: fields.required("from", Source::read_one_or_many)?,
                parse: fields.or_default("parse", ParseSection::read)?,
                encoding: fields.required("encoding", choice)?,
                signed: fields.optional("signed", Signed::read)?,
                url: fields.or_default("url", choices)?,
            })
        })
    }
}

impl ParseSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                prefix: fields.optional("prefix", text)?,
                list: fields.optional("list", Separator::read)?,
                pairs: fields.optional("pairs", Separator::read)?,
                version: fields.optional("version", Separator::read)?,
                versions: fields.or_default("versions", texts)?,
            })
        })
    }
}

impl Separator {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match borrowed_text(value)?.as_bytes() {
            [byte @ b' '..=b'~'] if !byte.is_ascii_alphanumeric() => Ok(Self(*byte)),
            _ => Err(SchemeError::new(
                "expected one ASCII character that is no letter or digit",
            )),
        }
    }
}

impl Signed {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match value {
            Value::String(template) => Ok(Self::Template(template.clone())),
            Value::Object(_) => {
                object(value, |fields| fields.required("canonical", choice)).map(Self::Canonical)
            }
            _ => Err(SchemeError::new(
                "expected a template, or { canonical = \"name\" }",
            )),
        }
    }
}

impl VariantSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                when: fields.or_default("when", |value| one_or_many(value, WhenSection::read))?,
                from: fields.optional("from", Source::read_one_or_many)?,
                signed: fields.optional("signed", Signed::read)?,
                delivery_id: fields.optional("delivery_id", DeliveryIdSection::read)?,
                body_digest: fields.optional("body_digest", BodyDigestSection::read)?,
                weaker: fields.optional("weaker", text)?,
            })
        })
    }
}

impl WhenSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        let mut when = Self::default();
        for (name, value) in object_members(value)? {
            when.set(name, value).map_err(|fault| fault.inside(name))?;
        }
        Ok(when)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), SchemeError> {
        match name {
            "method" => self.method = Some(choice(value)?),
            "body" => self.body = Some(choice(value)?),
            "content_type" => self.content_type = Some(text(value)?),
            source => {
                let source = Source::parse(source).map_err(SchemeError::new)?;
                self.sources.push((source, choice(value)?));
            }
        }
        Ok(())
    }
}

impl BodyDigestSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                sha256: fields.required("sha256", Source::read)?,
                encoding: fields.required("encoding", choice)?,
            })
        })
    }
}

impl TimestampSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                from: fields.required("from", Source::read)?,
                format: fields.required("format", choice)?,
                tolerance: fields.required("tolerance", tolerance)?,
            })
        })
    }
}

fn tolerance(value: &Value) -> Result<Tolerance, SchemeError> {
    object(value, |fields| {
        Ok(Tolerance {
            past: fields.required("past", number)?,
            future: fields.required("future", number)?,
        })
    })
}

impl DeliveryIdSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                from: fields.required("from", Source::read)?,
                characters: fields.or_default("characters", visible_text)?,
            })
        })
    }
}

/// A text of visible ASCII characters.
fn visible_text(value: &Value) -> Result<String, SchemeError> {
    let text = text(value)?;
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text)
    } else {
        Err(SchemeError::new("expected visible ASCII characters"))
    }
}
