//! Public keys as `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7): in PEM (RFC
//! 7468), or its base64 without the lines around.

use spki::der::asn1::{AnyRef, UintRef};
use spki::der::{Decode as _, Reader as _, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::primitives::encoding::decode_key_base64;
use crate::primitives::signature::{Curve, SignatureKey};

/// Longer than a key of RSA 8192 in PEM.
const MAX_TEXT_BYTES: usize = 4096;

/// RFC 8017 appendix C.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// RFC 5480 section 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// RFC 8410 section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Whether a text is a public key in a usual form, or PEM of whatever: none of
/// them is a secret.
pub(crate) fn is_key_text(text: &str) -> bool {
    const SSH: [&str; 3] = ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"];
    let is_armoured = ["-----BEGIN ", "---- BEGIN "]
        .iter()
        .any(|it| text.contains(it));
    let text = text.trim();
    is_armoured
        || SSH.iter().any(|kind| text.starts_with(kind))
        || is_key(text.as_bytes())
        || (text.len() <= MAX_TEXT_BYTES && {
            // A key of a JSON document may be in base64url.
            let text = text.replace('-', "+").replace('_', "/");
            decode(&text).is_ok_and(|der| is_key(&der))
        })
}

/// Whether bytes are a `SubjectPublicKeyInfo`.
pub(crate) fn is_key(der: &[u8]) -> bool {
    SubjectPublicKeyInfoRef::from_der(der).is_ok()
}

/// The DER bytes that a text stands for; or what is wrong with it, behind the
/// name of the key.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    if text.len() > MAX_TEXT_BYTES {
        return Err("is longer than any key");
    }
    // Variables of the environment often hold line breaks as two characters.
    let text = text.replace("\\n", "\n");
    let text = text.trim();
    let inner = match text.strip_prefix(BEGIN) {
        None => text,
        Some(rest) => {
            let (label, rest) = rest.split_once(DASHES).ok_or(NOT_PEM)?;
            match label {
                "PUBLIC KEY" => {}
                "CERTIFICATE" => {
                    return Err(
                        "is a certificate, and nothing here looks at its validity: give its public key",
                    );
                }
                _ if label.ends_with("PRIVATE KEY") => {
                    return Err("is a private key, with which anybody could sign");
                }
                _ => return Err("has another PEM label than PUBLIC KEY"),
            }
            // What else stands there is not base64.
            rest.strip_suffix(END).ok_or(NOT_PEM)?
        }
    };
    let base64: String = inner.split_ascii_whitespace().collect();
    let der = decode_key_base64(&base64).ok_or("is neither PEM nor base64")?;
    Ok(der.to_vec())
}

const NOT_PEM: &str = "begins as PEM does and does not end so";

/// The key that the DER bytes describe.
pub(crate) fn parse(der: &[u8]) -> Result<SignatureKey, &'static str> {
    let info = SubjectPublicKeyInfoRef::from_der(der)
        .map_err(|_| "it is not a SubjectPublicKeyInfo (the contents of BEGIN PUBLIC KEY)")?;
    let bits = info
        .subject_public_key
        .as_bytes()
        .ok_or("its key is not a number of whole bytes")?;
    let curve = || info.algorithm.parameters_oid().ok();
    match info.algorithm.oid {
        // RFC 3279 section 2.3.1: parameters that are NULL.
        RSA if info.algorithm.parameters != Some(AnyRef::NULL) => {
            Err("its parameters are not those of RSA")
        }
        RSA => {
            let (modulus, exponent) = rsa(bits).ok_or("its RSA key cannot be read")?;
            SignatureKey::rsa(modulus, exponent)
        }
        EC => match curve() {
            Some(P256) => SignatureKey::ecdsa(Curve::P256, bits.to_vec()),
            Some(P384) => SignatureKey::ecdsa(Curve::P384, bits.to_vec()),
            _ => Err("its curve is neither P-256 nor P-384"),
        },
        ED25519 if info.algorithm.parameters.is_some() => {
            Err("it has parameters, and Ed25519 has none")
        }
        ED25519 => SignatureKey::ed25519(bits),
        _ => Err("its key is neither RSA, nor ECDSA, nor Ed25519"),
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 appendix A.1.1).
fn rsa(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut reader = SliceReader::new(der).ok()?;
    let numbers = reader
        .sequence(|inner| {
            let modulus = UintRef::decode(inner)?.as_bytes().to_vec();
            let exponent = UintRef::decode(inner)?.as_bytes().to_vec();
            Ok::<_, spki::der::Error>((modulus, exponent))
        })
        .ok()?;
    reader.is_finished().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const P256_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";

    #[test]
    fn a_key_is_read_however_it_was_pasted() {
        let bare = decode(P256_KEY).unwrap();
        for text in [
            format!("-----BEGIN PUBLIC KEY-----\n{P256_KEY}\n-----END PUBLIC KEY-----\n"),
            format!("-----BEGIN PUBLIC KEY-----\r\n{P256_KEY}\r\n-----END PUBLIC KEY-----"),
            format!("-----BEGIN PUBLIC KEY-----\\n{P256_KEY}\\n-----END PUBLIC KEY-----\\n"),
            format!("-----BEGIN PUBLIC KEY-----{P256_KEY}-----END PUBLIC KEY-----"),
            format!(" {}\n{} ", &P256_KEY[..64], &P256_KEY[64..]),
        ] {
            assert_eq!(decode(&text).as_ref(), Ok(&bare), "{text}");
            assert!(is_key_text(&text));
        }
        let of_json = P256_KEY.replace('+', "-").replace('/', "_");
        assert!(of_json != P256_KEY && is_key_text(&of_json));
        assert!(parse(&bare).is_ok());
    }

    #[test]
    fn what_is_no_single_public_key_is_rejected() {
        let pem =
            |label: &str| format!("-----BEGIN {label}-----\n{P256_KEY}\n-----END {label}-----\n");
        let public = pem("PUBLIC KEY");
        for text in [
            pem("CERTIFICATE"),
            pem("PRIVATE KEY"),
            pem("EC PRIVATE KEY"),
            pem("RSA PUBLIC KEY"),
            public.repeat(2),
            format!("{public}and more"),
            format!("before {public}"),
            public.replace("END PUBLIC", "END PRIVATE"),
            "-----BEGIN PUBLIC KEY-----".to_owned(),
            "A".repeat(MAX_TEXT_BYTES + 1),
        ] {
            let read = decode(&text).and_then(|der| parse(&der));
            assert!(read.is_err(), "{text}");
        }
        let mut trailing = decode(P256_KEY).unwrap();
        trailing.push(0);
        assert!(parse(&trailing).is_err());
        assert!(parse(b"").is_err());
    }
}
