//! `hookseal.Verifier`.

use hookseal_bridge::{Error, ErrorCode, Facts, Handle, Request, Room, SignRequest};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use serde::Deserialize;

use crate::bytes::{body_bytes, ciphertext_bytes, iv_bytes};
use crate::clock::Clock;
use crate::diagnosis::Diagnosis;
use crate::error::{configuration, guarded, raise, verification};
use crate::event::{Covers, VerifiedEvent};
use crate::head::Head;
use crate::headers::HeaderNames;
use crate::introspection::Introspection;
use crate::keys::{KeyLoader, RemoteKeys};
use crate::options::{options_json, scheme_text};
use crate::text::{text, wrong_type};

/// Releasing the interpreter costs more than it gives for a smaller body, unless
/// a public key verifies. The same number as in `hashlib`.
const DETACH_ABOVE: usize = 2048;

/// Proves that a delivery comes from its provider. Immutable, so any number of
/// threads may share it.
///
/// Where keys live elsewhere, `fetch_keys` replaces the standard library's HTTP
/// client: called with the URL, the seconds and the bytes that it may take, it
/// returns the document; it follows no redirect and raises unless the status is
/// 200. With the option `introspection`, `introspect` asks the issuer of a token
/// what it is (RFC 7662): called with the token, it returns the answer, a mapping
/// or JSON.
#[pyclass(frozen, module = "hookseal")]
pub(crate) struct Verifier {
    handle: Handle,
    takes_long: bool,
    header_names: HeaderNames,
    diagnosis: Diagnosis,
    scheme: String,
    key_ids: Vec<String>,
    coverage: Vec<Py<Covers>>,
    url_forms: Vec<String>,
    max_body_bytes: usize,
    clock: Clock,
    /// Where keys have to be fetched.
    key_loader: Option<KeyLoader>,
    /// Where tokens have to be asked about.
    introspection: Option<Introspection>,
}

/// What `Handle::describe` tells.
#[derive(Deserialize)]
struct Description {
    scheme: String,
    header_names: Vec<String>,
    diagnostic_header_names: Vec<String>,
    key_ids: Vec<String>,
    coverage: Vec<Covers>,
    url_forms: Vec<String>,
    max_body_bytes: usize,
    remote_keys: Option<RemoteKeys>,
    introspects: bool,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (scheme, /, *, fetch_keys=None, introspect=None, **options))]
    fn new(
        py: Python<'_>,
        scheme: &Bound<'_, PyAny>,
        fetch_keys: Option<&Bound<'_, PyAny>>,
        introspect: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guarded(py, || {
            let scheme = scheme_text(scheme)?;
            let options = options_json(options)?;
            let handle = Handle::new(&scheme, &options).map_err(|error| raise(py, &error))?;
            let described: Description =
                serde_json::from_str(&handle.describe()).map_err(|_| malformed(py))?;
            if fetch_keys.is_some() && described.remote_keys.is_none() {
                let refusal = "`fetch_keys` given, but there are no keys to fetch";
                return Err(configuration(py, refusal));
            }
            if introspect.is_some() != described.introspects {
                let refusal = "`introspect` and the option introspection belong together";
                return Err(configuration(py, refusal));
            }
            let key_loader = described
                .remote_keys
                .map(|remote| KeyLoader::new(py, &remote, fetch_keys))
                .transpose()?;
            Ok(Self {
                takes_long: handle.takes_long(),
                handle,
                header_names: HeaderNames::new(py, described.header_names),
                diagnosis: Diagnosis::new(py, described.diagnostic_header_names),
                scheme: described.scheme,
                key_ids: described.key_ids,
                coverage: described
                    .coverage
                    .into_iter()
                    .map(|covers| Py::new(py, covers))
                    .collect::<PyResult<_>>()?,
                url_forms: described.url_forms,
                max_body_bytes: described.max_body_bytes,
                clock: Clock::new(py)?,
                key_loader,
                introspection: introspect.map(Introspection::new),
            })
        })
    }

    /// Verifies one request. Returns the event, or raises `VerificationError`.
    ///
    /// `url` is absolute, as the provider called it; or the request target as sent,
    /// where there is a `public_url`, or beside `authority`, the `Host` header or
    /// `:authority` as sent, and `scheme`, that of the connection: "http" or "https".
    /// `peer_ip` is the address of the socket's other end; `now` is in unix
    /// seconds, `time.time()` by default. Where keys live elsewhere, it fetches
    /// them when that is due, and waits: five seconds at most. So it does for
    /// `introspect`, however long that takes.
    #[pyo3(signature = (method, url, headers, body, peer_ip=None, now=None, *, authority=None, scheme=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn verify<'py>(
        slf: &Bound<'py, Self>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        peer_ip: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        authority: Option<&Bound<'py, PyAny>>,
        scheme: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, VerifiedEvent>> {
        guarded(slf.py(), || {
            let head = Head::new(method, url, authority, scheme, peer_ip)?;
            Self::verify_request(slf, &head, headers, body, now, true)
        })
    }

    /// `verify` for an event loop: a coroutine, which waits in a thread.
    #[pyo3(signature = (method, url, headers, body, peer_ip=None, now=None, *, authority=None, scheme=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn verify_async<'py>(
        slf: &Bound<'py, Self>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        peer_ip: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        authority: Option<&Bound<'py, PyAny>>,
        scheme: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        guarded(py, || {
            let arguments = (method, url, headers, body, peer_ip, now);
            let parts = PyDict::new(py);
            parts.set_item(intern!(py, "authority"), authority)?;
            parts.set_item(intern!(py, "scheme"), scheme)?;
            py.import(intern!(py, "hookseal._async"))?
                .call_method1(intern!(py, "verify"), (slf, arguments, parts))
        })
    }

    /// Decrypts what a delivery carried, where only that was kept: the bytes of the
    /// ciphertext, not their base64 or hex. Returns what `payload` would be of a
    /// text in UTF-8, or raises `VerificationError`.
    ///
    /// It proves nothing, and is no substitute for `verify`, which checks all that
    /// is configured. `iv` is what the delivery said, None where it said nothing;
    /// `cipher` is a name of OpenSSL, where each delivery names its own.
    #[pyo3(signature = (ciphertext, iv=None, cipher=None))]
    fn decrypt<'py>(
        &self,
        ciphertext: &Bound<'py, PyAny>,
        iv: Option<&Bound<'py, PyAny>>,
        cipher: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = ciphertext.py();
        guarded(py, || {
            let ciphertext = ciphertext_bytes(ciphertext)?;
            let iv = iv.map(iv_bytes).transpose()?;
            let cipher = cipher.map(cipher_name).transpose()?;
            let mut room = Room::new();
            let text = room.fill(ciphertext.as_bytes());
            let iv = iv.as_ref().map(|iv| iv.as_bytes());
            let plaintext = self.decrypt_in_core(py, text, iv, cipher);
            let plaintext = plaintext.map_err(|error| raise(py, &error))?;
            Ok(PyBytes::new(py, plaintext))
        })
    }

    /// Fetches the keys if that is due, e.g. when a program starts. Raises
    /// `VerificationError` (`key_unavailable`) if they cannot be had.
    fn refresh_keys(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        guarded(py, || {
            let Some(loader) = &slf.get().key_loader else {
                return Ok(());
            };
            match loader.load(slf)? {
                Some(failure) => Err(verification(py, ErrorCode::KeyUnavailable, &failure)),
                None => Ok(()),
            }
        })
    }

    /// For `hookseal._async`: `verify` with the keys at hand, and no hook.
    #[pyo3(signature = (method, url, headers, body, peer_ip=None, now=None, *, authority=None, scheme=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn _verify_without_asking<'py>(
        slf: &Bound<'py, Self>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        peer_ip: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        authority: Option<&Bound<'py, PyAny>>,
        scheme: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, VerifiedEvent>> {
        guarded(slf.py(), || {
            let head = Head::new(method, url, authority, scheme, peer_ip)?;
            Self::verify_request(slf, &head, headers, body, now, false)
        })
    }

    /// For `hookseal.flask`: raises what `verify` would raise whatever the body is,
    /// before anybody has read one.
    #[pyo3(signature = (method, url, headers, peer_ip=None, now=None, *, authority=None, scheme=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn _check_head(
        slf: &Bound<'_, Self>,
        method: &Bound<'_, PyAny>,
        url: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        peer_ip: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
        authority: Option<&Bound<'_, PyAny>>,
        scheme: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let py = slf.py();
        guarded(py, || {
            let this = slf.get();
            let head = Head::new(method, url, authority, scheme, peer_ip)?;
            let now = this.clock.unix_seconds(py, now)?;
            let picked = this.header_names.pick(headers)?;
            let slots = picked.slots();
            let checked = this
                .handle
                .check_head(&head.request(&slots, &[]), Some(now));
            checked.map_err(|error| this.refuse(&error, headers, &head, &[]))
        })
    }

    /// For `hookseal._keys`: the address to fetch keys from now.
    fn _key_request(&self, py: Python<'_>) -> PyResult<Option<String>> {
        guarded(py, || Ok(self.handle.key_request()))
    }

    /// For `hookseal._keys`: takes the document; returns where the next one is.
    fn _supply_keys(&self, py: Python<'_>, document: &[u8]) -> PyResult<Option<String>> {
        guarded(py, || {
            self.handle
                .supply_keys(document)
                .map_err(|error| raise(py, &error))
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
                timestamp: Some(this.clock.unix_seconds(py, now)?),
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

    /// For the garbage collector: a hook may refer to the verifier. There is no
    /// `__clear__`, since the verifier refers to what was there before it: whatever
    /// closes a cycle was changed afterwards, and can be cleared.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(loader) = &self.key_loader {
            loader.traverse(&visit)?;
        }
        if let Some(introspection) = &self.introspection {
            introspection.traverse(&visit)?;
        }
        Ok(())
    }

    /// Holds keys, so it shows the scheme alone.
    fn __repr__(&self) -> String {
        format!("<hookseal.Verifier scheme={:?}>", self.scheme)
    }
}

impl Verifier {
    /// Verifies; and once more with what somebody else knows, if that is needed
    /// and `may_ask`.
    fn verify_request<'py>(
        slf: &Bound<'py, Self>,
        head: &Head<'_>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        may_ask: bool,
    ) -> PyResult<Bound<'py, VerifiedEvent>> {
        let py = slf.py();
        let this = slf.get();
        let body = body_bytes(body)?;
        let now = Some(this.clock.unix_seconds(py, now)?);
        let picked = this.header_names.pick(headers)?;
        let slots = picked.slots();
        let request = head.request(&slots, body.as_bytes());
        let facts = match this.verify_in_core(py, &request, now) {
            Ok(facts) => facts,
            Err(error) if may_ask && error.code() == ErrorCode::KeyUnavailable => {
                Self::ask_and_verify(slf, &request, now, error)?
            }
            Err(error) => return Err(this.refuse(&error, headers, head, body.as_bytes())),
        };
        VerifiedEvent::new(slf, &body, facts)
    }

    /// The exception for a refusal.
    fn refuse(
        &self,
        error: &Error,
        headers: &Bound<'_, PyAny>,
        head: &Head<'_>,
        body: &[u8],
    ) -> PyErr {
        self.diagnosis
            .raise(&self.handle, error, headers, head.peer(), body)
    }

    /// Verifies, and lets other threads run meanwhile where that pays.
    fn verify_in_core<'r>(
        &'r self,
        py: Python<'_>,
        request: &Request<'r>,
        now: Option<i64>,
    ) -> Result<Facts<'r>, Error> {
        if self.takes_long || request.body.len() > DETACH_ABOVE {
            py.detach(|| self.handle.verify(request, now))
        } else {
            self.handle.verify(request, now)
        }
    }

    /// Decrypts, and lets other threads run meanwhile where that pays.
    fn decrypt_in_core<'t>(
        &self,
        py: Python<'_>,
        text: &'t mut [u8],
        iv: Option<&[u8]>,
        cipher: Option<&str>,
    ) -> Result<&'t [u8], Error> {
        if text.len() > DETACH_ABOVE {
            py.detach(|| self.handle.decrypt(text, iv, cipher))
        } else {
            self.handle.decrypt(text, iv, cipher)
        }
    }

    /// Verifies with what somebody else knows, after `error` has told that this
    /// is needed.
    #[cold]
    fn ask_and_verify<'r>(
        slf: &'r Bound<'_, Self>,
        request: &Request<'r>,
        now: Option<i64>,
        error: Error,
    ) -> PyResult<Facts<'r>> {
        let py = slf.py();
        let this = slf.get();
        let verified = if let Some(introspection) = &this.introspection {
            let token = this.handle.bearer_token(request);
            let token = token.map_err(|error| raise(py, &error))?;
            let answer = introspection.ask(py, token)?;
            this.handle
                .verify_introspected(request, answer.as_bytes(), now)
        } else if let Some(loader) = &this.key_loader {
            loader.load(slf)?;
            this.verify_in_core(py, request, now)
        } else {
            Err(error)
        };
        verified.map_err(|error| raise(py, &error))
    }

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

/// The name of a cipher. What has no UTF-8 form is the name of none.
fn cipher_name<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let name = value
        .cast::<PyString>()
        .map_err(|_| wrong_type(value, "cipher", "a str or None"))?;
    Ok(name.to_str().unwrap_or_default())
}

/// The core and this binding do not speak the same language.
pub(crate) fn malformed(py: Python<'_>) -> PyErr {
    let error = Error::new(ErrorCode::Internal, "what the core tells is malformed");
    raise(py, &error)
}
