//! Challenges that a scheme file describes: which are answered, with what, and what
//! nobody gets out of them.

mod common;

use std::fs;

use common::{Delivery, NOW, signing};
use hookseal::{ErrorCode, Options, Reply, Verifier};
use serde_json::{Value, json};

const SECRET: &str = "secret-4711 of thirty-two bytes!";

/// A scheme that signs the body, and describes challenges.
fn scheme(challenges: &Value) -> Value {
    json!({
        "id": "x", "title": "X", "docs": "https://x.example", "status": "unconfirmed",
        "key": {"option": "secret", "hint": "the secret"},
        "signature": {
            "algorithm": "hmac-sha256", "from": "header:x-signature", "encoding": "hex",
            "signed": "{body}",
        },
        "challenge": challenges,
    })
}

fn verifier(challenge: Value) -> Verifier {
    let options = Options::new().with("secret", SECRET);
    Verifier::new(&scheme(&json!([challenge])).to_string(), options).unwrap()
}

fn rejected(challenge: Value) -> String {
    let options = Options::new().with("secret", SECRET);
    let error = Verifier::new(&scheme(&json!([challenge])).to_string(), options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    error.detail().to_owned()
}

/// Signs as Slack and Zoom do, whatever their receivers make of it.
fn v0(prefix: &str, secret: &str) -> Verifier {
    let scheme = json!({
        "id": "x",
        "key": {"option": "secret", "hint": "the secret"},
        "signature": {
            "algorithm": "hmac-sha256", "from": format!("header:{prefix}-signature"),
            "parse": "v0={signature}", "encoding": "hex", "signed": "v0:{timestamp}:{body}",
        },
        "timestamp": {
            "from": format!("header:{prefix}-request-timestamp"), "format": "unix",
            "tolerance": {"past": 300, "future": 300},
        },
    });
    Verifier::new(&scheme.to_string(), Options::new().with("secret", secret)).unwrap()
}

fn get(target: &str) -> Delivery {
    Delivery::new("GET", &format!("https://example.com/hook{target}"), b"")
}

fn post(body: &str) -> Delivery {
    Delivery::new("POST", "https://example.com/hook", body.as_bytes())
}

fn reply(delivery: &Delivery, verifier: &Verifier) -> Reply {
    let error = delivery.verify(verifier).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Challenge, "{}", error.detail());
    error.reply().unwrap().clone()
}

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    let mut headers = reply.headers();
    let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// Echoes a parameter as text.
fn echo() -> Value {
    json!({
        "when": {"query:c": "present"}, "proof": "none",
        "reply": {"status": 200, "body": "{query:c}"},
    })
}

/// Answers with the MAC of a parameter.
fn crc() -> Value {
    json!({
        "when": {"method": "GET", "query:crc_token": "present"}, "proof": "none",
        "reply": {"status": 200, "json": {
            "response_token": {"mac": "{query:crc_token}", "encoding": "hex"},
        }},
    })
}

/// The pairs of requests and answers that providers publish. `file` of a pair names an
/// embedded scheme or holds the sections of one.
#[test]
fn recorded_challenges_are_answered_as_their_providers_say() {
    let pairs: Value = serde_json::from_str(include_str!("data/challenges.json")).unwrap();
    for pair in pairs.as_array().unwrap() {
        let name = pair["provider"].as_str().unwrap();
        let options = Options::from_json(pair["options"].to_string().as_bytes()).unwrap();
        let scheme = match &pair["scheme"] {
            Value::String(id) => id.clone(),
            file => file.to_string(),
        };
        let verifier = Verifier::new(&scheme, options).unwrap_or_else(|it| panic!("{name}: {it}"));
        let request = &pair["request"];
        let mut delivery = Delivery::new(
            request["method"].as_str().unwrap(),
            request["url"].as_str().unwrap(),
            request["body"].as_str().unwrap_or_default().as_bytes(),
        );
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            delivery = delivery.header(name, value.as_str().unwrap());
        }
        let now = pair["now"].as_i64().unwrap_or(NOW);
        let error = delivery.verify_at(&verifier, now).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Challenge, "{name}: {error}");
        delivery.request(|request| verifier.check_head_at(request, now).unwrap());

        let (reply, expected) = (error.reply().unwrap(), &pair["response"]);
        assert_eq!(json!(reply.status()), expected["status"], "{name}");
        assert_eq!(header(reply, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(reply, "cache-control"), Some("no-store"));
        match (&expected["json"], &expected["body"]) {
            (Value::Object(_), _) => {
                assert_eq!(header(reply, "content-type"), Some("application/json"));
                let body: Value = serde_json::from_str(reply.body()).unwrap();
                assert_eq!(body, expected["json"], "{name}");
            }
            (_, Value::String(body)) if !body.is_empty() => {
                assert_eq!(
                    header(reply, "content-type"),
                    Some("text/plain; charset=utf-8")
                );
                assert_eq!(reply.body(), body, "{name}");
            }
            _ => assert_eq!(reply.body(), "", "{name}"),
        }
        for (name, value) in expected["headers"].as_object().into_iter().flatten() {
            assert_eq!(header(reply, name), value.as_str(), "{name}");
        }
    }
}

#[test]
fn what_is_signed_for_a_caller_is_not_what_deliveries_sign() {
    let verifier = verifier(crc());
    let asked = reply(&get("?crc_token=amount%3D9"), &verifier);
    let answer: Value = serde_json::from_str(asked.body()).unwrap();
    let stolen = answer["response_token"].as_str().unwrap();
    let forged = post("amount=9").header("x-signature", stolen);
    assert_eq!(forged.rejection(&verifier), ErrorCode::SignatureMismatch);
    // The provider itself cannot sign such a delivery either, but every other one.
    let options = Options::new().with("secret", SECRET);
    let provider = Verifier::new(&scheme(&json!([])).to_string(), options).unwrap();
    for (body, expected) in [
        ("amount=9", Some(ErrorCode::SignatureMismatch)),
        ("{\"amount\":9}", None),
        ("amount=9&x=1", None),
        ("", None),
        (&"a".repeat(257), None),
        (&"a".repeat(256), Some(ErrorCode::SignatureMismatch)),
    ] {
        let verdict = post(body).signed(&provider).verify(&verifier);
        assert_eq!(verdict.err().map(|it| it.code()), expected, "{body}");
        let signed = post(body).request(|request| verifier.sign(request, &signing()));
        assert_eq!(signed.err().map(|it| it.code()), expected, "{body}");
    }
    for token in [
        "",
        "%7B%22a%22:1%7D",
        "a%26b",
        "a%20b",
        "a%00",
        "v0:1:2",
        &"a".repeat(257),
    ] {
        let asked = get(&format!("?crc_token={token}"));
        assert_eq!(
            asked.rejection(&verifier),
            ErrorCode::MalformedHeader,
            "{token}"
        );
    }
}

#[test]
fn a_signed_challenge_is_answered_under_the_key_that_signed_it() {
    let options = Options::from_json(br#"{"secret": ["the first secret", "the second secret"]}"#);
    let both = Verifier::new("zoom", options.unwrap()).unwrap();
    let body =
        r#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;
    let mut answers = Vec::new();
    for secret in ["the first secret", "the second secret"] {
        let one = Verifier::new("zoom", Options::new().with("secret", secret)).unwrap();
        let asked = post(body).signed(&one);
        assert_eq!(reply(&asked, &one), reply(&asked, &both));
        answers.push(reply(&asked, &both).body().to_owned());
    }
    assert_ne!(answers[0], answers[1]);
    // v0:time:body of a delivery is no token.
    let body = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1700000000:{}"}}"#;
    assert_eq!(
        post(body)
            .signed(&v0("x-zm", "the first secret"))
            .rejection(&both),
        ErrorCode::MalformedHeader
    );
}

#[test]
fn nothing_is_answered_before_its_proof() {
    let slack = Verifier::new("slack", Options::new().with("signing_secret", SECRET)).unwrap();
    let body = r#"{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRN"}"#;
    let signed = post(body).signed(&slack);
    assert_eq!(reply(&signed, &slack).body(), "3eZbrw1aBm2rZgRN");
    assert_eq!(post(body).rejection(&slack), ErrorCode::MissingHeader);
    let wrong = signed
        .clone()
        .with("x-slack-signature", format!("v0={}", "0".repeat(64)));
    assert_eq!(wrong.rejection(&slack), ErrorCode::SignatureMismatch);
    let late = signed.verify_at(&slack, NOW + 301).unwrap_err();
    assert_eq!(late.code(), ErrorCode::TimestampTooOld);
    // Parsers disagree about which of two members counts.
    let twice = r#"{"type":"url_verification","type":"event_callback","challenge":"a"}"#;
    let twice = post(twice).signed(&v0("x-slack", SECRET));
    assert_eq!(twice.rejection(&slack), ErrorCode::BodyMismatch);
    for body in [
        r#"{"type":"event_callback"}"#,
        "command=%2Fweather",
        "",
        "[1]",
    ] {
        post(body).signed(&slack).verify(&slack).unwrap();
    }
}

#[test]
fn a_request_that_shows_a_proof_is_a_delivery() {
    let verifier = verifier(echo());
    let asked = get("?c=1");
    assert_eq!(reply(&asked, &verifier).body(), "1");
    for (shown, expected) in [
        ("0".repeat(64), ErrorCode::SignatureMismatch),
        (String::new(), ErrorCode::MalformedHeader),
    ] {
        let shown = asked.clone().header("x-signature", shown);
        assert_eq!(shown.rejection(&verifier), expected);
        let code = shown.request(|request| verifier.check_head_at(request, NOW));
        assert_eq!(code, Ok(()));
    }
    let mut delivery = post("{}");
    delivery.url.extend(b"?c=1");
    delivery.signed(&verifier).verify(&verifier).unwrap();
}

#[test]
fn what_is_echoed_is_short_and_has_no_control_characters() {
    let verifier = verifier(echo());
    for c in [
        "a%0d%0aSet-Cookie:%20b",
        "%00",
        "%7f",
        "%C2%85",
        "%1b[2J",
        "%ff",
        &"a".repeat(1025),
        &"a".repeat(10_000),
    ] {
        let asked = get(&format!("?c={c}"));
        assert_eq!(
            asked.rejection(&verifier),
            ErrorCode::MalformedHeader,
            "{c}"
        );
    }
    assert_eq!(
        get("?c=1&c=2").rejection(&verifier),
        ErrorCode::BodyMismatch
    );
    // A browser does not take it for HTML.
    let html = reply(&get("?c=%3Cscript%3Ealert(1)%3C/script%3E"), &verifier);
    assert_eq!(html.body(), "<script>alert(1)</script>");
    assert_eq!(
        header(&html, "content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(header(&html, "x-content-type-options"), Some("nosniff"));
    let longest = "ä".repeat(512);
    assert_eq!(
        reply(&get(&format!("?c={}", "%C3%A4".repeat(512))), &verifier).body(),
        longest
    );

    let body = json!({
        "when": {"json:/c": "present"}, "proof": "none",
        "reply": {"status": 200, "json": {"c": "{json:/c}", "n": 1, "yes": true}},
    });
    let verifier = self::verifier(body);
    let quoted = reply(&post(r#"{"c":"a\"}{<ä"}"#), &verifier);
    assert_eq!(quoted.body(), r#"{"c":"a\"}{<ä","n":1,"yes":true}"#);
    for (body, expected) in [
        (
            json!({"c": "a".repeat(1 << 20)}),
            ErrorCode::MalformedHeader,
        ),
        (json!({"c": "a\nb"}), ErrorCode::MalformedHeader),
        (json!({"c": 1}), ErrorCode::BodyMismatch),
        (json!({"c": ["a"]}), ErrorCode::BodyMismatch),
        (json!({"c": null}), ErrorCode::MissingHeader),
    ] {
        assert_eq!(post(&body.to_string()).rejection(&verifier), expected);
    }
}

#[test]
fn an_echoed_header_is_visible_ascii_under_its_own_name() {
    let verifier = verifier(json!({
        "when": {"header:x-hook-secret": "present"}, "proof": "none",
        "reply": {"status": 200, "echo": "header:x-hook-secret"},
    }));
    let asked = |value: &str| post("").header("X-Hook-Secret", value);
    let answer = reply(&asked("b537207f20cbfa02"), &verifier);
    assert_eq!(header(&answer, "x-hook-secret"), Some("b537207f20cbfa02"));
    for value in ["a b", "a\tb", &"a".repeat(257)] {
        assert_eq!(
            asked(value).rejection(&verifier),
            ErrorCode::MalformedHeader
        );
    }
    let twice = asked("a").header("x-hook-secret", "b");
    assert_eq!(twice.rejection(&verifier), ErrorCode::AmbiguousHeader);
}

#[test]
fn the_token_of_a_challenge_is_asked_for_by_that_challenge_only() {
    let options = || Options::new().with("app_secret", SECRET);
    let meta = Verifier::new("meta", options().with("verify_token", "meatyhamhock")).unwrap();
    let asked = |token: &str| {
        get(&format!(
            "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}"
        ))
    };
    assert_eq!(reply(&asked("meatyhamhock"), &meta).body(), "1158201444");
    assert_eq!(meta.key_ids().collect::<Vec<_>>(), ["0"]);
    for token in ["", "meatyhamhoc", "meatyhamhock&hub.verify_token=x"] {
        assert_eq!(
            asked(token).rejection(&meta),
            ErrorCode::TokenMismatch,
            "{token}"
        );
    }
    let other = get("?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=meatyhamhock");
    assert_eq!(other.rejection(&meta), ErrorCode::MissingHeader);
    post("{}").signed(&meta).verify(&meta).unwrap();

    let without = Verifier::new("meta", options()).unwrap();
    post("{}").signed(&without).verify(&without).unwrap();
    let error = asked("x").verify(&without).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenMismatch);
    assert!(
        error.detail().contains("verify_token"),
        "{}",
        error.detail()
    );
    assert_eq!(asked("").rejection(&without), ErrorCode::TokenMismatch);
    for empty in ["", " ", "\0\0"] {
        let error = Verifier::new("meta", options().with("verify_token", empty)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration);
    }
}

#[test]
fn the_head_demands_a_signature_where_no_challenge_can_follow() {
    let head = |delivery: &Delivery, verifier: &Verifier| {
        let verdict = delivery.request(|request| verifier.check_head_at(request, NOW));
        verdict.err().map(|error| error.code())
    };
    let by_query = verifier(crc());
    assert_eq!(head(&get("?crc_token=1"), &by_query), None);
    for delivery in [post("{}"), get(""), get("?crc=1")] {
        assert_eq!(head(&delivery, &by_query), Some(ErrorCode::MissingHeader));
        assert_eq!(delivery.rejection(&by_query), ErrorCode::MissingHeader);
    }
    let by_body = verifier(json!({
        "when": {"method": "POST", "json:/verification_token": "present"}, "proof": "none",
        "reply": {"status": 200},
    }));
    assert_eq!(head(&post(""), &by_body), None);
    assert_eq!(post("{}").rejection(&by_body), ErrorCode::MissingHeader);
    assert_eq!(head(&get(""), &by_body), Some(ErrorCode::MissingHeader));
    assert_eq!(
        reply(&post(r#"{"verification_token":"a"}"#), &by_body).body(),
        ""
    );
    let large = post(&format!("[\"{}\"]", "a".repeat(by_body.max_body_bytes())));
    assert_eq!(large.rejection(&by_body), ErrorCode::BodyTooLarge);
}

#[test]
fn a_token_is_asked_of_challenges_that_prove_something() {
    let scheme = json!({
        "id": "x", "title": "X", "docs": "https://x.example", "status": "unconfirmed",
        "token": [{"option": "token", "hint": "the token", "from": "header:authorization"}],
        "challenge": [
            {
                "when": {"method": "GET", "header:x-challenge": "present"}, "proof": "token",
                "reply": {"status": 200, "json": {"verification": "{header:x-challenge}"}},
            },
            {
                "when": {"header:x-open": "present"}, "proof": "none", "reply": {"status": 204},
            },
        ],
    });
    let options = Options::new().with("token", "token-4711");
    let verifier = Verifier::new(&scheme.to_string(), options).unwrap();
    let asked = get("").header("x-challenge", "abc\"1");
    assert_eq!(asked.rejection(&verifier), ErrorCode::MissingHeader);
    let proven = asked.clone().header("authorization", "token-4711");
    assert_eq!(
        reply(&proven, &verifier).body(),
        r#"{"verification":"abc\"1"}"#
    );
    let wrong = asked.header("authorization", "token-4712");
    assert_eq!(wrong.rejection(&verifier), ErrorCode::TokenMismatch);
    let open = post("").header("x-open", "1");
    assert_eq!(reply(&open, &verifier).status(), 204);
    let shown = open.header("authorization", "token-4712");
    assert_eq!(shown.rejection(&verifier), ErrorCode::TokenMismatch);
}

#[test]
fn files_whose_challenges_give_something_away_are_rejected() {
    let when = json!({"query:c": "present"});
    let with_reply = |reply: Value| json!({"when": when, "proof": "none", "reply": reply});
    for (challenge, expected) in [
        (
            json!({"proof": "none", "reply": {"status": 200}}),
            "challenge[0].when: a challenge without a condition",
        ),
        (
            json!({"when": [], "proof": "none", "reply": {"status": 200}}),
            "challenge[0].when: a challenge without a condition",
        ),
        (
            json!({"when": {}, "proof": "none", "reply": {"status": 200}}),
            "challenge[0].when: a condition is missing",
        ),
        (
            json!({"when": when, "reply": {"status": 200}}),
            "challenge[0]: missing field `proof`",
        ),
        (
            json!({"when": when, "proof": "basic", "reply": {"status": 200}}),
            "challenge[0].proof: unknown variant",
        ),
        (
            json!({"when": when, "proof": "token", "reply": {"status": 200}}),
            "challenge[0].proof: deliveries are signed",
        ),
        (
            json!({"when": when, "proof": "signature", "reply": {"status": 200}}),
            "challenge[0].when: query:c is not signed",
        ),
        (
            json!({"when": {"method": "GET"}, "proof": "signature", "reply": {"status": 200}}),
            "challenge[0].when: name a signed place",
        ),
        (
            json!({"when": [{"json:/a": {"is": 1}}, {"header:x": "present"}], "proof": "signature", "reply": {"status": 200}}),
            "challenge[0].when: header:x is not signed",
        ),
        (
            json!({"when": when, "proof": "none"}),
            "challenge[0]: missing field `reply`",
        ),
        (
            with_reply(json!({"status": 302})),
            "reply.status: expected 200 or 204",
        ),
        (
            with_reply(json!({"status": 200, "headers": {"Location": "{query:c}"}})),
            "reply: unknown field `headers`",
        ),
        (
            with_reply(json!({"status": 200, "body": "a", "json": {}})),
            "reply: expected one of body, json and echo",
        ),
        (
            with_reply(json!({"status": 204, "body": "a"})),
            "reply: a reply with status 204 has no body",
        ),
        (
            with_reply(json!({"status": 200, "body": "{secret}"})),
            "reply.body: secret is not told to a caller",
        ),
        (
            with_reply(json!({"status": 200, "body": "{body}"})),
            "reply.body: body is not told to a caller",
        ),
        (
            with_reply(json!({"status": 200, "body": "{url}"})),
            "reply.body: url is not told to a caller",
        ),
        (
            with_reply(json!({"status": 200, "body": "{query|pairs '{name}={value}'}"})),
            "reply.body: query is not told to a caller",
        ),
        (
            with_reply(json!({"status": 200, "body": "{option:a}"})),
            "`option:a` cannot stand here",
        ),
        (
            with_reply(json!({"status": 200, "json": {"a": ["{query:c}"]}})),
            "reply.json.a: expected a text",
        ),
        (
            with_reply(json!({"status": 200, "json": {"a": 1.5}})),
            "reply.json.a: expected a text",
        ),
        (
            with_reply(
                json!({"status": 200, "json": {"a": {"mac": "{secret}", "encoding": "hex"}}}),
            ),
            "reply.json.a: secret is not told to a caller",
        ),
        (
            with_reply(json!({"status": 200, "json": {"a": {"mac": "{query:c}"}}})),
            "reply.json.a: missing field `encoding`",
        ),
        (
            with_reply(json!({"status": 200, "echo": "query:c"})),
            "`query:c` cannot stand here",
        ),
        (
            with_reply(json!({"status": 200, "echo": "header:set-cookie"})),
            "set-cookie means something to a client",
        ),
        (
            with_reply(json!({"status": 200, "echo": "header:location"})),
            "location means something to a client",
        ),
        (
            with_reply(json!({"status": 200, "echo": "header:content-type"})),
            "content-type means something to a client",
        ),
        (
            with_reply(json!({"status": 200, "echo": "header:x-accel-redirect"})),
            "x-accel-redirect means something to a client",
        ),
        (
            with_reply(json!({"status": 200, "echo": "header:access-control-allow-origin"})),
            "means something to a client",
        ),
    ] {
        let detail = rejected(challenge.clone());
        assert!(detail.contains(expected), "{challenge}: {detail}");
    }
    // A plain hash, or a string to sign with the secret in it, would give itself away.
    let mut file = scheme(&json!([crc()]));
    file["signature"]["signed"] = "{body}{secret}".into();
    let error = Verifier::new(&file.to_string(), Options::new()).unwrap_err();
    assert!(
        error.detail().contains("a mac needs a scheme"),
        "{}",
        error.detail()
    );
    // A function or a description, not both, and not of what is encrypted.
    let mut file = scheme(&json!({"function": "event-grid"}));
    let error = Verifier::new(&file.to_string(), Options::new()).unwrap_err();
    assert!(error.detail().contains("a token, a password or a JWT only"));
    file["challenge"] = json!([{"function": "event-grid"}]);
    let error = Verifier::new(&file.to_string(), Options::new()).unwrap_err();
    assert!(
        error.detail().contains("challenge[0]"),
        "{}",
        error.detail()
    );
}

#[test]
fn no_secret_shows_in_an_error_or_a_debug_text() {
    let options = Options::new()
        .with("app_secret", SECRET)
        .with("verify_token", "meatyhamhock");
    let meta = Verifier::new("meta", options).unwrap();
    let asked = get("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=meatyhamhoc");
    let error = asked.verify(&meta).unwrap_err();
    for shown in [format!("{meta:?}"), format!("{error:?}"), error.to_string()] {
        assert!(
            !shown.contains("meatyham") && !shown.contains("4711"),
            "{shown}"
        );
    }
}

/// Every scheme whose challenges are described says so in its file.
#[test]
fn the_data_has_every_embedded_scheme_with_challenges() {
    let pairs: Value = serde_json::from_str(include_str!("data/challenges.json")).unwrap();
    let known = |id: &str| {
        pairs
            .as_array()
            .unwrap()
            .iter()
            .any(|pair| pair["scheme"] == id)
    };
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/schemes")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let id = path.file_stem().unwrap().to_str().unwrap();
        assert!(!text.contains("\n[[challenge]]") || known(id), "{id}");
    }
}
