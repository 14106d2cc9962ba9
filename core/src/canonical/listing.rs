//! What a request may list as signed, and what it has to.
//!
//! Such a request says itself what its signature covers, so whoever sends it could
//! have little signed. The list must hold all that the scheme demands, and nothing
//! that is not known before: headers come by slot, so those that may be listed are
//! fixed when a verifier is made.

use std::borrow::Cow;

use serde::Deserialize;

use crate::coverage::CoverageLevel;
use crate::error::{Error, ErrorCode};
use crate::request::{Header, HeaderSlots};

/// Longer lists are no real ones; bounds the search for what stands there twice.
pub(super) const MAX_LISTED: usize = 64;

/// The functions of which a request lists what is signed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ListFunction {
    Rfc9421,
    Cavage,
    Contentful,
    Hook0,
}

/// Of a string to sign without a body; real ones have a few hundred.
const MAX_BASE_BYTES: usize = 64 * 1024;

/// What a list must hold and may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) function: ListFunction,
    /// As the function writes them in a list.
    demands: Vec<String>,
    /// The headers that may be listed.
    headers: Vec<Header>,
    /// The option that names further ones.
    option: Option<String>,
}

/// What a signature covers whose list holds what is demanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) body: CoverageLevel,
    pub(crate) url: CoverageLevel,
    pub(crate) method: bool,
    /// As `covers` calls them.
    pub(crate) parts: Vec<String>,
}

impl Covered {
    pub(super) const NOTHING: Self = Self {
        body: CoverageLevel::None,
        url: CoverageLevel::None,
        method: false,
        parts: Vec::new(),
    };

    /// Whether the whole query is signed.
    pub(crate) fn holds_query(&self) -> bool {
        let holders = ["url", "url.target", "url.query"];
        self.parts
            .iter()
            .any(|part| holders.contains(&part.as_str()))
    }

    /// Whether something ties the signature to one delivery, or to one receiver.
    pub(crate) fn is_bound(&self) -> bool {
        self.body != CoverageLevel::None || self.url != CoverageLevel::None
    }
}

impl Listing {
    /// One that nothing is demanded of yet.
    pub(super) const fn of(function: ListFunction, option: Option<String>) -> Self {
        Self {
            function,
            demands: Vec::new(),
            headers: Vec::new(),
            option,
        }
    }

    /// Whether that was not demanded before.
    pub(super) fn demand(&mut self, written: String) -> bool {
        let is_new = !self.is_demanded(&written);
        self.demands.push(written);
        is_new
    }

    pub(super) fn allow(&mut self, name: &str, header: &mut dyn FnMut(&str) -> Header) {
        if !self.headers.iter().any(|known| known.name() == name) {
            self.headers.push(header(name));
        }
    }

    pub(crate) fn demands(&self) -> &[String] {
        &self.demands
    }

    pub(super) fn is_demanded(&self, written: &str) -> bool {
        self.demands.iter().any(|demand| demand == written)
    }

    /// The header of that name, if it may be listed.
    pub(crate) fn header(&self, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.name() == name)
    }

    /// The one value of a listed header, without the blanks around it.
    ///
    /// # Errors
    /// `malformed_header` where it may not be listed, and where it holds a line break;
    /// `missing_header`; `ambiguous_header` where it is there on several lines, of
    /// which a server may have joined some.
    pub(super) fn value<'c>(
        &self,
        name: &str,
        headers: &HeaderSlots<'c>,
    ) -> Result<&'c [u8], Error> {
        let header = self.header(name).ok_or_else(|| self.unlisted(name))?;
        if header.is_repeated(headers) {
            return Err(Error::new(
                ErrorCode::AmbiguousHeader,
                format!("header {name} is signed and there more than once"),
            ));
        }
        let value = header.optional(headers)?.ok_or_else(|| header.missing())?;
        Ok(value.trim_ascii())
    }

    /// The same, where an empty one is none.
    pub(super) fn non_empty<'c>(
        &self,
        name: &str,
        headers: &HeaderSlots<'c>,
    ) -> Result<&'c [u8], Error> {
        let value = self.value(name, headers)?;
        match self.header(name) {
            Some(header) if value.is_empty() => Err(header.missing()),
            _ => Ok(value),
        }
    }

    #[cold]
    fn unlisted(&self, name: &str) -> Error {
        // Callers have checked that it is a header name; it is the sender's all the same.
        let shown: String = name.chars().take(64).collect();
        let remedy = match &self.option {
            Some(option) => format!("; name it in the option {option}"),
            None => String::new(),
        };
        Error::new(
            ErrorCode::MalformedHeader,
            format!("the signature lists the header {shown}, which is none of this scheme{remedy}"),
        )
    }
}

/// A header name (RFC 9110 section 5.1) in lower case.
pub(super) fn is_header_name(name: &str) -> bool {
    let is_part = |byte: u8| {
        (byte.is_ascii_alphanumeric() && !byte.is_ascii_uppercase())
            || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    !name.is_empty() && name.len() <= 128 && name.bytes().all(is_part)
}

/// Checks how long the pieces of a string to sign are that holds no body: a sender can
/// list what is long in several ways, each of which would be copied.
///
/// # Errors
/// `malformed_header`.
pub(super) fn check_length(pieces: &[Cow<'_, [u8]>]) -> Result<(), Error> {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    if length > MAX_BASE_BYTES {
        return Err(malformed("the listed components have more than 64 KiB"));
    }
    Ok(())
}

#[cold]
pub(super) fn malformed(what: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::MalformedHeader, what)
}

/// A part of a URL is listed that nothing demands, and the URL cannot be read.
#[cold]
pub(super) fn no_url() -> Error {
    malformed("the signature lists a part of the URL, which cannot be read")
}

/// A demand that the list does not hold: an old or foreign signature is none.
#[cold]
pub(super) fn unsigned(demand: &str) -> Error {
    Error::new(
        ErrorCode::SignatureMismatch,
        format!("the signature does not cover {demand}, which has to be signed"),
    )
}
