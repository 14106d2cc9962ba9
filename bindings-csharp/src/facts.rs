//! What `hookseal_verify` writes, and who frees it.

use core::ffi::c_char;
use core::{mem, ptr};
use std::borrow::Cow;

use crate::answer::free;

/// What a verified request proves. Signed facts only. `payload`, `token` and an own
/// `delivery_id` or `event_type` are freed with `hookseal_facts_free`.
#[derive(Debug)]
#[repr(C)]
pub struct Facts {
    /// The signed time in unix seconds; meaningless unless `has_timestamp` is 1.
    pub timestamp: i64,
    /// The signed id or nonce, UTF-8, not NUL-terminated; NULL where the scheme signs none. Points
    /// into the inputs of the call, so it lives as long as they, unless `owns_delivery_id` is 1.
    pub delivery_id: *const c_char,
    pub delivery_id_len: usize,
    /// The signed type of the event as the provider names it, UTF-8, not NUL-terminated; NULL where
    /// no signed place has it. Points into the inputs of the call, unless `owns_event_type` is 1.
    pub event_type: *const c_char,
    pub event_type_len: usize,
    /// The decrypted body; NULL where the payload is the body as given.
    pub payload: *mut u8,
    pub payload_len: usize,
    /// What a signed token says, as JSON in UTF-8, not NUL-terminated: `{"key_id": "…", "claims":
    /// {…}}`; NULL where the scheme has no such token.
    pub token: *mut u8,
    pub token_len: usize,
    /// Index into `key_ids` of `hookseal_describe`: the key that matched. 65535 where `token` names
    /// the key.
    pub key: u16,
    /// Index into `coverage` of `hookseal_describe`: what was authenticated.
    pub variant: u8,
    /// Index into `url_forms` of `hookseal_describe`: the form of the URL that matched.
    pub url_form: u8,
    /// 1 where the scheme signs a timestamp, else 0.
    pub has_timestamp: u8,
    /// 1 where the scheme signs a message, else 0.
    pub has_replay_key: u8,
    /// 1 where `delivery_id` is no part of the inputs but made from them, else 0.
    pub owns_delivery_id: u8,
    /// 1 where `event_type` is no part of the inputs but made from them, else 0.
    pub owns_event_type: u8,
    /// 64 hex digits, not NUL-terminated: equal for two deliveries of the same signed message. Safe
    /// to store and to log. Meaningless unless `has_replay_key` is 1.
    pub replay_key: [c_char; 64],
}

impl From<hookseal_bridge::Facts<'_>> for Facts {
    fn from(facts: hookseal_bridge::Facts<'_>) -> Self {
        let (token, token_len) = own(facts.token_json().map(String::into_bytes));
        let (payload, payload_len) = own(facts.payload);
        let (delivery_id, delivery_id_len, owns_delivery_id) = text(facts.delivery_id);
        let (event_type, event_type_len, owns_event_type) = text(facts.event_type);
        let replay_key = facts.replay_key.unwrap_or([b'0'; 64]);
        Self {
            timestamp: facts.timestamp.unwrap_or(0),
            delivery_id,
            delivery_id_len,
            event_type,
            event_type_len,
            payload,
            payload_len,
            token,
            token_len,
            key: facts.key,
            variant: facts.variant,
            url_form: facts.url_form,
            has_timestamp: u8::from(facts.timestamp.is_some()),
            has_replay_key: u8::from(facts.replay_key.is_some()),
            owns_delivery_id,
            owns_event_type,
            // Hex digits are below 128, so this is the same byte on any platform.
            replay_key: replay_key.map(|digit| digit as c_char),
        }
    }
}

/// Frees `payload`, `token`, an own `delivery_id` and an own `event_type`, and sets them to NULL.
/// Needed only where one of the first two is not NULL, or `owns_delivery_id` or `owns_event_type`
/// is 1.
///
/// # Safety
/// `facts` is NULL or was written by `hookseal_verify`, and nobody uses what is freed any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_facts_free(facts: *mut Facts) {
    // SAFETY: the caller promises NULL or facts that are theirs alone.
    let Some(facts) = (unsafe { facts.as_mut() }) else {
        return;
    };
    for (is_own, data, len) in [
        (
            &mut facts.owns_delivery_id,
            &mut facts.delivery_id,
            &mut facts.delivery_id_len,
        ),
        (
            &mut facts.owns_event_type,
            &mut facts.event_type,
            &mut facts.event_type_len,
        ),
    ] {
        if mem::take(is_own) == 1 {
            let data = mem::replace(data, ptr::null());
            let bytes = ptr::slice_from_raw_parts_mut(data.cast::<u8>().cast_mut(), mem::take(len));
            // SAFETY: `own` made it, and it is forgotten as it is freed.
            unsafe { free(bytes) };
        }
    }
    for (data, len) in [
        (&mut facts.payload, &mut facts.payload_len),
        (&mut facts.token, &mut facts.token_len),
    ] {
        let data = mem::replace(data, ptr::null_mut());
        let bytes = ptr::slice_from_raw_parts_mut(data, mem::take(len));
        // SAFETY: `own` made it, and it is forgotten as it is freed.
        unsafe { free(bytes) };
    }
}

/// A text, its length, and whether it is the caller's to free; NULL for none.
fn text(text: Option<Cow<'_, str>>) -> (*const c_char, usize, u8) {
    match text {
        None => (ptr::null(), 0, 0),
        Some(Cow::Borrowed(text)) => (text.as_ptr().cast(), text.len(), 0),
        Some(Cow::Owned(text)) => {
            let (text, len) = own(Some(text.into_bytes()));
            (text.cast_const().cast(), len, 1)
        }
    }
}

/// Gives bytes to the caller; NULL for none.
fn own(bytes: Option<Vec<u8>>) -> (*mut u8, usize) {
    bytes.map_or((ptr::null_mut(), 0), |bytes| {
        let bytes = Box::leak(bytes.into_boxed_slice());
        (bytes.as_mut_ptr(), bytes.len())
    })
}
