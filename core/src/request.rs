//! A borrowed view of one HTTP request.

use core::fmt;
use std::net::IpAddr;

use arrayvec::ArrayVec;

/// How many different header names one verifier may read: as many signature
/// headers as it takes signatures, and what a scheme and proxies read besides.
pub const MAX_HEADER_NAMES: usize = 40;

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

/// Header values by their position in
/// [`Verifier::header_names`](crate::Verifier::header_names): what a binding
/// passes, so that no header map has to be converted.
#[derive(Clone, Default)]
pub struct HeaderSlots<'a> {
    /// Up to the last that was set, so that an empty one costs nothing to make.
    slots: ArrayVec<HeaderValue<'a>, MAX_HEADER_NAMES>,
    /// A bit for each slot whose value was set more than once.
    repeated: u64,
}

const _: () = assert!(MAX_HEADER_NAMES <= u64::BITS as usize);

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

impl fmt::Debug for HeaderSlots<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_set = |slot: &&HeaderValue<'_>| **slot != HeaderValue::Absent;
        write!(f, "{} headers", self.slots.iter().filter(is_set).count())
    }
}

/// What a request says for one header name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum HeaderValue<'a> {
    #[default]
    Absent,
    One(&'a [u8]),
    /// The name occurs more than once, with different values.
    Conflicting,
}

impl<'a> HeaderSlots<'a> {
    /// No header at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one value. A repetition of the same value counts once; a different
    /// value makes the header ambiguous. An index out of range is ignored,
    /// since no scheme asked for it.
    pub fn set(&mut self, index: usize, value: &'a [u8]) {
        let Some(slot) = self.slot(index) else {
            return;
        };
        *slot = match *slot {
            HeaderValue::Absent => HeaderValue::One(value),
            HeaderValue::One(first) if first == value => {
                self.repeated |= 1 << index;
                return;
            }
            HeaderValue::One(_) | HeaderValue::Conflicting => HeaderValue::Conflicting,
        };
    }

    fn slot(&mut self, index: usize) -> Option<&mut HeaderValue<'a>> {
        while self.slots.len() <= index {
            self.slots.try_push(HeaderValue::Absent).ok()?;
        }
        self.slots.get_mut(index)
    }

    pub(crate) fn get(&self, index: usize) -> HeaderValue<'a> {
        self.slots.get(index).copied().unwrap_or_default()
    }

    /// Whether a header is there more than once with the same value. An
    /// application that reads it as well may make something else of that.
    pub(crate) const fn is_repeated(&self, index: usize) -> bool {
        self.repeated & (1 << index) != 0
    }

    /// Picks the named headers out of all pairs.
    pub(crate) fn pick(names: &[Box<str>], pairs: &[(&'a [u8], &'a [u8])]) -> Self {
        let mut slots = Self::new();
        for &(name, value) in pairs {
            let mut names = names.iter().map(|wanted| wanted.as_bytes());
            if let Some(index) = names.position(|wanted| wanted.eq_ignore_ascii_case(name)) {
                slots.set(index, value);
            }
        }
        slots
    }
}
