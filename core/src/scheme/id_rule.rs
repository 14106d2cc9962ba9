//! What a signed id may be.

use crate::error::{Error, ErrorCode};
use crate::scheme::segment::{FieldSource, Segment};
use crate::scheme::string_to_sign::Message;

/// What a signed id may hold besides letters, digits, `-` and `_`, and what it
/// may not, since it stands beside it.
#[derive(Debug, Default)]
pub(crate) struct IdRule {
    characters: Box<[u8]>,
    stops: Box<[u8]>,
}

impl IdRule {
    pub(crate) fn new(characters: &str, message: &Message) -> Self {
        Self {
            characters: characters.as_bytes().into(),
            stops: match message {
                Message::Canonical(_) | Message::Listed(_) => Box::default(),
                Message::Template(template) => beside_ids(template.segments()),
            },
        }
    }

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

/// The bytes of literals that adjoin an id.
fn beside_ids(segments: &[Segment]) -> Box<[u8]> {
    let is_id = |segment: &Segment| segment.source() == Some(&FieldSource::DeliveryId);
    let mut stops = Vec::new();
    for pair in segments.windows(2) {
        match pair {
            [Segment::Literal(text), id] if is_id(id) => stops.extend(text.last()),
            [id, Segment::Literal(text)] if is_id(id) => stops.extend(text.first()),
            _ => {}
        }
    }
    stops.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::template::{Around, Template};

    #[test]
    fn an_id_holds_neither_what_stands_beside_it_nor_what_ids_do_not_have() {
        let rule = |text: &str, characters: &str| {
            let around = Around::default();
            let template = Template::parse(text, &[], &around, &mut |_| Err(String::new()));
            IdRule::new(characters, &Message::Template(template.unwrap()))
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
