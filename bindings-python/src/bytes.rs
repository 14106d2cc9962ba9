//! Bytes that a host gives: `bytes` as they are, every other buffer as a copy.

use hookseal_bridge::ErrorCode;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PyString};

use crate::error::verification;
use crate::text::{type_name, wrong_type};

/// The body of a request. What is verified is what gets handed out.
pub(crate) fn body_bytes<'py>(body: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    buffer(body)
        .ok_or_else(|| verification(body.py(), ErrorCode::BodyAlreadyParsed, &why_not(body)))
}

/// What a body carried, which is rejected like one.
pub(crate) fn ciphertext_bytes<'py>(
    ciphertext: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    buffer(ciphertext).ok_or_else(|| {
        let detail = format!(
            "the ciphertext is of type {}: pass its raw bytes, decoded from base64 or hex",
            type_name(ciphertext)
        );
        verification(ciphertext.py(), ErrorCode::BodyAlreadyParsed, &detail)
    })
}

/// The IV, whose type is up to the calling program alone: another one is a
/// `ConfigurationError`.
pub(crate) fn iv_bytes<'py>(iv: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    buffer(iv).ok_or_else(|| wrong_type(iv, "iv", "bytes or None"))
}

/// `None` for what is not a buffer.
///
/// A `bytearray` or a `memoryview` can be changed by another thread while the
/// call runs, so it is copied first.
fn buffer<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyBytes>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Some(bytes.clone());
    }
    // A memoryview can be made of a buffer only: unlike `bytes(…)`, which would
    // also take a list of numbers, or a number.
    let view = PyMemoryView::from(value).ok()?;
    let copy = value.py().get_type::<PyBytes>().call1((view,)).ok()?;
    copy.cast_into().ok()
}

fn why_not(body: &Bound<'_, PyAny>) -> String {
    let reason = if body.is_instance_of::<PyString>() {
        "a str: decoding has already lost the bytes that were signed".to_owned()
    } else if body.is_none() {
        "None: pass b\"\" when the request has no body".to_owned()
    } else {
        format!("of type {}, so it was parsed", type_name(body))
    };
    format!(
        "the body is {reason}; pass the raw bytes, read before any parser reads them (Flask: \
         request.get_data(), Django: request.body, FastAPI: await request.body())"
    )
}
