//! Proofs that are no signature over the request: tokens in a query or a
//! header, Basic, JSON Web Tokens, and the handshakes around them.

mod common;

use common::Delivery;
use common::option_values::RSA_JWKS as JWKS;
use hookseal::{Error, ErrorCode, OptionValue, Options, Verified, Verifier};

/// `iat` = `nbf` = 1764000000, `exp` = 1764000300.
const ACS: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InRlc3QtMSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2Fjc2NhbGxhdXRvbWF0aW9uLmNvbW11bmljYXRpb24uYXp1cmUuY29tIiwiYXVkIjoiYTQ2Y2ZhNmEtNzNjZS00YjA3LTljZmQtYzNjMjg0OTZjYTA4IiwiaWF0IjoxNzY0MDAwMDAwLCJuYmYiOjE3NjQwMDAwMDAsImV4cCI6MTc2NDAwMDMwMH0.jAWhUZi3QtDVSEdObL5jCZUtLjTMgu94e7bxonokz4DBy7Ty8ZC-K6tclbPbWz-QcB-yyuE1sK5VI-djZnvwxXontWqwBE5sr5j6ZSewYRF0CxqwIX_jEgN-PlSPV1ddfYx1KGHy8gxuZijg3C-N7V--0104mCs3BKcU3gBQjcWpiG-gc00Im2PdSV0i0OhFN-nGhDvZV3IlOEEbSyRFx1wa_gNprHHh4DZGeXmnGnLZXJ3ytqv4IkQLSuHltcq2hsKhP7H5Fsy7NDMpt_sY9tMSNqwp5fiMC1yoxmE_LK9FoNzBY2mjI-FtnvVwsFmp6k3dIdVhzYlzr1vQHonYXA";
/// The same claims under `"alg": "none"`.
const NONE: &str = "eyJhbGciOiJub25lIiwia2lkIjoidGVzdC0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2Fjc2NhbGxhdXRvbWF0aW9uLmNvbW11bmljYXRpb24uYXp1cmUuY29tIiwiYXVkIjoiYTQ2Y2ZhNmEtNzNjZS00YjA3LTljZmQtYzNjMjg0OTZjYTA4IiwiaWF0IjoxNzY0MDAwMDAwLCJuYmYiOjE3NjQwMDAwMDAsImV4cCI6MTc2NDAwMDMwMH0.";
/// The same claims under HS256, keyed with the PEM text of the public key.
const CONFUSED: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6InRlc3QtMSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2Fjc2NhbGxhdXRvbWF0aW9uLmNvbW11bmljYXRpb24uYXp1cmUuY29tIiwiYXVkIjoiYTQ2Y2ZhNmEtNzNjZS00YjA3LTljZmQtYzNjMjg0OTZjYTA4IiwiaWF0IjoxNzY0MDAwMDAwLCJuYmYiOjE3NjQwMDAwMDAsImV4cCI6MTc2NDAwMDMwMH0.30zVt7H6Ep2hq_oltoqQNEe2U_od2TBI1LIH85QJhrA";
/// An Entra v2 token, from 1764000000 to 1764003600.
const ENTRA: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InRlc3QtMSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU1L3YyLjAiLCJhdWQiOiI2NjY2NjY2Ni03Nzc3LTg4ODgtOTk5OS1hYWFhYWFhYWFhYWEiLCJhenAiOiI0OTYyNzczYi05Y2RiLTQ0Y2YtYThiZi0yMzc4NDZhMDBhYjciLCJ0aWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJyb2xlcyI6WyJBenVyZUV2ZW50R3JpZFNlY3VyZVdlYmhvb2tTdWJzY3JpYmVyIl0sInZlciI6IjIuMCIsImlhdCI6MTc2NDAwMDAwMCwibmJmIjoxNzY0MDAwMDAwLCJleHAiOjE3NjQwMDM2MDB9.D387T_Yn1fXDMZoaFUo26ASX9lTlRwDEOFiOXoaf35gK47ROZmpMNVivt_HtAelzfUWkxabnCss4EuzJbtbrdjkXkToMkxjfTnH9R-YGuaE_yUmowmAIUR7qw6w0mkl9MGcKK40MCPqza16Afi8eksSRdZB8xYqs9wLZ7UmvQCoLxqTFltRqfMtse-7e8C_0stsqj9AtwLa8TIM-ick-ePeksEBBKFkCIw_KN959HgSNsr5aoAjzKkVQutbmjXimevo_SfUUWIfO3Zjciee8x0boKxlHvtJi8P7dFq0rz5-W2G37A13AZyr5lCj2kjEj_OD1oKLLBVIXj5eF8h9H2w";

const RESOURCE: &str = "a46cfa6a-73ce-4b07-9cfd-c3c28496ca08";
const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const CLIENT: &str = "66666666-7777-8888-9999-aaaaaaaaaaaa";
const URL: &str = "https://example.com/hook";

fn post(url: &str) -> Delivery {
    Delivery::new("POST", url, br#"[{"id":"1"}]"#)
}

fn bearer(token: &str) -> Delivery {
    post(URL).header("Authorization", format!("Bearer {token}"))
}

fn at<T>(
    verifier: &Verifier,
    delivery: &Delivery,
    now: i64,
    see: impl FnOnce(Result<Verified<'_>, Error>) -> T,
) -> T {
    delivery.request(|request| see(verifier.verify_at(request, now)))
}

fn rejection(verifier: &Verifier, delivery: &Delivery, now: i64) -> Error {
    at(verifier, delivery, now, |verified| verified.unwrap_err())
}

fn code(verifier: &Verifier, delivery: &Delivery, now: i64) -> ErrorCode {
    rejection(verifier, delivery, now).code()
}

fn is_accepted(verifier: &Verifier, delivery: &Delivery, now: i64) -> bool {
    at(verifier, delivery, now, |verified| verified.is_ok())
}

fn misconfigured(scheme: &str, options: Options) -> String {
    let error = Verifier::new(scheme, options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    error.detail().to_owned()
}

fn basic() -> Verifier {
    let options = Options::new()
        .with("username", "Aladdin")
        .with("password", "open sesame");
    Verifier::new("basic", options).unwrap()
}

fn acs() -> Verifier {
    let options = Options::new().with("audience", RESOURCE).with("jwks", JWKS);
    Verifier::new("azure-communication-services", options).unwrap()
}

fn entra(members: &[(&str, OptionValue)]) -> Result<Verifier, Error> {
    let mut group = std::collections::BTreeMap::from([
        ("tenant".to_owned(), OptionValue::from(TENANT)),
        ("audience".to_owned(), OptionValue::from(CLIENT)),
        ("jwks".to_owned(), OptionValue::from(JWKS)),
    ]);
    for (name, value) in members {
        let OptionValue::Text(text) = value else {
            unreachable!("members are texts here");
        };
        group.insert((*name).to_owned(), OptionValue::from(text.as_str()));
    }
    let options = Options::new().with("entra", OptionValue::Object(group));
    Verifier::new("azure-event-grid", options)
}

fn grid(options: Options) -> Verifier {
    Verifier::new(
        "azure-event-grid",
        options.with("url_token", "a-long-random-token"),
    )
    .unwrap()
}

const GRID_URL: &str = "https://example.com/events?token=a-long-random-token";
const VALIDATION: &str = r#"[{"id":"2d1781af","topic":"/subscriptions/x","subject":"","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6","validationUrl":"https://rp-eastus2.eventgrid.azure.net:553/x"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2022-10-28T04:23:35.1981776Z","metadataVersion":"1","dataVersion":"1"}]"#;

fn validation(url: &str, subscription: &str) -> Delivery {
    Delivery::new("POST", url, VALIDATION.as_bytes())
        .header("aeg-event-type", "SubscriptionValidation")
        .header("aeg-subscription-name", subscription)
}

// Pitfall KEY-7.
#[test]
fn basic_takes_the_right_pair_and_says_how_it_wants_to_be_asked() {
    let verifier = basic();
    let with = |value: &str| post(URL).header("Authorization", value);
    for value in [
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "basic   QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    ] {
        assert!(is_accepted(&verifier, &with(value), 0), "{value}");
    }
    for (value, wanted) in [
        (
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZSE=",
            ErrorCode::TokenMismatch,
        ),
        (
            "Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ErrorCode::TokenMismatch,
        ),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", ErrorCode::MalformedHeader),
        (
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ",
            ErrorCode::MalformedHeader,
        ),
        (
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, Bearer x",
            ErrorCode::MalformedHeader,
        ),
        (
            "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ErrorCode::MalformedHeader,
        ),
        ("Basic QWxhZGRpbg==", ErrorCode::MalformedHeader),
        ("", ErrorCode::MissingHeader),
    ] {
        let error = rejection(&verifier, &with(value), 0);
        assert_eq!(error.code(), wanted, "{value}");
        assert_eq!(error.status(), 401);
        let authenticate = error.authenticate().unwrap();
        assert!(authenticate.starts_with("Basic realm="), "{authenticate}");
    }
    let twice = with("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==").header("authorization", "Basic eDp5");
    assert_eq!(code(&verifier, &twice, 0), ErrorCode::AmbiguousHeader);
}

// Pitfall BIND-6.
#[test]
fn nothing_is_verified_of_the_request_itself() {
    let delivery = post(URL).header("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    at(&basic(), &delivery, 0, |verified| {
        let verified = verified.unwrap();
        assert_eq!(verified.replay_key(), None);
        assert_eq!(verified.claims(), None);
        assert_eq!(verified.key_id(), "0");
        assert_eq!(verified.payload(), br#"[{"id":"1"}]"#);
        assert_eq!(verified.covers().body.as_str(), "none");
        assert_eq!(verified.covers().url.as_str(), "none");
    });
}

#[test]
fn basic_has_two_lenient_forms_and_an_exact_one() {
    let lenient = Options::new()
        .with("username", "user")
        .with("password", "password")
        .with("allow_bare_base64", true);
    let lenient = Verifier::new("kaisa-basic", lenient).unwrap();
    let with = |value: &str| post(URL).header("Authorization", value);
    for value in [
        "dXNlcjpwYXNzd29yZA==",
        "dXNlcjpwYXNzd29yZA",
        "Basic dXNlcjpwYXNzd29yZA",
    ] {
        assert!(is_accepted(&lenient, &with(value), 0), "{value}");
    }
    let exact = Options::new().with("header_value", "Bearer static-token-of-the-customer");
    let exact = Verifier::new("kaisa-basic", exact).unwrap();
    assert!(is_accepted(
        &exact,
        &with("Bearer static-token-of-the-customer"),
        0
    ));
    for value in ["bearer static-token-of-the-customer", "Bearer static-token"] {
        assert_eq!(code(&exact, &with(value), 0), ErrorCode::TokenMismatch);
    }
    let rotated = Options::new()
        .with("username", "user")
        .with("password", vec!["old one", "password"]);
    at(
        &Verifier::new("basic", rotated).unwrap(),
        &with("Basic dXNlcjpwYXNzd29yZA=="),
        0,
        |verified| assert_eq!(verified.unwrap().key_id(), "1"),
    );
    let empty = Options::new()
        .with("username", "user")
        .with("password", "")
        .with("allow_empty_password", true);
    let empty = Verifier::new("basic", empty).unwrap();
    assert!(is_accepted(&empty, &with("Basic dXNlcjo="), 0));
}

#[test]
fn half_a_basic_configuration_is_an_error() {
    let user = || Options::new().with("username", "user");
    for (options, wanted) in [
        (Options::new(), "username and password"),
        (user(), "password"),
        (Options::new().with("password", "x-y-z"), "username"),
        (user().with("password", ""), "allow_empty_password"),
        (user().with("password", " "), "password"),
        (
            user()
                .with("password", "x-y-z")
                .with("header_value", "x-y-z"),
            "header_value",
        ),
        (
            Options::new()
                .with("username", "a:b")
                .with("password", "x-y-z"),
            "username",
        ),
    ] {
        let detail = misconfigured("basic", options);
        assert!(detail.contains(wanted), "{detail}");
    }
}

// Pitfall JWT-4.
#[test]
fn a_jwt_is_valid_between_its_times_and_for_its_audience() {
    let verifier = acs();
    for now in [1_763_999_940, 1_764_000_100, 1_764_000_359] {
        at(&verifier, &bearer(ACS), now, |verified| {
            let verified = verified.unwrap();
            assert_eq!(verified.key_id(), "test-1");
            assert_eq!(verified.key_index(), None);
            let claims: serde_json::Value =
                serde_json::from_str(verified.claims().unwrap()).unwrap();
            assert_eq!(claims["aud"], RESOURCE);
        });
    }
    for (now, wanted) in [
        (1_763_999_939, ErrorCode::JwtClaimMismatch),
        (1_764_000_360, ErrorCode::JwtExpired),
    ] {
        let error = rejection(&verifier, &bearer(ACS), now);
        assert_eq!(error.code(), wanted);
        assert_eq!(error.authenticate(), Some("Bearer error=\"invalid_token\""));
    }
    let lower = Options::new()
        .with("audience", RESOURCE.to_ascii_uppercase().as_str())
        .with("jwks", JWKS);
    let lower = Verifier::new("azure-communication-services", lower).unwrap();
    assert!(is_accepted(&lower, &bearer(ACS), 1_764_000_100));
    for word in ["bearer", "BEARER", "Bearer  "] {
        let delivery = post(URL).header("Authorization", format!("{word} {ACS}"));
        assert!(is_accepted(&verifier, &delivery, 1_764_000_100), "{word}");
    }
}

// Pitfall JWT-4.
#[test]
fn forged_and_foreign_tokens_are_rejected() {
    let verifier = acs();
    let now = 1_764_000_100;
    for token in [NONE, CONFUSED, "x.y.z", "", "a.b", "a.b.c.d"] {
        let found = code(&verifier, &bearer(token), now);
        assert_eq!(found, ErrorCode::JwtMalformed, "{token}");
    }
    let mut changed = ACS.to_owned();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'Q' } else { 'A' });
    assert_eq!(
        code(&verifier, &bearer(&changed), now),
        ErrorCode::SignatureMismatch
    );
    assert_eq!(
        code(&verifier, &bearer(ENTRA), now),
        ErrorCode::JwtClaimMismatch
    );
    let basic = post(URL).header("Authorization", "Basic QTpC");
    assert_eq!(code(&verifier, &basic, now), ErrorCode::JwtMalformed);
    let none = rejection(&verifier, &post(URL), now);
    assert_eq!(none.code(), ErrorCode::MissingHeader);
    assert_eq!(none.authenticate(), Some("Bearer"));
    let twice = bearer(ACS).header("authorization", format!("Bearer {ENTRA}"));
    assert_eq!(code(&verifier, &twice, now), ErrorCode::AmbiguousHeader);
    let long = "a".repeat(17_000);
    assert_eq!(
        code(&verifier, &bearer(&long), now),
        ErrorCode::JwtMalformed
    );
}

#[test]
fn the_token_in_the_url_is_asked_for_as_well() {
    let options = Options::new()
        .with("audience", RESOURCE)
        .with("jwks", JWKS)
        .with(
            "url_token",
            vec!["first-random-token", "second-random-token"],
        );
    let verifier = Verifier::new("azure-communication-services", options).unwrap();
    let now = 1_764_000_100;
    let to = |url: &str| post(url).header("Authorization", format!("Bearer {ACS}"));
    for url in [
        "https://example.com/a?token=first-random-token",
        "https://example.com/a?x=1&token=second%2Drandom-token",
    ] {
        assert!(is_accepted(&verifier, &to(url), now), "{url}");
    }
    for url in [
        "https://example.com/a",
        "https://example.com/a?token=",
        "https://example.com/a?token=first-random-toke",
        "https://example.com/a?Token=first-random-token",
        "https://example.com/a?token=first-random-token&token=first-random-token",
    ] {
        assert_eq!(
            code(&verifier, &to(url), now),
            ErrorCode::TokenMismatch,
            "{url}"
        );
    }
}

#[test]
fn a_long_lived_token_is_no_callback_token() {
    let options = Options::new()
        .with("audience", RESOURCE)
        .with("jwks", JWKS)
        .with("max_lifetime", 299);
    let verifier = Verifier::new("azure-communication-services", options).unwrap();
    assert_eq!(
        code(&verifier, &bearer(ACS), 1_764_000_100),
        ErrorCode::JwtExpired
    );
}

#[test]
fn jwt_options_are_checked_when_the_verifier_is_made() {
    let options = || {
        Options::new()
            .with("issuer", "https://issuer.example")
            .with("audience", "me")
    };
    for (options, wanted) in [
        (
            Options::new().with("audience", "me").with("jwks", JWKS),
            "issuer",
        ),
        (
            Options::new().with("issuer", "x").with("jwks", JWKS),
            "audience",
        ),
        (options(), "jwks_uri"),
        (options().with("jwks", "{}"), "jwks"),
        (options().with("jwks", JWKS).with("scope", ""), "scope"),
        (
            options().with("jwks", JWKS).with("scope", vec!["a", " "]),
            "scope",
        ),
        (
            options()
                .with("jwks", JWKS)
                .with("hmac_secret", "Jq7fX2vN9sLw4TzB8mRcJq7fX2vN9sLw4TzB8mRc"),
            "option jwks: does nothing beside hmac_secret",
        ),
        (
            options().with("jwks_uri", "http://keys.example/jwks"),
            "https",
        ),
        (
            options().with("jwks_uri", "https://user@keys.example/jwks"),
            "https",
        ),
        (options().with("jwks_uri", "file:///etc/passwd"), "https"),
        (options().with("hmac_secret", "too short"), "hmac_secret"),
        (
            options().with("jwks", JWKS).with("algorithms", "HS256"),
            "algorithms",
        ),
        (
            options().with("jwks", JWKS).with("algorithms", "none"),
            "algorithms",
        ),
        (
            options().with("jwks", JWKS).with("tolerance", 301),
            "tolerance",
        ),
        (
            options().with("jwks", JWKS).with("max_lifetime", 0),
            "max_lifetime",
        ),
    ] {
        let detail = misconfigured("bearer-jwt", options);
        assert!(detail.contains(wanted), "{wanted}: {detail}");
    }
    for url in [
        "http://127.0.0.1:8080/jwks",
        "http://localhost/x",
        "http://[::1]:1/",
        "https://a.example/",
    ] {
        assert!(
            Verifier::new("bearer-jwt", options().with("jwks_uri", url)).is_ok(),
            "{url}"
        );
    }
}

// Pitfall NET-1.
#[test]
fn keys_that_live_elsewhere_are_asked_for_once_and_kept() {
    let options = Options::new()
        .with("audience", RESOURCE)
        .with("metadata_uri", "http://127.0.0.1:1/metadata");
    let verifier = Verifier::new("azure-communication-services", options).unwrap();
    let now = 1_764_000_100;
    assert!(verifier.has_remote_keys());
    let error = rejection(&verifier, &bearer(ACS), now);
    assert_eq!(
        (error.code(), error.status()),
        (ErrorCode::KeyUnavailable, 503)
    );

    assert_eq!(
        verifier.key_request().as_deref(),
        Some("http://127.0.0.1:1/metadata")
    );
    assert_eq!(
        verifier.key_request(),
        None,
        "a second thread has nothing to fetch"
    );
    for broken in [
        "",
        "{}",
        r#"{"jwks_uri":"http://127.0.0.2:1/keys"}"#,
        r#"{"jwks_uri":"https://evil.example/keys"}"#,
        r#"{"jwks_uri":"http://127.0.0.1@evil.example/keys"}"#,
    ] {
        let error = verifier.supply_keys(broken.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyUnavailable, "{broken}");
    }
    let metadata = br#"{"issuer":"x","jwks_uri":"http://127.0.0.1:2/keys"}"#;
    let next = verifier.supply_keys(metadata).unwrap();
    assert_eq!(next.as_deref(), Some("http://127.0.0.1:2/keys"));
    assert!(verifier.supply_keys(b"[]").is_err());
    assert!(verifier.supply_keys(&vec![b' '; 1 << 20]).is_err());
    assert_eq!(verifier.supply_keys(JWKS.as_bytes()).unwrap(), None);
    assert!(is_accepted(&verifier, &bearer(ACS), now));

    // Its key may be newer than those that were fetched, however new these are.
    let unknown = bearer("eyJhbGciOiJSUzI1NiIsImtpZCI6Im90aGVyIn0.e30.AA");
    let error = rejection(&verifier, &unknown, now);
    assert_eq!(
        (error.code(), error.status()),
        (ErrorCode::KeyUnavailable, 503)
    );
    assert!(error.detail().contains(r#"kid "other""#), "{error}");
    // A key that is known tells a forgery.
    let (signed, _) = ACS.rsplit_once('.').unwrap();
    let error = rejection(&verifier, &bearer(&format!("{signed}.AAAA")), now);
    assert_eq!(error.code(), ErrorCode::SignatureMismatch);
    assert_eq!(error.authenticate(), Some("Bearer error=\"invalid_token\""));
    // A set that is of no use changes nothing.
    assert!(verifier.supply_keys(br#"{"keys":[]}"#).is_err());
    assert!(is_accepted(&verifier, &bearer(ACS), now));
}

#[test]
fn tokens_of_entra_name_tenant_client_and_role() {
    let now = 1_764_000_100;
    let verifier = entra(&[]).unwrap();
    assert!(is_accepted(&verifier, &bearer(ENTRA), now));
    for member in [
        ("tenant", "99999999-2222-3333-4444-555555555555"),
        ("audience", "other"),
        ("client_ids", "54316b56-3481-47f9-8f30-0300f5542a7b"),
        ("roles", "AzureEventGridSecureWebhook"),
        ("issuer", "https://other.example"),
    ] {
        let verifier = entra(&[(member.0, OptionValue::from(member.1))]).unwrap();
        let error = code(&verifier, &bearer(ENTRA), now);
        assert_eq!(error, ErrorCode::JwtClaimMismatch, "{}", member.0);
    }
    let detail = entra(&[("tenants", OptionValue::from("x"))]).unwrap_err();
    assert!(detail.detail().contains("option entra"), "{detail}");
}

#[test]
fn event_grid_needs_a_proof_and_not_two_in_one_header() {
    let detail = misconfigured("azure-event-grid", Options::new());
    assert!(
        detail.contains("url_token") && detail.contains("entra"),
        "{detail}"
    );
    let group = std::collections::BTreeMap::from([
        ("tenant".to_owned(), OptionValue::from(TENANT)),
        ("audience".to_owned(), OptionValue::from(CLIENT)),
        ("jwks".to_owned(), OptionValue::from(JWKS)),
    ]);
    let both = Options::new()
        .with("header_token", "a-long-random-token")
        .with("entra", OptionValue::Object(group));
    assert!(misconfigured("azure-event-grid", both).contains("authorization"));
}

#[test]
fn a_secret_header_may_carry_the_word_bearer() {
    let options = Options::new().with("header_token", "SlAV32hkKG-and-more");
    let verifier = Verifier::new("azure-event-grid", options).unwrap();
    let with = |value: &str| post(URL).header("Authorization", value);
    for value in ["BEARER SlAV32hkKG-and-more", "SlAV32hkKG-and-more"] {
        assert!(is_accepted(&verifier, &with(value), 0), "{value}");
    }
    assert_eq!(
        code(&verifier, &with("BEARER SlAV32hkKG"), 0),
        ErrorCode::TokenMismatch
    );
    assert_eq!(code(&verifier, &post(URL), 0), ErrorCode::MissingHeader);
    let renamed = Options::new()
        .with("header_token", "SlAV32hkKG-and-more")
        .with("header_token_name", "X-Hook-Secret");
    let renamed = Verifier::new("azure-event-grid", renamed).unwrap();
    let delivery = post(URL).header("x-hook-secret", "SlAV32hkKG-and-more");
    assert!(is_accepted(&renamed, &delivery, 0));
}

// Pitfalls HS-2, HS-7.
#[test]
fn a_validation_is_answered_for_expected_subscriptions_only() {
    let options = Options::new().with("subscription_names", "MySub");
    let verifier = grid(options);
    let error = rejection(&verifier, &validation(GRID_URL, "MYSUB"), 0);
    assert_eq!((error.code(), error.status()), (ErrorCode::Challenge, 200));
    let reply = error.reply().unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(
        reply.body(),
        r#"{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}"#
    );
    let headers: Vec<_> = reply.headers().collect();
    assert_eq!(headers, [("Content-Type", "application/json")]);

    let foreign = rejection(&verifier, &validation(GRID_URL, "other"), 0);
    assert_eq!(
        (foreign.code(), foreign.status()),
        (ErrorCode::TokenMismatch, 403)
    );
    assert_eq!(foreign.reply(), None);
    let unproven = rejection(&verifier, &validation(URL, "MySub"), 0);
    assert_eq!(
        (unproven.code(), unproven.status()),
        (ErrorCode::TokenMismatch, 401)
    );
}

// Pitfall HS-4.
#[test]
fn a_validation_code_is_sent_back_as_json() {
    let verifier = grid(Options::new());
    let answer = |code: &str| {
        let text = serde_json::to_string(code).unwrap();
        let body = VALIDATION.replace("\"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\"", &text);
        let delivery = Delivery::new("POST", GRID_URL, body.as_bytes())
            .header("aeg-event-type", "SubscriptionValidation");
        let error = rejection(&verifier, &delivery, 0);
        error.reply().map(|reply| reply.body().to_owned())
    };
    for code in [
        "\"</script>\r\nSet-Cookie: a=b\0",
        "é\u{2028}",
        &"x".repeat(512),
    ] {
        let body: serde_json::Value = serde_json::from_str(&answer(code).unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({ "validationResponse": code }));
    }
    assert_eq!(answer(&"x".repeat(513)), None);
}

// Pitfall HS-6.
#[test]
fn a_validation_that_is_not_announced_or_not_alone_is_neither() {
    let verifier = grid(Options::new());
    let delivery = Delivery::new("POST", GRID_URL, VALIDATION.as_bytes());
    assert_eq!(code(&verifier, &delivery, 0), ErrorCode::BodyMismatch);
    let two = VALIDATION.replace("}]", r#"},{"eventType":"x"}]"#);
    let delivery = Delivery::new("POST", GRID_URL, two.as_bytes())
        .header("aeg-event-type", "SubscriptionValidation");
    assert_eq!(code(&verifier, &delivery, 0), ErrorCode::BodyMismatch);
    let delivery = post(GRID_URL).header("aeg-event-type", "SubscriptionValidation");
    assert_eq!(code(&verifier, &delivery, 0), ErrorCode::BodyMismatch);
    assert!(is_accepted(
        &verifier,
        &post(GRID_URL).header("aeg-event-type", "Notification"),
        0
    ));
}

// Pitfall HS-4.
#[test]
fn the_options_handshake_follows_cloudevents() {
    let verifier = grid(Options::new());
    let options = |origin: &str| {
        Delivery::new("OPTIONS", GRID_URL, b"").header("WebHook-Request-Origin", origin)
    };
    let error = rejection(&verifier, &options("eventgrid.azure.net"), 0);
    let reply = error.reply().unwrap();
    assert_eq!(
        reply.headers().collect::<Vec<_>>(),
        [
            ("Allow", "POST"),
            ("WebHook-Allowed-Origin", "eventgrid.azure.net")
        ]
    );
    let rated = options("eventgrid.azure.net").header("WebHook-Request-Rate", "120");
    let error = rejection(&verifier, &rated, 0);
    let mut headers = error.reply().unwrap().headers();
    assert!(headers.any(|header| header == ("WebHook-Allowed-Rate", "120")));
    let fixed = grid(Options::new().with("allowed_rate", 60));
    let error = rejection(&fixed, &rated, 0);
    let mut headers = error.reply().unwrap().headers();
    assert!(headers.any(|header| header == ("WebHook-Allowed-Rate", "60")));

    for rejected in [
        Delivery::new("OPTIONS", GRID_URL, b""),
        options("evil.example"),
        options("*"),
        options("eventgrid.azure.net").header("WebHook-Request-Rate", "<script>"),
    ] {
        let error = rejection(&verifier, &rejected, 0);
        assert_eq!(
            (error.code(), error.status()),
            (ErrorCode::TokenMismatch, 405)
        );
        assert_eq!(error.reply(), None);
    }
    let unproven =
        Delivery::new("OPTIONS", URL, b"").header("WebHook-Request-Origin", "eventgrid.azure.net");
    assert_eq!(rejection(&verifier, &unproven, 0).status(), 401);
}

#[test]
fn a_handshake_can_be_excused_from_the_entra_token_only() {
    let group = || {
        OptionValue::Object(std::collections::BTreeMap::from([
            ("tenant".to_owned(), OptionValue::from(TENANT)),
            ("audience".to_owned(), OptionValue::from(CLIENT)),
            ("jwks".to_owned(), OptionValue::from(JWKS)),
        ]))
    };
    let strict = Verifier::new("azure-event-grid", Options::new().with("entra", group())).unwrap();
    assert_eq!(
        code(&strict, &validation(URL, "s"), 1),
        ErrorCode::MissingHeader
    );
    let options = Options::new()
        .with("entra", group())
        .with("url_token", "a-long-random-token")
        .with("handshake_requires_proof", false);
    let excused = Verifier::new("azure-event-grid", options).unwrap();
    assert_eq!(
        code(&excused, &validation(GRID_URL, "s"), 1),
        ErrorCode::Challenge
    );
    assert_eq!(
        code(&excused, &validation(URL, "s"), 1),
        ErrorCode::TokenMismatch
    );
    assert_eq!(code(&excused, &post(GRID_URL), 1), ErrorCode::MissingHeader);
}

#[test]
fn the_published_addresses_have_a_name() {
    let options = Options::new()
        .with("audience", RESOURCE)
        .with("jwks", JWKS)
        .with("allowed_ips", vec!["azure-call-automation", "192.0.2.1"]);
    let verifier = Verifier::new("azure-communication-services", options).unwrap();
    let from = |peer: &str| {
        bearer(ACS).request(|request| {
            let request = hookseal::Request {
                peer: Some(peer.parse().unwrap()),
                ..*request
            };
            verifier.verify_at(&request, 1_764_000_100).map(drop)
        })
    };
    for peer in [
        "52.112.0.1",
        "::ffff:52.115.255.255",
        "2603:1063::1",
        "192.0.2.1",
    ] {
        assert!(from(peer).is_ok(), "{peer}");
    }
    for peer in ["52.116.0.0", "2603:1028::1", "127.0.0.1"] {
        assert_eq!(
            from(peer).unwrap_err().code(),
            ErrorCode::IpNotAllowed,
            "{peer}"
        );
    }
}

// Pitfall MW-6.
#[test]
fn behind_a_trusted_proxy_the_client_counts() {
    let options = Options::new()
        .with("username", "user")
        .with("password", "password")
        .with("public_url", "https://hooks.example.com")
        .with("trusted_proxies", "10.0.0.0/8")
        .with("allowed_ips", "192.0.2.0/24")
        .with("require_https", true);
    let verifier = Verifier::new("basic", options).unwrap();
    let from = |peer: &str, headers: &[(&str, &str)]| {
        let mut delivery = Delivery::new("POST", "/hook", b"")
            .header("Authorization", "Basic dXNlcjpwYXNzd29yZA==");
        for (name, value) in headers {
            delivery = delivery.header(name, value);
        }
        delivery.request(|request| {
            let request = hookseal::Request {
                peer: Some(peer.parse().unwrap()),
                ..*request
            };
            verifier
                .verify_at(&request, 0)
                .map(drop)
                .map_err(|error| error.code())
        })
    };
    let blocked = Err(ErrorCode::IpNotAllowed);
    assert_eq!(from("192.0.2.9", &[]), Ok(()));
    assert_eq!(
        from("10.0.0.1", &[("X-Forwarded-For", "192.0.2.9")]),
        Ok(())
    );
    assert_eq!(
        from("10.0.0.1", &[("X-Forwarded-For", "192.0.2.9, 10.0.0.2")]),
        Ok(())
    );
    assert_eq!(
        from("10.0.0.1", &[("X-Forwarded-For", "192.0.2.9:4711")]),
        Ok(())
    );
    assert_eq!(
        from(
            "10.0.0.1",
            &[("Forwarded", "for=\"192.0.2.9:80\";proto=https")]
        ),
        Ok(())
    );
    assert_eq!(
        from(
            "10.0.0.1",
            &[("X-Forwarded-For", "192.0.2.9, 198.51.100.1")]
        ),
        blocked
    );
    assert_eq!(from("10.0.0.1", &[("X-Forwarded-For", "unknown")]), blocked);
    assert_eq!(from("10.0.0.1", &[]), blocked);
    assert_eq!(
        from("198.51.100.1", &[("X-Forwarded-For", "192.0.2.9")]),
        blocked
    );
    let plain = [
        ("X-Forwarded-For", "192.0.2.9"),
        ("X-Forwarded-Proto", "http"),
    ];
    assert_eq!(from("10.0.0.1", &plain), Err(ErrorCode::InsecureTransport));
}

#[test]
fn an_opaque_token_is_what_its_issuer_says() {
    let options = Options::new()
        .with("introspection", true)
        .with("scope", "webhooks.write");
    let verifier = Verifier::new("kaisa-oauth2", options).unwrap();
    assert!(verifier.introspects());
    let delivery = bearer("2YotnFZFEjr1zCsicMWpAA");
    delivery.request(|request| {
        assert_eq!(
            verifier.bearer_token(request).unwrap(),
            b"2YotnFZFEjr1zCsicMWpAA"
        );
    });
    assert_eq!(code(&verifier, &delivery, 100), ErrorCode::KeyUnavailable);
    let ask = |answer: &str| {
        delivery.request(|request| {
            let verified = verifier.verify_introspected_at(request, answer.as_bytes(), 100);
            verified
                .map(|verified| verified.claims().unwrap().to_owned())
                .map_err(|error| (error.code(), error.status()))
        })
    };
    let active = r#"{"active":true,"scope":"webhooks.write other","client_id":"kaisa"}"#;
    assert_eq!(ask(active).as_deref(), Ok(active));
    for (answer, wanted) in [
        (r#"{"active":false}"#, (ErrorCode::TokenMismatch, 401)),
        (r#"{"active":"true"}"#, (ErrorCode::TokenMismatch, 401)),
        (
            r#"{"scope":"webhooks.write"}"#,
            (ErrorCode::TokenMismatch, 401),
        ),
        (r#"{"active":true}"#, (ErrorCode::JwtClaimMismatch, 403)),
        (
            r#"{"active":true,"scope":"webhooks.write","exp":40}"#,
            (ErrorCode::JwtExpired, 401),
        ),
        (
            r#"{"active":true,"active":true}"#,
            (ErrorCode::KeyUnavailable, 503),
        ),
        ("<html>", (ErrorCode::KeyUnavailable, 503)),
    ] {
        assert_eq!(ask(answer).unwrap_err(), wanted, "{answer}");
    }
    let with_keys = Options::new()
        .with("introspection", true)
        .with("jwks", JWKS);
    assert!(misconfigured("bearer-jwt", with_keys).contains("jwks"));
    post(URL).request(|request| {
        let error = verifier.bearer_token(request).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MissingHeader);
    });
}

#[test]
fn a_scheme_of_ones_own_says_what_it_means() {
    let scheme = |sections: &str| {
        format!(
            r#"{{"id":"own","title":"Own","docs":"https://own.example","status":"unconfirmed",{sections}}}"#
        )
    };
    let rejection = |sections: &str| misconfigured(&scheme(sections), Options::new());
    let token = r#""token":[{"option":"secret","hint":"a secret","from":"header:x-secret"}]"#;
    let own = Options::new().with("secret", "a-random-secret");
    let verifier = Verifier::new(&scheme(token), own).unwrap();
    assert!(is_accepted(
        &verifier,
        &post(URL).header("X-Secret", "a-random-secret"),
        0
    ));
    let jwt = r#""jwt":{"algorithms":["RS256"],"audience_hint":"x","claim":[CLAIM]}"#;
    let decrypt = r#""decrypt":{"option":"secret","hint":"a secret","derive":"evp-bytes-to-key-md5","cipher":{"option":"cipher"},"ciphertext":{"from":"body","encoding":"base64"}}"#;
    for (sections, wanted) in [
        (r#""notes":[]"#.to_owned(), "a proof is missing"),
        (
            token.replace("header:x-secret", "signature:v1"),
            "token[0].from",
        ),
        (token.replace("\"secret\"", "\"public_url\""), "public_url"),
        (
            format!(
                r#"{token},"timestamp":{{"from":"header:t","format":"unix","tolerance":{{"past":1,"future":1}}}}"#
            ),
            "timestamp",
        ),
        (jwt.replace("CLAIM", r#"{"names":["a"]}"#), "claim[0]"),
        (
            jwt.replace("CLAIM", r#"{"names":[],"equals":["b"]}"#),
            "claim[0]",
        ),
        (
            jwt.replace(
                "CLAIM",
                r#"{"names":["a"],"equals":["b"],"contains":["c"]}"#,
            ),
            "claim[0]",
        ),
        (
            jwt.replace(
                "CLAIM",
                r#"{"names":["a"],"equals":["b"],"option":"audience"}"#,
            ),
            "audience",
        ),
        (
            jwt.replace("[CLAIM]", "[]").replace("RS256", "none"),
            "algorithms",
        ),
        (
            format!(r#"{decrypt},"challenge":{{"function":"event-grid"}}"#),
            "challenge: it can be asked",
        ),
        (
            format!(r#"{token},"challenge":{{"function":"empty-body","origins":["a"]}}"#),
            "challenge.origins",
        ),
    ] {
        let detail = rejection(&sections);
        assert!(detail.contains(wanted), "{wanted}: {detail}");
    }
}

#[test]
fn every_authentication_scheme_ends_in_spaces() {
    let password = basic();
    let token = Verifier::new(
        "azure-event-grid",
        Options::new().with("header_token", "SlAV32hkKGslav"),
    )
    .unwrap();
    let jwt = acs();
    let now = 1_764_000_100;
    for (verifier, scheme, credentials) in [
        (&password, "Basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        (&token, "Bearer", "SlAV32hkKGslav"),
        (&jwt, "Bearer", ACS),
    ] {
        let with = |blanks: &str| {
            post(URL).header("Authorization", format!("{scheme}{blanks}{credentials}"))
        };
        assert!(is_accepted(verifier, &with(" "), now), "{scheme}");
        assert!(is_accepted(verifier, &with("   "), now), "{scheme}");
        for blanks in ["\t", " \t", "\t "] {
            assert!(
                !is_accepted(verifier, &with(blanks), now),
                "{scheme}{blanks:?}"
            );
        }
    }
}

#[test]
fn a_password_may_be_in_another_character_set_than_utf_8() {
    let verifier = |user: OptionValue, password: OptionValue| {
        let options = Options::new()
            .with("username", user)
            .with("password", password);
        Verifier::new("basic", options).unwrap()
    };
    // test:123£ and jörg:123£, both in ISO-8859-1.
    let test = post(URL).header("Authorization", "Basic dGVzdDoxMjOj");
    let joerg = post(URL).header("Authorization", "Basic avZyZzoxMjOj");
    let latin1 = || OptionValue::from(&b"123\xa3"[..]);
    assert!(is_accepted(&verifier("test".into(), latin1()), &test, 0));
    let bytes = OptionValue::from(&b"j\xf6rg"[..]);
    assert!(is_accepted(&verifier(bytes, latin1()), &joerg, 0));

    let utf8 = verifier("test".into(), "123£".into());
    let error = rejection(&utf8, &test, 0);
    assert_eq!(error.code(), ErrorCode::MalformedHeader);
    assert!(error.detail().contains("UTF-8") && error.detail().contains("ISO-8859-1"));
    for user in [&b"a:b"[..], b"a\nb", b" "] {
        let options = Options::new()
            .with("username", user)
            .with("password", "open sesame");
        assert!(misconfigured("basic", options).contains("username"));
    }
}

/// Whoever guesses the token in the URL must not see when it is right.
#[test]
fn the_challenge_does_not_tell_which_proof_failed() {
    let enablex = Options::new()
        .with("app_id", "5f3a1c9e8b7d2a0012c4e6f8")
        .with("url_token", "right-token")
        .with("username", "Aladdin")
        .with("password", "open sesame");
    let with_basic = Verifier::new("enablex", enablex).unwrap();
    let options = Options::new().with("audience", RESOURCE).with("jwks", JWKS);
    let options = options.with("url_token", "right-token");
    let with_jwt = Verifier::new("azure-communication-services", options).unwrap();
    for (verifier, challenge, values) in [
        (
            &with_basic,
            "Basic realm=\"webhook\", charset=\"UTF-8\"",
            vec![
                None,
                Some("Basic eDp5".to_owned()),
                Some("Basic !".to_owned()),
                Some("x".to_owned()),
            ],
        ),
        (
            &with_jwt,
            "Bearer",
            vec![
                None,
                Some(format!("Bearer {NONE}")),
                Some(format!("Bearer {ENTRA}")),
                Some("x".to_owned()),
            ],
        ),
    ] {
        for value in values {
            let mut answers = ["", "?token=wrong-token", "?token=right-token"].map(|query| {
                let mut delivery = post(&format!("{URL}{query}"));
                if let Some(value) = &value {
                    delivery = delivery.header("Authorization", value);
                }
                let error = rejection(verifier, &delivery, 1_764_000_100);
                (error.status(), error.authenticate().map(str::to_owned))
            });
            answers.sort();
            let expected = (401, Some(challenge.to_owned()));
            assert!(
                answers.iter().all(|answer| *answer == expected),
                "{value:?}: {answers:?}"
            );
        }
    }
}

/// At most sixteen are tried, so that a token costs no more than that.
#[test]
fn a_key_that_is_never_tried_is_a_wrong_option() {
    let verifier = |count: u32, with_kid: bool| {
        let key = |index: u32| {
            let kid = if with_kid {
                format!(r#","kid":"{index}""#)
            } else {
                String::new()
            };
            format!(
                r#"{{"kty":"oct","alg":"HS256","k":"c2VjcmV0LW9mLW1vcmUtdGhhbi0zMi1ieXRlcy1u{index:04}"{kid}}}"#
            )
        };
        let keys: Vec<_> = (0..count).map(key).collect();
        let options = Options::new()
            .with("issuer", "https://issuer.example.com")
            .with("audience", "hook")
            .with(
                "jwks",
                format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_str(),
            );
        Verifier::new("bearer-jwt", options)
    };
    assert!(verifier(16, false).is_ok());
    assert!(verifier(17, true).is_ok());
    let error = verifier(17, false).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    assert!(error.detail().contains("17 keys"), "{}", error.detail());
}
