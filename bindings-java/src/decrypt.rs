//! The one call for what was kept of a delivery.

use jni_sys::jlong;

use hookseal_bridge::Handle;

use crate::array::{Array, split};
use crate::native::Answer;
use crate::packed::malformed;

/// What a slow cipher decrypts in about a millisecond.
pub(crate) const LONGEST_LENT: usize = 64 << 10;

natives! {
    /// Takes an array that begins with ciphertext, IV and the name of the cipher in
    /// UTF-8, of these lengths; a negative one stands for no name. Answers in place:
    /// the plaintext where the ciphertext was, and its `[i32 length]` behind the name.
    "decrypt" => fn decrypt(
        handle: &Handle, text: Array, ciphertext: jlong, iv: jlong, cipher: jlong,
    ) {
        let work = |bytes: &mut [u8]| {
            let ([ciphertext, iv, name], rest) = split(bytes, [ciphertext, iv, cipher.max(0)])?;
            let name = (cipher >= 0).then(|| str::from_utf8(name));
            let name = name.transpose().map_err(|_| malformed())?;
            let plaintext = handle.decrypt(ciphertext, Some(iv), name)?;
            let length = u32::try_from(plaintext.len()).map_err(|_| malformed())?;
            *rest.first_chunk_mut().ok_or_else(malformed)? = length.to_le_bytes();
            Ok(Answer::InPlace(text.reference))
        };
        // SAFETY: Java made the array for this call.
        unsafe { text.lend(LONGEST_LENT, work) }
    }
}
