//! A scheme file, typed. What isn't possible can't be written: every field is
//! an enum or a bounded text, and an unknown one is an error that names its
//! path and what is allowed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::canonical::Canonical;
use crate::error::Error;
use crate::primitives::encoding::{KeyEncoding, TextEncoding};
use crate::primitives::mac::MacAlgorithm;
use crate::primitives::time::{TimeFormat, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::scheme::proofs::{
    AddressSets, BasicSection, ChallengeSection, DecryptSection, JwtSection, TokenSection,
};
use crate::scheme::source::Source;

/// The largest scheme text that is read.
const MAX_SCHEME_BYTES: usize = 64 * 1024;

/// One provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SchemeFile {
    /// Kebab-case id.
    pub(crate) id: String,
    /// The provider's name.
    pub(crate) title: String,
    /// The provider's documentation page.
    pub(crate) docs: String,
    pub(crate) status: Status,
    /// Where the file departs from that page, what is not signed, and why.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// The HTTP methods the scheme is defined for; all where absent.
    #[serde(default)]
    pub(crate) methods: Vec<MethodName>,
    /// The secret of the signature; there where `signature` is.
    pub(crate) key: Option<KeySection>,
    pub(crate) signature: Option<SignatureSection>,
    /// Ordered alternatives; the first whose `when` holds is taken, and a
    /// request that fits none is refused.
    #[serde(default)]
    pub(crate) variant: Vec<VariantSection>,
    pub(crate) timestamp: Option<TimestampSection>,
    pub(crate) delivery_id: Option<DeliveryIdSection>,
    #[serde(default)]
    pub(crate) token: Vec<TokenSection>,
    pub(crate) basic: Option<BasicSection>,
    pub(crate) jwt: Option<JwtSection>,
    pub(crate) decrypt: Option<DecryptSection>,
    pub(crate) challenge: Option<ChallengeSection>,
    /// Lists of addresses that `allowed_ips` can name.
    #[serde(default)]
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

/// An HTTP method a scheme can be defined for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum MethodName {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Head,
}

impl MethodName {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
        }
    }
}

/// The secret, and what a right value looks like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeySection {
    /// The option that holds it: one value, a list, or labelled values.
    pub(crate) option: String,
    #[serde(default)]
    pub(crate) encoding: KeyEncoding,
    /// A text that may stand before the encoded value.
    #[serde(default)]
    pub(crate) prefix: String,
    /// The fewest bytes a key may decode to.
    #[serde(default)]
    pub(crate) min_bytes: usize,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// Prefixes of values that are something else, and what they are.
    #[serde(default)]
    pub(crate) refuse: BTreeMap<String, String>,
    /// The secret is any text, with blanks at its ends too.
    #[serde(skip)]
    pub(crate) verbatim: bool,
}

impl KeySection {
    /// A secret that is taken as the text it is.
    pub(crate) fn plain(option: &str, hint: &str) -> Self {
        Self {
            option: option.to_owned(),
            encoding: KeyEncoding::Utf8,
            prefix: String::new(),
            min_bytes: 0,
            hint: hint.to_owned(),
            refuse: BTreeMap::new(),
            verbatim: false,
        }
    }
}

/// Where the signature is and what it signs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureSection {
    pub(crate) mac: MacAlgorithm,
    pub(crate) from: OneOrMany<Source>,
    #[serde(default)]
    pub(crate) parse: ParseSection,
    pub(crate) encoding: TextEncoding,
    /// The string to sign, unless the variants say it.
    pub(crate) signed: Option<Signed>,
    /// The forms of the URL to try, in order.
    #[serde(default)]
    pub(crate) url: Vec<UrlForm>,
}

/// How a header's value is taken apart.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(default)]
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
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariantSection {
    /// All conditions of one table must hold; of several tables, one.
    #[serde(default)]
    pub(crate) when: OneOrMany<WhenSection>,
    pub(crate) from: Option<OneOrMany<Source>>,
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
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodyDigestSection {
    /// Where the SHA-256 of the body stands.
    pub(crate) sha256: Source,
    pub(crate) encoding: TextEncoding,
}

/// The time of the delivery. It is a fact only where the string to sign
/// mentions `{timestamp}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimestampSection {
    pub(crate) from: Source,
    pub(crate) format: TimeFormat,
    pub(crate) tolerance: Tolerance,
}

/// The id or nonce of the delivery. It is a fact only where the string to sign
/// mentions `{delivery_id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryIdSection {
    pub(crate) from: Source,
}

/// One value, or a list of them.
#[derive(Debug)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<T>);

impl SchemeFile {
    /// Reads the compact form.
    pub(crate) fn from_json(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_SCHEME_BYTES {
            return Err(Error::configuration(format!(
                "the scheme is larger than {MAX_SCHEME_BYTES} bytes"
            )));
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let file: Self = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            Error::configuration(format!("scheme: {}: {}", error.path(), error.inner()))
        })?;
        json.end()
            .map_err(|error| Error::configuration(format!("scheme: {error}")))?;
        Ok(file)
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrOne<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListOrOne<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("one value or a list")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
                T::deserialize(de::value::StrDeserializer::new(text)).map(|one| vec![one])
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(|one| vec![one])
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Vec<T>, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq))
            }
        }

        deserializer
            .deserialize_any(ListOrOne(std::marker::PhantomData))
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for Separator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_bytes() {
            [byte @ b' '..=b'~'] if !byte.is_ascii_alphanumeric() => Ok(Self(*byte)),
            _ => Err(de::Error::custom(
                "expected one ASCII character that is no letter or digit",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Signed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Named {
            canonical: Canonical,
        }

        struct TemplateOrNamed;

        impl<'de> Visitor<'de> for TemplateOrNamed {
            type Value = Signed;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a template, or { canonical = \"name\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Signed, E> {
                Ok(Signed::Template(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Signed, A::Error> {
                Named::deserialize(de::value::MapAccessDeserializer::new(map))
                    .map(|named| Signed::Canonical(named.canonical))
            }
        }

        deserializer.deserialize_any(TemplateOrNamed)
    }
}

impl<'de> Deserialize<'de> for WhenSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Conditions;

        impl<'de> Visitor<'de> for Conditions {
            type Value = WhenSection;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("conditions on method, body, content_type, header:… or query:…")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WhenSection, A::Error> {
                let mut when = WhenSection::default();
                let mut names = std::collections::BTreeSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "method" => when.method = Some(map.next_value()?),
                        "body" => when.body = Some(map.next_value()?),
                        "content_type" => when.content_type = Some(map.next_value()?),
                        other => {
                            let source = Source::parse(other).map_err(de::Error::custom)?;
                            when.sources.push((source, map.next_value()?));
                        }
                    }
                    if !names.insert(name) {
                        return Err(de::Error::custom("a condition is given twice"));
                    }
                }
                Ok(when)
            }
        }

        deserializer.deserialize_map(Conditions)
    }
}
