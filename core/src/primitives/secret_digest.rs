//! Secrets that are only ever compared, kept as digests.

use core::fmt;

use subtle::Choice;

use crate::primitives::mac::{Tag, sha256};

/// The SHA-256 of a secret. All have one length, so that comparing tells not
/// even how long the secret is, and the secret itself need not be kept.
pub(crate) struct SecretDigest(Tag);

impl SecretDigest {
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(Tag::from_bytes(&sha256(&[secret])))
    }

    /// Compares in constant time.
    pub(crate) fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}
