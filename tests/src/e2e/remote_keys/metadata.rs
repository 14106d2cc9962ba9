//! Keys that are found by a document which says where they are, and tokens of
//! the system that publishes one.

use hookseal::ErrorCode;
use serde_json::{Value, json};

use super::stage::{AZURE, Stage};
use super::{Scenario, Verdict};
use crate::format::DEFAULT_NOW;
use crate::identity::{Answer, compact, key_set};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("those that the metadata names rotate", &AZURE, rotation)
            .with_max_age(1)
            .with_cooldown(4),
        Scenario::new(
            "503 while those that the metadata names fail",
            &AZURE,
            failing,
        ),
        Scenario::new("metadata cannot name another host", &AZURE, other_host),
        Scenario::new("metadata must name keys", &AZURE, no_address),
        Scenario::new("tokens and forgeries under fetched keys", &AZURE, tokens).with_cooldown(30),
    ]
}

/// Where the keys themselves are.
fn keys_path(stage: &Stage<'_>) -> String {
    format!("{}/keys", stage.path)
}

fn publishes_address(stage: &Stage<'_>, address: &str) {
    let metadata = json!({"issuer": "https://identity.test", "jwks_uri": address});
    stage.serves(Answer::Document(metadata.to_string().into_bytes()));
}

fn publishes_metadata(stage: &Stage<'_>) {
    publishes_address(stage, &stage.server.url(&keys_path(stage)));
}

fn keys_were_fetched(stage: &Stage<'_>, expected: usize) -> Verdict {
    match stage.server.requests(&keys_path(stage)).len() {
        times if times == expected => Ok(()),
        times => Err(format!(
            "the keys that the metadata names were fetched {times} times instead of {expected}"
        )),
    }
}

fn rotation(stage: &Stage<'_>) -> Verdict {
    let keys = stage.keys;
    publishes_metadata(stage);
    let publish = |document| {
        stage
            .server
            .set(&keys_path(stage), Answer::Document(document))
    };
    publish(key_set([&keys.old]));
    stage.accepts_a_burst(&keys.old)?;
    publish(key_set([&keys.new]));
    stage.pause();
    stage.accepts_a_burst(&keys.new)?;
    stage.cannot_judge(&keys.old)?;
    stage.was_asked(2)?;
    keys_were_fetched(stage, 2)
}

fn failing(stage: &Stage<'_>) -> Verdict {
    let key = &stage.keys.old;
    publishes_metadata(stage);
    stage.server.set(&keys_path(stage), Answer::Status(500));
    stage.cannot_judge(key)?;
    stage
        .server
        .set(&keys_path(stage), Answer::Document(key_set([key])));
    stage.pause();
    stage.accepts(key)?;
    keys_were_fetched(stage, 2)
}

/// By another name of this machine, which would answer.
fn other_host(stage: &Stage<'_>) -> Verdict {
    let key = &stage.keys.old;
    stage
        .server
        .set(&keys_path(stage), Answer::Document(key_set([key])));
    let address = stage.server.url(&keys_path(stage));
    publishes_address(stage, &address.replace("127.0.0.1", "localhost"));
    stage.cannot_judge(key)?;
    keys_were_fetched(stage, 0)
}

fn no_address(stage: &Stage<'_>) -> Verdict {
    // A key set is no metadata.
    stage.publishes([&stage.keys.old]);
    stage.cannot_judge(&stage.keys.old)?;
    stage.was_asked(1)
}

fn tokens(stage: &Stage<'_>) -> Verdict {
    let key = &stage.keys.old;
    publishes_metadata(stage);
    stage
        .server
        .set(&keys_path(stage), Answer::Document(key_set([key])));
    let claims = stage.profile.claims();
    let changed = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let audience = claims["aud"].as_str().unwrap_or_default().to_uppercase();
    let issuer = format!("{}/", claims["iss"].as_str().unwrap_or_default());
    stage.accepts(key)?;
    stage.accepts_claims(key, &changed("aud", json!([audience, "another"])))?;
    stage.accepts_claims(key, &changed("more", json!({"than": ["is", "known"]})))?;
    for (token, code) in [
        (
            key.token(&changed("aud", json!("another"))),
            ErrorCode::JwtClaimMismatch,
        ),
        (
            key.token(&changed("iss", json!(issuer))),
            ErrorCode::JwtClaimMismatch,
        ),
        // Tokens of another kind of connection live that long.
        (
            key.token(&changed("exp", json!(DEFAULT_NOW + 86_400))),
            ErrorCode::JwtExpired,
        ),
        (
            key.token(&changed("exp", json!(DEFAULT_NOW - 61))),
            ErrorCode::JwtExpired,
        ),
        (
            compact(&json!({"alg": "none", "kid": "old"}), &claims, |_| {
                Vec::new()
            }),
            ErrorCode::JwtMalformed,
        ),
        (
            compact(&json!({"alg": "HS256", "kid": "old"}), &claims, |_| {
                vec![0; 32]
            }),
            ErrorCode::JwtMalformed,
        ),
        (
            compact(&json!({"alg": "RS256", "kid": "old"}), &claims, |_| {
                vec![0; 256]
            }),
            ErrorCode::SignatureMismatch,
        ),
    ] {
        stage.refuses(&token, code)?;
    }
    stage.was_asked(1)?;
    keys_were_fetched(stage, 1)
}
