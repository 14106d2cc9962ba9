//! A secret that the delivery carries as it is, in the query or in a header.

use crate::detail::{self, shown};
use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::keyring::MatchedKey;
use crate::options::OptionReader;
use crate::prepared_request::PreparedRequest;
use crate::primitives::authorization::credentials;
use crate::primitives::choice::{any, first};
use crate::primitives::secret_digest::SecretDigest;
use crate::request::{Header, Needs};
use crate::scheme::{KeySection, Source, TokenSection};

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
            Source::Header(name) => Place::Header(needs.header(&name)),
            Source::Query(name) | Source::Signature(name) => {
                needs.query();
                Place::Query(name.into_bytes().into())
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
            Place::Query(_) => None,
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
        };
        let index = found.ok_or_else(|| {
            let mut error = self.mismatch("is wrong");
            let labels = self.digests.iter().map(|key| key.label.as_str());
            error.append(&detail::keys_tried(labels));
            error
        })?;
        Ok(self.digests.matched(index))
    }

    /// What is wrong with the token, and where it stands; never what it is.
    #[cold]
    #[inline(never)]
    fn mismatch(&self, what: &str) -> Error {
        let place = match &self.place {
            Place::Header(header) => format!("header {}", header.name()),
            Place::Query(name) => format!("parameter {} of the URL", shown::quoted(name)),
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
