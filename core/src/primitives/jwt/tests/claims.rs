//! What the claims of a token must say.

use serde_json::{Value, json};

use super::super::*;

const NOW: i64 = 1_764_000_000;

fn check(rules: &ClaimRules, claims: &Value) -> Result<(), ClaimError> {
    let claims = ClaimSet::parse(claims.to_string().as_bytes()).unwrap();
    rules.check(&claims, NOW)
}

/// The claim that a verdict complains about, and whether it is there.
fn complaint(verdict: &Result<(), ClaimError>) -> Option<(&str, bool)> {
    match verdict {
        Err(ClaimError::Missing(name, _)) => Some((name, false)),
        Err(ClaimError::Mismatch(mismatch)) => Some((&mismatch.name, true)),
        _ => None,
    }
}

#[track_caller]
fn is_missing(verdict: Result<(), ClaimError>, name: &str) {
    assert_eq!(complaint(&verdict), Some((name, false)), "{verdict:?}");
}

#[track_caller]
fn is_mismatch(verdict: Result<(), ClaimError>, name: &str) {
    assert_eq!(complaint(&verdict), Some((name, true)), "{verdict:?}");
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

// Pitfall JWT-3.
#[test]
fn exp_is_demanded_and_its_edge_is_outside() {
    let rules = |leeway| ClaimRules {
        leeway,
        ..ClaimRules::default()
    };
    is_missing(check(&rules(0), &json!({})), "exp");
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

/// JWT-3: any JSON number is a time (RFC 7519 section 2), and nothing else is.
#[test]
fn times_are_numbers_of_this_age() {
    let last = 253_402_300_799_i64;
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!("1764000300"),
            json!("1764000300.5"),
            json!(1e300),
            json!(-1),
            json!(-1.5),
            json!(last + 1),
            json!(253_402_300_799.5),
            json!(1_764_000_300_000_i64),
            json!(1_764_000_300_000.5),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(null),
            json!(true),
            json!([1_764_000_300]),
            json!({}),
        ] {
            let mut claims = json!({"exp": NOW + 300});
            claims[name] = value.clone();
            is_mismatch(check(&ClaimRules::default(), &claims), name);
        }
    }
    for text in ["NaN", "Infinity", "-Infinity", "1e999", "01", "+1", "1."] {
        let claims = format!(r#"{{"exp":{text}}}"#);
        assert!(ClaimSet::parse(claims.as_bytes()).is_err(), "{text}");
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
fn fractions_of_a_second_count() {
    let rules = |leeway| ClaimRules {
        leeway,
        ..ClaimRules::default()
    };
    let verdict = |leeway, text: &str| {
        let claims = ClaimSet::parse(text.as_bytes()).unwrap();
        rules(leeway).check(&claims, NOW)
    };
    for text in [
        "1764000000.25",
        "1764000000.001",
        "1764000001.0",
        "1.764000001E9",
    ] {
        assert_eq!(
            verdict(0, &format!(r#"{{"exp":{text}}}"#)),
            Ok(()),
            "{text}"
        );
    }
    for text in ["1764000000.0", "1763999999.999", "1.764E9", "1764000000"] {
        let claims = format!(r#"{{"exp":{text}}}"#);
        assert_eq!(verdict(0, &claims), Err(ClaimError::Expired), "{text}");
    }
    for (text, expected) in [
        ("1764000000.0", Ok(())),
        ("1763999999.75", Ok(())),
        ("1764000000.25", Err(ClaimError::NotYetValid)),
        ("1764000060.0", Err(ClaimError::NotYetValid)),
    ] {
        let claims = format!(r#"{{"exp":1764000900,"nbf":{text}}}"#);
        assert_eq!(verdict(0, &claims), expected, "{text}");
    }
    let claims = |exp: &str, nbf: &str| format!(r#"{{"exp":{exp},"nbf":{nbf}}}"#);
    assert_eq!(
        verdict(60, &claims("1763999940.25", "1764000060.0")),
        Ok(())
    );
    let expired = verdict(60, &claims("1763999940.0", "1764000060.0"));
    assert_eq!(expired, Err(ClaimError::Expired));
    let early = verdict(60, &claims("1763999940.25", "1764000060.25"));
    assert_eq!(early, Err(ClaimError::NotYetValid));
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

/// The two ends of a lifetime are rounded each by itself.
#[test]
fn a_lifetime_with_fractions_is_as_long_as_it_says() {
    let rules = ClaimRules {
        max_lifetime: Some(600),
        ..ClaimRules::default()
    };
    let check = |text: String| {
        let claims = ClaimSet::parse(text.as_bytes()).unwrap();
        rules.check(&claims, NOW)
    };
    for fraction in 0..1000 {
        let claims = |more: u32| {
            format!(
                r#"{{"iat":1763999900.{fraction:03},"exp":{}.{:03}}}"#,
                1_764_000_500 + (fraction + more) / 1000,
                (fraction + more) % 1000
            )
        };
        assert_eq!(check(claims(0)), Ok(()), "{fraction}");
        let too_long = Err(ClaimError::LifetimeTooLong);
        assert_eq!(check(claims(1)), too_long, "{fraction}");
    }
}

#[test]
fn a_bounded_lifetime_does_not_begin_in_the_future() {
    let rules = |max_lifetime| ClaimRules {
        max_lifetime,
        leeway: 60,
        ..ClaimRules::default()
    };
    let ahead = |seconds: i64| json!({"iat": NOW + seconds, "exp": NOW + seconds + 300});
    let bounded = rules(Some(600));
    assert_eq!(check(&bounded, &ahead(60)), Ok(()));
    for seconds in [61, 864_000] {
        let error = check(&bounded, &ahead(seconds)).unwrap_err();
        assert_eq!(error, ClaimError::IssuedInFuture);
        assert_eq!(error.code(), crate::error::ErrorCode::JwtClaimMismatch);
        assert_eq!(check(&rules(None), &ahead(seconds)), Ok(()));
    }
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
        is_mismatch(verdict(issuer), "iss");
    }
    is_missing(check(&rules, &json!({"exp": NOW + 1})), "iss");
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
            is_mismatch(verdict(ignores_case, audience), "aud");
        }
    }
    assert_eq!(verdict(true, json!("A46CFA6A")), Ok(()));
    is_mismatch(verdict(false, json!("A46CFA6A")), "aud");
    is_missing(check(&rules(true), &json!({"exp": NOW + 1})), "aud");
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
    for name in ["scope", "scp"] {
        for scope in [
            json!("write read"),
            json!("read  other write "),
            json!(["read", "write"]),
            json!(["write", "other", "read"]),
            json!(["read write"]),
        ] {
            assert_eq!(verdict(name, scope.clone()), Ok(()), "{name} {scope}");
        }
        for scope in [
            json!(""),
            json!("read"),
            json!("read writes"),
            json!("READ WRITE"),
            json!("read,write"),
            json!("read\twrite"),
            json!([]),
            json!(["read"]),
            json!(["read", "writes"]),
            json!(null),
        ] {
            let error = verdict(name, scope.clone()).unwrap_err();
            assert!(
                matches!(error, ClaimError::InsufficientScope { .. }),
                "{name} {scope}"
            );
        }
        for scope in [
            json!({"read": 1}),
            json!(["read", "write", 1]),
            json!([["read", "write"]]),
            json!(true),
        ] {
            is_mismatch(verdict(name, scope), name);
        }
    }
    // Between them they hold both.
    let both = json!({"exp": NOW + 1, "scope": "read", "scp": ["write"]});
    assert_eq!(check(&rules, &both), Ok(()));
    let error = verdict("sub", json!("read write")).unwrap_err();
    assert!(matches!(error, ClaimError::InsufficientScope { .. }));
}

#[test]
fn named_claims_are_compared() {
    let rule = |names: Vec<String>, allowed: [&str; 2], may_be_list| ClaimRule {
        names,
        allowed: texts(allowed).into_iter().map(ClaimValue::Text).collect(),
        may_be_list,
    };
    let rules = ClaimRules {
        claims: vec![
            rule(texts(["azp", "appid"]), ["1", "2"], false),
            rule(texts(["roles"]), ["new", "old"], true),
        ],
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
    is_missing(verdict(json!({"azp": null})), "azp or appid");
    is_missing(verdict(json!({"roles": null})), "roles");
    for (name, value) in [
        ("azp", json!("3")),
        ("azp", json!(1)),
        ("azp", json!(["1"])),
        ("appid", json!("3")),
        ("roles", json!([])),
        ("roles", json!(["New"])),
        ("roles", json!("x new")),
        ("roles", json!(["new", 1])),
        ("roles", json!([["new"]])),
    ] {
        is_mismatch(verdict(json!({ name: value })), name);
    }
}

#[test]
fn values_are_compared_with_their_kind() {
    let check = |allowed: ClaimValue, value: Value| {
        let rule = ClaimRule {
            names: texts(["c"]).to_vec(),
            allowed: vec![allowed],
            may_be_list: true,
        };
        let rules = ClaimRules {
            claims: vec![rule],
            ..ClaimRules::default()
        };
        check(&rules, &json!({"exp": NOW + 1, "c": value}))
    };
    let text = |text: &str| ClaimValue::Text(text.to_owned());
    let largest = 9_007_199_254_740_993_i64; // 2^53 + 1
    for (allowed, value) in [
        (text("true"), json!("true")),
        (ClaimValue::Switch(true), json!(true)),
        (ClaimValue::Switch(false), json!([true, false])),
        (ClaimValue::Number(1), json!(1)),
        (ClaimValue::Number(1), json!(1.0)),
        (ClaimValue::Number(-2), json!([3, -2])),
        (ClaimValue::Number(largest), json!(largest)),
    ] {
        assert_eq!(check(allowed.clone(), value.clone()), Ok(()), "{value}");
    }
    for (allowed, value) in [
        (text("true"), json!(true)),
        (text("1"), json!(1)),
        (text("a"), json!("A")),
        (text("null"), json!(null)),
        (ClaimValue::Switch(true), json!("true")),
        (ClaimValue::Switch(true), json!(1)),
        (ClaimValue::Switch(true), json!(false)),
        (ClaimValue::Switch(false), json!(null)),
        (ClaimValue::Number(1), json!("1")),
        (ClaimValue::Number(1), json!(true)),
        (ClaimValue::Number(1), json!(1.5)),
        (ClaimValue::Number(largest), json!(9_007_199_254_740_992.0)),
        (ClaimValue::Number(i64::MAX), json!(u64::MAX)),
        (ClaimValue::Number(1), json!({"c": 1})),
    ] {
        is_mismatch(check(allowed, value), "c");
    }
}

/// Row 18 of the mistakes that a log must name.
#[test]
fn a_rejection_says_what_was_received_and_what_is_allowed() {
    let rules = ClaimRules {
        audiences: texts(["https://a.example", "b", "c", "d", "e", "f"]),
        scopes: texts(["hooks"]),
        claims: vec![ClaimRule {
            names: texts(["email_verified"]),
            allowed: vec![ClaimValue::Switch(true)],
            may_be_list: true,
        }],
        ..ClaimRules::default()
    };
    let text = |more: Value| {
        let mut claims = json!({"exp": NOW + 1, "aud": "b", "email_verified": true});
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        check(&rules, &claims).unwrap_err().to_string()
    };
    let wanted = r#""https://a.example" or "b" or "c" or "d" or 2 more"#;
    for (more, expected) in [
        (
            json!({"aud": "https://a.example/"}),
            format!(r#"the claim aud is "https://a.example/"; expected {wanted}"#),
        ),
        (
            json!({"aud": ["x", 1, null, [], {}]}),
            format!(
                r#"the claim aud is the list ["x", 1, null, a list, an object]; expected {wanted}"#
            ),
        ),
        (
            json!({"email_verified": "true"}),
            r#"the claim email_verified is "true"; expected true"#.to_owned(),
        ),
        (
            json!({"exp": "soon"}),
            r#"the claim exp is "soon"; expected a number of seconds since 1970"#.to_owned(),
        ),
        (
            json!({"scope": "read write"}),
            r#"the token does not hold the scope "hooks", but "read write""#.to_owned(),
        ),
        (
            json!({"aud": "\n\u{1b}\""}),
            format!(r#"the claim aud is "\n\u{{1b}}\""; expected {wanted}"#),
        ),
    ] {
        assert_eq!(text(more), expected);
    }
    let long = text(json!({"aud": "ü".repeat(101)}));
    assert!(
        long.contains(&format!("\"{}…\"", "ü".repeat(100))),
        "{long}"
    );
    let list = text(json!({"aud": vec!["x".repeat(90); 1000]}));
    assert!(list.len() < 500, "{list}");
    let missing = check(&rules, &json!({"exp": NOW + 1})).unwrap_err();
    assert_eq!(
        missing.to_string(),
        format!("the claim aud is missing; expected {wanted}")
    );
}
