//! A key of a scheme that signs: a secret, or the public half of a pair.

use core::fmt;

use zeroize::Zeroizing;

use crate::primitives::mac::Tag;
use crate::primitives::signature::{SignatureAlgorithm, SignatureKey};
use crate::primitives::spki;
use crate::scheme::StringToSign;

/// A key, ready for use.
pub(super) struct Key {
    prepared: SignatureKey,
    /// The secret where the string to sign shows it, as that of a plain hash does;
    /// elsewhere empty.
    shown: Zeroizing<Box<[u8]>>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prepared.fmt(f)
    }
}

impl Key {
    /// The key of an option: a secret, or the bytes of a public key.
    pub(super) fn new(
        algorithm: SignatureAlgorithm,
        key: &[u8],
        is_shown: bool,
    ) -> Result<Self, &'static str> {
        let prepared = match algorithm {
            SignatureAlgorithm::Mac(mac) => SignatureKey::mac(mac, key)?,
            SignatureAlgorithm::Hash(hash) => SignatureKey::hash(hash, key)?,
            // An Ed25519 key as providers print it (RFC 8032 section 5.1.5).
            SignatureAlgorithm::PublicKey(_) if key.len() == 32 => SignatureKey::ed25519(key)?,
            SignatureAlgorithm::PublicKey(_) => spki::parse(key)?,
        };
        if !prepared.fits(algorithm) {
            return Err("it is a key of another algorithm than the scheme's");
        }
        let shown = if is_shown { key } else { &[] };
        Ok(Self {
            prepared,
            shown: Zeroizing::new(shown.into()),
        })
    }

    /// What a string to sign is signed with under this key; `None` for the public
    /// half of a pair.
    pub(super) fn tag(&self, string_to_sign: &StringToSign<'_>) -> Option<Tag> {
        if self.shown.is_empty() {
            return self.prepared.tag(string_to_sign);
        }
        let StringToSign {
            message,
            input,
            url,
            prepared,
        } = *string_to_sign;
        let input = input.showing(&self.shown);
        self.prepared.tag(&StringToSign {
            message,
            input: &input,
            url,
            prepared,
        })
    }

    /// The MAC of a text that no delivery signs.
    pub(super) fn mac(&self, text: &[u8]) -> Option<Tag> {
        self.prepared.tag(&text)
    }

    /// Whether a signature of a key pair is right.
    pub(super) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.prepared.verify(algorithm, message, signature)
    }
}
