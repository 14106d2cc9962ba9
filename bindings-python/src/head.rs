//! What a request shows before its body.

use std::borrow::Cow;
use std::net::IpAddr;

use hookseal_bridge::{HeaderSlots, Headers, Request, peer_address};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::text::{text, wrong_type};

/// Method, URL and peer, as the host gave them. Target, authority and scheme stay
/// apart on their whole way to the core.
pub(crate) struct Head<'a> {
    method: Cow<'a, [u8]>,
    target: Cow<'a, [u8]>,
    authority: Option<Cow<'a, [u8]>>,
    scheme: Option<Cow<'a, [u8]>>,
    peer: Option<IpAddr>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(
        method: &'a Bound<'_, PyAny>,
        url: &'a Bound<'_, PyAny>,
        authority: Option<&'a Bound<'_, PyAny>>,
        scheme: Option<&'a Bound<'_, PyAny>>,
        peer_ip: Option<&'a Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            method: text(method, "method")?,
            target: text(url, "url")?,
            authority: authority.map(|it| text(it, "authority")).transpose()?,
            scheme: scheme.map(|it| text(it, "scheme")).transpose()?,
            peer: peer_ip.map(peer).transpose()?.flatten(),
        })
    }

    pub(crate) fn peer(&self) -> Option<IpAddr> {
        self.peer
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

/// The address of the peer; `None` for what is no address.
fn peer(value: &Bound<'_, PyAny>) -> PyResult<Option<IpAddr>> {
    let text = value
        .cast::<PyString>()
        .map_err(|_| wrong_type(value, "peer_ip", "a str or None"))?;
    Ok(peer_address(text.to_str().unwrap_or_default().as_bytes()))
}
