//! From the core's error, or a panic, to the exceptions of `hookseal.errors`.

use hookseal_bridge::{Error, ErrorCode, guard};
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
    exception(py, intern!(py, "VerificationError"), arguments)
}

/// For what the core returns.
pub(crate) trait OrRaise<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, &error))
    }
}

/// `VerificationError(code, detail)`.
pub(crate) fn verification(py: Python<'_>, code: ErrorCode, detail: &str) -> PyErr {
    let arguments = (code.as_str(), detail.to_owned());
    exception(py, intern!(py, "VerificationError"), arguments)
}

/// `ConfigurationError(detail)`.
pub(crate) fn configuration(py: Python<'_>, detail: &str) -> PyErr {
    let arguments = (detail.to_owned(),);
    exception(py, intern!(py, "ConfigurationError"), arguments)
}

/// The class is looked up each time: every interpreter in the process has its own
/// (mod_wsgi runs several), and catches none but that.
fn exception(
    py: Python<'_>,
    name: &Bound<'_, PyString>,
    arguments: impl PyErrArguments + 'static,
) -> PyErr {
    let class = || {
        let errors = py.import(intern!(py, "hookseal.errors"))?;
        Ok(errors.getattr(name)?.cast_into::<PyType>()?)
    };
    class().map_or_else(|failed| failed, |class| PyErr::from_type(class, arguments))
}

/// Runs the body of an entry. A panic becomes `internal`: the exception that PyO3
/// would raise by itself derives from `BaseException`, so it escapes the `except
/// Exception` of every web framework.
#[inline]
pub(crate) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    guard(|| Ok(work())).unwrap_or_else(|panicked| Err(raise(py, &panicked)))
}
