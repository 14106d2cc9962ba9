//! What a scheme demands of a request besides its signature: that a place says
//! something, or holds a digest of something else.

use serde_json::Value;

use crate::primitives::digest::DigestAlgorithm;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::jwt::ClaimValue;
use crate::scheme::condition::values;
use crate::scheme::place::{Kinds, Place};
use crate::scheme::reader::{SchemeError, choice, object, object_members, switch, text};
use crate::scheme::segment::Site;
use crate::scheme::string_to_sign::Message;
use crate::scheme::template::{Around, Locate, Template};

/// A demand as a file writes it.
#[derive(Clone, Debug)]
pub(crate) struct DemandSection {
    /// One must be there, and each that is must satisfy.
    pub(crate) places: Vec<Place>,
    pub(crate) test: DemandTest,
}

/// What a place must say.
#[derive(Clone, Debug)]
pub(crate) enum DemandTest {
    Present,
    Absent,
    Is(Vec<ClaimValue>),
    /// What an option says.
    Option(OwnOption),
    /// The text of a template.
    Equals(String),
    /// A digest of a template.
    Digest {
        algorithm: DigestAlgorithm,
        encoding: TextEncoding,
        of: String,
        is_last: bool,
    },
}

/// An option that holds values a receiver expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnOption {
    pub(crate) name: String,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// What counts where the option is not given.
    pub(crate) usual: Vec<ClaimValue>,
}

/// A demand that can be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Demand {
    pub(crate) sites: Vec<Site>,
    pub(crate) wanted: Wanted,
}

/// What a place must say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Present,
    Absent,
    Is(Vec<ClaimValue>),
    Option(OwnOption),
    /// Computed of the request.
    Equals(Message),
    Digest {
        algorithm: DigestAlgorithm,
        encoding: TextEncoding,
        of: Message,
        /// The parameter ends the URL, so that nothing that was signed as something else
        /// can follow it.
        is_last: bool,
    },
}

/// Where a demand may look, and what its templates may mention.
const PLACES: &Kinds = &["header", "query", "form", "json", "signature", "claim"];
const MENTIONED: &Kinds = &["header", "query", "form", "json", "option"];

/// Reads `[require]`.
pub(crate) fn read_demands(value: &Value) -> Result<Vec<DemandSection>, SchemeError> {
    let mut demands = Vec::new();
    for (places, test) in object_members(value)? {
        let demand = DemandSection::read(places, test);
        demands.push(demand.map_err(|fault| fault.inside(places))?);
    }
    Ok(demands)
}

impl DemandSection {
    fn read(places: &str, test: &Value) -> Result<Self, SchemeError> {
        let places = places
            .split(" | ")
            .map(|place| Place::parse_one_of(place, PLACES))
            .collect::<Result<Vec<_>, _>>()
            .map_err(SchemeError::new)?;
        let test = DemandTest::read(test)?;
        let is_last = matches!(test, DemandTest::Digest { is_last: true, .. });
        if is_last && !matches!(places[..], [Place::Query(_)]) {
            return Err(SchemeError::new("only a parameter of the query is `last`"));
        }
        Ok(Self { places, test })
    }

    pub(crate) fn compile(
        &self,
        around: &Around<'_>,
        locate: &mut Locate<'_>,
    ) -> Result<Demand, String> {
        let sites = self.places.iter().map(|place| locate(place.clone()));
        let sites = sites.collect::<Result<_, _>>()?;
        let mut template =
            |text: &str| Template::parse(text, MENTIONED, around, locate).map(Message::Template);
        Ok(Demand {
            sites,
            wanted: match &self.test {
                DemandTest::Present => Wanted::Present,
                DemandTest::Absent => Wanted::Absent,
                DemandTest::Is(values) => Wanted::Is(values.clone()),
                DemandTest::Option(option) => Wanted::Option(option.clone()),
                DemandTest::Equals(text) => Wanted::Equals(template(text)?),
                DemandTest::Digest {
                    algorithm,
                    encoding,
                    of,
                    is_last,
                } => Wanted::Digest {
                    algorithm: *algorithm,
                    encoding: *encoding,
                    of: template(of)?,
                    is_last: *is_last,
                },
            },
        })
    }
}

impl DemandTest {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match value {
            Value::String(text) if text == "present" => return Ok(Self::Present),
            Value::String(text) if text == "absent" => return Ok(Self::Absent),
            _ => {}
        }
        let test = object(value, |fields| {
            let digest = match fields.optional("sha256", text)? {
                Some(of) => Some((DigestAlgorithm::Sha256, of)),
                None => fields
                    .optional("sha512", text)?
                    .map(|of| (DigestAlgorithm::Sha512, of)),
            };
            if let Some((algorithm, of)) = digest {
                let encoding = fields.required("encoding", choice)?;
                let is_last = fields.optional("last", switch)?.unwrap_or_default();
                return Ok(Some(Self::Digest {
                    algorithm,
                    encoding,
                    of,
                    is_last,
                }));
            }
            if let Some(of) = fields.optional("equals", text)? {
                return Ok(Some(Self::Equals(of)));
            }
            let is = fields.optional("is", values)?;
            if let Some(name) = fields.optional("option", text)? {
                let hint = fields.required("hint", text)?;
                let usual = is.unwrap_or_default();
                return Ok(Some(Self::Option(OwnOption { name, hint, usual })));
            }
            Ok(is.map(Self::Is))
        })?;
        test.ok_or_else(|| {
            SchemeError::new(
                "expected present, absent, { is }, { option, hint }, { equals } or \
                 { sha256, encoding }",
            )
        })
    }
}

impl Demand {
    /// The string that is compared, or whose digest is.
    pub(crate) const fn computed(&self) -> Option<&Message> {
        match &self.wanted {
            Wanted::Equals(of) | Wanted::Digest { of, .. } => Some(of),
            Wanted::Present | Wanted::Absent | Wanted::Is(_) | Wanted::Option(_) => None,
        }
    }
}
