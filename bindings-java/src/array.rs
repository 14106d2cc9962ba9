//! Java arrays through the JNI function table.
//!
//! They are copied, because a Java thread can write to them at any time and a
//! verdict must be about one state of the bytes.

use core::mem::MaybeUninit;
use core::{ptr, slice};

use jni::sys::{JNIEnv, jbyte, jbyteArray, jsize};

use hookseal_bridge::{Error, ErrorCode};

/// Room for a request of the usual size. A Java thread has a stack of hundreds
/// of KiB.
const ON_STACK: usize = 8 * 1024;

/// A Java `byte[]`, or the front of one, for the length of a native call.
#[derive(Clone, Copy)]
pub(crate) struct Array {
    env: *mut JNIEnv,
    reference: jbyteArray,
    length: usize,
}

/// Copies arrays to the stack, or to one heap block where they are larger, and
/// lends the copies.
pub(crate) fn with_copies<const N: usize, T>(
    arrays: [Array; N],
    work: impl FnOnce([&mut [u8]; N]) -> Result<T, Error>,
) -> Result<T, Error> {
    let total = arrays.iter().try_fold(0_usize, |total, array| {
        total.checked_add(array.length).ok_or_else(uncopied)
    })?;
    let mut stack = [const { MaybeUninit::uninit() }; ON_STACK];
    let mut heap = Vec::new();
    let mut room = match stack.get_mut(..total) {
        Some(room) => room,
        None => {
            heap.try_reserve_exact(total).map_err(|_| uncopied())?;
            // The capacity is at least `total`.
            &mut heap.spare_capacity_mut()[..total]
        }
    };
    let mut copies = [(); N].map(|()| <&mut [u8]>::default());
    for (copy, array) in copies.iter_mut().zip(arrays) {
        let target = room.split_off_mut(..array.length).ok_or_else(uncopied)?;
        *copy = array.copy_to(target)?;
    }
    work(copies)
}

/// A new array of these bytes; null where the JVM has no room for it, which then
/// throws.
///
/// # Safety
/// `env` is the calling thread's.
pub(crate) unsafe fn new_array(env: *mut JNIEnv, bytes: &[u8]) -> jbyteArray {
    let Ok(length) = jsize::try_from(bytes.len()) else {
        return ptr::null_mut();
    };
    // SAFETY: the caller's promise.
    unsafe {
        let functions = &(**env).v1_1;
        let reference = (functions.NewByteArray)(env, length);
        if !reference.is_null() {
            (functions.SetByteArrayRegion)(env, reference, 0, length, bytes.as_ptr().cast());
        }
        reference
    }
}

impl Array {
    /// Null counts as an empty array.
    ///
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

    /// The front of the array alone.
    pub(crate) fn first(self, length: jsize) -> Result<Self, Error> {
        let length = usize::try_from(length).map_err(|_| uncopied())?;
        if length > self.length {
            return Err(uncopied());
        }
        Ok(Self { length, ..self })
    }

    /// Fills `room` with the first bytes of the array.
    fn copy_to<'r>(&self, room: &'r mut [MaybeUninit<u8>]) -> Result<&'r mut [u8], Error> {
        if room.is_empty() {
            return Ok(&mut []);
        }
        if room.len() > self.length {
            return Err(uncopied());
        }
        let count = jsize::try_from(room.len()).map_err(|_| uncopied())?;
        let target = room.as_mut_ptr().cast::<jbyte>();
        // SAFETY: `new`'s promise; `target` has room for `count` bytes, and the
        // array holds that many, so no exception is thrown and all are written.
        // The check is what `-Xcheck:jni` demands between such a call and another.
        unsafe {
            let functions = &(**self.env).v1_1;
            (functions.GetByteArrayRegion)(self.env, self.reference, 0, count, target);
            if has_exception(self.env) {
                return Err(uncopied());
            }
            Ok(slice::from_raw_parts_mut(target.cast::<u8>(), room.len()))
        }
    }

    /// Puts both at the front of the array, where they fit as a whole, and answers
    /// with their length.
    pub(crate) fn overwrite(&self, head: &[u8], tail: &[u8]) -> u32 {
        let length = head.len() + tail.len();
        if length <= self.length {
            self.write(0, head);
            if !tail.is_empty() {
                // SAFETY: `new`'s promise. The check is as in `copy_to`.
                unsafe { has_exception(self.env) };
                self.write(head.len(), tail);
            }
        }
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// Puts `bytes` where they must fit.
    fn write(&self, start: usize, bytes: &[u8]) {
        let (Ok(start), Ok(count)) = (jsize::try_from(start), jsize::try_from(bytes.len())) else {
            return;
        };
        let source = bytes.as_ptr().cast::<jbyte>();
        // SAFETY: `new`'s promise; `source` has `count` bytes. The JVM checks
        // that they fit.
        unsafe {
            let functions = &(**self.env).v1_1;
            (functions.SetByteArrayRegion)(self.env, self.reference, start, count, source);
        }
    }
}

/// # Safety
/// `env` is the calling thread's.
unsafe fn has_exception(env: *mut JNIEnv) -> bool {
    // SAFETY: the caller's promise.
    unsafe { ((**env).v1_2.ExceptionCheck)(env) }
}

fn uncopied() -> Error {
    Error::new(ErrorCode::Internal, "the arguments cannot be copied")
}
