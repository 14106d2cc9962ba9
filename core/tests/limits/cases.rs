//! Requests of strangers, as dear as they can be made: what a test counts the
//! memory of, and a benchmark the time.
//!
//! Every built-in scheme has the largest configuration: 16 keys, and a URL of
//! which all forms differ.

#[path = "places.rs"]
mod places;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hookseal::{Error, ErrorCode, Headers, Options, Request, Signing, Verifier};
use serde_json::{Map, Value, json};

const NOW: i64 = 1_700_000_000;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

const FORM: &str = "application/x-www-form-urlencoded";

/// The longest headers that servers read are shorter.
const LONG_HEADER: usize = 64 * KIB;
/// The longest URL that is looked at.
const LONG_URL: usize = 64 * KIB;

/// One request, and who verifies it.
pub(crate) struct Case {
    pub(crate) scheme: String,
    pub(crate) input: String,
    verifier: Verifier,
    method: &'static str,
    url: Vec<u8>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Case {
    /// How long the request is.
    pub(crate) fn bytes(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.len() + ": \r\n".len() + value.len());
        self.url.len() + headers.sum::<usize>() + self.body.len()
    }

    /// Verifies it. A decrypted body may be accepted; nothing else is.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        self.request(|request| self.verifier.verify_at(request, NOW).map(drop))
    }

    fn request<T>(&self, call: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&[u8], &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        call(&Request {
            method: self.method.as_bytes(),
            target: &self.url,
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&headers),
            body: &self.body,
            peer: None,
        })
    }

    /// With a signature of something else: of a body that is still empty. None where
    /// the scheme does not take the method.
    fn signed(mut self) -> Option<Self> {
        let signing = Signing {
            delivery_id: Some("12345"),
            timestamp: Some(NOW),
            key_id: None,
        };
        match self.request(|request| self.verifier.sign(request, &signing)) {
            Err(error) if error.code() == ErrorCode::MethodNotAllowed => None,
            added => {
                self.headers.extend(added.unwrap());
                Some(self)
            }
        }
    }

    fn new(scheme: &str, input: impl Into<String>, options: Value, url: Vec<u8>) -> Self {
        let options = Options::from_json(options.to_string().as_bytes());
        Self {
            scheme: scheme.to_owned(),
            input: input.into(),
            verifier: Verifier::new(scheme, options.unwrap()).unwrap(),
            method: "POST",
            url,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// As many bytes as are looked at, and as are wanted.
    fn filled(self, piece: impl AsRef<[u8]>, size: Size) -> Self {
        let length = self.verifier.max_body_bytes().min(size.body);
        self.body(repeated(piece, length))
    }
}

/// How dear they are made.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// The longest body.
    pub(crate) body: usize,
    /// How many keys the verifier has.
    pub(crate) keys: usize,
}

/// All of them.
pub(crate) fn all(size: Size) -> Vec<Case> {
    let mut cases = Vec::new();
    body_macs(&mut cases, size);
    public_keys(&mut cases, size);
    url_macs(&mut cases, size);
    bodies(&mut cases, size);
    long_urls(&mut cases, size);
    credentials(&mut cases, size);
    tokens(&mut cases, size);
    ciphertexts(&mut cases, size);
    places::add(&mut cases, size);
    cases
}

/// The body as it is, under 16 keys.
fn body_macs(cases: &mut Vec<Case>, size: Size) {
    let json = b"[0,";
    let secrets = json!({ "secret": secrets("", size.keys) });
    let github = Case::new("github", "body", secrets.clone(), url(""));
    let signature = format!("sha256={}", "5a".repeat(32));
    cases.push(
        github
            .header("x-hub-signature-256", signature)
            .filled(json, size),
    );

    let signatures = vec!["v1=".to_owned() + &"5a".repeat(32); 31].join(",");
    let stripe = Case::new("stripe", "body, 31 signatures", secrets, url(""));
    cases.push(
        stripe
            .header("stripe-signature", format!("t={NOW},{signatures}"))
            .filled(json, size),
    );

    let whsec: Vec<_> = (0..size.keys)
        .map(|key| base64(&[key as u8 ^ 0x5a; 32]))
        .collect();
    let standard = Case::new(
        "standard-webhooks",
        "body, 32 signatures",
        json!({ "secret": whsec }),
        url(""),
    );
    let signatures = vec![format!("v1,{}", base64(&[0x5a; 32])); 32].join(" ");
    cases.push(
        standard
            .header("webhook-id", "msg_1")
            .header("webhook-timestamp", NOW.to_string())
            .header("webhook-signature", signatures)
            .filled(json, size),
    );
}

/// The URL, and a body that is not read or only hashed.
fn url_macs(cases: &mut Vec<Case>, size: Size) {
    let digest = "5a".repeat(32);
    let query = format!(
        "?bodySHA256={digest}&{}",
        repeated_text("%27'&", LONG_URL / 2)
    );
    cases.push(twilio("bodySHA256", url(&query), size).filled(b"[0,", size));
    for scheme in ["plivo-v2", "plivo-messaging"] {
        let case = Case::new(
            scheme,
            "V2",
            json!({ "auth_token": secrets("", size.keys) }),
            long_url("a"),
        );
        cases.push(
            case.header("x-plivo-signature-v2", many_signatures())
                .header("x-plivo-signature-v2-nonce", "12345")
                .filled(b"a=b&", size),
        );
    }
}

/// Bodies that no scheme signed: forms of one field, of as many as there can be,
/// of escapes, of nothing.
fn bodies(cases: &mut Vec<Case>, size: Size) {
    let full = MIB.min(size.body);
    let long = format!("{}&", "a".repeat(63));
    let bodies: [(&str, Vec<u8>); 9] = [
        ("one field", [&b"a="[..], &repeated("a", full - 2)].concat()),
        ("1024 short fields", repeated("a&", 2 * 1024)),
        ("short fields, too many", repeated("a&", full)),
        ("short fields, far too many", repeated("a&", 10 * full)),
        ("long fields", repeated(&long, full)),
        ("long names with one beginning", names(full)),
        ("escapes", repeated("%41", full)),
        ("&", repeated("&", full)),
        ("=", repeated("=", full)),
    ];
    for (scheme, option, constants) in signing_schemes() {
        for (input, body) in &bodies {
            for method in ["POST", "GET"] {
                let secrets: Vec<_> = (0..size.keys)
                    .map(|key| json!({ "hex": hex(key) }))
                    .collect();
                let mut options = constants.clone();
                options.insert(option.clone(), secrets.into());
                let case = Case::new(
                    &scheme,
                    format!("{method}, {input}"),
                    options.into(),
                    url("?a='"),
                );
                let case = case.method(method).header("content-type", FORM);
                let case = match scheme.as_str() {
                    "audiohook" => AUDIOHOOK
                        .into_iter()
                        .fold(case, |case, name| case.header(name, "a")),
                    _ => case,
                };
                cases.extend(case.signed().map(|case| case.body(body.clone())));
            }
        }
    }
}

/// As many signatures as are tried, each in a form that is looked at to the end.
fn public_keys(cases: &mut Vec<Case>, size: Size) {
    let ed25519 = |number: usize| {
        let seed = [u8::try_from(number).unwrap(); 32];
        ed25519_dalek::SigningKey::from_bytes(&seed)
            .verifying_key()
            .to_bytes()
    };
    let keys = |text: fn([u8; 32]) -> String| -> Vec<String> {
        (0..size.keys).map(|number| text(ed25519(number))).collect()
    };
    // R is the base point, and S is one.
    let mut signature = [0; 64];
    signature[0] = 0x58;
    signature[1..32].fill(0x66);
    signature[32] = 1;
    let base64 = STANDARD.encode(signature);

    let options = json!({ "public_key": keys(|key| STANDARD.encode(key)) });
    let four = vec![format!("v1a,{base64}"); 4].join(" ");
    cases.push(
        Case::new(
            "standard-webhooks-v1a",
            "body, 4 signatures",
            options.clone(),
            url(""),
        )
        .header("webhook-id", "msg_1")
        .header("webhook-timestamp", NOW.to_string())
        .header("webhook-signature", four)
        .filled(b"[0,", size),
    );
    cases.push(
        Case::new("telnyx", "body", options, url(""))
            .header("telnyx-timestamp", NOW.to_string())
            .header("telnyx-signature-ed25519", base64)
            .filled(b"[0,", size),
    );
    let options = json!({ "public_key": keys(const_hex::encode) });
    cases.push(
        Case::new("discord", "body", options, url(""))
            .header("x-signature-timestamp", NOW.to_string())
            .header("x-signature-ed25519", const_hex::encode(signature))
            .filled(b"[0,", size),
    );
    let options = json!({ "public_key": vec![P256_KEY; size.keys] });
    cases.push(
        Case::new("sendgrid", "body", options, url(""))
            .header("x-twilio-email-event-webhook-timestamp", NOW.to_string())
            .header("x-twilio-email-event-webhook-signature", P256_SIGNATURE)
            .filled(b"[0,", size),
    );
}

/// A key that the vendor's tests have, and its signature of another message.
const P256_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
const P256_SIGNATURE: &str = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";

/// The headers that AudioHook signs.
const AUDIOHOOK: [&str; 4] = [
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
];

/// The embedded schemes that sign, with the options of their secrets, and what else
/// they need.
fn signing_schemes() -> Vec<(String, String, Map<String, Value>)> {
    let catalogue: Vec<Value> = serde_json::from_str(hookseal::schemes_json()).unwrap();
    let schemes = catalogue.iter().filter(|scheme| scheme["can_sign"] == true);
    schemes
        .map(|scheme| {
            let options = scheme["options"].as_array().unwrap().iter();
            let (secrets, others): (Vec<_>, Vec<_>) =
                options.partition(|option| option["secret"] == true);
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let constants = others.iter().filter(|option| option["required"] == true);
            (
                text(&scheme["id"]),
                text(&secrets[0]["name"]),
                constants
                    .map(|it| {
                        let choice = it["values"][0].as_str();
                        (text(&it["name"]), choice.unwrap_or("name-4711").into())
                    })
                    .collect(),
            )
        })
        .collect()
}

/// URLs as long as they may be, of which each form takes work.
fn long_urls(cases: &mut Vec<Case>, size: Size) {
    for piece in [
        "a",
        "a&",
        "\"",
        "%22&",
        "+&a=",
        "%",
        "\u{fc}",
        &format!("{}&", "'".repeat(63)),
    ] {
        let input = format!("URL of {}", &piece[..piece.len().min(4)]);
        for separator in ["?a=", "?", "/"] {
            let long = [&*url(separator), &repeated(piece, LONG_URL - 40)].concat();
            let input = format!("{input} behind {separator}");
            cases.push(plivo("plivo", &input, long.clone(), size).body("a=b"));
            cases.push(plivo("plivo", &format!("GET, {input}"), long.clone(), size).method("GET"));
            cases.push(twilio(&input, long.clone(), size));
            cases.push(
                twilio(&input, long.clone(), size)
                    .header("content-type", FORM)
                    .body("a=b"),
            );
            let token = json!({ "url_token": secrets("", size.keys) });
            cases.push(Case::new("vcc-live", &*input, token.clone(), long.clone()).body("{}"));
            cases.push(Case::new("azure-event-grid", &*input, token, long).body("[]"));
        }
    }
}

/// Passwords and opaque tokens in long headers.
fn credentials(cases: &mut Vec<Case>, size: Size) {
    for length in [8 * KIB, LONG_HEADER] {
        let password = base64(&repeated("a:", length / 4 * 3 - 8));
        for scheme in ["basic", "kaisa-basic"] {
            let options = json!({ "username": "user", "password": secrets("", size.keys) });
            let case = Case::new(scheme, format!("header of {length}"), options, url(""));
            cases.push(case.header("authorization", format!("Basic {password}")));
        }
        let options = json!({ "header_token": secrets("", size.keys) });
        let case = Case::new(
            "azure-event-grid",
            format!("header of {length}"),
            options,
            url(""),
        );
        cases.push(
            case.header("authorization", format!("Bearer {password}"))
                .filled("[0],", size),
        );
    }
    let options = json!({
        "app_id": secrets("", size.keys), "url_token": secrets("-", size.keys), "username": "user",
        "password": secrets(".", size.keys), "answer_empty_body": true,
    });
    let case = Case::new("enablex", "wrong URL token", options, url("?token=wrong"));
    cases.push(
        case.header("x-algorithm", "aes-128-cbc")
            .filled("{\"a\":[", size),
    );
}

/// Tokens of the right form, under 16 keys that they do not name.
fn tokens(cases: &mut Vec<Case>, size: Size) {
    let keys: Vec<_> = (0..size.keys)
        .map(|key| json!({ "kty": "RSA", "e": "AQAB", "n": base64url(modulus(key)) }))
        .collect();
    let own = json!({
        "audience": "a", "issuer": "i", "jwks": { "keys": keys }, "allow_missing_kid": true,
    });
    let shared = json!({ "audience": "a", "issuer": "i", "hmac_secret": secrets(&"-".repeat(64), size.keys) });
    let room = 15 * KIB;
    let header = |alg: &str, filling: &str| {
        let start = format!(r#"{{"alg":"{alg}","typ":"JWT","#);
        start + &repeated_text(filling, room / 4 * 3 - 100) + "\"b\":0}"
    };
    for (scheme, options) in [("bearer-jwt", own), ("kaisa-oauth2", shared)] {
        let alg = if scheme == "bearer-jwt" {
            "RS256"
        } else {
            "HS512"
        };
        let tag = if scheme == "bearer-jwt" { KIB } else { 64 };
        let plain = format!(r#"{{"alg":"{alg}"}}"#);
        let claims = |text: &str| repeated_text(text, room / 4 * 3 - tag);
        for (input, header, claims) in [
            ("long claims", plain.clone(), claims("[0],")),
            (
                "claims of arrays",
                plain.clone(),
                format!(r#"{{"exp":9,"a":[{}0]}}"#, claims("[0],")),
            ),
            (
                "claims of names",
                plain.clone(),
                format!("{{{}\"a\":0}}", members(room / 4 * 3 - tag)),
            ),
            (
                "long header",
                header(alg, "\"a\":\"\",").replacen("\"a\"", "\"x\"", 1),
                "{}".to_owned(),
            ),
            (
                "header of arrays",
                header(alg, &format!("\"a\":[{}0],", "[0],".repeat(2500))),
                "{}".to_owned(),
            ),
            (
                "header of names",
                format!(r#"{{"alg":"{alg}",{}"a":0}}"#, members(room / 4 * 3 - 100)),
                "{}".to_owned(),
            ),
        ] {
            let token = [header.as_bytes(), claims.as_bytes(), &vec![0x5a; tag]]
                .map(base64url)
                .join(".");
            let case = Case::new(scheme, input, options.clone(), url(""));
            cases.push(case.header("authorization", format!("Bearer {token}")));
        }
    }
    let entra = json!({
        "audience": "a", "tenant": "t", "allow_missing_kid": true, "jwks": { "keys": keys },
    });
    let event = r#"{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":"#;
    for piece in [
        "[0],",
        r#"{"data":[[0],[0],[0],[0]]},"#,
        &format!("{event}[0]}},"),
        &format!("{event}{{\"validationCode\":\"\\u0041\"}}}},"),
        r#"{"event\u0054ype":"\u0041"},"#,
        "[",
        r#"{"data":"#,
        r#"{"a":"#,
    ] {
        for requires_proof in [true, false] {
            let options = json!({ "entra": entra, "handshake_requires_proof": requires_proof });
            let input = format!("no token, {requires_proof}, body of {piece}");
            let case = Case::new("azure-event-grid", input, options, url(""));
            let start = b"[".to_vec();
            let body = [start, repeated(piece, size.body.min(10 * MIB) - 1)].concat();
            cases.push(case.body(body));
        }
    }
    let parts = [br#"{"alg":"RS256"}"#.as_slice(), b"{}", &[0x5a; KIB]].map(base64url);
    let token = format!("Bearer {}", parts.join("."));
    for (scheme, email) in [
        ("azure-communication-services", None),
        (
            "google-pubsub",
            Some("push@example-project.iam.gserviceaccount.com"),
        ),
    ] {
        let mut options = json!({
            "audience": "a", "jwks": { "keys": keys }, "allow_missing_kid": true,
        });
        if let Some(email) = email {
            options["email"] = email.into();
        }
        let case = Case::new(scheme, "wrong signature", options, url(""));
        cases.push(case.header("authorization", &*token));
    }
    detached(cases, &keys, size);
}

/// Signatures over long bodies, under keys that are all tried.
fn detached(cases: &mut Vec<Case>, keys: &[Value], size: Size) {
    for (scheme, header, place) in [
        (
            "saleor",
            r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#,
            "saleor-signature",
        ),
        (
            "fireblocks",
            r#"{"alg":"RS512"}"#,
            "fireblocks-webhook-signature",
        ),
    ] {
        let mut options = json!({ "jwks": { "keys": keys }, "allow_missing_kid": true });
        if scheme == "fireblocks" {
            options["workspace_id"] = "w".into();
        }
        let signature = format!("{}..{}", base64url(header), base64url([0x5a; 256]));
        let case = Case::new(scheme, "wrong signature", options.clone(), url(""));
        cases.push(case.header(place, signature).filled("[0,", size));
        let more = format!("{},\"a\":[0", header.trim_end_matches('}'));
        let header = format!("{more}{}]}}", ",0".repeat(5 * KIB));
        let signature = format!("{}..", base64url(header));
        let case = Case::new(scheme, "header of numbers", options, url(""));
        cases.push(case.header(place, signature).filled("[0,", size));
    }
}

/// Encrypted bodies in every spelling.
fn ciphertexts(cases: &mut Vec<Case>, size: Size) {
    let bytes =
        json!({ "secret": secrets("", size.keys), "cipher": "aes-256-ofb", "plaintext": "bytes" });
    let query = format!("?iv={}", "5a".repeat(16));
    let case = |input, options: &Value| Case::new("vcc-live", input, options.clone(), url(&query));
    cases.push(case("any bytes are accepted", &bytes).filled("WlpaWlpa", size));
    let mut lenient = bytes;
    lenient["lenient_base64"] = true.into();
    cases.push(case("lenient base64 with blanks", &lenient).filled("WlpaWlpa   ", size));
    cases.push(
        case("lenient base64 with few blanks", &lenient)
            .filled("WlpaWlpa".repeat(100) + "\n", size),
    );

    for (format, piece) in [
        ("base64", "WlpaWlpa"),
        ("hex", "5a5a5a5a"),
        ("latin1", "~~~~"),
        ("latin1", "\u{fc}"),
    ] {
        for charset in ["utf8", "latin1", "utf16le"] {
            for plaintext in ["json", "text", "bytes"] {
                let input = format!("{format} of {piece}, {charset}, {plaintext}");
                cases.push(enablex(
                    input,
                    charset,
                    format,
                    plaintext,
                    |length| {
                        format!(
                            r#"{{"encrypted_data":"{}"}}"#,
                            repeated_text(piece, length - 24)
                        )
                    },
                    size,
                ));
            }
        }
    }
    for (input, start, piece) in [
        ("escapes", r#"{"encrypted_data":"\/"#, "WlpaWlpa"),
        ("many escapes", r#"{"encrypted_data":""#, r"\/"),
        ("deep JSON", r#"{"a":"#, "["),
        ("deep objects", r#"{"a":"#, r#"{"a":"#),
        ("many members", "{", r#""a":0,"#),
        ("many long members", "{", r#""encrypted_dat\u0061":0,"#),
        ("many elements", r#"{"a":["#, "[0],"),
        ("a form of fields", "encrypted_data=5a", "&a"),
        ("a form of names", "encrypted_data=5a", "&encrypted%5Fdat0"),
        ("a form of one field", "encrypted_data=", "5a"),
        ("a form of escapes", "encrypted_data=", "%41"),
    ] {
        let body = |length| start.to_owned() + &repeated_text(piece, length - start.len());
        let case = enablex(input.to_owned(), "utf8", "base64", "json", body, size);
        cases.push(if start.starts_with('{') {
            case
        } else {
            case.header("content-type", FORM)
        });
    }
}

/// Bodies of these ciphers, as long as each may be.
pub(crate) fn ciphers(names: &[&str], size: Size) -> Vec<Case> {
    let mut cases = Vec::new();
    for cipher in names {
        let iv = iv_bytes(cipher);
        let options = json!({
            "secret": secrets("", size.keys), "cipher": cipher, "allow_legacy_ciphers": is_legacy(cipher),
            "random_iv": if iv == 0 { "disabled" } else { "required" },
        });
        let query = if iv == 0 {
            String::new()
        } else {
            format!("?iv={}", "5a".repeat(iv))
        };
        let input = format!("{cipher}, {} keys", size.keys);
        cases.push(Case::new("vcc-live", input, options, url(&query)).filled("WlpaWlpa", size));
    }
    cases
}

fn is_legacy(cipher: &str) -> bool {
    let legacy = [
        "bf-", "cast5-", "des-", "desx", "idea-", "rc2-", "rc4", "seed-",
    ];
    legacy.iter().any(|name| cipher.starts_with(name)) && !cipher.starts_with("des-ede")
}

fn iv_bytes(cipher: &str) -> usize {
    let small = ["bf-", "cast5-", "des", "idea-", "rc2-"];
    if cipher.ends_with("-ecb") || cipher == "rc4" {
        0
    } else if small.iter().any(|name| cipher.starts_with(name)) {
        8
    } else {
        16
    }
}

fn enablex(
    input: String,
    charset: &str,
    format: &str,
    plaintext: &str,
    body: impl Fn(usize) -> String,
    size: Size,
) -> Case {
    let options = json!({
        "app_id": secrets("", size.keys), "ciphers": ["aes-256-ofb"], "plaintext": plaintext,
    });
    let case = Case::new("enablex", input, options, url(""));
    let body = body(case.verifier.max_body_bytes().min(size.body));
    case.header("x-algorithm", "aes-256-ofb")
        .header("x-format", format)
        .header("x-encoding", charset)
        .body(body)
}

fn plivo(scheme: &str, input: &str, url: Vec<u8>, size: Size) -> Case {
    Case::new(
        scheme,
        input,
        json!({ "auth_token": secrets("", size.keys) }),
        url,
    )
    .header("content-type", FORM)
    .header("x-plivo-signature-v3", many_signatures())
    .header("x-plivo-signature-v3-nonce", "12345")
}

fn twilio(input: &str, url: Vec<u8>, size: Size) -> Case {
    Case::new(
        "twilio",
        input,
        json!({ "auth_token": secrets("", size.keys) }),
        url,
    )
    .header("x-twilio-signature", base64(&[0x5a; 20]))
}

fn many_signatures() -> String {
    vec![base64(&[0x5a; 32]); 32].join(",")
}

/// With a port, so that the forms without one differ.
fn url(rest: &str) -> Vec<u8> {
    format!("wss://example.com:8443/hook{rest}").into()
}

fn long_url(piece: &str) -> Vec<u8> {
    [&*url("/"), &repeated(piece, LONG_URL - 40)].concat()
}

fn secrets(suffix: &str, keys: usize) -> Vec<String> {
    let secret = |key| format!("k{key:02}-Jq7fX2vN9sLw4TzB8mRc{suffix}");
    (0..keys).map(secret).collect()
}

/// Bytes of which any is a secret for any scheme.
fn hex(key: usize) -> String {
    (key..key + 32)
        .map(|byte| format!("{:02x}", (7 * byte + 1) % 251))
        .collect()
}

/// Odd, and of the longest length that is taken.
fn modulus(key: usize) -> Vec<u8> {
    let mut modulus = vec![0xc5; KIB];
    modulus[1] = key as u8;
    modulus[KIB - 1] = 0x99;
    modulus
}

fn repeated(piece: impl AsRef<[u8]>, length: usize) -> Vec<u8> {
    piece
        .as_ref()
        .iter()
        .copied()
        .cycle()
        .take(length)
        .collect()
}

/// The same without a broken piece at the end.
fn repeated_text(piece: &str, length: usize) -> String {
    piece.repeat(length / piece.len())
}

/// Fields whose names differ at their ends only.
fn names(length: usize) -> Vec<u8> {
    let name = |index| format!("{}{index:05}&", "n".repeat(1000));
    (0..length / 1006)
        .flat_map(|index: usize| name(length - index).into_bytes())
        .collect()
}

fn members(length: usize) -> String {
    (0..length / 8)
        .map(|index| format!("\"{index:03x}\":0,"))
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
