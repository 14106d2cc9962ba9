//! Tokens that only their issuer can read.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use hookseal_bridge::HeaderSlots;

use crate::answer::{Detail, answer};
use crate::input::required;
use crate::request::RequestParts;
use crate::verifier::Verifier;

/// The bearer token of a request, to ask its issuer about (RFC 7662). Ask when `hookseal_verify`
/// returned `key_unavailable` and `introspects` of `hookseal_describe` is true, and verify again
/// with the issuer's answer. Of the request only the headers are read.
///
/// Returns 0 and sets `*token` and `*token_len`: the token is not verified, not NUL-terminated, and
/// points into the headers of the request; or an error where there is none.
///
/// # Safety
/// `verifier` and `request` are valid; every part of the request is readable for its length and
/// nobody changes it during the call; `token` and `token_len` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_bearer_token(
    verifier: Option<&Verifier>,
    request: Option<&RequestParts>,
    token: Option<&mut MaybeUninit<*const c_char>>,
    token_len: Option<&mut MaybeUninit<usize>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let verifier = required(verifier, "verifier")?;
        let request = required(request, "request")?;
        let token = required(token, "token")?;
        let token_len = required(token_len, "token_len")?;
        let mut slots = HeaderSlots::new();
        // SAFETY: the caller promises readable parts that stay as they are during the call.
        let request = unsafe { request.read(&mut slots) }?;
        let found = verifier.handle.bearer_token(&request)?;
        token.write(found.as_ptr().cast());
        token_len.write(found.len());
        Ok(())
    })
}
