//! The verifier as C holds it, and the one call that matters.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use std::ffi::CString;

use hookseal_bridge::{Error, Handle, HeaderSlots, answer_json, guard};

use crate::answer::{Detail, answer, c_text, free, hand_out};
use crate::facts::Facts;
use crate::input::{bytes, misuse, optional_text, required};
use crate::request::RequestParts;

/// A compiled scheme with its keys. Opaque; made by `hookseal_verifier_new`.
#[derive(Debug)]
pub struct Verifier {
    pub(crate) handle: Handle,
    description: CString,
}

/// Makes a verifier. `scheme` is the id of a scheme, or (where it starts with `{`) a scheme of your
/// own as JSON; `options_json` is a JSON object, with bytes written `{"hex": "…"}`. Both are UTF-8
/// and are copied; secrets are wiped when the verifier is freed.
///
/// Returns 0 and sets `*verifier`, to be freed with `hookseal_verifier_free`; or `configuration`
/// with a detail that names the option.
///
/// # Safety
/// Every input is readable for its length, `verifier` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_verifier_new(
    scheme: *const c_char,
    scheme_len: usize,
    options_json: *const c_char,
    options_json_len: usize,
    verifier: Option<&mut MaybeUninit<*mut Verifier>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let place = required(verifier, "verifier")?;
        // SAFETY: the caller promises readable inputs.
        let (scheme, options) = unsafe {
            (
                optional_text(scheme, scheme_len, "the scheme")?,
                bytes(options_json, options_json_len)?,
            )
        };
        let handle = Handle::new(scheme.unwrap_or_default(), options)?;
        let description = c_text(handle.describe().to_json())?;
        place.write(Box::into_raw(Box::new(Verifier {
            handle,
            description,
        })));
        Ok(())
    })
}

/// Frees a verifier and wipes its keys. NULL is allowed. No other call may be running with this
/// verifier, and none may follow.
///
/// # Safety
/// `verifier` is NULL or comes from `hookseal_verifier_new` and was not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_verifier_free(verifier: *mut Verifier) {
    // SAFETY: the caller promises that this is the one owner of the box.
    unsafe { free(verifier) };
}

/// What a caller has to know of a verifier, as JSON: `scheme`; `header_names` in slot order;
/// `key_ids`, `coverage` and `url_forms`, which the indices of `hookseal_facts` refer to;
/// `max_body_bytes`, how much of a body to read; `decrypts`, whether there will be a `payload`;
/// `remote_keys`, null or the bounds of one request for keys, see `hookseal_key_request`;
/// `introspects`, whether the issuer of each token has to be asked, see `hookseal_bearer_token`.
///
/// Belongs to the verifier and lives as long as it. NULL for a NULL verifier.
///
/// # Safety
/// `verifier` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_describe(verifier: Option<&Verifier>) -> *const c_char {
    verifier.map_or(core::ptr::null(), |verifier| verifier.description.as_ptr())
}

/// The slot of a header name, compared without case, or -1 where the verifier does not need that
/// header.
///
/// # Safety
/// `verifier` is NULL or valid; `name` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_header_slot(
    verifier: Option<&Verifier>,
    name: *const c_char,
    name_len: usize,
) -> i32 {
    let slot = guard(|| {
        let verifier = required(verifier, "verifier")?;
        // SAFETY: the caller promises a readable name.
        let name = unsafe { bytes(name, name_len) }?;
        let mut wanted = verifier.handle.header_names().iter();
        let slot = wanted.position(|wanted| wanted.as_bytes().eq_ignore_ascii_case(name));
        slot.and_then(|slot| i32::try_from(slot).ok())
            .ok_or_else(|| misuse("no such slot"))
    });
    slot.unwrap_or(-1)
}

/// Verifies one request.
///
/// - `request`: see `hookseal_request`.
/// - `introspection`: what the issuer said of the token, as JSON in UTF-8, see
///   `hookseal_bearer_token`; NULL for none.
/// - `now`: unix seconds; NULL for the system clock.
///
/// Returns 0 (verified) and writes `*facts`; or the number of an error and leaves `*facts` alone.
/// Most errors are answered with the status of their code and the one body for all. Where more is
/// to be said, an error sets `*answer_json`, to be freed with `hookseal_string_free`; set it to
/// NULL before, or pass NULL to do without: `{"status": number, "authenticate": text or null,
/// "reply": null or {"status", "headers": [["name","value"], …], "body"}}`. `authenticate` is the
/// value of a `WWW-Authenticate` header. `reply` is a response to send as it is: the error
/// `challenge` is not a rejection but a challenge of the provider.
///
/// # Safety
/// `verifier` and `request` are valid; every part of the request, and the other inputs, are
/// readable for their length and nobody changes them during the call; `facts` is writable;
/// `answer_json` is NULL or writable.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // A request is one thing; what else goes in and out is not.
pub unsafe extern "C" fn hookseal_verify(
    verifier: Option<&Verifier>,
    request: Option<&RequestParts>,
    introspection: *const u8,
    introspection_len: usize,
    now: Option<&i64>,
    facts: Option<&mut MaybeUninit<Facts>>,
    answer_json: *mut *mut c_char,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let verifier = required(verifier, "verifier")?;
        let request = required(request, "request")?;
        let facts = required(facts, "facts")?;
        // SAFETY: the caller promises an answer that is readable and stays as it is during the
        // call.
        let introspection = unsafe { bytes(introspection, introspection_len) }?;
        let mut slots = HeaderSlots::new();
        // SAFETY: the caller promises readable parts that stay as they are during the call.
        let request = unsafe { request.read(&mut slots) }?;
        let (handle, now) = (&verifier.handle, now.copied());
        let verified = if introspection.is_empty() {
            handle.verify(&request, now)
        } else {
            handle.verify_introspected(&request, introspection, now)
        };
        // SAFETY: the caller promises NULL or a writable place.
        let verified = verified.inspect_err(|error| unsafe { write_answer(error, answer_json) })?;
        facts.write(Facts::from(verified));
        Ok(())
    })
}

/// Rejects a request before its body is read, for everything that method, address, headers and URL
/// can be rejected for. The body of `request` is not looked at.
///
/// Returns 0 where `hookseal_verify` has to look at the body: **nothing is verified then**; or the
/// error that `hookseal_verify` would return whatever the body is, with `*answer_json` as there.
///
/// # Safety
/// `verifier` and `request` are valid; every part of the request is readable for its length and
/// nobody changes it during the call; `now` is NULL or valid; `answer_json` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_check_head(
    verifier: Option<&Verifier>,
    request: Option<&RequestParts>,
    now: Option<&i64>,
    answer_json: *mut *mut c_char,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let verifier = required(verifier, "verifier")?;
        let request = required(request, "request")?;
        let mut slots = HeaderSlots::new();
        // SAFETY: the caller promises readable parts that stay as they are during the call.
        let request = unsafe { request.read(&mut slots) }?;
        let checked = verifier.handle.check_head(&request, now.copied());
        // SAFETY: the caller promises NULL or a writable place.
        checked.inspect_err(|error| unsafe { write_answer(error, answer_json) })
    })
}

/// Says how an error is answered, where its code alone does not.
///
/// # Safety
/// `place` is NULL or writable.
unsafe fn write_answer(error: &Error, place: *mut *mut c_char) {
    let text = answer_json(error).map(hand_out);
    // Should the text hold a NUL, the code alone has to do.
    if let (Some(Ok(text)), false) = (text, place.is_null()) {
        // SAFETY: not NULL, and the caller promises it is writable.
        unsafe { place.write(text) };
    }
}
