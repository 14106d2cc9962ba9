//! What a string to sign is made of.

use core::fmt;
use std::borrow::Cow;

use crate::canonical::body_digest::BodyDigest;
use crate::primitives::form::Pairs;
use crate::primitives::url::Url;
use crate::request::HeaderSlots;

/// What of a request a string to sign can mention.
#[derive(Clone, Copy)]
pub(crate) struct Input<'c> {
    /// In upper case.
    pub(crate) method: &'c [u8],
    /// As resolved; `None` where the scheme reads no URL.
    pub(crate) url: Option<&'c Url<'c>>,
    pub(crate) body: &'c [u8],
    /// Where what the request lists is looked up.
    pub(crate) headers: &'c HeaderSlots<'c>,
    /// Of the signature's text, by their positions.
    pub(crate) parts: &'c [Option<&'c [u8]>],
    /// As received.
    pub(crate) timestamp: &'c [u8],
    pub(crate) delivery_id: &'c [u8],
    /// Of a plain hash, which has no key beside what it hashes; elsewhere empty.
    pub(crate) secret: &'c [u8],
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Input(…)")
    }
}

impl<'c> Input<'c> {
    /// The same, with a secret to show.
    pub(crate) fn showing<'s>(&'s self, secret: &'s [u8]) -> Input<'s>
    where
        'c: 's,
    {
        Input { secret, ..*self }
    }
}

/// What is read once, however many MACs follow.
#[derive(Default)]
pub(crate) struct Prepared<'c> {
    /// Parameters, parsed and ordered.
    pub(crate) pairs: Vec<Pairs>,
    /// Values of places.
    pub(crate) texts: Vec<&'c [u8]>,
    /// What follows one upon the other, where the request says what is signed.
    pub(crate) pieces: Vec<Cow<'c, [u8]>>,
    /// A signed header that says what the body is.
    pub(crate) digest: Option<BodyDigest<'c>>,
}

impl fmt::Debug for Prepared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared(…)")
    }
}
