//! The algorithms of RFC 7518 and RFC 8037 that a verifier may allow.

use serde::Deserialize;

use crate::primitives::mac::{MacAlgorithm, MacKey};
use crate::primitives::signature::{PublicKeyAlgorithm, SignatureAlgorithm, SignatureKey};

/// Spelt as in the `alg` member. `none` is not among them, nor is an algorithm
/// whose signatures the core could not check.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(crate) enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    ES256,
    ES384,
    EdDSA,
}

impl JwtAlgorithm {
    pub(crate) const ALL: [Self; 10] = [
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// The algorithm of that exact name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Whether one secret both signs and verifies.
    pub(crate) const fn is_symmetric(self) -> bool {
        self.mac().is_some()
    }

    /// The MAC of a symmetric algorithm.
    pub(crate) const fn mac(self) -> Option<MacAlgorithm> {
        self.signature().mac()
    }

    /// What the name stands for.
    pub(crate) const fn signature(self) -> SignatureAlgorithm {
        use SignatureAlgorithm::{Mac, PublicKey};
        match self {
            Self::HS256 => Mac(MacAlgorithm::HmacSha256),
            Self::HS384 => Mac(MacAlgorithm::HmacSha384),
            Self::HS512 => Mac(MacAlgorithm::HmacSha512),
            Self::RS256 => PublicKey(PublicKeyAlgorithm::RsaV15Sha256),
            Self::RS384 => PublicKey(PublicKeyAlgorithm::RsaV15Sha384),
            Self::RS512 => PublicKey(PublicKeyAlgorithm::RsaV15Sha512),
            Self::PS256 => PublicKey(PublicKeyAlgorithm::RsaPssSha256),
            Self::ES256 => PublicKey(PublicKeyAlgorithm::EcdsaP256Sha256),
            Self::ES384 => PublicKey(PublicKeyAlgorithm::EcdsaP384Sha384),
            Self::EdDSA => PublicKey(PublicKeyAlgorithm::Ed25519),
        }
    }

    /// A secret, at least as long as the hash (RFC 7518 section 3.2).
    pub(crate) fn secret(self, secret: &[u8]) -> Result<MacKey, &'static str> {
        let mac = self.secret_mac(secret)?;
        MacKey::new(mac, secret).ok_or("the secret has no byte but zeros")
    }

    /// The same, as a key that verifies.
    pub(crate) fn verification_secret(self, secret: &[u8]) -> Result<SignatureKey, &'static str> {
        SignatureKey::mac(self.secret_mac(secret)?, secret)
    }

    fn secret_mac(self, secret: &[u8]) -> Result<MacAlgorithm, &'static str> {
        let mac = self.mac().ok_or("a secret is for HS256, HS384 and HS512")?;
        if secret.len() < mac.tag_bytes() {
            return Err("the secret is shorter than the algorithm's hash");
        }
        Ok(mac)
    }
}
