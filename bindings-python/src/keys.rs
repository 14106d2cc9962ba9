//! Keys that live elsewhere: the way to `hookseal._keys`, which fetches them.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use serde::Deserialize;

use crate::verifier::Verifier;

/// The bounds of one request for keys, as `Handle::describe` tells them.
#[derive(Deserialize)]
pub(crate) struct RemoteKeys {
    timeout_ms: u64,
    max_bytes: usize,
}

/// A `hookseal._keys.KeyLoader`.
pub(crate) struct KeyLoader(Py<PyAny>);

impl KeyLoader {
    /// Imports the module, with the HTTP client that it needs, only here.
    pub(crate) fn new(
        py: Python<'_>,
        remote: &RemoteKeys,
        fetch_keys: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let arguments = (remote.timeout_ms, remote.max_bytes, fetch_keys);
        let loader = py
            .import(intern!(py, "hookseal._keys"))?
            .call_method1(intern!(py, "KeyLoader"), arguments)?;
        Ok(Self(loader.unbind()))
    }

    /// Loads the keys if that is due. Returns why they could not be had.
    pub(crate) fn load(&self, verifier: &Bound<'_, Verifier>) -> PyResult<Option<String>> {
        let py = verifier.py();
        self.0
            .call_method1(py, intern!(py, "load"), (verifier,))?
            .extract(py)
    }

    /// Shows the hook to the garbage collector.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }
}
