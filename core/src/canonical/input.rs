//! What a string to sign is made of.

use crate::primitives::form::Pairs;
use crate::primitives::url::Url;

/// What of a request a string to sign can mention.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'c> {
    /// In upper case.
    pub(crate) method: &'c [u8],
    /// As resolved; `None` where the scheme reads no URL.
    pub(crate) url: Option<&'c Url<'c>>,
    pub(crate) body: &'c [u8],
    /// As received.
    pub(crate) timestamp: &'c [u8],
    pub(crate) delivery_id: &'c [u8],
}

/// Parameters parsed and ordered once, however many MACs follow.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) pairs: Vec<Pairs>,
}
