//! One key, ready to verify, and the algorithms it may be used with.

use core::fmt;
use core::slice;

use ed25519_dalek::VerifyingKey;
use ring::agreement::{self, EphemeralPrivateKey};
use ring::rand::SystemRandom;
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey};

use super::algorithm::JwtAlgorithm;
use crate::primitives::mac::{MAX_TAG_BYTES, MacKey, Tag};
use crate::primitives::sink::{Content, Sink};

/// Below, a key can be broken; above, verifying takes too long.
const RSA_MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// The largest exponent that ring takes; 65537 is the usual one.
const MAX_RSA_EXPONENT: u64 = (1 << 33) - 1;

const RSA_ALGORITHMS: [JwtAlgorithm; 4] = [
    JwtAlgorithm::RS256,
    JwtAlgorithm::RS384,
    JwtAlgorithm::RS512,
    JwtAlgorithm::PS256,
];

/// A prepared key.
pub(crate) enum Key {
    Hmac(JwtAlgorithm, MacKey),
    /// Modulus and exponent, checked. ring has no prepared form of them: it
    /// makes one within the 20 µs that a verification takes.
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    Ecdsa(JwtAlgorithm, UnparsedPublicKey<Vec<u8>>),
    Ed25519(VerifyingKey),
}

/// The curves of ECDSA; each belongs to one algorithm.
#[derive(Clone, Copy)]
pub(crate) enum Curve {
    P256,
    P384,
}

impl Key {
    pub(crate) fn hmac(algorithm: JwtAlgorithm, secret: &[u8]) -> Result<Self, &'static str> {
        Ok(Self::Hmac(algorithm, mac_key(algorithm, secret)?))
    }

    /// Modulus and exponent, big-endian without leading zeros.
    pub(crate) fn rsa(modulus: Vec<u8>, exponent: Vec<u8>) -> Result<Self, &'static str> {
        let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        let bits = match modulus.first() {
            None | Some(0) => return Err("the RSA modulus starts with zero"),
            Some(first) => modulus.len() * 8 - first.leading_zeros() as usize,
        };
        if !RSA_MODULUS_BITS.contains(&bits) || !is_odd(&modulus) {
            return Err("the RSA modulus is not an odd number of 2048 to 8192 bits");
        }
        let value = match exponent.as_slice() {
            [first, ..] if *first != 0 && exponent.len() <= 8 => exponent
                .iter()
                .fold(0, |value, byte| (value << 8) | u64::from(*byte)),
            _ => 0,
        };
        if !(3..=MAX_RSA_EXPONENT).contains(&value) || !is_odd(&exponent) {
            return Err("the RSA exponent is not an odd number from 3 to 2^33 - 1");
        }
        let (n, e) = (modulus, exponent);
        Ok(Self::Rsa(RsaPublicKeyComponents { n, e }))
    }

    /// The coordinates of a point, each of the curve's full length.
    pub(crate) fn ecdsa(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, &'static str> {
        let (length, algorithm, verification) = match curve {
            Curve::P256 => (32, JwtAlgorithm::ES256, &signature::ECDSA_P256_SHA256_FIXED),
            Curve::P384 => (48, JwtAlgorithm::ES384, &signature::ECDSA_P384_SHA384_FIXED),
        };
        if x.len() != length || y.len() != length {
            return Err("a coordinate has not the length of the curve");
        }
        let point = [&[4], x, y].concat();
        if !is_on_curve(curve, &point) {
            return Err("the point is not on the curve");
        }
        let key = UnparsedPublicKey::new(verification, point);
        Ok(Self::Ecdsa(algorithm, key))
    }

    /// A compressed point of full order (RFC 8032 section 5.1.2).
    pub(crate) fn ed25519(point: &[u8]) -> Result<Self, &'static str> {
        let bytes = point
            .try_into()
            .map_err(|_| "an Ed25519 key has 32 bytes")?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| "the point is not on the curve")?;
        if key.is_weak() {
            return Err("the point is of small order");
        }
        Ok(Self::Ed25519(key))
    }

    /// The algorithms that this kind of key is made for.
    pub(crate) fn algorithms(&self) -> &[JwtAlgorithm] {
        match self {
            Self::Hmac(algorithm, _) | Self::Ecdsa(algorithm, _) => slice::from_ref(algorithm),
            Self::Rsa(_) => &RSA_ALGORITHMS,
            Self::Ed25519(_) => &[JwtAlgorithm::EdDSA],
        }
    }

    /// Whether the signature is right. An algorithm that is not the key's own
    /// is never tried.
    pub(crate) fn verifies(
        &self,
        algorithm: JwtAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        if !self.algorithms().contains(&algorithm) {
            return false;
        }
        match self {
            Self::Hmac(_, key) => {
                // A tag would cut off what is longer than any MAC.
                signature.len() <= MAX_TAG_BYTES
                    && bool::from(tag(key, message).ct_eq(&Tag::from_bytes(signature)))
            }
            Self::Rsa(key) => rsa_parameters(algorithm)
                .is_some_and(|parameters| key.verify(parameters, message, signature).is_ok()),
            Self::Ecdsa(_, key) => key.verify(message, signature).is_ok(),
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?})", self.algorithms())
    }
}

/// A secret must be at least as long as the hash (RFC 7518 section 3.2).
pub(crate) fn mac_key(algorithm: JwtAlgorithm, secret: &[u8]) -> Result<MacKey, &'static str> {
    let mac = algorithm
        .mac()
        .ok_or("a secret is for HS256, HS384 and HS512")?;
    if secret.len() < mac.tag_bytes() {
        return Err("the secret is shorter than the algorithm's hash");
    }
    MacKey::new(mac, secret).ok_or("the secret has no byte but zeros")
}

/// The MAC of the signed bytes of a token.
pub(crate) fn tag(key: &MacKey, message: &[u8]) -> Tag {
    key.tag(&Message(message))
}

fn rsa_parameters(algorithm: JwtAlgorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        JwtAlgorithm::RS256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        JwtAlgorithm::RS384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        JwtAlgorithm::RS512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        JwtAlgorithm::PS256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        _ => None,
    }
}

/// ring checks a point whenever it verifies, and tells no reason. Its key
/// agreement does the same check and nothing else that can fail, so that a
/// broken key shows when it is loaded.
fn is_on_curve(curve: Curve, point: &[u8]) -> bool {
    let algorithm = match curve {
        Curve::P256 => &agreement::ECDH_P256,
        Curve::P384 => &agreement::ECDH_P384,
    };
    let peer = agreement::UnparsedPublicKey::new(algorithm, point);
    EphemeralPrivateKey::generate(algorithm, &SystemRandom::new())
        .and_then(|private| agreement::agree_ephemeral(private, &peer, |_| ()))
        .is_ok()
}

struct Message<'m>(&'m [u8]);

impl Content for Message<'_> {
    fn write(&self, sink: &mut impl Sink) {
        sink.write(self.0);
    }
}
