//! The string to sign: compiled from a template, or a canonical function.

use crate::body_limit::{self, MAX_BODY_BYTES, MAX_FORM_BYTES};
use crate::canonical::{Canonical, Input, Prepared};
use crate::error::Error;
use crate::primitives::sink::{Content, Sink};
use crate::primitives::url_form::FormedUrl;
use crate::scheme::segment::{FieldSource, Segment, Site};
use crate::scheme::template::Template;
use crate::scheme::value::Value;

/// How the string to sign is made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Template(Template),
    Canonical(Canonical),
}

impl Message {
    /// What it mentions, where it is a template.
    fn segments(&self) -> &[Segment] {
        match self {
            Self::Canonical(_) => &[],
            Self::Template(template) => template.segments(),
        }
    }

    /// Whether the whole body is read as a form.
    pub(crate) fn reads_form(&self) -> bool {
        match self {
            Self::Canonical(canonical) => canonical.reads_form(),
            Self::Template(template) => template.reads_form(),
        }
    }

    /// Whether it mentions single values of a body.
    fn reads_body_places(&self) -> bool {
        let is_in_body = |segment: &Segment| matches!(segment.source(), Some(FieldSource::Place(site, _)) if site.place.is_in_body());
        self.segments().iter().any(is_in_body)
    }

    /// How often the body stands in it.
    pub(crate) fn bodies(&self) -> usize {
        let is_body = |segment: &&Segment| segment.source() == Some(&FieldSource::Body);
        self.segments().iter().filter(is_body).count()
    }

    /// The longest body where each of its bytes is given to so many MACs.
    pub(crate) fn usual_body(&self, work: usize) -> usize {
        let bodies = self.bodies() + usize::from(self.reads_body_places());
        if self.reads_form() {
            body_limit::affordable(work).min(MAX_FORM_BYTES)
        } else if bodies > 0 {
            body_limit::affordable(work * bodies)
        } else {
            MAX_BODY_BYTES
        }
    }

    pub(crate) fn reads_url(&self) -> bool {
        match self {
            Self::Canonical(canonical) => canonical.reads_url(),
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
            Self::Template(template) => template.prepare(input, value_of),
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
            Message::Canonical(_) => Ok(()),
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
            Message::Canonical(_) => Ok(()),
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
            Message::Template(template) => {
                for segment in template.segments() {
                    segment.write(self.input, self.url, self.prepared, sink);
                }
            }
        }
    }
}
