//! The one call for what was kept of a delivery: arrays in, plaintext or a reason
//! out.

use core::ptr;

use jni::sys::{JNIEnv, jbyteArray, jclass, jlong};

use hookseal_bridge::{Error, ErrorCode, Handle, guard};

use crate::array::{Array, new_array, with_copies};
use crate::packed::{failure, push};

/// Decrypts what was kept of a delivery. `iv` and `cipher`, a name in UTF-8, may
/// be null.
///
/// Answers with the plaintext in an array of its own, so that it is left in no
/// buffer. Null stands for an error: `reason` then begins with one packed field,
/// `[i32 code]` and the error, unless it is too small for that.
///
/// # Safety
/// `env` is the calling thread's, each array is one or null, and `handle` comes
/// from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_decrypt(
    env: *mut JNIEnv,
    _class: jclass,
    handle: jlong,
    ciphertext: jbyteArray,
    iv: jbyteArray,
    cipher: jbyteArray,
    reason: jbyteArray,
) -> jbyteArray {
    // SAFETY: the caller's promise; the references live as long as this call.
    let (handle, arrays) = unsafe {
        let handle = &*(handle as *const Handle);
        let arrays = [ciphertext, iv, cipher].map(|array| Array::new(env, array));
        (handle, arrays)
    };

    let decrypted = guard(|| {
        with_copies(arrays, |[ciphertext, iv, name]| {
            let name = (!cipher.is_null()).then(|| str::from_utf8(name));
            let name = name.transpose().map_err(|_| not_text())?;
            let plaintext = handle.decrypt(ciphertext, Some(iv), name)?;
            // SAFETY: the caller's promise.
            Ok(unsafe { new_array(env, plaintext) })
        })
    });
    decrypted.unwrap_or_else(|error| {
        let mut packed = Vec::new();
        // No error is as long as a field can be.
        let _ = push(&failure(&error), &mut packed);
        // SAFETY: the caller's promise.
        unsafe { Array::new(env, reason) }.overwrite(&packed, &[]);
        ptr::null_mut()
    })
}

fn not_text() -> Error {
    Error::new(ErrorCode::Internal, "the name of the cipher is not UTF-8")
}
