//! Where a value stands, as a scheme file writes it: `header:x-event`,
//! `json:/data/id`.

use core::fmt;

use serde_json::Value;

use crate::error::Error;
use crate::primitives::json_pointer::Pointers;
use crate::scheme::reader::{SchemeError, borrowed_text, one_or_many};

/// The longest name of a place.
const MAX_NAME: usize = 128;

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A lower-case header name.
    Header(String),
    /// A parameter of the query.
    Query(String),
    /// A field of a form body.
    Form(String),
    /// A member of a JSON body, by its pointer (RFC 6901).
    Json(String),
    /// A part of the signature's text that a pattern names.
    Signature(String),
    /// A claim of the verified token, by its name, or by its pointer.
    Claim(String),
    /// A constant of the receiver.
    Option(String),
}

/// Which places may stand somewhere.
pub(crate) type Kinds = [&'static str];

impl Place {
    /// What a request can say by itself.
    pub(crate) const OF_REQUEST: &'static Kinds = &["header", "query", "form", "json"];

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (kind, name) = text
            .split_once(':')
            .ok_or_else(|| format!("`{text}` is no place; {}", expected(Self::KINDS)))?;
        let make = match kind {
            "header" => Self::Header,
            "query" => Self::Query,
            "form" => Self::Form,
            "json" => {
                Pointers::new(&[name])?;
                return Ok(Self::Json(name.to_owned()));
            }
            "signature" => Self::Signature,
            "claim" if name.starts_with('/') => {
                Pointers::new(&[name])?;
                return Ok(Self::Claim(name.to_owned()));
            }
            "claim" => Self::Claim,
            "option" => Self::Option,
            _ => return Err(format!("`{text}` is no place; {}", expected(Self::KINDS))),
        };
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_token) {
            return Err(format!("`{text}`: the name after the colon is not a token"));
        }
        if kind == "header" && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("`{text}`: header names are written in lower case"));
        }
        Ok(make(name.to_owned()))
    }

    const KINDS: &'static Kinds = &[
        "header",
        "query",
        "form",
        "json",
        "signature",
        "claim",
        "option",
    ];

    /// The same, where only some places can stand.
    pub(crate) fn parse_one_of(text: &str, allowed: &Kinds) -> Result<Self, String> {
        let place = Self::parse(text)?;
        if allowed.contains(&place.kind()) {
            Ok(place)
        } else {
            Err(format!("`{text}` cannot stand here; {}", expected(allowed)))
        }
    }

    pub(crate) fn read(value: &Value) -> Result<Self, SchemeError> {
        Self::parse(borrowed_text(value)?).map_err(SchemeError::new)
    }

    /// A place that the request shows by itself.
    pub(crate) fn read_of_request(value: &Value) -> Result<Self, SchemeError> {
        Self::parse_one_of(borrowed_text(value)?, Self::OF_REQUEST).map_err(SchemeError::new)
    }

    /// The places of one value, in the order in which they are looked at.
    pub(crate) fn read_one_or_many(value: &Value) -> Result<Vec<Self>, SchemeError> {
        one_or_many(value, Self::read)
    }

    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Header(_) => "header",
            Self::Query(_) => "query",
            Self::Form(_) => "form",
            Self::Json(_) => "json",
            Self::Signature(_) => "signature",
            Self::Claim(_) => "claim",
            Self::Option(_) => "option",
        }
    }

    /// Whether it stands in each element of a list.
    pub(crate) fn is_each(&self) -> bool {
        matches!(self, Self::Json(pointer) if pointer.split('/').any(|step| step == "*"))
    }

    /// Whether the body has to be read for it.
    pub(crate) const fn is_in_body(&self) -> bool {
        matches!(self, Self::Form(_) | Self::Json(_))
    }

    /// What is looked for, wherever it stands.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Header(name)
            | Self::Query(name)
            | Self::Form(name)
            | Self::Json(name)
            | Self::Signature(name)
            | Self::Claim(name)
            | Self::Option(name) => name,
        }
    }

    /// The name, where it is a header.
    pub(crate) const fn as_header(&self) -> Option<&str> {
        match self {
            Self::Header(name) => Some(name.as_str()),
            _ => None,
        }
    }

    /// The name of the header, where nothing else can stand.
    pub(crate) fn header(&self) -> Result<&str, Error> {
        match self {
            Self::Header(name) => Ok(name),
            _ => Err(Error::configuration(format!(
                "scheme: `{self}` stands where a header:… is expected"
            ))),
        }
    }

    /// The same kind of place under another name.
    ///
    /// # Errors
    /// Where it is not a name. The text may be a secret in the wrong option, so it is
    /// not quoted.
    pub(crate) fn renamed(&self, name: &str) -> Result<Self, String> {
        let name = match self {
            Self::Header(_) => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        Self::parse(&format!("{}:{name}", self.kind()))
            .map_err(|_| "is not a name of letters, digits and -".to_owned())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.name())
    }
}

/// A token character of RFC 9110, but none that means something in a template.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&*+-.^_`~".contains(&byte)
}

fn expected(kinds: &Kinds) -> String {
    let shown = |kind: &&str| match *kind {
        "json" => "json:/pointer".to_owned(),
        kind => format!("{kind}:name"),
    };
    let kinds: Vec<String> = kinds.iter().map(shown).collect();
    match kinds.split_last() {
        Some((last, [])) => format!("expected {last}"),
        Some((last, rest)) => format!("expected {} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
