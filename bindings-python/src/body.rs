//! The raw body: `bytes` as it is, every other buffer as a copy.

use hookseal_bridge::ErrorCode;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PyString};

use crate::error::verification;
use crate::text::type_name;

/// The body as `bytes`.
///
/// A `bytearray` or a `memoryview` can be changed by another thread while the
/// call runs, so it is copied first and the copy is what gets verified and
/// handed out.
pub(crate) fn body_bytes<'py>(body: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = body.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    let py = body.py();
    let refused = || verification(py, ErrorCode::BodyAlreadyParsed, &why_not(body));
    // A memoryview can be made of a buffer only: unlike `bytes(…)`, which would
    // also take a list of numbers, or a number.
    let view = PyMemoryView::from(body).map_err(|_| refused())?;
    let copy = py
        .get_type::<PyBytes>()
        .call1((view,))
        .map_err(|_| refused())?;
    Ok(copy.cast_into::<PyBytes>()?)
}

fn why_not(body: &Bound<'_, PyAny>) -> String {
    let reason = if body.is_instance_of::<PyString>() {
        "the body is a str: decoding has already lost the bytes that were signed"
    } else if body.is_none() {
        "the body is None: pass b\"\" when the request has no body"
    } else {
        return format!(
            "the body is of type {}, so it was parsed: a signature covers the raw bytes; \
             read them before any parser does (Flask: request.get_data(), \
             Django: request.body, FastAPI: await request.body())",
            type_name(body)
        );
    };
    format!(
        "{reason}; pass the raw bytes (Flask: request.get_data(), Django: request.body, \
         FastAPI: await request.body())"
    )
}
