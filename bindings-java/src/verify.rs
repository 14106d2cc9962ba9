//! The one call a delivery: two arrays in, facts or a reason out.
//!
//! Both arrays are copied, because a Java thread can write to them at any time
//! and a verdict must be about one state of the bytes. Small requests are
//! copied to the stack, larger ones to one heap block.

use core::mem::MaybeUninit;
use core::slice;
use std::net::IpAddr;

use jni::sys::{JNIEnv, jbyte, jbyteArray, jclass, jint, jlong, jsize};

use hookseal_bridge::wire::{read_headers, write_facts};
use hookseal_bridge::{Error, ErrorCode, Handle, HeaderSlots, Headers, Request, guard};

use crate::packed::{Fields, push_error};

/// Room for a request of the usual size. A Java thread has a stack of hundreds
/// of KiB.
const ON_STACK: usize = 8 * 1024;

/// Facts with a delivery id of usual length fit without a second allocation.
const USUAL_ANSWER: usize = 256;

/// Verifies a request: in the first `length` bytes of `buffer` the packed
/// fields `peer?, method, url` and then the headers as the bridge packs them.
///
/// Answers `code << 32 | n`. Code 0 is "verified", and the first `n` bytes of
/// `buffer` are the facts; any other is the number of an error, and they are
/// the error. Where `n` is more than `buffer` holds, nothing was written: Java
/// calls again with a larger one.
///
/// # Safety
/// `env` is the calling thread's, `buffer` and `body` are arrays, not null, and
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_verify(
    env: *mut JNIEnv,
    _class: jclass,
    handle: jlong,
    now: jlong,
    buffer: jbyteArray,
    length: jint,
    body: jbyteArray,
) -> jlong {
    // SAFETY: the caller's promise; both references live as long as this call.
    let (handle, buffer, body) = unsafe {
        let handle = &*(handle as *const Handle);
        (handle, Array::new(env, buffer), Array::new(env, body))
    };

    let mut answer = Vec::with_capacity(USUAL_ANSWER);
    let verified = guard(|| {
        let packed_length = usize::try_from(length).map_err(|_| uncopied())?;
        let total = packed_length
            .checked_add(body.length)
            .ok_or_else(uncopied)?;
        let mut stack = [const { MaybeUninit::uninit() }; ON_STACK];
        let mut heap = Vec::new();
        let room = match stack.get_mut(..total) {
            Some(room) => room,
            None => {
                heap.try_reserve_exact(total).map_err(|_| uncopied())?;
                // The capacity is at least `total`.
                &mut heap.spare_capacity_mut()[..total]
            }
        };
        let (packed, rest) = room.split_at_mut(packed_length);
        let (packed, body) = (buffer.copy_to(packed)?, body.copy_to(rest)?);
        with_request(packed, body, |request| {
            let facts = handle.verify(request, Some(now))?;
            write_facts(&facts, &mut answer);
            Ok(facts.payload.unwrap_or_default())
        })
    });
    let (code, payload) = match verified {
        Ok(payload) => (0, payload),
        Err(error) => {
            answer.clear();
            push_error(&error, &mut answer);
            (error.code().number(), Vec::new())
        }
    };
    let length = buffer.overwrite(&answer, &payload);
    jlong::from(code) << 32 | jlong::from(length)
}

/// Reads a packed request.
pub(crate) fn with_request<T>(
    packed: &[u8],
    body: &[u8],
    work: impl FnOnce(&Request<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut fields = Fields::new(packed);
    // An address that is none counts as unknown: no allow-list contains it.
    let peer = fields
        .optional_text()?
        .and_then(|text| text.parse::<IpAddr>().ok());
    let method = fields.required()?;
    let url = fields.required()?;
    let mut slots = HeaderSlots::new();
    read_headers(fields.into_rest(), &mut slots)?;
    work(&Request {
        method,
        url,
        headers: Headers::Slots(&slots),
        body,
        peer,
    })
}

fn uncopied() -> Error {
    Error::new(ErrorCode::Internal, "the request cannot be copied")
}

/// A Java `byte[]` for the length of a native call.
struct Array {
    env: *mut JNIEnv,
    reference: jbyteArray,
    length: usize,
}

impl Array {
    /// # Safety
    /// `env` is the calling thread's, and `reference` an array, not null; both
    /// stay so as long as this value is used.
    unsafe fn new(env: *mut JNIEnv, reference: jbyteArray) -> Self {
        // SAFETY: the caller's promise.
        let length = unsafe { ((**env).v1_1.GetArrayLength)(env, reference) };
        Self {
            env,
            reference,
            length: usize::try_from(length).unwrap_or_default(),
        }
    }

    /// Fills `room` with the first bytes of the array.
    fn copy_to<'r>(&self, room: &'r mut [MaybeUninit<u8>]) -> Result<&'r [u8], Error> {
        if room.len() > self.length {
            return Err(uncopied());
        }
        let count = jsize::try_from(room.len()).map_err(|_| uncopied())?;
        let target = room.as_mut_ptr().cast::<jbyte>();
        // SAFETY: `new`'s promise; `target` has room for `count` bytes, and the
        // array holds that many, so no exception is thrown and all are written.
        // The check is what `-Xcheck:jni` demands between such a call and another.
        unsafe {
            let functions = &(**self.env).v1_1;
            (functions.GetByteArrayRegion)(self.env, self.reference, 0, count, target);
            if has_exception(self.env) {
                return Err(uncopied());
            }
            Ok(slice::from_raw_parts(target.cast::<u8>(), room.len()))
        }
    }

    /// Puts both at the front of the array, where they fit as a whole, and answers
    /// with their length.
    fn overwrite(&self, head: &[u8], tail: &[u8]) -> u32 {
        let length = head.len() + tail.len();
        if length <= self.length {
            self.write(0, head);
            if !tail.is_empty() {
                // SAFETY: `new`'s promise. The check is as in `copy_to`.
                unsafe { has_exception(self.env) };
                self.write(head.len(), tail);
            }
        }
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// Puts `bytes` where they must fit.
    fn write(&self, start: usize, bytes: &[u8]) {
        let (Ok(start), Ok(count)) = (jsize::try_from(start), jsize::try_from(bytes.len())) else {
            return;
        };
        let source = bytes.as_ptr().cast::<jbyte>();
        // SAFETY: `new`'s promise; `source` has `count` bytes. The JVM checks
        // that they fit.
        unsafe {
            let functions = &(**self.env).v1_1;
            (functions.SetByteArrayRegion)(self.env, self.reference, start, count, source);
        }
    }
}

/// # Safety
/// `env` is the calling thread's.
unsafe fn has_exception(env: *mut JNIEnv) -> bool {
    // SAFETY: the caller's promise.
    unsafe { ((**env).v1_2.ExceptionCheck)(env) }
}
