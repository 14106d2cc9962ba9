//! The components that a signature can cover (RFC 9421 section 2), and their values.

use core::cell::OnceCell;
use std::borrow::Cow;

use crate::canonical::Input;
use crate::canonical::listing::{Listing, is_header_name, malformed, no_url};
use crate::error::Error;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::form::{Pairs, decode};
use crate::primitives::structured_fields::{Bare, Content, Dictionary, Item};
use crate::primitives::url::Url;

/// Dictionaries by registration: the only fields that can be written anew without a
/// guess at their type.
const DICTIONARIES: [&str; 5] = [
    "content-digest",
    "repr-digest",
    "priority",
    "signature",
    "signature-input",
];

/// The header with digests of the body.
const DIGEST_FIELD: &str = "content-digest";

/// One component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Component<'t> {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    /// By its name, encoded.
    QueryParam(&'t str),
    Field(&'t str, FieldForm<'t>),
}

/// The parameters of the query, read once, where one is listed.
pub(super) type Query = OnceCell<Pairs>;

/// How the value of a header is written (RFC 9421 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldForm<'t> {
    Plain,
    /// `sf`: as a structured field.
    Strict,
    /// `key`: one member of a dictionary.
    Member(&'t str),
    /// `bs`: as a byte sequence.
    Bytes,
}

impl<'t> Component<'t> {
    /// Reads an identifier. `None` where it is none, or one of responses.
    pub(super) fn read(item: &Item<'t>) -> Option<Self> {
        let Bare::String(name) = item.bare else {
            return None;
        };
        let parameters = item.parameters.as_slice();
        if !name.starts_with('@') {
            let form = match parameters {
                [] => FieldForm::Plain,
                [("sf", Bare::Boolean(true))] => FieldForm::Strict,
                [("bs", Bare::Boolean(true))] => FieldForm::Bytes,
                [("key", Bare::String(key))] => FieldForm::Member(key),
                // `req` and `tr` are of responses and trailers.
                _ => return None,
            };
            return is_header_name(name).then_some(Self::Field(name, form));
        }
        if let ("@query-param", [("name", Bare::String(name))]) = (name, parameters) {
            return Some(Self::QueryParam(name));
        }
        let component = match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            _ => return None,
        };
        parameters.is_empty().then_some(component)
    }

    /// Whether a request can have it: otherwise each would be rejected.
    pub(super) fn can_be_met(self) -> bool {
        match self {
            // Of text, for places name it so.
            Self::QueryParam(name) => {
                let decoded = decode(name.as_bytes());
                encoded(&decoded) == name.as_bytes() && str::from_utf8(&decoded).is_ok()
            }
            Self::Field(DIGEST_FIELD, FieldForm::Member(key)) => is_strong(key),
            Self::Field(_, FieldForm::Member(key)) => is_key(key),
            Self::Field(name, FieldForm::Strict) => DICTIONARIES.contains(&name),
            _ => true,
        }
    }

    /// Whether it is a digest of the body that nobody can forge, in any of its forms.
    pub(super) fn is_digest(self) -> bool {
        match self {
            Self::Field(DIGEST_FIELD, FieldForm::Member(key)) => is_strong(key),
            Self::Field(DIGEST_FIELD, _) => true,
            _ => false,
        }
    }

    /// As `covers` calls it.
    pub(super) fn part(self) -> String {
        match self {
            Self::Method => "method".to_owned(),
            Self::TargetUri => "url".to_owned(),
            Self::Authority => "url.authority".to_owned(),
            Self::Scheme => "url.scheme".to_owned(),
            Self::RequestTarget => "url.target".to_owned(),
            Self::Path => "url.path".to_owned(),
            Self::Query => "url.query".to_owned(),
            // By its name, since places name parameters so.
            Self::QueryParam(name) => {
                let name = decode(name.as_bytes());
                format!("query:{}", String::from_utf8_lossy(&name))
            }
            of_body if of_body.is_digest() => "body".to_owned(),
            // A member says nothing of its neighbours.
            Self::Field(name, FieldForm::Member(key)) => format!("header:{name};key=\"{key}\""),
            Self::Field(name, _) => format!("header:{name}"),
        }
    }

    /// The identifiers of what holds it whole.
    pub(super) const fn held_by(self) -> &'static [&'static str] {
        match self {
            Self::Path | Self::Query => &["\"@request-target\"", "\"@target-uri\""],
            Self::Authority | Self::Scheme | Self::RequestTarget => &["\"@target-uri\""],
            _ => &[],
        }
    }

    pub(super) const fn reads_url(self) -> bool {
        !matches!(self, Self::Method | Self::Field(..))
    }

    /// The value of a request.
    pub(super) fn value<'c>(
        self,
        input: &Input<'c>,
        listing: &Listing,
        query: &Query,
    ) -> Result<Cow<'c, [u8]>, Error> {
        match self {
            Self::Method => Ok(Cow::Borrowed(input.method)),
            Self::Field(name, form) => {
                let value = listing.value(name, input.headers)?;
                form.write(name, value)
            }
            of_url => {
                let url = input.url.ok_or_else(no_url)?;
                of_url.of(url, query).map(Cow::Owned)
            }
        }
    }

    fn of(self, url: &Url<'_>, query: &Query) -> Result<Vec<u8>, Error> {
        let mut value = Vec::new();
        match self {
            Self::TargetUri => url.write_full(&mut value),
            Self::Authority => {
                value.extend(url.host.to_ascii_lowercase());
                value.extend_from_slice(url.significant_port());
            }
            Self::Scheme => value = url.scheme.to_ascii_lowercase(),
            Self::RequestTarget => {
                url.write_path(&mut value);
                if let Some(query) = url.query {
                    value.push(b'?');
                    value.extend_from_slice(query);
                }
            }
            Self::Path => url.write_path(&mut value),
            Self::Query => {
                value.push(b'?');
                value.extend_from_slice(url.raw_query());
            }
            Self::QueryParam(name) => value = query_parameter(url, name, query)?,
            Self::Method | Self::Field(..) => {}
        }
        Ok(value)
    }
}

impl FieldForm<'_> {
    fn write<'c>(self, name: &str, value: &'c [u8]) -> Result<Cow<'c, [u8]>, Error> {
        let unread = || malformed(format!("header {name} is no structured field of its type"));
        match self {
            Self::Plain => Ok(Cow::Borrowed(value)),
            Self::Bytes => {
                let base64 = TextEncoding::Base64.encode(value);
                Ok(Cow::Owned(format!(":{base64}:").into_bytes()))
            }
            Self::Strict if !DICTIONARIES.contains(&name) => Err(malformed(format!(
                "the signature lists {name};sf, whose structured type is not known here"
            ))),
            Self::Strict => {
                let fields = Dictionary::parse(value).ok_or_else(unread)?;
                let members = fields.iter().map(|(key, value)| match value.content {
                    Content::Item(Bare::Boolean(true)) => format!("{key}{}", value.text),
                    _ => format!("{key}={}", value.text),
                });
                let members: Vec<String> = members.collect();
                Ok(Cow::Owned(members.join(", ").into_bytes()))
            }
            Self::Member(key) => {
                let fields = Dictionary::parse(value).ok_or_else(unread)?;
                let member = fields.get(key).ok_or_else(|| {
                    malformed(format!(
                        "the signature lists a member of {name} that is not there"
                    ))
                })?;
                Ok(Cow::Owned(match member.content {
                    Content::Item(Bare::Boolean(true)) => format!("?1{}", member.text).into_bytes(),
                    _ => member.text.as_bytes().to_vec(),
                }))
            }
        }
    }
}

/// The value of a parameter that is there once, encoded (RFC 9421 section 2.2.8).
///
/// # Errors
/// `malformed_header` where it is there several times, or in another spelling that a
/// framework could take for it.
fn query_parameter(url: &Url<'_>, name: &str, query: &Query) -> Result<Vec<u8>, Error> {
    let query = match query.get() {
        Some(query) => query,
        None => {
            let read = Pairs::parse(url.raw_query())?;
            query.get_or_init(|| read)
        }
    };
    let decoded = decode(name.as_bytes());
    let is_canonical = encoded(&decoded) == name.as_bytes();
    let mut same = query.iter().filter(|(known, _)| *known == decoded);
    let (first, is_repeated) = (same.next(), same.next().is_some());
    if first.is_none() || !is_canonical {
        return Err(malformed(
            "the signature lists a parameter of the query that is not there",
        ));
    }
    match query.one(&decoded) {
        Ok(Some(value)) if !is_repeated => Ok(encoded(value)),
        _ => Err(malformed(
            "the signature lists a parameter of the query that is there more than once",
        )),
    }
}

/// Whether a digest under that key counts.
fn is_strong(key: &str) -> bool {
    matches!(key, "sha-256" | "sha-512")
}

/// A key of a dictionary (RFC 9651 section 3.1.2).
fn is_key(key: &str) -> bool {
    let is_first = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'*';
    let is_part =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte);
    key.as_bytes().first().is_some_and(is_first) && key.bytes().all(is_part)
}

/// As the URL Standard percent-encodes with the set of forms; a blank is `%20`.
fn encoded(text: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut written = Vec::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            written.push(byte);
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
            written.push(b'%');
            written.extend(digits);
        }
    }
    written
}
