//! The verifier as C holds it, and the one call that matters.

use core::ffi::c_char;
use std::ffi::CString;

use hookseal_bridge::{Error, Handle, HeaderSlots, answer_json, guard};

use crate::answer::{Detail, answer, hand_out};
use crate::input::{bytes, chars, misuse, optional_text, reference};
use crate::request::RequestParts;

/// A compiled scheme with its keys. Opaque; made by `hookseal_verifier_new`.
#[derive(Debug)]
pub struct Verifier {
    pub(crate) handle: Handle,
    description: CString,
}

/// What a verified request proves. Signed facts only. `payload` and `token` are
/// freed with `hookseal_facts_free`.
#[derive(Debug)]
#[repr(C)]
pub struct Facts {
    /// The signed time in unix seconds; meaningless unless `has_timestamp` is 1.
    pub timestamp: i64,
    /// The signed id or nonce, ASCII, not NUL-terminated; NULL where the scheme
    /// signs none. Points into the inputs of the call, so it lives as long as they.
    pub delivery_id: *const c_char,
    /// The length of `delivery_id`.
    pub delivery_id_len: usize,
    /// The decrypted body; NULL where the payload is the body as given.
    pub payload: *mut u8,
    /// The length of `payload`.
    pub payload_len: usize,
    /// What a signed token says, as JSON in UTF-8, not NUL-terminated:
    /// `{"key_id": "…", "claims": {…}}`; NULL where the scheme has no such token.
    pub token: *mut u8,
    /// The length of `token`.
    pub token_len: usize,
    /// Index into `key_ids` of `hookseal_describe`: the key that matched. 65535
    /// where `token` names the key.
    pub key: u16,
    /// Index into `coverage` of `hookseal_describe`: what was authenticated.
    pub variant: u8,
    /// Index into `url_forms` of `hookseal_describe`: the form of the URL that matched.
    pub url_form: u8,
    /// 1 where the scheme signs a timestamp, else 0.
    pub has_timestamp: u8,
    /// 1 where the scheme signs a message, else 0.
    pub has_replay_key: u8,
    /// 64 hex digits, not NUL-terminated: equal for two deliveries of the same
    /// signed message. Safe to store and to log. Meaningless unless
    /// `has_replay_key` is 1.
    pub replay_key: [c_char; 64],
}

/// Makes a verifier. `scheme` is the id of a scheme, or (where it starts with
/// `{`) a scheme of your own as JSON; `options_json` is a JSON object, with bytes
/// written `{"hex": "…"}`. Both are UTF-8 and are copied; secrets are wiped when
/// the verifier is freed.
///
/// Returns 0 and sets `*verifier`, to be freed with `hookseal_verifier_free`; or
/// `configuration` with a detail that names the option.
///
/// # Safety
/// Every input is readable for its length, `verifier` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_verifier_new(
    scheme: *const c_char,
    scheme_len: usize,
    options_json: *const c_char,
    options_json_len: usize,
    verifier: *mut *mut Verifier,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    let detail = unsafe { Detail::new(detail, detail_size) };
    answer(detail, || {
        // SAFETY: the caller promises readable inputs.
        let scheme = unsafe { optional_text(scheme, scheme_len, "the scheme") }?;
        // SAFETY: as above.
        let options = unsafe { chars(options_json, options_json_len) }?;
        if verifier.is_null() {
            return Err(misuse("verifier is NULL"));
        }
        let handle = Handle::new(scheme.unwrap_or_default(), options)?;
        let description = CString::new(handle.describe())
            .map_err(|_| misuse("the description of the verifier holds a NUL"))?;
        let made = Box::new(Verifier {
            handle,
            description,
        });
        // SAFETY: not NULL, and the caller promises it is writable.
        unsafe { verifier.write(Box::into_raw(made)) };
        Ok(())
    })
}

/// Frees a verifier and wipes its keys. NULL is allowed. No other call may be
/// running with this verifier, and none may follow.
///
/// # Safety
/// `verifier` is NULL or comes from `hookseal_verifier_new` and was not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_verifier_free(verifier: *mut Verifier) {
    if verifier.is_null() {
        return;
    }
    // SAFETY: the caller promises that this is the one owner of the box.
    let owned = unsafe { Box::from_raw(verifier) };
    // A destructor that panics is reported nowhere: there is no caller to tell.
    let _ = guard(|| {
        drop(owned);
        Ok(())
    });
}

/// What a caller has to know of a verifier, as JSON: `scheme`; `header_names` in
/// slot order; `key_ids`, `coverage` and `url_forms`, which the indices of
/// `hookseal_facts` refer to; `max_body_bytes`, how much of a body to read;
/// `decrypts`, whether there will be a `payload`; `remote_keys`, null or the
/// bounds of one request for keys, see `hookseal_key_request`; `introspects`,
/// whether the issuer of each token has to be asked, see `hookseal_bearer_token`.
///
/// Belongs to the verifier and lives as long as it. NULL for a NULL verifier.
///
/// # Safety
/// `verifier` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_describe(verifier: *const Verifier) -> *const c_char {
    // SAFETY: the caller promises NULL or a valid verifier.
    let verifier = unsafe { verifier.as_ref() };
    verifier.map_or(core::ptr::null(), |verifier| verifier.description.as_ptr())
}

/// The slot of a header name, compared without case, or -1 where the verifier
/// does not need that header.
///
/// # Safety
/// `verifier` is NULL or valid; `name` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_header_slot(
    verifier: *const Verifier,
    name: *const c_char,
    name_len: usize,
) -> i32 {
    let slot = guard(|| {
        // SAFETY: the caller promises NULL or a valid verifier.
        let verifier = unsafe { reference(verifier, "verifier") }?;
        // SAFETY: the caller promises a readable name.
        let name = unsafe { chars(name, name_len) }?;
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
/// Returns 0 (verified) and writes `*facts`; or the number of an error and
/// leaves `*facts` alone. Most errors are answered with the status of their code
/// and the one body for all. Where more is to be said, an error sets
/// `*answer_json`, to be freed with `hookseal_string_free`; set it to NULL before,
/// or pass NULL to do without:
/// `{"status": number, "authenticate": text or null, "reply": null or
/// {"status", "headers": [["name","value"], …], "body"}}`. `authenticate` is the
/// value of a `WWW-Authenticate` header. `reply` is a response to send as it is:
/// the error `challenge` is no refusal but a handshake of the provider.
///
/// # Safety
/// `verifier` and `request` are valid; every part of the request, and the other
/// inputs, are readable for their length and nobody changes them during the call;
/// `facts` is writable; `answer_json` is NULL or writable.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // A request is one thing; what else goes in and out is not.
pub unsafe extern "C" fn hookseal_verify(
    verifier: *const Verifier,
    request: *const RequestParts,
    introspection: *const u8,
    introspection_len: usize,
    now: *const i64,
    facts: *mut Facts,
    answer_json: *mut *mut c_char,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    let detail = unsafe { Detail::new(detail, detail_size) };
    answer(detail, || {
        // SAFETY: the caller promises a valid verifier and request, a readable
        // answer that stays as it is during the call, and a `now` that is NULL or
        // valid.
        let (verifier, request, introspection, now) = unsafe {
            (
                reference(verifier, "verifier")?,
                reference(request, "request")?,
                bytes(introspection, introspection_len)?,
                now.as_ref().copied(),
            )
        };
        if facts.is_null() {
            return Err(misuse("facts is NULL"));
        }
        let mut slots = HeaderSlots::new();
        // SAFETY: the caller promises readable parts that stay as they are during
        // the call.
        let request = unsafe { request.read(&mut slots) }?;
        let proven = if introspection.is_empty() {
            verifier.handle.verify(&request, now)
        } else {
            verifier
                .handle
                .verify_introspected(&request, introspection, now)
        };
        let proven = match proven {
            Ok(proven) => proven,
            Err(error) => {
                // SAFETY: the caller promises NULL or a writable place.
                unsafe { write_answer(&error, answer_json) };
                return Err(error);
            }
        };
        let id = proven.delivery_id;
        let (payload, payload_len) = own(proven.payload);
        let (token, token_len) = own(proven.token.map(String::into_bytes));
        let proven = Facts {
            timestamp: proven.timestamp.unwrap_or(0),
            delivery_id: id.map_or(core::ptr::null(), |id| id.as_ptr().cast()),
            delivery_id_len: id.map_or(0, <[u8]>::len),
            payload,
            payload_len,
            token,
            token_len,
            key: proven.key,
            variant: proven.variant,
            url_form: proven.url_form,
            has_timestamp: u8::from(proven.timestamp.is_some()),
            has_replay_key: u8::from(proven.replay_key.is_some()),
            // Hex digits are below 128, so this is the same byte on any platform.
            replay_key: proven
                .replay_key
                .unwrap_or([b'0'; 64])
                .map(|digit| digit as c_char),
        };
        // SAFETY: not NULL, and the caller promises it is writable.
        unsafe { facts.write(proven) };
        Ok(())
    })
}

/// Refuses a request before its body is read, for everything that method, address,
/// headers and URL can be refused for. The body of `request` is not looked at.
///
/// Returns 0 where `hookseal_verify` has to look at the body: **nothing is verified
/// then**; or the error that `hookseal_verify` would return whatever the body is,
/// with `*answer_json` as there.
///
/// # Safety
/// `verifier` and `request` are valid; every part of the request is readable for
/// its length and nobody changes it during the call; `now` is NULL or valid;
/// `answer_json` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_check_head(
    verifier: *const Verifier,
    request: *const RequestParts,
    now: *const i64,
    answer_json: *mut *mut c_char,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    let detail = unsafe { Detail::new(detail, detail_size) };
    answer(detail, || {
        // SAFETY: the caller promises a valid verifier and request, and a `now`
        // that is NULL or valid.
        let (verifier, request, now) = unsafe {
            (
                reference(verifier, "verifier")?,
                reference(request, "request")?,
                now.as_ref().copied(),
            )
        };
        let mut slots = HeaderSlots::new();
        // SAFETY: the caller promises readable parts that stay as they are during
        // the call.
        let request = unsafe { request.read(&mut slots) }?;
        let checked = verifier.handle.check_head(&request, now);
        checked.inspect_err(|error| {
            // SAFETY: the caller promises NULL or a writable place.
            unsafe { write_answer(error, answer_json) };
        })
    })
}

/// Frees `payload` and `token`, and sets them to NULL. Needed only where one of
/// them is not NULL.
///
/// # Safety
/// `facts` is NULL or was written by `hookseal_verify`, and nobody uses its
/// `payload` or `token` any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_facts_free(facts: *mut Facts) {
    // SAFETY: the caller promises NULL or facts that are theirs alone.
    if let Some(facts) = unsafe { facts.as_mut() } {
        // SAFETY: `own` made both, and each is forgotten as it is freed.
        unsafe {
            disown(&mut facts.payload, &mut facts.payload_len);
            disown(&mut facts.token, &mut facts.token_len);
        }
    }
}

/// Gives bytes to the caller; NULL for none.
fn own(bytes: Option<Vec<u8>>) -> (*mut u8, usize) {
    bytes.map_or((core::ptr::null_mut(), 0), |bytes| {
        let bytes = Box::leak(bytes.into_boxed_slice());
        (bytes.as_mut_ptr(), bytes.len())
    })
}

/// Takes back what [`own`] gave.
///
/// # Safety
/// The two come from one call of [`own`].
unsafe fn disown(data: &mut *mut u8, len: &mut usize) {
    let data = core::mem::replace(data, core::ptr::null_mut());
    let len = core::mem::take(len);
    if !data.is_null() {
        // SAFETY: a box of this length was leaked to make them.
        drop(unsafe { Box::from_raw(core::ptr::slice_from_raw_parts_mut(data, len)) });
    }
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
