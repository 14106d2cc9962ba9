//! The string to sign: compiled from a template, or a canonical function.

use std::collections::BTreeMap;

use crate::body_limit::{self, MAX_BODY_BYTES, MAX_FORM_BYTES};
use crate::canonical::{Canonical, Input, Listing, Prepared};
use crate::error::{Error, ErrorCode};
use crate::primitives::sink::{Content, Sink};
use crate::primitives::url_form::FormedUrl;
use crate::scheme::listed::ListedSection;
use crate::scheme::segment::{FieldSource, Segment, Site};
use crate::scheme::template::Template;
use crate::scheme::value::Value;

/// How the string to sign is made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Template(Template),
    Canonical(Canonical),
    Listed(Listed),
}

/// A string to sign whose parts the request lists.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Where the list stands.
    pub(crate) from: Site,
    pub(crate) listing: Listing,
    /// What is demanded where the user does not say it; there where they may.
    pub(crate) configurable: Option<ListedSection>,
}

impl Message {
    /// What it mentions, where it is a template.
    fn segments(&self) -> &[Segment] {
        match self {
            Self::Canonical(_) | Self::Listed(_) => &[],
            Self::Template(template) => template.segments(),
        }
    }

    /// Whether the whole body is read as a form.
    pub(crate) fn reads_form(&self) -> bool {
        match self {
            Self::Canonical(canonical) => canonical.reads_form(),
            Self::Listed(_) => false,
            Self::Template(template) => template.reads_form(),
        }
    }

    /// How often the body stands in it.
    pub(crate) fn bodies(&self) -> usize {
        if let Self::Listed(listed) = self {
            return usize::from(listed.listing.function.holds_body());
        }
        let is_body = |segment: &&Segment| segment.source() == Some(&FieldSource::Body);
        self.segments().iter().filter(is_body).count()
    }

    /// The longest body where each of its bytes is given to so many MACs.
    pub(crate) fn usual_body(&self, work: usize) -> usize {
        let longest = if self.reads_form() {
            MAX_FORM_BYTES
        } else {
            MAX_BODY_BYTES
        };
        body_limit::affordable(work * self.body_cost()).min(longest)
    }

    /// What a byte of the body costs under one key, in bytes of SHA-256. Every byte
    /// stands in at most one of the values that places name, so that the dearest counts,
    /// as often as it is named.
    fn body_cost(&self) -> usize {
        if let Self::Canonical(canonical) = self {
            return usize::from(canonical.reads_form());
        }
        let mut whole = 0;
        let mut places = BTreeMap::new();
        for segment in self.segments() {
            match segment.source() {
                Some(FieldSource::Place(site, _)) => {
                    *places.entry(site.place.to_string()).or_insert(0) += segment.body_cost();
                }
                _ => whole += segment.body_cost(),
            }
        }
        whole + places.values().max().unwrap_or(&0)
    }

    pub(crate) fn reads_url(&self) -> bool {
        match self {
            Self::Canonical(canonical) => canonical.reads_url(),
            // What the user may say is not known yet.
            Self::Listed(listed) => listed.configurable.is_none() && listed.listing.needs_url(),
            Self::Template(template) => template.segments().iter().any(Segment::reads_url),
        }
    }

    /// Reads what the string to sign mentions. `value_of` is the text of a place.
    pub(crate) fn prepare<'p>(
        &self,
        input: &Input<'p>,
        value_of: &ValueOf<'_, 'p>,
    ) -> Result<Prepared<'p>, Error> {
        match self {
            Self::Canonical(canonical) => canonical.prepare(input),
            Self::Listed(listed) => listed.prepare(input, value_of),
            Self::Template(template) => template.prepare(input, value_of),
        }
    }
}

impl Listed {
    fn prepare<'p>(
        &self,
        input: &Input<'p>,
        value_of: &ValueOf<'_, 'p>,
    ) -> Result<Prepared<'p>, Error> {
        match value_of(&self.from)? {
            Some(Value::Text(list)) => self.listing.prepare(input, list),
            _ => Err(Error::new(
                ErrorCode::MalformedHeader,
                format!("{} does not list what is signed", self.from.place),
            )),
        }
    }
}

/// Looks up the value of a place.
pub(crate) type ValueOf<'f, 'p> = dyn Fn(&Site) -> Result<Option<Value<'p>>, Error> + 'f;

/// The string to sign, for one form of the URL. It is written into a MAC and
/// never assembled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringToSign<'c> {
    pub(crate) message: &'c Message,
    pub(crate) input: &'c Input<'c>,
    pub(crate) url: Option<&'c FormedUrl<'c, 'c>>,
    pub(crate) prepared: &'c Prepared<'c>,
}

impl StringToSign<'_> {
    /// What must hold of a string to sign whose signature is right: that no part
    /// of it could be a part of its neighbour.
    ///
    /// # Errors
    /// `body_mismatch`.
    pub(crate) fn check_boundaries(&self) -> Result<(), Error> {
        match self.message {
            Message::Canonical(_) | Message::Listed(_) => Ok(()),
            Message::Template(template) => template.check_boundaries(self),
        }
    }

    /// A hash of Merkle and Damgård can be extended by whoever has it. The padding of
    /// the shorter message, which stands in the longer one then, ends in its length,
    /// and that in 64 bits always has a NUL.
    ///
    /// # Errors
    /// `body_mismatch` where a NUL stands behind the secret.
    pub(crate) fn check_extension(&self) -> Result<(), Error> {
        match self.message {
            Message::Canonical(_) | Message::Listed(_) => Ok(()),
            Message::Template(template) => template.check_extension(self),
        }
    }
}

impl Content for StringToSign<'_> {
    fn write(&self, sink: &mut impl Sink) {
        match self.message {
            Message::Canonical(canonical) => {
                canonical.write(self.input, self.url, self.prepared, sink);
            }
            Message::Listed(_) => {
                for piece in &self.prepared.pieces {
                    sink.write(piece);
                }
            }
            Message::Template(template) => {
                for segment in template.segments() {
                    segment.write(self.input, self.url, self.prepared, sink);
                }
            }
        }
    }
}
