//! What a binding has to know of one compiled verifier, read once.

use hookseal::{Covers, MAX_KEY_DOCUMENT_BYTES, Verifier};
use serde_json::{Value, json};

/// The time limit of one request for keys, connection and body together.
const KEY_FETCH_TIMEOUT_MS: u64 = 5_000;

/// A verifier as a binding sees it.
#[derive(Clone, Debug)]
pub struct Description<'v> {
    /// The id of the scheme.
    pub scheme: &'v str,
    /// The lower-case names of the headers to pass, in slot order.
    pub header_names: &'v [Box<str>],
    /// The headers to pass to `diagnose` after a rejection.
    pub diagnostic_header_names: Vec<String>,
    /// The labels, by key index.
    pub key_ids: Vec<&'v str>,
    /// What each variant covers, by variant index.
    pub coverage: Vec<Covers>,
    /// The names of the forms of the URL, by their index.
    pub url_forms: &'v [&'static str],
    /// How much of a body middleware may read.
    pub max_body_bytes: usize,
    /// Whether the payload differs from the body.
    pub decrypts: bool,
    /// Whether a hook has to ask about the token of each delivery.
    pub introspects: bool,
    /// The bounds of one request for keys, where keys have to be fetched.
    pub remote_keys: Option<RemoteKeys>,
}

/// The bounds of one request for keys.
#[derive(Clone, Copy, Debug)]
pub struct RemoteKeys {
    /// Milliseconds for connection and body together.
    pub timeout_ms: u64,
    /// The longest document.
    pub max_bytes: usize,
}

impl<'v> Description<'v> {
    pub(crate) fn of(verifier: &'v Verifier) -> Self {
        Self {
            scheme: verifier.scheme(),
            header_names: verifier.header_names(),
            diagnostic_header_names: verifier.diagnostic_header_names(),
            key_ids: verifier.key_ids().collect(),
            coverage: verifier.coverage().cloned().collect(),
            url_forms: verifier.url_forms(),
            max_body_bytes: verifier.max_body_bytes(),
            decrypts: verifier.decrypts(),
            introspects: verifier.introspects(),
            remote_keys: verifier.has_remote_keys().then_some(RemoteKeys {
                timeout_ms: KEY_FETCH_TIMEOUT_MS,
                max_bytes: MAX_KEY_DOCUMENT_BYTES,
            }),
        }
    }

    /// The same as a JSON object with these names, for a host that reads JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        json!({
            "scheme": self.scheme,
            "header_names": self.header_names,
            "diagnostic_header_names": self.diagnostic_header_names,
            "key_ids": self.key_ids,
            "coverage": self.coverage.iter().map(covers).collect::<Vec<_>>(),
            "url_forms": self.url_forms,
            "max_body_bytes": self.max_body_bytes,
            "decrypts": self.decrypts,
            "introspects": self.introspects,
            "remote_keys": self.remote_keys.map(|remote| json!({
                "timeout_ms": remote.timeout_ms,
                "max_bytes": remote.max_bytes,
            })),
        })
        .to_string()
    }
}

fn covers(covers: &Covers) -> Value {
    json!({
        "body": covers.body.as_str(),
        "url": covers.url.as_str(),
        "method": covers.method,
        "timestamp": covers.timestamp.as_str(),
        "delivery_id": covers.delivery_id.as_str(),
        "confidential": covers.confidential,
        "parts": covers.parts,
    })
}

#[cfg(test)]
mod tests {
    use crate::Handle;

    #[test]
    fn a_host_that_reads_json_gets_every_field() {
        let options = br#"{"secret": {"main": "a-secret-of-the-tests"}, "max_body_bytes": 7}"#;
        let scheme = r#"{"id": "own", "title": "Own", "docs": "https://docs.example.com/",
            "status": "unconfirmed", "key": {"option": "secret", "hint": "the secret"},
            "signature": {"algorithm": "hmac-sha256", "from": "header:x-own-signature",
                          "encoding": "hex", "signed": "{body}"}}"#;
        let handle = Handle::new(scheme, options).unwrap();
        let described = serde_json::from_str::<serde_json::Value>(&handle.describe().to_json());
        let mut described = described.unwrap();
        let diagnostic = described["diagnostic_header_names"].take();
        assert!(diagnostic.as_array().unwrap().len() > 1);
        let expected = serde_json::json!({
            "scheme": "own",
            "header_names": ["x-own-signature"],
            "diagnostic_header_names": null,
            "key_ids": ["main"],
            "coverage": [{"body": "full", "url": "none", "method": false, "timestamp": "none",
                "delivery_id": "none", "confidential": false, "parts": ["body"]}],
            "url_forms": ["as-is"],
            "max_body_bytes": 7,
            "decrypts": false,
            "introspects": false,
            "remote_keys": null,
        });
        assert_eq!(described, expected);
    }

    #[test]
    fn remote_keys_have_bounds() {
        let options = br#"{"issuer": "https://auth.example.com", "audience": "hooks",
            "jwks_uri": "https://auth.example.com/keys"}"#;
        let scheme = r#"{"id": "own", "title": "Own", "docs": "https://docs.example.com/",
            "status": "unconfirmed",
            "jwt": {"algorithms": ["RS256"], "audience_hint": "the audience"}}"#;
        let handle = Handle::new(scheme, options).unwrap();
        let remote = handle.describe().remote_keys.unwrap();
        assert_eq!((remote.timeout_ms, remote.max_bytes), (5_000, 256 * 1024));
    }
}
