//! The sender's half: what `sign` makes is what the providers published, and
//! what `verify` accepts.

mod common;

use common::{Delivery, FORM, NOW, SECRET, mentions_id, schemes, signing};
use hookseal::{Coverage, CoverageLevel, ErrorCode, Options, Signing, Verifier};
use serde_json::{Value, json};

fn sign(
    verifier: &Verifier,
    delivery: &Delivery,
    signing: &Signing<'_>,
) -> Result<Vec<(String, String)>, ErrorCode> {
    delivery
        .request(|request| verifier.sign(request, signing))
        .map_err(|error| error.code())
}

fn deliveries() -> Vec<Delivery> {
    let url = "https://user@example.com:8443/a%20b/?x=1&y=%2B&x=0";
    vec![
        Delivery::form("https://example.com/hook", "To=%2B123&From=456&Text=a+b"),
        Delivery::form(url, "b=2&a=1&a=1&%FF=%00"),
        Delivery::form(url, ""),
        Delivery::new("GET", url, b""),
        Delivery::new("GET", "http://example.com", b""),
        Delivery::new("get", "wss://example.com/stream?a=b", b""),
    ]
}

#[test]
fn every_scheme_verifies_what_it_signs() {
    for scheme in schemes() {
        let verifier = scheme.verifier();
        for delivery in deliveries() {
            if sign(&verifier, &delivery, &signing()) == Err(ErrorCode::MethodNotAllowed) {
                continue;
            }
            let delivery = delivery.signed(&verifier);
            let facts = delivery.verify(&verifier);
            let facts = facts.unwrap_or_else(|error| panic!("{}: {error}", scheme.id));
            assert_eq!(facts.scheme, scheme.id);
            assert_eq!(facts.payload, delivery.body);
            assert_eq!(facts.key_id, "0");
            let has_time = facts.covers.timestamp == Coverage::Signed;
            assert_eq!(facts.timestamp, has_time.then_some(NOW), "{}", scheme.id);
            let has_id = facts.covers.delivery_id == Coverage::Signed && mentions_id(&facts.covers);
            assert_eq!(facts.delivery_id.is_some(), has_id, "{}", scheme.id);
        }
    }
}

#[test]
fn a_custom_scheme_verifies_what_it_signs_in_every_variant() {
    let verifier = Verifier::new(common::CUSTOM, Options::new().with("secret", SECRET)).unwrap();
    // The SHA-256 of `{}`, which is published nowhere but easily made.
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let url = format!("https://example.com:8443/a?digest={digest}");
    for (variant, delivery) in [
        (0, Delivery::new("POST", &url, b"{}")),
        (
            1,
            Delivery::form("https://example.com/?b=2&a=1", "d=4&c=3&c=3"),
        ),
        (
            1,
            Delivery::new("GET", "https://example.com/", b"").header("X-Form", "1"),
        ),
        (2, Delivery::new("GET", "https://example.com/?a", b"")),
    ] {
        let delivery = delivery.signed(&verifier);
        delivery.request(|request| {
            let verified = verifier.verify_at(request, NOW).unwrap();
            assert_eq!(verified.variant(), variant);
            assert_eq!(verified.scheme(), "custom");
            assert_eq!(verified.timestamp(), Some(NOW));
            // Where URL and id run together, what the id says is no fact.
            let is_fact = verified.covers().delivery_id == Coverage::Signed;
            assert_eq!(is_fact, variant == 0);
            assert_eq!(
                verified.delivery_id(),
                is_fact.then_some(&b"delivery-1"[..])
            );
        });
    }
}

/// Scheme, secret, delivery, and the header that was published for them.
type Published = (
    &'static str,
    &'static str,
    Delivery,
    &'static str,
    &'static str,
);

/// Sources: the providers' documentation and the tests of their libraries; the
/// vector files name them.
fn published() -> Vec<Published> {
    let twilio_form = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309\
                       &To=%2B18005551212&Caller=%2B14158675309";
    let slack_form = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow\
                      &channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA\
                      &user_name=roadrunner&command=%2Fwebhook-collect&text=\
                      &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J\
                      %2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                      &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    vec![
        (
            "github",
            "It's a Secret to Everybody",
            Delivery::new("POST", "https://example.com/gh", b"Hello, World!"),
            "x-hub-signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        ),
        (
            "plivo",
            "test-auth-token-secret",
            Delivery::new("GET", "https://example.com/webhook?Status=completed", b""),
            "x-plivo-signature-v3",
            "LXjI2QJs8il1RoQ0ohSLc3N3ZyGSoGbxwKtNLVvLgto=",
        ),
        (
            "plivo-messaging",
            "test-auth-token-secret",
            Delivery::form("https://example.com/webhook", ""),
            "x-plivo-signature-v3",
            "2aLUQ3SVpZGb5GZ8psCRuwXoU42FMjPhun/Vn8finAI=",
        ),
        (
            "plivo-v1",
            "MAXXXXXXXXXXXXXXXXXX",
            Delivery::form("http://foo.com/answer/", "a=1+2"),
            "x-plivo-signature",
            "n3Xfo4u+vRFyl3gsH8B0qDUIK5g=",
        ),
        (
            "plivo-v2",
            "my_auth_token",
            Delivery::new("POST", "https://answer.url", b""),
            "x-plivo-signature-v2",
            "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=",
        ),
        (
            "shopify",
            "my super secret key",
            Delivery::new(
                "POST",
                "https://example.com/webhooks",
                "{\"id\":1,\"title\":\"caf\u{e9} \u{2013} 10%\"}".as_bytes(),
            ),
            "x-shopify-hmac-sha256",
            "OE1QdWMRQnUwb3/CMV/LFYEmUf3ciCp5Am9BKU9zaEI=",
        ),
        (
            "sinch-voice",
            "BeIukql3pTKJ8RGL5zo0DA==",
            Delivery::new(
                "POST",
                "https://callbacks.yourdomain.com/sinch/callback/ace",
                br#"{"event":"ace","callid":"822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257","timestamp":"2014-09-24T10:59:41Z","version":1}"#,
            )
            .header("Content-Type", "application/json"),
            "authorization",
            "application name-4711:Tg6fMyo8mj9pYfWQ9ssbx3Tc1BNC87IEygAfLbJqZb4=",
        ),
        (
            "slack",
            "8f742231b10e8888abcd99yyyzzz85a5",
            Delivery::form("https://example.com/sl", slack_form),
            "x-slack-signature",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        ),
        (
            "standard-webhooks",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            Delivery::new("POST", "https://example.com/sw", br#"{"test": 2432232314}"#),
            "webhook-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "stripe",
            "whsec_test_secret",
            Delivery::new(
                "POST",
                "https://example.com/st",
                b"{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}",
            ),
            "stripe-signature",
            "t=1700000000,v1=4f1cd7feda9826e746b7d482c4badebb657398df1099e1046364f6196a230150",
        ),
        (
            "svix",
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            Delivery::new(
                "POST",
                "https://example.com/sw",
                br#"{"email":"test@example.com","username":"test_user"}"#,
            ),
            "svix-signature",
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
        (
            "twilio",
            "12345",
            Delivery::form("https://mycompany.com/myapp.php?foo=1&bar=2", twilio_form),
            "x-twilio-signature",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        ),
        (
            "twilio-shared-key",
            "f3J8tQ0xV6mZ2pK9cR4nL7wY1sD5hB8a",
            Delivery::form("https://mycompany.com/myapp.php?foo=1&bar=2", twilio_form),
            "x-twilio-signature",
            "AVQwuvC8NpiHoyralU5ZDJYclrUe7kxgNamZ5NLHq6M=",
        ),
        (
            "zoom",
            "zoom_secret_token",
            Delivery::new(
                "POST",
                "https://example.com/zoom",
                br#"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}"#,
            ),
            "x-zm-signature",
            "v0=f32594e3020de22fea4de0308eefd5537511d361513ab3efd836199efd84c746",
        ),
    ]
}

// Pitfall DEP-3.
#[test]
fn what_is_signed_is_what_the_providers_published() {
    let extras = |id: &str| match id {
        "standard-webhooks" => (Some("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1_614_265_330),
        "svix" => (Some("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"), 1_649_367_553),
        "plivo-v2" => (Some("12345"), NOW),
        "sinch-voice" => (None, 1_411_556_381),
        "slack" => (None, 1_531_420_618),
        "zoom" => (None, 1_654_503_849),
        _ => (Some("test-nonce-12345"), NOW),
    };
    let published = published();
    for (id, secret, delivery, name, value) in &published {
        let mut all = schemes().into_iter();
        let scheme = all.find(|scheme| scheme.id == *id).unwrap();
        let verifier = Verifier::new(id, scheme.with(*secret)).unwrap();
        let (delivery_id, timestamp) = extras(id);
        let signing = Signing {
            delivery_id,
            timestamp: Some(timestamp),
            key_id: None,
        };
        let headers = sign(&verifier, delivery, &signing).unwrap();
        let expected = ((*name).to_owned(), (*value).to_owned());
        assert_eq!(headers.first(), Some(&expected), "{id}");
    }
    let catalogue: Value = serde_json::from_str(hookseal::schemes_json()).unwrap();
    for scheme in catalogue.as_array().unwrap() {
        let id = scheme["id"].as_str().unwrap();
        let is_confirmed = scheme["can_sign"] == true && scheme["status"] == "stable";
        // What is signed there, and in which order, is the sender's choice.
        let is_listed = ["audiohook", "rfc9421"].contains(&id);
        let is_here = is_listed || published.iter().any(|(known, ..)| *known == id);
        assert!(
            is_here || !is_confirmed,
            "{id} has no published signature here"
        );
    }
}

// Pitfall DEP-2.
#[test]
fn the_id_and_the_time_are_asked_for_where_the_scheme_has_them() {
    let delivery = Delivery::form("https://example.com/a", "b=c");
    for scheme in schemes() {
        let verifier = scheme.verifier();
        let covers = verifier.coverage().next().unwrap();
        let rejected = |signing: &Signing<'_>, is_needed: bool| {
            let expected = is_needed.then_some(ErrorCode::Configuration);
            let code = sign(&verifier, &delivery, signing).err();
            assert_eq!(code, expected, "{} {signing:?}", scheme.id);
        };
        // One that a signed body holds is in it already.
        let has_id = covers.delivery_id == Coverage::Unsigned || mentions_id(covers);
        for delivery_id in [None, Some(""), Some("a b"), Some("caf\u{e9}"), Some("a\n")] {
            let signing = Signing {
                delivery_id,
                ..signing()
            };
            rejected(&signing, has_id);
        }
        let has_time = covers.timestamp != Coverage::None;
        let signing = Signing {
            timestamp: None,
            ..signing()
        };
        rejected(&signing, has_time);
    }
}

#[test]
fn the_first_key_signs_unless_another_one_is_named() {
    let secrets = || {
        vec![
            &b"the first secret of three"[..],
            b"the second secret of three",
            b"the third secret of three",
        ]
    };
    for scheme in schemes() {
        let all = Verifier::new(&scheme.id, scheme.with(secrets())).unwrap();
        let sign_with = |key_id| -> Result<Delivery, ErrorCode> {
            let signing = Signing {
                key_id,
                ..signing()
            };
            let delivery = Delivery::form("https://example.com/a", "b=c");
            let headers = sign(&all, &delivery, &signing)?;
            Ok(headers
                .into_iter()
                .fold(delivery, |delivery, (name, value)| {
                    delivery.with(&name, value)
                }))
        };
        let mut replay_keys = Vec::new();
        for (key_id, label) in [
            (None, "0"),
            (Some("0"), "0"),
            (Some("1"), "1"),
            (Some("2"), "2"),
        ] {
            let facts = sign_with(key_id).unwrap().verify(&all).unwrap();
            assert_eq!(facts.key_id, label, "{}", scheme.id);
            replay_keys.push(facts.replay_key);
        }
        assert!(
            replay_keys.windows(2).all(|pair| pair[0] == pair[1]),
            "{}",
            scheme.id
        );
        for unknown in ["3", "", "00", "first"] {
            assert_eq!(
                sign_with(Some(unknown)).unwrap_err(),
                ErrorCode::Configuration
            );
        }
        // The third key alone verifies what the third key signed, and nothing else.
        let options = scheme.with(secrets().pop().unwrap());
        let third = Verifier::new(&scheme.id, options).unwrap();
        assert!(sign_with(Some("2")).unwrap().verify(&third).is_ok());
        let other = sign_with(Some("1")).unwrap();
        assert_eq!(other.rejection(&third), ErrorCode::SignatureMismatch);
    }
}

#[test]
fn labels_name_keys() {
    let options = Options::from_json(br#"{"secret": {"old": "secret one", "new": "secret two"}}"#);
    let verifier = Verifier::new("github", options.unwrap()).unwrap();
    assert_eq!(verifier.key_ids().collect::<Vec<_>>(), ["new", "old"]);
    for label in ["old", "new"] {
        let signing = Signing {
            key_id: Some(label),
            ..signing()
        };
        let delivery = Delivery::new("POST", "/", b"{}");
        let (name, value) = sign(&verifier, &delivery, &signing).unwrap().remove(0);
        let facts = delivery.header(&name, value).verify(&verifier).unwrap();
        assert_eq!(facts.key_id, label);
    }
}

#[test]
fn what_a_receiver_would_reject_is_not_signed() {
    let plivo = Verifier::new("plivo", Options::new().with("auth_token", SECRET)).unwrap();
    let twilio = Verifier::new("twilio", Options::new().with("auth_token", SECRET)).unwrap();
    let small = Options::new()
        .with("secret", SECRET)
        .with("max_body_bytes", 3);
    let small = Verifier::new("github", small).unwrap();
    let url = "https://example.com/a";
    for (verifier, delivery, code) in [
        (
            &plivo,
            Delivery::form("example.com", "a=b"),
            ErrorCode::MalformedUrl,
        ),
        (
            &plivo,
            Delivery::new("PUT", url, b""),
            ErrorCode::MethodNotAllowed,
        ),
        (
            &plivo,
            Delivery::new("POST", url, b"{}").header("Content-Type", "application/json"),
            ErrorCode::SignatureMismatch,
        ),
        (
            &plivo,
            Delivery::new("GET", "https://example.com/?a=1", b"a=2").header(FORM.0, FORM.1),
            ErrorCode::BodyMismatch,
        ),
        (
            &twilio,
            Delivery::new("POST", url, b"{}"),
            ErrorCode::BodyMismatch,
        ),
        (
            &twilio,
            Delivery::new("POST", "https://example.com/a?bodySHA256=00", b"{}"),
            ErrorCode::BodyMismatch,
        ),
        (
            &small,
            Delivery::new("POST", url, b"four"),
            ErrorCode::BodyTooLarge,
        ),
    ] {
        let rejected = sign(verifier, &delivery, &signing());
        assert_eq!(rejected, Err(code), "{delivery:?}");
    }
}

/// A list that is written like what follows it shows no end there: it runs together with
/// it, and no genuine request is rejected for having two parameters.
#[test]
fn a_list_before_its_own_separator_runs_together_with_what_follows() {
    for (signed, level) in [
        (
            "{query|sort|pairs '{name|percent}={value|percent}' '&'}&{body}",
            CoverageLevel::Joined,
        ),
        (
            "{query|sort|pairs '{name|percent}={value|percent}' '&'}\n{body}",
            CoverageLevel::Full,
        ),
    ] {
        let scheme = json!({
            "id": "x", "key": {"option": "secret", "hint": "the secret"},
            "signature": {
                "algorithm": "hmac-sha256", "from": "header:x-signature", "encoding": "hex",
                "signed": signed, "url": ["as-is"],
            },
        });
        let options = Options::new().with("secret", SECRET);
        let verifier = Verifier::new(&scheme.to_string(), options).unwrap();
        let covers = verifier.coverage().next().unwrap();
        assert_eq!(covers.body, level, "{signed}");
        for query in ["", "?a=1", "?a=1&b=2"] {
            let url = format!("https://example.com/hook{query}");
            let delivery = Delivery::new("POST", &url, b"c=3").signed(&verifier);
            delivery.verify(&verifier).unwrap();
        }
    }
}
