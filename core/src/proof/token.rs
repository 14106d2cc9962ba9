//! A secret that the delivery carries as it is, in the query or in a header.

use crate::config::text;
use crate::error::{Error, ErrorCode};
use crate::header;
use crate::keyring::Keyring;
use crate::options::Options;
use crate::outcome::MatchedKey;
use crate::primitives::choice::{any, first};
use crate::primitives::secret_digest::SecretDigest;
use crate::scheme::{KeySection, Plan, Source, TokenSection, refuse_idle};
use crate::subject::Subject;

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
    Header(usize),
}

impl Token {
    /// `None` where the option is not given.
    pub(crate) fn new(
        section: &TokenSection,
        options: &mut Options,
        plan: &mut Plan,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        let Some(value) = options.take(&section.option) else {
            refuse_idle(options, section.name_option.as_deref(), &section.option)?;
            return Ok(None);
        };
        let name = match &section.name_option {
            Some(option) => text(options, option)?,
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
            Source::Header(name) => Place::Header(plan.slot(&name)),
            Source::Query(name) | Source::Signature(name) => {
                plan.look_up_query();
                Place::Query(name.into_bytes().into())
            }
        };
        Ok(Some(Self {
            place,
            scheme: section.scheme.as_deref().map(Into::into),
            digests,
        }))
    }

    /// The slot of the header, where the token stands in one.
    pub(crate) const fn header_slot(&self) -> Option<usize> {
        match self.place {
            Place::Header(slot) => Some(slot),
            Place::Query(_) => None,
        }
    }

    /// Compares what the request carries with every token.
    pub(crate) fn check(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
    ) -> Result<MatchedKey, Error> {
        let found = match &self.place {
            Place::Header(slot) => {
                let value = header::required(plan, subject.headers(), *slot)?;
                match_digest(&self.digests, [value, self.without_scheme(value)])
            }
            Place::Query(name) => match subject.query_value(name) {
                Ok(Some(value)) => match_digest(&self.digests, [value]),
                Ok(None) => return Err(mismatch("the URL has no token")),
                Err(_) => return Err(mismatch("the URL has the token more than once")),
            },
        };
        let index = found.ok_or_else(|| mismatch("the token is wrong"))?;
        Ok(self.digests.matched(index))
    }

    /// What stands behind `Bearer` and its blanks, or the whole value.
    fn without_scheme<'v>(&self, value: &'v [u8]) -> &'v [u8] {
        self.scheme
            .as_ref()
            .and_then(|scheme| after_scheme(value, scheme))
            .unwrap_or(value)
    }
}

/// The credentials behind an authentication scheme (RFC 9110 section 11.4),
/// whose name is compared without case.
pub(crate) fn after_scheme<'v>(value: &'v [u8], scheme: &str) -> Option<&'v [u8]> {
    let (word, rest) = value.split_at_checked(scheme.len())?;
    let credentials = rest.trim_ascii_start();
    (word.eq_ignore_ascii_case(scheme.as_bytes()) && credentials.len() < rest.len())
        .then_some(credentials)
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

fn mismatch(what: &'static str) -> Error {
    Error::new(ErrorCode::TokenMismatch, what)
}
