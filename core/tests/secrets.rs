//! What is accepted as a secret, in every option that holds one.

mod common;

use common::SECRET;
use hookseal::{ErrorCode, OptionValue, Options, TokenIssuer, Verifier};
use serde_json::Value;

/// Stand in the place of a secret in templates, in programs and on pages.
const PLACEHOLDERS: [&str; 26] = [
    "None",
    "null",
    "undefined",
    "[AuthToken]",
    "{{secret}}",
    "$PLIVO_AUTH_TOKEN",
    "${TOKEN}",
    "%TOKEN%",
    "********",
    "[REDACTED]",
    "YOUR_TOKEN",
    "<your secret>",
    "paste-it-from-the-plivo-console",
    "\u{200b}",
    "\u{feff}",
    "changeme\n",
    "xxxxxxxx",
    "process.env.TOKEN",
    "os.environ[\"TOKEN\"]",
    "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)",
    "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
    "vault:secret/data/x",
    "n/a",
    "[object Object]",
    "System.String",
    "\"null\"",
];

/// Every option that holds secrets, with the scheme in front.
fn secret_options() -> Vec<(String, String)> {
    let catalogue: Value = serde_json::from_str(hookseal::schemes_json()).unwrap();
    let mut found = Vec::new();
    for scheme in catalogue.as_array().unwrap() {
        let id = scheme["id"].as_str().unwrap();
        for option in scheme["options"].as_array().unwrap() {
            let name = option["name"].as_str().unwrap();
            // A key set is no secret itself; the tests of key sets look at it.
            if option["secret"] == true && name != "jwks" {
                found.push((id.to_owned(), name.to_owned()));
            }
        }
    }
    assert!(found.len() > 20);
    found
}

/// What a scheme needs so that only the secret can be wrong.
fn companions(scheme: &str, option: &str) -> Options {
    let options = match scheme {
        "bearer-jwt" | "kaisa-oauth2" => Options::new()
            .with("issuer", "https://auth.example.com")
            .with("audience", "https://example.com/hooks"),
        "azure-communication-services" => Options::new().with("audience", "a resource"),
        "enablex" if option != "app_id" => Options::new().with("app_id", SECRET),
        "rfc9421" | "cavage" => Options::new().with("algorithm", "hmac-sha256"),
        "meta" if option != "app_secret" => Options::new().with("app_secret", SECRET),
        "sinch-voice" => Options::new().with("application_key", "name"),
        "vcc-live" if option == "secret" => Options::new().with("cipher", "aes-256-cbc"),
        _ => Options::new(),
    };
    match option {
        "password" => options.with("username", "user"),
        _ => options,
    }
}

fn rejection(scheme: &str, options: Options) -> String {
    let error = Verifier::new(scheme, options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    error.detail().to_owned()
}

#[test]
fn what_stands_in_the_place_of_a_secret_is_rejected_in_every_option() {
    for (scheme, option) in secret_options() {
        let with = |value: OptionValue| companions(&scheme, &option).with(&option, value);
        assert!(
            Verifier::new(&scheme, with(SECRET.into())).is_ok(),
            "{scheme} {option}"
        );
        for text in PLACEHOLDERS {
            for value in [
                OptionValue::from(text),
                text.as_bytes().into(),
                vec![OptionValue::from(SECRET), text.into()].into(),
                OptionValue::Object([("new".to_owned(), text.into())].into()),
            ] {
                let detail = rejection(&scheme, with(value));
                let place = format!("option {option} (key ");
                assert!(
                    detail.starts_with(&place),
                    "{scheme} {option} {text:?}: {detail}"
                );
            }
        }
    }
}

#[test]
fn a_token_issuer_rejects_them_too() {
    let options = || {
        Options::new()
            .with("client_id", "client")
            .with("issuer", "https://auth.example.com")
            .with("audience", "https://example.com/hooks")
    };
    for text in PLACEHOLDERS {
        let wrong_client = options()
            .with("client_secret", text)
            .with("hmac_secret", SECRET);
        let wrong_key = options()
            .with("client_secret", SECRET)
            .with("hmac_secret", text);
        for options in [wrong_client, wrong_key] {
            let error = TokenIssuer::new(options).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Configuration, "{text:?}");
        }
    }
    for name in ["client_secret", "hmac_secret", "ed25519_seed"] {
        let error = TokenIssuer::new(
            options()
                .with("client_secret", SECRET)
                .with(name, &[0; 32][..]),
        )
        .unwrap_err();
        assert!(error.detail().contains("zeros"), "{}", error.detail());
    }
}

/// HMAC and PHP fill a short key with zeros: a key of zeros is the empty one.
#[test]
fn a_key_of_zeros_is_rejected_in_every_option() {
    for (scheme, option) in secret_options() {
        for length in [1, 24, 32, 64, 65, 200] {
            let zeros = vec![0; length];
            let options = companions(&scheme, &option).with(&option, zeros.as_slice());
            let detail = rejection(&scheme, options);
            assert!(detail.contains("zeros"), "{scheme} {option}: {detail}");
        }
    }
    let base64 = format!("whsec_{}", "A".repeat(32));
    let options = Options::new().with("secret", base64.as_str());
    assert!(rejection("standard-webhooks", options).contains("zeros"));
    let jwks = format!(
        r#"{{"keys":[{{"kty":"oct","alg":"HS256","k":"{}"}}]}}"#,
        "A".repeat(43)
    );
    let options = companions("bearer-jwt", "").with("jwks", jwks.as_str());
    assert!(rejection("bearer-jwt", options).contains("option jwks"));
}

#[test]
fn what_a_provider_issues_for_another_purpose_is_named() {
    for (scheme, option, value, what) in [
        ("plivo", "auth_token", "MANWVLYTK4ZWU1YTY4ZT", "Auth ID"),
        ("plivo-v2", "auth_token", "SANWVLYTK4ZWU1YTY4ZT", "Auth ID"),
        (
            "plivo-messaging",
            "auth_token",
            "MAXXXXXXXXXXXXXXXXXX",
            "Auth ID",
        ),
        (
            "twilio",
            "auth_token",
            "ACaaaabbbbccccddddeeeeffff00001111",
            "account",
        ),
        (
            "stripe",
            "secret",
            "we_1Mr5jULkdIwHu7ix1ibLTM0x",
            "endpoint",
        ),
        (
            "stripe",
            "secret",
            "sk_live_51H8abcdefghijklmnop",
            "API key",
        ),
        (
            "github",
            "secret",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "access token",
        ),
        (
            "github",
            "secret",
            "github_pat_11ABCDEFG0abcdefghijkl_mnop",
            "access token",
        ),
        (
            "standard-webhooks",
            "secret",
            "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "Supabase",
        ),
    ] {
        for given in [OptionValue::from(value), value.as_bytes().into()] {
            let detail = rejection(scheme, Options::new().with(option, given));
            assert!(detail.contains(what), "{scheme} {value}: {detail}");
            assert!(!detail.contains(&value[5..]), "{scheme} {value}: {detail}");
        }
    }
}

#[test]
fn a_key_of_the_reference_test_suite_is_taken_as_it_was_issued() {
    for secret in [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ] {
        let options = Options::new().with("secret", secret);
        assert!(
            Verifier::new("standard-webhooks", options).is_ok(),
            "{secret}"
        );
    }
}

/// PHP and Node take a passphrase as it is, so blanks at its ends are a part.
#[test]
fn a_passphrase_may_have_blanks_around_it_but_nothing_that_cannot_be_seen() {
    let cipher = || Options::new().with("cipher", "aes-256-cbc");
    for secret in [
        " a passphrase ",
        "a passphrase\n",
        "titkos kulcs: árvíztűrő",
        "\u{1f468}\u{200d}\u{1f469}",
    ] {
        assert!(
            Verifier::new("vcc-live", cipher().with("secret", secret)).is_ok(),
            "{secret:?}"
        );
    }
    for secret in ["\u{feff}a passphrase", "a pass\u{200b}phrase"] {
        assert!(rejection("vcc-live", cipher().with("secret", secret)).contains("cannot be seen"));
    }
    let options = Options::new().with("auth_token", "\u{feff}differential_test_token");
    assert!(rejection("plivo", options).contains("cannot be seen"));
}
