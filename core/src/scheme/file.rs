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
use crate::scheme::challenges::ChallengesSection;
use crate::scheme::condition::{ConditionSection, Tables, read_tables};
use crate::scheme::demand::{DemandSection, read_demands};
use crate::scheme::extends;
use crate::scheme::key::KeySection;
use crate::scheme::listed::ListedSection;
use crate::scheme::place::Place;
use crate::scheme::preset::PresetSection;
use crate::scheme::proofs::{AddressSets, BasicSection, DecryptSection, JwtSection, TokenSection};
use crate::scheme::reader::{
    SchemeError, borrowed_text, choice, choices, list, map, object, one_or_many, text, texts,
    tolerance,
};

/// The largest scheme text that is read.
const MAX_SCHEME_BYTES: usize = 64 * 1024;

/// One provider.
#[derive(Debug)]
pub(crate) struct SchemeFile {
    /// Kebab-case id.
    pub(crate) id: String,
    /// The provider's name; empty, as what follows, where the scheme is one's own.
    pub(crate) title: String,
    /// The provider's documentation page.
    pub(crate) docs: String,
    pub(crate) status: Option<Status>,
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
    /// Where the type of the event stands, which has to be signed.
    pub(crate) event_type: Option<Place>,
    /// What every variant demands besides its signature.
    pub(crate) require: Vec<DemandSection>,
    /// Constants of the receiver that templates and patterns mention.
    pub(crate) option: Vec<ConstantSection>,
    pub(crate) token: Vec<TokenSection>,
    pub(crate) basic: Option<BasicSection>,
    pub(crate) jwt: Option<JwtSection>,
    pub(crate) decrypt: Option<DecryptSection>,
    pub(crate) challenge: ChallengesSection,
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
    /// Where an option says it, the first of its values.
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) algorithm_option: Option<AlgorithmOption>,
    /// Where the signature stands, unless the variants say it.
    pub(crate) from: Vec<Place>,
    pub(crate) parse: ParseSection,
    pub(crate) encoding: TextEncoding,
    /// The string to sign, unless the variants say it.
    pub(crate) signed: Option<Signed>,
    /// The forms of the URL to try, in order.
    pub(crate) url: Vec<UrlForm>,
}

/// How the text of a signature is taken apart: by one pattern, or each of its
/// entries by the first that fits.
#[derive(Debug)]
pub(crate) struct ParseSection {
    /// What separates entries.
    pub(crate) split: Option<Separator>,
    /// Patterns.
    pub(crate) entries: Vec<String>,
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
    /// The same, where the request lists what is signed.
    Listed(ListedSection),
}

/// Which algorithm: always the receiver's choice.
#[derive(Clone, Debug)]
pub(crate) struct AlgorithmOption {
    /// The option that says it.
    pub(crate) option: String,
    pub(crate) hint: String,
    pub(crate) values: Vec<SignatureAlgorithm>,
}

/// One alternative.
#[derive(Debug, Default)]
pub(crate) struct VariantSection {
    pub(crate) when: Tables<ConditionSection>,
    pub(crate) from: Option<Vec<Place>>,
    pub(crate) signed: Option<Signed>,
    pub(crate) timestamp: Option<Place>,
    pub(crate) delivery_id: Option<Place>,
    pub(crate) require: Vec<DemandSection>,
    /// What it allows that this variant signs less than another one, or what
    /// another one signs.
    pub(crate) risk: Option<String>,
}

/// A constant of the receiver: brings an option of that name.
#[derive(Debug)]
pub(crate) struct ConstantSection {
    pub(crate) name: String,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
}

/// The time of the delivery, which has to be signed.
#[derive(Debug)]
pub(crate) struct TimestampSection {
    /// Where it stands, unless the variants say it.
    pub(crate) from: Option<Place>,
    pub(crate) format: TimeFormat,
    pub(crate) tolerance: Tolerance,
}

/// The id or nonce of the delivery. It is a fact only where it is signed.
#[derive(Debug)]
pub(crate) struct DeliveryIdSection {
    /// Where it stands, unless the variants say it.
    pub(crate) from: Option<Place>,
    /// What a signed id may hold besides letters, digits, `-` and `_`.
    pub(crate) characters: String,
}

impl SchemeFile {
    /// Reads the compact form; `find` gives the text of a built-in scheme.
    pub(crate) fn from_json(
        text: &str,
        find: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Self, Error> {
        if text.len() > MAX_SCHEME_BYTES {
            return Err(Error::configuration(format!(
                "the scheme is larger than {MAX_SCHEME_BYTES} bytes"
            )));
        }
        json::parse(text.as_bytes())
            .map_err(|error| SchemeError::new(error.to_string()))
            .and_then(|value| extends::resolve(value, find))
            .and_then(|value| Self::read(&value))
            .map_err(|fault| Error::configuration(format!("scheme: {fault}")))
    }

    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                id: fields.required("id", text)?,
                title: fields.or_default("title", text)?,
                docs: fields.or_default("docs", text)?,
                status: fields.optional("status", choice)?,
                notes: fields.or_default("notes", texts)?,
                methods: fields.or_default("methods", choices)?,
                key: fields.optional("key", KeySection::read)?,
                signature: fields.optional("signature", SignatureSection::read)?,
                variant: fields.or_default("variant", |value| list(value, VariantSection::read))?,
                timestamp: fields.optional("timestamp", TimestampSection::read)?,
                delivery_id: fields.optional("delivery_id", DeliveryIdSection::read)?,
                event_type: fields.optional("event_type", only_place)?,
                require: fields.or_default("require", read_demands)?,
                option: fields.or_default("option", |value| list(value, ConstantSection::read))?,
                token: fields.or_default("token", |value| list(value, TokenSection::read))?,
                basic: fields.optional("basic", BasicSection::read)?,
                jwt: fields.optional("jwt", JwtSection::read)?,
                decrypt: fields.optional("decrypt", DecryptSection::read)?,
                challenge: fields.or_default("challenge", ChallengesSection::read)?,
                preset: fields.optional("preset", PresetSection::read)?,
                addresses: fields.or_default("addresses", |value| map(value, texts))?,
            })
        })
    }
}

impl SignatureSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            let (algorithm, algorithm_option) = fields.required("algorithm", read_algorithm)?;
            Ok(Self {
                algorithm,
                algorithm_option,
                from: fields.or_default("from", signature_places)?,
                parse: fields.or_default("parse", ParseSection::read)?,
                encoding: fields.required("encoding", choice)?,
                signed: fields.optional("signed", Signed::read)?,
                url: fields.or_default("url", choices)?,
            })
        })
    }
}

type ReadAlgorithm = (SignatureAlgorithm, Option<AlgorithmOption>);

/// A name, or the option that says one.
fn read_algorithm(value: &Value) -> Result<ReadAlgorithm, SchemeError> {
    if !value.is_object() {
        return Ok((choice(value)?, None));
    }
    let option = object(value, |fields| {
        Ok(AlgorithmOption {
            option: fields.required("option", text)?,
            hint: fields.required("hint", text)?,
            values: fields.required("values", choices)?,
        })
    })?;
    match option.values.first() {
        Some(first) => Ok((*first, Some(option))),
        None => Err(SchemeError::new("values: expected at least one algorithm")),
    }
}

impl Default for ParseSection {
    /// The whole text is the signature.
    fn default() -> Self {
        Self {
            split: None,
            entries: vec!["{signature}".to_owned()],
        }
    }
}

impl ParseSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match value {
            Value::String(pattern) => Ok(Self {
                split: None,
                entries: vec![pattern.clone()],
            }),
            Value::Object(_) => object(value, |fields| {
                Ok(Self {
                    split: fields.optional("split", Separator::read)?,
                    entries: fields.required("entries", texts)?,
                })
            }),
            _ => Err(SchemeError::new(
                "expected a pattern, or { split = \",\", entries = [\"…\"] }",
            )),
        }
    }
}

/// Where a signature may stand.
fn signature_places(value: &Value) -> Result<Vec<Place>, SchemeError> {
    one_or_many(value, Place::read_of_request)
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
            Value::Object(members) if members.contains_key("listed") => {
                ListedSection::read(value).map(Self::Listed)
            }
            Value::Object(_) => {
                object(value, |fields| fields.required("canonical", choice)).map(Self::Canonical)
            }
            _ => Err(SchemeError::new(
                "expected a template, { canonical = \"name\" }, or { listed = \"name\", … }",
            )),
        }
    }
}

impl VariantSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                when: fields.or_default("when", read_tables)?,
                from: fields.optional("from", signature_places)?,
                signed: fields.optional("signed", Signed::read)?,
                timestamp: fields.optional("timestamp", only_place)?,
                delivery_id: fields.optional("delivery_id", only_place)?,
                require: fields.or_default("require", read_demands)?,
                risk: fields.optional("risk", text)?,
            })
        })
    }
}

/// `{ from = place }`.
fn only_place(value: &Value) -> Result<Place, SchemeError> {
    object(value, |fields| fields.required("from", Place::read))
}

impl ConstantSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                name: fields.required("name", text)?,
                hint: fields.required("hint", text)?,
            })
        })
    }
}

impl TimestampSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                from: fields.optional("from", Place::read)?,
                format: fields.required("format", choice)?,
                tolerance: fields.required("tolerance", tolerance)?,
            })
        })
    }
}

impl DeliveryIdSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                from: fields.optional("from", Place::read)?,
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
