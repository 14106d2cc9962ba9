//! HMAC (RFC 2104) with the key schedule done once, and its comparison.

use core::fmt;

use arrayvec::ArrayVec;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::FixedOutputReset;
use sha2::digest::common::BlockSizeUser;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::primitives::sink::{Content, Erased, Sink};

/// The longest tag any algorithm here makes.
pub(crate) const MAX_TAG_BYTES: usize = 64;

/// The MACs of schemes and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MacAlgorithm {
    HmacMd5,
    HmacSha1,
    HmacSha256,
    HmacSha384,
    HmacSha512,
}

impl MacAlgorithm {
    pub(crate) const fn tag_bytes(self) -> usize {
        match self {
            Self::HmacMd5 => 16,
            Self::HmacSha1 => 20,
            Self::HmacSha256 => 32,
            Self::HmacSha384 => 48,
            Self::HmacSha512 => 64,
        }
    }

    /// What a byte costs, in bytes of SHA-256, rounded up. Processors have
    /// instructions for SHA-1 and SHA-256 first.
    pub(crate) const fn work(self) -> usize {
        match self {
            Self::HmacSha1 | Self::HmacSha256 => 1,
            Self::HmacMd5 | Self::HmacSha384 | Self::HmacSha512 => 3,
        }
    }
}

/// A MAC that has absorbed its key; it is cloned for each message. The states
/// wipe themselves when dropped.
pub(crate) enum MacKey {
    Md5(Hmac<Md5>),
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl MacKey {
    /// `None` for an empty key, and for one of zeros, which HMAC cannot tell from
    /// the empty one: such a MAC must not exist.
    pub(crate) fn new(algorithm: MacAlgorithm, key: &[u8]) -> Option<Self> {
        if key.iter().all(|&byte| byte == 0) {
            return None;
        }
        match algorithm {
            MacAlgorithm::HmacMd5 => keyed::<_, Md5>(key).map(Self::Md5),
            MacAlgorithm::HmacSha1 => keyed::<_, Sha1>(key).map(Self::Sha1),
            MacAlgorithm::HmacSha256 => keyed::<_, Sha256>(key).map(Self::Sha256),
            MacAlgorithm::HmacSha384 => keyed::<_, Sha384>(key).map(Self::Sha384),
            MacAlgorithm::HmacSha512 => keyed::<_, Sha512>(key).map(Self::Sha512),
        }
    }

    /// The MAC of a message that writes itself.
    pub(crate) fn tag(&self, message: &impl Content) -> Tag {
        match self {
            Self::Md5(key) => tag(key, &Erased(message)),
            Self::Sha1(key) => tag(key, message),
            Self::Sha256(key) => tag(key, message),
            Self::Sha384(key) => tag(key, &Erased(message)),
            Self::Sha512(key) => tag(key, message),
        }
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}

/// A MAC with its key. One that is longer than a block is replaced by its hash
/// (RFC 2104 section 2): here and not by the library, which moves its hasher about
/// and leaves the end of the key where that was. This one stays where it is, and
/// wipes itself.
fn keyed<M: KeyInit, D: Digest + FixedOutputReset + BlockSizeUser>(key: &[u8]) -> Option<M> {
    if key.len() <= D::block_size() {
        return M::new_from_slice(key).ok();
    }
    let mut hasher = D::new();
    Digest::update(&mut hasher, key);
    let mut hashed = hasher.finalize_reset();
    let mac = M::new_from_slice(&hashed).ok();
    hashed.zeroize();
    mac
}

fn tag<M: Mac + Clone>(key: &M, message: &impl Content) -> Tag {
    let mut mac = key.clone();
    let mut sink = MacSink {
        mac: &mut mac,
        staged: ArrayVec::new(),
    };
    message.write(&mut sink);
    sink.flush();
    Tag::from_bytes(mac.finalize().as_bytes())
}

/// Many messages are made of dozens of short pieces. They are collected here,
/// because handing each to the hash on its own costs more than hashing it.
struct MacSink<'m, M> {
    mac: &'m mut M,
    staged: ArrayVec<u8, 256>,
}

impl<M: Mac> MacSink<'_, M> {
    fn flush(&mut self) {
        if !self.staged.is_empty() {
            self.mac.update(&self.staged);
            self.staged.clear();
        }
    }
}

impl<M: Mac> Sink for MacSink<'_, M> {
    fn write(&mut self, bytes: &[u8]) {
        if self.staged.try_extend_from_slice(bytes).is_ok() {
            return;
        }
        self.flush();
        if self.staged.try_extend_from_slice(bytes).is_err() {
            self.mac.update(bytes);
        }
    }

    /// Nothing wipes what was collected.
    fn write_secret(&mut self, secret: &[u8]) {
        self.flush();
        self.mac.update(secret);
    }
}

/// A MAC's output, expected or received. Never printed; wiped when dropped.
///
/// Held as words, which are compared and wiped eight bytes at a time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Tag {
    words: [u64; MAX_TAG_BYTES / 8],
    #[zeroize(skip)]
    length: usize,
}

impl Tag {
    /// Keeps at most [`MAX_TAG_BYTES`].
    pub(crate) fn from_bytes(source: &[u8]) -> Self {
        let length = source.len().min(MAX_TAG_BYTES);
        let mut padded = [0; MAX_TAG_BYTES];
        padded[..length].copy_from_slice(&source[..length]);
        let mut words = [0; MAX_TAG_BYTES / 8];
        for (word, bytes) in words.iter_mut().zip(padded.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self { words, length }
    }

    /// Writes the bytes into `buffer` and returns those that count.
    pub(crate) fn copy_to<'b>(&self, buffer: &'b mut [u8; MAX_TAG_BYTES]) -> &'b [u8] {
        for (chunk, word) in buffer.chunks_exact_mut(8).zip(self.words) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        &buffer[..self.length]
    }

    /// Compares in constant time. Lengths are public.
    pub(crate) fn ct_eq(&self, other: &Self) -> Choice {
        if self.length != other.length {
            return Choice::from(0);
        }
        // The bytes behind the length are zero in both. All words are looked at
        // without a branch, and compared in one call that the compiler cannot
        // see through.
        let pairs = self.words.iter().zip(&other.words);
        pairs
            .fold(0, |difference, (a, b)| difference | (a ^ b))
            .ct_eq(&0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(…)")
    }
}

/// SHA-1 (FIPS 180-4) of a secret.
pub(crate) fn sha1_of_secret(secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut hash = Sha1::new();
    hash.update(secret);
    let mut digest = hash.finalize_reset();
    let key = Zeroizing::new(digest.to_vec());
    digest.zeroize();
    key
}

/// SHA-256 (FIPS 180-4).
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Text<'t>(&'t [u8]);

    impl Content for Text<'_> {
        fn write(&self, sink: &mut impl Sink) {
            sink.write(self.0);
        }
    }

    fn hmac(algorithm: MacAlgorithm, key: &[u8], message: &[u8]) -> String {
        let tag = MacKey::new(algorithm, key).unwrap().tag(&Text(message));
        const_hex::encode(tag.copy_to(&mut [0; MAX_TAG_BYTES]))
    }

    #[test]
    fn a_secret_is_never_collected() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
        let mut sink = MacSink {
            mac: &mut mac,
            staged: ArrayVec::new(),
        };
        sink.write(b"before");
        (&mut sink as &mut dyn Sink).write_secret(b"secret");
        assert!(sink.staged.is_empty());
        sink.write(b"after");
        sink.flush();
        let tag = mac.finalize().into_bytes();
        assert_eq!(
            const_hex::encode(tag),
            hmac(MacAlgorithm::HmacSha256, b"key", b"beforesecretafter")
        );
    }

    /// RFC 2202 section 3 and RFC 4231 section 4, test case 2.
    #[test]
    fn agrees_with_the_rfcs() {
        let (key, message) = (b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            hmac(MacAlgorithm::HmacMd5, key, message),
            "750c783e6ab0b503eaa86e310a5db738"
        );
        assert_eq!(
            hmac(MacAlgorithm::HmacSha1, key, message),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hmac(MacAlgorithm::HmacSha256, key, message),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hmac(MacAlgorithm::HmacSha384, key, message),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649"
        );
        assert_eq!(
            hmac(MacAlgorithm::HmacSha512, key, message),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549\
             758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        );
    }

    /// RFC 2202 section 2, for which Wycheproof has no cases.
    #[test]
    fn hmac_md5_agrees_with_its_rfc() {
        let counting: Vec<u8> = (1..=25).collect();
        let cases: [(&[u8], &[u8], &str); 6] = [
            (&[0x0b; 16], b"Hi There", "9294727a3638bb1c13f48ef8158bfc9d"),
            (&[0xaa; 16], &[0xdd; 50], "56be34521d144c88dbb8c733f0e8b3f6"),
            (&counting, &[0xcd; 50], "697eaf0aca3a3aea3a75164746ffaa79"),
            (
                &[0x0c; 16],
                b"Test With Truncation",
                "56461ef2342edc00f9bab995690efd4c",
            ),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
            ),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
                "6f630fad67cda0ee1fb1f562db3aa53e",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(hmac(MacAlgorithm::HmacMd5, key, message), expected);
        }
    }

    #[test]
    fn a_key_that_is_as_good_as_none_makes_no_mac() {
        for length in [0, 1, 20, 64, 65, 128, 129] {
            let key = vec![0; length];
            assert!(MacKey::new(MacAlgorithm::HmacSha256, &key).is_none());
            assert!(MacKey::new(MacAlgorithm::HmacSha512, &key).is_none());
        }
    }

    #[test]
    fn every_bit_and_every_length_counts() {
        let tag = Tag::from_bytes(&[0x5a; 32]);
        assert!(bool::from(tag.ct_eq(&tag.clone())));
        for bit in 0..256 {
            let mut bytes = [0x5a; 32];
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!bool::from(tag.ct_eq(&Tag::from_bytes(&bytes))));
        }
        for length in (0..=64).filter(|&length| length != 32) {
            assert!(!bool::from(
                tag.ct_eq(&Tag::from_bytes(&[0x5a; 64][..length]))
            ));
        }
    }
}
