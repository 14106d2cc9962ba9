//! Digests of what is written, and how a string to sign holds them.

use arrayvec::ArrayVec;
use md5::Md5;
use sha1::Sha1;
use sha2::digest::{Digest as _, FixedOutputReset};
use sha2::{Sha256, Sha512};

use crate::primitives::crc32::Crc32;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::mac::MAX_TAG_BYTES;
use crate::primitives::sink::Sink;

/// The digests that a string to sign may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DigestAlgorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
    Crc32,
}

impl DigestAlgorithm {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha512" => Self::Sha512,
            "crc32" => Self::Crc32,
            _ => return None,
        })
    }

    /// What a byte costs, in bytes of SHA-256, rounded up.
    pub(crate) const fn work(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha256 => 1,
            Self::Md5 | Self::Sha512 | Self::Crc32 => 3,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Crc32 => "crc32",
        }
    }
}

/// How a digest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DigestEncoding {
    /// The bytes themselves.
    Raw,
    Text(TextEncoding),
    /// The number that a CRC-32 is.
    Decimal,
}

impl DigestEncoding {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "hex" => Self::Text(TextEncoding::Hex),
            "base64" => Self::Text(TextEncoding::Base64),
            "base64url" => Self::Text(TextEncoding::Base64Url),
            "decimal" => Self::Decimal,
            _ => return None,
        })
    }

    pub(crate) fn write(self, digest: &[u8], sink: &mut dyn Sink) {
        match self {
            Self::Raw => sink.write(digest),
            Self::Text(encoding) => sink.write(encoding.encode(digest).as_bytes()),
            Self::Decimal => {
                let number = digest
                    .iter()
                    .fold(0, |number: u32, byte| (number << 8) | u32::from(*byte));
                sink.write(number.to_string().as_bytes());
            }
        }
    }
}

/// The digest of what is written so far. It stays where it is, and wipes itself:
/// there may be a secret in it.
pub(crate) enum Digest {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
    Crc32(Crc32),
}

/// The bytes of a digest.
pub(crate) type DigestBytes = ArrayVec<u8, MAX_TAG_BYTES>;

impl Digest {
    pub(crate) fn new(algorithm: DigestAlgorithm) -> Self {
        match algorithm {
            DigestAlgorithm::Md5 => Self::Md5(Md5::new()),
            DigestAlgorithm::Sha1 => Self::Sha1(Sha1::new()),
            DigestAlgorithm::Sha256 => Self::Sha256(Sha256::new()),
            DigestAlgorithm::Sha512 => Self::Sha512(Sha512::new()),
            DigestAlgorithm::Crc32 => Self::Crc32(Crc32::default()),
        }
    }

    /// The digest; then it starts anew.
    pub(crate) fn finish(&mut self) -> DigestBytes {
        match self {
            Self::Md5(hash) => finish(hash),
            Self::Sha1(hash) => finish(hash),
            Self::Sha256(hash) => finish(hash),
            Self::Sha512(hash) => finish(hash),
            Self::Crc32(crc) => {
                let value = core::mem::take(crc).value();
                value.to_be_bytes().into_iter().collect()
            }
        }
    }
}

fn finish(hash: &mut impl FixedOutputReset) -> DigestBytes {
    hash.finalize_fixed_reset().iter().copied().collect()
}

impl Sink for Digest {
    fn write(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(hash) => hash.update(bytes),
            Self::Sha1(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha512(hash) => hash.update(bytes),
            Self::Crc32(crc) => crc.write(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 5] = ["md5", "sha1", "sha256", "sha512", "crc32"];

    fn digest(name: &str, encoding: DigestEncoding, pieces: &[&[u8]]) -> Vec<u8> {
        let mut digest = Digest::new(DigestAlgorithm::from_name(name).unwrap());
        pieces.iter().for_each(|piece| digest.write(piece));
        let mut text = Vec::new();
        encoding.write(&digest.finish(), &mut text);
        text
    }

    /// Made with `hashlib` and `zlib` of Python.
    #[test]
    fn agrees_with_others() {
        for (name, encoding, expected) in [
            ("md5", "hex", "900150983cd24fb0d6963f7d28e17f72"),
            ("md5", "base64", "kAFQmDzST7DWlj99KOF/cg=="),
            ("md5", "base64url", "kAFQmDzST7DWlj99KOF_cg"),
            ("sha1", "hex", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "sha256",
                "base64url",
                "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
            ),
            (
                "sha512",
                "hex",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
              2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
            ("crc32", "decimal", "891568578"),
        ] {
            let encoding = DigestEncoding::from_name(encoding).unwrap();
            let written = digest(name, encoding, &[b"abc"]);
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
        assert_eq!(
            digest("md5", DigestEncoding::Raw, &[b"abc"])[..2],
            [0x90, 0x01]
        );
        assert_eq!(digest("crc32", DigestEncoding::Decimal, &[]), b"0");
        assert_eq!(DigestAlgorithm::from_name("sha384"), None);
        assert_eq!(DigestEncoding::from_name("base64-hex"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn pieces_change_nothing(pieces in vec(vec(any::<u8>(), 0..90), 0..6)) {
            let slices: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
            for name in NAMES {
                let whole = digest(name, DigestEncoding::Raw, &[&pieces.concat()]);
                prop_assert_eq!(digest(name, DigestEncoding::Raw, &slices), whole);
            }
        }
    }

    #[test]
    fn a_digest_starts_anew_once_it_is_finished() {
        for name in NAMES {
            let mut digest = Digest::new(DigestAlgorithm::from_name(name).unwrap());
            let empty = digest.finish();
            digest.write(b"abc");
            assert_ne!(digest.finish(), empty);
            assert_eq!(digest.finish(), empty);
        }
    }
}
