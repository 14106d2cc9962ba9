//! From the core's error, or a panic, to the exceptions of `hookseal.errors`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookseal_bridge::{Error, ErrorCode};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use pyo3::{PyErrArguments, intern};

use crate::reply::Reply;

/// The exception for an error of the core.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    raise_with(py, error, "")
}

/// The same, with more behind the detail.
pub(crate) fn raise_with(py: Python<'_>, error: &Error, more: &str) -> PyErr {
    if error.code() == ErrorCode::Configuration {
        return configuration(py, error.detail());
    }
    let arguments = (
        error.code().as_str(),
        format!("{}{more}", error.detail()),
        error.status(),
        error.authenticate().map(str::to_owned),
        error.reply().map(Reply::from),
    );
    raised(py, arguments)
}

/// `VerificationError(code, detail)`.
pub(crate) fn verification(py: Python<'_>, code: ErrorCode, detail: &str) -> PyErr {
    raised(py, (code.as_str(), detail.to_owned()))
}

/// `ConfigurationError(detail)`.
pub(crate) fn configuration(py: Python<'_>, detail: &str) -> PyErr {
    match class(py, intern!(py, "ConfigurationError")) {
        Ok(class) => PyErr::from_type(class, (detail.to_owned(),)),
        Err(import_failed) => import_failed,
    }
}

fn raised(py: Python<'_>, arguments: impl PyErrArguments + 'static) -> PyErr {
    match class(py, intern!(py, "VerificationError")) {
        Ok(class) => PyErr::from_type(class, arguments),
        Err(import_failed) => import_failed,
    }
}

/// A class of `hookseal.errors`, looked up each time: every interpreter in the
/// process has its own (mod_wsgi runs several), and catches none but that.
fn class<'py>(py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyType>> {
    let class = py
        .import(intern!(py, "hookseal.errors"))?
        .getattr(name)?
        .cast_into::<PyType>()?;
    Ok(class)
}

/// Runs the body of an export. A panic becomes `internal`: the exception that
/// PyO3 would raise by itself derives from `BaseException`, so it escapes the
/// `except Exception` of every web framework.
pub(crate) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    // Nothing observable survives: results are built inside `work` only.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(verification(
            py,
            ErrorCode::Internal,
            "the library failed; please report it",
        ))
    })
}
