//! A packed form of headers and facts, for hosts where one flat buffer is the
//! cheapest way across (Java, .NET, C). All numbers are little-endian. Both
//! sides are of one version, so the form may change with any release.

use hookseal::{Error, ErrorCode, HeaderSlots};

use crate::handle::Facts;

/// Bytes of [`write_facts`] before the delivery id.
pub const FACTS_HEAD: usize = 84;

/// The length that stands for "no delivery id".
pub const ABSENT: u32 = u32::MAX;

/// Reads headers: any number of `[u8 slot][u32 length][bytes]`. A slot may
/// occur more than once, for a header that does.
///
/// # Errors
/// `internal` where the shim packed them wrongly.
pub fn read_headers(packed: &[u8]) -> Result<HeaderSlots<'_>, Error> {
    let mut slots = HeaderSlots::new();
    let mut rest = packed;
    while let Some((&slot, tail)) = rest.split_first() {
        let (length, tail) = tail.split_first_chunk::<4>().ok_or_else(malformed)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| malformed())?;
        let (value, tail) = tail.split_at_checked(length).ok_or_else(malformed)?;
        slots.set(usize::from(slot), value);
        rest = tail;
    }
    Ok(slots)
}

/// Appends facts: `[u8 variant][u8 url form][u16 key][u8 has timestamp]
/// [3 zero bytes][i64 timestamp][64 replay key][u32 length of the delivery id,
/// or ABSENT][delivery id]`.
pub fn write_facts(facts: &Facts<'_>, out: &mut Vec<u8>) {
    out.push(facts.variant);
    out.push(facts.url_form);
    out.extend_from_slice(&facts.key.to_le_bytes());
    out.extend_from_slice(&[u8::from(facts.timestamp.is_some()), 0, 0, 0]);
    out.extend_from_slice(&facts.timestamp.unwrap_or(0).to_le_bytes());
    out.extend_from_slice(&facts.replay_key);
    let id = facts.delivery_id.unwrap_or_default();
    let length = match facts.delivery_id {
        Some(id) => u32::try_from(id.len()).unwrap_or(ABSENT),
        None => ABSENT,
    };
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(id);
}

fn malformed() -> Error {
    Error::new(ErrorCode::Internal, "the packed headers are cut short")
}
