//! `hookseal.VerifiedEvent`.

use std::sync::Arc;

use hookseal_bridge::{self as bridge, MessageIdentity, Names, Verified};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyMappingProxy, PyString};

use crate::covers::Covers;
use crate::error::guarded;

// It refers to no other Python object but the body, so it takes part in no cycle.
// What few programs ask for, such as the replay key, is computed when they do.
/// A verified delivery. Only `Verifier.verify` makes one.
#[pyclass(frozen, module = "hookseal")]
pub(crate) struct VerifiedEvent {
    names: Arc<Names>,
    /// The body that was verified, which is the very object that was given if it
    /// was `bytes`; or what that decrypts to.
    #[pyo3(get)]
    payload: Py<PyBytes>,
    /// The signed time in unix seconds; None where the scheme signs none.
    #[pyo3(get)]
    timestamp: Option<i64>,
    delivery_id: Option<Box<str>>,
    event_type: Option<Box<str>>,
    identity: Option<MessageIdentity>,
    /// The `kid` of a key of a key set; any other is `key`, by its position.
    kid: Option<Box<str>>,
    key: usize,
    claims: Option<Box<str>>,
    covers: bridge::Covers,
    /// Which form of the URL matched, e.g. "as-is".
    #[pyo3(get)]
    url_form: &'static str,
}

impl VerifiedEvent {
    /// The event of a delivery with that body.
    pub(crate) fn new<'py>(
        names: &Arc<Names>,
        body: &Bound<'py, PyBytes>,
        decrypts: bool,
        verified: &Verified<'_>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = body.py();
        let payload = if decrypts {
            PyBytes::new(py, verified.payload())
        } else {
            body.clone()
        };
        let event = Self {
            names: Arc::clone(names),
            payload: payload.unbind(),
            timestamp: verified.timestamp(),
            delivery_id: verified.delivery_id().and_then(text),
            event_type: verified.event_type().and_then(text),
            identity: verified.identity().cloned(),
            kid: (verified.key_index().is_none()).then(|| verified.key_id().into()),
            key: verified.key_index().unwrap_or_default(),
            claims: verified.claims().map(Box::from),
            covers: verified.covers().clone(),
            url_form: verified.url_form(),
        };
        Bound::new(py, event)
    }
}

/// `None` for what is no UTF-8 and so no text.
fn text(bytes: &[u8]) -> Option<Box<str>> {
    str::from_utf8(bytes).ok().map(Box::from)
}

#[pymethods]
impl VerifiedEvent {
    /// The id of the scheme that verified it.
    #[getter]
    fn scheme(&self) -> &str {
        self.names.scheme()
    }

    /// The key that matched: its position ("0", "1", …), its own label, or its
    /// `kid` in a key set.
    #[getter]
    fn key_id(&self) -> &str {
        let kid = self.kid.as_deref();
        kid.unwrap_or_else(|| self.names.key_id(self.key))
    }

    /// The signed id or nonce; None where the scheme signs none.
    #[getter]
    fn delivery_id(&self) -> Option<&str> {
        self.delivery_id.as_deref()
    }

    /// The signed type of the event as the provider names it; None where the scheme
    /// knows no signed place of it, or the delivery does not have it.
    #[getter]
    fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// 64 hex digits, equal for two deliveries of the same signed message; None
    /// where the scheme signs no message.
    #[getter]
    fn replay_key<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        guarded(py, || {
            let key = self.identity.as_ref().map(|it| self.names.replay_key(it));
            key.map(|key| PyString::from_bytes(py, &key.to_hex()))
                .transpose()
        })
    }

    /// The claims of the token; empty for a scheme without one. Read anew at each
    /// access, so that nobody can change what the event says.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMappingProxy>> {
        guarded(py, || {
            let claims = match &self.claims {
                Some(claims) => py
                    .import(intern!(py, "json"))?
                    .call_method1(intern!(py, "loads"), (&**claims,))?
                    .cast_into::<PyMapping>()?,
                None => PyDict::new(py).into_mapping(),
            };
            Ok(PyMappingProxy::new(py, &claims))
        })
    }

    /// The payload as text. It must be UTF-8; a byte order mark in front is left out.
    /// Raises ValueError where it is not, with nothing of it in the message.
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        guarded(py, || {
            let payload = self.payload.bind(py).as_bytes();
            let payload = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload);
            let text = str::from_utf8(payload);
            text.map(|text| PyString::new(py, text))
                .map_err(|_| PyValueError::new_err("the payload is not UTF-8"))
        })
    }

    /// What the payload says as JSON, newly parsed at each call. Raises ValueError
    /// where it is not JSON, with nothing of it in the message.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(py, || {
            let text = self.text(py)?;
            let json = py.import(intern!(py, "json"))?;
            let parsed = json.call_method1(intern!(py, "loads"), (text,));
            parsed.map_err(|error| match error.is_instance_of::<PyValueError>(py) {
                true => PyValueError::new_err("the payload is not JSON"),
                false => error,
            })
        })
    }

    /// What was authenticated.
    #[getter]
    fn covers(&self) -> Covers {
        self.covers.clone().into()
    }

    /// Leaves payload and claims out: personal data belongs in no log.
    fn __repr__(&self) -> String {
        let timestamp = self.timestamp.map(|it| format!(" timestamp={it}"));
        let delivery_id = self.delivery_id().map(|it| format!(" delivery_id={it:?}"));
        let event_type = self.event_type().map(|it| format!(" event_type={it:?}"));
        format!(
            "<hookseal.VerifiedEvent scheme={:?} key_id={:?}{}{}{}>",
            self.scheme(),
            self.key_id(),
            timestamp.unwrap_or_default(),
            delivery_id.unwrap_or_default(),
            event_type.unwrap_or_default(),
        )
    }
}
