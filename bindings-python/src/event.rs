//! What a verified delivery proves, as Python sees it.

use std::borrow::Cow;
use std::fmt::Write as _;

use hookseal_bridge::Facts;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyMappingProxy};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::guarded;
use crate::verifier::{Verifier, malformed};

/// A delivery that was proven. Only `Verifier.verify` makes one.
#[pyclass(frozen, module = "hookseal")]
pub(crate) struct VerifiedEvent {
    /// Holds the names that the indices below point to.
    verifier: Py<Verifier>,
    payload: Py<PyBytes>,
    timestamp: Option<i64>,
    /// ASCII, as the core hands it out.
    delivery_id: Option<Box<[u8]>>,
    replay_key: Option<[u8; 64]>,
    /// As `Facts::token` has it.
    token: Option<String>,
    key: u16,
    variant: u8,
    url_form: u8,
}

/// What the token of a delivery says.
#[derive(Deserialize)]
struct Token<'a> {
    key_id: Cow<'a, str>,
    #[serde(borrow)]
    claims: &'a RawValue,
}

impl VerifiedEvent {
    /// The event of a delivery with that body.
    pub(crate) fn new<'py>(
        verifier: &Bound<'py, Verifier>,
        body: &Bound<'py, PyBytes>,
        facts: Facts<'_>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = verifier.py();
        let payload = match &facts.payload {
            Some(decrypted) => PyBytes::new(py, decrypted).unbind(),
            None => body.clone().unbind(),
        };
        let event = Self {
            verifier: verifier.clone().unbind(),
            payload,
            timestamp: facts.timestamp,
            delivery_id: facts.delivery_id.map(Box::from),
            replay_key: facts.replay_key,
            token: facts.token,
            key: facts.key,
            variant: facts.variant,
            url_form: facts.url_form,
        };
        Bound::new(py, event)
    }

    /// What the token says, read when somebody asks.
    fn token(&self, py: Python<'_>) -> PyResult<Option<Token<'_>>> {
        self.token
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|_| malformed(py))
    }

    fn names(&self) -> &Verifier {
        self.verifier.get()
    }
}

#[pymethods]
impl VerifiedEvent {
    /// The body that was verified, which is the very object that was given if it
    /// was `bytes`; or what that decrypts to.
    #[getter]
    fn payload(&self, py: Python<'_>) -> Py<PyBytes> {
        self.payload.clone_ref(py)
    }

    /// The id of the scheme that proved it.
    #[getter]
    fn scheme(&self) -> &str {
        self.names().scheme_id()
    }

    /// The key that matched: its position ("0", "1", …), its own label, or its
    /// `kid` in a key set.
    #[getter]
    fn key_id(&self, py: Python<'_>) -> PyResult<Cow<'_, str>> {
        guarded(py, || {
            Ok(match self.token(py)? {
                Some(token) => token.key_id,
                None => self.names().key_label(usize::from(self.key)).into(),
            })
        })
    }

    /// The signed time in unix seconds; None where the scheme signs none.
    #[getter]
    fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }

    /// The signed id or nonce; None where the scheme signs none.
    #[getter]
    fn delivery_id(&self) -> Option<&str> {
        std::str::from_utf8(self.delivery_id.as_deref()?).ok()
    }

    /// 64 hex digits, equal for two deliveries of the same signed message; None
    /// where the scheme signs no message.
    #[getter]
    fn replay_key(&self) -> Option<&str> {
        std::str::from_utf8(self.replay_key.as_ref()?).ok()
    }

    /// The claims of the token; empty for a scheme without one. Read anew at each
    /// access, so that nobody can change what the event says.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMappingProxy>> {
        guarded(py, || {
            let claims = match self.token(py)? {
                Some(token) => py
                    .import(intern!(py, "json"))?
                    .call_method1(intern!(py, "loads"), (token.claims.get(),))?
                    .cast_into::<PyMapping>()?,
                None => PyDict::new(py).into_mapping(),
            };
            Ok(PyMappingProxy::new(py, &claims))
        })
    }

    /// What was authenticated.
    #[getter]
    fn covers(&self, py: Python<'_>) -> PyResult<Py<Covers>> {
        guarded(py, || self.names().covers(py, usize::from(self.variant)))
    }

    /// Which form of the URL matched, e.g. "as-is".
    #[getter]
    fn url_form(&self) -> &str {
        self.names().url_form(usize::from(self.url_form))
    }

    /// For the garbage collector: a hook of the verifier may keep the event.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.verifier)
    }

    /// Leaves payload and claims out: what tells of people belongs in no log.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = format!(
            "<hookseal.VerifiedEvent scheme={:?} key_id={:?}",
            self.scheme(),
            self.key_id(py)?
        );
        if let Some(timestamp) = self.timestamp {
            // Writing to a String cannot fail.
            let _ = write!(text, " timestamp={timestamp}");
        }
        if let Some(id) = self.delivery_id() {
            let _ = write!(text, " delivery_id={id:?}");
        }
        text.push('>');
        Ok(text)
    }
}

/// What a scheme authenticates of a delivery.
#[pyclass(frozen, eq, module = "hookseal")]
#[derive(Deserialize, PartialEq, Eq)]
pub(crate) struct Covers {
    /// "full", "fields" or "none".
    #[pyo3(get)]
    body: String,
    /// "full", "without_query" or "none".
    #[pyo3(get)]
    url: String,
    /// Whether the HTTP method is signed.
    #[pyo3(get)]
    method: bool,
    /// "signed", "unsigned" or "none".
    #[pyo3(get)]
    timestamp: String,
    /// "signed", "unsigned" or "none".
    #[pyo3(get)]
    delivery_id: String,
    /// Whether the body was encrypted on its way.
    #[pyo3(get)]
    confidential: bool,
}

#[pymethods]
impl Covers {
    /// The same as a dict, for logs and JSON.
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        guarded(py, || {
            let dict = PyDict::new(py);
            dict.set_item("body", &self.body)?;
            dict.set_item("url", &self.url)?;
            dict.set_item("method", self.method)?;
            dict.set_item("timestamp", &self.timestamp)?;
            dict.set_item("delivery_id", &self.delivery_id)?;
            dict.set_item("confidential", self.confidential)?;
            Ok(dict)
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<hookseal.Covers {}>", self.as_dict(py)?.repr()?))
    }
}
