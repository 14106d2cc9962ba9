//! A whole HTTP response that the core has made.

use hookseal_bridge as bridge;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

/// An HTTP response to send as it is: the answer to a challenge, or that of a
/// token endpoint.
#[pyclass(frozen, eq, module = "hookseal")]
#[derive(PartialEq, Eq)]
pub(crate) struct Reply {
    /// The HTTP status.
    #[pyo3(get)]
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl From<&bridge::Reply> for Reply {
    fn from(reply: &bridge::Reply) -> Self {
        Self {
            status: reply.status(),
            headers: reply
                .headers()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: reply.body().as_bytes().to_vec(),
        }
    }
}

#[pymethods]
impl Reply {
    #[new]
    fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// Pairs of name and value, without `Content-Length`.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.headers)
    }

    /// The body, whose bytes must not be changed; empty where there is none.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.body)
    }

    /// What `pickle` and `copy` hand to the constructor.
    fn __getnewargs__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(u16, Bound<'py, PyTuple>, Bound<'py, PyBytes>)> {
        Ok((self.status, self.headers(py)?, self.body(py)))
    }

    /// Leaves the body out: it may hold a token.
    fn __repr__(&self) -> String {
        format!("<hookseal.Reply status={}>", self.status)
    }
}
