//! A borrowed view of one HTTP request.

mod header;
mod method;
mod needs;
mod place;

use core::fmt;
use std::net::IpAddr;

pub(crate) use header::{Header, HeaderValue};
pub use header::{HeaderSlots, MAX_HEADER_NAMES};
pub(crate) use method::{MethodName, normalise};
pub(crate) use needs::Needs;
pub(crate) use place::RequestPlace;

/// One HTTP request, borrowed for the length of a call.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method as received, e.g. `b"POST"`.
    pub method: &'a [u8],
    /// The request target as it stood in the request line, or in `:path` (RFC
    /// 9112 section 3.2): `/path?query`. A caller that knows neither
    /// [`authority`](Self::authority) nor [`scheme`](Self::scheme) passes the
    /// absolute URL as the provider called it. Never normalised.
    pub target: &'a [u8],
    /// The `Host` header or `:authority` as sent (RFC 9110 section 7.2). It
    /// stays apart from the target, so that no byte of one can pass for a byte
    /// of the other.
    pub authority: Option<&'a [u8]>,
    /// The scheme of the connection as the server knows it, never as the
    /// request says it: `http`, `https`, `ws` or `wss`.
    pub scheme: Option<&'a [u8]>,
    /// The headers.
    pub headers: Headers<'a>,
    /// The raw body bytes, before any parser.
    pub body: &'a [u8],
    /// The address of the directly connected peer, where it is known.
    pub peer: Option<IpAddr>,
}

/// The headers of a request, in either of two forms.
#[derive(Clone, Copy)]
pub enum Headers<'a> {
    /// All headers as name and value; names are compared without case.
    Pairs(&'a [(&'a [u8], &'a [u8])]),
    /// Only the values the verifier asked for, see
    /// [`Verifier::header_names`](crate::Verifier::header_names).
    Slots(&'a HeaderSlots<'a>),
}

// A request holds what customers said and what senders prove themselves with:
// `Debug` shows the shape of it only.

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("headers", &self.headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pairs(pairs) => write!(f, "{} headers", pairs.len()),
            Self::Slots(slots) => fmt::Debug::fmt(slots, f),
        }
    }
}
