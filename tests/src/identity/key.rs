//! Keys, their public halves (RFC 7517), and the tokens they sign (RFC 7515).

use std::{fmt, fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// A private key with the id that its tokens name.
pub struct SigningKey {
    id: String,
    pair: Pair,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// The committed RSA test key of that number, 1 or 2, for RS256.
    ///
    /// # Errors
    /// Where its file cannot be read.
    pub fn test_rsa(number: u8, id: &str) -> io::Result<Self> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/keys");
        let text = fs::read_to_string(format!("{folder}/test-only-rsa-{number}.pem"))?;
        let pair = RsaKeyPair::from_pkcs8(&pem_contents(&text)?).map_err(unusable)?;
        Ok(Self {
            id: id.to_owned(),
            pair: Pair::Rsa(Box::new(pair)),
        })
    }

    /// A new key for `EdDSA`.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub fn new_ed25519(id: &str) -> io::Result<Self> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let document = document.map_err(unusable)?;
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(unusable)?;
        Ok(Self {
            id: id.to_owned(),
            pair: Pair::Ed25519(pair),
        })
    }

    /// What tokens call it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> Value {
        match &self.pair {
            Pair::Rsa(pair) => {
                let PublicKeyComponents { n, e } =
                    PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
                       "n": base64url(&n), "e": base64url(&e)})
            }
            Pair::Ed25519(pair) => {
                json!({"kty": "OKP", "use": "sig", "crv": "Ed25519", "kid": self.id,
                       "x": base64url(pair.public_key().as_ref())})
            }
        }
    }

    /// A token with these claims.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let algorithm = match &self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ed25519(_) => "EdDSA",
        };
        let header = json!({"alg": algorithm, "kid": self.id, "typ": "JWT"});
        compact(&header, claims, |message| self.sign(message))
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .expect("the signature has the length of the modulus");
                signature
            }
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// Without the private half.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A token of any header, claims and signature: a forged one, too.
pub fn compact(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = base64url(&sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// The document that publishes these keys.
pub fn key_set<'k>(keys: impl IntoIterator<Item = &'k SigningKey>) -> Vec<u8> {
    let keys: Vec<Value> = keys.into_iter().map(SigningKey::public).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The errors of `ring` are no standard errors unless one asks for that.
fn unusable(error: impl fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

/// What stands between the markers of a PEM file (RFC 7468).
fn pem_contents(text: &str) -> io::Result<Vec<u8>> {
    let is_marker = |line: &&str| line.starts_with("-----");
    let inside = text.lines().skip_while(|line| !is_marker(line)).skip(1);
    let base64: String = inside.take_while(|line| !is_marker(line)).collect();
    STANDARD.decode(base64).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use hookseal::{Headers, Options, Request, Verifier};

    use super::*;

    #[test]
    fn the_core_takes_the_tokens_of_both_kinds_of_key() {
        for key in [
            SigningKey::test_rsa(1, "first").unwrap(),
            SigningKey::new_ed25519("second").unwrap(),
        ] {
            let jwks = String::from_utf8(key_set([&key])).unwrap();
            let options = Options::new()
                .with("issuer", "https://identity.test")
                .with("audience", "receiver")
                .with("jwks", jwks.as_str());
            let claims =
                json!({"iss": "https://identity.test", "aud": "receiver", "exp": 1_764_000_300});
            let verifier = Verifier::new("bearer-jwt", options).unwrap();
            let verdict = |token: &str| {
                let bearer = format!("Bearer {token}");
                let request = Request {
                    method: b"POST",
                    target: b"https://receiver.test/",
                    authority: None,
                    scheme: None,
                    headers: Headers::Pairs(&[(b"authorization", bearer.as_bytes())]),
                    body: b"",
                    peer: None,
                };
                verifier.verify_at(&request, 1_764_000_000).is_ok()
            };
            let token = key.token(&claims);
            assert!(verdict(&token));
            let forged = key.token(&json!({"iss": "https://identity.test"}));
            let (_, signature) = forged.rsplit_once('.').unwrap();
            let (message, _) = token.rsplit_once('.').unwrap();
            assert!(!verdict(&format!("{message}.{signature}")));
        }
    }
}
