//! An option that does nothing is rejected: somebody believes that it does. Each
//! option of each scheme is given in each of these configurations, and the list
//! of those that do nothing there must be exact.

mod common;

use std::collections::BTreeSet;

use common::SECRET;
use hookseal::{ErrorCode, OptionValue, Options, Verifier};
use serde_json::Value;

const JWKS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
const OCT: &str = r#"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9yIG1vcmUuLi4"}]}"#;

/// A scheme, what is configured, and the options that do nothing beside it.
fn configurations() -> Vec<(&'static str, Options, &'static [&'static str])> {
    let none = Options::new;
    let jwt = || {
        none()
            .with("issuer", "https://auth.example.com")
            .with("audience", "a")
    };
    let mut found: Vec<(&str, Options, &[&str])> = Vec::new();
    for (scheme, option) in [
        ("github", "secret"),
        ("plivo", "auth_token"),
        ("twilio", "auth_token"),
        ("plivo-v1", "auth_token"),
    ] {
        found.push((
            scheme,
            none().with(option, SECRET),
            &["tolerance", "trusted_proxies"],
        ));
    }
    found.extend([
        (
            "stripe",
            none().with("secret", SECRET),
            &["trusted_proxies"][..],
        ),
        (
            "plivo",
            none()
                .with("auth_token", SECRET)
                .with("public_url", "https://example.com"),
            &["tolerance", "trusted_proxies", "allowed_hosts"],
        ),
        (
            "plivo",
            none()
                .with("auth_token", SECRET)
                .with("public_url", "https://example.com")
                .with("require_https", true),
            &["tolerance", "allowed_hosts"],
        ),
        (
            "basic",
            none().with("username", "u").with("password", SECRET),
            &["tolerance", "trusted_proxies", "header_value"],
        ),
        (
            "basic",
            none().with("header_value", SECRET),
            &[
                "tolerance",
                "trusted_proxies",
                "username",
                "password",
                "allow_bare_base64",
                "allow_empty_password",
            ],
        ),
        (
            "enablex",
            none().with("app_id", SECRET),
            // One half of a password is no proof, and the rest needs one.
            &[
                "tolerance",
                "trusted_proxies",
                "username",
                "password",
                "allow_bare_base64",
                "allow_empty_password",
                "url_token_param",
                "allow_plaintext",
                "answer_empty_body",
            ],
        ),
        (
            "enablex",
            none().with("app_id", SECRET).with("url_token", SECRET),
            &[
                "tolerance",
                "trusted_proxies",
                "username",
                "password",
                "allow_bare_base64",
                "allow_empty_password",
            ],
        ),
        (
            "vcc-live",
            none().with("url_token", SECRET),
            &[
                "tolerance",
                "trusted_proxies",
                "secret",
                "cipher",
                "allow_legacy_ciphers",
                "plaintext",
                "random_iv",
                "iv_param",
                "lenient_iv",
                "lenient_base64",
            ],
        ),
        (
            "vcc-live",
            none().with("secret", SECRET).with("cipher", "aes-256-cbc"),
            &["tolerance", "trusted_proxies", "url_token_param"],
        ),
        (
            "vcc-live",
            none()
                .with("secret", SECRET)
                .with("cipher", "aes-256-cbc")
                .with("random_iv", "disabled"),
            &[
                "tolerance",
                "trusted_proxies",
                "url_token_param",
                "lenient_iv",
            ],
        ),
        (
            "azure-event-grid",
            none().with("url_token", SECRET),
            &[
                "tolerance",
                "trusted_proxies",
                "header_token_name",
                "handshake_requires_proof",
            ],
        ),
        (
            "azure-communication-services",
            none().with("audience", "a"),
            &["trusted_proxies", "url_token_param"],
        ),
        (
            "bearer-jwt",
            jwt().with("hmac_secret", SECRET),
            &[
                "trusted_proxies",
                "jwks",
                "jwks_uri",
                "metadata_uri",
                "jwks_max_age",
                "jwks_cooldown",
                "allow_missing_kid",
                "introspection",
            ],
        ),
        (
            "bearer-jwt",
            jwt().with("jwks", OCT),
            &[
                "trusted_proxies",
                "hmac_secret",
                "jwks_uri",
                "metadata_uri",
                "jwks_max_age",
                "jwks_cooldown",
                "allow_missing_kid",
                "introspection",
            ],
        ),
        (
            "bearer-jwt",
            jwt().with("jwks", JWKS),
            &[
                "trusted_proxies",
                "hmac_secret",
                "jwks_uri",
                "metadata_uri",
                "jwks_max_age",
                "jwks_cooldown",
                "introspection",
            ],
        ),
        (
            "bearer-jwt",
            jwt().with("jwks_uri", "https://auth.example.com/keys"),
            &[
                "trusted_proxies",
                "hmac_secret",
                "jwks",
                "metadata_uri",
                "introspection",
            ],
        ),
        (
            "bearer-jwt",
            jwt().with("introspection", true),
            &[
                "trusted_proxies",
                "hmac_secret",
                "jwks",
                "jwks_uri",
                "metadata_uri",
                "jwks_max_age",
                "jwks_cooldown",
                "allow_missing_kid",
                "algorithms",
            ],
        ),
    ]);
    found
}

/// A value that the option takes where it does something.
fn value(scheme: &str, option: &str) -> OptionValue {
    match option {
        "algorithms" if scheme.starts_with("azure") => "RS256".into(),
        "public_url" | "issuer" => "https://example.com".into(),
        "trusted_proxies" | "allowed_ips" => "10.0.0.0/8".into(),
        "allowed_hosts" | "allowed_origins" => "example.com".into(),
        "max_body_bytes" | "tolerance" | "max_lifetime" | "jwks_max_age" | "jwks_cooldown"
        | "allowed_rate" => 60.into(),
        "ciphers" | "cipher" => "aes-256-cbc".into(),
        "plaintext" => "text".into(),
        "random_iv" => "optional".into(),
        "default_format" => "hex".into(),
        "algorithms" => vec!["HS256", "EdDSA"].into(),
        "jwks" => JWKS.into(),
        "jwks_uri" | "metadata_uri" => "https://auth.example.com/x".into(),
        "entra" => OptionValue::Object(
            [
                ("tenant".to_owned(), "t".into()),
                ("audience".to_owned(), "a".into()),
            ]
            .into(),
        ),
        "claims" => OptionValue::Object([("sub".to_owned(), "a".into())].into()),
        "cloud" => "usgov".into(),
        "header_token_name" => "x-token".into(),
        "url_token" | "header_token" | "password" | "header_value" | "secret" | "hmac_secret"
        | "app_id" | "auth_token" => SECRET.into(),
        "username" | "audience" | "scope" | "subscription_names" | "url_token_param"
        | "iv_param" => "name".into(),
        // Switches; what is off by default is switched on.
        "handshake_requires_proof" => false.into(),
        _ => true.into(),
    }
}

#[test]
fn options_that_do_nothing_are_refused_and_no_others() {
    let catalogue: Value = serde_json::from_str(hookseal::schemes_json()).unwrap();
    for (number, (scheme, _, idle)) in configurations().into_iter().enumerate() {
        let configured = || configurations().swap_remove(number).1;
        assert!(Verifier::new(scheme, configured()).is_ok(), "{scheme}");
        let shown = format!("{:?}", configured());
        let mut listed: BTreeSet<&str> = idle.iter().copied().collect();
        let entry = catalogue
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["id"] == scheme);
        for option in entry.unwrap()["options"].as_array().unwrap() {
            let name = option["name"].as_str().unwrap();
            let is_idle = listed.remove(name);
            // The key above is of no kind that Azure uses.
            if name == "jwks" && scheme.starts_with("azure") {
                continue;
            }
            if shown.contains(&format!("\"{name}\"")) {
                continue;
            }
            match Verifier::new(scheme, configured().with(name, value(scheme, name))) {
                Ok(_) => assert!(!is_idle, "{scheme} {shown}: {name} does nothing"),
                Err(error) => {
                    assert!(is_idle, "{scheme} {shown}: {name}: {}", error.detail());
                    assert_eq!(error.code(), ErrorCode::Configuration);
                }
            }
        }
        // Not offered at all, and rejected all the same.
        for name in listed {
            let refused = Verifier::new(scheme, configured().with(name, value(scheme, name)));
            assert_eq!(name, "tolerance", "{scheme} {shown}");
            assert!(refused.unwrap_err().detail().contains("no window"));
        }
    }
}
