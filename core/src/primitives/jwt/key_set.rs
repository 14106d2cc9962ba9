//! The keys of a verifier: a JWK set (RFC 7517), a single JWK, or secrets.

use core::fmt;

use serde_json::{Map, Value};

use super::algorithm::JwtAlgorithm;
use super::jwk::Jwk;
use crate::primitives::json;
use crate::primitives::signature::SignatureKey;

/// Sets in use have a handful of keys and a few kilobytes.
pub(crate) const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
const MAX_KEYS: usize = 100;

/// Keys that know how they are called. The empty set, which verifies nothing,
/// belongs to a verifier that still waits for its keys.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<NamedKey>,
}

/// A key with what its owner says about it.
#[derive(Debug)]
pub(crate) struct NamedKey {
    /// The `kid` of a JWK. A secret has none.
    pub(crate) kid: Option<String>,
    /// What results and logs call it: the `kid`, the label of a secret, or the
    /// place in the set.
    pub(crate) label: String,
    algorithm: Option<JwtAlgorithm>,
    key: SignatureKey,
}

/// Whether a document may hold secrets (`"kty": "oct"`). Only one that the
/// user wrote may: a set that was fetched must never contribute an HMAC key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OctKeys {
    Skipped,
    Allowed,
}

/// Why a key set cannot be used; for the log, without key material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeySetError(String);

impl KeySet {
    /// Reads a JWK set or a single JWK. A key that cannot verify is passed
    /// over; if none is left, the error gives the reason of the first.
    pub(crate) fn from_jwks(document: &[u8], oct_keys: OctKeys) -> Result<Self, KeySetError> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(KeySetError::new("the document is larger than 256 KiB"));
        }
        let members = json::parse_object(document).ok_or_else(|| {
            KeySetError::new(
                "the document is no JSON object, or holds a member twice, or nests too deeply",
            )
        })?;
        let mut keys = Vec::new();
        let mut first_reason = None;
        for (index, element) in elements(members)?.into_iter().enumerate() {
            match parse_element(element, index, oct_keys) {
                Ok(key) => keys.push(key),
                Err(reason) => {
                    first_reason.get_or_insert_with(|| format!("key {index}: {reason}"));
                }
            }
        }
        if keys.is_empty() {
            let reason = first_reason.unwrap_or_else(|| "it holds no key".to_owned());
            return Err(KeySetError(format!("no usable key; {reason}")));
        }
        let secrets = keys.iter().filter(|key| key.is_secret()).count();
        if secrets != 0 && secrets != keys.len() {
            return Err(KeySetError::new("secrets and public keys in one set"));
        }
        Ok(Self { keys })
    }

    /// Labelled keys of one algorithm's kind or of several, which no token names.
    pub(crate) fn of_keys(keys: impl IntoIterator<Item = (String, SignatureKey)>) -> Self {
        let keys = keys.into_iter().map(|(label, key)| NamedKey {
            kid: None,
            label,
            algorithm: None,
            key,
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// Labelled secrets, each for each of the symmetric algorithms.
    pub(crate) fn from_secrets<'s>(
        algorithms: &[JwtAlgorithm],
        secrets: impl IntoIterator<Item = (&'s str, &'s [u8])>,
    ) -> Result<Self, KeySetError> {
        let mut keys = Vec::new();
        for (label, secret) in secrets {
            for &algorithm in algorithms {
                let key = algorithm
                    .verification_secret(secret)
                    .map_err(|reason| KeySetError(format!("{}: {reason}", algorithm.as_str())))?;
                keys.push(NamedKey {
                    kid: None,
                    label: label.to_owned(),
                    algorithm: None,
                    key,
                });
            }
        }
        Ok(Self { keys })
    }

    /// Whether the keys are secrets; a set has keys of one sort.
    pub(crate) fn holds_secrets(&self) -> bool {
        self.keys.iter().any(NamedKey::is_secret)
    }

    /// The names by which tokens can refer to a key.
    #[cfg(test)]
    pub(crate) fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| key.kid.as_deref())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &NamedKey> {
        self.keys.iter()
    }
}

impl NamedKey {
    /// Whether the algorithm is one of the key's kind, and the one that its
    /// owner names.
    pub(crate) fn fits(&self, algorithm: JwtAlgorithm) -> bool {
        self.key.fits(algorithm.signature()) && self.algorithm.is_none_or(|only| only == algorithm)
    }

    pub(crate) fn verifies(
        &self,
        algorithm: JwtAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.fits(algorithm) && self.key.verify(algorithm.signature(), message, signature)
    }

    const fn is_secret(&self) -> bool {
        self.key.is_secret()
    }
}

impl KeySetError {
    pub(crate) fn new(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl fmt::Display for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The members of a set; a document that is a key is a set of one.
fn elements(mut document: Map<String, Value>) -> Result<Vec<Value>, KeySetError> {
    match document.remove("keys") {
        None => Ok(vec![Value::Object(document)]),
        Some(Value::Array(elements)) if elements.len() <= MAX_KEYS => Ok(elements),
        Some(Value::Array(_)) => Err(KeySetError(format!("more than {MAX_KEYS} keys"))),
        Some(_) => Err(KeySetError::new("keys is no list")),
    }
}

fn parse_element(
    element: Value,
    index: usize,
    oct_keys: OctKeys,
) -> Result<NamedKey, &'static str> {
    let Value::Object(mut members) = element else {
        return Err("it is no object");
    };
    let parsed = Jwk::parse(&mut members);
    // It may hold a secret, whether it was one that is used or not.
    json::wipe(&mut Value::Object(members));
    let Jwk {
        kid,
        algorithm,
        key,
    } = parsed?;
    let named = NamedKey {
        label: kid.clone().unwrap_or_else(|| index.to_string()),
        kid,
        algorithm,
        key,
    };
    if named.is_secret() && oct_keys == OctKeys::Skipped {
        return Err("it is a secret, which a published set must not hold");
    }
    Ok(named)
}
