//! From the core's error, or a panic, to the exceptions of `hookseal.errors`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookseal_bridge::{Error, ErrorCode};
use pyo3::PyErrArguments;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::reply::Reply;

static VERIFICATION_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static CONFIGURATION_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The exception for an error of the core.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    if error.code() == ErrorCode::Configuration {
        return configuration(py, error.detail());
    }
    let arguments = (
        error.code().as_str(),
        error.detail().to_owned(),
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
    match CONFIGURATION_ERROR.import(py, "hookseal.errors", "ConfigurationError") {
        Ok(class) => PyErr::from_type(class.clone(), (detail.to_owned(),)),
        Err(import_failed) => import_failed,
    }
}

fn raised(py: Python<'_>, arguments: impl PyErrArguments + 'static) -> PyErr {
    match VERIFICATION_ERROR.import(py, "hookseal.errors", "VerificationError") {
        Ok(class) => PyErr::from_type(class.clone(), arguments),
        Err(import_failed) => import_failed,
    }
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
