//! The arguments of one verification.

use std::borrow::Cow;
use std::net::IpAddr;

use hookseal_bridge::{HeaderSlots, Headers, Request, peer_address};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::text::{text, wrong_type};

/// What the host gave. Target, authority and scheme stay apart on their whole way to
/// the core.
pub(crate) struct Call<'a, 'py> {
    method: Cow<'a, [u8]>,
    target: Cow<'a, [u8]>,
    authority: Option<Cow<'a, [u8]>>,
    scheme: Option<Cow<'a, [u8]>>,
    pub(crate) peer: Option<IpAddr>,
    pub(crate) headers: &'a Bound<'py, PyAny>,
    pub(crate) body: &'a Bound<'py, PyAny>,
    pub(crate) now: Option<&'a Bound<'py, PyAny>>,
}

impl<'a, 'py> Call<'a, 'py> {
    pub(crate) fn new(
        [method, url, headers, body]: [&'a Bound<'py, PyAny>; 4],
        [peer_ip, now, authority, scheme]: [Option<&'a Bound<'py, PyAny>>; 4],
    ) -> PyResult<Self> {
        Ok(Self {
            method: text(method, "method")?,
            target: text(url, "url")?,
            authority: authority.map(|it| text(it, "authority")).transpose()?,
            scheme: scheme.map(|it| text(it, "scheme")).transpose()?,
            peer: peer_ip.map(peer).transpose()?.flatten(),
            headers,
            body,
            now,
        })
    }

    /// The arguments in their order, as a private method takes them.
    pub(crate) fn from_tuple(arguments: &'a [Bound<'py, PyAny>; 8]) -> PyResult<Self> {
        let [method, url, headers, body, optional @ ..] = arguments;
        let optional = optional.each_ref();
        let optional = optional.map(|it| (!it.is_none()).then_some(it));
        Self::new([method, url, headers, body], optional)
    }

    /// The request with these headers and this body.
    pub(crate) fn request<'r>(
        &'r self,
        headers: &'r HeaderSlots<'r>,
        body: &'r [u8],
    ) -> Request<'r> {
        Request {
            method: &self.method,
            target: &self.target,
            authority: self.authority.as_deref(),
            scheme: self.scheme.as_deref(),
            headers: Headers::Slots(headers),
            body,
            peer: self.peer,
        }
    }
}

/// The address of the peer; `None` for what is not an address.
fn peer(value: &Bound<'_, PyAny>) -> PyResult<Option<IpAddr>> {
    let text = value.cast::<PyString>();
    let text = text.map_err(|_| wrong_type(value, "peer_ip", "a str or None"))?;
    Ok(peer_address(text.to_str().unwrap_or_default().as_bytes()))
}
