//! One JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037) as a key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::JwtAlgorithm;
use super::error::MAX_KID_BYTES;
use crate::primitives::signature::{Curve, SignatureKey};

/// What a JWK says that matters here.
pub(crate) struct Jwk {
    pub(crate) kid: Option<String>,
    /// The one algorithm that it allows, where it names one.
    pub(crate) algorithm: Option<JwtAlgorithm>,
    pub(crate) key: SignatureKey,
}

impl Jwk {
    /// The key, or why it cannot verify signatures. Certificates in it (`x5c`,
    /// `x5u`, `x5t`) are not looked at.
    pub(crate) fn parse(members: &mut Map<String, Value>) -> Result<Self, &'static str> {
        check_purpose(members)?;
        let kid = text(members, "kid")?.map(str::to_owned);
        if kid.as_ref().is_some_and(|kid| kid.len() > MAX_KID_BYTES) {
            return Err("kid is too long");
        }
        let algorithm = text(members, "alg")?
            .map(|name| JwtAlgorithm::from_name(name).ok_or("alg is not one of those supported"))
            .transpose()?;
        let key = parse_key(members, algorithm)?;
        if algorithm.is_some_and(|algorithm| !key.fits(algorithm.signature())) {
            return Err("alg does not fit the kind of key");
        }
        Ok(Self {
            kid,
            algorithm,
            key,
        })
    }
}

fn check_purpose(members: &Map<String, Value>) -> Result<(), &'static str> {
    if text(members, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err("use is not sig");
    }
    let verifies = match members.get("key_ops") {
        None => true,
        Some(Value::Array(operations)) => operations.iter().any(|name| name == "verify"),
        Some(_) => false,
    };
    if !verifies {
        return Err("key_ops does not hold verify");
    }
    Ok(())
}

fn parse_key(
    members: &mut Map<String, Value>,
    algorithm: Option<JwtAlgorithm>,
) -> Result<SignatureKey, &'static str> {
    let kty = text(members, "kty")?.ok_or("kty is missing")?.to_owned();
    if kty == "oct" {
        let secret = secret(members)?;
        let algorithm = algorithm.ok_or("a secret without alg: it could be used with several")?;
        return algorithm.verification_secret(&secret);
    }
    // Whoever can read the set could sign.
    if members.contains_key("d") {
        return Err("it is a private key");
    }
    let curve = text(members, "crv")?;
    match (kty.as_str(), curve) {
        ("RSA", None) => SignatureKey::rsa(bytes(members, "n")?, bytes(members, "e")?),
        ("EC", Some("P-256")) => SignatureKey::ecdsa(Curve::P256, point(members, 32)?),
        ("EC", Some("P-384")) => SignatureKey::ecdsa(Curve::P384, point(members, 48)?),
        ("OKP", Some("Ed25519")) => SignatureKey::ed25519(&bytes(members, "x")?),
        _ => Err("kty and crv are not a combination that is supported"),
    }
}

/// A point in the uncompressed form, of coordinates that have the full length of
/// the curve (RFC 7518 section 6.2.1.2).
fn point(members: &Map<String, Value>, length: usize) -> Result<Vec<u8>, &'static str> {
    let (x, y) = (bytes(members, "x")?, bytes(members, "y")?);
    if x.len() != length || y.len() != length {
        return Err("a coordinate has the wrong length for the curve");
    }
    Ok([&[4], &*x, &*y].concat())
}

/// Takes the secret out of the parsed document, which does not wipe itself.
fn secret(members: &mut Map<String, Value>) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    match members.remove("k") {
        Some(Value::String(text)) => URL_SAFE_NO_PAD
            .decode(Zeroizing::new(text).as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| NOT_BASE64URL),
        _ => Err("k is missing"),
    }
}

const NOT_BASE64URL: &str = "a parameter is not base64url without padding";

fn bytes(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, &'static str> {
    let text = text(members, name)?.ok_or("a parameter of the key is missing")?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NOT_BASE64URL)
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, &'static str> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err("a member that should be a text is none"),
    }
}
