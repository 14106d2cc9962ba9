//! What the library says of itself. Each text is built once and never freed.

use core::ffi::c_char;
use std::ffi::CString;
use std::sync::OnceLock;

use hookseal_bridge::{VERSION, error_codes_json, guard, panic_self_test, schemes_json};

use crate::answer::{Detail, answer};
use crate::constants::HOOKSEAL_ABI_VERSION;

/// The version of the ABI that the library was built with: compare it with `HOOKSEAL_ABI_VERSION`,
/// and make no other call where they differ.
#[unsafe(no_mangle)]
pub extern "C" fn hookseal_abi_version() -> u32 {
    HOOKSEAL_ABI_VERSION
}

/// The version of the library, e.g. `0.1.0`. Static; never NULL, not to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn hookseal_version() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    text(&TEXT, || VERSION)
}

/// Every error code as JSON: `[{"code":"missing_header","number":1,"status":401}, …]`. `status` is
/// the HTTP status to answer with. Static, not to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn hookseal_error_codes() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    text(&TEXT, error_codes_json)
}

/// The catalogue of schemes with their options, as JSON. Static, not to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn hookseal_schemes() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    text(&TEXT, schemes_json)
}

/// Panics on purpose, so that a caller can prove in a test that a panic arrives as the code
/// `internal`. Not part of the header.
///
/// # Safety
/// As for the buffer of every other function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_panic_self_test(detail: *mut c_char, detail_size: usize) -> i32 {
    // SAFETY: the caller's promise is passed on.
    answer(unsafe { Detail::new(detail, detail_size) }, panic_self_test)
}

fn text<T: Into<Vec<u8>>>(
    cell: &'static OnceLock<CString>,
    make: impl FnOnce() -> T,
) -> *const c_char {
    // None of the texts holds a NUL; should one ever, or should making it panic, it is empty.
    let text = guard(|| {
        Ok(cell
            .get_or_init(|| CString::new(make()).unwrap_or_default())
            .as_c_str())
    });
    text.unwrap_or_default().as_ptr()
}
