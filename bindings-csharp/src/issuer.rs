//! A token endpoint, for senders that ask for an access token first.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use std::ffi::CString;

use hookseal_bridge::{Issuer, TokenRequest};

use crate::answer::{Detail, answer, c_text, free, hand_out};
use crate::input::{bytes, required};

/// Issues access tokens to one client. Opaque; made by `hookseal_issuer_new`.
#[derive(Debug)]
pub struct TokenIssuer {
    issuer: Issuer,
    jwks: CString,
}

/// Makes a token issuer. `options_json` is a JSON object in UTF-8, with bytes written `{"hex":
/// "…"}`. It is copied; secrets are wiped when the issuer is freed.
///
/// Returns 0 and sets `*issuer`, to be freed with `hookseal_issuer_free`; or `configuration` with a
/// detail that names the option.
///
/// # Safety
/// The options are readable for their length, `issuer` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_issuer_new(
    options_json: *const c_char,
    options_json_len: usize,
    issuer: Option<&mut MaybeUninit<*mut TokenIssuer>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let place = required(issuer, "issuer")?;
        // SAFETY: the caller promises readable options.
        let options = unsafe { bytes(options_json, options_json_len) }?;
        let issuer = Issuer::new(options)?;
        let jwks = c_text(issuer.jwks())?;
        place.write(Box::into_raw(Box::new(TokenIssuer { issuer, jwks })));
        Ok(())
    })
}

/// Frees an issuer and wipes its keys. NULL is allowed. No other call may be running with this
/// issuer, and none may follow.
///
/// # Safety
/// `issuer` is NULL or comes from `hookseal_issuer_new` and was not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_issuer_free(issuer: *mut TokenIssuer) {
    // SAFETY: the caller promises that this is the one owner of the box.
    unsafe { free(issuer) };
}

/// The public keys that verify the tokens, as a JWK set (RFC 7517); an empty one where the key is a
/// secret. Belongs to the issuer and lives as long as it. NULL for a NULL issuer.
///
/// # Safety
/// `issuer` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_issuer_jwks(issuer: Option<&TokenIssuer>) -> *const c_char {
    issuer.map_or(core::ptr::null(), |issuer| issuer.jwks.as_ptr())
}

/// How much of a body to read: one byte more than this is rejected. 0 for a NULL issuer.
///
/// # Safety
/// `issuer` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_issuer_max_body_bytes(issuer: Option<&TokenIssuer>) -> usize {
    issuer.map_or(0, |issuer| issuer.issuer.max_body_bytes())
}

/// Answers one request to the token endpoint.
///
/// - `method`: as received.
/// - `content_type`: the value of the header; NULL where there is none.
/// - `authorization`: the value of the header; NULL where there is none. Where it came more than
///   once, all values with a comma between (RFC 9110 section 5.3).
/// - `body`: the raw bytes.
/// - `now`: unix seconds; NULL for the system clock.
///
/// Returns 0 and sets `*reply_json` to the response to send as it is, to be freed with
/// `hookseal_string_free`: `{"status": number, "headers": [["name","value"], …], "body": text}`.
/// What is wrong with a request is in the reply, as RFC 6749 section 5.2 has it.
///
/// # Safety
/// `issuer` is valid; every input is readable for its length; `reply_json` is writable.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // Flat, as hookseal_verify is.
pub unsafe extern "C" fn hookseal_issuer_respond(
    issuer: Option<&TokenIssuer>,
    method: *const c_char,
    method_len: usize,
    content_type: *const c_char,
    content_type_len: usize,
    authorization: *const c_char,
    authorization_len: usize,
    body: *const u8,
    body_len: usize,
    now: Option<&i64>,
    reply_json: Option<&mut MaybeUninit<*mut c_char>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let issuer = &required(issuer, "issuer")?.issuer;
        let reply_json = required(reply_json, "reply_json")?;
        // SAFETY: the caller promises readable inputs that stay as they are during the call.
        let (method, content_type, authorization, body) = unsafe {
            (
                bytes(method, method_len)?,
                bytes(content_type, content_type_len)?,
                bytes(authorization, authorization_len)?,
                bytes(body, body_len)?,
            )
        };
        let authorization = present(authorization);
        let request = TokenRequest {
            method,
            content_type: present(content_type),
            authorization: authorization.as_slice(),
            body,
        };
        let reply = issuer.respond(&request, now.copied());
        reply_json.write(hand_out(hookseal_bridge::reply_json(&reply))?);
        Ok(())
    })
}

/// A header without a value says as little as none.
fn present(value: &[u8]) -> Option<&[u8]> {
    Some(value).filter(|value| !value.is_empty())
}
