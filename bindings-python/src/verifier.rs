//! `hookseal.Verifier`.

use std::net::IpAddr;

use hookseal_bridge::{Error, ErrorCode, Handle, Headers, Request, SignRequest};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString, PyTuple};
use serde::Deserialize;

use crate::body::body_bytes;
use crate::error::{configuration, guarded, raise};
use crate::event::{Covers, VerifiedEvent};
use crate::headers::HeaderNames;
use crate::options::{options_json, scheme_text};
use crate::text::{text, wrong_type};

/// Releasing the interpreter costs more than it gives for a smaller body. The
/// same number as in `hashlib`.
const DETACH_ABOVE: usize = 2048;

/// Proves that a delivery comes from its provider. Immutable, so any number of
/// threads may share it.
#[pyclass(frozen, module = "hookseal")]
pub(crate) struct Verifier {
    handle: Handle,
    header_names: HeaderNames,
    scheme: String,
    key_ids: Vec<String>,
    coverage: Vec<Py<Covers>>,
    url_forms: Vec<String>,
    max_body_bytes: usize,
}

/// What `Handle::describe` tells.
#[derive(Deserialize)]
struct Description {
    scheme: String,
    header_names: Vec<String>,
    key_ids: Vec<String>,
    coverage: Vec<Covers>,
    url_forms: Vec<String>,
    max_body_bytes: usize,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (scheme, /, **options))]
    fn new(
        py: Python<'_>,
        scheme: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guarded(py, || {
            let scheme = scheme_text(scheme)?;
            let options = options_json(options)?;
            let handle = Handle::new(&scheme, &options).map_err(|error| raise(py, &error))?;
            let described: Description =
                serde_json::from_str(&handle.describe()).map_err(|_| malformed(py))?;
            Ok(Self {
                handle,
                header_names: HeaderNames::new(py, described.header_names),
                scheme: described.scheme,
                key_ids: described.key_ids,
                coverage: described
                    .coverage
                    .into_iter()
                    .map(|covers| Py::new(py, covers))
                    .collect::<PyResult<_>>()?,
                url_forms: described.url_forms,
                max_body_bytes: described.max_body_bytes,
            })
        })
    }

    /// Verifies one request. Returns the event, or raises `VerificationError`.
    #[pyo3(signature = (method, url, headers, body, peer_ip=None, now=None))]
    fn verify<'py>(
        slf: &Bound<'py, Self>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        peer_ip: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, VerifiedEvent>> {
        let py = slf.py();
        guarded(py, || {
            let this = slf.get();
            let method = text(method, "method")?;
            let url = text(url, "url")?;
            let body = body_bytes(body)?;
            let peer = peer_ip.map(peer_address).transpose()?.flatten();
            let now = now.map(unix_seconds).transpose()?;
            let picked = this.header_names.pick(headers)?;
            let slots = picked.slots();
            let request = Request {
                method: &method,
                url: &url,
                headers: Headers::Slots(&slots),
                body: body.as_bytes(),
                peer,
            };
            let verified = if request.body.len() > DETACH_ABOVE {
                py.detach(|| this.handle.verify(&request, now))
            } else {
                this.handle.verify(&request, now)
            };
            let facts = verified.map_err(|error| raise(py, &error))?;
            let verifier = slf.clone().unbind();
            Bound::new(
                py,
                VerifiedEvent::new(verifier, body.clone().unbind(), &facts),
            )
        })
    }

    /// Signs a request as the provider would, for tests: the headers to add.
    #[pyo3(signature = (method, url, body, headers=None, delivery_id=None, now=None, key_id=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn sign<'py>(
        slf: &Bound<'py, Self>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        delivery_id: Option<&str>,
        now: Option<&Bound<'py, PyAny>>,
        key_id: Option<&str>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        guarded(py, || {
            let this = slf.get();
            let method = text(method, "method")?;
            let url = text(url, "url")?;
            let body = body_bytes(body)?;
            let picked = headers
                .map(|headers| this.header_names.pick(headers))
                .transpose()?;
            let pairs = picked
                .as_ref()
                .map(|picked| picked.pairs(&this.header_names))
                .unwrap_or_default();
            let request = SignRequest {
                method: &method,
                url: &url,
                body: body.as_bytes(),
                headers: &pairs,
                delivery_id,
                timestamp: now.map(unix_seconds).transpose()?,
                key_id,
            };
            let signed = this
                .handle
                .sign(&request)
                .map_err(|error| raise(py, &error))?;
            let dict = PyDict::new(py);
            for (name, value) in signed {
                dict.set_item(name, value)?;
            }
            Ok(dict)
        })
    }

    /// The id of the scheme.
    #[getter]
    fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The lower-case names of the headers that `verify` reads.
    #[getter]
    fn header_names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.header_names.as_strings())
    }

    /// How many bytes of a body are accepted: what a framework may read.
    #[getter]
    fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    /// Holds keys, so it shows the scheme alone.
    fn __repr__(&self) -> String {
        format!("<hookseal.Verifier scheme={:?}>", self.scheme)
    }
}

impl Verifier {
    pub(crate) fn scheme_id(&self) -> &str {
        &self.scheme
    }

    pub(crate) fn key_label(&self, index: usize) -> &str {
        self.key_ids.get(index).map_or("", String::as_str)
    }

    pub(crate) fn url_form(&self, index: usize) -> &str {
        self.url_forms.get(index).map_or("", String::as_str)
    }

    pub(crate) fn covers(&self, py: Python<'_>, variant: usize) -> PyResult<Py<Covers>> {
        let covers = self.coverage.get(variant).ok_or_else(|| malformed(py))?;
        Ok(covers.clone_ref(py))
    }
}

/// The address of the peer. A host writes "" or a path for a Unix socket: that
/// is no address, and a scheme that demands one refuses it.
fn peer_address(value: &Bound<'_, PyAny>) -> PyResult<Option<IpAddr>> {
    let text = value
        .cast::<PyString>()
        .map_err(|_| wrong_type(value, "peer_ip", "a str or None"))?;
    let text = text.to_str().unwrap_or_default();
    // A link-local IPv6 address may carry its zone: "fe80::1%eth0".
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    Ok(address.parse().ok())
}

/// `now`, as an int or as `time.time()` gives it.
fn unix_seconds(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let out_of_range = || configuration(value.py(), "`now` is out of range");
    if value.is_instance_of::<PyInt>() {
        return value.extract().map_err(|_| out_of_range());
    }
    let seconds = value
        .cast::<PyFloat>()
        .map_err(|_| wrong_type(value, "now", "unix seconds (int or float)"))?
        .value()
        .floor();
    // Beyond 2^53 a float no longer counts seconds.
    if seconds.abs() <= 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "checked above")]
        Ok(seconds as i64)
    } else {
        Err(out_of_range())
    }
}

fn malformed(py: Python<'_>) -> PyErr {
    let error = Error::new(ErrorCode::Internal, "the core's description is malformed");
    raise(py, &error)
}
