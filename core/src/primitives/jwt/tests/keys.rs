//! Which keys are usable, and what a document may hold.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::*;
use super::azure;

/// A point of P-256, from RFC 7517 appendix A.1.
const X: &str = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
const Y: &str = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";

/// A public key from RFC 8037 appendix A.2.
const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn parse(document: &Value, oct_keys: OctKeys) -> Result<KeySet, String> {
    KeySet::from_jwks(document.to_string().as_bytes(), oct_keys).map_err(|error| error.to_string())
}

/// The key with some members replaced; `null` takes one away.
fn with(key: &Value, changes: &Value) -> Value {
    let mut key = key.clone();
    let members = key.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => members.remove(name),
            value => members.insert(name.clone(), value.clone()),
        };
    }
    key
}

fn rsa() -> Value {
    let document: Value = serde_json::from_slice(azure::JWKS).unwrap();
    document["keys"][0].clone()
}

fn ec() -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "1"})
}

fn okp() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519, "kid": "1"})
}

fn oct() -> Value {
    json!({"kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode([1; 32]), "kid": "1"})
}

/// A number of that many bits.
fn number(bits: usize, last: u8) -> String {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] >>= bytes.len() * 8 - bits;
    *bytes.last_mut().unwrap() = last;
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn what_a_key_says_about_itself_must_allow_verification() {
    for key in [rsa(), ec(), okp()] {
        for allowed in [
            json!({}),
            json!({"use": "sig"}),
            json!({"use": null}),
            json!({"alg": null}),
            json!({"kid": null}),
            json!({"key_ops": ["verify"]}),
            json!({"key_ops": ["sign", "verify"]}),
            json!({"x5c": ["junk"], "x5t": 1, "x5u": "https://attacker.example/"}),
            json!({"exp": 1, "nbf": "never"}),
        ] {
            let key = with(&key, &allowed);
            assert!(parse(&key, OctKeys::Skipped).is_ok(), "{key}");
        }
        for rejected in [
            json!({"use": "enc"}),
            json!({"use": "SIG"}),
            json!({"use": ["sig"]}),
            json!({"key_ops": ["encrypt"]}),
            json!({"key_ops": []}),
            json!({"key_ops": "verify"}),
            json!({"alg": "RSA-OAEP"}),
            json!({"alg": "none"}),
            json!({"alg": "HS256"}),
            json!({"alg": "ES384"}),
            json!({"alg": 1}),
            json!({"kid": 1}),
            json!({"kid": "a".repeat(257)}),
            json!({"kty": null}),
            json!({"kty": "rsa"}),
            json!({"kty": "AKP"}),
            json!({"d": "AQAB"}),
        ] {
            let key = with(&key, &rejected);
            let reason = parse(&key, OctKeys::Skipped).unwrap_err();
            assert!(reason.starts_with("no usable key; key 0: "), "{reason}");
        }
    }
}

#[test]
fn weak_rsa_keys_are_rejected() {
    let is_usable = |changes: Value| parse(&with(&rsa(), &changes), OctKeys::Skipped).is_ok();
    for bits in [2048, 2049, 3072, 8191, 8192] {
        assert!(is_usable(json!({"n": number(bits, 1)})), "{bits}");
        assert!(!is_usable(json!({"n": number(bits, 2)})), "{bits}, even");
    }
    for bits in [8, 512, 1024, 2047, 8193, 65536] {
        assert!(!is_usable(json!({"n": number(bits, 1)})), "{bits}");
    }
    for exponent in ["Aw", "EQ", "AQAB", "Af____8"] {
        assert!(is_usable(json!({"e": exponent})), "{exponent}");
    }
    // 0, 1, 2, 65536, 65537 with a leading zero, 2^33 + 1, 2^64 + 1, padding, none.
    for exponent in [
        "AA",
        "AQ",
        "Ag",
        "AQAA",
        "AAEAAQ",
        "AgAAAAE",
        "AQAAAAAAAAAB",
        "AQAB=",
        "",
    ] {
        assert!(!is_usable(json!({"e": exponent})), "{exponent}");
    }
    let modulus = URL_SAFE_NO_PAD
        .decode(rsa()["n"].as_str().unwrap())
        .unwrap();
    let with_zero = URL_SAFE_NO_PAD.encode([&[0], &modulus[..]].concat());
    for changes in [
        json!({"n": with_zero}),
        json!({"n": ""}),
        json!({"n": null}),
        json!({"e": null}),
        json!({"n": 5}),
        json!({"n": "not base64url"}),
        json!({"crv": "P-256"}),
    ] {
        assert!(!is_usable(changes.clone()), "{changes}");
    }
}

#[test]
fn points_lie_on_their_curve() {
    let is_usable =
        |key: &Value, changes: Value| parse(&with(key, &changes), OctKeys::Skipped).is_ok();
    let flipped = |text: &str| {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        URL_SAFE_NO_PAD.encode(bytes)
    };
    for changes in [
        json!({"y": flipped(Y)}),
        json!({"x": flipped(X)}),
        json!({"x": Y, "y": X}),
        json!({"x": URL_SAFE_NO_PAD.encode([0; 32]), "y": URL_SAFE_NO_PAD.encode([0; 32])}),
        json!({"x": URL_SAFE_NO_PAD.encode([0xff; 32])}),
        json!({"x": number(31 * 8, 1)}),
        json!({"x": number(33 * 8, 1)}),
        json!({"x": null}),
        json!({"y": null}),
        json!({"crv": "P-384"}),
        json!({"crv": "P-521"}),
        json!({"crv": "secp256k1"}),
        json!({"crv": "Ed25519"}),
        json!({"crv": null}),
    ] {
        assert!(!is_usable(&ec(), changes.clone()), "{changes}");
    }
    // The neutral element, a point of order eight, no point, other lengths.
    let neutral = [&[1][..], &[0; 31]].concat();
    let order_eight = "x3xhDRsjXqMsu7OaKXbPTZV_nIBLaSkF1CiI2wpVGiY";
    for x in [
        URL_SAFE_NO_PAD.encode(neutral),
        URL_SAFE_NO_PAD.encode([0; 32]),
        order_eight.to_owned(),
        URL_SAFE_NO_PAD.encode([2; 32]),
        URL_SAFE_NO_PAD.encode([1; 31]),
        URL_SAFE_NO_PAD.encode([1; 33]),
        String::new(),
    ] {
        assert!(!is_usable(&okp(), json!({"x": x})), "{x}");
    }
    for crv in ["Ed448", "X25519", "P-256"] {
        assert!(!is_usable(&okp(), json!({"crv": crv})), "{crv}");
    }
}

#[test]
fn a_fetched_set_never_holds_a_secret() {
    for document in [oct(), json!({"keys": [oct()]})] {
        assert!(parse(&document, OctKeys::Skipped).is_err());
        assert!(parse(&document, OctKeys::Allowed).is_ok());
    }
    let mixed = json!({"keys": [oct(), rsa()]});
    let keys = parse(&mixed, OctKeys::Skipped).unwrap();
    assert!(keys.kids().eq(["test-1"]));
    assert!(parse(&mixed, OctKeys::Allowed).is_err());
}

#[test]
fn secrets_are_as_long_as_the_hash() {
    let algorithms = [
        (JwtAlgorithm::HS256, 32),
        (JwtAlgorithm::HS384, 48),
        (JwtAlgorithm::HS512, 64),
    ];
    for (algorithm, length) in algorithms {
        for (length, is_usable) in [(0, false), (length - 1, false), (length, true), (200, true)] {
            let secret = vec![1; length];
            let k = URL_SAFE_NO_PAD.encode(&secret);
            let jwk = with(&oct(), &json!({"alg": algorithm.as_str(), "k": k}));
            assert_eq!(parse(&jwk, OctKeys::Allowed).is_ok(), is_usable);
            let keys = KeySet::from_secrets(&[algorithm], [("0", &secret[..])]);
            assert_eq!(keys.is_ok(), is_usable);
            assert_eq!(
                SigningKey::from_secret(algorithm, &secret).is_ok(),
                is_usable
            );
        }
    }
    for changes in [
        json!({"alg": null}),
        json!({"alg": "RS256"}),
        json!({"alg": "EdDSA"}),
        json!({"alg": "A256GCM"}),
        json!({"k": null}),
        json!({"k": 1}),
        json!({"k": "AA==" }),
    ] {
        let jwk = with(&oct(), &changes);
        assert!(parse(&jwk, OctKeys::Allowed).is_err(), "{changes}");
    }
    for algorithm in JwtAlgorithm::ALL {
        let is_usable = SigningKey::from_secret(algorithm, &[1; 64]).is_ok();
        assert_eq!(is_usable, algorithm.is_symmetric());
    }
}

#[test]
fn unusable_keys_are_passed_over() {
    let weak = with(&rsa(), &json!({"n": number(1024, 1), "kid": "weak"}));
    let document = json!({"keys": [1, null, {}, weak, oct(), ec(), {"kty": "new"}, rsa()]});
    let keys = parse(&document, OctKeys::Skipped).unwrap();
    assert!(keys.kids().eq(["1", "test-1"]));
}

#[test]
fn the_document_is_strict_and_bounded() {
    let key = ec().to_string();
    for document in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "<html>".to_owned(),
        format!("[{key}]"),
        format!("{key}{key}"),
        r#"{"keys":[]}"#.to_owned(),
        r#"{"keys":{}}"#.to_owned(),
        format!(r#"{{"keys":{key}}}"#),
        format!(r#"{{"keys":[],"keys":[{key}]}}"#),
        format!(
            r#"{{"keys":[{}]}}"#,
            key.replace("\"kid\":", "\"kid\":\"a\",\"kid\":")
        ),
        // A set is not a key as well.
        with(&ec(), &json!({"keys": []})).to_string(),
    ] {
        let keys = KeySet::from_jwks(document.as_bytes(), OctKeys::Skipped);
        assert!(keys.is_err(), "{document}");
    }
    let of = |count: usize| {
        let keys = vec![key.as_str(); count].join(",");
        format!(r#"{{"keys":[{keys}]}}"#).into_bytes()
    };
    assert!(KeySet::from_jwks(&of(100), OctKeys::Skipped).is_ok());
    assert!(KeySet::from_jwks(&of(101), OctKeys::Skipped).is_err());
    let mut padded = of(1);
    padded.resize(MAX_DOCUMENT_BYTES, b' ');
    assert!(KeySet::from_jwks(&padded, OctKeys::Skipped).is_ok());
    padded.push(b' ');
    assert!(KeySet::from_jwks(&padded, OctKeys::Skipped).is_err());
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let secret = b"marker-marker-marker-marker-marker";
    let encoded = URL_SAFE_NO_PAD.encode(secret);
    let jwk = with(&oct(), &json!({"k": encoded}));
    let keys = parse(&jwk, OctKeys::Allowed).unwrap();
    let signing = SigningKey::from_secret(JwtAlgorithm::HS256, secret).unwrap();
    let token = sign_compact(&signing, Some("1"), r#"{"sub":"marker"}"#);
    let jwt = verify_compact(
        token.as_bytes(),
        &[JwtAlgorithm::HS256],
        &keys,
        KidRule::Required,
    )
    .unwrap();
    let seed = SigningKey::from_ed25519_seed(b"marker-marker-marker-marker-mark");
    let short = KeySet::from_secrets(&[JwtAlgorithm::HS512], [("0", &secret[..])]).unwrap_err();
    let mismatched = parse(&with(&jwk, &json!({"alg": "RS256"})), OctKeys::Allowed).unwrap_err();
    for printed in [
        format!("{keys:?}"),
        format!("{signing:?} {seed:?}"),
        format!("{jwt:?}"),
        format!("{short} {short:?} {mismatched}"),
    ] {
        for marker in ["marker", &encoded, &encoded[..8], "109, 97, 114, 107"] {
            assert!(!printed.contains(marker), "{printed}");
        }
    }
}
