//! A secret that the delivery carries as it is: in the query, in a header, or in its
//! body.

use crate::detail::{self, shown};
use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::keyring::MatchedKey;
use crate::options::OptionReader;
use crate::prepared_request::{Known, PreparedRequest, Unread};
use crate::primitives::authorization::credentials;
use crate::primitives::choice::{any, first};
use crate::primitives::json_pointer::{Pointers, Unreadable, Value as JsonValue};
use crate::primitives::secret_digest::SecretDigest;
use crate::request::{Header, Needs, RequestPlace};
use crate::scheme::{self, KeySection, TokenSection, Value};

/// The tokens that are accepted, and where one must stand.
#[derive(Debug)]
pub(crate) struct Token {
    place: Place,
    /// An authentication scheme that may stand in front, e.g. `Bearer`.
    scheme: Option<Box<str>>,
    digests: Keyring<SecretDigest>,
}

#[derive(Debug)]
enum Place {
    Query(Box<[u8]>),
    Header(Header),
    /// A field of a form or a member of JSON, and what to call it.
    Body(RequestPlace, scheme::Place),
    /// A member of each element of a list.
    Each(Pointers, scheme::Place),
}

impl Token {
    /// `None` where the option is not given.
    pub(crate) fn new(
        section: &TokenSection,
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        let Some(value) = options.take(&section.option)? else {
            return Ok(None);
        };
        let name = match &section.name_option {
            Some(option) => options.text(option)?,
            None => None,
        };
        let key = KeySection::plain(&section.option, &section.hint);
        let digests = Keyring::new(&key, value, labels, |secret| Ok(SecretDigest::of(secret)))?;
        let source = match name {
            Some(name) => section.from.renamed(&name).map_err(|what| {
                Error::configuration(format!(
                    "option {}: {what}",
                    section.name_option.as_deref().unwrap_or_default()
                ))
            })?,
            None => section.from.clone(),
        };
        let place = match source {
            scheme::Place::Header(name) => Place::Header(needs.header(&name)),
            scheme::Place::Form(ref name) => {
                needs.form();
                Place::Body(RequestPlace::Form(name.as_bytes().into()), source)
            }
            scheme::Place::Json(ref pointer) if source.is_each() => {
                needs.body_type();
                let pointers = Pointers::new(&[pointer]).map_err(Error::configuration)?;
                Place::Each(pointers, source)
            }
            scheme::Place::Json(ref pointer) => {
                Place::Body(RequestPlace::Json(needs.json(pointer)), source)
            }
            place => {
                needs.query();
                Place::Query(place.name().as_bytes().into())
            }
        };
        Ok(Some(Self {
            place,
            scheme: section.scheme.as_deref().map(Into::into),
            digests,
        }))
    }

    /// The header, where the token stands in one.
    pub(crate) const fn header(&self) -> Option<&Header> {
        match &self.place {
            Place::Header(header) => Some(header),
            Place::Query(_) | Place::Body(..) | Place::Each(..) => None,
        }
    }

    /// Whether the body has to be there to find it.
    pub(crate) const fn is_in_body(&self) -> bool {
        matches!(self.place, Place::Body(..) | Place::Each(..))
    }

    /// Whether the request has something in its place, as far as it is known.
    pub(crate) fn is_shown(&self, request: &PreparedRequest<'_, '_>, known: Known) -> bool {
        match &self.place {
            Place::Header(header) => !header.is_absent(request.headers()),
            Place::Query(name) => !matches!(request.query_value(name), Ok(None)),
            Place::Body(..) | Place::Each(..) if known == Known::Head => false,
            Place::Body(place, _) => {
                !matches!(request.value(place), Ok(None) | Err(Unread::OtherKind))
            }
            Place::Each(pointers, _) => {
                let found = pointers.each(request.body(), |_, _| {});
                let is_none = |value: &JsonValue<'_>| {
                    matches!(value, JsonValue::Absent | JsonValue::NotAList)
                };
                request.may_be_json() && found.is_ok_and(|found| !is_none(&found[0]))
            }
        }
    }

    /// Compares what the request carries with every token.
    pub(crate) fn check(&self, request: &PreparedRequest<'_, '_>) -> Result<MatchedKey, Error> {
        let found = match &self.place {
            Place::Header(header) => {
                let value = header.required(request.headers())?;
                match_digest(&self.digests, [value, self.without_scheme(value)])
            }
            Place::Query(name) => match request.query_value(name) {
                Ok(Some(value)) => match_digest(&self.digests, [value]),
                Ok(None) => return Err(self.mismatch("is not there")),
                Err(_) => return Err(self.mismatch("is there more than once")),
            },
            Place::Body(place, _) => match request.value(place) {
                Ok(Some(Value::Text(value))) => match_digest(&self.digests, [value]),
                Ok(Some(_)) => return Err(self.mismatch("is no text")),
                Ok(None) => return Err(self.mismatch("is not there")),
                Err(Unread::OtherKind) => return Err(self.mismatch("cannot be read")),
                Err(Unread::Rejected(error)) => return Err(error),
            },
            Place::Each(pointers, _) => self.match_each(pointers, request)?,
        };
        let index = found.ok_or_else(|| {
            let mut error = self.mismatch("is wrong");
            let labels = self.digests.iter().map(|key| key.label.as_str());
            error.append(&detail::keys_tried(labels));
            error
        })?;
        Ok(self.digests.matched(index))
    }

    /// The key of the first element, where every element carries a token.
    fn match_each(
        &self,
        pointers: &Pointers,
        request: &PreparedRequest<'_, '_>,
    ) -> Result<Option<usize>, Error> {
        if !request.may_be_json() {
            return Err(self.mismatch("cannot be read"));
        }
        let (mut key, mut is_wrong) = (None, false);
        let found = pointers.each(request.body(), |_, value| {
            let index = match value {
                JsonValue::Text(text) => match_digest(&self.digests, [text.as_bytes()]),
                _ => None,
            };
            is_wrong |= index.is_none();
            key = key.or(index);
        });
        match found.as_ref().map(|found| &found[0]) {
            Ok(JsonValue::Elements) if is_wrong => Ok(None),
            Ok(JsonValue::Elements) => Ok(key),
            Ok(JsonValue::Ambiguous) => Err(self.mismatch("is there more than once")),
            Ok(_) => Err(self.mismatch("is not there: there is no list of elements that have it")),
            Err(Unreadable) => Err(self.mismatch("cannot be read")),
        }
    }

    /// What is wrong with the token, and where it stands; never what it is.
    #[cold]
    #[inline(never)]
    fn mismatch(&self, what: &str) -> Error {
        let place = match &self.place {
            Place::Header(header) => format!("header {}", header.name()),
            Place::Query(name) => format!("parameter {} of the URL", shown::quoted(name)),
            Place::Body(_, place) | Place::Each(_, place) => place.to_string(),
        };
        Error::new(
            ErrorCode::TokenMismatch,
            format!("the token in {place} {what}"),
        )
    }

    /// What stands behind `Bearer` and its blanks, or the whole value.
    fn without_scheme<'v>(&self, value: &'v [u8]) -> &'v [u8] {
        self.scheme
            .as_ref()
            .and_then(|scheme| credentials(value, scheme))
            .unwrap_or(value)
    }
}

/// The first of the digests that any of the values has; all are compared.
pub(crate) fn match_digest<const N: usize>(
    digests: &Keyring<SecretDigest>,
    values: [&[u8]; N],
) -> Option<usize> {
    let received = values.map(SecretDigest::of);
    first(digests.iter().map(|key| {
        let hits = received.iter().map(|one| one.ct_eq(&key.prepared));
        any(hits)
    }))
}
