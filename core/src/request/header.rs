//! The headers that a verifier reads, and the values that a request has for
//! them.

use core::fmt;

use arrayvec::ArrayVec;

use crate::error::{Error, ErrorCode};

/// How many different header names one verifier may read: as many signature
/// headers as it takes signatures, and what a scheme and proxies read besides.
pub const MAX_HEADER_NAMES: usize = 40;

/// A header that a verifier reads. It knows its name and where its value stands
/// among [`HeaderSlots`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    slot: usize,
    name: Box<str>,
}

impl Header {
    /// The header of that lower-case name, which is added to `names` where it is
    /// new.
    pub(super) fn intern(names: &mut Vec<Box<str>>, name: &str) -> Self {
        let known = names.iter().position(|known| **known == *name);
        let slot = known.unwrap_or_else(|| {
            names.push(name.into());
            names.len() - 1
        });
        Self {
            slot,
            name: name.into(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What the request says, whatever it is.
    pub(crate) fn value<'r>(&self, headers: &HeaderSlots<'r>) -> HeaderValue<'r> {
        headers.get(self.slot)
    }

    pub(crate) fn is_absent(&self, headers: &HeaderSlots<'_>) -> bool {
        self.value(headers) == HeaderValue::Absent
    }

    /// Whether it is there more than once with the same value. An application
    /// that reads it as well may make something else of that.
    pub(crate) fn is_repeated(&self, headers: &HeaderSlots<'_>) -> bool {
        headers.is_repeated(self.slot)
    }

    /// Adds a value, as if the request had it.
    pub(crate) fn set<'r>(&self, headers: &mut HeaderSlots<'r>, value: &'r [u8]) {
        headers.set(self.slot, value);
    }

    /// A value that must be there once, and be ASCII text that is not empty.
    pub(crate) fn required<'r>(&self, headers: &HeaderSlots<'r>) -> Result<&'r [u8], Error> {
        self.non_empty(headers)?.ok_or_else(|| self.missing())
    }

    /// A value that may be there, once; an empty one counts as absent.
    pub(crate) fn non_empty<'r>(
        &self,
        headers: &HeaderSlots<'r>,
    ) -> Result<Option<&'r [u8]>, Error> {
        Ok(self.optional(headers)?.filter(|value| !value.is_empty()))
    }

    /// A value that may be there, once, and is ASCII text.
    pub(crate) fn optional<'r>(
        &self,
        headers: &HeaderSlots<'r>,
    ) -> Result<Option<&'r [u8]>, Error> {
        match self.value(headers) {
            HeaderValue::Absent => Ok(None),
            HeaderValue::One(value) if is_ascii_text(value) => Ok(Some(value)),
            HeaderValue::One(_) => Err(Error::new(
                ErrorCode::MalformedHeader,
                format!("header {} holds bytes that are no ASCII text", self.name),
            )),
            HeaderValue::Conflicting => Err(Error::new(
                ErrorCode::AmbiguousHeader,
                format!(
                    "header {} occurs more than once with different values",
                    self.name
                ),
            )),
        }
    }

    /// The request does not have it, and the scheme needs it.
    pub(crate) fn missing(&self) -> Error {
        Error::new(
            ErrorCode::MissingHeader,
            format!("header {} is absent or empty", self.name),
        )
    }
}

/// Looks at every byte, which compiles to vector instructions; stopping at the
/// first fault would not.
fn is_ascii_text(text: &[u8]) -> bool {
    text.iter().fold(true, |text, byte| {
        text & matches!(byte, b' '..=b'~' | b'\t')
    })
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

    /// Puts one value in the place of all that were set.
    pub(crate) fn replace(&mut self, index: usize, value: &'a [u8]) {
        if let Some(slot) = self.slot(index) {
            *slot = HeaderValue::One(value);
            self.repeated &= !(1 << index);
        }
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
