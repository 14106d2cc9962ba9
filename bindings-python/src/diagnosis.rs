//! Why a request was refused, as far as headers show it that `verify` does not
//! read.

use std::net::IpAddr;

use hookseal_bridge::{Error, Handle};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

use crate::error::raise_with;
use crate::headers::HeaderNames;

/// The headers to look at after a refusal.
pub(crate) struct Diagnosis(HeaderNames);

impl Diagnosis {
    pub(crate) fn new(py: Python<'_>, names: Vec<String>) -> Self {
        Self(HeaderNames::new(py, names))
    }

    /// The exception for `error`, with what all headers show of its cause. They are
    /// read a second time; what gives none this time adds nothing.
    #[cold]
    pub(crate) fn raise(
        &self,
        handle: &Handle,
        error: &Error,
        headers: &Bound<'_, PyAny>,
        peer: Option<IpAddr>,
        body: &[u8],
    ) -> PyErr {
        let py = headers.py();
        let more = match self.0.pick(headers) {
            Ok(picked) => handle.diagnose(error.code(), &picked.pairs(&self.0), peer, body),
            // What must not be swallowed, such as `KeyboardInterrupt`.
            Err(failed) if !failed.is_instance_of::<PyException>(py) => return failed,
            Err(_) => String::new(),
        };
        raise_with(py, error, &more)
    }
}
