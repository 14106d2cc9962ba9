//! The arguments of one call, read by position.

use std::ffi::c_void;
use std::ops::Range;
use std::{ptr, slice};

use hookseal_bridge::{Error, ErrorCode, MAX_HEADER_NAMES};
use napi::sys;

/// How many arguments a bound function takes: at most six, then one a header.
pub(crate) const MAX_ARGUMENTS: usize = 6 + MAX_HEADER_NAMES;

/// Node-API ends a text with a zero and leaves out a character, of up to four
/// bytes, that no longer fits. So a text is whole when more than this is left.
const LEFT_BY_A_CUT: usize = 4;

/// The arguments of the call in progress.
pub(crate) struct Arguments<'c> {
    env: sys::napi_env,
    values: &'c [sys::napi_value],
}

impl<'c> Arguments<'c> {
    /// # Safety
    /// `values` must be live values of the call in progress in `env`.
    pub(crate) const unsafe fn new(env: sys::napi_env, values: &'c [sys::napi_value]) -> Self {
        Self { env, values }
    }

    /// The arguments from `first` on.
    pub(crate) fn from(&self, first: usize) -> impl Iterator<Item = sys::napi_value> {
        self.values.iter().skip(first).copied()
    }

    /// The argument at `index`; null, which Node-API takes for no value, where
    /// there is none.
    pub(crate) fn at(&self, index: usize) -> sys::napi_value {
        self.values.get(index).copied().unwrap_or(ptr::null_mut())
    }

    /// A whole number, or `None` for anything else.
    pub(crate) fn integer(&self, index: usize) -> Option<i64> {
        let mut number = 0;
        // SAFETY: the value is an argument of the call in progress, or null.
        let status = unsafe { sys::napi_get_value_int64(self.env, self.at(index), &mut number) };
        (status == sys::Status::napi_ok).then_some(number)
    }

    /// The bytes of a `Uint8Array`, borrowed for the call. JavaScript cannot
    /// run meanwhile, so nothing changes them.
    ///
    /// # Errors
    /// `internal` for anything else, also for an array over shared memory,
    /// which another thread could write to: the shim copies those.
    pub(crate) fn bytes(&self, index: usize) -> Result<&'c [u8], Error> {
        self.borrow(self.at(index))
            .ok_or_else(|| unexpected("a Uint8Array of its own memory"))
    }

    fn borrow(&self, value: sys::napi_value) -> Option<&'c [u8]> {
        let (mut kind, mut length, mut offset) = (0, 0, 0);
        let mut data: *mut c_void = ptr::null_mut();
        let mut memory = ptr::null_mut();
        let mut unshared = false;
        // SAFETY: the value is an argument of the call in progress, or null,
        // and every result has a place of its own type.
        let status = unsafe {
            match sys::napi_get_typedarray_info(
                self.env,
                value,
                &mut kind,
                &mut length,
                &mut data,
                &mut memory,
                &mut offset,
            ) {
                sys::Status::napi_ok => sys::napi_is_arraybuffer(self.env, memory, &mut unshared),
                failed => failed,
            }
        };
        if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array || !unshared {
            return None;
        }
        if length == 0 || data.is_null() {
            return Some(&[]);
        }
        // SAFETY: Node-API gave a pointer to `length` bytes that live as long
        // as the argument, and nothing writes to them during the call.
        Some(unsafe { slice::from_raw_parts(data.cast(), length) })
    }

    /// Appends the UTF-8 of a string to `texts`. `None` where the value is no
    /// string. A lone surrogate becomes U+FFFD, so that it can equal nothing.
    pub(crate) fn text(&self, value: sys::napi_value, texts: &mut Vec<u8>) -> Option<Range<usize>> {
        let start = texts.len();
        let mut written = 0;
        loop {
            let spare = texts.spare_capacity_mut();
            // SAFETY: Node-API writes at most `spare.len()` bytes to `spare`.
            let status = unsafe {
                let (buffer, size) = (spare.as_mut_ptr().cast(), spare.len());
                sys::napi_get_value_string_utf8(self.env, value, buffer, size, &mut written)
            };
            if status != sys::Status::napi_ok {
                return None;
            }
            if written + LEFT_BY_A_CUT < spare.len() {
                break;
            }
            texts.reserve(self.text_length(value)? + LEFT_BY_A_CUT + 1);
        }
        let end = start + written;
        // SAFETY: `written` bytes after `start` were written, within capacity.
        unsafe { texts.set_len(end) };
        Some(start..end)
    }

    /// The length of a string in UTF-8.
    fn text_length(&self, value: sys::napi_value) -> Option<usize> {
        let mut length = 0;
        // SAFETY: without a buffer Node-API only measures.
        let status = unsafe {
            let no_buffer = ptr::null_mut();
            sys::napi_get_value_string_utf8(self.env, value, no_buffer, 0, &mut length)
        };
        (status == sys::Status::napi_ok).then_some(length)
    }

    /// The items of an array, or `None` for anything else.
    pub(crate) fn items(
        &self,
        array: sys::napi_value,
    ) -> Option<impl Iterator<Item = sys::napi_value>> {
        let mut length = 0;
        // SAFETY: the value is an argument of the call in progress, or null.
        let status = unsafe { sys::napi_get_array_length(self.env, array, &mut length) };
        let env = self.env;
        (status == sys::Status::napi_ok).then(|| {
            (0..length).map(move |index| {
                let mut item = ptr::null_mut();
                // SAFETY: `array` is an array of the call in progress; on
                // failure `item` stays null.
                unsafe { sys::napi_get_element(env, array, index, &mut item) };
                item
            })
        })
    }
}

/// The shim passed something that this version of it never passes.
pub(crate) fn unexpected(wanted: &'static str) -> Error {
    Error::new(
        ErrorCode::Internal,
        format!("the native part expected {wanted}"),
    )
}
