//! Why a request was rejected, as far as headers show it that a verifier does not read.

use core::ffi::c_char;

use crate::answer::{Detail, answer};
use crate::input::{bytes, required};
use crate::request::{RequestParts, address};
use crate::verifier::Verifier;

/// What the headers of a rejected request show of the cause: written to `more`, NUL-terminated, to
/// be appended to the detail of the error. Nothing where there is nothing to say, and otherwise it
/// begins with a semicolon.
///
/// - `code`: what `hookseal_verify` or `hookseal_check_head` returned.
/// - `request`: only its headers, its peer and the first 16 bytes of its body are read. The headers
///   are those that `diagnostic_header_names` of `hookseal_describe` names: a slot is a position
///   there.
///
/// Returns 0, or `internal` where an argument is wrong.
///
/// # Safety
/// `verifier` and `request` are valid; headers, peer and body of the request are readable for their
/// length and nobody changes them during the call; `more` is writable for `more_size` bytes, or
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookseal_diagnose(
    verifier: Option<&Verifier>,
    code: i32,
    request: Option<&RequestParts>,
    more: *mut c_char,
    more_size: usize,
) -> i32 {
    // SAFETY: the caller's promise is passed on.
    let more = unsafe { Detail::new(more, more_size) };
    more.write("");
    // SAFETY: there is no buffer, so that an error cannot pass for what was found.
    let unsaid = unsafe { Detail::new(core::ptr::null_mut(), 0) };
    answer(unsaid, || {
        let verifier = required(verifier, "verifier")?;
        let request = required(request, "request")?;
        // SAFETY: the caller promises readable parts that stay as they are during the call.
        let (headers, peer, body) = unsafe {
            (
                bytes(request.headers, request.headers_len)?,
                bytes(request.peer, request.peer_len)?,
                bytes(request.body, request.body_len)?,
            )
        };
        let (handle, peer) = (&verifier.handle, address(peer)?);
        more.write(&handle.diagnose_packed(code, headers, peer, body)?);
        Ok(())
    })
}
