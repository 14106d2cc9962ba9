//! What requests and tokens are signed with: a MAC under a shared secret, a hash
//! over one, or a key pair of which the receiver has the public half.

use core::fmt;

use ed25519_dalek::VerifyingKey;
use ring::agreement::{self, EphemeralPrivateKey};
use ring::rand::SystemRandom;
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::{Deserialize, Deserializer, de};

use crate::primitives::mac::{MAX_TAG_BYTES, MacAlgorithm, MacKey, Tag};
use crate::primitives::plain_hash::{HashAlgorithm, HashKey};
use crate::primitives::sink::Content;

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    Mac(MacAlgorithm),
    /// A plain hash: the secret stands in the message.
    Hash(HashAlgorithm),
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
    /// For what providers sign since long ago: SHA-1 has collisions.
    RsaV15Sha1,
    RsaV15Sha256,
    RsaV15Sha384,
    RsaV15Sha512,
    RsaPssSha256,
    RsaPssSha512,
}

/// The algorithms that a scheme may name. The names are those of the registry
/// "HTTP Signature Algorithms" (RFC 9421 section 6.2) where it has them; the
/// others keep its pattern.
const NAMES: [(&str, SignatureAlgorithm); 15] = {
    use HashAlgorithm::{Md5, Sha1, Sha256};
    use MacAlgorithm::{HmacMd5, HmacSha1, HmacSha256, HmacSha384, HmacSha512};
    use PublicKeyAlgorithm::{
        EcdsaP256Sha256, EcdsaP256Sha256Der, Ed25519, RsaPssSha512, RsaV15Sha1, RsaV15Sha256,
        RsaV15Sha512,
    };
    use SignatureAlgorithm::{Hash, Mac, PublicKey};
    [
        ("hmac-md5", Mac(HmacMd5)),
        ("hmac-sha1", Mac(HmacSha1)),
        ("hmac-sha256", Mac(HmacSha256)),
        ("hmac-sha384", Mac(HmacSha384)),
        ("hmac-sha512", Mac(HmacSha512)),
        ("md5", Hash(Md5)),
        ("sha1", Hash(Sha1)),
        ("sha256", Hash(Sha256)),
        ("ed25519", PublicKey(Ed25519)),
        ("ecdsa-p256-sha256", PublicKey(EcdsaP256Sha256)),
        ("ecdsa-p256-sha256-der", PublicKey(EcdsaP256Sha256Der)),
        ("rsa-v1_5-sha1", PublicKey(RsaV15Sha1)),
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
    /// The name of the registry, which a signature may carry as well.
    pub(crate) fn name(self) -> &'static str {
        let mut names = NAMES.iter();
        let known = names.find(|(_, algorithm)| *algorithm == self);
        known.map(|(name, _)| *name).unwrap_or_default()
    }

    /// How long what is compared is; `None` for signatures of key pairs.
    pub(crate) const fn tag_bytes(self) -> Option<usize> {
        match self {
            Self::Mac(mac) => Some(mac.tag_bytes()),
            Self::Hash(hash) => Some(hash.tag_bytes()),
            Self::PublicKey(_) => None,
        }
    }

    /// What a byte of the message costs, in bytes of SHA-256, rounded up.
    pub(crate) const fn work(self) -> usize {
        match self {
            Self::Mac(mac) => mac.work(),
            Self::Hash(hash) => hash.work(),
            Self::PublicKey(algorithm) => algorithm.work(),
        }
    }

    /// Whether two messages of one signature can be made. HMAC does not need a hash
    /// without collisions.
    pub(crate) const fn is_weak(self) -> bool {
        matches!(
            self,
            Self::Hash(HashAlgorithm::Md5 | HashAlgorithm::Sha1)
                | Self::PublicKey(PublicKeyAlgorithm::RsaV15Sha1)
        )
    }

    pub(crate) const fn mac(self) -> Option<MacAlgorithm> {
        match self {
            Self::Mac(mac) => Some(mac),
            Self::Hash(_) | Self::PublicKey(_) => None,
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
            Self::RsaV15Sha1
            | Self::RsaV15Sha256
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
            | Self::RsaV15Sha1
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
            Self::RsaV15Sha1 => Some(&signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
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
            | Self::RsaV15Sha1
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
    Hash(HashKey),
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

const NO_SECRET: &str = "the secret has no byte but zeros";

impl SignatureKey {
    /// A secret that is not as good as none.
    pub(crate) fn mac(algorithm: MacAlgorithm, secret: &[u8]) -> Result<Self, &'static str> {
        MacKey::new(algorithm, secret)
            .map(|key| Self::Mac(algorithm, key))
            .ok_or(NO_SECRET)
    }

    /// A secret that is not as good as none, for messages that hold it.
    pub(crate) fn hash(algorithm: HashAlgorithm, secret: &[u8]) -> Result<Self, &'static str> {
        HashKey::new(algorithm, secret)
            .map(Self::Hash)
            .ok_or(NO_SECRET)
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
            (Self::Hash(key), SignatureAlgorithm::Hash(hash)) => key.algorithm() == hash,
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
    /// never tried. A MAC or a hash is compared in constant time.
    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        match (self, algorithm) {
            (Self::Mac(own, key), SignatureAlgorithm::Mac(mac)) => {
                *own == mac && is_tag(signature, || key.tag(&message))
            }
            (Self::Hash(key), SignatureAlgorithm::Hash(hash)) => {
                key.algorithm() == hash && is_tag(signature, || key.tag(&message))
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
        matches!(self, Self::Mac(..) | Self::Hash(_))
    }

    /// The MAC or hash of a message, where the key is a secret.
    pub(crate) fn tag(&self, message: &impl Content) -> Option<Tag> {
        match self {
            Self::Mac(_, key) => Some(key.tag(message)),
            Self::Hash(key) => Some(key.tag(message)),
            Self::Rsa(_) | Self::Ecdsa(..) | Self::Ed25519(_) => None,
        }
    }
}

impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mac(..) => "SignatureKey(Mac)",
            Self::Hash(_) => "SignatureKey(Hash)",
            Self::Rsa(_) => "SignatureKey(Rsa)",
            Self::Ecdsa(..) => "SignatureKey(Ecdsa)",
            Self::Ed25519(_) => "SignatureKey(Ed25519)",
        })
    }
}

/// Whether a signature is the tag, in constant time.
fn is_tag(signature: &[u8], tag: impl FnOnce() -> Tag) -> bool {
    // A tag would cut off what is longer than any.
    signature.len() <= MAX_TAG_BYTES && tag().ct_eq(&Tag::from_bytes(signature)).into()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A key and its signatures of `message`, made with OpenSSL: Wycheproof has
    /// none with SHA-1.
    const MODULUS: &str = "b87f3fb6474b63f557974b514f1aa6f8a9612235e18941da7b74f32df7102c13eb68fdc2e6a37ccd\
        3eb48e146afd852f460c9037a9745d3dda5df1c45cd4508fc9e6f9d039b7c04258fd0cc3ec1f2868\
        5634e4ee526525f0b41ce84645a67749862360c8469329730d4d1770346ea0550fa62388995b0484\
        651a8b7d5a9d81d224ace10b318b497d575b8b885723c71b6d4100435b9f16d3cd05bf8778df5e4b\
        928b8b95602a56ef1b183d71d2cb497f79266537cd0de6c3732b8600ddcb6b09585bc85dfbb58089\
        66ae64ffe5d4be69ce275ee3bfa0a963a463e703da283fe023db7405b9b415f02f12c6eec8c2d41c\
        086a0183c682e1ca23dd8238282401a5";
    const WITH_SHA1: &str = "a990e98b6958795f3eb0cbbae1dc302c4da32232bdc99d879e9da90d852b537983334d39eb2a8585\
        7baa0c024fb504b3c5b42bdad80d6579acccb1af46ab2004b2b7b1f9f7f5e35b83e64dcfd9b10dcd\
        080bcb636e1f05697d5dc98e5ccc36edb1e47a0bcc887e116fa13a9a288ee2154460ee258189cc3b\
        4cf9aa65395a28b94b3cc8dc25e92e32804bd86f827977769a324ac317bb3ee73e71e3c57b4ba6ff\
        0567e6f42b21141e1c9a6cf20183eda01aee68eb65460632d86a079500df9a73674f8b50f2eb02de\
        8402205085eb634ba9dbbd887fd95a1180c6d92b5b70f842d6c164aee69e4fa3b636e3361bb67961\
        49b0411d1b54a9e60697638621e83d27";
    const WITH_SHA256: &str = "5eb031043eaaa5c2fc255a87c00065689ab6e147dc29202f617698e350a37e167ae81b2fa31c1823\
        1e40da6675b552a4ce8b1e63d4872ab95859b4d4de52d6cb430ebd5b90c1d6c66314b50538ef9b65\
        9df1a2d24147043d7ff3008bdedc2f3b1372bbbcee32172c391386d2e5a8ae60016b0d83efc4082e\
        3f2a9a7f161ad16801d177132adb358b623fe2fe701651bdad8c8210f8e552e410084cb057100245\
        7c304b2eed4a77866c875f5844a8c25b361fa9a889353e7e6fb872433fb27fcdf1c52cb2c97717e8\
        6f55be4fa0c9ca4d3c845bbb057b95c8e0f21c846825fb0b744522cb44a4ea5ad315017f4b654cc4\
        289ddcf976e66f4a321cac801e8b3b7a";

    #[test]
    fn rsa_with_sha1_is_an_algorithm_of_its_own() {
        use PublicKeyAlgorithm::{RsaV15Sha1, RsaV15Sha256, RsaV15Sha512};
        let bytes = |hex: &str| const_hex::decode(hex).unwrap();
        let key = SignatureKey::rsa(bytes(MODULUS), vec![1, 0, 1]).unwrap();
        for (right, signature) in [(RsaV15Sha1, WITH_SHA1), (RsaV15Sha256, WITH_SHA256)] {
            for algorithm in [RsaV15Sha1, RsaV15Sha256, RsaV15Sha512] {
                let algorithm = SignatureAlgorithm::PublicKey(algorithm);
                assert!(key.fits(algorithm));
                let is_right = algorithm == SignatureAlgorithm::PublicKey(right);
                let mut signature = bytes(signature);
                assert_eq!(key.verify(algorithm, b"message", &signature), is_right);
                assert!(!key.verify(algorithm, b"messagf", &signature));
                assert!(!key.verify(algorithm, b"message", &signature[1..]));
                signature[255] ^= 1;
                assert!(!key.verify(algorithm, b"message", &signature));
            }
        }
    }

    #[test]
    fn a_hash_verifies_under_its_own_algorithm_only() {
        use HashAlgorithm::{Md5, Sha1, Sha256};
        let message = b"a message with the secret";
        for own in [Md5, Sha1, Sha256] {
            let key = SignatureKey::hash(own, b"secret").unwrap();
            assert!(key.is_secret());
            let tag = key.tag(&&message[..]).unwrap();
            let mut buffer = [0; MAX_TAG_BYTES];
            let tag = tag.copy_to(&mut buffer);
            for other in [Md5, Sha1, Sha256] {
                let algorithm = SignatureAlgorithm::Hash(other);
                assert_eq!(key.fits(algorithm), own == other);
                assert_eq!(key.verify(algorithm, message, tag), own == other);
                assert!(!key.verify(algorithm, b"another", tag));
                assert!(!key.verify(algorithm, message, &tag[1..]));
                assert!(!key.verify(algorithm, message, &[tag, &[0; 64]].concat()));
            }
            let mac = SignatureAlgorithm::Mac(MacAlgorithm::HmacSha256);
            assert!(!key.fits(mac) && !key.verify(mac, message, tag));
        }
        assert!(SignatureKey::hash(Md5, b"").is_err());
    }

    #[test]
    fn every_name_is_read() {
        for (name, algorithm) in NAMES {
            let read = SignatureAlgorithm::deserialize(serde_json::json!(name));
            assert_eq!(read.unwrap(), algorithm);
        }
        for unknown in ["", "sha512", "HMAC-SHA256", "none"] {
            assert!(SignatureAlgorithm::deserialize(serde_json::json!(unknown)).is_err());
        }
    }
}
