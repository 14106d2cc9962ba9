//! Opaque tokens: the way to `hookseal._introspection`, which asks their issuer.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The hook that asks.
pub(crate) struct Introspection(Py<PyAny>);

impl Introspection {
    pub(crate) fn new(introspect: &Bound<'_, PyAny>) -> Self {
        Self(introspect.clone().unbind())
    }

    /// What the issuer says of the token, as JSON.
    pub(crate) fn ask<'py>(&self, py: Python<'py>, token: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let answer = py
            .import(intern!(py, "hookseal._introspection"))?
            .call_method1(intern!(py, "ask"), (&self.0, PyBytes::new(py, token)))?;
        Ok(answer.cast_into::<PyBytes>()?)
    }

    /// Shows the hook to the garbage collector.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }
}
