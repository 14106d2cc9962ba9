use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::error::ErrorCode;
use crate::options::OptionValue;
use crate::primitives::jwt::{
    ClaimError, ClaimRules, JwtAlgorithm, JwtError, KeySet, KidRule, OctKeys, verify_compact,
};

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "s3cr:t+/ %25 é";
const HMAC_SECRET: &str = "Pl4ntedS3cretPl4ntedS3cretPl4nte";
const FORM: &[u8] = b"application/x-www-form-urlencoded";
/// Id and secret form-encoded, then base64.
const ENCODED: &[u8] = b"Basic a2Fpc2EtY2xpZW50OnMzY3IlM0F0JTJCJTJGKyUyNTI1KyVDMyVBOQ==";
const WRONG: &[u8] = b"Basic a2Fpc2EtY2xpZW50Om5vcGU=";
const GRANT: &str = "grant_type=client_credentials";
const CREDENTIALS: &str = "client_id=kaisa-client&client_secret=s3cr%3At%2B%2F+%2525+%C3%A9";

fn options() -> Options {
    Options::new()
        .with("client_id", "kaisa-client")
        .with("client_secret", SECRET)
        .with("issuer", "https://auth.example.com")
        .with("audience", "https://example.com/hooks")
        .with("scope", vec!["webhooks.write", "webhooks.read"])
}

fn hmac_options() -> Options {
    options().with("hmac_secret", HMAC_SECRET)
}

fn issuer(options: Options) -> TokenIssuer {
    TokenIssuer::new(options).unwrap()
}

fn request<'a>(authorization: &'a [&'a [u8]], body: &'a [u8]) -> TokenRequest<'a> {
    TokenRequest {
        method: b"POST",
        content_type: Some(FORM),
        authorization,
        body,
    }
}

fn respond(issuer: &TokenIssuer, authorization: &[&[u8]], body: &str) -> Reply {
    issuer.respond(&request(authorization, body.as_bytes()), NOW, [7; 16])
}

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    reply
        .headers()
        .find(|(candidate, _)| *candidate == name)
        .map(|(_, value)| value)
}

fn body(reply: &Reply) -> Value {
    serde_json::from_str(reply.body()).unwrap()
}

fn token(reply: &Reply) -> String {
    assert_eq!(reply.status(), 200, "{}", reply.body());
    body(reply)["access_token"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_rejected(reply: &Reply, status: u16, error: &str) {
    assert_eq!(reply.status(), status, "{}", reply.body());
    assert_eq!(reply.body(), format!(r#"{{"error":"{error}"}}"#));
    assert_eq!(header(reply, "Content-Type"), Some("application/json"));
    assert_eq!(header(reply, "Cache-Control"), Some("no-store"));
    assert_eq!(header(reply, "Pragma"), Some("no-cache"));
}

fn rules() -> ClaimRules {
    ClaimRules {
        issuers: vec!["https://auth.example.com".to_owned()],
        audiences: vec!["https://example.com/hooks".to_owned()],
        scopes: vec!["webhooks.write".to_owned()],
        max_lifetime: Some(300),
        ..ClaimRules::default()
    }
}

#[test]
fn a_token_is_what_the_verifying_side_expects() {
    let reply = respond(&issuer(hmac_options()), &[ENCODED], GRANT);
    let answer = body(&reply);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 300);
    assert_eq!(answer["scope"], "webhooks.write webhooks.read");
    assert_eq!(header(&reply, "Cache-Control"), Some("no-store"));
    assert_eq!(header(&reply, "Pragma"), Some("no-cache"));

    let keys =
        KeySet::from_secrets(&[JwtAlgorithm::HS256], [("0", HMAC_SECRET.as_bytes())]).unwrap();
    let verify = |keys: &KeySet, token: &str| {
        verify_compact(
            token.as_bytes(),
            &[JwtAlgorithm::HS256],
            keys,
            KidRule::Optional,
        )
    };
    let token = token(&reply);
    // RFC 9068 section 2.1: a resource server rejects any other type.
    let header = URL_SAFE_NO_PAD.decode(token.split_once('.').unwrap().0);
    let header: Value = serde_json::from_slice(&header.unwrap()).unwrap();
    assert_eq!(header, serde_json::json!({"alg": "HS256", "typ": "at+jwt"}));
    let claims = verify(&keys, &token).unwrap().claims;
    assert_eq!(rules().check(&claims, NOW), Ok(()));
    assert_eq!(rules().check(&claims, NOW + 299), Ok(()));
    assert_eq!(rules().check(&claims, NOW + 300), Err(ClaimError::Expired));
    let other_scope = ClaimRules {
        scopes: vec!["admin".to_owned()],
        ..rules()
    };
    assert!(matches!(
        other_scope.check(&claims, NOW),
        Err(ClaimError::InsufficientScope { .. })
    ));
    let expected: Value = serde_json::from_str(
        r#"{"aud":"https://example.com/hooks","client_id":"kaisa-client","exp":1700000300,
            "iat":1700000000,"iss":"https://auth.example.com","jti":"BwcHBwcHBwcHBwcHBwcHBw",
            "scope":"webhooks.write webhooks.read","sub":"kaisa-client"}"#,
    )
    .unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(claims.as_json()).unwrap(),
        expected
    );

    let other = KeySet::from_secrets(&[JwtAlgorithm::HS256], [("0", &[7; 32][..])]).unwrap();
    assert_eq!(
        verify(&other, &token).unwrap_err(),
        JwtError::SignatureMismatch
    );
}

/// The seed and the public key of RFC 8037 appendix A.1 and A.2, the thumbprint
/// of its appendix A.3.
#[test]
fn an_ed25519_key_is_published_and_verifies() {
    let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    let issuer = issuer(options().with("ed25519_seed", seed));
    let jwks: Value = serde_json::from_str(&issuer.jwks()).unwrap();
    let jwk = &jwks["keys"][0];
    assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(jwk["kid"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert!(jwk.get("d").is_none());

    let keys = KeySet::from_jwks(issuer.jwks().as_bytes(), OctKeys::Skipped).unwrap();
    let token = token(&respond(&issuer, &[ENCODED], GRANT));
    let allowed = [JwtAlgorithm::EdDSA];
    let verified = verify_compact(token.as_bytes(), &allowed, &keys, KidRule::Required).unwrap();
    assert_eq!(verified.key_label, jwk["kid"]);
    assert_eq!(rules().check(&verified.claims, NOW), Ok(()));
}

#[test]
fn a_secret_is_never_published() {
    assert_eq!(issuer(hmac_options()).jwks(), r#"{"keys":[]}"#);
}

#[test]
fn several_audiences_secrets_and_the_lifetime_are_used() {
    let labelled = [("new", "the next secret"), ("old", SECRET)]
        .map(|(label, secret)| (label.to_owned(), OptionValue::from(secret)));
    let issuer = issuer(
        hmac_options()
            .with("audience", vec!["a", "b"])
            .with("client_secret", OptionValue::Object(labelled.into()))
            .with("lifetime", 60),
    );
    for secret in ["the+next+secret", "s3cr%3At%2B%2F+%2525+%C3%A9"] {
        let text = format!("{GRANT}&client_id=kaisa-client&client_secret={secret}");
        let reply = respond(&issuer, &[], &text);
        assert_eq!(body(&reply)["expires_in"], 60);
        let payload = token(&reply);
        let payload = payload.split('.').nth(1).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(payload).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], serde_json::json!(["a", "b"]));
        assert_eq!(claims["exp"], NOW + 60);
    }
    let none_of_them = format!("{GRANT}&client_id=kaisa-client&client_secret=s3cr");
    assert_rejected(&respond(&issuer, &[], &none_of_them), 401, "invalid_client");
}

#[test]
fn unknown_client_and_wrong_secret_get_the_same_answer() {
    let issuer = issuer(hmac_options());
    // kaisa-client:nope, nobody with the right secret, nobody:nope, an empty pair
    let by_header = [
        WRONG,
        b"Basic bm9ib2R5OnMzY3IlM0F0JTJCJTJGKyUyNTI1KyVDMyVBOQ==",
        b"Basic bm9ib2R5Om5vcGU=",
        b"Basic Og==",
        b"Basic !!!!",
        b"Bearer a2Fpc2EtY2xpZW50Om5vcGU=",
        b"",
    ];
    let first = respond(&issuer, &[WRONG], GRANT);
    assert_eq!(
        header(&first, "WWW-Authenticate"),
        Some(r#"Basic realm="token endpoint", charset="UTF-8""#)
    );
    for value in by_header {
        let reply = respond(&issuer, &[value], GRANT);
        assert_rejected(&reply, 401, "invalid_client");
        assert_eq!(reply, first);
    }
    let by_body = [
        "",
        "client_id=kaisa-client",
        "client_id=kaisa-client&client_secret=",
        "client_id=kaisa-client&client_secret=nope",
        "client_secret=s3cr%3At%2B%2F+%2525+%C3%A9",
        "client_id=nobody&client_secret=s3cr%3At%2B%2F+%2525+%C3%A9",
    ];
    for credentials in by_body {
        let reply = respond(&issuer, &[], &format!("{GRANT}&{credentials}"));
        assert_rejected(&reply, 401, "invalid_client");
        assert_eq!(header(&reply, "WWW-Authenticate"), None, "{credentials}");
    }
}

#[test]
fn another_method_is_told_which_one_is_allowed() {
    let issuer = issuer(hmac_options());
    for method in [&b"GET"[..], b"post", b"OPTIONS", b""] {
        let asked = TokenRequest {
            method,
            ..request(&[ENCODED], GRANT.as_bytes())
        };
        let reply = issuer.respond(&asked, NOW, [7; 16]);
        assert_rejected(&reply, 405, "invalid_request");
        assert_eq!(header(&reply, "Allow"), Some("POST"));
    }
}

#[test]
fn json_is_read_only_where_it_is_allowed() {
    let json = br#"{"grant_type": "client_credentials", "client_id": "kaisa-client",
        "client_secret": "s3cr:t+/ %25 \u00e9", "n": 1}"#;
    let respond = |options: Options, content_type: Option<&[u8]>, body: &[u8]| {
        let asked = TokenRequest {
            content_type,
            ..request(&[], body)
        };
        issuer(options).respond(&asked, NOW, [7; 16])
    };
    let lenient = || hmac_options().with("allow_json", true);
    let json_type = Some(&b"Application/JSON; charset=utf-8"[..]);
    assert_rejected(
        &respond(hmac_options(), json_type, json),
        400,
        "invalid_request",
    );
    token(&respond(lenient(), json_type, json));
    token(&respond(
        lenient(),
        Some(FORM),
        format!("{GRANT}&{CREDENTIALS}").as_bytes(),
    ));
    let twice = br#"{"grant_type": "client_credentials", "grant_type": "client_credentials"}"#;
    for broken in [&b"[]"[..], b"", b"{", twice] {
        let reply = respond(lenient(), json_type, broken);
        assert_rejected(&reply, 400, "invalid_request");
    }
    for content_type in [None, Some(&b"text/plain"[..]), Some(b"")] {
        let reply = respond(lenient(), content_type, json);
        assert_rejected(&reply, 400, "invalid_request");
    }
}

#[test]
fn two_kinds_of_credentials_are_rejected_or_must_agree() {
    let strict = issuer(hmac_options());
    let lenient = issuer(hmac_options().with("allow_both_credentials", true));
    let both = format!("{GRANT}&{CREDENTIALS}");
    assert_rejected(&respond(&strict, &[ENCODED], &both), 400, "invalid_request");
    token(&respond(&lenient, &[ENCODED], &both));
    for (value, credentials) in [
        (WRONG, CREDENTIALS),
        (ENCODED, "client_id=kaisa-client&client_secret=nope"),
        (
            ENCODED,
            "client_id=nobody&client_secret=s3cr%3At%2B%2F+%2525+%C3%A9",
        ),
    ] {
        let reply = respond(&lenient, &[value], &format!("{GRANT}&{credentials}"));
        assert_rejected(&reply, 401, "invalid_client");
    }
    token(&respond(
        &strict,
        &[ENCODED],
        &format!("{GRANT}&client_id=kaisa-client"),
    ));
    let other_name = format!("{GRANT}&client_id=nobody");
    assert_rejected(
        &respond(&strict, &[ENCODED], &other_name),
        401,
        "invalid_client",
    );
}

#[test]
fn a_repeated_header_counts_once_and_two_values_are_ambiguous() {
    let issuer = issuer(hmac_options());
    token(&respond(&issuer, &[ENCODED, ENCODED], GRANT));
    assert_rejected(
        &respond(&issuer, &[ENCODED, WRONG], GRANT),
        400,
        "invalid_request",
    );
}

#[test]
fn a_client_id_with_a_colon_works_encoded_or_in_the_body() {
    let issuer = issuer(
        hmac_options()
            .with("client_id", "kaisa:client")
            .with("client_secret", "x y"),
    );
    // kaisa%3Aclient:x+y and kaisa:client:x y
    let (encoded, raw) = (
        b"Basic a2Fpc2ElM0FjbGllbnQ6eCt5",
        b"Basic a2Fpc2E6Y2xpZW50OnggeQ==",
    );
    token(&respond(&issuer, &[encoded], GRANT));
    assert_rejected(&respond(&issuer, &[raw], GRANT), 401, "invalid_client");
    token(&respond(
        &issuer,
        &[],
        &format!("{GRANT}&client_id=kaisa:client&client_secret=x%20y"),
    ));
}

#[test]
fn scopes_are_granted_only_as_configured() {
    let with_scopes = issuer(hmac_options());
    let without = issuer(
        Options::new()
            .with("client_id", "kaisa-client")
            .with("client_secret", SECRET)
            .with("issuer", "i")
            .with("audience", "a")
            .with("hmac_secret", HMAC_SECRET),
    );
    let ask = |issuer: &TokenIssuer, scope: &str| {
        respond(issuer, &[ENCODED], &format!("{GRANT}&scope={scope}"))
    };
    for (asked, granted) in [
        ("", "webhooks.write webhooks.read"),
        ("webhooks.read", "webhooks.read"),
        (
            "webhooks.read+webhooks.write",
            "webhooks.write webhooks.read",
        ),
        ("webhooks.read%20webhooks.read", "webhooks.read"),
    ] {
        assert_eq!(body(&ask(&with_scopes, asked))["scope"], granted, "{asked}");
    }
    for asked in [
        "admin",
        "webhooks.write+admin",
        "webhooks.write++webhooks.read",
        "+webhooks.write",
        "Webhooks.write",
        "webhooks",
        "%FF",
    ] {
        assert_rejected(&ask(&with_scopes, asked), 400, "invalid_scope");
    }
    let reply = respond(&without, &[ENCODED], GRANT);
    token(&reply);
    assert!(body(&reply).get("scope").is_none());
    assert_rejected(&ask(&without, "admin"), 400, "invalid_scope");
}

#[test]
fn the_client_is_checked_before_the_grant() {
    let issuer = issuer(hmac_options());
    assert_rejected(
        &respond(&issuer, &[WRONG], "grant_type=password"),
        401,
        "invalid_client",
    );
    for (grant, error) in [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=Client_Credentials", "unsupported_grant_type"),
        ("a=1&grant_type=client_credentials&a=2", "invalid_request"),
        (
            "grant_type=client_credentials&grant%5ftype=x",
            "invalid_request",
        ),
    ] {
        assert_rejected(&respond(&issuer, &[ENCODED], grant), 400, error);
    }
}

#[test]
fn size_and_clock_have_bounds() {
    let issuer = issuer(hmac_options());
    let padding = "&".repeat(issuer.max_body_bytes() - GRANT.len());
    let longest = format!("{GRANT}{padding}");
    token(&respond(&issuer, &[ENCODED], &longest));
    assert_rejected(
        &respond(&issuer, &[ENCODED], &format!("{longest}&")),
        413,
        "invalid_request",
    );
    for now in [i64::MIN, -1, MAX_NOW, i64::MAX] {
        let reply = issuer.respond(&request(&[ENCODED], GRANT.as_bytes()), now, [7; 16]);
        assert_rejected(&reply, 500, "server_error");
        assert_eq!(reply, TokenIssuer::server_error());
    }
}

/// From here on a token would outlive the year 9999.
const MAX_NOW: i64 = 253_402_300_800 - 300;

#[test]
fn wrong_options_are_named() {
    let with = |name: &str, value: OptionValue| hmac_options().with(name, value);
    let seed = || OptionValue::from(&[7; 32][..]);
    let cases: Vec<(&str, Options)> = vec![
        ("client_secrets", with("client_secrets", SECRET.into())),
        ("client_id", Options::new()),
        ("client_id", with("client_id", "".into())),
        ("client_id", with("client_id", vec!["a", "b"].into())),
        ("client_id", with("client_id", " kaisa".into())),
        ("client_secret", with("client_secret", "".into())),
        ("client_secret", with("client_secret", "changeme".into())),
        ("client_secret", with("client_secret", 5.into())),
        ("issuer", with("issuer", true.into())),
        ("issuer", with("issuer", "a\nb".into())),
        ("audience", with("audience", Vec::<&str>::new().into())),
        ("audience", with("audience", vec!["a", ""].into())),
        ("scope", with("scope", "".into())),
        ("scope", with("scope", "a  b".into())),
        ("scope", with("scope", "a\"b".into())),
        ("lifetime", with("lifetime", 0.into())),
        ("lifetime", with("lifetime", 86_401.into())),
        ("lifetime", with("lifetime", "300".into())),
        ("hmac_secret", options()),
        ("hmac_secret", with("ed25519_seed", seed())),
        (
            "hmac_secret",
            with("hmac_secret", "fewer than 32 bytes".into()),
        ),
        (
            "hmac_secret",
            with("hmac_secret", vec![HMAC_SECRET, HMAC_SECRET].into()),
        ),
        ("algorithm", with("algorithm", "EdDSA".into())),
        ("algorithm", with("algorithm", "none".into())),
        (
            "algorithm",
            options()
                .with("ed25519_seed", seed())
                .with("algorithm", "HS256"),
        ),
        ("ed25519_seed", options().with("ed25519_seed", &[7; 31][..])),
        (
            "ed25519_seed",
            options().with("ed25519_seed", "not base64!"),
        ),
        ("allow_json", with("allow_json", "yes".into())),
    ];
    for (name, options) in cases {
        let error = TokenIssuer::new(options).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{name}");
        assert!(error.detail().contains(name), "{name}: {}", error.detail());
    }
    issuer(with("algorithm", "HS256".into()));
    issuer(
        options()
            .with("ed25519_seed", seed())
            .with("algorithm", "EdDSA"),
    );
}

#[test]
fn nothing_shows_a_secret() {
    let seed = "Pl4ntedS3cretPl4ntedS3cretPl4ntedS3cretPl4k=";
    let body = format!("{GRANT}&{CREDENTIALS}");
    let shown = [
        format!("{:?}", issuer(hmac_options())),
        format!("{:#?}", issuer(options().with("ed25519_seed", seed))),
        format!("{:?}", request(&[ENCODED], body.as_bytes())),
        TokenIssuer::new(hmac_options().with("client_id", 1))
            .unwrap_err()
            .to_string(),
        TokenIssuer::new(options().with("hmac_secret", &HMAC_SECRET[..31]))
            .unwrap_err()
            .to_string(),
    ];
    for text in shown {
        for needle in ["s3cr", "Pl4nted", "a2Fpc2"] {
            assert!(!text.contains(needle), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer_and_none_a_token(
        content_type in prop::option::of(prop_oneof![
            Just(FORM.to_vec()),
            Just(b"application/json".to_vec()),
            prop::collection::vec(any::<u8>(), 0..40),
        ]),
        authorization in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..80),
                "[Bb]asic +[A-Za-z0-9+/]{0,40}=?=?".prop_map(String::into_bytes),
            ],
            0..3,
        ),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..400),
            "(grant_type=client_credentials|client_id=kaisa-client|client_secret=[a-z%+]{0,9}|&|=){0,9}"
                .prop_map(String::into_bytes),
            r#"\{("(client_id|client_secret)": ?"[a-z\\]{0,9}",?)*\}"#.prop_map(String::into_bytes),
        ],
        now: i64,
        random: [u8; 16],
    ) {
        let issuer = issuer(
            hmac_options().with("allow_json", true).with("allow_both_credentials", true),
        );
        let authorization: Vec<&[u8]> = authorization.iter().map(Vec::as_slice).collect();
        let asked = TokenRequest {
            method: b"POST",
            content_type: content_type.as_deref(),
            authorization: &authorization,
            body: &body,
        };
        let reply = issuer.respond(&asked, now, random);
        prop_assert!(matches!(reply.status(), 400 | 401), "{}", reply.status());
        prop_assert!(!reply.body().contains("access_token"));
    }
}
