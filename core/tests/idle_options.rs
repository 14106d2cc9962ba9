//! An option that does nothing is rejected: somebody believes that it does. Each
//! option of each scheme is given in each of these configurations, and the list
//! of those that do nothing there must be exact.

mod common;

use std::collections::BTreeSet;

use common::SECRET;
use common::option_values::{JWKS, value};
use hookseal::{ErrorCode, Options, Verifier};
use serde_json::Value;

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
            &[
                "tolerance",
                "trusted_proxies",
                "header_value",
                "allow_empty_password",
            ],
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
                "allow_legacy_ciphers",
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
                "allow_legacy_ciphers",
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
            &[
                "tolerance",
                "trusted_proxies",
                "url_token_param",
                "allow_legacy_ciphers",
            ],
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
                "allow_legacy_ciphers",
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

#[test]
fn options_that_do_nothing_are_rejected_and_no_others() {
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
            let rejected = Verifier::new(scheme, configured().with(name, value(scheme, name)));
            assert_eq!(name, "tolerance", "{scheme} {shown}");
            assert!(rejected.unwrap_err().detail().contains("no window"));
        }
    }
}
