//! What the syntax of a token may be, and which key may verify it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
};

use super::super::*;
use super::azure;
use crate::primitives::mac::{MAX_TAG_BYTES, MacAlgorithm, MacKey};

const SECRET: &[u8] = b"a secret of sixty-four bytes, for that is what HS512 asks for...";
const SEED: [u8; 32] = [7; 32];
const SYMMETRIC: [JwtAlgorithm; 3] = [
    JwtAlgorithm::HS256,
    JwtAlgorithm::HS384,
    JwtAlgorithm::HS512,
];

fn secrets() -> KeySet {
    KeySet::from_secrets(&SYMMETRIC, [("new", SECRET)]).unwrap()
}

/// The MAC of any header and payload, as the holder of the secret makes it.
fn token_of(header: &[u8], payload: &[u8]) -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let message = format!("{}.{}", encode(header), encode(payload));
    with_signature(&message)
}

fn with_signature(message: &str) -> String {
    let key = MacKey::new(MacAlgorithm::HmacSha256, SECRET).unwrap();
    let mut buffer = [0; MAX_TAG_BYTES];
    let signature = key.tag(&message.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature.copy_to(&mut buffer));
    format!("{message}.{signature}")
}

fn verify(token: &[u8], kid_rule: KidRule) -> Result<VerifiedJwt, JwtError> {
    verify_compact(token, &SYMMETRIC, &secrets(), kid_rule)
}

fn is_malformed(token: &[u8]) -> bool {
    matches!(
        verify(token, KidRule::Optional),
        Err(JwtError::Malformed(_))
    )
}

#[test]
fn what_is_signed_verifies() {
    let claims = r#"{"sub": "é 😀", "exp": 1}"#;
    for algorithm in SYMMETRIC {
        let key = SigningKey::from_secret(algorithm, SECRET).unwrap();
        for kid in [None, Some("any"), Some("\"\\\n")] {
            let token = sign_compact(&key, kid, claims);
            let jwt = verify(token.as_bytes(), KidRule::Optional).unwrap();
            assert_eq!(jwt.algorithm, algorithm);
            assert_eq!(jwt.key_label, "new");
            assert_eq!(jwt.claims.as_json(), claims);
        }
    }
}

/// RFC 8037 appendix A.4, but for the payload, which is no JSON there.
#[test]
fn ed25519_verifies_with_its_public_key() {
    let jwk = br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let seed = URL_SAFE_NO_PAD
        .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        .unwrap();
    let key = SigningKey::from_ed25519_seed(&seed.try_into().unwrap());
    let keys = KeySet::from_jwks(jwk, OctKeys::Skipped).unwrap();
    let token = sign_compact(&key, None, "{}");
    let allowed = [JwtAlgorithm::EdDSA];
    let verify = |keys, rule| verify_compact(token.as_bytes(), &allowed, keys, rule);
    assert_eq!(verify(&keys, KidRule::Optional).unwrap().key_label, "0");
    assert!(verify(&keys, KidRule::Required).is_err());
    let published = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCj\
                     P0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let jws = CompactJws::parse(published.as_bytes(), &allowed, KidRule::Optional);
    assert!(jws.unwrap().verify(&keys).is_ok());
}

#[test]
fn ecdsa_verifies_with_both_curves_and_no_other() {
    for (signing, algorithm, other, crv) in [
        (&ECDSA_P256_SHA256_FIXED_SIGNING, "ES256", "ES384", "P-256"),
        (&ECDSA_P384_SHA384_FIXED_SIGNING, "ES384", "ES256", "P-384"),
    ] {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(signing, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref(), &random).unwrap();
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        let jwk = format!(r#"{{"kty":"EC","crv":"{crv}","kid":"k","x":"{x}","y":"{y}"}}"#);
        let keys = KeySet::from_jwks(jwk.as_bytes(), OctKeys::Skipped).unwrap();
        let verify = |alg: &str| {
            let header = format!(r#"{{"alg":"{alg}","kid":"k"}}"#);
            let message = format!("{}.e30", URL_SAFE_NO_PAD.encode(header));
            let signature = pair.sign(&random, message.as_bytes()).unwrap();
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
            verify_compact(
                token.as_bytes(),
                &JwtAlgorithm::ALL,
                &keys,
                KidRule::Required,
            )
            .map(|jwt| jwt.algorithm.as_str())
        };
        assert_eq!(verify(algorithm), Ok(algorithm));
        assert_eq!(verify(other), Err(JwtError::SignatureMismatch));
    }
}

// Pitfall JWT-2.
#[test]
fn only_the_strict_compact_form_is_read() {
    let good = token_of(br#"{"alg":"HS256"}"#, b"{}");
    assert!(verify(good.as_bytes(), KidRule::Optional).is_ok());
    let parts: Vec<_> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts");
    };
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!(".{good}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("\t{good}"),
        format!("{header} .{payload}.{signature}"),
        format!("{header}.{payload}.{signature}="),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("Bearer {good}"),
        good.replace('.', "%2E"),
        // The standard alphabet, and padding.
        format!("{header}.{payload}.{}", STANDARD.encode([0xff; 33])),
    ] {
        assert!(is_malformed(token.as_bytes()), "{token}");
    }
    for byte in [b'\0', 0xff, b'\r'] {
        let mut token = good.clone().into_bytes();
        token.push(byte);
        assert!(is_malformed(&token));
    }
}

#[test]
fn a_part_has_one_text() {
    // 32 bytes leave four unused bits in the last character, `{}` two.
    let good = token_of(br#"{"alg":"HS256"}"#, b"{}");
    let last = *good.as_bytes().last().unwrap();
    for other in b'A'..=b'z' {
        let mut token = good.clone().into_bytes();
        *token.last_mut().unwrap() = other;
        assert_eq!(verify(&token, KidRule::Optional).is_ok(), other == last);
    }
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
    assert!(is_malformed(
        with_signature(&format!("{header}.e31")).as_bytes()
    ));
}

#[test]
fn the_header_is_a_strict_object() {
    for header in [
        "",
        "null",
        "[]",
        "\"HS256\"",
        r#"{"alg":"HS256"} x"#,
        r#"{"alg":"HS256""#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","\u0061lg":"none"}"#,
        r#"{"alg":"HS256","x":{"y":1,"y":2}}"#,
        r#"{"alg":"HS256","x":[[{"y":1,"y":2}]]}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","crit":null}"#,
        r#"{"alg":"HS256","b64":true}"#,
        r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
        "\u{feff}{\"alg\":\"HS256\"}",
    ] {
        let token = token_of(header.as_bytes(), b"{}");
        assert!(is_malformed(token.as_bytes()), "{header}");
    }
    let invalid_utf8 = token_of(b"{\"alg\":\"HS256\",\"x\":\"\xff\"}", b"{}");
    assert!(is_malformed(invalid_utf8.as_bytes()));
    let deep = format!(
        r#"{{"alg":"HS256","x":{}{}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    assert!(is_malformed(token_of(deep.as_bytes(), b"{}").as_bytes()));
}

#[test]
fn the_payload_is_a_strict_object() {
    for payload in [
        "",
        "foo",
        "null",
        "[{}]",
        "{} {}",
        r#"{"exp":1,"exp":2}"#,
        r#"{"a":{"b":1,"b":2}}"#,
        r#"{"a":"#,
    ] {
        let token = token_of(br#"{"alg":"HS256"}"#, payload.as_bytes());
        assert!(is_malformed(token.as_bytes()), "{payload}");
    }
}

// Pitfall JWT-1.
#[test]
fn alg_is_one_of_those_allowed() {
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""NONE""#,
        r#""nOnE""#,
        r#""hs256""#,
        r#""HS256 ""#,
        r#"" HS256""#,
        r#""HS256\u0000""#,
        r#""HS1""#,
        r#""RS256""#,
        r#""ES512""#,
        r#""""#,
        r#"["HS256"]"#,
        r#"{"HS256":1}"#,
        "256",
        "true",
        "null",
    ] {
        let header = format!(r#"{{"alg":{alg}}}"#);
        let signed = token_of(header.as_bytes(), b"{}");
        assert!(is_malformed(signed.as_bytes()), "{alg}");
        let unsigned = &signed[..=signed.rfind('.').unwrap()];
        assert!(is_malformed(unsigned.as_bytes()), "{alg}");
    }
    assert!(is_malformed(token_of(b"{}", b"{}").as_bytes()));
    let token = token_of(br#"{"alg":"HS256"}"#, b"{}");
    for allowed in [&[][..], &[JwtAlgorithm::HS512], &[JwtAlgorithm::RS256]] {
        let verdict = verify_compact(token.as_bytes(), allowed, &secrets(), KidRule::Optional);
        assert!(matches!(verdict, Err(JwtError::Malformed(_))));
    }
}

// Pitfall JWT-1.
/// The attack works where a public key's text is taken as an HMAC secret.
#[test]
fn a_public_key_is_no_secret() {
    let keys = azure::keys();
    for secret in [azure::JWKS, b"test-1 padded to the length of a hash"] {
        let key = SigningKey::from_secret(JwtAlgorithm::HS256, secret).unwrap();
        let token = sign_compact(&key, Some("test-1"), "{}");
        let verify = |allowed: &[JwtAlgorithm]| {
            verify_compact(token.as_bytes(), allowed, &keys, KidRule::Required).unwrap_err()
        };
        assert!(matches!(
            verify(&[JwtAlgorithm::RS256]),
            JwtError::Malformed(_)
        ));
        assert_eq!(verify(&JwtAlgorithm::ALL), JwtError::SignatureMismatch);
    }
    // And the reverse: a token under RS256 for a verifier with a secret.
    let verdict = verify_compact(
        azure::TOKEN.as_bytes(),
        &JwtAlgorithm::ALL,
        &secrets(),
        KidRule::Optional,
    );
    assert_eq!(verdict.unwrap_err(), JwtError::SignatureMismatch);
}

// Pitfalls JWT-1, NET-2.
#[test]
fn keys_in_the_header_are_not_looked_at() {
    let forger = [9; 32];
    let jwk = r#"{"kty":"oct","alg":"HS256","k":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk"}"#;
    for member in [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://attacker.example/jwks""#.to_owned(),
        r#""x5u":"https://attacker.example/cert""#.to_owned(),
        r#""x5c":["CQkJ"]"#.to_owned(),
        r#""kid":"../../dev/null""#.to_owned(),
    ] {
        let header = format!(r#"{{"alg":"HS256",{member}}}"#);
        let message = format!("{}.e30", URL_SAFE_NO_PAD.encode(header));
        let key = MacKey::new(MacAlgorithm::HmacSha256, &forger).unwrap();
        let mut buffer = [0; MAX_TAG_BYTES];
        let signature = key.tag(&message.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.copy_to(&mut buffer));
        let forged = format!("{message}.{signature}");
        let verdict = verify(forged.as_bytes(), KidRule::Optional).unwrap_err();
        assert_eq!(verdict, JwtError::SignatureMismatch);
        let honest = with_signature(&message);
        assert!(verify(honest.as_bytes(), KidRule::Optional).is_ok());
    }
}

#[test]
fn kid_chooses_the_key() {
    let other = SigningKey::from_ed25519_seed(&[8; 32]);
    let key = SigningKey::from_ed25519_seed(&SEED);
    let set = |kids: &[(&SigningKey, Option<&str>)]| {
        let jwks: Vec<_> = kids.iter().map(|(key, kid)| jwk_of(key, *kid)).collect();
        let document = format!(r#"{{"keys":[{}]}}"#, jwks.join(","));
        KeySet::from_jwks(document.as_bytes(), OctKeys::Skipped).unwrap()
    };
    let verdict = |keys: &KeySet, kid: Option<&str>, rule: KidRule| {
        let token = sign_compact(&key, kid, "{}");
        verify_compact(token.as_bytes(), &[JwtAlgorithm::EdDSA], keys, rule)
            .map(|jwt| jwt.key_label)
    };
    let both = set(&[(&other, Some("a")), (&key, Some("b"))]);
    assert!(both.kids().eq(["a", "b"]));
    for rule in [KidRule::Required, KidRule::Optional] {
        assert_eq!(verdict(&both, Some("b"), rule), Ok("b".to_owned()));
        assert_eq!(
            verdict(&both, Some("a"), rule),
            Err(JwtError::SignatureMismatch)
        );
        for unknown in ["c", "", "B", "b "] {
            assert_eq!(
                verdict(&both, Some(unknown), rule),
                Err(JwtError::UnknownKey)
            );
        }
        assert_eq!(
            verdict(&KeySet::default(), Some("b"), rule),
            Err(JwtError::UnknownKey)
        );
        // A kid that two keys have, in either order.
        let twice = set(&[(&other, Some("b")), (&key, Some("b")), (&other, Some("b"))]);
        assert_eq!(verdict(&twice, Some("b"), rule), Ok("b".to_owned()));
    }
    assert!(matches!(
        verdict(&both, None, KidRule::Required),
        Err(JwtError::Malformed(_))
    ));
    assert_eq!(verdict(&both, None, KidRule::Optional), Ok("b".to_owned()));

    let unnamed = set(&[(&other, None), (&key, None)]);
    assert_eq!(unnamed.kids().count(), 0);
    for kid in [None, Some("b")] {
        let verdict = verdict(&unnamed, kid, KidRule::Optional);
        assert_eq!(verdict, Ok("1".to_owned()));
    }
    assert_eq!(
        verdict(&unnamed, Some("b"), KidRule::Required),
        Err(JwtError::UnknownKey)
    );
    // One that is beyond the number of tries is not found.
    let many = [vec![(&other, None); 16], vec![(&key, None)]].concat();
    assert_eq!(
        verdict(&set(&many), None, KidRule::Optional),
        Err(JwtError::SignatureMismatch)
    );
    assert!(verdict(&set(&many[1..]), None, KidRule::Optional).is_ok());
}

#[test]
fn kid_is_a_short_text() {
    for kid in ["1", "null", "true", "[\"a\"]", "{}"] {
        let header = format!(r#"{{"alg":"HS256","kid":{kid}}}"#);
        assert!(is_malformed(token_of(header.as_bytes(), b"{}").as_bytes()));
    }
    let named = |length: usize| {
        let header = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "a".repeat(length));
        token_of(header.as_bytes(), b"{}")
    };
    assert!(verify(named(256).as_bytes(), KidRule::Optional).is_ok());
    assert!(is_malformed(named(257).as_bytes()));
}

#[test]
fn each_secret_of_a_rotation_verifies() {
    let old = b"an older secret, also long enough";
    let keys =
        KeySet::from_secrets(&[JwtAlgorithm::HS256], [("new", SECRET), ("old", &old[..])]).unwrap();
    for (secret, label) in [(SECRET, "new"), (&old[..], "old")] {
        let key = SigningKey::from_secret(JwtAlgorithm::HS256, secret).unwrap();
        let token = sign_compact(&key, None, "{}");
        let jwt = verify_compact(token.as_bytes(), &SYMMETRIC, &keys, KidRule::Optional);
        assert_eq!(jwt.unwrap().key_label, label);
    }
    // The verifier allows HS512, but the secrets were not given for it.
    let key = SigningKey::from_secret(JwtAlgorithm::HS512, SECRET).unwrap();
    let token = sign_compact(&key, None, "{}");
    let verdict = verify_compact(token.as_bytes(), &SYMMETRIC, &keys, KidRule::Optional);
    assert_eq!(verdict.unwrap_err(), JwtError::SignatureMismatch);
}

#[test]
fn a_signature_has_its_length() {
    let good = token_of(br#"{"alg":"HS256"}"#, b"{}");
    let (message, signature) = good.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for length in 0..=200 {
        let mut cut = signature.clone();
        cut.resize(length, 0);
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(cut));
        let verdict = verify(token.as_bytes(), KidRule::Optional);
        assert_eq!(verdict.is_ok(), length == 32, "{length}");
    }
    // Longer than any MAC, and right up to there.
    let key = SigningKey::from_secret(JwtAlgorithm::HS512, SECRET).unwrap();
    let good = sign_compact(&key, None, "{}");
    let (message, signature) = good.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    signature.push(0);
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
    let verdict = verify(token.as_bytes(), KidRule::Optional).unwrap_err();
    assert_eq!(verdict, JwtError::SignatureMismatch);
}

#[test]
fn a_token_has_at_most_16_kib() {
    let key = SigningKey::from_secret(JwtAlgorithm::HS256, SECRET).unwrap();
    let token = |length: usize| {
        let claims = format!(r#"{{"a":"{}"}}"#, "x".repeat(length));
        sign_compact(&key, None, &claims)
    };
    let longest = (12_000..12_400)
        .map(token)
        .take_while(|token| token.len() <= 16 * 1024)
        .last()
        .unwrap();
    assert!(longest.len() > 16 * 1024 - 2);
    assert!(verify(longest.as_bytes(), KidRule::Optional).is_ok());
    assert!(is_malformed(token(12_400).as_bytes()));
    assert!(is_malformed(&b"a".repeat(10_000_000)));
    assert!(is_malformed(&b".".repeat(16 * 1024)));
}

/// A JWK of the public half of an Ed25519 key.
pub(super) fn jwk_of(key: &SigningKey, kid: Option<&str>) -> String {
    let SigningKey::Ed25519(key) = key else {
        panic!("a secret has no public half");
    };
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let kid = kid
        .map(|kid| format!(r#","kid":"{kid}""#))
        .unwrap_or_default();
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{kid}}}"#)
}
