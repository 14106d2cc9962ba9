//! The sender's half, for tests. Headers travel as JSON in both directions: nothing here is worth a
//! faster form.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use std::ffi::CString;

use hookseal_bridge::{Error, ErrorCode, SignRequest};

use crate::answer::{Detail, answer, hand_out, release};
use crate::input::{bytes, optional_text, required};
use crate::verifier::Verifier;

/// Signs a request as the provider would, for tests.
///
/// - `headers_json`: the other headers of the request, `[["name","value"], …]`, UTF-8; NULL for
///   none.
/// - `delivery_id`, `key_id`: UTF-8; NULL for a random one, and for the first key.
/// - `now`: unix seconds; NULL for the system clock.
/// - `method`, `body`: as in `hookseal_request`.
/// - `url`: the absolute URL that the provider calls, or the request target for a verifier with a
///   `public_url`.
///
/// Returns 0 and sets `*signed_json` to the headers to add, in the same form, NUL-terminated, to be
/// freed with `hookseal_string_free`; or an error.
///
/// # Safety
/// `verifier` is valid; every input is readable for its length; `signed_json` is writable.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // A sender has an URL, not what a server received.
pub unsafe extern "C" fn hookseal_sign(
    verifier: Option<&Verifier>,
    method: *const c_char,
    method_len: usize,
    url: *const c_char,
    url_len: usize,
    headers_json: *const c_char,
    headers_json_len: usize,
    body: *const u8,
    body_len: usize,
    delivery_id: *const c_char,
    delivery_id_len: usize,
    now: Option<&i64>,
    key_id: *const c_char,
    key_id_len: usize,
    signed_json: Option<&mut MaybeUninit<*mut c_char>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let verifier = required(verifier, "verifier")?;
        let signed_json = required(signed_json, "signed_json")?;
        // SAFETY: the caller promises readable inputs that stay as they are during the call.
        let (method, url, headers, body, delivery_id, key_id) = unsafe {
            (
                bytes(method, method_len)?,
                bytes(url, url_len)?,
                bytes(headers_json, headers_json_len)?,
                bytes(body, body_len)?,
                optional_text(delivery_id, delivery_id_len, "delivery_id")?,
                optional_text(key_id, key_id_len, "key_id")?,
            )
        };
        let pairs = read_pairs(headers)?;
        let headers: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        let signed = verifier.handle.sign(&SignRequest {
            method,
            url,
            body,
            headers: &headers,
            delivery_id,
            timestamp: now.copied(),
            key_id,
        })?;
        signed_json.write(hand_out(serde_json::json!(signed).to_string())?);
        Ok(())
    })
}

/// Frees a text that the library handed out. NULL is allowed.
///
/// # Safety
/// `text` is NULL or comes from a function that says so, and was not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_string_free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the caller promises that it came from `CString::into_raw`.
        let text = unsafe { CString::from_raw(text) };
        release(|| drop(text));
    }
}

fn read_pairs(json: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let json = if json.is_empty() { b"[]" } else { json };
    let malformed = "the headers are not a JSON list of names and values";
    serde_json::from_slice(json).map_err(|_| Error::new(ErrorCode::Configuration, malformed))
}
