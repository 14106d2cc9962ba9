//! The pieces of a template, and how each is written.

use std::borrow::Cow;

use crate::canonical::{Input, Prepared};
use crate::primitives::digest::{Digest, DigestAlgorithm, DigestEncoding};
use crate::primitives::escape::Escape;
use crate::primitives::form::Pairs;
use crate::primitives::sink::Sink;
use crate::primitives::url_form::FormedUrl;
use crate::request::RequestPlace;
use crate::scheme::place::Place;

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(Box<[u8]>),
    Field(Field),
    List(List),
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) source: FieldSource,
    /// It may hold the byte that stands beside it.
    pub(crate) is_any: bool,
    /// Absent is empty.
    pub(crate) is_optional: bool,
    pub(crate) kind: ValueKind,
    pub(crate) escapes: Box<[Escape]>,
    pub(crate) digest: Option<Digested>,
}

/// A digest in the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digested {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) encoding: DigestEncoding,
}

/// What a field shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldSource {
    Body,
    Method,
    Timestamp,
    DeliveryId,
    /// Of a plain hash, which has no key beside what it hashes.
    Secret,
    Url(UrlPart),
    /// A place, and its position among [`Prepared::texts`].
    Place(Site, usize),
}

/// Parts of the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlPart {
    Full,
    /// Up to the query.
    Base,
    /// `/` where it is empty.
    Path,
    /// Without the `?`.
    Query,
    /// Path and query.
    Target,
}

/// A place that a compiled scheme reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) place: Place,
    pub(crate) slot: Slot,
}

/// How its value is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Request(RequestPlace),
    /// A part of the signature's text, by its position among those that patterns name.
    Part(usize),
    /// A claim of the token, by the position of its pointer.
    Claim(usize),
    /// A constant of the receiver, by its position.
    Constant(usize),
}

/// Of which kind a value of JSON has to be. Values of other places are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    /// A whole number in its one spelling.
    Number,
    Boolean,
}

/// Parameters, written one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) source: Parameters,
    /// Its position among [`Prepared::pairs`].
    pub(crate) position: usize,
    /// Names that are left out.
    pub(crate) without: Box<[Box<str>]>,
    pub(crate) order: Order,
    /// A pair that stands there twice counts once.
    pub(crate) is_unique: bool,
    pub(crate) parts: Vec<PairPart>,
    /// Between two pairs.
    pub(crate) joiner: Box<[u8]>,
}

/// Where parameters come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameters {
    Query,
    Form,
}

/// In which order parameters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    AsSent,
    /// By name, equal names by value.
    Sorted,
    /// By name; equal names stay as they were sent.
    SortedNames,
}

/// One piece of how a pair is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PairPart {
    Literal(Box<[u8]>),
    Name(PairField),
    Value(PairField),
}

/// A name or a value of a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PairField {
    /// It may hold the byte that stands behind it.
    pub(crate) is_any: bool,
    pub(crate) escapes: Box<[Escape]>,
}

impl Segment {
    /// What a field shows; `None` for literals and lists.
    pub(crate) const fn source(&self) -> Option<&FieldSource> {
        match self {
            Self::Field(field) => Some(&field.source),
            Self::Literal(_) | Self::List(_) => None,
        }
    }

    /// What a byte of the body costs that is written here, in bytes of SHA-256; nothing
    /// where none is.
    pub(crate) fn body_cost(&self) -> usize {
        match self {
            Self::Literal(_) => 0,
            Self::Field(field) => match &field.source {
                FieldSource::Body => field.cost(),
                FieldSource::Place(site, _) if site.place.is_in_body() => field.cost(),
                _ => 0,
            },
            Self::List(list) => match list.source {
                Parameters::Form => list.cost(),
                Parameters::Query => 0,
            },
        }
    }

    pub(crate) fn reads_url(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Field(field) => match &field.source {
                FieldSource::Url(_) => true,
                FieldSource::Place(site, _) => matches!(site.place, Place::Query(_)),
                _ => false,
            },
            Self::List(list) => list.source == Parameters::Query,
        }
    }

    /// As a scheme file writes it, without filters: what `covers` calls it.
    pub(crate) fn name(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Literal(_) => return None,
            Self::Field(field) => field.source.name(),
            Self::List(list) => {
                let mut name = list.source.name().to_owned();
                for left_out in &list.without {
                    name.push_str(" -");
                    name.push_str(left_out);
                }
                name.into()
            }
        })
    }

    pub(crate) fn write(
        &self,
        input: &Input<'_>,
        url: Option<&FormedUrl<'_, '_>>,
        prepared: &Prepared<'_>,
        sink: &mut impl Sink,
    ) {
        match self {
            Self::Literal(text) => sink.write(text),
            Self::Field(field) if field.is_written_as_it_is() => {
                field.source.write(input, url, prepared, sink);
            }
            Self::Field(field) => field.write_filtered(input, url, prepared, sink),
            Self::List(list) => {
                if let Some(pairs) = prepared.pairs.get(list.position) {
                    list.write(pairs, sink);
                }
            }
        }
    }
}

impl FieldSource {
    pub(crate) fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Body => "body",
            Self::Method => "method",
            Self::Timestamp => "timestamp",
            Self::DeliveryId => "delivery_id",
            Self::Secret => "secret",
            Self::Url(UrlPart::Full) => "url",
            Self::Url(UrlPart::Base) => "url.base",
            Self::Url(UrlPart::Path) => "url.path",
            Self::Url(UrlPart::Query) => "url.query",
            Self::Url(UrlPart::Target) => "url.target",
            Self::Place(site, _) => return site.place.to_string().into(),
        })
    }

    fn write(
        &self,
        input: &Input<'_>,
        url: Option<&FormedUrl<'_, '_>>,
        prepared: &Prepared<'_>,
        sink: &mut impl Sink,
    ) {
        match self {
            Self::Body => sink.write(input.body),
            Self::Method => sink.write(input.method),
            Self::Timestamp => sink.write(input.timestamp),
            Self::DeliveryId => sink.write(input.delivery_id),
            Self::Secret => sink.write_secret(input.secret),
            Self::Url(part) => {
                if let Some(url) = url {
                    match part {
                        UrlPart::Full => url.write_full(sink),
                        UrlPart::Base => url.write_base(sink),
                        UrlPart::Path => url.write_path(sink),
                        UrlPart::Query => url.write_query(sink),
                        UrlPart::Target => url.write_target(sink),
                    }
                }
            }
            Self::Place(_, position) => {
                if let Some(text) = prepared.texts.get(*position) {
                    sink.write(text);
                }
            }
        }
    }
}

impl Field {
    fn is_written_as_it_is(&self) -> bool {
        self.escapes.is_empty() && self.digest.is_none()
    }

    fn cost(&self) -> usize {
        let digest = self.digest.map_or(1, |it| it.algorithm.work());
        digest * Escape::cost(&self.escapes)
    }

    #[inline(never)]
    fn write_filtered(
        &self,
        input: &Input<'_>,
        url: Option<&FormedUrl<'_, '_>>,
        prepared: &Prepared<'_>,
        sink: &mut impl Sink,
    ) {
        let mut source =
            |sink: &mut dyn Sink| self.source.write(input, url, prepared, &mut { sink });
        match &self.digest {
            None => Escape::apply(&self.escapes, sink, &mut source),
            Some(Digested {
                algorithm,
                encoding,
            }) => {
                let mut digest = Digest::new(*algorithm);
                Escape::apply(&self.escapes, &mut digest, &mut source);
                encoding.write(&digest.finish(), sink);
            }
        }
    }
}

impl List {
    fn cost(&self) -> usize {
        let costs = self.parts.iter().map(|part| match part {
            PairPart::Literal(_) => 1,
            PairPart::Name(field) | PairPart::Value(field) => Escape::cost(&field.escapes),
        });
        costs.max().unwrap_or(1)
    }

    fn write(&self, pairs: &Pairs, sink: &mut impl Sink) {
        pairs.write_joined(&self.joiner, sink, |name, value, sink| {
            for part in &self.parts {
                match part {
                    PairPart::Literal(text) => sink.write(text),
                    PairPart::Name(field) => field.write(name, sink),
                    PairPart::Value(field) => field.write(value, sink),
                }
            }
        });
    }
}

impl PairField {
    pub(crate) fn write(&self, text: &[u8], sink: &mut impl Sink) {
        if self.escapes.is_empty() {
            sink.write(text);
        } else {
            Escape::apply(&self.escapes, sink, &mut |sink| sink.write(text));
        }
    }
}

impl Parameters {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Form => "form",
        }
    }
}
