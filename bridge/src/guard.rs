//! A panic must neither cross a language boundary nor look like success.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookseal::{Error, ErrorCode};

/// Runs `work`; a panic becomes the error `internal`. Each entry of a binding calls
/// it once: nothing else in this crate catches a panic.
///
/// # Errors
/// What `work` returns, or `internal`.
pub fn guard<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Nothing observable survives a panic: a verifier is immutable and every
    // result is built inside `work`.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::new(
            ErrorCode::Internal,
            "the library failed; please report it",
        ))
    })
}

/// Panics on purpose inside the guard, so that each binding can show in a test
/// that a panic arrives as `internal`.
///
/// # Errors
/// Always `internal`.
pub fn panic_self_test() -> Result<(), Error> {
    guard(|| panic!("deliberate panic of the self-test"))
}
