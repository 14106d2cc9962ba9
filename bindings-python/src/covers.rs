//! `hookseal.Covers`.

use hookseal_bridge as bridge;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::error::guarded;

/// What a scheme authenticates of a delivery.
///
/// The levels of `body` and `url`, from the weakest to the strongest:
///
/// - "none": nothing is signed.
/// - "weak": what is signed can be replaced by something of the same digest.
/// - "joined": it is signed, but runs together with what stands beside it: whoever
///   has a signed request can move text from one field to the next.
/// - "part": named fields, or all but some, each kept apart.
/// - "full": every byte, directly or through a digest that was compared.
#[pyclass(frozen, eq, module = "hookseal")]
#[derive(PartialEq, Eq)]
pub(crate) struct Covers {
    /// How much of the body is signed.
    #[pyo3(get)]
    body: &'static str,
    /// How much of the URL is signed.
    #[pyo3(get)]
    url: &'static str,
    /// Whether the HTTP method is signed.
    #[pyo3(get)]
    method: bool,
    /// "signed", "unsigned" or "none".
    #[pyo3(get)]
    timestamp: &'static str,
    /// "signed", "unsigned" or "none".
    #[pyo3(get)]
    delivery_id: &'static str,
    /// Whether the body was encrypted on its way.
    #[pyo3(get)]
    confidential: bool,
    parts: Vec<String>,
}

impl From<bridge::Covers> for Covers {
    fn from(covers: bridge::Covers) -> Self {
        Self {
            body: covers.body.as_str(),
            url: covers.url.as_str(),
            method: covers.method,
            timestamp: covers.timestamp.as_str(),
            delivery_id: covers.delivery_id.as_str(),
            confidential: covers.confidential,
            parts: covers.parts,
        }
    }
}

#[pymethods]
impl Covers {
    /// The fields of the string to sign as the scheme writes them: "body",
    /// "url.path", "header:x-event", and a list with what it leaves out, as
    /// "query -signature".
    #[getter]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(py, || PyTuple::new(py, &self.parts))
    }

    /// The same as a dict, for logs and JSON.
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        guarded(py, || {
            let dict = PyDict::new(py);
            dict.set_item("body", self.body)?;
            dict.set_item("url", self.url)?;
            dict.set_item("method", self.method)?;
            dict.set_item("timestamp", self.timestamp)?;
            dict.set_item("delivery_id", self.delivery_id)?;
            dict.set_item("confidential", self.confidential)?;
            dict.set_item("parts", &self.parts)?;
            Ok(dict)
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<hookseal.Covers {}>", self.as_dict(py)?.repr()?))
    }
}
