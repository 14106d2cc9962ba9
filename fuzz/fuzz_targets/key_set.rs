//! Any key document, and any token against the keys that are in it.

#![no_main]

use conformance::fuzz::split_line;
use hookseal::{ErrorCode, Headers, Options, Request, Verifier};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_764_000_100;

fuzz_target!(|data: &[u8]| {
    let (token, document) = split_line(data);
    let options = Options::new()
        .with("audience", "https://receiver.example.com/pubsub")
        .with("issuer", "https://accounts.google.com")
        .with("jwks_uri", "https://auth.example.com/keys");
    let verifier = Verifier::new("bearer-jwt", options).expect("the options are right");
    assert!(verifier.key_request().is_some());
    match verifier.supply_keys(document) {
        Ok(None) => {}
        Ok(Some(address)) => panic!("keys are no directory: {address}"),
        Err(error) => assert_eq!(error.code(), ErrorCode::KeyUnavailable),
    }
    let headers = [(&b"authorization"[..], token)];
    let verdict = verifier
        .verify_at(
            &Request {
                method: b"POST",
                target: b"https://receiver.example.com/pubsub",
                authority: None,
                scheme: None,
                headers: Headers::Pairs(&headers),
                body: b"{}",
                peer: None,
            },
            NOW,
        )
        .map(|verified| verified.claims().map(str::to_owned));
    match verdict {
        Ok(claims) => {
            let claims = claims.expect("a token has claims");
            let claims: serde_json::Value = serde_json::from_str(&claims).expect("they are JSON");
            assert!(claims["exp"].is_number());
        }
        Err(error) => assert_ne!(error.code(), ErrorCode::Internal),
    }
});
