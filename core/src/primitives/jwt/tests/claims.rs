//! What the claims of a token must say.

use serde_json::{Value, json};

use super::super::*;

const NOW: i64 = 1_764_000_000;

fn check(rules: &ClaimRules, claims: &Value) -> Result<(), ClaimError> {
    let claims = ClaimSet::parse(claims.to_string().as_bytes()).unwrap();
    rules.check(&claims, NOW)
}

fn mismatch(name: &str) -> Result<(), ClaimError> {
    Err(ClaimError::Mismatch(name.to_owned()))
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[test]
fn exp_is_demanded_and_its_edge_is_outside() {
    let rules = |leeway| ClaimRules {
        leeway,
        ..ClaimRules::default()
    };
    assert_eq!(check(&rules(0), &json!({})), mismatch("exp"));
    for leeway in [0, 60, MAX_LEEWAY_SECONDS] {
        let edge = NOW - i64::from(leeway);
        let expired = Err(ClaimError::Expired);
        assert_eq!(check(&rules(leeway), &json!({"exp": edge - 1})), expired);
        assert_eq!(check(&rules(leeway), &json!({"exp": edge})), expired);
        assert_eq!(check(&rules(leeway), &json!({"exp": edge + 1})), Ok(()));
    }
}

#[test]
fn nbf_counts_where_it_is_there() {
    for leeway in [0, 60, MAX_LEEWAY_SECONDS] {
        let rules = ClaimRules {
            leeway,
            ..ClaimRules::default()
        };
        let check = |nbf: i64| check(&rules, &json!({"exp": NOW + 900, "nbf": nbf}));
        let edge = NOW + i64::from(leeway);
        assert_eq!(check(edge), Ok(()));
        assert_eq!(check(edge + 1), Err(ClaimError::NotYetValid));
    }
}

#[test]
fn times_are_whole_seconds_of_this_age() {
    let last = 253_402_300_799_i64;
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!("1764000300"),
            json!(1_764_000_300.5),
            json!(1_764_000_300.0),
            json!(1e300),
            json!(-1),
            json!(-1.5),
            json!(last + 1),
            json!(1_764_000_300_000_i64),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(null),
            json!(true),
            json!([1_764_000_300]),
            json!({}),
        ] {
            let mut claims = json!({"exp": NOW + 300});
            claims[name] = value.clone();
            let verdict = check(&ClaimRules::default(), &claims);
            assert_eq!(verdict, mismatch(name), "{value}");
        }
    }
    assert_eq!(
        check(
            &ClaimRules::default(),
            &json!({"exp": last, "nbf": 0, "iat": 0})
        ),
        Ok(())
    );
    // An `iat` in the future says nothing about validity.
    assert_eq!(
        check(&ClaimRules::default(), &json!({"exp": last, "iat": last})),
        Ok(())
    );
}

#[test]
fn an_impossible_clock_is_told() {
    let claims = ClaimSet::parse(br#"{"exp": 253402300799}"#).unwrap();
    let rules = ClaimRules {
        leeway: MAX_LEEWAY_SECONDS,
        ..ClaimRules::default()
    };
    for now in [i64::MIN, -1, 253_402_300_800, i64::MAX] {
        let error = rules.check(&claims, now).unwrap_err();
        assert_eq!(error, ClaimError::Clock);
        assert_eq!(error.code(), crate::error::ErrorCode::Internal);
    }
    assert!(rules.check(&claims, 253_402_300_799).is_ok());
}

#[test]
fn the_lifetime_is_bounded_where_iat_is_there() {
    let rules = ClaimRules {
        max_lifetime: Some(600),
        ..ClaimRules::default()
    };
    let check = |claims: Value| check(&rules, &claims);
    assert_eq!(check(json!({"exp": NOW + 1, "iat": NOW - 599})), Ok(()));
    assert_eq!(
        check(json!({"exp": NOW + 1, "iat": NOW - 600})),
        Err(ClaimError::LifetimeTooLong)
    );
    assert_eq!(
        check(json!({"exp": 253_402_300_799_i64, "iat": 0})),
        Err(ClaimError::LifetimeTooLong)
    );
    assert_eq!(check(json!({"exp": NOW + 86_400})), Ok(()));
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    let rules = ClaimRules {
        issuers: texts(["https://a.example", "https://b.example/"]),
        ..ClaimRules::default()
    };
    let verdict = |issuer: Value| check(&rules, &json!({"exp": NOW + 1, "iss": issuer}));
    assert_eq!(verdict(json!("https://a.example")), Ok(()));
    assert_eq!(verdict(json!("https://b.example/")), Ok(()));
    for issuer in [
        json!("https://a.example/"),
        json!("https://A.example"),
        json!("https://b.example"),
        json!(["https://a.example"]),
        json!(""),
        json!(null),
        json!(1),
    ] {
        assert_eq!(verdict(issuer.clone()), mismatch("iss"), "{issuer}");
    }
    assert_eq!(check(&rules, &json!({"exp": NOW + 1})), mismatch("iss"));
}

#[test]
fn the_audience_is_a_text_or_a_list_of_texts() {
    let rules = |audience_ignores_case| ClaimRules {
        audiences: texts(["a46cfa6a", "other"]),
        audience_ignores_case,
        ..ClaimRules::default()
    };
    let verdict = |ignores_case: bool, audience: Value| {
        check(
            &rules(ignores_case),
            &json!({"exp": NOW + 1, "aud": audience}),
        )
    };
    for ignores_case in [false, true] {
        for audience in [json!("a46cfa6a"), json!(["x", "other"]), json!(["other"])] {
            assert_eq!(verdict(ignores_case, audience), Ok(()));
        }
        for audience in [
            json!("a46cfa6"),
            json!("a46cfa6a "),
            json!("x a46cfa6a"),
            json!([]),
            json!(["x"]),
            json!(["other", 1]),
            json!([["other"]]),
            json!({"a46cfa6a": true}),
            json!(null),
        ] {
            let verdict = verdict(ignores_case, audience.clone());
            assert_eq!(verdict, mismatch("aud"), "{audience}");
        }
    }
    assert_eq!(verdict(true, json!("A46CFA6A")), Ok(()));
    assert_eq!(verdict(false, json!("A46CFA6A")), mismatch("aud"));
    assert_eq!(
        check(&rules(true), &json!({"exp": NOW + 1})),
        mismatch("aud")
    );
}

#[test]
fn all_scopes_are_demanded() {
    let rules = ClaimRules {
        scopes: texts(["read", "write"]),
        ..ClaimRules::default()
    };
    let verdict = |name: &str, scope: Value| {
        let mut claims = json!({"exp": NOW + 1});
        claims[name] = scope;
        check(&rules, &claims)
    };
    assert_eq!(verdict("scope", json!("write read")), Ok(()));
    assert_eq!(verdict("scope", json!("read  other write ")), Ok(()));
    assert_eq!(verdict("scp", json!("read write")), Ok(()));
    assert_eq!(verdict("scp", json!(["read", "write"])), Ok(()));
    let insufficient = Err(ClaimError::InsufficientScope);
    for scope in [
        "",
        "read",
        "read writes",
        "READ WRITE",
        "read,write",
        "read\twrite",
    ] {
        assert_eq!(verdict("scope", json!(scope)), insufficient, "{scope}");
        assert_eq!(verdict("scp", json!(scope)), insufficient, "{scope}");
    }
    assert_eq!(verdict("sub", json!("read write")), insufficient);
    assert_eq!(verdict("scp", json!(["read"])), insufficient);
    assert_eq!(
        verdict("scope", json!(["read", "write"])),
        mismatch("scope")
    );
    assert_eq!(verdict("scp", json!({"read": 1})), mismatch("scp"));
    assert_eq!(verdict("scp", json!(["read", "write", 1])), mismatch("scp"));
}

#[test]
fn named_claims_are_compared() {
    let rule = |names: Vec<String>, allowed: Vec<String>| ClaimRule { names, allowed };
    let rules = ClaimRules {
        equals: vec![rule(texts(["azp", "appid"]), texts(["1", "2"]))],
        contains: vec![rule(texts(["roles"]), texts(["new", "old"]))],
        ..ClaimRules::default()
    };
    let verdict = |more: Value| {
        let mut claims = json!({"exp": NOW + 1, "azp": "1", "roles": ["x", "new"]});
        for (name, value) in more.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        check(&rules, &claims)
    };
    assert_eq!(verdict(json!({})), Ok(()));
    assert_eq!(verdict(json!({"azp": null, "appid": "2"})), Ok(()));
    assert_eq!(verdict(json!({"appid": "2"})), Ok(()));
    assert_eq!(verdict(json!({"roles": "old"})), Ok(()));
    assert_eq!(verdict(json!({"azp": null})), mismatch("azp"));
    assert_eq!(verdict(json!({"azp": "3"})), mismatch("azp"));
    assert_eq!(verdict(json!({"azp": 1})), mismatch("azp"));
    assert_eq!(verdict(json!({"azp": ["1"]})), mismatch("azp"));
    assert_eq!(verdict(json!({"appid": "3"})), mismatch("appid"));
    assert_eq!(verdict(json!({"roles": null})), mismatch("roles"));
    assert_eq!(verdict(json!({"roles": []})), mismatch("roles"));
    assert_eq!(verdict(json!({"roles": ["New"]})), mismatch("roles"));
    assert_eq!(verdict(json!({"roles": "x new"})), mismatch("roles"));
    assert_eq!(verdict(json!({"roles": ["new", 1]})), mismatch("roles"));
}
