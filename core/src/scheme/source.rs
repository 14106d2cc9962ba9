//! Where a value of the request stands: `header:name`, `query:name`, or
//! `signature:name` for a pair within the signature header.

use core::fmt;

use serde_json::Value;

use crate::error::Error;
use crate::scheme::reader::{SchemeError, borrowed_text, one_or_many};

/// One extractor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Lower-case header name.
    Header(String),
    /// Name of a query parameter.
    Query(String),
    /// Name of a pair within the signature header.
    Signature(String),
}

impl Source {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        const ALLOWED: &str = "expected header:name, query:name or signature:name";
        let (kind, name) = text
            .split_once(':')
            .ok_or_else(|| format!("`{text}`: {ALLOWED}"))?;
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || name.len() > 128 || !name.bytes().all(is_token) {
            return Err(format!("`{text}`: the name after the colon is not a token"));
        }
        match kind {
            "header" if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Err(format!("`{text}`: header names are written in lower case"))
            }
            "header" => Ok(Self::Header(name.to_owned())),
            "query" => Ok(Self::Query(name.to_owned())),
            "signature" => Ok(Self::Signature(name.to_owned())),
            _ => Err(format!("`{text}`: {ALLOWED}")),
        }
    }
}

impl Source {
    pub(crate) fn read(value: &Value) -> Result<Self, SchemeError> {
        Self::parse(borrowed_text(value)?).map_err(SchemeError::new)
    }

    /// The places of one value, in the order in which they are looked at.
    pub(crate) fn read_one_or_many(value: &Value) -> Result<Vec<Self>, SchemeError> {
        one_or_many(value, Self::read)
    }

    /// What is looked for, wherever it stands.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Header(name) | Self::Query(name) | Self::Signature(name) => name,
        }
    }

    /// The name of the header, where nothing else can stand.
    pub(crate) fn header(&self) -> Result<&str, Error> {
        match self {
            Self::Header(name) => Ok(name),
            Self::Query(_) | Self::Signature(_) => Err(Error::configuration(format!(
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
        Self::parse(&match self {
            Self::Header(_) => format!("header:{}", name.to_ascii_lowercase()),
            Self::Query(_) => format!("query:{name}"),
            Self::Signature(_) => format!("signature:{name}"),
        })
        .map_err(|_| "is not a name of letters, digits and -".to_owned())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
            Self::Signature(name) => write!(f, "signature:{name}"),
        }
    }
}
