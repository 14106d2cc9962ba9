//! What a scheme must say of a public key, and what is none.

use hookseal::{Error, ErrorCode, Options, Verifier};

const KEY: &str = "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb";

fn scheme(key: &str) -> Result<Verifier, Error> {
    let scheme = format!(
        r#"{{"id": "own", "title": "Own", "docs": "https://docs.example.com/", "status": "unconfirmed",
            "key": {{"option": "public_key", "hint": "the key", "encoding": "hex"{key}}},
            "signature": {{"algorithm": "ed25519", "from": "header:x-signature", "encoding": "hex",
                          "signed": "{{body}}"}}}}"#
    );
    Verifier::new(&scheme, Options::new().with("public_key", KEY))
}

#[test]
fn a_shared_key_is_said_to_be_one_with_its_risk() {
    assert!(scheme(r#", "shared": false"#).is_ok());
    assert!(scheme(r#", "shared": true, "risk": "any customer can sign""#).is_ok());
    for (key, place) in [
        ("", "key.shared"),
        (r#", "shared": true"#, "key.risk"),
        (r#", "shared": true, "risk": """#, "key.risk"),
        (r#", "shared": true, "risk": " ""#, "key.risk"),
        (r#", "shared": false, "risk": "none""#, "key.risk"),
    ] {
        let error = scheme(key).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration);
        assert!(error.detail().contains(place), "{key}: {}", error.detail());
    }
}

/// Whoever knows a public key could sign with it.
#[test]
fn a_public_key_is_no_secret() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n";
    for secret in [
        Options::new().with("secret", pem),
        Options::new().with("secret", pem.as_bytes()),
    ] {
        let error = Verifier::new("github", secret).unwrap_err();
        assert!(error.detail().contains("PEM"), "{}", error.detail());
    }
}

#[test]
fn a_public_key_is_called_one() {
    for key in ["", "00", "zz", "paste-it-here"] {
        let options = Options::new().with("public_key", key);
        let error = Verifier::new("discord", options).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration);
        assert!(!error.detail().contains("secret"), "{}", error.detail());
    }
}
