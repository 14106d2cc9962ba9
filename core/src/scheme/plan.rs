//! What a scheme compiles to: header slots instead of names, segments instead
//! of a template, and the coverage that follows from them.

use crate::body_limit::{self, MAX_BODY_BYTES, MAX_FORM_BYTES};
use crate::canonical::Canonical;
use crate::error::Error;
use crate::outcome::Covers;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::form::Pairs;
use crate::primitives::mac::MacAlgorithm;
use crate::primitives::sink::{Content, Sink};
use crate::primitives::time::{TimeFormat, Tolerance};
use crate::primitives::url::Url;
use crate::primitives::url_form::{FormedUrl, UrlForm};
use crate::scheme::boundaries::{Boundaries, IdRule};
use crate::scheme::file::MethodName;
use crate::scheme::source::Source;

/// A compiled scheme, without keys.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) id: String,
    /// The names whose values are read, by slot.
    pub(crate) header_names: Vec<Box<str>>,
    /// Empty: every method.
    pub(crate) methods: Vec<MethodName>,
    /// What the scheme signs; `None` where other proofs stand in its place.
    pub(crate) signature: Option<Signature>,
    /// The slot of `content-type`, where a body is read as a form.
    pub(crate) content_type: Option<usize>,
    /// Whether anything reads the URL.
    pub(crate) reads_url: bool,
    /// Whether anything looks up single parameters of the query.
    pub(crate) looks_up_query: bool,
}

/// A signature over the request.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) mac: MacAlgorithm,
    pub(crate) parse: Parse,
    pub(crate) encoding: TextEncoding,
    pub(crate) timestamp: Option<TimestampRule>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) url_forms: Vec<UrlForm>,
}

/// How the value of a signature header is taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parse {
    /// The whole value is the signature.
    Whole,
    /// One signature behind a fixed text.
    Prefix(Box<[u8]>),
    /// Several signatures.
    List(u8),
    /// Several entries of a version and a signature.
    VersionedList {
        separator: u8,
        version: u8,
        versions: Vec<Box<[u8]>>,
    },
    /// Named values, of which some are signatures.
    Pairs {
        separator: u8,
        versions: Vec<Box<[u8]>>,
    },
}

#[derive(Debug)]
pub(crate) struct TimestampRule {
    pub(crate) source: TimestampSource,
    pub(crate) format: TimeFormat,
    pub(crate) tolerance: Tolerance,
}

#[derive(Debug)]
pub(crate) enum TimestampSource {
    Header(usize),
    /// A pair of the signature header.
    Signature(Box<[u8]>),
}

/// One alternative of a scheme.
#[derive(Debug)]
pub(crate) struct Variant {
    /// One of the lists must hold whole; no list: always.
    pub(crate) when: Vec<Vec<Condition>>,
    /// The slots of the signature headers.
    pub(crate) from: Vec<usize>,
    pub(crate) message: Message,
    /// The slot of the id or nonce.
    pub(crate) delivery_id: Option<usize>,
    /// What the id may be, where it is signed.
    pub(crate) id_rule: Option<IdRule>,
    pub(crate) boundaries: Boundaries,
    pub(crate) body_digest: Option<BodyDigest>,
    pub(crate) covers: Covers,
    pub(crate) max_body_bytes: usize,
}

/// A condition on the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Method(MethodName),
    BodyEmpty(bool),
    ContentTypeForm,
    ContentType(Box<str>),
    Header { slot: usize, present: bool },
    Query { name: Box<[u8]>, present: bool },
}

/// Where the signed SHA-256 of the body stands.
#[derive(Debug)]
pub(crate) struct BodyDigest {
    pub(crate) query: Box<[u8]>,
    pub(crate) encoding: TextEncoding,
}

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

/// What of a request a string to sign can mention.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'c> {
    /// In upper case.
    pub(crate) method: &'c [u8],
    /// As resolved; `None` where the scheme reads no URL.
    pub(crate) url: Option<&'c Url<'c>>,
    pub(crate) body: &'c [u8],
    /// As received.
    pub(crate) timestamp: &'c [u8],
    pub(crate) delivery_id: &'c [u8],
}

/// Parameters parsed and ordered once, however many MACs follow.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) pairs: Vec<Pairs>,
}

impl Plan {
    /// The slot of a header, which is read from now on.
    pub(crate) fn slot(&mut self, name: &str) -> usize {
        slot(&mut self.header_names, name)
    }

    /// The slot of the header that a source names.
    pub(crate) fn header_slot(&mut self, source: &Source) -> Result<usize, Error> {
        match source {
            Source::Header(name) => Ok(self.slot(name)),
            Source::Query(_) | Source::Signature(_) => Err(Error::configuration(format!(
                "scheme {}: `{source}` stands where a header:… is expected",
                self.id
            ))),
        }
    }

    /// The query is looked up from now on.
    pub(crate) const fn look_up_query(&mut self) {
        self.reads_url = true;
        self.looks_up_query = true;
    }

    pub(crate) fn header_name(&self, slot: usize) -> &str {
        self.header_names.get(slot).map_or("?", AsRef::as_ref)
    }
}

impl Signature {
    /// Sets how long bodies may be: what the user chose, or what so many keys can
    /// be tried with. Gives the longest of all.
    pub(crate) fn limit_bodies(&mut self, chosen: Option<usize>, keys: usize) -> usize {
        let work = keys * self.url_forms.len() * self.mac.work();
        for variant in &mut self.variants {
            variant.max_body_bytes = chosen.unwrap_or_else(|| variant.message.usual_body(work));
        }
        let limits = self.variants.iter().map(|variant| variant.max_body_bytes);
        limits.max().unwrap_or(MAX_BODY_BYTES)
    }
}

/// The position of a name, which is added where it is new.
pub(crate) fn slot(names: &mut Vec<Box<str>>, name: &str) -> usize {
    let known = names.iter().position(|known| **known == *name);
    known.unwrap_or_else(|| {
        names.push(name.into());
        names.len() - 1
    })
}

impl Variant {
    pub(crate) fn reads_url(&self) -> bool {
        self.message.reads_url() || self.looks_up_query()
    }

    /// What must hold of a string to sign whose signature is right: that no part
    /// of it could be a part of its neighbour.
    ///
    /// # Errors
    /// `body_mismatch`.
    pub(crate) fn check_boundaries(
        &self,
        input: &Input<'_>,
        prepared: &Prepared,
    ) -> Result<(), Error> {
        self.boundaries.check(&self.message, input, prepared)
    }

    pub(crate) fn looks_up_query(&self) -> bool {
        let by_name = |condition: &Condition| matches!(condition, Condition::Query { .. });
        self.body_digest.is_some() || self.when.iter().flatten().any(by_name)
    }
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

    /// The longest body where each of its bytes is given to so many MACs.
    fn usual_body(&self, work: usize) -> usize {
        match self {
            _ if self.reads_form() => body_limit::affordable(work).min(MAX_FORM_BYTES),
            Self::Template(segments) if segments.contains(&Segment::Body) => {
                body_limit::affordable(work)
            }
            _ => MAX_BODY_BYTES,
        }
    }

    fn reads_url(&self) -> bool {
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
