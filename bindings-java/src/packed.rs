//! The flat form of arguments: fields one after the other, each
//! `[u32 length, little-endian][bytes]`. The length [`ABSENT`] alone stands for
//! a field that is not there.

use hookseal_bridge::wire::ABSENT;
use hookseal_bridge::{Error, ErrorCode, answer_json};

/// Takes fields off the front of a packed buffer.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
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

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What no field was read from yet.
    pub(crate) const fn into_rest(self) -> &'a [u8] {
        self.rest
    }
}

/// Appends one field.
pub(crate) fn push(field: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let length = u32::try_from(field.len()).map_err(|_| malformed())?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(field);
    Ok(())
}

/// An error with its code: `[i32 code, little-endian]` and then the error.
pub(crate) fn failure(error: &Error) -> Vec<u8> {
    let mut packed = error.code().number().to_le_bytes().to_vec();
    push_error(error, &mut packed);
    packed
}

/// Appends an error: its detail as a field, and to the end how it is answered as
/// JSON, where that is more than the status of its code.
pub(crate) fn push_error(error: &Error, out: &mut Vec<u8>) {
    // No detail is as long as a field can be.
    let _ = push(error.detail().as_bytes(), out);
    out.extend_from_slice(answer_json(error).unwrap_or_default().as_bytes());
}

fn malformed() -> Error {
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
        assert!(!fields.is_empty());
        assert_eq!(fields.into_rest(), b"tail");
    }

    #[test]
    fn a_cut_buffer_is_an_error() {
        for cut in [&b""[..], b"\x01\0\0", b"\x02\0\0\0a", b"\xfe\xff\xff\xff"] {
            let error = Fields::new(cut).required().unwrap_err();
            assert_eq!(error.code(), ErrorCode::Internal);
        }
    }
}
