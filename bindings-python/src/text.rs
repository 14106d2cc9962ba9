//! Arguments that a host gives in one of several types.

use std::borrow::Cow;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::error::configuration;

/// The bytes of a `str` or `bytes` argument, borrowed where the host allows.
///
/// A method or URL of another type is a mistake in the calling program, so it
/// is a `ConfigurationError` that names the argument.
pub(crate) fn text<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = value.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Err(_) => Ok(Cow::Owned(encode_surrogates(text)?.as_bytes().to_vec())),
        };
    }
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
        Err(_) => Err(wrong_type(value, name, "a str or bytes")),
    }
}

/// A `str` with lone surrogates has no UTF-8 form. Its bytes only have to stay
/// non-ASCII, since that is what the core rejects.
pub(crate) fn encode_surrogates<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    let encoded = text.call_method1(intern!(py, "encode"), ("utf-8", "surrogatepass"))?;
    Ok(encoded.cast_into::<PyBytes>()?)
}

/// "`url` must be …, not int". Shows the type, never the value.
pub(crate) fn wrong_type(value: &Bound<'_, PyAny>, name: &str, wanted: &str) -> PyErr {
    configuration(
        value.py(),
        &format!("`{name}` must be {wanted}, not {}", type_name(value)),
    )
}

/// The name of a value's type, for messages.
pub(crate) fn type_name(value: &Bound<'_, PyAny>) -> String {
    value
        .get_type()
        .name()
        .map_or_else(|_| "another type".to_owned(), |name| name.to_string())
}
