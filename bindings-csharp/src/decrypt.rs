//! Decrypting what was kept of a delivery.

use core::ffi::c_char;

use crate::answer::{Detail, answer};
use crate::input::{bytes, misuse, optional_text, reference};
use crate::memory::{disown, own};
use crate::verifier::Verifier;

/// Decrypts what a delivery carried, where only that was kept. The result is what
/// `payload` would be of a text in UTF-8, and proves nothing: this is no
/// substitute for `hookseal_verify`, which checks all that is configured.
///
/// - `ciphertext`: the bytes themselves, not their base64 or hex.
/// - `iv`: what the delivery said; empty where it said nothing, or where the
///   scheme derives the IV with the key.
/// - `cipher`: a name of OpenSSL in UTF-8, e.g. `aes-256-cbc`, where each delivery
///   names its own; NULL for the only one that is allowed.
///
/// Returns 0 and sets `*plaintext` and `*plaintext_len`, to be freed with
/// `hookseal_plaintext_free`; or `decryption_failed` for whatever is wrong with
/// ciphertext, IV or text, `cipher_not_allowed`, `body_too_large`; `configuration`
/// where the verifier decrypts nothing, and where IV or cipher do not belong to
/// the scheme.
///
/// # Safety
/// `verifier` is valid; every input is readable for its length and nobody changes
/// it during the call; `plaintext` and `plaintext_len` are writable.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // Flat, as hookseal_verify is.
pub unsafe extern "C" fn hookseal_decrypt(
    verifier: *const Verifier,
    ciphertext: *const u8,
    ciphertext_len: usize,
    iv: *const u8,
    iv_len: usize,
    cipher: *const c_char,
    cipher_len: usize,
    plaintext: *mut *mut u8,
    plaintext_len: *mut usize,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    let detail = unsafe { Detail::new(detail, detail_size) };
    answer(detail, || {
        // SAFETY: the caller promises a valid verifier, and readable inputs that
        // stay as they are during the call.
        let (verifier, ciphertext, iv, cipher) = unsafe {
            (
                reference(verifier, "verifier")?,
                bytes(ciphertext, ciphertext_len)?,
                bytes(iv, iv_len)?,
                optional_text(cipher, cipher_len, "the cipher")?,
            )
        };
        if plaintext.is_null() || plaintext_len.is_null() {
            return Err(misuse("plaintext or plaintext_len is NULL"));
        }
        let (data, len) = own(verifier.handle.decrypt(ciphertext, Some(iv), cipher)?);
        // SAFETY: neither is NULL, and the caller promises that both are writable.
        unsafe {
            plaintext.write(data);
            plaintext_len.write(len);
        }
        Ok(())
    })
}

/// Frees a plaintext. NULL is allowed.
///
/// # Safety
/// `plaintext` is NULL, or the two come from one call of `hookseal_decrypt` and
/// were not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_plaintext_free(plaintext: *mut u8, plaintext_len: usize) {
    // SAFETY: the caller's promise is passed on.
    unsafe { disown(plaintext, plaintext_len) };
}
