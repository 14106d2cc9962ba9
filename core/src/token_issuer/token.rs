//! The token itself: a JWT with the claims of RFC 9068.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answers::{Rejection, answer};
use super::settings::Settings;
use crate::primitives::jwt::{JwtAlgorithm, SigningKey, sign_compact};
use crate::primitives::mac::sha256;
use crate::primitives::time::MAX_UNIX_SECONDS;
use crate::reply::Reply;

/// What all tokens of an issuer say.
pub(super) struct Constants {
    pub(super) issuer: String,
    pub(super) audience: Vec<String>,
    pub(super) client_id: String,
    /// Seconds.
    pub(super) lifetime: i64,
}

/// The key that signs, with the public half to publish.
pub(super) struct IssuerKey {
    signing: SigningKey,
    /// The public key as a JWK; a secret has none.
    jwk: Option<Value>,
}

/// A token of that scope, with the answer around it.
pub(super) fn issue(
    settings: &Settings,
    scope: &str,
    now: i64,
    random: [u8; 16],
) -> Result<Reply, Rejection> {
    let constants = &settings.claims;
    let expires = now
        .checked_add(constants.lifetime)
        .filter(|&expires| now >= 0 && expires <= MAX_UNIX_SECONDS)
        .ok_or(Rejection::ServerError)?;
    let audience = match constants.audience.as_slice() {
        [one] => json!(one),
        several => json!(several),
    };
    let mut claims = json!({
        "iss": constants.issuer,
        "sub": constants.client_id,
        "client_id": constants.client_id,
        "aud": audience,
        "iat": now,
        "exp": expires,
        "jti": URL_SAFE_NO_PAD.encode(random),
    });
    let mut body = json!({
        "token_type": "Bearer",
        "expires_in": constants.lifetime,
    });
    if !scope.is_empty() {
        claims["scope"] = scope.into();
        body["scope"] = scope.into();
    }
    body["access_token"] = settings.key.sign(&claims).into();
    Ok(answer(200, &body))
}

impl IssuerKey {
    /// A key for HS256, or why it is rejected.
    pub(super) fn hmac(secret: &[u8]) -> Result<Self, String> {
        let signing = SigningKey::from_secret(JwtAlgorithm::HS256, secret)
            .map_err(|reason| reason.to_string())?;
        Ok(Self { signing, jwk: None })
    }

    /// A key for EdDSA, named by its thumbprint (RFC 7638, RFC 8037 appendix A.3).
    pub(super) fn ed25519(seed: &[u8; 32]) -> Self {
        let signing = SigningKey::from_ed25519_seed(seed);
        let jwk = signing.ed25519_public_key().map(|point| {
            let x = URL_SAFE_NO_PAD.encode(point);
            let thumbprint = sha256(&[
                br#"{"crv":"Ed25519","kty":"OKP","x":""#,
                x.as_bytes(),
                br#""}"#,
            ]);
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "x": x,
                "kid": URL_SAFE_NO_PAD.encode(thumbprint),
                "alg": "EdDSA",
                "use": "sig",
            })
        });
        Self { signing, jwk }
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        self.signing.algorithm().as_str()
    }

    pub(super) fn jwks(&self) -> String {
        json!({ "keys": Vec::from_iter(&self.jwk) }).to_string()
    }

    fn sign(&self, claims: &Value) -> String {
        let kid = self.jwk.as_ref().and_then(|jwk| jwk["kid"].as_str());
        sign_compact(&self.signing, kid, &claims.to_string())
    }
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.signing, f)
    }
}
