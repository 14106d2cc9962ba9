//! What requests and tokens are signed with: a MAC under a shared secret, or a
//! key pair of which the receiver has the public half.

use core::fmt;

use ed25519_dalek::VerifyingKey;
use ring::agreement::{self, EphemeralPrivateKey};
use ring::rand::SystemRandom;
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::{Deserialize, Deserializer, de};

use crate::primitives::mac::{MAX_TAG_BYTES, MacAlgorithm, MacKey, Tag};
use crate::primitives::sink::Content;

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    Mac(MacAlgorithm),
    PublicKey(PublicKeyAlgorithm),
}

/// The algorithms of key pairs. ECDSA signatures are `r` and `s` of fixed length
/// (RFC 9421 section 3.3.4, RFC 7518 section 3.4), but for [`EcdsaP256Sha256Der`].
///
/// [`EcdsaP256Sha256Der`]: Self::EcdsaP256Sha256Der
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PublicKeyAlgorithm {
    Ed25519,
    EcdsaP256Sha256,
    /// The same signature in ASN.1 (RFC 3279 section 2.2.3).
    EcdsaP256Sha256Der,
    EcdsaP384Sha384,
    RsaV15Sha256,
    RsaV15Sha384,
    RsaV15Sha512,
    RsaPssSha256,
    RsaPssSha512,
}

/// The algorithms that a scheme may name. The names are those of the registry
/// "HTTP Signature Algorithms" (RFC 9421 section 6.2) where it has them; the
/// others keep its pattern.
const NAMES: [(&str, SignatureAlgorithm); 10] = {
    use MacAlgorithm::{HmacSha1, HmacSha256, HmacSha384, HmacSha512};
    use PublicKeyAlgorithm::{
        EcdsaP256Sha256, EcdsaP256Sha256Der, Ed25519, RsaPssSha512, RsaV15Sha256, RsaV15Sha512,
    };
    use SignatureAlgorithm::{Mac, PublicKey};
    [
        ("hmac-sha1", Mac(HmacSha1)),
        ("hmac-sha256", Mac(HmacSha256)),
        ("hmac-sha384", Mac(HmacSha384)),
        ("hmac-sha512", Mac(HmacSha512)),
        ("ed25519", PublicKey(Ed25519)),
        ("ecdsa-p256-sha256", PublicKey(EcdsaP256Sha256)),
        ("ecdsa-p256-sha256-der", PublicKey(EcdsaP256Sha256Der)),
        ("rsa-v1_5-sha256", PublicKey(RsaV15Sha256)),
        ("rsa-v1_5-sha512", PublicKey(RsaV15Sha512)),
        ("rsa-pss-sha512", PublicKey(RsaPssSha512)),
    ]
};

impl<'de> Deserialize<'de> for SignatureAlgorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const KNOWN: [&str; NAMES.len()] = {
            let mut known = [""; NAMES.len()];
            let mut index = 0;
            while index < NAMES.len() {
                known[index] = NAMES[index].0;
                index += 1;
            }
            known
        };
        let name = String::deserialize(deserializer)?;
        let mut names = NAMES.iter();
        names
            .find(|(known, _)| *known == name)
            .map(|(_, algorithm)| *algorithm)
            .ok_or_else(|| de::Error::unknown_variant(&name, &KNOWN))
    }
}

impl SignatureAlgorithm {
    pub(crate) const fn mac(self) -> Option<MacAlgorithm> {
        match self {
            Self::Mac(mac) => Some(mac),
            Self::PublicKey(_) => None,
        }
    }
}

impl PublicKeyAlgorithm {
    /// Whether a signature may have that length. RSA's is as long as its key.
    pub(crate) const fn may_have_length(self, bytes: usize) -> bool {
        match self {
            Self::Ed25519 | Self::EcdsaP256Sha256 => bytes == 64,
            Self::EcdsaP384Sha384 => bytes == 96,
            // Two numbers of at least one byte and at most 33, in a sequence.
            Self::EcdsaP256Sha256Der => 8 <= bytes && bytes <= 72,
            Self::RsaV15Sha256
            | Self::RsaV15Sha384
            | Self::RsaV15Sha512
            | Self::RsaPssSha256
            | Self::RsaPssSha512 => 256 <= bytes && bytes <= 1024,
        }
    }

    /// What a byte of the message costs, in bytes of SHA-256, rounded up.
    pub(crate) const fn work(self) -> usize {
        match self {
            Self::EcdsaP256Sha256
            | Self::EcdsaP256Sha256Der
            | Self::RsaV15Sha256
            | Self::RsaPssSha256 => 1,
            Self::Ed25519
            | Self::EcdsaP384Sha384
            | Self::RsaV15Sha384
            | Self::RsaV15Sha512
            | Self::RsaPssSha512 => 3,
        }
    }

    const fn rsa(self) -> Option<&'static RsaParameters> {
        match self {
            Self::RsaV15Sha256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            Self::RsaV15Sha384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
            Self::RsaV15Sha512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
            Self::RsaPssSha256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
            Self::RsaPssSha512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
            Self::Ed25519
            | Self::EcdsaP256Sha256
            | Self::EcdsaP256Sha256Der
            | Self::EcdsaP384Sha384 => None,
        }
    }

    fn ecdsa(self) -> Option<(Curve, &'static dyn VerificationAlgorithm)> {
        match self {
            Self::EcdsaP256Sha256 => Some((Curve::P256, &signature::ECDSA_P256_SHA256_FIXED)),
            Self::EcdsaP256Sha256Der => Some((Curve::P256, &signature::ECDSA_P256_SHA256_ASN1)),
            Self::EcdsaP384Sha384 => Some((Curve::P384, &signature::ECDSA_P384_SHA384_FIXED)),
            Self::Ed25519
            | Self::RsaV15Sha256
            | Self::RsaV15Sha384
            | Self::RsaV15Sha512
            | Self::RsaPssSha256
            | Self::RsaPssSha512 => None,
        }
    }
}

/// A key that verifies. Of which algorithms is bound to the key.
pub(crate) enum SignatureKey {
    Mac(MacAlgorithm, MacKey),
    /// Modulus and exponent, checked. ring has no prepared form of them: it
    /// makes one within the 20 µs that a verification takes.
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// A point in the uncompressed form of SEC 1 section 2.3.3, checked.
    Ecdsa(Curve, Vec<u8>),
    Ed25519(VerifyingKey),
}

/// The curves of ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

/// Below, a key can be broken; above, verifying takes too long.
const RSA_MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// The largest exponent that ring takes; 65537 is the usual one.
const MAX_RSA_EXPONENT: u64 = (1 << 33) - 1;

impl SignatureKey {
    /// A secret that is not as good as none.
    pub(crate) fn mac(algorithm: MacAlgorithm, secret: &[u8]) -> Result<Self, &'static str> {
        MacKey::new(algorithm, secret)
            .map(|key| Self::Mac(algorithm, key))
            .ok_or("the secret has no byte but zeros")
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

    /// A point in the uncompressed form of SEC 1 section 2.3.3.
    pub(crate) fn ecdsa(curve: Curve, point: Vec<u8>) -> Result<Self, &'static str> {
        let length = match curve {
            Curve::P256 => 65,
            Curve::P384 => 97,
        };
        if point.len() != length || point.first() != Some(&4) {
            return Err("the point is not written in the uncompressed form of its curve");
        }
        if !is_on_curve(curve, &point) {
            return Err("the point is not on the curve");
        }
        Ok(Self::Ecdsa(curve, point))
    }

    /// A compressed point in its one spelling (RFC 8032 section 5.1.3), not of small
    /// order.
    pub(crate) fn ed25519(point: &[u8]) -> Result<Self, &'static str> {
        let bytes = point
            .try_into()
            .map_err(|_| "an Ed25519 key has 32 bytes")?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| "the point is not on the curve")?;
        if !is_reduced(bytes) {
            return Err("the point is not written in its one form");
        }
        if key.is_weak() {
            return Err("the point is of small order");
        }
        Ok(Self::Ed25519(key))
    }

    /// Whether the algorithm is one of the key's kind.
    pub(crate) fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        match (self, algorithm) {
            (Self::Mac(own, _), SignatureAlgorithm::Mac(mac)) => *own == mac,
            (Self::Rsa(_), SignatureAlgorithm::PublicKey(one)) => one.rsa().is_some(),
            (Self::Ecdsa(own, _), SignatureAlgorithm::PublicKey(one)) => {
                one.ecdsa().is_some_and(|(curve, _)| curve == *own)
            }
            (Self::Ed25519(_), SignatureAlgorithm::PublicKey(one)) => {
                one == PublicKeyAlgorithm::Ed25519
            }
            _ => false,
        }
    }

    /// Whether a signature is right. An algorithm that is not the key's own is
    /// never tried. A MAC is compared in constant time.
    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        match (self, algorithm) {
            (Self::Mac(own, key), SignatureAlgorithm::Mac(mac)) => {
                // A tag would cut off what is longer than any MAC.
                *own == mac
                    && signature.len() <= MAX_TAG_BYTES
                    && bool::from(key.tag(&message).ct_eq(&Tag::from_bytes(signature)))
            }
            (Self::Rsa(key), SignatureAlgorithm::PublicKey(one)) => one
                .rsa()
                .is_some_and(|parameters| key.verify(parameters, message, signature).is_ok()),
            (Self::Ecdsa(own, point), SignatureAlgorithm::PublicKey(one)) => {
                one.ecdsa().is_some_and(|(curve, verification)| {
                    let key = UnparsedPublicKey::new(verification, point);
                    curve == *own && key.verify(message, signature).is_ok()
                })
            }
            (Self::Ed25519(key), SignatureAlgorithm::PublicKey(PublicKeyAlgorithm::Ed25519)) => {
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
            _ => false,
        }
    }

    pub(crate) const fn is_secret(&self) -> bool {
        matches!(self, Self::Mac(..))
    }

    /// The MAC of a message, where the key is a secret.
    pub(crate) fn tag(&self, message: &impl Content) -> Option<Tag> {
        match self {
            Self::Mac(_, key) => Some(key.tag(message)),
            Self::Rsa(_) | Self::Ecdsa(..) | Self::Ed25519(_) => None,
        }
    }
}

impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mac(..) => "SignatureKey(Mac)",
            Self::Rsa(_) => "SignatureKey(Rsa)",
            Self::Ecdsa(..) => "SignatureKey(Ecdsa)",
            Self::Ed25519(_) => "SignatureKey(Ed25519)",
        })
    }
}

/// Whether the coordinate of a compressed point is below 2^255 - 19.
fn is_reduced(point: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = point;
    *first < 0xed || middle.iter().any(|byte| *byte != 0xff) || last & 0x7f != 0x7f
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
