//! What tells one signed message from another.

use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::primitives::mac::{MAX_TAG_BYTES, Tag};

/// A digest that identifies a signed message; safe to store and to log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplayKey([u8; 32]);

impl ReplayKey {
    /// The 64 lower-case hex digits that every language shows.
    #[must_use]
    pub fn to_hex(&self) -> [u8; 64] {
        let mut text = const_hex::Buffer::<32>::new();
        text.format(&self.0);
        *text.as_byte_array()
    }
}

impl fmt::Display for ReplayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_hex()
            .iter()
            .try_for_each(|&digit| write!(f, "{}", char::from(digit)))
    }
}

impl fmt::Debug for ReplayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Identifies the string to sign, whichever key signed it and however the signature
/// is written. Wiped when dropped and never shown: it can be the signature itself.
#[derive(Clone)]
pub struct MessageIdentity(pub(super) Tag);

impl MessageIdentity {
    /// Of what is no secret: the digest of what a token's signature is made over.
    pub(crate) fn of_digest(digest: [u8; 32]) -> Self {
        Self(Tag::from_bytes(&digest))
    }
}

impl fmt::Debug for MessageIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageIdentity")
    }
}

/// Makes the keys of one scheme: SHA-256 of `hookseal-replay`, NUL, the id of
/// the scheme, NUL and the tag. All but the tag is absorbed once.
pub(crate) struct ReplayKeys(Sha256);

impl ReplayKeys {
    pub(crate) fn of_scheme(id: &str) -> Self {
        Self(
            Sha256::new()
                .chain_update(b"hookseal-replay\0")
                .chain_update(id)
                .chain_update(b"\0"),
        )
    }

    pub(crate) fn key(&self, identity: &MessageIdentity) -> ReplayKey {
        let mut hash = self.0.clone();
        hash.update(identity.0.copy_to(&mut [0; MAX_TAG_BYTES]));
        ReplayKey(hash.finalize().into())
    }
}
