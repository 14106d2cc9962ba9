//! Where a field of a string to sign ends, and the next one begins.
//!
//! Two requests that sign alike are one to the key: whoever has one delivery can
//! send the other. So a field that stands next to a literal must not hold the byte
//! of it that adjoins, its stop byte. A template is walked from the left while each
//! field shows where it ends, and from the right while each shows where it begins.
//! What is left between the walks is the one field that may be anything. Where more
//! than one is left they run together, and nothing here can tell them apart.

use crate::error::{Error, ErrorCode};
use crate::primitives::byte_set::ByteSet;
use crate::primitives::digest::DigestEncoding;
use crate::primitives::escape::Escape;
use crate::primitives::form::Pairs;
use crate::primitives::sink::Sink;
use crate::scheme::place::Place;
use crate::scheme::segment::{Field, FieldSource, List, PairField, PairPart, Segment, UrlPart};
use crate::scheme::string_to_sign::StringToSign;

/// What a template needs to know of the scheme around it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around<'f> {
    /// What a signed id may hold besides letters, digits, `-` and `_`.
    pub(crate) id_characters: &'f [u8],
    /// A time is written as RFC 3339 has it.
    pub(crate) has_rfc3339: bool,
}

/// A direction in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// The bytes that fields of one template must not hold, and the fields that run
/// together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Boundaries {
    /// By position.
    stops: Vec<(usize, ByteSet)>,
    /// Positions of fields.
    joined: Vec<usize>,
}

const DIGITS: ByteSet = ByteSet::range(b'0', b'9');
const LETTERS: ByteSet = ByteSet::range(b'a', b'z').union(ByteSet::range(b'A', b'Z'));
const UNRESERVED: ByteSet = LETTERS.union(DIGITS).and(b"-._~");
/// What any of the percent-encodings writes.
const PERCENT_ENCODED: ByteSet = UNRESERVED.and(b"%+*!'()");
const ID: ByteSet = LETTERS.union(DIGITS).and(b"-_");
/// Methods are written in upper case.
const TOKEN: ByteSet = ByteSet::range(b'A', b'Z')
    .union(DIGITS)
    .and(b"!#$%&'*+-.^_`|~");
const HEADER: ByteSet = ByteSet::range(b' ', b'~').and(b"\t");
const URL: ByteSet = ByteSet::range(b' ', 0xff).without(b"\x7f#");

/// What stands at an end of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The field shows it by itself.
    Fixed,
    /// A value must not hold that byte.
    Stop(u8),
}

impl Boundaries {
    pub(super) const fn empty() -> Self {
        Self {
            stops: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// Walks a template from both its ends.
    pub(super) fn of(segments: &[Segment], around: &Around<'_>) -> Self {
        let mut boundaries = Self::default();
        let left = boundaries.walk(segments, around, Side::Right, 0);
        let right = boundaries.walk(segments, around, Side::Left, left);
        let is_field = |position: &usize| !matches!(segments[*position], Segment::Literal(_));
        let rest: Vec<usize> = (left..right).filter(is_field).collect();
        boundaries
            .stops
            .retain(|(position, _)| !rest.contains(position));
        if rest.len() > 1 {
            boundaries.joined = rest;
        }
        boundaries
    }

    /// Walks while every field has an end on that side, down to `until`. Returns the
    /// end of what was walked.
    fn walk(
        &mut self,
        segments: &[Segment],
        around: &Around<'_>,
        side: Side,
        until: usize,
    ) -> usize {
        let mut walk_over = |position: usize| match end(segments, position, side, around) {
            None => false,
            Some(End::Fixed) => true,
            Some(End::Stop(stop)) => {
                self.stop(position, stop);
                true
            }
        };
        match side {
            Side::Right => {
                let open = (0..segments.len()).find(|position| !walk_over(*position));
                open.unwrap_or(segments.len())
            }
            Side::Left => {
                let mut positions = (until..segments.len()).rev();
                let open = positions.find(|position| *position == until || !walk_over(*position));
                open.map_or(until, |open| open + 1)
            }
        }
    }

    fn stop(&mut self, position: usize, byte: u8) {
        match self.stops.iter_mut().find(|(known, _)| *known == position) {
            Some((_, set)) => *set = set.and(&[byte]),
            None => self.stops.push((position, ByteSet::of(&[byte]))),
        }
    }

    /// The bytes that a field must not hold.
    pub(crate) fn stops(&self, position: usize) -> Option<&ByteSet> {
        let mut stops = self.stops.iter();
        stops
            .find(|(known, _)| *known == position)
            .map(|(_, set)| set)
    }

    pub(crate) fn is_joined(&self, position: usize) -> bool {
        self.joined.contains(&position)
    }

    /// # Errors
    /// `body_mismatch` where a value holds its stop byte.
    pub(super) fn check(&self, segments: &[Segment], of: &StringToSign<'_>) -> Result<(), Error> {
        for (position, stops) in &self.stops {
            if holds(segments.get(*position).into_iter(), *stops, of) {
                return Err(runs_over());
            }
        }
        for segment in segments {
            if let Segment::List(list) = segment
                && let Some(pairs) = of.prepared.pairs.get(list.position)
            {
                list.check_boundaries(pairs)?;
            }
        }
        Ok(())
    }
}

/// Whether some of these bytes stand in what segments write.
pub(super) fn holds<'s>(
    segments: impl Iterator<Item = &'s Segment>,
    stops: ByteSet,
    of: &StringToSign<'_>,
) -> bool {
    let mut finder = Finder {
        stops,
        found: false,
    };
    let mut sink: &mut dyn Sink = &mut finder;
    for segment in segments {
        segment.write(of.input, of.url, of.prepared, &mut sink);
    }
    finder.found
}

/// The end that a segment shows on a side by itself, and not because nothing follows
/// it or because of what follows: a longer string could go on there.
pub(crate) fn shown_end(
    segments: &[Segment],
    position: usize,
    side: Side,
    around: &Around<'_>,
) -> Option<End> {
    let is_fixed = |segment: &Segment| segment.alphabet(around).is_none();
    match end(segments, position, side, around)? {
        End::Fixed => {
            let is_fixed = segments.get(position).is_some_and(is_fixed);
            is_fixed.then_some(End::Fixed)
        }
        stop @ End::Stop(_) => Some(stop),
    }
}

fn end(segments: &[Segment], position: usize, side: Side, around: &Around<'_>) -> Option<End> {
    let segment = segments.get(position)?;
    if segment.is_open() {
        return None;
    }
    let Some(alphabet) = segment.alphabet(around) else {
        return segment
            .is_fixed_beside(segments, position, side)
            .then_some(End::Fixed);
    };
    let beside = match side {
        Side::Left => position.checked_sub(1),
        Side::Right => Some(position + 1),
    };
    match beside.and_then(|beside| segments.get(beside)) {
        None => Some(End::Fixed),
        Some(Segment::Literal(text)) => {
            let stop = match side {
                Side::Left => text.last(),
                Side::Right => text.first(),
            };
            let stop = stop.copied()?;
            // A list of two would hold its own separator.
            (!segment.separates_with(stop)).then_some(End::Stop(stop))
        }
        // Nobody can guess where it begins.
        Some(Segment::Field(field)) if field.source == FieldSource::Secret => Some(End::Fixed),
        Some(Segment::Field(field)) if side == Side::Right => {
            let begins_apart = field
                .first_bytes()
                .is_some_and(|first| first.is_disjoint(&alphabet));
            // No other value has a colon, so the time begins where its date does.
            let is_time = field.source == FieldSource::Timestamp
                && around.has_rfc3339
                && !alphabet.contains(b':');
            (begins_apart || is_time).then_some(End::Fixed)
        }
        Some(Segment::Field(_) | Segment::List(_)) => None,
    }
}

/// Whether what it writes is of few characters, or quoted.
const fn shows_its_end(escape: &Escape) -> bool {
    match escape {
        Escape::Percent | Escape::JsPercent | Escape::FormPercent | Escape::Json => true,
        Escape::Crlf | Escape::Replace(_) => false,
    }
}

impl Segment {
    /// Whether it may hold anything.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Field(field) => {
                let is_raw_body = field.source == FieldSource::Body
                    && field.digest.is_none()
                    && !field.escapes.iter().any(shows_its_end);
                field.is_any || is_raw_body
            }
            Self::List(list) => !list.is_closed(),
        }
    }

    /// Whether what shows its own end shows it here: an escaped quote in front of a
    /// quoted text would be a part of it.
    fn is_fixed_beside(&self, segments: &[Self], position: usize, side: Side) -> bool {
        let is_quoted = matches!(self, Self::Field(field) if field.is_quoted());
        if !is_quoted || side == Side::Right {
            return true;
        }
        match position
            .checked_sub(1)
            .and_then(|before| segments.get(before))
        {
            None => true,
            Some(Self::Literal(text)) => text.last() != Some(&b'\\'),
            Some(Self::Field(_) | Self::List(_)) => false,
        }
    }

    /// Whether it is a list that has that byte between its names and values.
    fn separates_with(&self, byte: u8) -> bool {
        let Self::List(list) = self else {
            return false;
        };
        let is_in_literal =
            |part: &PairPart| matches!(part, PairPart::Literal(text) if text.contains(&byte));
        list.joiner.contains(&byte) || list.parts.iter().any(is_in_literal)
    }

    /// What it is written with; `None` where it shows its own end.
    fn alphabet(&self, around: &Around<'_>) -> Option<ByteSet> {
        match self {
            Self::Literal(_) => None,
            Self::Field(field) => field.alphabet(around),
            Self::List(list) => {
                let literals = list
                    .parts
                    .iter()
                    .fold(PERCENT_ENCODED, |set, part| match part {
                        PairPart::Literal(text) => set.and(text),
                        PairPart::Name(_) | PairPart::Value(_) => set,
                    });
                Some(literals.and(&list.joiner))
            }
        }
    }
}

impl Field {
    fn is_quoted(&self) -> bool {
        self.digest.is_none() && self.escapes.last() == Some(&Escape::Json)
    }

    fn alphabet(&self, around: &Around<'_>) -> Option<ByteSet> {
        if let Some(digest) = &self.digest {
            return (digest.encoding == DigestEncoding::Decimal).then_some(DIGITS);
        }
        match self.escapes.last() {
            // Quoted.
            Some(Escape::Json) => return None,
            Some(Escape::Percent) => return Some(UNRESERVED.and(b"%")),
            Some(Escape::JsPercent) => return Some(UNRESERVED.and(b"%!*'()")),
            Some(Escape::FormPercent) => return Some(UNRESERVED.and(b"%+")),
            Some(Escape::Crlf | Escape::Replace(_)) | None => {}
        }
        match &self.source {
            // Of one width inside its window, and a value that no request chooses.
            FieldSource::Timestamp | FieldSource::Secret => None,
            FieldSource::Place(site, _) => match site.place {
                Place::Option(_) => None,
                Place::Header(_) | Place::Signature(_) => Some(HEADER),
                Place::Query(_) | Place::Form(_) | Place::Json(_) | Place::Claim(_) => {
                    Some(ByteSet::ALL)
                }
            },
            FieldSource::Method => Some(TOKEN),
            FieldSource::DeliveryId => Some(ID.and(around.id_characters)),
            FieldSource::Url(UrlPart::Base | UrlPart::Path) => Some(URL.without(b"?")),
            FieldSource::Url(_) => Some(URL),
            FieldSource::Body => Some(ByteSet::ALL),
        }
    }

    /// What it begins with, where that is known.
    fn first_bytes(&self) -> Option<ByteSet> {
        if self.digest.is_some() || !self.escapes.is_empty() {
            return None;
        }
        match &self.source {
            FieldSource::Url(UrlPart::Full | UrlPart::Base) => Some(ByteSet::of(b"hw")),
            FieldSource::Url(UrlPart::Path | UrlPart::Target) => Some(ByteSet::of(b"/")),
            FieldSource::Timestamp => Some(DIGITS),
            _ => None,
        }
    }
}

impl List {
    /// Whether names and values are written so that no byte of them could be
    /// anything else.
    fn is_closed(&self) -> bool {
        let mut fields = self.fields();
        fields.all(|field| field.writes_percent_encoded())
    }

    /// Whether the pairs can be read back from what is written: each name and each
    /// value has an end.
    pub(crate) fn is_exact(&self) -> bool {
        let is_exact = |part: &PairPart, behind: Option<u8>| match part {
            PairPart::Literal(_) => true,
            PairPart::Name(field) | PairPart::Value(field) => !field.is_any && behind.is_some(),
        };
        self.parts_and_behind()
            .all(|(part, behind)| is_exact(part, behind))
    }

    fn fields(&self) -> impl Iterator<Item = &PairField> {
        self.parts.iter().filter_map(|part| match part {
            PairPart::Literal(_) => None,
            PairPart::Name(field) | PairPart::Value(field) => Some(field),
        })
    }

    /// Each part, and the byte of the literal behind it. Behind the last part stands
    /// the joiner, or the first part of the next pair.
    fn parts_and_behind(&self) -> impl Iterator<Item = (&PairPart, Option<u8>)> {
        self.parts.iter().enumerate().map(|(position, part)| {
            let behind = match self.parts.get(position + 1) {
                Some(PairPart::Literal(text)) => text.first(),
                Some(_) => None,
                None if !self.joiner.is_empty() => self.joiner.first(),
                None => match self.parts.first() {
                    Some(PairPart::Literal(text)) => text.first(),
                    _ => None,
                },
            };
            (part, behind.copied())
        })
    }

    /// The byte that a name, and the one that a value must not hold.
    pub(crate) fn stops(&self) -> (Option<u8>, Option<u8>) {
        let mut stops = (None, None);
        if !self.is_exact() {
            return stops;
        }
        for (part, behind) in self.parts_and_behind() {
            let stop = |field: &PairField| behind.filter(|byte| field.may_write(*byte));
            match part {
                PairPart::Literal(_) => {}
                PairPart::Name(field) => stops.0 = stop(field),
                PairPart::Value(field) => stops.1 = stop(field),
            }
        }
        stops
    }

    fn check_boundaries(&self, pairs: &Pairs) -> Result<(), Error> {
        let (name_stop, value_stop) = self.stops();
        for part in &self.parts {
            let (field, stop, is_name) = match part {
                PairPart::Name(field) => (field, name_stop, true),
                PairPart::Value(field) => (field, value_stop, false),
                PairPart::Literal(_) => continue,
            };
            let Some(stop) = stop else {
                continue;
            };
            let mut finder = Finder {
                stops: ByteSet::of(&[stop]),
                found: false,
            };
            let mut sink: &mut dyn Sink = &mut finder;
            for (name, value) in pairs.iter() {
                field.write(if is_name { name } else { value }, &mut sink);
            }
            if finder.found {
                return Err(runs_over());
            }
        }
        Ok(())
    }
}

impl PairField {
    fn writes_percent_encoded(&self) -> bool {
        matches!(
            self.escapes.last(),
            Some(Escape::Percent | Escape::JsPercent | Escape::FormPercent)
        )
    }

    fn may_write(&self, byte: u8) -> bool {
        !self.writes_percent_encoded() || PERCENT_ENCODED.contains(byte)
    }
}

fn runs_over() -> Error {
    Error::new(
        ErrorCode::BodyMismatch,
        "a signed part of the request holds the character that separates it from the next one",
    )
}

/// Looks for some bytes in what is written.
struct Finder {
    stops: ByteSet,
    found: bool,
}

impl Sink for Finder {
    fn write(&mut self, bytes: &[u8]) {
        self.found = self.found || self.stops.has_any_of(bytes);
    }
}
