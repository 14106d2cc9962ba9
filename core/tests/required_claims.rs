//! What a token must say besides issuer, audience and times: the option
//! `claims`, what may stand in the place of an audience, and the schemes that
//! demand claims by themselves.

mod common;

use common::Delivery;
use hookseal::{Error, ErrorCode, Options, Verifier};
use serde_json::{Value, json};

const NOW: i64 = 1_764_000_100;
const TENANT: &str = "11111111-2222-3333-4444-555555555555";

fn made(scheme: &str, options: &Value) -> Result<Verifier, Error> {
    Verifier::new(scheme, Options::from_json(options.to_string().as_bytes())?)
}

fn misconfigured(scheme: &str, options: &Value) -> String {
    let error = made(scheme, options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    error.detail().to_owned()
}

/// The verdict about an opaque token, of which its issuer says this: it is
/// compared as what a token says, and needs no signature.
fn verdict(options: &Value, answer: &Value) -> Result<(), Error> {
    let mut options = options.clone();
    options["introspection"] = json!(true);
    let mut answer = answer.clone();
    answer["active"] = json!(true);
    let verifier = made("bearer-jwt", &options).unwrap();
    let delivery = Delivery::new("POST", "https://example.com/hook", b"{}")
        .header("Authorization", "Bearer opaque");
    delivery.request(|request| {
        verifier
            .verify_introspected_at(request, answer.to_string().as_bytes(), NOW)
            .map(|_| ())
    })
}

#[test]
fn claims_are_demanded_in_whatever_kind() {
    let options = json!({"claims": {
        "email": ["push@a.example", "pull@a.example"],
        "email_verified": true,
        "level": 3,
        "groups": "hooks",
    }});
    let good = json!({"email": "pull@a.example", "email_verified": true, "level": 3.0,
        "groups": ["others", "hooks"]});
    assert_eq!(verdict(&options, &good), Ok(()));
    for (name, value, told) in [
        (
            "email",
            json!("x@a.example"),
            r#""push@a.example" or "pull@a.example""#,
        ),
        (
            "email_verified",
            json!("true"),
            r#"is "true"; expected true"#,
        ),
        ("email_verified", json!(false), "is false; expected true"),
        ("level", json!(4), "is 4; expected 3"),
        (
            "groups",
            json!(["others"]),
            r#"the list ["others"]; expected "hooks""#,
        ),
    ] {
        let mut answer = good.clone();
        answer[name] = value;
        let error = verdict(&options, &answer).unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            (ErrorCode::JwtClaimMismatch, 401)
        );
        assert_eq!(error.authenticate(), Some("Bearer error=\"invalid_token\""));
        assert!(error.detail().contains(told), "{error}");
        answer.as_object_mut().unwrap().remove(name);
        let error = verdict(&options, &answer).unwrap_err();
        assert!(
            error.detail().contains(&format!("{name} is missing")),
            "{error}"
        );
    }
}

#[test]
fn an_introspected_scope_may_be_a_list() {
    let options = json!({"scope": "hooks"});
    for scope in [json!(["read", "hooks"]), json!("read hooks")] {
        for name in ["scope", "scp"] {
            assert_eq!(verdict(&options, &json!({ name: scope })), Ok(()));
        }
    }
    let error = verdict(&options, &json!({"scope": ["read"]})).unwrap_err();
    assert_eq!(
        (error.code(), error.status()),
        (ErrorCode::JwtClaimMismatch, 403)
    );
    assert!(error.detail().contains(r#""hooks", but "read""#), "{error}");
}

#[test]
fn demands_are_checked_when_the_verifier_is_made() {
    let options = |claims: Value| {
        json!({"issuer": "https://a.example", "audience": "a", "claims": claims,
            "jwks_uri": "https://a.example/keys"})
    };
    for (claims, wanted) in [
        (json!({}), "empty"),
        (json!("email"), "not a text"),
        (json!(["email"]), "not a list"),
        (json!({"": "a"}), "no name"),
        (json!({"email": ""}), "\"email\" is an empty text"),
        (json!({"email": []}), "\"email\" has an empty list"),
        (json!({"email": [["a"]]}), "not a list"),
        (json!({"email": {"a": "b"}}), "not an object"),
        (json!({"email": {"hex": "00"}}), "not bytes"),
        (json!({"iss": "a"}), "issuer"),
        (json!({"aud": "a"}), "audience"),
        (json!({"scope": "a"}), "scope"),
        (json!({"scp": "a"}), "scope"),
        (json!({"exp": 1}), "clock"),
    ] {
        let detail = misconfigured("bearer-jwt", &options(claims));
        assert!(detail.contains("option claims"), "{detail}");
        assert!(detail.contains(wanted), "{wanted}: {detail}");
    }
}

/// Whoever mints a token chooses its audience, so that one may be missing, but
/// not both it and a claim that tells senders apart.
#[test]
fn an_audience_may_be_left_out_for_another_claim_only() {
    let options = |more: Value| {
        let mut options = json!({"issuer": "https://a.example",
            "jwks_uri": "https://a.example/keys"});
        options
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        options
    };
    for name in ["client_id", "azp", "appid", "cid", "sub", "oid", "email"] {
        let claims = json!({"claims": { name: "a" }});
        assert!(made("bearer-jwt", &options(claims)).is_ok(), "{name}");
    }
    for more in [
        json!({}),
        json!({"scope": "hooks"}),
        json!({"claims": {"email_verified": true}}),
        json!({"claims": {"sub": true}}),
        json!({"claims": {"token_use": "access"}}),
    ] {
        let detail = misconfigured("bearer-jwt", &options(more));
        assert!(detail.contains("option audience: is missing"), "{detail}");
        assert!(detail.contains("client_id"), "{detail}");
    }
}

#[test]
fn a_push_of_google_needs_the_email_of_ones_own_account() {
    let options = json!({"audience": "https://example.com/push"});
    let detail = misconfigured("google-pubsub", &options);
    assert!(detail.contains("option email: is missing"), "{detail}");
    assert!(detail.contains("service account"), "{detail}");
    let blank = json!({"audience": "https://example.com/push", "email": " "});
    let detail = misconfigured("google-pubsub", &blank);
    assert!(detail.contains("option email: is empty"), "{detail}");
    let options = json!({"audience": "https://example.com/push", "email": "a@b.example"});
    let verifier = made("google-pubsub", &options).unwrap();
    let keys = "https://www.googleapis.com/oauth2/v3/certs";
    assert_eq!(verifier.key_request().as_deref(), Some(keys));
}

#[test]
fn a_cloud_says_where_keys_are_and_who_sends() {
    let options = |cloud: &Value, more: Value| {
        let mut entra = json!({"tenant": TENANT, "audience": "a"});
        entra
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"cloud": cloud, "entra": entra})
    };
    for (cloud, more, login) in [
        ("public", json!({}), "https://login.microsoftonline.com"),
        ("usgov", json!({}), "https://login.microsoftonline.us"),
        (
            "china",
            json!({"client_ids": "a"}),
            "https://login.partner.microsoftonline.cn",
        ),
    ] {
        let verifier = made("azure-event-grid", &options(&json!(cloud), more)).unwrap();
        let keys = format!("{login}/{TENANT}/discovery/v2.0/keys");
        assert_eq!(verifier.key_request(), Some(keys));
    }
    let china = misconfigured("azure-event-grid", &options(&json!("china"), json!({})));
    assert!(
        china.contains("option entra.client_ids: is missing"),
        "{china}"
    );
    let other = misconfigured("azure-event-grid", &options(&json!("germany"), json!({})));
    assert!(other.contains("china, public, usgov"), "{other}");
    let number = misconfigured("azure-event-grid", &options(&json!(1), json!({})));
    assert!(number.contains("option cloud"), "{number}");
}

#[test]
fn a_preset_of_ones_own_is_checked() {
    let scheme = |claim: &str, preset: &str| {
        format!(
            r#"{{"id":"own","title":"Own","docs":"https://own.example","status":"unconfirmed",
                "jwt":{{"parameters":["tenant"],"algorithms":["RS256"],"issuer":["https://{{host}}"],
                "audience_hint":"x","jwks_uri":"https://{{host}}/{{tenant}}","claim":[{claim}]}},
                "preset":{preset}}}"#
        )
    };
    let choice = r#"{"option":"region","hint":"x","default":"a",
        "values":{"a":{"host":"a.example","app":"1"},"b":{"host":"b.example"}}}"#;
    let known = r#"{"names":["app"],"equals":["{app}"],"option":"apps","hint":"x"}"#;
    let options = json!({"tenant": "t", "audience": "a", "region": "b", "apps": "2"});
    let verifier = made(&scheme(known, choice), &options).unwrap();
    assert_eq!(
        verifier.key_request().as_deref(),
        Some("https://b.example/t")
    );

    let open = r#"{"names":["app"],"equals":["{app}"]}"#;
    for (claim, preset, wanted) in [
        (open, choice.to_owned(), "jwt.claim[0]: b of preset"),
        (
            known,
            choice.replace("\"default\":\"a\"", "\"default\":\"c\""),
            "preset.default",
        ),
        (
            known,
            choice.replace("\"host\"", "\"Host\""),
            "preset.values.a.Host",
        ),
        (
            known,
            choice.replace("\"app\"", "\"tenant\""),
            "preset.values.a.tenant",
        ),
        (
            known,
            choice.replace("region", "audience"),
            "option audience",
        ),
        (
            known,
            choice.replace("\"hint\":\"x\",", ""),
            "preset: missing field `hint`",
        ),
    ] {
        let detail = misconfigured(&scheme(claim, &preset), &options);
        assert!(detail.contains(wanted), "{wanted}: {detail}");
    }
}

/// What names the cause that no key can be.
#[test]
fn a_token_for_another_api_is_told_by_its_nonce() {
    let jwks = r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let options = json!({"issuer": "i", "audience": "a", "jwks": jwks});
    let verifier = made("bearer-jwt", &options).unwrap();
    // {"alg":"EdDSA","kid":"a"} and the same with "nonce":"n"
    for (header, has_nonce) in [
        ("eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ", false),
        ("eyJhbGciOiJFZERTQSIsImtpZCI6ImEiLCJub25jZSI6Im4ifQ", true),
    ] {
        let delivery = Delivery::new("POST", "https://example.com/hook", b"{}")
            .header("Authorization", format!("Bearer {header}.e30.AAAA"));
        let error = delivery.request(|request| verifier.verify_at(request, NOW).unwrap_err());
        assert_eq!(error.code(), ErrorCode::SignatureMismatch);
        assert!(
            error
                .detail()
                .contains(r#"unverified, says alg EdDSA and kid "a""#),
            "{error}"
        );
        assert_eq!(error.detail().contains("nonce"), has_nonce, "{error}");
        assert!(!error.detail().contains(header), "{error}");
    }
}

/// No key that is fetched makes it younger, so nothing is fetched for it.
#[test]
fn an_expired_token_fetches_no_keys() {
    let options = json!({"issuer": "i", "audience": "a", "jwks_uri": "https://a.example/keys"});
    let verifier = made("bearer-jwt", &options).unwrap();
    // {"alg":"EdDSA","kid":"a"}.{"exp":1764000000}
    let token = "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ.eyJleHAiOjE3NjQwMDAwMDB9.AAAA";
    let delivery = Delivery::new("POST", "https://example.com/hook", b"{}")
        .header("Authorization", format!("Bearer {token}"));
    let code =
        |now| delivery.request(|request| verifier.verify_at(request, now).unwrap_err().code());
    assert_eq!(code(1_764_000_059), ErrorCode::KeyUnavailable);
    assert_eq!(code(1_764_000_060), ErrorCode::JwtExpired);
}
