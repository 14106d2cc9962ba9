//! Tokens that only their issuer can read.

use core::ffi::c_char;

use hookseal_bridge::{HeaderSlots, Headers, Request, wire};

use crate::answer::{Detail, answer};
use crate::input::{bytes, misuse, reference};
use crate::verifier::Verifier;

/// The bearer token of a request, to ask its issuer about (RFC 7662). Ask when
/// `hookseal_verify` returned `key_unavailable` and `introspects` of
/// `hookseal_describe` is true, and verify again with the issuer's answer.
/// `headers` is packed as for `hookseal_verify`.
///
/// Returns 0 and sets `*token` and `*token_len`: the token is not verified, not
/// NUL-terminated, and points into `headers`; or an error where there is none.
///
/// # Safety
/// `verifier` is valid; `headers` is readable for its length and nobody changes
/// it during the call; `token` and `token_len` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_bearer_token(
    verifier: *const Verifier,
    headers: *const u8,
    headers_len: usize,
    token: *mut *const c_char,
    token_len: *mut usize,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    let detail = unsafe { Detail::new(detail, detail_size) };
    answer(detail, || {
        // SAFETY: the caller promises a valid verifier and readable headers that
        // stay as they are during the call.
        let (verifier, headers) = unsafe {
            (
                reference(verifier, "verifier")?,
                bytes(headers, headers_len)?,
            )
        };
        if token.is_null() || token_len.is_null() {
            return Err(misuse("token or token_len is NULL"));
        }
        let mut slots = HeaderSlots::new();
        wire::read_headers(headers, &mut slots)?;
        let found = verifier.handle.bearer_token(&Request {
            method: b"",
            url: b"",
            headers: Headers::Slots(&slots),
            body: b"",
            peer: None,
        })?;
        // SAFETY: neither is NULL, and the caller promises they are writable.
        unsafe {
            token.write(found.as_ptr().cast());
            token_len.write(found.len());
        }
        Ok(())
    })
}
