//! Detached signatures in the form of JSON Web Signature: what is signed is the body,
//! in the one form that the scheme says.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Delivery, NOW};
use ed25519_dalek::{Signer as _, SigningKey};
use hookseal::{CoverageLevel, Error, ErrorCode, Options, ReplayKey, Verified, Verifier};
use serde_json::{Value, json};

const HEADER: &str = "x-signature";
const BODY: &[u8] = br#"{"id":"1","amount":1}"#;

const UNENCODED: &str = r#"{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"a"}"#;
const ENCODED: &str = r#"{"alg":"EdDSA","kid":"a"}"#;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Base64url,
    Unencoded,
}

const FORMS: [Form; 2] = [Form::Base64url, Form::Unencoded];

impl Form {
    const fn name(self) -> &'static str {
        match self {
            Self::Base64url => "base64url",
            Self::Unencoded => "unencoded",
        }
    }

    const fn header(self) -> &'static str {
        match self {
            Self::Base64url => ENCODED,
            Self::Unencoded => UNENCODED,
        }
    }

    fn payload(self, body: &[u8]) -> Vec<u8> {
        match self {
            Self::Base64url => encoded(body).into_bytes(),
            Self::Unencoded => body.to_vec(),
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Base64url => Self::Unencoded,
            Self::Unencoded => Self::Base64url,
        }
    }

    /// A signature over a body, as the header says or not.
    fn signature(self, key: &SigningKey, header: &str, body: &[u8]) -> String {
        let header = encoded(header);
        let input = [header.as_bytes(), b".", &self.payload(body)].concat();
        format!("{header}..{}", encoded(key.sign(&input).to_bytes()))
    }

    fn good(self) -> String {
        self.signature(&key(1), self.header(), BODY)
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn jwks(kids: &[(&str, u8)]) -> Value {
    let keys = kids.iter().map(|(kid, seed)| {
        let x = encoded(key(*seed).verifying_key().to_bytes());
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x })
    });
    json!({ "keys": keys.collect::<Vec<_>>() })
}

fn file(form: Form) -> Value {
    json!({
        "id": "acme",
        "jwt": {
            "detached": form.name(),
            "from": format!("header:{HEADER}"),
            "algorithms": ["EdDSA"],
        },
        "event_type": { "from": "json:/amount" },
        "delivery_id": { "from": "json:/id" },
    })
}

/// The set is at an address.
fn remote() -> Value {
    json!({ "jwks_uri": "https://keys.example/jwks" })
}

fn made(file: &Value, options: &Value) -> Result<Verifier, Error> {
    let options = Options::from_json(options.to_string().as_bytes()).unwrap();
    Verifier::new(&file.to_string(), options)
}

/// With a set of its own.
fn verifier(form: Form) -> Verifier {
    let options = json!({ "jwks": jwks(&[("a", 1), ("b", 2)]) });
    made(&file(form), &options).unwrap()
}

fn delivery(signature: &str, body: &[u8]) -> Delivery {
    Delivery::new("POST", "https://example.com/hook", body).header(HEADER, signature)
}

fn at<T>(
    verifier: &Verifier,
    delivery: &Delivery,
    see: impl FnOnce(Result<Verified<'_>, Error>) -> T,
) -> T {
    delivery.request(|request| see(verifier.verify_at(request, NOW)))
}

fn replay_key(verifier: &Verifier, delivery: &Delivery) -> Result<Option<ReplayKey>, ErrorCode> {
    at(verifier, delivery, |verified| match verified {
        Ok(verified) => Ok(verified.replay_key()),
        Err(error) => Err(error.code()),
    })
}

fn code(verifier: &Verifier, signature: &str, body: &[u8]) -> ErrorCode {
    replay_key(verifier, &delivery(signature, body)).unwrap_err()
}

// Pitfall BIND-6.
#[test]
fn the_body_is_what_is_signed_and_nothing_else() {
    for form in FORMS {
        let verifier = verifier(form);
        assert!(!verifier.reads_clock() && verifier.uses_public_keys());
        at(&verifier, &delivery(&form.good(), BODY), |verified| {
            let verified = verified.unwrap();
            let covers = verified.covers();
            assert_eq!(covers.body, CoverageLevel::Full, "{form:?}");
            assert_eq!(covers.url, CoverageLevel::None);
            assert!(!covers.method);
            assert_eq!(verified.payload(), BODY);
            assert_eq!(verified.key_id(), "a");
            assert_eq!(verified.claims(), None);
            assert_eq!(verified.timestamp(), None);
            assert_eq!(verified.delivery_id(), Some(&b"1"[..]));
            assert_eq!(verified.event_type(), Some(&b"1"[..]));
        });
        let changed = [BODY, b" "].concat();
        let mismatch = ErrorCode::SignatureMismatch;
        assert_eq!(code(&verifier, &form.good(), &changed), mismatch);
        assert_eq!(code(&verifier, &form.good(), b""), mismatch);
    }
}

#[test]
fn any_bytes_are_a_body() {
    let look_alike = format!("{}.{}", encoded(UNENCODED), encoded("{}"));
    let long = vec![b'.'; 1024 * 1024];
    for form in FORMS {
        let verifier = verifier(form);
        for body in [
            &b""[..],
            b".",
            b"..",
            b"\xff\x00",
            look_alike.as_bytes(),
            &long,
        ] {
            let signature = form.signature(&key(1), form.header(), body);
            assert!(replay_key(&verifier, &delivery(&signature, body)).is_ok());
        }
    }
}

/// The form is the scheme's, whatever a header says and whatever was signed.
#[test]
fn the_other_form_is_rejected_in_every_disguise() {
    for form in FORMS {
        let verifier = verifier(form);
        let other = form.other();
        let malformed = ErrorCode::JwtMalformed;
        assert_eq!(code(&verifier, &other.good(), BODY), malformed);
        let disguised = other.signature(&key(1), form.header(), BODY);
        let mismatch = ErrorCode::SignatureMismatch;
        assert_eq!(code(&verifier, &disguised, BODY), mismatch);
        let announced = form.signature(&key(1), other.header(), BODY);
        assert_eq!(code(&verifier, &announced, BODY), malformed);
    }
}

// Pitfall DOWN-5.
#[test]
fn what_a_header_says_of_its_form_is_that_or_malformed() {
    for (form, header) in [
        (Form::Unencoded, r#"{"alg":"EdDSA","kid":"a","b64":false}"#),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","crit":["b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":true,"crit":["b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":0,"crit":["b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":null,"crit":["b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":[]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":"b64"}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":["b64","exp"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":["exp","b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":["b64","b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":true,"b64":false,"crit":["b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":["b64"],"crit":["b64"]}"#,
        ),
        (
            Form::Unencoded,
            r#"{"alg":"EdDSA","kid":"a","b64":false,"\u0062\u00364":false,"crit":["b64"]}"#,
        ),
        (Form::Base64url, r#"{"alg":"EdDSA","kid":"a","b64":true}"#),
        (Form::Base64url, r#"{"alg":"EdDSA","kid":"a","b64":null}"#),
        (Form::Base64url, r#"{"alg":"EdDSA","kid":"a","crit":[]}"#),
        (Form::Base64url, r#"{"alg":"EdDSA","kid":"a","crit":null}"#),
        (Form::Base64url, r#"{"alg":"EdDSA","kid":"a","kid":"b"}"#),
        (Form::Base64url, r#"{"alg":"EdDSA"}"#),
        (Form::Base64url, r#"{"alg":"none","kid":"a"}"#),
        (Form::Base64url, "[]"),
        (Form::Base64url, ""),
    ] {
        let signature = form.signature(&key(1), header, BODY);
        let found = code(&verifier(form), &signature, BODY);
        assert_eq!(found, ErrorCode::JwtMalformed, "{form:?} {header}");
    }
}

#[test]
fn a_token_of_the_same_key_is_no_detached_signature() {
    let claims = r#"{"iss":"https://keys.example","aud":"a","exp":1800000000}"#;
    let detached = Form::Base64url.signature(&key(1), ENCODED, claims.as_bytes());
    let token = detached.replace("..", &format!(".{}.", encoded(claims)));
    let malformed = ErrorCode::JwtMalformed;
    for form in FORMS {
        for body in [BODY, claims.as_bytes(), b""] {
            assert_eq!(code(&verifier(form), &token, body), malformed);
        }
    }
    // Without its payload it would be one of the first form; not of the second.
    assert_eq!(
        code(&verifier(Form::Unencoded), &detached, claims.as_bytes()),
        malformed
    );
    let text = encoded(claims);
    assert_eq!(
        code(&verifier(Form::Unencoded), &detached, text.as_bytes()),
        malformed
    );
}

#[test]
fn a_detached_signature_is_no_token_of_the_same_key() {
    let options = json!({
        "issuer": "https://keys.example", "audience": "a", "jwks": jwks(&[("a", 1)]),
    });
    let options = Options::from_json(options.to_string().as_bytes()).unwrap();
    let tokens = Verifier::new("bearer-jwt", options).unwrap();
    let claims = r#"{"iss":"https://keys.example","aud":"a","exp":1800000000}"#;
    // A body that is what a payload would be.
    let body = encoded(claims);
    let detached = Form::Unencoded.signature(&key(1), UNENCODED, body.as_bytes());
    for token in [
        detached.clone(),
        detached.replace("..", &format!(".{body}.")),
        Form::Base64url.good(),
    ] {
        let request = Delivery::new("POST", "https://example.com/hook", b"")
            .header("Authorization", format!("Bearer {token}"));
        assert_eq!(replay_key(&tokens, &request), Err(ErrorCode::JwtMalformed));
    }
}

#[test]
fn what_has_not_two_parts_and_nothing_between_is_malformed() {
    for form in FORMS {
        let verifier = verifier(form);
        let good = form.good();
        let (header, signature) = good.split_once("..").unwrap();
        for text in [
            format!("{header}.{signature}"),
            format!("{header}...{signature}"),
            format!("{header}. .{signature}"),
            format!("{header}.AAAA.{signature}"),
            format!("{good}="),
            format!("{good}.."),
            format!("Bearer {good}"),
            format!("{good}, {good}"),
            format!("{}..{signature}", "A".repeat(20_000)),
            "..".to_owned(),
            ".".to_owned(),
        ] {
            assert_eq!(
                code(&verifier, &text, BODY),
                ErrorCode::JwtMalformed,
                "{text}"
            );
        }
        let unsigned = format!("{header}..");
        assert_eq!(
            code(&verifier, &unsigned, BODY),
            ErrorCode::SignatureMismatch
        );
        assert_eq!(code(&verifier, "", BODY), ErrorCode::MissingHeader);
        let twice = delivery(&good, BODY).header(HEADER, form.signature(&key(2), ENCODED, BODY));
        assert_eq!(
            replay_key(&verifier, &twice),
            Err(ErrorCode::AmbiguousHeader)
        );
    }
}

#[test]
fn a_signature_is_its_named_keys_and_of_no_other() {
    for form in FORMS {
        let verifier = verifier(form);
        let other = form.signature(&key(2), form.header(), BODY);
        assert_eq!(code(&verifier, &other, BODY), ErrorCode::SignatureMismatch);
        let header = form.header().replace(r#""kid":"a""#, r#""kid":"b""#);
        let second = delivery(&form.signature(&key(2), &header, BODY), BODY);
        assert!(replay_key(&verifier, &second).is_ok());
        let unknown = form.header().replace(r#""kid":"a""#, r#""kid":"c""#);
        let unknown = form.signature(&key(2), &unknown, BODY);
        assert_eq!(
            code(&verifier, &unknown, BODY),
            ErrorCode::SignatureMismatch
        );
    }
}

/// One delivery has one, and another body or another scheme another one.
#[test]
fn the_replay_key_is_that_of_the_signing_input() {
    let key_of = |file: &Value, form: Form, body: &[u8]| {
        let verifier = made(file, &json!({ "jwks": jwks(&[("a", 1)]) })).unwrap();
        let signature = form.signature(&key(1), form.header(), body);
        replay_key(&verifier, &delivery(&signature, body))
            .unwrap()
            .unwrap()
    };
    for form in FORMS {
        let own = file(form);
        let first = key_of(&own, form, BODY);
        assert_eq!(first, key_of(&own, form, BODY));
        assert_ne!(first, key_of(&own, form, b"{}"));
        let mut other = own.clone();
        other["id"] = json!("other");
        assert_ne!(first, key_of(&other, form, BODY));
    }
}

// Pitfall NET-4.
#[test]
fn keys_are_fetched_as_for_tokens() {
    let form = Form::Unencoded;
    let verifier = made(&file(form), &remote()).unwrap();
    let good = delivery(&form.good(), BODY);
    let unavailable = Err(ErrorCode::KeyUnavailable);
    // What is malformed asks for no key.
    assert_eq!(code(&verifier, "..", BODY), ErrorCode::JwtMalformed);
    assert_eq!(replay_key(&verifier, &good), unavailable);
    let url = verifier.key_request();
    assert_eq!(url.as_deref(), Some("https://keys.example/jwks"));
    let set = jwks(&[("a", 1)]).to_string();
    assert_eq!(verifier.supply_keys(set.as_bytes()), Ok(None));
    assert!(replay_key(&verifier, &good).is_ok());
    // A rotation must not cost a delivery, and nobody is asked within the cooldown.
    let unknown = form.header().replace(r#""kid":"a""#, r#""kid":"b""#);
    let unknown = form.signature(&key(2), &unknown, BODY);
    assert_eq!(code(&verifier, &unknown, BODY), ErrorCode::KeyUnavailable);
    assert_eq!(verifier.key_request(), None);
    let forged = form.signature(&key(2), form.header(), BODY);
    assert_eq!(code(&verifier, &forged, BODY), ErrorCode::SignatureMismatch);
    assert!(replay_key(&verifier, &good).is_ok());
}

#[test]
fn the_head_is_rejected_where_no_body_makes_it_right() {
    let form = Form::Unencoded;
    for verifier in [verifier(form), made(&file(form), &remote()).unwrap()] {
        let head = |signature: Option<&str>| {
            let head = Delivery::new("POST", "https://example.com/hook", b"");
            let head = match signature {
                Some(signature) => head.header(HEADER, signature),
                None => head,
            };
            head.request(|request| verifier.check_head_at(request, NOW))
                .map_err(|error| error.code())
        };
        assert_eq!(head(Some(&form.good())), Ok(()));
        assert_eq!(head(None), Err(ErrorCode::MissingHeader));
        let other = form.other().good();
        assert_eq!(head(Some(&other)), Err(ErrorCode::JwtMalformed));
        assert_eq!(verifier.key_request().is_some(), verifier.has_remote_keys());
    }
}

#[test]
fn a_file_says_nothing_that_a_detached_signature_does_not_have() {
    let base = file(Form::Unencoded);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut file = base.clone();
        change(&mut file);
        let error = made(&file, &json!({})).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration);
        error.detail().to_owned()
    };
    for (field, value) in [
        ("issuer", json!(["a"])),
        ("audience", json!("none")),
        ("audience_hint", json!("a")),
        ("expiry", json!("optional")),
        ("max_age", json!({ "past": 1, "future": 1 })),
        ("max_lifetime", json!(60)),
        ("leeway", json!(60)),
        ("group", json!("a")),
        ("parameters", json!(["a"])),
        ("claim", json!([{ "names": ["a"], "equals": ["b"] }])),
        ("audience_ignores_case", json!(true)),
    ] {
        let says = with(&|file| file["jwt"][field] = value.clone());
        assert!(says.contains(&format!("jwt.{field}: ")), "{says}");
    }
    for (section, value) in [
        ("key", json!({ "option": "secret", "hint": "a" })),
        ("variant", json!([{}])),
    ] {
        let says = with(&|file| file[section] = value.clone());
        assert!(says.contains(section), "{says}");
    }
    let says = with(&|file| file["jwt"]["algorithms"] = json!(["EdDSA", "HS256"]));
    assert!(says.contains("public key"), "{says}");
    assert!(with(&|file| file["jwt"]["algorithms"] = json!([])).contains("public key"));
    assert!(with(&|file| file["jwt"]["from"] = json!("body")).contains("jwt.from"));
    assert!(with(&|file| file["jwt"]["detached"] = json!("raw")).contains("detached"));
    assert!(with(&|file| file["delivery_id"] = json!({ "from": "claim:jti" })).contains("claim"));
}

// Keys of a fixed address sign for everybody, so something says whose delivery it is.
#[test]
fn keys_that_all_customers_share_need_a_receiver() {
    let mut file = file(Form::Base64url);
    file["jwt"]["jwks_uri"] = json!("https://keys.example/jwks");
    let error = made(&file, &json!({})).unwrap_err();
    assert!(error.detail().contains("jwt.jwks_uri"), "{error}");
    // A header says nothing: nobody signed it.
    file["require"] = json!({ "header:x-account": { "option": "account", "hint": "a" } });
    let options = json!({ "account": "1", "jwks": jwks(&[("a", 1)]) });
    let error = made(&file, &options).unwrap_err();
    assert!(error.detail().contains("jwt.jwks_uri"), "{error}");
    file["require"] = json!({ "json:/id": { "option": "account", "hint": "a" } });
    assert!(made(&file, &json!({ "jwks": jwks(&[("a", 1)]) })).is_err());
    let own = made(&file, &options).unwrap();
    let good = delivery(&Form::Base64url.good(), BODY);
    assert!(replay_key(&own, &good).is_ok());
    let options = json!({ "account": ["2", "3"], "jwks": jwks(&[("a", 1)]) });
    let other = made(&file, &options).unwrap();
    assert_eq!(replay_key(&other, &good), Err(ErrorCode::TokenMismatch));
}

/// Options about claims, and secrets, are not there.
#[test]
fn there_are_no_options_of_claims() {
    let file = file(Form::Base64url);
    for option in [
        "audience",
        "issuer",
        "claims",
        "max_lifetime",
        "tolerance",
        "introspection",
    ] {
        let error = made(&file, &json!({ option: "a" })).unwrap_err();
        assert!(error.detail().contains(option), "{error}");
    }
    let secret = json!({ "kty": "oct", "k": encoded([7; 32]), "alg": "HS256", "kid": "a" });
    assert!(made(&file, &json!({ "jwks": { "keys": [secret] } })).is_err());
    assert!(made(&file, &json!({ "jwks_uri": "http://keys.example/jwks" })).is_err());
}
