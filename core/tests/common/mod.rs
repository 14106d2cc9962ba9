//! What the tests of the public API share: a verifier for every embedded
//! scheme, whatever its options are called, and requests by hand.

// Each test binary uses some of this.
#![allow(dead_code)]

pub(crate) mod option_values;

use hookseal::{
    Error, ErrorCode, Headers, OptionValue, Options, Request, Signing, Verified, Verifier,
};
use serde_json::Value;

/// A clock for all tests.
pub(crate) const NOW: i64 = 1_700_000_000;

/// Bytes are a secret for every scheme, however it writes its secrets.
pub(crate) const SECRET: &[u8] = b"\x00secret of thirty-two bytes....\xff";

/// What a receiver is called at its provider, and no secret.
pub(crate) const CONSTANT: &str = "name-4711";

pub(crate) const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// An embedded scheme.
#[derive(Clone, Debug)]
pub(crate) struct Scheme {
    pub(crate) id: String,
    /// The option that holds its secrets.
    pub(crate) option: String,
    /// The others that it needs, with a value: an algorithm, constants of the receiver.
    pub(crate) constants: Vec<(String, String)>,
}

/// The embedded schemes that sign a POST, as the catalogue tells them. AudioHook signs
/// the upgrade to a WebSocket; it has its vectors.
pub(crate) fn schemes() -> Vec<Scheme> {
    let catalogue: Value = serde_json::from_str(hookseal::schemes_json()).unwrap();
    let schemes: Vec<Scheme> = catalogue
        .as_array()
        .unwrap()
        .iter()
        .filter(|scheme| scheme["can_sign"] == true && scheme["id"] != "audiohook")
        .map(|scheme| {
            let options = scheme["options"].as_array().unwrap();
            let secret = options.iter().find(|option| option["secret"] == true);
            let is_constant =
                |option: &&Value| option["required"] == true && option["secret"] == false;
            let constants = options.iter().filter(is_constant);
            Scheme {
                id: text(&scheme["id"]),
                option: text(&secret.unwrap()["name"]),
                constants: constants
                    .map(|option| {
                        let choice = option["values"][0].as_str();
                        (text(&option["name"]), choice.unwrap_or(CONSTANT).to_owned())
                    })
                    .collect(),
            }
        })
        .collect();
    assert!(schemes.len() >= 8);
    schemes
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Scheme {
    pub(crate) fn options(&self) -> Options {
        self.with(SECRET)
    }

    /// All that it needs, with that secret.
    pub(crate) fn with(&self, secret: impl Into<OptionValue>) -> Options {
        self.constants().with(&self.option, secret)
    }

    /// All that it needs but its secret.
    pub(crate) fn constants(&self) -> Options {
        let constants = self.constants.iter();
        constants.fold(Options::new(), |options, (name, value)| {
            options.with(name, value.as_str())
        })
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::new(&self.id, self.options()).unwrap()
    }
}

/// A request that owns its parts.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) method: Vec<u8>,
    pub(crate) url: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Delivery {
    /// A POST of a form: every embedded scheme signs one.
    pub(crate) fn form(url: &str, body: &str) -> Self {
        Self::new("POST", url, body.as_bytes()).header(FORM.0, FORM.1)
    }

    pub(crate) fn new(method: &str, url: &str, body: &[u8]) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: body.to_vec(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), value.as_ref().to_vec()));
        self
    }

    /// Without the headers of that name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name.as_bytes()));
        self
    }

    /// With one header of that name, which has that value.
    pub(crate) fn with(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).header(name, value)
    }

    /// The value of the first header of that name.
    pub(crate) fn value(&self, name: &str) -> &[u8] {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
        &found.unwrap().1
    }

    /// Calls with the borrowed form.
    pub(crate) fn request<T>(&self, call: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&[u8], &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_slice(), value.as_slice()))
            .collect();
        call(&Request {
            method: &self.method,
            target: &self.url,
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&headers),
            body: &self.body,
            peer: None,
        })
    }

    /// With the headers that the provider adds.
    pub(crate) fn signed(mut self, verifier: &Verifier) -> Self {
        let added = self.request(|request| verifier.sign(request, &signing()).unwrap());
        for (name, value) in added {
            self = self.with(&name, value);
        }
        self
    }

    pub(crate) fn verify(&self, verifier: &Verifier) -> Result<Facts, Error> {
        self.verify_at(verifier, NOW)
    }

    pub(crate) fn verify_at(&self, verifier: &Verifier, now: i64) -> Result<Facts, Error> {
        self.request(|request| verifier.verify_at(request, now).map(|it| Facts::of(&it)))
    }

    /// The code of the rejection.
    pub(crate) fn rejection(&self, verifier: &Verifier) -> ErrorCode {
        self.verify(verifier).unwrap_err().code()
    }
}

/// An id and a time, for schemes that have one.
pub(crate) fn signing() -> Signing<'static> {
    Signing {
        delivery_id: Some("delivery-1"),
        timestamp: Some(NOW),
        key_id: None,
    }
}

/// The name of the header that `sign` puts the signature into.
pub(crate) fn signature_header(verifier: &Verifier) -> String {
    let delivery = Delivery::form("https://example.com/a", "b=c");
    let added = delivery.request(|request| verifier.sign(request, &signing()).unwrap());
    added[0].0.clone()
}

/// Whether the string to sign holds the id by itself; otherwise a body may hold it.
pub(crate) fn mentions_id(covers: &hookseal::Covers) -> bool {
    covers.parts.iter().any(|part| part == "delivery_id")
}

/// What was verified, comparable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) scheme: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) key_id: String,
    pub(crate) timestamp: Option<i64>,
    pub(crate) delivery_id: Option<Vec<u8>>,
    pub(crate) replay_key: String,
    pub(crate) covers: hookseal::Covers,
}

impl Facts {
    pub(crate) fn of(verified: &Verified<'_>) -> Self {
        Self {
            scheme: verified.scheme().to_owned(),
            payload: verified.payload().to_vec(),
            key_id: verified.key_id().to_owned(),
            timestamp: verified.timestamp(),
            delivery_id: verified.delivery_id().map(<[u8]>::to_vec),
            replay_key: verified
                .replay_key()
                .map(|key| key.to_string())
                .unwrap_or_default(),
            covers: verified.covers().clone(),
        }
    }
}

/// A custom scheme that uses most of the language.
pub(crate) const CUSTOM: &str = r#"{
    "id": "custom", "title": "Custom", "docs": "https://docs.example.com/", "status": "unconfirmed",
    "notes": ["a note"], "methods": ["GET", "POST"],
    "key": {"option": "secret", "encoding": "base64", "prefix": "key_", "min_bytes": 8,
            "hint": "the secret", "refuse": {"pk_": "a public key"}},
    "signature": {"algorithm": "hmac-sha512", "from": ["header:x-signature", "header:x-signature-next"],
                  "parse": {"split": ",", "entries": ["t={t}", "v1={signature}", "v2={signature}"]},
                  "encoding": "hex",
                  "url": ["no-port", "as-is", "standard-port-querystring"]},
    "variant": [
        {"when": {"query:digest": "present", "body": "not-empty"}, "signed": "{timestamp}|{delivery_id}|{url}",
         "require": {"query:digest": {"sha256": "{body}", "encoding": "hex"}}},
        {"when": [{"content_type": "form", "method": "POST"}, {"header:x-form": "present"}],
         "signed": "{{}}{timestamp}{method}{delivery_id}{url.base}{query|sort|pairs '{name}={value}&'}{form|sort|unique|pairs '{name}{value}'}",
         "risk": "nothing keeps its fields apart"},
        {"when": {"body": "empty"}, "signed": "{timestamp}{delivery_id}{url}",
         "risk": "nothing keeps id and URL apart"}
    ],
    "timestamp": {"from": "signature:t", "format": "unix", "tolerance": {"past": 300, "future": 60}},
    "delivery_id": {"from": "header:x-delivery"}
}"#;
