//! A packed form of headers and facts, for hosts where one flat buffer is the
//! cheapest way across (Java, .NET, C). All numbers are little-endian. Both
//! sides are of one version, so the form may change with any release.

use hookseal::{Error, ErrorCode, HeaderSlots};

use crate::facts::Facts;

/// Bytes of [`write_facts`] before its four fields.
pub const FACTS_HEAD: usize = 80;

/// The length that stands for a field that is not there.
pub const ABSENT: u32 = u32::MAX;

/// Reads headers into slots that are empty yet: any number of
/// `[u8 slot][u32 length][bytes]`. A slot may occur more than once, for a header
/// that does. Slots are large, so they are not handed back and forth.
///
/// # Errors
/// `internal` where the shim packed them wrongly.
pub fn read_headers<'p>(packed: &'p [u8], slots: &mut HeaderSlots<'p>) -> Result<(), Error> {
    read_values(packed, |slot, value| slots.set(slot, value))
}

/// Hands over each slot with its value.
#[inline]
pub(crate) fn read_values<'p>(
    packed: &'p [u8],
    mut take: impl FnMut(usize, &'p [u8]),
) -> Result<(), Error> {
    let mut rest = packed;
    while let Some((&slot, tail)) = rest.split_first() {
        let (length, tail) = tail.split_first_chunk::<4>().ok_or_else(malformed)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| malformed())?;
        let (value, tail) = tail.split_at_checked(length).ok_or_else(malformed)?;
        take(usize::from(slot), value);
        rest = tail;
    }
    Ok(())
}

/// Appends facts: `[u8 variant][u8 url form][u16 key][u8 has timestamp]
/// [u8 has replay key][2 zero bytes][i64 timestamp][64 replay key]` and then
/// four fields, `[u32 length, or ABSENT][bytes]` each: the delivery id and the type of
/// the event in UTF-8, the token as JSON, and the decrypted payload. Of the payload only
/// the length: it can be large, so the caller passes its bytes on from where they are.
pub fn write_facts(facts: &Facts<'_>, out: &mut Vec<u8>) {
    let has = |present: bool| u8::from(present);
    out.reserve(FACTS_HEAD);
    out.push(facts.variant);
    out.push(facts.url_form);
    out.extend_from_slice(&facts.key.to_le_bytes());
    out.push(has(facts.timestamp.is_some()));
    out.push(has(facts.replay_key.is_some()));
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&facts.timestamp.unwrap_or(0).to_le_bytes());
    out.extend_from_slice(&facts.replay_key.unwrap_or([b'0'; 64]));
    write_field(facts.delivery_id.as_deref().map(str::as_bytes), out);
    write_field(facts.event_type.as_deref().map(str::as_bytes), out);
    write_field(facts.token_json().as_deref().map(str::as_bytes), out);
    write_length(facts.payload.as_deref(), out);
}

fn write_field(field: Option<&[u8]>, out: &mut Vec<u8>) {
    write_length(field, out);
    out.extend_from_slice(field.unwrap_or_default());
}

fn write_length(field: Option<&[u8]>, out: &mut Vec<u8>) {
    let length = field.map_or(ABSENT, |field| u32::try_from(field.len()).unwrap_or(ABSENT));
    out.extend_from_slice(&length.to_le_bytes());
}

fn malformed() -> Error {
    Error::new(ErrorCode::Internal, "the packed headers are cut short")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{NO_INDEX, Token};

    #[test]
    fn facts_have_a_head_and_four_fields() {
        let mut facts = Facts {
            variant: 1,
            key: NO_INDEX,
            url_form: 2,
            timestamp: Some(3),
            delivery_id: Some("id".into()),
            event_type: Some("call".into()),
            replay_key: None,
            payload: Some(vec![0; 5]),
            token: Some(Token {
                key_id: "a \"key\"".to_owned(),
                claims: r#"{"a": 1}"#.to_owned(),
            }),
        };
        let mut packed = Vec::new();
        write_facts(&facts, &mut packed);
        let (head, fields) = packed.split_at(FACTS_HEAD);
        assert_eq!(
            head[..16],
            [1, 2, 255, 255, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
        );
        assert_eq!(head[16..], [b'0'; 64]);
        let token = br#"{"key_id":"a \"key\"","claims":{"a": 1}}"#;
        let expected: [&[u8]; 6] = [
            b"\x02\0\0\0id",
            b"\x04\0\0\0call",
            &[token.len() as u8, 0, 0, 0],
            token,
            &[5],
            &[0; 3],
        ];
        assert_eq!(fields, expected.concat());

        facts.token = None;
        packed.clear();
        write_facts(&facts, &mut packed);
        assert_eq!(packed[FACTS_HEAD + 14..][..4], ABSENT.to_le_bytes());
    }
}
