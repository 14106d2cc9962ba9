//! The arguments of one call, read by position.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr::{self, NonNull};
use std::slice;

use hookseal_bridge::{Error, ErrorCode, MAX_HEADER_NAMES};
use napi::sys;

/// How many arguments a bound function takes: at most nine, then one a header.
pub(crate) const MAX_ARGUMENTS: usize = 9 + MAX_HEADER_NAMES;

/// Room for a text of an ordinary length and the zero that ends it.
const ORDINARY_LENGTH: usize = 512;

/// The largest unit of text that is the same in ASCII, and in Latin-1.
const ASCII: u16 = 0x7f;
const LATIN1: u16 = 0xff;

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

    /// The argument at `index`; null, which Node-API takes for no value, where there is none.
    pub(crate) fn at(&self, index: usize) -> sys::napi_value {
        self.values.get(index).copied().unwrap_or(ptr::null_mut())
    }

    /// Whether there is an argument, other than `undefined`.
    pub(crate) fn is_given(&self, index: usize) -> bool {
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: the value is an argument of the call in progress, or null, for which `kind` stays
        // as it is.
        unsafe { sys::napi_typeof(self.env, self.at(index), &mut kind) };
        kind != sys::ValueType::napi_undefined
    }

    /// A whole number, or `None` for anything else.
    pub(crate) fn integer(&self, index: usize) -> Option<i64> {
        let mut number = 0;
        // SAFETY: the value is an argument of the call in progress, or null.
        let status = unsafe { sys::napi_get_value_int64(self.env, self.at(index), &mut number) };
        (status == sys::Status::napi_ok).then_some(number)
    }

    /// The bytes of a `Uint8Array`, borrowed for the call. JavaScript cannot run meanwhile, so
    /// nothing changes them.
    ///
    /// # Errors
    /// `internal` for anything else, also for an array over shared memory, which another thread
    /// could write to: the shim copies those.
    pub(crate) fn bytes(&self, index: usize) -> Result<&'c [u8], Error> {
        let (data, length) = self.memory(index)?;
        // SAFETY: there are `length` bytes that live as long as the argument, and nothing writes to
        // them while they are borrowed.
        Ok(unsafe { slice::from_raw_parts(data.as_ptr(), length) })
    }

    /// Fills the `Uint8Array` at `room`, whose memory may hold anything: `bytes`, and zeros behind
    /// them. Returns whether they fit; otherwise nothing is written.
    ///
    /// # Errors
    /// Those of [`bytes`](Self::bytes).
    ///
    /// # Safety
    /// What [`bytes`](Self::bytes) gave must not be used afterwards.
    pub(crate) unsafe fn fill(&self, room: usize, bytes: &[u8]) -> Result<bool, Error> {
        let (data, length) = self.memory(room)?;
        let Some(rest) = length.checked_sub(bytes.len()) else {
            return Ok(false);
        };
        // SAFETY: there are `length` bytes, and nothing borrows them.
        unsafe {
            ptr::copy(bytes.as_ptr(), data.as_ptr(), bytes.len());
            ptr::write_bytes(data.add(bytes.len()).as_ptr(), 0, rest);
        }
        Ok(true)
    }

    /// Where the bytes of a `Uint8Array` are, and how many.
    fn memory(&self, index: usize) -> Result<(NonNull<u8>, usize), Error> {
        let (mut kind, mut length, mut offset) = (0, 0, 0);
        let mut data: *mut c_void = ptr::null_mut();
        let mut memory = ptr::null_mut();
        let mut unshared = false;
        // SAFETY: the value is an argument of the call in progress, or null, and every result has a
        // place of its own type.
        let status = unsafe {
            match sys::napi_get_typedarray_info(
                self.env,
                self.at(index),
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
            return Err(unexpected("a Uint8Array of its own memory"));
        }
        // Node-API may have no address for no bytes.
        Ok(NonNull::new(data.cast()).map_or((NonNull::dangling(), 0), |data| (data, length)))
    }

    /// Appends the UTF-8 of a string to `texts`. `None` where the value is not a string. A lone
    /// surrogate becomes U+FFFD, so that it can equal nothing.
    ///
    /// Read as UTF-16, which Node copies in one go; UTF-8 it makes character by character.
    pub(crate) fn text(&self, value: sys::napi_value, texts: &mut Vec<u8>) -> Option<Range<usize>> {
        self.read(value, texts, ASCII)
    }

    /// Appends the bytes of a header's value to `texts`: one a character, as Node and `Headers`
    /// make a character of each byte that was received. What has other characters was never
    /// received, and is read as UTF-8.
    pub(crate) fn field(
        &self,
        value: sys::napi_value,
        texts: &mut Vec<u8>,
    ) -> Option<Range<usize>> {
        self.read(value, texts, LATIN1)
    }

    fn read(
        &self,
        value: sys::napi_value,
        texts: &mut Vec<u8>,
        single: u16,
    ) -> Option<Range<usize>> {
        let start = texts.len();
        let mut room = [MaybeUninit::uninit(); ORDINARY_LENGTH];
        let units = self.units(value, &mut room)?;
        if units.len() + 1 < ORDINARY_LENGTH {
            append(units, texts, single);
        } else {
            let mut room = Vec::with_capacity(self.length(value)? + 1);
            append(self.units(value, room.spare_capacity_mut())?, texts, single);
        }
        Some(start..texts.len())
    }

    /// As much of a string as fits, with a zero that ends it.
    fn units<'u>(
        &self,
        string: sys::napi_value,
        room: &'u mut [MaybeUninit<u16>],
    ) -> Option<&'u [u16]> {
        let mut written = 0;
        // SAFETY: Node-API writes at most `room.len()` units to `room`.
        let status = unsafe {
            let (buffer, size) = (room.as_mut_ptr().cast(), room.len());
            sys::napi_get_value_string_utf16(self.env, string, buffer, size, &mut written)
        };
        if status != sys::Status::napi_ok {
            return None;
        }
        let written = room.get(..written)?;
        // SAFETY: Node-API wrote that many, and said so.
        Some(unsafe { slice::from_raw_parts(written.as_ptr().cast(), written.len()) })
    }

    /// The length of a string in UTF-16.
    fn length(&self, string: sys::napi_value) -> Option<usize> {
        let mut length = 0;
        // SAFETY: without a buffer Node-API only measures.
        let status = unsafe {
            let no_buffer = ptr::null_mut();
            sys::napi_get_value_string_utf16(self.env, string, no_buffer, 0, &mut length)
        };
        (status == sys::Status::napi_ok).then_some(length)
    }

    /// Appends the items of an array to `texts`, as [`field`](Self::field) does; what is not a
    /// string is left out. `None` where the value is not an array.
    pub(crate) fn fields(
        &self,
        array: sys::napi_value,
        texts: &mut Vec<u8>,
    ) -> Option<Vec<Range<usize>>> {
        let mut length = 0;
        // SAFETY: the value is an argument of the call in progress, or null.
        let status = unsafe { sys::napi_get_array_length(self.env, array, &mut length) };
        let item = |index| {
            let mut item = ptr::null_mut();
            // SAFETY: `array` is an array of the call in progress; on failure `item` stays null.
            unsafe { sys::napi_get_element(self.env, array, index, &mut item) };
            self.field(item, texts)
        };
        (status == sys::Status::napi_ok).then(|| (0..length).filter_map(item).collect())
    }
}

/// Appends UTF-16: one byte a character where all are at most `single`, and otherwise as UTF-8.
fn append(units: &[u16], texts: &mut Vec<u8>, single: u16) {
    let start = texts.len();
    let mut bits = 0;
    texts.extend(units.iter().map(|&unit| {
        bits |= unit;
        unit as u8
    }));
    if bits <= single {
        return;
    }
    texts.truncate(start);
    for character in char::decode_utf16(units.iter().copied()) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        texts.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// A flat list of names and values, in pairs.
pub(crate) fn pairs<'t>(list: &[Range<usize>], texts: &'t [u8]) -> Vec<(&'t [u8], &'t [u8])> {
    let text = |range: &Range<usize>| &texts[range.clone()];
    list.chunks_exact(2)
        .map(|pair| (text(&pair[0]), text(&pair[1])))
        .collect()
}

/// The shim passed something that this version of it never passes.
pub(crate) fn unexpected(wanted: &'static str) -> Error {
    Error::new(
        ErrorCode::Internal,
        format!("the native part expected {wanted}"),
    )
}
