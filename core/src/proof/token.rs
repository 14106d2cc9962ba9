//! A secret that the delivery carries as it is, in the query or in a header.

use crate::config::text;
use crate::diagnosis::{self, shown};
use crate::error::{Error, ErrorCode};
use crate::header;
use crate::keyring::Keyring;
use crate::options::Options;
use crate::outcome::MatchedKey;
use crate::primitives::authorization::credentials;
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
                Ok(None) => return Err(self.mismatch(plan, "is not there")),
                Err(_) => return Err(self.mismatch(plan, "is there more than once")),
            },
        };
        let index = found.ok_or_else(|| {
            let mut error = self.mismatch(plan, "is wrong");
            let labels = self.digests.iter().map(|key| key.label.as_str());
            error.append(&diagnosis::keys_tried(labels));
            error
        })?;
        Ok(self.digests.matched(index))
    }

    /// What is wrong with the token, and where it stands; never what it is.
    #[cold]
    #[inline(never)]
    fn mismatch(&self, plan: &Plan, what: &str) -> Error {
        let place = match &self.place {
            Place::Header(slot) => format!("header {}", plan.header_name(*slot)),
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
