//! The boundary: how Java calls a method, and how the method answers.
//!
//! Each method returns one `byte[]`, `[i32 code, little-endian][payload]`. Code 0
//! is success, any other an error in the form of [`failure`]. A method that answers in
//! an array it was given returns that array. `null` is never success: the JVM had no
//! room for the answer. So Java alone decides what is thrown.

use core::any::Any;
use core::ptr;

use jni_sys::{JNIEnv, jbyteArray, jlong};

use hookseal_bridge::{Error, guard};

use crate::array::{Array, new_array};
use crate::packed::{failure, malformed};

/// Defines methods of the Java class `io.hookseal.Native`: their name there, their
/// arguments as [`Argument`]s, and a block that results in an [`Answer`] or an error.
/// A panic in it is the error `internal`.
macro_rules! natives {
    ($(
        $(#[doc = $doc:literal])*
        $name:literal => fn $function:ident($($argument:ident: $type:ty),* $(,)?) $work:block
    )*) => {$(
        $(#[doc = $doc])*
        ///
        /// # Safety
        /// `env` is the calling thread's, and the arguments are as `Argument::read` asks.
        #[unsafe(export_name = concat!("Java_io_hookseal_Native_", $name))]
        unsafe extern "system" fn $function(
            env: *mut jni_sys::JNIEnv,
            _class: jni_sys::jclass,
            $($argument: <$type as $crate::native::Argument>::Raw,)*
        ) -> jni_sys::jbyteArray {
            let work = move || {
                // SAFETY: the caller's promise.
                $(let $argument = unsafe {
                    <$type as $crate::native::Argument>::read(env, $argument)
                }?;)*
                $work
            };
            // SAFETY: the caller's promise.
            unsafe { $crate::native::answer(env, work) }
        }
    )*};
}

/// What a method takes.
pub(crate) trait Argument: Sized {
    /// As it comes from Java.
    type Raw;

    /// # Safety
    /// `env` is the calling thread's, and `raw` is valid as long as the call takes:
    /// an array is one or null; a handle comes from the method that opens it, and no
    /// other call closes it meanwhile or, where it is taken as a box, uses it.
    unsafe fn read(env: *mut JNIEnv, raw: Self::Raw) -> Result<Self, Error>;
}

/// What a method answers.
pub(crate) enum Answer {
    /// Success with a payload.
    Payload(Vec<u8>),
    /// Success: the array that Java passed now holds the answer.
    InPlace(jbyteArray),
    /// Success: an object that Java owns from now on. The payload is
    /// `[i64 handle]` and then its description.
    Opened(Box<dyn Any>, Vec<u8>),
}

/// Runs a method. Nothing else stands between Java and a panic.
///
/// # Safety
/// `env` is the calling thread's.
pub(crate) unsafe fn answer(
    env: *mut JNIEnv,
    work: impl FnOnce() -> Result<Answer, Error>,
) -> jbyteArray {
    let success = 0_i32.to_le_bytes();
    // SAFETY: the caller's promise.
    let new_array = |parts: &[&[u8]]| unsafe { new_array(env, parts) };
    match guard(work) {
        Ok(Answer::InPlace(array)) => array,
        Ok(Answer::Payload(payload)) => new_array(&[&success, &payload]),
        Ok(Answer::Opened(object, description)) => {
            let object = Box::into_raw(object);
            let handle = (object.cast::<()>() as jlong).to_le_bytes();
            let array = new_array(&[&success, &handle, &description]);
            if array.is_null() {
                // SAFETY: made by `Box::into_raw` above, and Java never saw it.
                drop(unsafe { Box::from_raw(object) });
            }
            array
        }
        Err(error) => new_array(&[&failure(&error)]),
    }
}

impl Answer {
    pub(crate) fn payload(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Payload(bytes.into())
    }
}

/// An object that [`Answer::Opened`] gave to Java.
impl<T: 'static> Argument for &T {
    type Raw = jlong;

    unsafe fn read(_env: *mut JNIEnv, raw: jlong) -> Result<Self, Error> {
        // SAFETY: the caller's promise; `answer` made it with `Box::into_raw`.
        unsafe { ptr::with_exposed_provenance::<T>(raw as usize).as_ref() }.ok_or_else(malformed)
    }
}

/// The same, to close it: dropping wipes the keys.
impl<T: 'static> Argument for Box<T> {
    type Raw = jlong;

    unsafe fn read(_env: *mut JNIEnv, raw: jlong) -> Result<Self, Error> {
        if raw == 0 {
            return Err(malformed());
        }
        // SAFETY: the caller's promise; `answer` made it with `Box::into_raw`.
        Ok(unsafe { Self::from_raw(ptr::with_exposed_provenance_mut(raw as usize)) })
    }
}

impl Argument for jlong {
    type Raw = Self;

    unsafe fn read(_env: *mut JNIEnv, raw: Self) -> Result<Self, Error> {
        Ok(raw)
    }
}

impl Argument for Array {
    type Raw = jbyteArray;

    unsafe fn read(env: *mut JNIEnv, raw: jbyteArray) -> Result<Self, Error> {
        // SAFETY: the caller's promise.
        Ok(unsafe { Self::new(env, raw) })
    }
}
