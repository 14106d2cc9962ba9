//! The string to sign as a readable template:
//!
//! ```text
//! template = { text | "{{" | "}}" | "{" ( field | list ) "}" }
//! field    = source { "|" qualifier } { "|" escape } [ "|" digest [ "|" encoding ] ]
//! source   = body | method | timestamp | delivery_id | secret | place
//!          | url | url.base | url.path | url.query | url.target
//! list     = ( query | form ) [ "|" without names ] [ "|" ( sort [ "|" unique ] | sort-names ) ]
//!            "|" pairs 'template' [ 'text between two' ]
//! ```
//!
//! There is nothing else: no loops, no conditions.

mod boundaries;
mod parse;
#[cfg(test)]
mod readings;

use crate::canonical::{Input, Prepared};
use crate::error::{Error, ErrorCode};
use crate::primitives::byte_set::ByteSet;
use crate::primitives::escape::{Escape, NotText};
use crate::primitives::form::Pairs;
use crate::primitives::url::Url;
use crate::scheme::place::Kinds;
use crate::scheme::segment::{Field, FieldSource, List, Order, PairPart, Parameters, Segment};
use crate::scheme::string_to_sign::{StringToSign, ValueOf};
use crate::scheme::value::wrong_kind;

pub(crate) use boundaries::{Around, Boundaries, End, Side, shown_end};
pub(crate) use parse::Locate;

/// A template, and where its fields end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    segments: Vec<Segment>,
    boundaries: Boundaries,
}

impl Template {
    /// What a token mentions by itself: nothing.
    pub(crate) const fn empty() -> Self {
        Self {
            segments: Vec::new(),
            boundaries: Boundaries::empty(),
        }
    }

    /// Reads a template, or says where it goes wrong.
    pub(crate) fn parse(
        text: &str,
        allowed: &Kinds,
        around: &Around<'_>,
        locate: &mut Locate<'_>,
    ) -> Result<Self, String> {
        let segments = parse::parse(text, allowed, locate)?;
        let boundaries = Boundaries::of(&segments, around);
        Ok(Self {
            segments,
            boundaries,
        })
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(crate) const fn boundaries(&self) -> &Boundaries {
        &self.boundaries
    }

    /// Each field or list, and whether it runs together with what stands beside it.
    pub(crate) fn mentions(&self) -> impl Iterator<Item = (&Segment, bool)> {
        let segments = self.segments.iter().enumerate();
        segments
            .filter(|(_, segment)| !matches!(segment, Segment::Literal(_)))
            .map(|(position, segment)| (segment, self.boundaries.is_joined(position)))
    }

    pub(super) fn reads_form(&self) -> bool {
        let mut segments = self.segments.iter();
        segments.any(
            |segment| matches!(segment, Segment::List(list) if list.source == Parameters::Form),
        )
    }

    /// Reads what the template mentions, once for however many MACs follow.
    pub(super) fn prepare<'p>(
        &self,
        input: &Input<'p>,
        value_of: &ValueOf<'_, 'p>,
    ) -> Result<Prepared<'p>, Error> {
        let mut prepared = Prepared::default();
        for segment in &self.segments {
            match segment {
                Segment::Literal(_) => {}
                Segment::List(list) => prepared.pairs.push(list.read(input)?),
                Segment::Field(field) => {
                    if let Some(text) = field.read(value_of)? {
                        prepared.texts.push(text);
                    }
                    field.check_text(input, &prepared)?;
                }
            }
        }
        Ok(prepared)
    }

    pub(super) fn check_extension(&self, of: &StringToSign<'_>) -> Result<(), Error> {
        let is_secret = |segment: &Segment| segment.source() == Some(&FieldSource::Secret);
        // A raw digest is as long as it is, and may hold one.
        let is_raw =
            |segment: &Segment| matches!(segment, Segment::Field(field) if field.digest.is_some());
        let behind = self
            .segments
            .iter()
            .skip_while(|segment| !is_secret(segment))
            .skip(1)
            .filter(|segment| !is_raw(segment));
        match boundaries::holds(behind, ByteSet::of(b"\0"), of) {
            false => Ok(()),
            true => Err(Error::new(
                ErrorCode::BodyMismatch,
                "a NUL stands behind the secret of a plain hash, as in a message that somebody \
                 extended",
            )),
        }
    }

    pub(super) fn check_boundaries(&self, of: &StringToSign<'_>) -> Result<(), Error> {
        self.boundaries.check(&self.segments, of)
    }
}

impl Field {
    /// The text of a place; `None` where the field is something else.
    fn read<'p>(&self, value_of: &ValueOf<'_, 'p>) -> Result<Option<&'p [u8]>, Error> {
        let FieldSource::Place(site, _) = &self.source else {
            return Ok(None);
        };
        match value_of(site)? {
            Some(value) => match value.text(self.kind) {
                Some(text) => Ok(Some(text)),
                None => Err(wrong_kind(&site.place)),
            },
            None if self.is_optional => Ok(Some(&[])),
            None => Err(Error::new(
                ErrorCode::MissingHeader,
                format!("{} is absent, and the scheme needs it", site.place),
            )),
        }
    }

    /// Some escapes write texts, not bytes.
    fn check_text(&self, input: &Input<'_>, prepared: &Prepared<'_>) -> Result<(), Error> {
        if self.escapes.is_empty() {
            return Ok(());
        }
        match &self.source {
            FieldSource::Body => Escape::check(&self.escapes, input.body),
            FieldSource::Place(..) => {
                let text = prepared.texts.last().copied().unwrap_or_default();
                Escape::check(&self.escapes, text)
            }
            FieldSource::Url(_) => {
                let mut url = Vec::new();
                if let Some(it) = input.url {
                    it.write_full(&mut url);
                }
                Escape::check(&self.escapes, &url)
            }
            // They take no escapes.
            FieldSource::Method
            | FieldSource::Timestamp
            | FieldSource::DeliveryId
            | FieldSource::Secret => Ok(()),
        }
        .map_err(no_text)
    }
}

impl List {
    fn read(&self, input: &Input<'_>) -> Result<Pairs, Error> {
        let mut pairs = Pairs::parse(match self.source {
            Parameters::Query => input.url.map(Url::raw_query).unwrap_or_default(),
            Parameters::Form => input.body,
        })?;
        if !self.without.is_empty() {
            let is_left_out = |name: &[u8]| self.without.iter().any(|it| it.as_bytes() == name);
            pairs.retain(|name| !is_left_out(name));
        }
        match self.order {
            Order::AsSent => {}
            Order::Sorted => pairs.sort(),
            Order::SortedNames => pairs.sort_names(),
        }
        if self.is_unique {
            pairs.dedup();
        }
        self.check_text(&pairs)?;
        Ok(pairs)
    }

    fn check_text(&self, pairs: &Pairs) -> Result<(), Error> {
        for part in &self.parts {
            let (field, is_name) = match part {
                PairPart::Literal(_) => continue,
                PairPart::Name(field) => (field, true),
                PairPart::Value(field) => (field, false),
            };
            for (name, value) in pairs.iter() {
                let text = if is_name { name } else { value };
                Escape::check(&field.escapes, text).map_err(no_text)?;
            }
        }
        Ok(())
    }
}

#[cold]
fn no_text(NotText: NotText) -> Error {
    Error::new(
        ErrorCode::BodyMismatch,
        "a value is no UTF-8, and the scheme signs it as a text",
    )
}
