//! Headers that a request lists as signed: draft-cavage, Contentful and Hook0.

mod common;

use common::{Delivery, NOW};
use hookseal::{CoverageLevel, ErrorCode, OptionValue, Options, Verifier};
use ring::{digest, hmac};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const SECRET: &str = "the secret that both sides share, 42 bytes";
const BODY: &str = r#"{"amount":10.50,"id":"a"}"#;

fn mac(base: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::sign(&key, base.as_bytes()).as_ref().to_vec()
}

fn verifier(scheme: &str, options: Options) -> Verifier {
    Verifier::new(scheme, options).unwrap()
}

mod cavage {
    use super::*;

    const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";

    fn options() -> Options {
        Options::new()
            .with("algorithm", "hmac-sha256")
            .with("key", SECRET)
    }

    fn digest_of(body: &str) -> String {
        let digest = digest::digest(&digest::SHA256, body.as_bytes());
        format!("SHA-256={}", STANDARD.encode(digest))
    }

    fn usual() -> Vec<(&'static str, String)> {
        vec![
            ("(request-target)", "post /hooks?a=1".to_owned()),
            ("host", "example.com".to_owned()),
            ("date", DATE.to_owned()),
            ("digest", digest_of(BODY)),
        ]
    }

    fn base(lines: &[(&str, String)]) -> String {
        let lines: Vec<String> = lines
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        lines.join("\n")
    }

    fn parameters(lines: &[(&str, String)]) -> String {
        let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
        let mac = STANDARD.encode(mac(&base(lines)));
        format!(
            "keyId=\"k\",algorithm=\"hs2019\",headers=\"{}\",signature=\"{mac}\"",
            names.join(" ")
        )
    }

    fn request() -> Delivery {
        Delivery::new("POST", "https://example.com/hooks?a=1", BODY.as_bytes())
            .header("Host", "example.com")
            .header("Date", DATE)
            .header("Digest", digest_of(BODY))
    }

    fn signed(lines: &[(&str, String)]) -> Delivery {
        request().header("Signature", parameters(lines))
    }

    #[test]
    fn what_is_demanded_is_verified_and_covered() {
        let verifier = verifier("cavage", options());
        let facts = signed(&usual()).verify(&verifier).unwrap();
        assert_eq!(facts.timestamp, Some(NOW));
        let covers = &facts.covers;
        assert!(covers.method);
        assert_eq!(
            (covers.body, covers.url),
            (CoverageLevel::Full, CoverageLevel::Part)
        );
        assert_eq!(
            covers.parts,
            ["method", "url.target", "header:host", "header:date", "body"]
        );
        let authorization = format!("Signature {}", parameters(&usual()));
        let other = request().header("Authorization", &authorization);
        assert_eq!(other.verify(&verifier).unwrap(), facts);
        let both = other.header("Signature", parameters(&usual()));
        assert_eq!(both.rejection(&verifier), ErrorCode::MalformedHeader);
        let bearer = request().header("Authorization", "Bearer x");
        assert_eq!(bearer.rejection(&verifier), ErrorCode::MalformedHeader);
    }

    #[test]
    fn what_is_demanded_has_to_be_listed_and_right() {
        let verifier = verifier("cavage", options());
        for missing in 0..usual().len() {
            let mut lines = usual();
            lines.remove(missing);
            let code = signed(&lines).rejection(&verifier);
            assert_eq!(code, ErrorCode::SignatureMismatch, "{missing}");
        }
        let mut twice = usual();
        twice.push(usual()[0].clone());
        assert_eq!(
            signed(&twice).rejection(&verifier),
            ErrorCode::MalformedHeader
        );
        let mut foreign = usual();
        foreign.push(("x-a", "1".to_owned()));
        let foreign = signed(&foreign).header("X-A", "1");
        assert_eq!(foreign.rejection(&verifier), ErrorCode::MalformedHeader);
        let wider = options().with("headers", OptionValue::List(vec!["x-a".into()]));
        assert!(foreign.verify(&super::verifier("cavage", wider)).is_ok());
        let changed = Delivery {
            body: b"{}".to_vec(),
            ..signed(&usual())
        };
        assert_eq!(changed.rejection(&verifier), ErrorCode::BodyMismatch);
        let mut bodiless = usual();
        bodiless.pop();
        let bodiless = Delivery {
            body: Vec::new(),
            ..signed(&bodiless)
        }
        .without("Digest");
        assert!(bodiless.verify(&verifier).is_ok());
        let late = signed(&usual())
            .verify_at(&verifier, NOW + 301)
            .unwrap_err();
        assert_eq!(late.code(), ErrorCode::TimestampTooOld);
    }

    #[test]
    fn parameters_are_read_in_their_one_form() {
        let verifier = verifier("cavage", options());
        let good = parameters(&usual());
        for blanks in [
            good.replace(',', ", "),
            format!("{good},x=\"y\""),
            good.replace(',', " , "),
        ] {
            let sent = request().header("Signature", &blanks);
            assert!(sent.verify(&verifier).is_ok(), "{blanks}");
        }
        for bad in [
            String::new(),
            format!("{good}x"),
            format!("{good},"),
            format!(",{good}"),
            format!("{good},keyId=\"k\""),
            format!("{good},signature=\"QQ==\""),
            good.replace("keyId=\"k\"", "keyId=\"k\"x"),
            good.replace("keyId=\"k\"", "keyId=k"),
            good.replace("keyId=\"k\"", "keyId=\"k"),
            good.replace("keyId=\"k\"", "keyId=\"\\\"\""),
            good.replace("keyId=", "key Id="),
            good.replace("headers=\"", "headers=\" "),
            good.replace(" host", "  host"),
            good.replace("headers", "header"),
            good.replace("signature=\"", "signature=\"="),
        ] {
            let sent = request().header("Signature", &bad);
            assert_eq!(
                sent.rejection(&verifier),
                ErrorCode::MalformedHeader,
                "{bad}"
            );
        }
        let other = good.replace("hs2019", "rsa-sha256");
        let other = request().header("Signature", other);
        assert_eq!(other.rejection(&verifier), ErrorCode::SignatureMismatch);
        let named = good.replace("hs2019", "hmac-sha256");
        assert!(
            request()
                .header("Signature", named)
                .verify(&verifier)
                .is_ok()
        );
    }

    #[test]
    fn created_and_expires_are_those_of_the_parameters() {
        let verifier = verifier("cavage", options());
        let mut lines = usual();
        lines.push(("(created)", NOW.to_string()));
        lines.push(("(expires)", (NOW + 10).to_string()));
        let both = format!("{},created={NOW},expires={}", parameters(&lines), NOW + 10);
        let sent = |text: &str| request().header("Signature", text);
        assert!(sent(&both).verify(&verifier).is_ok());
        let late = sent(&both).verify_at(&verifier, NOW + 11).unwrap_err();
        assert_eq!(late.code(), ErrorCode::TimestampTooOld);
        let code = sent(&parameters(&lines)).rejection(&verifier);
        assert_eq!(code, ErrorCode::MalformedHeader);
        let changed = both.replace(&format!("created={NOW}"), "created=1");
        assert_eq!(
            sent(&changed).rejection(&verifier),
            ErrorCode::SignatureMismatch
        );
    }

    #[test]
    fn the_time_of_a_delivery_stays_signed() {
        for components in [&["(request-target)", "host"][..], &["date", "host"]] {
            let texts = components.iter().map(|it| (*it).into()).collect();
            let options = options().with("components", OptionValue::List(texts));
            let error = Verifier::new("cavage", options).unwrap_err();
            assert!(error.detail().starts_with("option components"), "{error}");
        }
    }
}

// Attack A11 of the language's review, and what stands in its place.
mod contentful {
    use super::*;

    const TIME: &str = "1700000000000";
    const LIST: &str = "content-type,x-contentful-signed-headers,x-contentful-timestamp";

    fn verifier() -> Verifier {
        super::verifier("contentful", Options::new().with("secret", SECRET))
    }

    fn signed(list: &str, headers: &[(&str, &str)]) -> Delivery {
        let plain = Delivery::new("POST", "https://example.com/a?q=1&w=2", BODY.as_bytes())
            .header("x-contentful-timestamp", TIME)
            .header("x-contentful-signed-headers", list);
        let plain = headers
            .iter()
            .fold(plain, |it, (name, value)| it.with(name, value));
        let lines: Vec<String> = list
            .split(',')
            .map(|name| {
                let mut known = plain.headers.iter();
                let found = known.find(|(other, _)| other == name.as_bytes());
                let value = found.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
                format!("{name}:{}", value.unwrap_or_default())
            })
            .collect();
        let base = format!("POST\n/a?q%253D1%2526w%253D2\n{}\n{BODY}", lines.join(";"));
        plain.header("x-contentful-signature", const_hex::encode(mac(&base)))
    }

    #[test]
    fn the_list_lists_itself_and_the_time() {
        let verifier = verifier();
        let sent = signed(LIST, &[("content-type", "application/json; charset=utf-8")]);
        let facts = sent.verify(&verifier).unwrap();
        assert_eq!(facts.timestamp, Some(NOW));
        assert_eq!(
            (facts.covers.body, facts.covers.url),
            (CoverageLevel::Full, CoverageLevel::Part)
        );
        for list in [
            "x-contentful-timestamp",
            "x-contentful-signed-headers",
            "content-type",
        ] {
            let sent = signed(list, &[("content-type", "a/b")]);
            assert_eq!(
                sent.rejection(&verifier),
                ErrorCode::SignatureMismatch,
                "{list}"
            );
        }
        let foreign = signed(
            &format!("{LIST},x-a"),
            &[("content-type", "a/b"), ("x-a", "1")],
        );
        assert_eq!(foreign.rejection(&verifier), ErrorCode::MalformedHeader);
        let twice = signed(&format!("{LIST},content-type"), &[("content-type", "a/b")]);
        assert_eq!(twice.rejection(&verifier), ErrorCode::MalformedHeader);
    }

    #[test]
    fn no_header_hides_in_another() {
        let verifier = verifier();
        let hidden = [("content-type", "a/b;x-contentful-user-id:1")];
        let sent = signed(LIST, &hidden);
        assert_eq!(sent.rejection(&verifier), ErrorCode::BodyMismatch);
    }
}

mod hook0 {
    use super::*;

    fn verifier() -> Verifier {
        super::verifier("hook0", Options::new().with("secret", SECRET))
    }

    fn signed(names: &str, values: &[&str], body: &str) -> String {
        let values: String = values.iter().map(|value| format!("{value}.")).collect();
        let base = format!("{NOW}.{names}.{values}{body}");
        format!("t={NOW},h={names},v1={}", const_hex::encode(mac(&base)))
    }

    fn request(signature: &str, id: &str, body: &str) -> Delivery {
        Delivery::new("POST", "https://example.com/a", body.as_bytes())
            .header("x-event-id", id)
            .header("x-delivery-id", "dlv-1")
            .header("x-hook0-signature", signature)
    }

    /// A delivery whose listed headers have these values.
    fn delivery(headers: &[(&str, &str)], body: &str) -> Delivery {
        let (names, values): (Vec<&str>, Vec<&str>) = headers.iter().copied().unzip();
        let signature = signed(&names.join(" "), &values, body);
        let plain = Delivery::new("POST", "https://example.com/a", body.as_bytes())
            .header("x-hook0-signature", signature);
        let headers = headers.iter();
        headers.fold(plain, |it, (name, value)| it.with(name, value))
    }

    #[test]
    fn values_hold_dots_and_the_body_begins_where_it_did() {
        let verifier = verifier();
        let event = [
            ("x-event-id", "1a01cb48"),
            ("x-event-type", "service.resource.verb"),
            ("content-type", "application/vnd.acme+json"),
        ];
        for body in [BODY, "[1.5,{}]", r#"{"a":"b.{\"c\":[1.[2]]}"}"#] {
            let sent = delivery(&event, body);
            let facts = sent.verify(&verifier).unwrap();
            assert_eq!(facts.covers.parts, ["timestamp", "body"]);
            // The same text, cut at any other dot.
            let list = sent.headers[0].1.clone();
            let text = format!("{}.{body}", event.map(|(_, value)| value).join("."));
            let dots = text.match_indices('.').map(|(at, _)| at);
            let mut passed = Vec::new();
            for at in dots.filter(|at| *at > 8) {
                let (values, body) = (&text[9..at], &text[at + 1..]);
                let mut ends = values.match_indices('.').map(|(at, _)| at);
                let Some(first) = ends.next() else {
                    continue;
                };
                let moved = Delivery::new("POST", "https://example.com/a", body.as_bytes())
                    .header("x-hook0-signature", &list)
                    .header("x-event-id", "1a01cb48")
                    .header("x-event-type", &values[..first])
                    .header("content-type", &values[first + 1..]);
                match moved.verify(&verifier) {
                    Ok(facts) => passed.push((body.to_owned(), facts.covers.parts)),
                    Err(error) => assert_eq!(error.code(), ErrorCode::BodyMismatch, "{values}"),
                }
            }
            // Headers can be cut anew among themselves, and are no facts.
            let whole = (
                body.to_owned(),
                ["timestamp", "body"].map(str::to_owned).to_vec(),
            );
            assert_eq!(passed, [whole]);
        }
    }

    #[test]
    fn nothing_but_json_shows_where_it_begins() {
        let verifier = verifier();
        for body in ["hello !", "", " {}", "50,\"id\":1}", "\"a\"", "\u{feff}{}"] {
            let sent = delivery(&[("x-event-type", "a.b")], body);
            assert_eq!(sent.rejection(&verifier), ErrorCode::BodyMismatch, "{body}");
        }
        for value in ["a.{", "a.[b", "{\"a\":1", "[", "a.b.{c.d"] {
            let sent = delivery(&[("x-event-type", value)], BODY);
            assert_eq!(
                sent.rejection(&verifier),
                ErrorCode::BodyMismatch,
                "{value}"
            );
        }
        for value in ["", "a{", "a. {", ".", "..a", "a]"] {
            let sent = delivery(&[("x-event-type", value)], BODY);
            assert!(sent.verify(&verifier).is_ok(), "{value}");
        }
    }

    // The text of a v0 is time and body.
    #[test]
    fn a_v0_is_no_v1() {
        let verifier = verifier();
        let v0 = |body: &str| const_hex::encode(mac(&format!("{NOW}.{body}")));
        let taken = |body: &str, rest: &str| {
            Delivery::new("POST", "https://example.com/a", rest.as_bytes())
                .header("content-type", "text/plain")
                .header(
                    "x-hook0-signature",
                    format!("t={NOW},h=content-type,v1={}", v0(body)),
                )
                .rejection(&verifier)
        };
        let text = "content-type.text/plain.EVIL";
        assert_eq!(taken(text, "EVIL"), ErrorCode::BodyMismatch);
        assert_eq!(taken(BODY, BODY), ErrorCode::SignatureMismatch);
    }

    #[test]
    fn no_header_is_a_fact_demanded_or_not() {
        let file = |edit: &dyn Fn(&mut serde_json::Value)| {
            let mut file = serde_json::json!({
                "id": "acme",
                "title": "Acme",
                "docs": "https://acme.example/",
                "status": "unconfirmed",
                "key": {"option": "secret", "hint": "a secret"},
                "signature": {
                    "algorithm": "hmac-sha256",
                    "from": "header:x-hook0-signature",
                    "parse": {"split": ",", "entries": ["t={t}", "h={h}", "v1={signature}"]},
                    "encoding": "hex",
                    "signed": {"listed": "hook0", "from": "signature:h", "demands": ["x-event-id"]}
                },
                "timestamp": {
                    "from": "signature:t", "format": "unix",
                    "tolerance": {"past": 300, "future": 300}
                },
                "delivery_id": {"from": "header:x-event-id"}
            });
            edit(&mut file);
            Verifier::new(&file.to_string(), Options::new().with("secret", SECRET))
        };
        let sent = delivery(&[("x-event-id", "a")], BODY);
        let facts = sent.verify(&file(&|_| {}).unwrap()).unwrap();
        assert_eq!(facts.delivery_id, None);
        assert_eq!(facts.covers.delivery_id, hookseal::Coverage::Unsigned);
        let typed = file(&|it| it["event_type"] = serde_json::json!({"from": "header:x-event-id"}));
        assert!(typed.is_err());
    }

    #[test]
    fn the_url_is_nobody_s_business() {
        let verifier = verifier();
        for url in ["/hook", "https://e.com/a b", ""] {
            let sent = Delivery {
                url: url.as_bytes().to_vec(),
                ..delivery(&[("x-event-id", "a")], BODY)
            };
            assert!(sent.verify(&verifier).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_value_is_no_part_of_the_body() {
        let verifier = verifier();
        let signature = signed("x-event-id x-delivery-id", &["evt-1", "dlv-1"], BODY);
        let facts = request(&signature, "evt-1", BODY)
            .verify(&verifier)
            .unwrap();
        assert_eq!(facts.covers.parts, ["timestamp", "body"]);
        // The head of the body moves into the last value.
        let moved = signed("x-event-id", &["evt-1"], BODY);
        let (head, tail) = BODY.split_once('.').unwrap();
        let moved = request(&moved, &format!("evt-1.{head}"), tail);
        assert_eq!(moved.rejection(&verifier), ErrorCode::BodyMismatch);
        // Another list is another text.
        let fewer = signature.replace(" x-delivery-id", "");
        assert_eq!(
            request(&fewer, "evt-1", BODY).rejection(&verifier),
            ErrorCode::SignatureMismatch
        );
        for (names, code) in [
            ("x-event-id x-event-id", ErrorCode::MalformedHeader),
            ("x-unknown", ErrorCode::MalformedHeader),
            ("x.event", ErrorCode::MalformedHeader),
            ("X-Event-Id", ErrorCode::MalformedHeader),
            ("", ErrorCode::MalformedHeader),
            ("x-event-type", ErrorCode::MissingHeader),
        ] {
            let signature = signed(names, &["evt-1"], BODY);
            assert_eq!(
                request(&signature, "evt-1", BODY).rejection(&verifier),
                code,
                "{names}"
            );
        }
    }
}
