//! The one call a delivery: two arrays in, facts or a reason out.

use std::net::IpAddr;

use jni::sys::{JNIEnv, jbyteArray, jclass, jint, jlong};

use hookseal_bridge::wire::{read_headers, write_facts};
use hookseal_bridge::{Error, Handle, HeaderSlots, Headers, Request, guard, peer_address};

use crate::array::{Array, with_copies};
use crate::packed::{Fields, push_error};

/// Facts with a delivery id of usual length fit without a second allocation.
const USUAL_ANSWER: usize = 256;

/// Verifies a request: in the first `length` bytes of `buffer` the packed
/// fields `peer?, method, target, authority?, scheme?` and then the headers as
/// the bridge packs them.
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
        with_copies([buffer.first(length)?, body], |[packed, body]| {
            with_request(packed, body, |request| {
                let facts = handle.verify(request, Some(now))?;
                write_facts(&facts, &mut answer);
                Ok(facts.payload.unwrap_or_default())
            })
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
    let peer = fields.optional()?.and_then(address);
    let method = fields.required()?;
    let target = fields.required()?;
    let authority = fields.optional()?;
    let scheme = fields.optional()?;
    let mut slots = HeaderSlots::new();
    read_headers(fields.into_rest(), &mut slots)?;
    work(&Request {
        method,
        target,
        authority,
        scheme,
        headers: Headers::Slots(&slots),
        body,
        peer,
    })
}

/// Reads an address as Java servers give it, some of them in brackets. A text
/// that is none counts as unknown: no allow-list contains it.
pub(crate) fn address(text: &[u8]) -> Option<IpAddr> {
    let bare = text
        .strip_prefix(b"[")
        .and_then(|text| text.strip_suffix(b"]"))
        .unwrap_or(text);
    peer_address(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

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
