//! Decrypting what was kept of a delivery.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use crate::answer::{Detail, answer};
use crate::input::{bytes, bytes_mut, optional_text, required};
use crate::verifier::Verifier;

/// Decrypts what a delivery carried, where only that was kept. The result is what `payload` would
/// be of a text in UTF-8, and proves nothing: this is no substitute for `hookseal_verify`, which
/// checks all that is configured.
///
/// - `text`: the bytes of the ciphertext, not their base64 or hex, and then those of the result,
///   which are never more. What does not decrypt is overwritten with zeros.
/// - `iv`: what the delivery said; empty where it said nothing, or where the scheme derives the IV
///   with the key.
/// - `cipher`: a name of OpenSSL in UTF-8, e.g. `aes-256-cbc`, where each delivery names its own;
///   NULL for the only one that is allowed.
///
/// Returns 0 and sets `*decrypted_len` to the length of the result; or `decryption_failed` for
/// whatever is wrong with ciphertext, IV or text, `cipher_not_allowed`, `body_too_large`;
/// `configuration` where the verifier decrypts nothing, and where IV or cipher do not belong to the
/// scheme.
///
/// # Safety
/// `verifier` is valid; every input is readable for its length and nobody changes it during the
/// call; `text` is writable and overlaps no other; `decrypted_len` is writable.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // (pointer, length) pairs.
pub unsafe extern "C" fn hookseal_decrypt(
    verifier: Option<&Verifier>,
    text: *mut u8,
    text_len: usize,
    iv: *const u8,
    iv_len: usize,
    cipher: *const c_char,
    cipher_len: usize,
    decrypted_len: Option<&mut MaybeUninit<usize>>,
    detail: *mut c_char,
    detail_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, || {
        let verifier = required(verifier, "verifier")?;
        let decrypted_len = required(decrypted_len, "decrypted_len")?;
        // SAFETY: the caller promises readable inputs that stay as they are during the call, and a
        // text that is theirs to change.
        let (text, iv, cipher) = unsafe {
            (
                bytes_mut(text, text_len)?,
                bytes(iv, iv_len)?,
                optional_text(cipher, cipher_len, "the cipher")?,
            )
        };
        decrypted_len.write(verifier.handle.decrypt(text, Some(iv), cipher)?.len());
        Ok(())
    })
}
