//! Remote key sets. The library opens no connection: it says what to fetch and takes what was
//! fetched.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use hookseal_bridge::guard;

use crate::answer::{Detail, answer, hand_out};
use crate::input::{bytes, required};
use crate::verifier::Verifier;

/// The URL to fetch keys from now. Ask when `hookseal_verify` returned `key_unavailable` and
/// `remote_keys` of `hookseal_describe` is not null: fetch it, pass what came to
/// `hookseal_supply_keys`, and verify again. Let one thread fetch while others wait, follow no
/// redirect, take nothing but a status of 200, and keep to the bounds that `remote_keys` names.
///
/// Returns UTF-8, NUL-terminated, to be freed with `hookseal_string_free`; NULL where there is
/// nothing to fetch, or where it was tried a moment ago.
///
/// # Safety
/// `verifier` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_key_request(verifier: Option<&Verifier>) -> *mut c_char {
    let url = guard(|| {
        let verifier = required(verifier, "verifier")?;
        verifier.handle.key_request().map(hand_out).transpose()
    });
    url.ok().flatten().unwrap_or(core::ptr::null_mut())
}

/// Takes the document that `hookseal_key_request`, or the last call of this function, named.
///
/// Returns 0 and sets `*next_url` to NULL where the keys are in use now, or to the URL to fetch
/// next, to be freed with `hookseal_string_free`; or `key_unavailable` where the document is no
/// usable key set. The last good keys stay in use then.
///
/// # Safety
/// `verifier` is valid; the document is readable for its length; `next_url` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_supply_keys(
    verifier: Option<&Verifier>,
    document: *const u8,
    document_len: usize,
    next_url: Option<&mut MaybeUninit<*mut c_char>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let verifier = required(verifier, "verifier")?;
        let next_url = required(next_url, "next_url")?;
        // SAFETY: the caller promises a readable document.
        let document = unsafe { bytes(document, document_len) }?;
        let next = verifier.handle.supply_keys(document)?;
        let next = next.map(hand_out).transpose()?;
        next_url.write(next.unwrap_or(core::ptr::null_mut()));
        Ok(())
    })
}
