//! Java arrays through the JNI function table.

use core::{ptr, slice};

use jni_sys::{JNI_FALSE, JNIEnv, jbyte, jbyteArray, jlong, jsize};

use zeroize::Zeroizing;

use hookseal_bridge::Error;

use crate::packed::malformed;

/// A Java `byte[]`, for the length of a native call. Null counts as an empty one.
#[derive(Clone, Copy)]
pub(crate) struct Array {
    env: *mut JNIEnv,
    pub(crate) reference: jbyteArray,
    length: usize,
}

/// A new array of these bytes; null where the JVM has no room for it, which then
/// throws.
///
/// # Safety
/// `env` is the calling thread's.
pub(crate) unsafe fn new_array(env: *mut JNIEnv, parts: &[&[u8]]) -> jbyteArray {
    let total = parts.iter().map(|part| part.len()).sum::<usize>();
    let Ok(length) = jsize::try_from(total) else {
        return ptr::null_mut();
    };
    // SAFETY: the caller's promise.
    let reference = unsafe { ((**env).v1_1.NewByteArray)(env, length) };
    if reference.is_null() {
        return reference;
    }
    let mut start = 0;
    for part in parts {
        // SAFETY: the caller's promise; the parts are as long as the array together,
        // so no number overflows. The check is what `-Xcheck:jni` demands between
        // such a call and another.
        unsafe {
            let (count, source) = (part.len() as jsize, part.as_ptr().cast::<jbyte>());
            ((**env).v1_1.SetByteArrayRegion)(env, reference, start, count, source);
            ((**env).v1_2.ExceptionCheck)(env);
            start += count;
        }
    }
    reference
}

impl Array {
    /// # Safety
    /// `env` is the calling thread's, and `reference` an array or null; both stay
    /// so as long as this value is used.
    pub(crate) unsafe fn new(env: *mut JNIEnv, reference: jbyteArray) -> Self {
        let length = if reference.is_null() {
            0
        } else {
            // SAFETY: the caller's promise.
            unsafe { ((**env).v1_1.GetArrayLength)(env, reference) }
        };
        Self {
            env,
            reference,
            length: usize::try_from(length).unwrap_or_default(),
        }
    }

    pub(crate) const fn len(self) -> usize {
        self.length
    }

    /// A copy: a Java thread can write to an array at any time.
    pub(crate) fn copy(self) -> Result<Vec<u8>, Error> {
        let mut copy = Vec::<u8>::new();
        copy.try_reserve_exact(self.length)
            .map_err(|_| malformed())?;
        if self.length > 0 {
            let target = copy.as_mut_ptr().cast::<jbyte>();
            // SAFETY: `new`'s promise; `target` has room for the whole array, whose
            // length was a `jsize`. So all bytes are written.
            unsafe {
                let count = self.length as jsize;
                ((**self.env).v1_1.GetByteArrayRegion)(self.env, self.reference, 0, count, target);
                if ((**self.env).v1_2.ExceptionCheck)(self.env) != JNI_FALSE {
                    return Err(malformed());
                }
                copy.set_len(self.length);
            }
        }
        Ok(copy)
    }

    /// The same; `None` where the array is null.
    pub(crate) fn copy_unless_null(self) -> Result<Option<Vec<u8>>, Error> {
        let is_there = !self.reference.is_null();
        is_there.then(|| self.copy()).transpose()
    }

    /// The same of what holds secrets.
    pub(crate) fn copy_secret(self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.copy().map(Zeroizing::new)
    }

    /// Lends the bytes where they are, and keeps what is written. That holds up the
    /// garbage collector, so more than `longest` bytes are copied forth and back.
    ///
    /// # Safety
    /// No other thread uses the array, and `work` calls nothing of the JVM.
    pub(crate) unsafe fn lend<T>(
        self,
        longest: usize,
        work: impl FnOnce(&mut [u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.length == 0 {
            return work(&mut []);
        }
        if self.length > longest {
            let mut copy = self.copy()?;
            let result = work(&mut copy);
            // SAFETY: `new`'s promise; the copy is as long as the array.
            unsafe {
                let (count, source) = (self.length as jsize, copy.as_ptr().cast());
                ((**self.env).v1_1.SetByteArrayRegion)(self.env, self.reference, 0, count, source);
            }
            return result;
        }
        // SAFETY: `new`'s promise.
        let bytes = unsafe {
            ((**self.env).v1_2.GetPrimitiveArrayCritical)(self.env, self.reference, ptr::null_mut())
        };
        if bytes.is_null() {
            return Err(malformed());
        }
        let lent = Lent { array: self, bytes };
        // SAFETY: the JVM holds the whole array still until `lent` is dropped, and
        // the caller promises that nobody else uses it.
        work(unsafe { slice::from_raw_parts_mut(lent.bytes.cast::<u8>(), self.length) })
    }
}

/// Gives an array back, after a panic as well.
struct Lent {
    array: Array,
    bytes: *mut core::ffi::c_void,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Array { env, reference, .. } = self.array;
        // SAFETY: `Array::new`'s promise. 0 keeps what was written to a copy, too.
        unsafe { ((**env).v1_2.ReleasePrimitiveArrayCritical)(env, reference, self.bytes, 0) }
    }
}

/// Takes parts of these lengths off the front.
pub(crate) fn split<const N: usize>(
    mut bytes: &mut [u8],
    lengths: [jlong; N],
) -> Result<([&mut [u8]; N], &mut [u8]), Error> {
    let mut parts = [(); N].map(|()| <&mut [u8]>::default());
    for (part, length) in parts.iter_mut().zip(lengths) {
        let length = usize::try_from(length).map_err(|_| malformed())?;
        *part = bytes.split_off_mut(..length).ok_or_else(malformed)?;
    }
    Ok((parts, bytes))
}
