//! The options of a JSON Web Token, by themselves or as members of a group.

use serde_json::Value;

use crate::options::{OptionKind, OptionSpec, Range};
use crate::primitives::jwt::ClaimValue;
use crate::scheme::proofs::{ClaimSection, JwtSection};

/// The options that give a key, of which one is taken.
const KEYS: [&str; 4] = ["jwks", "jwks_uri", "metadata_uri", SECRET];

const SECRET: &str = "hmac_secret";

const INTROSPECTION: &str = "introspection";

/// A day.
const LONGEST_AGE: i64 = 86_400;

/// Beside a key of the scheme there are only those about the claims.
pub(super) fn specs(jwt: &JwtSection, has_key: bool) -> Vec<OptionSpec> {
    if has_key {
        return demands(jwt, has_key);
    }
    let parameter = |name: &String| {
        OptionSpec::new(name, OptionKind::Text, "a part of the issuer's addresses").required()
    };
    let mut specs: Vec<OptionSpec> = jwt.parameters.iter().map(parameter).collect();
    if jwt.detached.is_none() {
        specs.extend(demands(jwt, has_key));
    }
    specs.extend(keys(jwt));
    specs.extend(checking(jwt));
    specs.extend(fetching(jwt));
    specs.extend(jwt.claim.iter().filter_map(of_claim));
    specs
}

/// What the claims must say.
fn demands(jwt: &JwtSection, has_key: bool) -> Vec<OptionSpec> {
    let mut specs = Vec::new();
    if let Some(hint) = &jwt.audience_hint {
        let audience = format!(
            "{hint}; may be left out where claims demands another claim that tells your senders \
             from others, and beside introspection"
        );
        specs.push(OptionSpec::new("audience", OptionKind::Texts, audience));
    }
    let issuer = if jwt.issuer.is_empty() && !has_key {
        "the value of iss, compared byte for byte; may be left out beside introspection"
    } else {
        "the value of iss, compared byte for byte"
    };
    specs.extend([
        OptionSpec::new("issuer", OptionKind::Texts, issuer).with_default_texts(&jwt.issuer),
        OptionSpec::new(
            "scope",
            OptionKind::Texts,
            "scopes that a token must hold, all of them, in scope or scp",
        ),
        OptionSpec::new(
            "claims",
            OptionKind::Claims,
            "what further claims must say, by their names: a text, a whole number or a boolean each, \
             or a list of those",
        ),
        OptionSpec::new(
            "max_lifetime",
            OptionKind::Seconds(Range::new(1, u32::MAX.into())),
            "the time from iat to exp, at most; an iat in the future is rejected then, and a token \
             without iat is not held to it",
        )
        .with_any_default(jwt.max_lifetime),
    ]);
    specs
}

/// Where the keys are.
fn keys(jwt: &JwtSection) -> Vec<OptionSpec> {
    let takes_secrets = jwt.takes_secrets();
    let introspection = introspection(jwt);
    // Beside one key there is no other, and beside introspection none.
    let key = |name: &'static str, kind, help: &str| {
        let others = KEYS.into_iter().filter(|other| *other != name);
        let others = others.filter(|other| takes_secrets || *other != SECRET);
        OptionSpec::new(name, kind, help).excluding(others.chain(introspection))
    };
    let set = OptionKind::KeySet {
        may_hold_secrets: takes_secrets,
    };
    let set_help = if takes_secrets {
        "the key set itself (RFC 7517), as JSON text or object: public keys, or secrets (oct, each \
         with its alg)"
    } else {
        "the key set itself (RFC 7517), as JSON text or object"
    };
    let address_help = "the https address of the key set";
    let metadata_help = "the https address of the document that names the key set, on the same \
                         host (OpenID Connect Discovery)";
    let mut specs = vec![
        key("jwks", set, set_help),
        key("jwks_uri", OptionKind::Text, address_help).with_any_default(jwt.jwks_uri.as_deref()),
        key("metadata_uri", OptionKind::Text, metadata_help)
            .with_any_default(jwt.metadata_uri.as_deref()),
    ];
    if takes_secrets {
        specs.push(key(
            SECRET,
            OptionKind::Secret,
            "the secret that signs the tokens, in the place of a key set: 32 bytes or more for \
             HS256, 48 for HS384, 64 for HS512",
        ));
    }
    specs
}

/// How a token is checked with them.
fn checking(jwt: &JwtSection) -> Vec<OptionSpec> {
    let names = jwt.algorithms.iter().map(|it| it.as_str().to_owned());
    let help = if jwt.takes_secrets() {
        "the algorithms to allow; otherwise HS256 with hmac_secret, and all that fit the keys of a \
         set"
    } else {
        "the algorithms to allow; otherwise all that fit the keys"
    };
    let secret = jwt.takes_secrets().then_some(SECRET);
    let introspection = introspection(jwt);
    let mut specs = Vec::new();
    specs.extend(introspection.map(|name| {
        OptionSpec::switch(
            name,
            "tokens are opaque, and a hook asks their issuer about each (RFC 7662)",
        )
    }));
    specs.extend([
        OptionSpec::new("algorithms", OptionKind::Choices(names.collect()), help)
            .excluding(introspection),
        OptionSpec::switch(
            "allow_missing_kid",
            "try every suitable public key where a token, or a key of the set, has no kid",
        )
        .excluding(introspection.into_iter().chain(secret)),
    ]);
    specs
}

/// The name of the option, where tokens can be opaque.
fn introspection(jwt: &JwtSection) -> Option<&'static str> {
    jwt.detached.is_none().then_some(INTROSPECTION)
}

/// When keys are fetched.
fn fetching(jwt: &JwtSection) -> [OptionSpec; 2] {
    let secret = jwt.takes_secrets().then_some(SECRET);
    let has_address = jwt.jwks_uri.is_some() || jwt.metadata_uri.is_some();
    let addresses = ["jwks_uri", "metadata_uri"];
    let seconds = |name: &str, default: i64, help: &str| {
        OptionSpec::new(name, OptionKind::Seconds(Range::new(1, LONGEST_AGE)), help)
            .with_default(default)
            .needing(addresses.into_iter().filter(|_| !has_address))
            .excluding(["jwks"].into_iter().chain(introspection(jwt)).chain(secret))
    };
    [
        seconds(
            "jwks_max_age",
            300,
            "how long keys are good until they are fetched anew",
        ),
        // Without any cooldown new keys would be old at once.
        seconds(
            "jwks_cooldown",
            30,
            "the time between two fetches, at least",
        ),
    ]
}

fn of_claim(claim: &ClaimSection) -> Option<OptionSpec> {
    let option = claim.option.as_ref()?;
    let names = claim.names.join(" or ");
    let help = if claim.hint.is_empty() {
        format!("the value of {names}")
    } else {
        format!("the value of {names}: {}", claim.hint)
    };
    let spec = OptionSpec::new(option, OptionKind::Texts, help);
    if claim.values.is_empty() {
        return Some(spec.required());
    }
    let values: Vec<Value> = claim.values.iter().map(json_of).collect();
    Some(spec.with_default(values))
}

fn json_of(value: &ClaimValue) -> Value {
    match value {
        ClaimValue::Text(text) => text.as_str().into(),
        ClaimValue::Number(number) => (*number).into(),
        ClaimValue::Switch(switch) => (*switch).into(),
    }
}
