//! `hookseal.TokenIssuer`.

use hookseal_bridge::{Issuer, TokenRequest};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::bytes::body_bytes;
use crate::clock::unix_seconds;
use crate::error::{OrRaise as _, guarded};
use crate::headers::HeaderNames;
use crate::options::options;
use crate::reply::Reply;
use crate::text::text;

/// The headers that a token request is judged by, in slot order.
const HEADER_NAMES: [&str; 2] = ["content-type", "authorization"];

/// A token endpoint (OAuth 2.0 client credentials, RFC 6749 section 4.4) for
/// senders that ask for an access token first. Immutable, so any number of
/// threads may share it.
///
/// `hookseal.options.TokenIssuerOptions` describes the options; a key is needed. A wrong
/// one raises `ConfigurationError`.
#[pyclass(frozen, module = "hookseal")]
pub(crate) struct TokenIssuer {
    issuer: Issuer,
    header_names: HeaderNames,
    time: Py<PyModule>,
}

#[pymethods]
impl TokenIssuer {
    #[new]
    #[pyo3(signature = (**given), text_signature = "(**options)")]
    fn new(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        guarded(py, || {
            Ok(Self {
                issuer: Issuer::with_options(options(given)?).or_raise(py)?,
                header_names: HeaderNames::new(py, &HEADER_NAMES),
                time: py.import("time")?.unbind(),
            })
        })
    }

    /// Answers one request: with a token, or with an error of RFC 6749 section
    /// 5.2. Nothing that a client sends raises anything. `now` is in unix seconds,
    /// `time.time()` by default.
    #[pyo3(signature = (method, headers, body, now=None))]
    fn respond(
        &self,
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Reply> {
        let py = body.py();
        guarded(py, || {
            let method = text(method, "method")?;
            let picked = self.header_names.pick(headers)?;
            let body = body_bytes(body)?;
            let now = unix_seconds(self.time.bind(py), now)?;
            let authorization: Vec<_> = picked.values(1).collect();
            let request = TokenRequest {
                method: &method,
                content_type: picked.values(0).next(),
                authorization: &authorization,
                body: body.as_bytes(),
            };
            Ok(Reply::from(&self.issuer.respond(&request, Some(now))))
        })
    }

    /// The public keys that verify the tokens, as the text of a JWK set (RFC
    /// 7517); an empty set where the key is a secret.
    fn jwks(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || Ok(self.issuer.jwks()))
    }

    /// How many bytes of a body are accepted: what a framework may read.
    #[getter]
    fn max_body_bytes(&self) -> usize {
        self.issuer.max_body_bytes()
    }

    /// Holds keys, so it shows none of its options.
    fn __repr__(&self) -> &'static str {
        "<hookseal.TokenIssuer>"
    }
}
