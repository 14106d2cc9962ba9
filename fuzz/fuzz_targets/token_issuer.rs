//! Any request to a token endpoint; a token that it grants is one that verifies.

#![no_main]

use std::sync::LazyLock;

use conformance::fuzz::Message;
use hookseal::{Headers, Options, Request, TokenIssuer, TokenRequest, Verifier};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "Jq7fX2vN9sLw4TzB8mRcKd3hYp6uGe1a";
const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://example.com/hooks";

/// As strict as can be, and as lenient.
static ISSUERS: LazyLock<[TokenIssuer; 2]> = LazyLock::new(|| {
    let options = || {
        Options::new()
            .with("client_id", "client")
            .with("client_secret", "Jq7fX2vN9sLw4TzB8mRc")
            .with("scope", vec!["a", "b"])
            .with("issuer", ISSUER)
            .with("audience", AUDIENCE)
            .with("hmac_secret", SECRET)
    };
    let lenient = options()
        .with("allow_json", true)
        .with("allow_both_credentials", true);
    [options().with("form_encoded_only", true), lenient]
        .map(|options| TokenIssuer::new(options).expect("the options are right"))
});

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let options = Options::new()
        .with("hmac_secret", SECRET)
        .with("issuer", ISSUER)
        .with("audience", AUDIENCE);
    Verifier::new("bearer-jwt", options).expect("the options are right")
});

fuzz_target!(|data: &[u8]| {
    let message = Message::read(data);
    let values = |wanted: &[u8]| -> Vec<&[u8]> {
        let headers = message.headers.iter();
        let named = headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| *value).collect()
    };
    let request = TokenRequest {
        method: message.method,
        content_type: values(b"content-type").first().copied(),
        authorization: &values(b"authorization"),
        body: message.body,
    };
    for issuer in &*ISSUERS {
        let reply = issuer.respond(&request, NOW, [7; 16]);
        match reply.status() {
            200 => check_token(reply.body()),
            status => assert!((400..500).contains(&status), "{status}"),
        }
    }
});

fn check_token(answer: &str) {
    let answer: serde_json::Value = serde_json::from_str(answer).expect("it is JSON");
    let token = answer["access_token"].as_str().expect("it has a token");
    let authorization = format!("Bearer {token}");
    let headers = [(&b"authorization"[..], authorization.as_bytes())];
    let verified = VERIFIER.verify_at(
        &Request {
            method: b"POST",
            target: b"https://example.com/hooks",
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&headers),
            body: b"",
            peer: None,
        },
        NOW,
    );
    verified.expect("the token is right");
}
