//! `hookseal.Covers`.

use hookseal_bridge as bridge;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::guarded;

/// What a scheme authenticates of a delivery.
#[pyclass(frozen, eq, module = "hookseal", get_all)]
#[derive(PartialEq, Eq)]
pub(crate) struct Covers {
    /// "full", "fields" or "none".
    body: &'static str,
    /// "full", "without_query" or "none".
    url: &'static str,
    /// Whether the HTTP method is signed.
    method: bool,
    /// "signed", "unsigned" or "none".
    timestamp: &'static str,
    /// "signed", "unsigned" or "none".
    delivery_id: &'static str,
    /// Whether the body was encrypted on its way.
    confidential: bool,
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
        }
    }
}

#[pymethods]
impl Covers {
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
            Ok(dict)
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<hookseal.Covers {}>", self.as_dict(py)?.repr()?))
    }
}
