//! JavaScript functions that own what they work with.
//!
//! Raw Node-API: the wrappers of the napi crate read each argument into an allocation of its own,
//! which costs as much as the hash of a small body.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use hookseal_bridge::{Error, guard};
use napi::bindgen_prelude::Env;
use napi::{Status, sys};

use crate::answer::{Answer, failure_text};
use crate::arguments::{Arguments, MAX_ARGUMENTS};

/// The Rust side of a bound function.
pub(crate) type Entry<T> = fn(&T, &Arguments<'_>) -> Result<Answer, Error>;

/// What a function object owns.
struct Bound<T> {
    owned: Arc<T>,
    entry: Entry<T>,
}

/// Makes a function that calls `entry` with `owned`.
pub(crate) fn bind<T>(env: &Env, owned: Arc<T>, entry: Entry<T>) -> napi::Result<sys::napi_value> {
    let env = env.raw();
    let bound = Box::into_raw(Box::new(Bound { owned, entry }));
    let mut function = ptr::null_mut();
    // SAFETY: `env` is the environment of the call in progress; the data pointer stays valid until
    // `release`, which runs once the function object can no longer be called.
    let status = unsafe {
        let created = sys::napi_create_function(
            env,
            ptr::null(),
            0,
            Some(call::<T>),
            bound.cast(),
            &mut function,
        );
        if created == sys::Status::napi_ok {
            let hint = ptr::null_mut();
            let reference = ptr::null_mut();
            sys::napi_add_finalizer(
                env,
                function,
                bound.cast(),
                Some(release::<T>),
                hint,
                reference,
            )
        } else {
            created
        }
    };
    if status == sys::Status::napi_ok {
        return Ok(function);
    }
    // SAFETY: no finalizer was registered, so the box is still ours alone.
    drop(unsafe { Box::from_raw(bound) });
    Err(napi::Error::from_status(Status::from(status)))
}

unsafe extern "C" fn release<T>(_env: sys::napi_env, bound: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `bound` came from `Box::into_raw` in `bind`, and Node runs a finalizer once.
    let bound = unsafe { Box::from_raw(bound.cast::<Bound<T>>()) };
    // There is no caller to tell of a destructor that panics.
    let _ = guard(|| {
        drop(bound);
        Ok(())
    });
}

/// The entry from JavaScript, where a panic becomes `internal`. A null result is `undefined` there,
/// which the shim takes for a bug of this library, never for success.
unsafe extern "C" fn call<T>(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut values = [ptr::null_mut(); MAX_ARGUMENTS];
    let mut count = MAX_ARGUMENTS;
    let mut data = ptr::null_mut();
    // SAFETY: `env` and `info` are those of this call, and `values` has room for `count` arguments.
    let status = unsafe {
        let this = ptr::null_mut();
        sys::napi_get_cb_info(env, info, &mut count, values.as_mut_ptr(), this, &mut data)
    };
    if status != sys::Status::napi_ok || data.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: `data` is the box of `bind`; it outlives the function object, which is alive while it
    // is called. Only shared references to it exist.
    let bound = unsafe { &*data.cast::<Bound<T>>() };
    let given = values.get(..count).unwrap_or(&values);
    // SAFETY: the values are the arguments of the call in progress in `env`.
    let arguments = unsafe { Arguments::new(env, given) };
    let answer = guard(|| (bound.entry)(&bound.owned, &arguments))
        .unwrap_or_else(|error| Answer::Utf8(failure_text(&error)));
    // SAFETY: `env` is the environment of the call in progress.
    unsafe { value(env, &answer) }
}

/// # Safety
/// `env` must be the environment of the call in progress.
unsafe fn value(env: sys::napi_env, answer: &Answer) -> sys::napi_value {
    let mut value = ptr::null_mut();
    let chars = |text: &[u8]| (text.as_ptr().cast(), text.len() as isize);
    // SAFETY: a text has as many bytes as it says, never more than an `isize` holds; on failure
    // Node-API leaves `value` null.
    unsafe {
        match answer {
            Answer::Latin1(text) => {
                let (text, length) = chars(text);
                sys::napi_create_string_latin1(env, text, length, &mut value)
            }
            Answer::Utf8(text) => {
                let (text, length) = chars(text.as_bytes());
                sys::napi_create_string_utf8(env, text, length, &mut value)
            }
            Answer::Length(length) => sys::napi_create_int64(env, *length as i64, &mut value),
        }
    };
    value
}
