//! The string to sign: compiled from a template, or a canonical function.

use crate::body_limit::{self, MAX_BODY_BYTES, MAX_FORM_BYTES};
use crate::canonical::{Canonical, Input, Prepared};
use crate::error::Error;
use crate::primitives::form::Pairs;
use crate::primitives::sink::{Content, Sink};
use crate::primitives::url::Url;
use crate::primitives::url_form::FormedUrl;

/// How the string to sign is made.
#[derive(Debug)]
pub(crate) enum Message {
    Template(Vec<Segment>),
    Canonical(Canonical),
}

/// One piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(Box<[u8]>),
    Body,
    Method,
    Timestamp,
    DeliveryId,
    Url,
    UrlBase,
    Pairs {
        source: Parameters,
        sort: bool,
        unique: bool,
        parts: Vec<PairPart>,
    },
}

/// Where parameters come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameters {
    Query,
    Form,
}

/// One piece of how a pair is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PairPart {
    Name,
    Value,
    Literal(Box<[u8]>),
}

impl Message {
    /// Whether the body is read as a form.
    pub(crate) fn reads_form(&self) -> bool {
        match self {
            Self::Canonical(canonical) => canonical.reads_form(),
            Self::Template(segments) => segments.iter().any(|segment| {
                matches!(
                    segment,
                    Segment::Pairs {
                        source: Parameters::Form,
                        ..
                    }
                )
            }),
        }
    }

    /// How often the body stands in it.
    pub(crate) fn bodies(&self) -> usize {
        match self {
            Self::Canonical(_) => 0,
            Self::Template(segments) => {
                let is_body = |segment: &&Segment| **segment == Segment::Body;
                segments.iter().filter(is_body).count()
            }
        }
    }

    /// The longest body where each of its bytes is given to so many MACs.
    pub(crate) fn usual_body(&self, work: usize) -> usize {
        match self {
            _ if self.reads_form() => body_limit::affordable(work).min(MAX_FORM_BYTES),
            Self::Template(_) if self.bodies() > 0 => body_limit::affordable(work * self.bodies()),
            _ => MAX_BODY_BYTES,
        }
    }

    pub(crate) fn reads_url(&self) -> bool {
        match self {
            Self::Canonical(canonical) => canonical.reads_url(),
            Self::Template(segments) => segments.iter().any(|segment| {
                matches!(
                    segment,
                    Segment::Url
                        | Segment::UrlBase
                        | Segment::Pairs {
                            source: Parameters::Query,
                            ..
                        }
                )
            }),
        }
    }

    /// Parses what the string to sign needs parsed.
    pub(crate) fn prepare(&self, input: &Input<'_>) -> Result<Prepared, Error> {
        let segments = match self {
            Self::Canonical(canonical) => return canonical.prepare(input),
            Self::Template(segments) => segments,
        };
        let mut prepared = Prepared::default();
        for segment in segments {
            let Segment::Pairs {
                source,
                sort,
                unique,
                ..
            } = segment
            else {
                continue;
            };
            let mut pairs = Pairs::parse(match source {
                Parameters::Query => input.url.map(Url::raw_query).unwrap_or_default(),
                Parameters::Form => input.body,
            })?;
            if *sort {
                pairs.sort();
            }
            if *unique {
                pairs.dedup();
            }
            prepared.pairs.push(pairs);
        }
        Ok(prepared)
    }
}

/// The string to sign, for one form of the URL. It is written into a MAC and
/// never assembled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringToSign<'c> {
    pub(crate) message: &'c Message,
    pub(crate) input: &'c Input<'c>,
    pub(crate) url: Option<&'c FormedUrl<'c, 'c>>,
    pub(crate) prepared: &'c Prepared,
}

impl Content for StringToSign<'_> {
    fn write(&self, sink: &mut impl Sink) {
        let Self {
            message,
            input,
            url,
            prepared,
        } = *self;
        let segments = match message {
            Message::Canonical(canonical) => return canonical.write(input, url, prepared, sink),
            Message::Template(segments) => segments,
        };
        let mut pairs = prepared.pairs.iter();
        for segment in segments {
            match segment {
                Segment::Literal(text) => sink.write(text),
                Segment::Body => sink.write(input.body),
                Segment::Method => sink.write(input.method),
                Segment::Timestamp => sink.write(input.timestamp),
                Segment::DeliveryId => sink.write(input.delivery_id),
                Segment::Url => url.into_iter().for_each(|url| url.write_full(sink)),
                Segment::UrlBase => url.into_iter().for_each(|url| url.write_base(sink)),
                Segment::Pairs { parts, .. } => {
                    for (name, value) in pairs.next().into_iter().flat_map(Pairs::iter) {
                        write_pair(parts, name, value, sink);
                    }
                }
            }
        }
    }
}

fn write_pair(parts: &[PairPart], name: &[u8], value: &[u8], sink: &mut impl Sink) {
    for part in parts {
        sink.write(match part {
            PairPart::Name => name,
            PairPart::Value => value,
            PairPart::Literal(text) => text,
        });
    }
}
