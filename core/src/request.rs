//! A borrowed view of one HTTP request.

use core::fmt;
use std::net::IpAddr;

use arrayvec::ArrayVec;

/// How many different header names one verifier may read.
pub const MAX_HEADER_NAMES: usize = 24;

/// One HTTP request, borrowed for the length of a call.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method as received, e.g. `b"POST"`.
    pub method: &'a [u8],
    /// The absolute URL as the provider called it, or, when the verifier has a
    /// `public_url`, just the request target (`/path?query`). Never normalised.
    pub url: &'a [u8],
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
            HeaderValue::One(first) if first == value => HeaderValue::One(first),
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
