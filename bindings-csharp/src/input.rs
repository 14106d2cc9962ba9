//! Reading what a C caller passes.

use core::ffi::c_char;

use hookseal_bridge::{Error, ErrorCode};

/// The bytes, or characters in any encoding, at `data`. NULL is an empty input when `len` is 0, as
/// several languages pass NULL for an empty slice, and an error otherwise.
///
/// # Safety
/// `data` is NULL or points to `len` bytes that nobody changes during `'a`.
pub(crate) unsafe fn bytes<'a>(data: *const impl Sized, len: usize) -> Result<&'a [u8], Error> {
    let data = data.cast();
    if is_empty(data, len)? {
        return Ok(&[]);
    }
    // SAFETY: not NULL, and the caller promises `len` readable, unchanging bytes.
    Ok(unsafe { core::slice::from_raw_parts(data, len) })
}

/// The same for bytes that are worked on in place.
///
/// # Safety
/// `data` is NULL or points to `len` bytes that nobody else reads or writes during `'a`.
pub(crate) unsafe fn bytes_mut<'a>(data: *mut u8, len: usize) -> Result<&'a mut [u8], Error> {
    if is_empty(data, len)? {
        return Ok(&mut []);
    }
    // SAFETY: not NULL, and the caller promises `len` bytes that are ours alone.
    Ok(unsafe { core::slice::from_raw_parts_mut(data, len) })
}

fn is_empty(data: *const u8, len: usize) -> Result<bool, Error> {
    if len > 0 && (data.is_null() || isize::try_from(len).is_err()) {
        return Err(misuse("an input is NULL but its length is not 0"));
    }
    Ok(len == 0)
}

/// The same, with NULL for "not known".
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn optional_chars<'a>(
    data: *const c_char,
    len: usize,
) -> Result<Option<&'a [u8]>, Error> {
    if data.is_null() && len == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise is passed on.
    unsafe { bytes(data, len) }.map(Some)
}

/// The same for characters that must be UTF-8, with NULL for "not given".
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn optional_text<'a>(
    data: *const c_char,
    len: usize,
    name: &'static str,
) -> Result<Option<&'a str>, Error> {
    // SAFETY: the caller's promise is passed on.
    let given = unsafe { optional_chars(data, len) }?;
    given
        .map(core::str::from_utf8)
        .transpose()
        .map_err(|_| Error::new(ErrorCode::Configuration, format!("{name} is not UTF-8")))
}

/// What must not be NULL.
pub(crate) fn required<T>(given: Option<T>, name: &'static str) -> Result<T, Error> {
    given.ok_or_else(|| misuse(format!("{name} is NULL")))
}

/// A call that breaks the rules of the header: a bug of the calling program, never the fault of a
/// request.
pub(crate) fn misuse(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::Internal, detail)
}
