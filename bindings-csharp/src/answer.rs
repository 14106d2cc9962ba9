//! Answering a C caller: a code, and the reason in a buffer of the caller's.

use core::ffi::c_char;
use std::ffi::CString;

use hookseal_bridge::{Error, ErrorCode, guard};

use crate::constants::HOOKSEAL_OK;

/// The caller's buffer for the reason of an error.
#[derive(Clone, Copy)]
pub(crate) struct Detail {
    data: *mut c_char,
    size: usize,
}

impl Detail {
    /// # Safety
    /// `data` is NULL or points to `size` bytes that this call alone may write.
    pub(crate) unsafe fn new(data: *mut c_char, size: usize) -> Self {
        Self { data, size }
    }

    /// Writes as much of `text` as fits, and a NUL behind it.
    pub(crate) fn write(self, text: &str) {
        if self.data.is_null() || self.size == 0 {
            return;
        }
        let room = self.size - 1;
        let mut end = text.len().min(room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        // SAFETY: `new` promises `size` writable bytes, and `end` is less; the text is ours, so the
        // two do not overlap.
        unsafe {
            core::ptr::copy_nonoverlapping(text.as_ptr(), self.data.cast(), end);
            self.data.add(end).write(0);
        }
    }
}

/// Runs `work` and turns its error into a code; a panic is the error `internal`. The buffer is
/// written only for an error.
pub(crate) fn answer(detail: Detail, work: impl FnOnce() -> Result<(), Error>) -> i32 {
    match guard(work) {
        Ok(()) => HOOKSEAL_OK,
        Err(error) => {
            detail.write(error.detail());
            error.code().number()
        }
    }
}

/// A text as C has it.
pub(crate) fn c_text(text: String) -> Result<CString, Error> {
    CString::new(text).map_err(|_| Error::new(ErrorCode::Internal, "a text holds a NUL"))
}

/// A text for the caller, to be freed with `hookseal_string_free`.
pub(crate) fn hand_out(text: String) -> Result<*mut c_char, Error> {
    c_text(text).map(CString::into_raw)
}

/// Runs a destructor. There is no caller to tell of a panic.
pub(crate) fn release(work: impl FnOnce()) {
    let _ = guard(|| {
        work();
        Ok(())
    });
}

/// Frees what `Box::into_raw` made; NULL is nothing.
///
/// # Safety
/// `owned` is NULL or such a pointer, and this is its only owner.
pub(crate) unsafe fn free<T: ?Sized>(owned: *mut T) {
    if !owned.is_null() {
        // SAFETY: the caller promises that it is the only owner.
        let owned = unsafe { Box::from_raw(owned) };
        release(|| drop(owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, size: usize) -> Vec<u8> {
        let mut buffer = vec![0x7f_u8; 16];
        // SAFETY: `size` is at most the length of the buffer in every test.
        unsafe { Detail::new(buffer.as_mut_ptr().cast(), size) }.write(text);
        buffer
    }

    #[test]
    fn a_detail_is_cut_at_a_character_and_always_ends() {
        assert_eq!(&written("abc", 16)[..4], b"abc\0");
        assert_eq!(&written("abcdef", 4)[..5], b"abc\0\x7f");
        assert_eq!(&written("ab\u{e9}", 4)[..4], b"ab\0\x7f");
        assert_eq!(written("abc", 1)[0], 0);
        assert_eq!(written("abc", 0)[0], 0x7f);
    }
}
