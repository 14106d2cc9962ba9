//! The flat form of arguments: fields one after the other, each
//! `[u32 length, little-endian][bytes]`. The length [`ABSENT`] alone stands for
//! a field that is not there.

use std::net::IpAddr;

use hookseal_bridge::wire::ABSENT;
use hookseal_bridge::{Error, ErrorCode, answer_json, peer_address};

/// Takes fields off the front of a packed buffer.
pub(crate) struct Fields<'a> {
    /// What no field was taken from yet.
    pub(crate) rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) const fn new(packed: &'a [u8]) -> Self {
        Self { rest: packed }
    }

    /// The next field, where it must be there.
    pub(crate) fn required(&mut self) -> Result<&'a [u8], Error> {
        self.optional()?.ok_or_else(malformed)
    }

    /// The next field, or `None` where Java passed none.
    pub(crate) fn optional(&mut self) -> Result<Option<&'a [u8]>, Error> {
        let (length, tail) = self.rest.split_first_chunk::<4>().ok_or_else(malformed)?;
        let length = u32::from_le_bytes(*length);
        if length == ABSENT {
            self.rest = tail;
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| malformed())?;
        let (field, tail) = tail.split_at_checked(length).ok_or_else(malformed)?;
        self.rest = tail;
        Ok(Some(field))
    }

    /// The same as text.
    pub(crate) fn optional_text(&mut self) -> Result<Option<&'a str>, Error> {
        self.optional()?
            .map(|field| str::from_utf8(field).map_err(|_| malformed()))
            .transpose()
    }
}

/// Appends one field.
pub(crate) fn push(field: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let length = u32::try_from(field.len()).map_err(|_| malformed())?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(field);
    Ok(())
}

/// An error: `[i32 code]`, its detail as a field, and to the end how it is answered
/// as JSON, where that is more than the status of its code.
pub(crate) fn failure(error: &Error) -> Vec<u8> {
    let mut packed = error.code().number().to_le_bytes().to_vec();
    // No detail is as long as a field can be.
    let _ = push(error.detail().as_bytes(), &mut packed);
    packed.extend_from_slice(answer_json(error).unwrap_or_default().as_bytes());
    packed
}

/// Reads an address as Java servers give it, some of them in brackets. A text that
/// is not an address counts as unknown: no allow-list contains it.
pub(crate) fn address(text: &[u8]) -> Option<IpAddr> {
    let bare = text
        .strip_prefix(b"[")
        .and_then(|text| text.strip_suffix(b"]"))
        .unwrap_or(text);
    peer_address(bare)
}

pub(crate) fn malformed() -> Error {
    Error::new(
        ErrorCode::Internal,
        "Java and the native library disagree on the packed form",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were_pushed() {
        let mut packed = Vec::new();
        push(b"POST", &mut packed).unwrap();
        push(b"", &mut packed).unwrap();
        packed.extend_from_slice(&ABSENT.to_le_bytes());
        packed.extend_from_slice(b"tail");

        let mut fields = Fields::new(&packed);
        assert_eq!(fields.required().unwrap(), b"POST");
        assert_eq!(fields.optional().unwrap(), Some(&b""[..]));
        assert_eq!(fields.optional().unwrap(), None);
        assert_eq!(fields.rest, b"tail");
    }

    #[test]
    fn a_cut_buffer_is_an_error() {
        for cut in [&b""[..], b"\x01\0\0", b"\x02\0\0\0a", b"\xfe\xff\xff\xff"] {
            let error = Fields::new(cut).required().unwrap_err();
            assert_eq!(error.code(), ErrorCode::Internal);
        }
    }

    #[test]
    fn an_address_is_read_without_brackets_and_zone() {
        for text in ["fe80::1", "fe80::1%eth0", "[fe80::1]", "[fe80::1%2]"] {
            assert_eq!(address(text.as_bytes()), "fe80::1".parse().ok(), "{text}");
        }
        assert_eq!(address(b"192.0.2.1"), "192.0.2.1".parse().ok());
        for text in ["", "localhost", "192.0.2.1%eth0", "[fe80::1", "%eth0"] {
            assert_eq!(address(text.as_bytes()), None, "{text}");
        }
    }
}
