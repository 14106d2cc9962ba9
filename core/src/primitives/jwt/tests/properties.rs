//! What must hold for any token: nothing panics, and what was changed does not
//! verify.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::*;
use super::azure;
use super::tokens::jwk_of;

const SECRET: &[u8] = b"a secret of sixty-four bytes, for that is what HS512 asks for...";

/// A token of each kind of key, and the set that verifies it.
static TOKENS: LazyLock<Vec<(String, KeySet)>> = LazyLock::new(|| {
    let symmetric = [
        JwtAlgorithm::HS256,
        JwtAlgorithm::HS384,
        JwtAlgorithm::HS512,
    ];
    let claims = r#"{"exp":1764000300,"sub":"a"}"#;
    let mut tokens: Vec<_> = symmetric
        .map(|algorithm| {
            let key = SigningKey::from_secret(algorithm, SECRET).unwrap();
            let keys = KeySet::from_secrets(&symmetric, [("0", SECRET)]).unwrap();
            (sign_compact(&key, None, claims), keys)
        })
        .into();
    let key = SigningKey::from_ed25519_seed(&[7; 32]);
    let jwk = jwk_of(&key, Some("k"));
    let keys = KeySet::from_jwks(jwk.as_bytes(), OctKeys::Skipped).unwrap();
    tokens.push((sign_compact(&key, Some("k"), claims), keys));
    tokens.push((azure::TOKEN.to_owned(), azure::keys()));
    tokens
});

fn is_accepted(token: &[u8], keys: &KeySet) -> bool {
    verify_compact(token, &JwtAlgorithm::ALL, keys, KidRule::Optional).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_a_verdict(
        token in prop_oneof![
            vec(any::<u8>(), 0..200),
            "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,90}".prop_map(String::into_bytes),
        ],
    ) {
        for (_, keys) in TOKENS.iter() {
            prop_assert!(!is_accepted(&token, keys));
        }
    }

    #[test]
    fn any_document_and_any_claims_get_a_verdict(bytes in vec(any::<u8>(), 0..200), now: i64) {
        let _ = KeySet::from_jwks(&bytes, OctKeys::Allowed);
        if let Ok(claims) = ClaimSet::parse(&bytes) {
            let _ = ClaimRules::default().check(&claims, now);
        }
    }

    #[test]
    fn any_times_get_a_verdict(exp: i64, nbf: f64, iat: u64, now: i64, leeway: u32, longest: u32) {
        let text = serde_json::json!({"exp": exp, "nbf": nbf, "iat": iat}).to_string();
        let claims = ClaimSet::parse(text.as_bytes()).unwrap();
        let rules = ClaimRules { leeway, max_lifetime: Some(longest), ..ClaimRules::default() };
        let _ = rules.check(&claims, now);
    }

    #[test]
    fn a_changed_token_never_verifies(which: Index, place: Index, byte: u8) {
        let (token, keys) = which.get(&TOKENS);
        let mut token = token.clone().into_bytes();
        prop_assert!(is_accepted(&token, keys));
        let place = place.index(token.len());
        prop_assume!(token[place] != byte);
        token[place] = byte;
        prop_assert!(!is_accepted(&token, keys));
    }

    #[test]
    fn a_shorter_or_longer_token_never_verifies(
        which: Index,
        place: Index,
        piece in vec(select(b"AQg_.=-\n".as_slice()), 0..4),
    ) {
        let (token, keys) = which.get(&TOKENS);
        let token = token.as_bytes();
        let (before, after) = token.split_at(place.index(token.len()));
        prop_assert!(!is_accepted(before, keys));
        let longer = [before, &piece, after].concat();
        prop_assert_eq!(is_accepted(&longer, keys), piece.is_empty());
    }
}
