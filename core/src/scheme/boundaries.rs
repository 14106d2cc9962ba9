//! Where a field of a string to sign ends, and the next one begins.
//!
//! Two requests that sign alike are one to the key: whoever has one delivery can
//! send the other. So a field that stands next to a literal must not hold the
//! byte of it that adjoins, its stop byte. One field of a template may, since
//! the others leave it nothing else to be: a template is walked from the left
//! and from the right, and the field between the walks needs no stop byte. Where
//! more than one is left, as where two fields touch, they run together, and
//! nothing here can tell them apart.

use crate::canonical::{Input, Prepared};
use crate::error::{Error, ErrorCode};
use crate::primitives::form::Pairs;
use crate::primitives::sink::Sink;
use crate::scheme::string_to_sign::{Message, PairPart, Segment};

/// The bytes that fields of one template must not hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Boundaries {
    /// A segment's position and its stop byte.
    stops: Vec<(usize, u8)>,
}

/// What a signed id may hold besides letters, digits, `-` and `_`, and what it
/// may not, since it stands beside it.
#[derive(Debug, Default)]
pub(crate) struct IdRule {
    pub(crate) characters: Box<[u8]>,
    pub(crate) stops: Box<[u8]>,
}

impl IdRule {
    /// # Errors
    /// `malformed_header`: with other characters an id could be a part of what
    /// stands beside it.
    pub(crate) fn check(&self, id: &[u8]) -> Result<(), Error> {
        let is_part = |byte: &u8| {
            byte.is_ascii_alphanumeric() || b"-_".contains(byte) || self.characters.contains(byte)
        };
        if id
            .iter()
            .all(|byte| is_part(byte) && !self.stops.contains(byte))
        {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::MalformedHeader,
            "the id or nonce of the delivery holds a character that ids do not have",
        ))
    }
}

impl Boundaries {
    /// Walks a template from both its ends.
    pub(crate) fn of(message: &Message) -> Self {
        let Message::Template(segments) = message else {
            return Self::default();
        };
        let is_field = |position: &usize| !matches!(segments[*position], Segment::Literal(_));
        let fields: Vec<usize> = (0..segments.len()).filter(is_field).collect();
        let mut open = fields.as_slice();
        let mut stops = Vec::new();
        let mut close = |position: usize, side: Side| {
            let stop = closed(segments, position, side)?;
            stops.extend(stop.map(|stop| (position, stop)));
            Some(())
        };
        while let [first, rest @ ..] = open
            && !rest.is_empty()
            && close(*first, Side::Right).is_some()
        {
            open = rest;
        }
        while let [rest @ .., last] = open
            && !rest.is_empty()
            && close(*last, Side::Left).is_some()
        {
            open = rest;
        }
        Self { stops }
    }

    /// The bytes that the id must not hold.
    pub(crate) fn of_id(message: &Message) -> Box<[u8]> {
        let Message::Template(segments) = message else {
            return Box::default();
        };
        let ids = (0..segments.len()).filter(|position| segments[*position] == Segment::DeliveryId);
        ids.flat_map(|id| [Side::Left, Side::Right].map(|side| beside(segments, id, side)))
            .flatten()
            .collect()
    }

    /// # Errors
    /// `body_mismatch` where a value holds its stop byte.
    pub(crate) fn check(
        &self,
        message: &Message,
        input: &Input<'_>,
        prepared: &Prepared,
    ) -> Result<(), Error> {
        let Message::Template(segments) = message else {
            return Ok(());
        };
        for (position, stop) in &self.stops {
            let mut finder = Finder {
                stop: *stop,
                found: false,
            };
            match (segments.get(*position), input.url) {
                (Some(Segment::Method), _) => finder.write(input.method),
                (Some(Segment::Url), Some(url)) => url.write_full(&mut finder),
                (Some(Segment::UrlBase), Some(url)) => url.write_base(&mut finder),
                _ => {}
            }
            if finder.found {
                return Err(runs_over());
            }
        }
        let lists = segments.iter().filter_map(|segment| match segment {
            Segment::Pairs { parts, .. } => Some(parts),
            _ => None,
        });
        lists
            .zip(&prepared.pairs)
            .try_for_each(|(parts, pairs)| check_pairs(parts, pairs))
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Whether a field has an end on that side, and the byte it must not hold for
/// that.
fn closed(segments: &[Segment], position: usize, side: Side) -> Option<Option<u8>> {
    match &segments[position] {
        // Digits, as many as the window leaves.
        Segment::Timestamp => Some(None),
        Segment::Method | Segment::Url | Segment::UrlBase => {
            beside(segments, position, side).map(Some)
        }
        // Its own rule has the stop byte.
        Segment::DeliveryId => beside(segments, position, side).map(|_| None),
        Segment::Literal(_) | Segment::Body | Segment::Pairs { .. } => None,
    }
}

/// The byte of a literal that adjoins.
fn beside(segments: &[Segment], position: usize, side: Side) -> Option<u8> {
    let neighbour = match side {
        Side::Left => position.checked_sub(1)?,
        Side::Right => position + 1,
    };
    match (segments.get(neighbour)?, side) {
        (Segment::Literal(text), Side::Left) => text.last().copied(),
        (Segment::Literal(text), Side::Right) => text.first().copied(),
        _ => None,
    }
}

/// A name or a value must not hold the byte that stands behind it.
fn check_pairs(parts: &[PairPart], pairs: &Pairs) -> Result<(), Error> {
    let behind = |wanted: &PairPart| {
        let position = parts.iter().position(|part| part == wanted)?;
        // Behind the last part stands the first one of the next pair.
        match parts.get(position + 1).or_else(|| parts.first()) {
            Some(PairPart::Literal(text)) => text.first().copied(),
            _ => None,
        }
    };
    let (name_stop, value_stop) = (behind(&PairPart::Name), behind(&PairPart::Value));
    let holds = |text: &[u8], stop: Option<u8>| stop.is_some_and(|stop| text.contains(&stop));
    let mut pairs = pairs.iter();
    if pairs.any(|(name, value)| holds(name, name_stop) || holds(value, value_stop)) {
        return Err(runs_over());
    }
    Ok(())
}

fn runs_over() -> Error {
    Error::new(
        ErrorCode::BodyMismatch,
        "a signed part of the request holds the character that separates it from the next one",
    )
}

/// Looks for one byte in what is written.
struct Finder {
    stop: u8,
    found: bool,
}

impl Sink for Finder {
    fn write(&mut self, bytes: &[u8]) {
        self.found |= bytes.contains(&self.stop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::template;

    fn message(template: &str) -> Message {
        Message::Template(template::parse(template).unwrap())
    }

    #[test]
    fn a_field_beside_a_literal_has_a_stop_byte_unless_it_is_the_open_one() {
        for (template, expected) in [
            ("{body}", &[][..]),
            ("{url}", &[]),
            ("{timestamp}.{body}", &[]),
            ("{timestamp}|{url}|", &[]),
            ("{url}|{body}", &[(0, b'|')]),
            ("{body}|{url}", &[(2, b'|')]),
            ("{method} {url}\n{body}", &[(0, b' '), (2, b'\n')]),
            ("{method}{url}{body}", &[]),
            ("{url|base}?{query|pairs '{name}={value}&'}", &[(0, b'?')]),
        ] {
            assert_eq!(
                Boundaries::of(&message(template)).stops,
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn an_id_holds_neither_what_stands_beside_it_nor_what_ids_do_not_have() {
        let rule = |template: &str, characters: &str| IdRule {
            characters: characters.as_bytes().into(),
            stops: Boundaries::of_id(&message(template)),
        };
        let check = |rule: &IdRule, id: &str| rule.check(id.as_bytes()).is_ok();
        let plain = rule("{delivery_id}.{timestamp}.{body}", "");
        assert!(check(&plain, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"));
        for id in ["msg_1.1700000000", "a/b", "a b", "a=", "ä", "a\n", "a,b"] {
            assert!(!check(&plain, id), "{id}");
        }
        let wider = rule("{timestamp}:{delivery_id}={body}", "=:/");
        assert!(check(&wider, "a/b"));
        assert!(!check(&wider, "a="));
        assert!(!check(&wider, "a:b"));
        let dash = rule("{delivery_id}-{body}", "");
        assert!(check(&dash, "a_b"));
        assert!(!check(&dash, "a-b"));
    }
}
