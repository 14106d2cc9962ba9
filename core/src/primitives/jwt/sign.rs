//! The sender's half, for a token issuer and for tests.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use serde_json::json;

use super::algorithm::JwtAlgorithm;
use super::key_set::KeySetError;
use crate::primitives::mac::{MAX_TAG_BYTES, MacKey};

/// A key that signs. It wipes itself when dropped.
pub(crate) enum SigningKey {
    Hmac(JwtAlgorithm, MacKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl SigningKey {
    /// A secret for HS256, HS384 or HS512, at least as long as the hash.
    pub(crate) fn from_secret(algorithm: JwtAlgorithm, secret: &[u8]) -> Result<Self, KeySetError> {
        let key = algorithm.secret(secret).map_err(KeySetError::new)?;
        Ok(Self::Hmac(algorithm, key))
    }

    /// The 32 bytes that an Ed25519 key is derived from (RFC 8032 section 5.1.5).
    pub(crate) fn from_ed25519_seed(seed: &[u8; 32]) -> Self {
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    pub(crate) const fn algorithm(&self) -> JwtAlgorithm {
        match self {
            Self::Hmac(algorithm, _) => *algorithm,
            Self::Ed25519(_) => JwtAlgorithm::EdDSA,
        }
    }

    /// The point that verifies what an Ed25519 key signs; a secret has none.
    pub(crate) fn ed25519_public_key(&self) -> Option<[u8; 32]> {
        match self {
            Self::Hmac(..) => None,
            Self::Ed25519(key) => Some(key.verifying_key().to_bytes()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.algorithm().as_str())
    }
}

/// An access token (RFC 9068) of these claims, which are the text of a JSON
/// object.
pub(crate) fn sign_compact(key: &SigningKey, kid: Option<&str>, claims: &str) -> String {
    let mut header = json!({ "alg": key.algorithm().as_str(), "typ": "at+jwt" });
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let message = token.as_bytes();
    let signature = match key {
        SigningKey::Hmac(_, key) => {
            let mut buffer = [0; MAX_TAG_BYTES];
            URL_SAFE_NO_PAD.encode(key.tag(&message).copy_to(&mut buffer))
        }
        SigningKey::Ed25519(key) => URL_SAFE_NO_PAD.encode(key.sign(message).to_bytes()),
    };
    token.push('.');
    token.push_str(&signature);
    token
}
