//! Hashes over a string that holds the secret, from before there were MACs. A hash
//! of Merkle and Damgård can be extended by whoever has one: what is signed behind
//! the secret must not hold a NUL, which the padding of the hash has. That is the
//! caller's to see to, as it is that the secret is there.

use crate::primitives::digest::{Digest, DigestAlgorithm};
use crate::primitives::mac::Tag;
use crate::primitives::sink::{Content, Erased};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashAlgorithm {
    Md5,
    Sha1,
    Sha256,
}

impl HashAlgorithm {
    pub(crate) const fn tag_bytes(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// What a byte costs, in bytes of SHA-256, rounded up.
    pub(crate) const fn work(self) -> usize {
        match self {
            Self::Md5 => 3,
            Self::Sha1 | Self::Sha256 => 1,
        }
    }

    const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Md5 => DigestAlgorithm::Md5,
            Self::Sha1 => DigestAlgorithm::Sha1,
            Self::Sha256 => DigestAlgorithm::Sha256,
        }
    }
}

/// A key that says how a message is hashed, and not what with: the secret stands in
/// the message.
#[derive(Debug)]
pub(crate) struct HashKey(HashAlgorithm);

impl HashKey {
    /// `None` for a secret without a byte but zeros, as of a MAC.
    pub(crate) fn new(algorithm: HashAlgorithm, secret: &[u8]) -> Option<Self> {
        let is_secret = secret.iter().any(|byte| *byte != 0);
        is_secret.then_some(Self(algorithm))
    }

    pub(crate) const fn algorithm(&self) -> HashAlgorithm {
        self.0
    }

    /// The hash of a message, which the secret is part of.
    pub(crate) fn tag(&self, message: &impl Content) -> Tag {
        let mut digest = Digest::new(self.0.digest());
        Erased(message).write(&mut digest);
        Tag::from_bytes(&digest.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::mac::MAX_TAG_BYTES;

    #[test]
    fn the_tag_is_the_hash_of_the_whole() {
        for (algorithm, expected) in [
            (HashAlgorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (
                HashAlgorithm::Sha1,
                "a9993e364706816aba3e25717850c26c9cd0d89d",
            ),
            (
                HashAlgorithm::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            let key = HashKey::new(algorithm, b"c").unwrap();
            let message = b"abc";
            let tag = key.tag(&&message[..]);
            let mut buffer = [0; MAX_TAG_BYTES];
            assert_eq!(const_hex::encode(tag.copy_to(&mut buffer)), expected);
            assert_eq!(tag.copy_to(&mut buffer).len(), algorithm.tag_bytes());
            for secret in [&b""[..], b"\0\0"] {
                assert!(HashKey::new(algorithm, secret).is_none());
            }
        }
    }
}
