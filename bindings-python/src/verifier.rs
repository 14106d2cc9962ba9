//! `hookseal.Verifier`.
#![allow(clippy::too_many_arguments, reason = "keyword arguments in Python")]

use std::sync::Arc;

use hookseal_bridge::{Error, ErrorCode, Handle, Names, Request, Scratch, SignRequest, Verified};
use pyo3::exceptions::PyException;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyModule, PyString, PyTuple};

use crate::bytes::{body_bytes, ciphertext_bytes, iv_bytes};
use crate::call::Call;
use crate::clock::unix_seconds;
use crate::error::{OrRaise as _, configuration, guarded, raise, raise_with, verification};
use crate::event::VerifiedEvent;
use crate::headers::HeaderNames;
use crate::options::options;
use crate::text::{text, wrong_type};

/// Releasing the interpreter costs more than it gives for a smaller body, unless
/// a public key verifies. The same number as in `hashlib`.
const DETACH_ABOVE: usize = 2048;

/// Verifies that a delivery comes from its provider. Immutable, so any number of
/// threads may share it.
///
/// For a remote key set, `fetch_keys(url, seconds, bytes)` replaces the standard
/// library's HTTP client: it returns the document, follows no redirect, and raises
/// unless the status is 200. With the option `introspection`, `introspect(token)` asks
/// the issuer (RFC 7662), and returns its answer, a mapping or JSON.
#[pyclass(frozen, module = "hookseal")]
pub(crate) struct Verifier {
    handle: Handle,
    names: Arc<Names>,
    header_names: HeaderNames,
    diagnostic_header_names: HeaderNames,
    time: Py<PyModule>,
    /// Whom to ask: a `hookseal._keys.KeyLoader` about a remote key set, a
    /// `hookseal._introspection.Introspection` about a token.
    source: Option<Py<PyAny>>,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(
        signature = (scheme, /, *, fetch_keys=None, introspect=None, **given),
        text_signature = "(scheme, /, *, fetch_keys=None, introspect=None, **options)"
    )]
    fn new(
        py: Python<'_>,
        scheme: &Bound<'_, PyAny>,
        fetch_keys: Option<&Bound<'_, PyAny>>,
        introspect: Option<&Bound<'_, PyAny>>,
        given: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guarded(py, || {
            let handle = Handle::with_options(&scheme_text(scheme)?, options(given)?);
            let handle = handle.or_raise(py)?;
            let described = handle.describe();
            if fetch_keys.is_some() && described.remote_keys.is_none() {
                let detail = "`fetch_keys` given, but there are no keys to fetch";
                return Err(configuration(py, detail));
            }
            if introspect.is_some() != described.introspects {
                let detail = "`introspect` and the option introspection belong together";
                return Err(configuration(py, detail));
            }
            // Imported only here: the modules take time to load.
            let source = if introspect.is_some() {
                let module = py.import("hookseal._introspection")?;
                Some(module.call_method1("Introspection", (introspect,))?)
            } else if let Some(remote) = described.remote_keys {
                let arguments = (remote.timeout_ms, remote.max_bytes, fetch_keys);
                let module = py.import("hookseal._keys")?;
                Some(module.call_method1("KeyLoader", arguments)?)
            } else {
                None
            };
            Ok(Self {
                names: Arc::clone(handle.names()),
                header_names: HeaderNames::new(py, described.header_names),
                diagnostic_header_names: HeaderNames::new(py, &described.diagnostic_header_names),
                time: py.import("time")?.unbind(),
                source: source.map(Bound::unbind),
                handle,
            })
        })
    }

    /// Verifies one request. Returns the event, or raises `VerificationError`.
    ///
    /// `url` is absolute, as the provider called it; or the request target as sent,
    /// where there is a `public_url`, or beside `authority`, the `Host` header or
    /// `:authority` as sent, and `scheme`, that of the connection: "http" or "https".
    /// `peer_ip` is the address of the socket's other end; `now` is in unix seconds,
    /// `time.time()` by default. It fetches a remote key set when that is due, and
    /// waits five seconds at most; it waits for `introspect` however long that takes.
    #[pyo3(signature = (method, url, headers, body, peer_ip=None, now=None, *, authority=None, scheme=None))]
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
            let optional = [peer_ip, now, authority, scheme];
            let call = Call::new([method, url, headers, body], optional)?;
            Self::verify_request(slf, &call, true)
        })
    }

    /// `verify` for an event loop: a coroutine, which waits in a thread.
    #[pyo3(
        signature = (*arguments, **named),
        text_signature = "($self, method, url, headers, body, peer_ip=None, now=None, *, authority=None, scheme=None)"
    )]
    fn verify_async<'py>(
        slf: &Bound<'py, Self>,
        arguments: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        guarded(py, || {
            let arguments = PyTuple::new(py, [slf.as_any()])?.add(arguments)?;
            let arguments = arguments.cast_into::<PyTuple>()?;
            let module = py.import(intern!(py, "hookseal._async"))?;
            module
                .getattr(intern!(py, "verify"))?
                .call(arguments, named)
        })
    }

    /// For `hookseal._async`: `verify` with the keys at hand, and no hook. Takes the
    /// arguments in their order.
    fn _verify_without_asking<'py>(
        slf: &Bound<'py, Self>,
        request: [Bound<'py, PyAny>; 8],
    ) -> PyResult<Bound<'py, VerifiedEvent>> {
        guarded(slf.py(), || {
            Self::verify_request(slf, &Call::from_tuple(&request)?, false)
        })
    }

    /// For `hookseal.flask`: raises what `verify` would raise whatever the body is,
    /// before anybody has read one.
    fn _check_head(&self, py: Python<'_>, request: [Bound<'_, PyAny>; 8]) -> PyResult<()> {
        guarded(py, || {
            let call = Call::from_tuple(&request)?;
            let now = self.now(py, &call)?;
            let picked = self.header_names.pick(call.headers)?;
            let slots = picked.slots();
            let checked = self.handle.check_head(&call.request(&slots, &[]), now);
            checked.map_err(|error| self.reject(&error, &call, &[]))
        })
    }

    /// Decrypts what a delivery carried, where only that was kept: the bytes of the
    /// ciphertext, not their base64 or hex. Returns what `payload` would be of a text
    /// in UTF-8, or raises `VerificationError`. It verifies nothing: see `verify`.
    ///
    /// `iv` is what the delivery said, None where it said nothing; `cipher` is a name
    /// of OpenSSL, where each delivery names its own.
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
            let mut text = Scratch::from_slice(ciphertext.as_bytes());
            let iv = iv.as_ref().map(|iv| iv.as_bytes());
            let is_long = text.len() > DETACH_ABOVE;
            let plaintext = detached(py, is_long, || self.handle.decrypt(&mut text, iv, cipher));
            Ok(PyBytes::new(py, plaintext.or_raise(py)?))
        })
    }

    /// Fetches the keys if that is due, e.g. when a program starts. Raises
    /// `VerificationError` (`key_unavailable`) if that fails.
    fn refresh_keys(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        guarded(py, || {
            let Some(source) = &slf.get().source else {
                return Ok(());
            };
            let failure = source.call_method1(py, intern!(py, "load"), (slf,))?;
            match failure.extract::<Option<String>>(py)? {
                Some(failure) => Err(verification(py, ErrorCode::KeyUnavailable, &failure)),
                None => Ok(()),
            }
        })
    }

    /// For `hookseal._keys`: the address to fetch keys from now.
    fn _key_request(&self, py: Python<'_>) -> PyResult<Option<String>> {
        guarded(py, || Ok(self.handle.key_request()))
    }

    /// For `hookseal._keys`: takes the document; returns where the next one is.
    fn _supply_keys(&self, py: Python<'_>, document: &[u8]) -> PyResult<Option<String>> {
        guarded(py, || self.handle.supply_keys(document).or_raise(py))
    }

    /// Signs a request as the provider would, for tests: the headers to add.
    #[pyo3(signature = (method, url, body, headers=None, delivery_id=None, now=None, key_id=None))]
    fn sign<'py>(
        &self,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        delivery_id: Option<&str>,
        now: Option<&Bound<'py, PyAny>>,
        key_id: Option<&str>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = body.py();
        guarded(py, || {
            let picked = headers.map(|headers| self.header_names.pick(headers));
            let picked = picked.transpose()?;
            let pairs = picked.as_ref().map(|it| it.pairs(&self.header_names));
            let signed = self.handle.sign(&SignRequest {
                method: &text(method, "method")?,
                url: &text(url, "url")?,
                body: body_bytes(body)?.as_bytes(),
                headers: &pairs.unwrap_or_default(),
                delivery_id,
                timestamp: Some(unix_seconds(self.time.bind(py), now)?),
                key_id,
            });
            let dict = PyDict::new(py);
            for (name, value) in signed.or_raise(py)? {
                dict.set_item(name, value)?;
            }
            Ok(dict)
        })
    }

    /// The id of the scheme.
    #[getter]
    fn scheme(&self) -> &str {
        self.names.scheme()
    }

    /// The lower-case names of the headers that `verify` reads.
    #[getter]
    fn header_names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(py, || {
            let names = self.handle.header_names();
            PyTuple::new(py, names.iter().map(|name| &**name))
        })
    }

    /// How many bytes of a body are accepted: what a framework may read.
    #[getter]
    fn max_body_bytes(&self) -> usize {
        self.handle.max_body_bytes()
    }

    /// A hook may refer to the verifier. No `__clear__`: the verifier refers to what
    /// was there before it, so whatever closes a cycle can itself be cleared.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.source)
    }

    /// Holds keys, so it shows the scheme alone.
    fn __repr__(&self) -> String {
        format!("<hookseal.Verifier scheme={:?}>", self.scheme())
    }
}

impl Verifier {
    /// Verifies; and once more with what somebody else knows, if that is needed
    /// and `may_ask`.
    fn verify_request<'py>(
        slf: &Bound<'py, Self>,
        call: &Call<'_, 'py>,
        may_ask: bool,
    ) -> PyResult<Bound<'py, VerifiedEvent>> {
        let (py, this) = (slf.py(), slf.get());
        let body = body_bytes(call.body)?;
        let now = this.now(py, call)?;
        let picked = this.header_names.pick(call.headers)?;
        let slots = picked.slots();
        let request = call.request(&slots, body.as_bytes());
        let verified = match this.verify_in_core(py, &request, None, now) {
            Ok(verified) => verified,
            Err(error) if may_ask && error.code() == ErrorCode::KeyUnavailable => {
                Self::ask_and_verify(slf, &request, now, error)?
            }
            Err(error) => return Err(this.reject(&error, call, body.as_bytes())),
        };
        VerifiedEvent::new(&this.names, &body, this.handle.decrypts(), &verified)
    }

    /// Verifies with what somebody else knows, after `error` has said that this
    /// is needed.
    #[cold]
    fn ask_and_verify<'r>(
        slf: &'r Bound<'_, Self>,
        request: &Request<'r>,
        now: Option<i64>,
        error: Error,
    ) -> PyResult<Verified<'r>> {
        let (py, this) = (slf.py(), slf.get());
        let Some(source) = &this.source else {
            return Err(raise(py, &error));
        };
        let introspects = this.handle.introspects();
        let token = introspects.then(|| this.handle.bearer_token(request));
        let token = token.transpose().or_raise(py)?;
        let token = token.map(|token| PyBytes::new(py, token));
        let answer = source.call_method1(py, intern!(py, "ask"), (slf, token))?;
        let answer = answer.extract::<Option<Bound<'_, PyBytes>>>(py)?;
        let answer = answer.as_ref().map(|answer| answer.as_bytes());
        this.verify_in_core(py, request, answer, now).or_raise(py)
    }

    /// Verifies, and lets other threads run meanwhile where that pays.
    #[inline]
    fn verify_in_core<'r>(
        &'r self,
        py: Python<'_>,
        request: &Request<'r>,
        introspection: Option<&[u8]>,
        now: Option<i64>,
    ) -> Result<Verified<'r>, Error> {
        let takes_long = self.handle.takes_long() || request.body.len() > DETACH_ABOVE;
        let verify = || self.handle.verified(request, introspection, now);
        detached(py, takes_long, verify)
    }

    /// The time to verify at; `None` where nothing depends on it, and none is given.
    fn now(&self, py: Python<'_>, call: &Call<'_, '_>) -> PyResult<Option<i64>> {
        if call.now.is_none() && !self.handle.reads_clock() {
            return Ok(None);
        }
        unix_seconds(self.time.bind(py), call.now).map(Some)
    }

    /// The exception of a rejected request, with what all its headers show of the
    /// cause. They are read a second time; what gives none this time adds nothing.
    #[cold]
    fn reject(&self, error: &Error, call: &Call<'_, '_>, body: &[u8]) -> PyErr {
        let (py, names) = (call.headers.py(), &self.diagnostic_header_names);
        let more = match names.pick(call.headers) {
            Ok(picked) => {
                let pairs = picked.pairs(names);
                self.handle.diagnose(error.code(), &pairs, call.peer, body)
            }
            // What must not be swallowed, such as `KeyboardInterrupt`.
            Err(failed) if !failed.is_instance_of::<PyException>(py) => return failed,
            Err(_) => String::new(),
        };
        raise_with(py, error, &more)
    }
}

/// Runs `work`, and lets other threads run meanwhile where it takes long.
fn detached<T: Send>(py: Python<'_>, takes_long: bool, work: impl FnOnce() -> T + Send) -> T {
    if takes_long { py.detach(work) } else { work() }
}

/// The name of a cipher. What has no UTF-8 form names none.
fn cipher_name<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let name = value.cast::<PyString>();
    let name = name.map_err(|_| wrong_type(value, "cipher", "a str or None"))?;
    Ok(name.to_str().unwrap_or_default())
}

/// The id of a scheme, or the JSON of a custom one that is given as a mapping.
fn scheme_text(scheme: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = scheme.py();
    if let Ok(id) = scheme.cast::<PyString>() {
        let id = id.to_str().map(str::to_owned);
        return id.map_err(|_| configuration(py, "the scheme is not valid text"));
    }
    let module = py.import("hookseal._scheme")?;
    module.call_method1("text", (scheme,))?.extract()
}
