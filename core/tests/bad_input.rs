//! Hostile and broken input: each gets one typed error, and none a panic.

mod common;

use common::{Delivery, FORM, NOW, SECRET, Scheme, schemes, signature_header};
use hookseal::{Coverage, CoverageLevel, ErrorCode, OptionValue, Options, Verifier};

const URL: &str = "https://example.com/hook";

/// A signed delivery for each scheme: its verifier, the name of the signature's
/// header, and the delivery.
fn signed() -> Vec<(Scheme, Verifier, String, Delivery)> {
    let prepare = |scheme: Scheme| {
        let verifier = scheme.verifier();
        let name = signature_header(&verifier);
        let delivery = Delivery::form(URL, "From=1&To=2").signed(&verifier);
        assert!(delivery.verify(&verifier).is_ok(), "{}", scheme.id);
        (scheme, verifier, name, delivery)
    };
    schemes().into_iter().map(prepare).collect()
}

fn rejected_options(scheme: &str, options: Options) -> String {
    let error = Verifier::new(scheme, options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    error.detail().to_owned()
}

// Pitfall MW-2.
#[test]
fn an_unknown_option_is_named_with_what_is_allowed() {
    for scheme in schemes() {
        for unknown in [
            "colour",
            "Secret",
            "secrets",
            "auth-token",
            "",
            "id",
            "caf\u{e9}\n",
        ] {
            let detail = rejected_options(&scheme.id, scheme.options().with(unknown, "x"));
            assert!(detail.contains(&scheme.option), "{detail}");
            assert!(detail.contains("public_url"), "{detail}");
            assert!(
                detail.contains(&unknown.escape_debug().to_string()),
                "{detail}"
            );
        }
    }
}

#[test]
fn an_unknown_scheme_is_named_unless_it_may_be_a_secret() {
    assert!(rejected_options("githib", Options::new()).contains("githib"));
    let detail = rejected_options("GitHub", Options::new());
    assert!(detail.contains("lower case: github"), "{detail}");
    for scheme in [
        "",
        " ",
        "whsec_MfKQ9r8GKYqrTwjUPD8IL",
        "\0",
        "../github",
        "github\n",
    ] {
        let detail = rejected_options(scheme, Options::new());
        assert!(
            detail.contains("(not shown: it might be a secret)") || scheme.is_empty(),
            "{detail}"
        );
    }
}

// Pitfalls KEY-1, KEY-2, KEY-3.
#[test]
fn a_secret_that_is_no_secret_is_rejected() {
    for scheme in schemes() {
        let Scheme { id, option, .. } = &scheme;
        let rejected = |value: OptionValue| {
            let shown = format!("{value:?}");
            let detail = rejected_options(id, scheme.with(value));
            assert!(detail.contains(option), "{id}, {shown}: {detail}");
        };
        assert!(rejected_options(id, scheme.constants()).contains(option));
        for text in [
            "",
            " ",
            "\t\n",
            "\u{a0}",
            " padded-secret-value",
            "padded-secret-value\n",
            "\"quoted-secret-value\"",
            "'quoted-secret-value'",
            "nul\0in-the-secret-value",
            "changeme",
            "TODO",
            "<your auth token>",
            "${AUTH_TOKEN}",
            "xxxxxxxxxxxxxxxx",
        ] {
            rejected(text.into());
            rejected(vec![text].into());
            rejected(vec![OptionValue::from(SECRET), text.into()].into());
        }
        rejected((&b""[..]).into());
        rejected(7.into());
        rejected(true.into());
        rejected(Vec::<OptionValue>::new().into());
        rejected(vec![SECRET; 17].into());
        rejected(vec![OptionValue::from(vec![SECRET])].into());
        rejected(OptionValue::Object([("".to_owned(), SECRET.into())].into()));
        rejected(OptionValue::Object(
            [("x".repeat(65), SECRET.into())].into(),
        ));
        rejected(OptionValue::Object([].into()));
    }
}

#[test]
fn the_common_options_are_checked() {
    let rejected = |name: &str, value: OptionValue| {
        let shown = format!("{name} {value:?}");
        let options = Options::new().with("secret", SECRET).with(name, value);
        let detail = rejected_options("github", options);
        assert!(detail.contains(name), "{shown}: {detail}");
    };
    for url in [
        "",
        "example.com",
        "/a",
        "https://",
        "https://h/?q",
        "https://h/#f",
        "https://h/a b",
    ] {
        rejected("public_url", url.into());
    }
    for list in [
        vec![],
        vec![""],
        vec!["localhost"],
        vec!["10.0.0.0/33"],
        vec!["10.0.0.1", "x"],
    ] {
        rejected("trusted_proxies", list.clone().into());
        rejected("allowed_ips", list.into());
    }
    let second = Options::new()
        .with("secret", SECRET)
        .with("allowed_ips", vec!["10.0.0.1", "10.0.0.0/8.", "x"]);
    assert!(rejected_options("github", second).contains("allowed_ips: entry 1 is no IP address"));
    rejected("trusted_proxies", "10.0.0.0/8".into());
    for host in ["", "a b", "https://example.com", "h/p", "caf\u{e9}.example"] {
        rejected("allowed_hosts", host.into());
    }
    for number in [0, -1, i64::MIN] {
        rejected("max_body_bytes", number.into());
    }
    rejected("tolerance", 300.into());
    for name in [
        "public_url",
        "allowed_hosts",
        "allowed_ips",
        "trusted_proxies",
        "max_body_bytes",
    ] {
        rejected(name, true.into());
    }
    for value in [1.into(), "true".into()] {
        rejected("require_https", value);
    }
    for seconds in [-1, 86_401, i64::MAX] {
        let options = Options::new()
            .with("secret", SECRET)
            .with("tolerance", seconds);
        assert!(rejected_options("stripe", options).contains("tolerance"));
    }
}

#[test]
fn options_that_are_no_json_object_of_options_are_rejected() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for json in [
        "",
        "null",
        "1",
        "[]",
        "\"secret\"",
        "{",
        "{}}",
        "{\"secret\":}",
        "{\"secret\": null}",
        "{\"secret\": 1.5}",
        "{\"secret\": 9223372036854775808}",
        "{\"a\": 1, \"a\": 1}",
        "{\"secret\": {\"a\": \"x\", \"a\": \"y\"}}",
        "{secret: 1}",
        "\u{feff}{}",
        &deep,
        &format!("{{\"secret\": {deep}}}"),
    ] {
        let error = Options::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{:.40}", json);
    }
    assert!(Options::from_json(b"{\"secret\": \"\xff\"}").is_err());
    let empty = Options::from_json(br#"{"secret": {"hex": ""}}"#).unwrap();
    assert!(rejected_options("github", empty).contains("empty"));
}

// Pitfall DOWN-3.
#[test]
fn a_missing_or_empty_header_is_missing() {
    for (scheme, verifier, name, delivery) in signed() {
        let removed = delivery.clone().without(&name);
        assert_eq!(
            removed.rejection(&verifier),
            ErrorCode::MissingHeader,
            "{}",
            scheme.id
        );
        let empty = delivery.clone().with(&name, "");
        assert_eq!(
            empty.rejection(&verifier),
            ErrorCode::MalformedHeader,
            "{}",
            scheme.id
        );
        let covers = verifier.coverage().next().unwrap();
        for other in verifier
            .header_names()
            .iter()
            .filter(|other| ***other != *name)
        {
            let is_there = |header: &(Vec<u8>, Vec<u8>)| header.0 == other.as_bytes();
            if !delivery.headers.iter().any(is_there) {
                continue;
            }
            assert!(covers.delivery_id != Coverage::None || covers.timestamp == Coverage::Signed);
            // An id that nothing signs is no fact, so nobody misses it.
            let is_missed = covers.timestamp == Coverage::Signed || common::mentions_id(covers);
            for broken in [
                delivery.clone().without(other),
                delivery.clone().with(other, ""),
            ] {
                let code = broken.verify(&verifier).err().map(|error| error.code());
                let expected = is_missed.then_some(ErrorCode::MissingHeader);
                assert_eq!(code, expected, "{other}");
            }
        }
    }
}

// Pitfall HDR-2.
#[test]
fn a_doubled_header_counts_once_and_a_different_one_is_ambiguous() {
    for (scheme, verifier, name, delivery) in signed() {
        let value = delivery.value(&name).to_vec();
        let same = delivery.clone().header(&name.to_uppercase(), &value);
        assert!(same.verify(&verifier).is_ok(), "{}", scheme.id);
        for other in [&b""[..], b"x", &[value.as_slice(), b" "].concat()] {
            for doubled in [
                delivery.clone().header(&name, other),
                delivery.clone().with(&name, other).header(&name, &value),
            ] {
                assert_eq!(
                    doubled.rejection(&verifier),
                    ErrorCode::AmbiguousHeader,
                    "{}",
                    scheme.id
                );
            }
        }
    }
}

// Pitfall SIG-6.
#[test]
fn a_header_that_is_no_ascii_text_is_malformed() {
    for (scheme, verifier, name, delivery) in signed() {
        let value = delivery.value(&name).to_vec();
        for junk in [
            &b"\xff"[..],
            "\u{ff21}".as_bytes(),
            b"\0",
            b"\n",
            b"\r\n x: y",
            b"\x7f",
        ] {
            for broken in [
                [junk, &value].concat(),
                [&value, junk].concat(),
                junk.to_vec(),
            ] {
                let delivery = delivery.clone().with(&name, &broken);
                let code = delivery.rejection(&verifier);
                assert_eq!(code, ErrorCode::MalformedHeader, "{} {broken:?}", scheme.id);
            }
        }
    }
}

// Pitfall SIG-1.
#[test]
fn a_signature_of_every_truncated_length_is_rejected() {
    for (scheme, verifier, name, delivery) in signed() {
        let value = delivery.value(&name).to_vec();
        for length in 0..value.len() {
            for cut in [&value[..length], &value[value.len() - length..]] {
                let code = delivery.clone().with(&name, cut).rejection(&verifier);
                assert_eq!(code, ErrorCode::MalformedHeader, "{} {length}", scheme.id);
            }
        }
        for longer in [
            [value.as_slice(), b"0"].concat(),
            [&value[..], b"="].concat(),
        ] {
            let code = delivery.clone().with(&name, longer).rejection(&verifier);
            assert_eq!(code, ErrorCode::MalformedHeader, "{}", scheme.id);
        }
    }
}

// Pitfall SIG-4.
#[test]
fn junk_within_a_signature_is_not_passed_over() {
    for (scheme, verifier, name, delivery) in signed() {
        let value = delivery.value(&name).to_vec();
        let tail = value.len() - 12;
        for junk in [" ", "\t", "-", "_", "!", "%2B", "=", ".", ":"] {
            let (start, end) = value.split_at(tail);
            let added = [start, junk.as_bytes(), end].concat();
            let replaced = [start, junk.as_bytes(), end.get(junk.len()..).unwrap()].concat();
            for broken in [added, replaced] {
                let code = delivery.clone().with(&name, &broken).rejection(&verifier);
                assert_eq!(code, ErrorCode::MalformedHeader, "{} {junk:?}", scheme.id);
            }
        }
    }
}

// Pitfall SIG-5.
#[test]
fn a_thousand_signatures_are_rejected_before_they_are_compared() {
    for (scheme, verifier, name, delivery) in signed() {
        let value = String::from_utf8(delivery.value(&name).to_vec()).unwrap();
        for separator in [",", " ", ", "] {
            let many = [value.as_str(); 1000].join(separator);
            let code = delivery.clone().with(&name, many).rejection(&verifier);
            assert_eq!(
                code,
                ErrorCode::MalformedHeader,
                "{} {separator:?}",
                scheme.id
            );
        }
        let commas = ",".repeat(100_000);
        let code = delivery.clone().with(&name, commas).rejection(&verifier);
        assert_eq!(code, ErrorCode::MalformedHeader, "{}", scheme.id);
    }
}

#[test]
fn ten_thousand_headers_change_nothing() {
    for (scheme, verifier, name, delivery) in signed() {
        let before = delivery.verify(&verifier).unwrap();
        let mut many = delivery.clone();
        let noise = (0..10_000).map(|number| (format!("x-{number}").into(), b"y".to_vec()));
        many.headers.extend(noise);
        many.headers.reverse();
        assert_eq!(many.verify(&verifier).unwrap(), before, "{}", scheme.id);

        let value = delivery.value(&name).to_vec();
        let repeated = vec![(name.into_bytes(), value); 10_000];
        let mut same = delivery.clone();
        same.headers.extend(repeated);
        assert_eq!(same.verify(&verifier).unwrap(), before, "{}", scheme.id);
    }
}

// Pitfall DOS-1.
#[test]
fn the_longest_body_is_looked_at_and_one_byte_more_is_too_large() {
    for (id, of_a_form, of_any) in [
        ("plivo", 1 << 20, 1 << 20),
        ("plivo-messaging", 1 << 20, 10 << 20),
        ("twilio", 1 << 20, 10 << 20),
        ("github", 10 << 20, 10 << 20),
    ] {
        let verifier = verifier_of(id, Options::new());
        assert_eq!(verifier.max_body_bytes(), of_any, "{id}");
        let mut delivery = Delivery::form(URL, "a=b").signed(&verifier);
        delivery.body = b"&".repeat(of_a_form);
        assert_eq!(
            delivery.rejection(&verifier),
            ErrorCode::SignatureMismatch,
            "{id}"
        );
        delivery.body.push(b'&');
        assert_eq!(
            delivery.rejection(&verifier),
            ErrorCode::BodyTooLarge,
            "{id}"
        );

        let chosen = Options::new().with("max_body_bytes", 12_i64 << 20);
        let verifier = verifier_of(id, chosen);
        assert_eq!(verifier.max_body_bytes(), 12 << 20, "{id}");
        let mut delivery = Delivery::form(URL, "a=b").signed(&verifier);
        delivery.body = b"&".repeat(12 << 20);
        assert_eq!(
            delivery.rejection(&verifier),
            ErrorCode::SignatureMismatch,
            "{id}"
        );
    }
}

#[test]
fn what_many_keys_would_make_dear_is_taken_in_shorter_bodies() {
    let dear = custom("{timestamp}{body}", 300).replace("hmac-sha256", "hmac-sha512");
    assert!(dear.contains("hmac-sha512"));
    let limit = |keys: usize| {
        let secrets: Vec<_> = (0..keys)
            .map(|key| OptionValue::Bytes(vec![b'a' + key as u8; 32].into()))
            .collect();
        let options = Options::new().with("secret", OptionValue::List(secrets));
        Verifier::new(&dear, options).unwrap().max_body_bytes()
    };
    // A MAC that costs three times as much as SHA-256.
    assert_eq!(limit(1), 10 << 20);
    assert_eq!(limit(16), (200 << 20) / 48);
}

// Pitfall DOS-2.
#[test]
fn a_flood_of_parameters_is_too_large_and_many_long_ones_are_not() {
    let verifier = verifier_of("plivo", Options::new());
    let mut delivery = Delivery::form(URL, "a=b").signed(&verifier);
    delivery.body = b"a=b&".repeat(1025);
    assert_eq!(delivery.rejection(&verifier), ErrorCode::BodyTooLarge);
    for body in [
        "a=b&".repeat(1024),
        format!("a={}&", "b".repeat(61)).repeat(16 * 1024),
    ] {
        let delivery = Delivery::form(URL, &body).signed(&verifier);
        assert!(delivery.verify(&verifier).is_ok());
    }
}

/// A verifier of an embedded scheme that signs.
fn verifier_of(id: &str, options: Options) -> Verifier {
    let scheme = schemes().into_iter().find(|scheme| scheme.id == id);
    let secret = scheme.unwrap().option;
    Verifier::new(id, options.with(&secret, SECRET)).unwrap()
}

// Pitfall BODY-2.
#[test]
fn every_byte_is_fine_in_a_body() {
    let all: Vec<u8> = (0..=255).collect();
    let broken = b"a=%&b=%2&c=%zz&%=%&=&==&&d=%00\0&e=%FF\xff+%2b%+";
    for (scheme, verifier, ..) in signed() {
        for body in [
            &all[..],
            broken,
            b"\0",
            b"%",
            b"=",
            b"+",
            b"\xef\xbb\xbfa=b",
        ] {
            let mut delivery = Delivery::form(URL, "");
            delivery.body = body.to_vec();
            let delivery = delivery.signed(&verifier);
            let facts = delivery.verify(&verifier);
            let facts = facts.unwrap_or_else(|error| panic!("{} {body:?}: {error}", scheme.id));
            assert_eq!(facts.payload, body);
        }
    }
}

#[test]
fn a_url_that_cannot_have_been_called_is_malformed() {
    let huge = format!("https://example.com/{}", "a".repeat(64 * 1024));
    let enormous = format!("https://example.com/?{}", "a=b&".repeat(100_000));
    for scheme in schemes() {
        let verifier = scheme.verifier();
        let delivery = Delivery::form(URL, "a=b").signed(&verifier);
        let elsewhere = Delivery {
            url: b"https://example.com/elsewhere".to_vec(),
            ..delivery.clone()
        };
        // Meta asks its questions in the query.
        let reads_url = elsewhere.verify(&verifier).is_err() || scheme.id == "meta";
        for url in [
            "",
            "/",
            "/path",
            "example.com/a",
            "https://",
            "https:///path",
            "https://?q",
            "https://:443/",
            "https://user@/",
            "://h/",
            "https:/h/",
            "1http://h/",
            "https://h:80x/",
            "https://[::1/",
            "https://h/\0",
            "https://h/\n",
            "https://h\t/",
            "https://h/\x7f",
            &huge,
            &enormous,
        ] {
            let broken = Delivery {
                url: url.as_bytes().to_vec(),
                ..delivery.clone()
            };
            let code = broken.verify(&verifier).err().map(|error| error.code());
            let expected = reads_url.then_some(ErrorCode::MalformedUrl);
            assert_eq!(code, expected, "{} {:.40}", scheme.id, url);
        }
    }
}

#[test]
fn a_method_that_is_none_is_not_allowed() {
    let long = "A".repeat(33);
    for (scheme, verifier, _, delivery) in signed() {
        for method in ["", " ", "PO ST", "POST\0", "POST\n", "P\u{f6}ST", &long] {
            let broken = Delivery {
                method: method.as_bytes().to_vec(),
                ..delivery.clone()
            };
            let code = broken.rejection(&verifier);
            assert_eq!(
                code,
                ErrorCode::MethodNotAllowed,
                "{} {method:?}",
                scheme.id
            );
        }
    }
}

// Pitfall TIME-7.
#[test]
fn a_clock_that_is_wrong_is_no_proof() {
    for (scheme, verifier, _, delivery) in signed() {
        let has_time = verifier.coverage().next().unwrap().timestamp == Coverage::Signed;
        for (now, code) in [
            (i64::MIN, ErrorCode::Internal),
            (-1, ErrorCode::Internal),
            (0, ErrorCode::TimestampInFuture),
            (NOW * 1000, ErrorCode::Internal),
            (i64::MAX, ErrorCode::Internal),
        ] {
            let got = delivery
                .verify_at(&verifier, now)
                .err()
                .map(|error| error.code());
            assert_eq!(got, has_time.then_some(code), "{} {now}", scheme.id);
        }
    }
}

// Pitfall BIND-2.
#[test]
fn a_body_that_is_read_as_a_form_must_be_one() {
    for (scheme, verifier, _, delivery) in signed() {
        let as_json = delivery.clone().with(FORM.0, "application/json");
        let twice = delivery.clone().header(FORM.0, "application/json");
        let covers = delivery.verify(&verifier).unwrap().covers;
        let signs_type = covers
            .parts
            .iter()
            .any(|part| part == "header:content-type");
        let is_form = !matches!(covers.body, CoverageLevel::Full | CoverageLevel::None);
        for broken in [as_json, twice] {
            let got = broken.verify(&verifier);
            assert_eq!(got.is_err(), is_form || signs_type, "{}", scheme.id);
        }
    }
}

/// A custom scheme with one text replaced by another one.
fn rejected_scheme(from: &str, to: &str) -> String {
    let text = common::CUSTOM.replacen(from, to, 1);
    assert_ne!(text, common::CUSTOM, "{from} is not in the scheme");
    let options = Options::new().with("secret", SECRET);
    let Err(error) = Verifier::new(&text, options) else {
        panic!("{to} is accepted");
    };
    assert_eq!(error.code(), ErrorCode::Configuration, "{to}");
    error.detail().to_owned()
}

#[test]
fn a_broken_custom_scheme_is_rejected_with_the_place() {
    let options = Options::new().with("secret", SECRET);
    Verifier::new(common::CUSTOM, options).unwrap();
    for (from, to, place) in [
        ("\"id\": \"custom\"", "\"id\": \"Custom\"", "id"),
        ("\"id\": \"custom\"", "\"id\": \"\"", "id"),
        ("\"id\": \"custom\",", "", "id"),
        (
            "\"id\": \"custom\"",
            "\"id\": \"custom\", \"id\": \"custom\"",
            "duplicate",
        ),
        ("https://docs", "http://docs", "docs"),
        ("unconfirmed", "beta", "status"),
        ("\"GET\"", "\"get\"", "methods"),
        (
            "\"option\": \"secret\"",
            "\"option\": \"Secret\"",
            "key.option",
        ),
        ("\"min_bytes\": 8", "\"min_bytes\": -8", "key.min_bytes"),
        ("hmac-sha512", "hmac-sha3", "signature.algorithm"),
        (
            "\"header:x-signature\"",
            "\"header:X-Signature\"",
            "signature.from",
        ),
        ("\"header:x-signature\"", "\"cookie:x\"", "signature.from"),
        ("\"header:x-signature\"", "\"header:\"", "signature.from"),
        ("\"header:x-signature\"", "\"option:x\"", "from"),
        (
            "[\"header:x-signature\", \"header:x-signature-next\"]",
            "[]",
            "from",
        ),
        (
            "\"split\": \",\"",
            "\"split\": \"ab\"",
            "signature.parse.split",
        ),
        (
            "\"split\": \",\"",
            "\"split\": \",\", \"list\": \";\"",
            "signature.parse",
        ),
        (
            "[\"t={t}\", \"v1={signature}\", \"v2={signature}\"]",
            "[\"t={t}\"]",
            "no pattern holds",
        ),
        (
            "\"encoding\": \"hex\",\n",
            "\"encoding\": \"base58\",\n",
            "signature.encoding",
        ),
        (
            "\"no-port\", \"as-is\"",
            "\"as-is\", \"as-is\"",
            "signature.url",
        ),
        ("\"no-port\"", "\"no-host\"", "signature.url"),
        (
            "{timestamp}|{delivery_id}|{url}",
            "{timestamp}|{secrets}|{url}",
            "variant[0].signed",
        ),
        (
            "{timestamp}|{delivery_id}|{url}",
            "{timestamp}|{url",
            "variant[0].signed",
        ),
        (
            "{timestamp}|{delivery_id}|{url}",
            "{timestamp}|{delivery_id}|{url.base}",
            "require: query:digest is not signed",
        ),
        (
            "{timestamp}|{delivery_id}|{url}",
            "{delivery_id}|{url}",
            "variant[0]: the time at signature:t is not signed",
        ),
        (
            "\"query:digest\": \"present\", ",
            "\"query:digest\": \"there\", ",
            "variant[0].when",
        ),
        (
            "\"body\": \"not-empty\"",
            "\"body\": \"not-empty\", \"body\": \"empty\"",
            "twice",
        ),
        (
            "\"when\": {\"query:digest\": \"present\", \"body\": \"not-empty\"}, ",
            "",
            "variant[0]",
        ),
        ("{\"body\": \"empty\"}", "{}", "variant[2].when"),
        (
            ",\n         \"risk\": \"nothing keeps id and URL apart\"",
            "",
            "variant[2] signs less of the URL",
        ),
        ("signature:t", "signature:", "timestamp.from"),
        (
            "signature:t",
            "signature:u",
            "timestamp: signature.parse names no part",
        ),
        (
            "\"format\": \"unix\"",
            "\"format\": \"iso\"",
            "timestamp.format",
        ),
        (", \"future\": 60", "", "timestamp.tolerance"),
        ("\"past\": 300", "\"past\": -1", "timestamp.tolerance"),
        (
            "\"from\": \"header:x-delivery\"",
            "\"from\": \"signature:id\"",
            "delivery_id",
        ),
        ("\"notes\": [\"a note\"]", "\"note\": \"a note\"", "note"),
    ] {
        let detail = rejected_scheme(from, to);
        assert!(detail.contains(place), "{to}: {detail}");
    }
}

#[test]
fn a_custom_scheme_is_bounded() {
    let digits = |count: usize| (0..count).map(|n| n.to_string());
    let many_variants: Vec<_> = digits(17)
        .map(|n| format!(r#"{{"when": {{"header:x-{n}": "present"}}, "signed": "{{body}}"}}"#))
        .collect();
    let many_headers: Vec<_> = digits(hookseal::MAX_HEADER_NAMES + 1)
        .map(|n| format!("\"header:x-{n}\""))
        .collect();
    let simple = |from: &str, rest: &str| {
        format!(
            r#"{{"id": "a", "title": "A", "docs": "https://a", "status": "stable",
                "key": {{"option": "secret", "hint": ""}},
                "signature": {{"algorithm": "hmac-sha256", "from": {from}, "encoding": "hex", "signed": "{{body}}"}}{rest}}}"#
        )
    };
    let verifier = |text: &str| Verifier::new(text, Options::new().with("secret", SECRET));
    assert!(verifier(&simple("\"header:a\"", "")).is_ok());
    let from = format!("[{}]", many_headers.join(","));
    let variants = format!(r#", "variant": [{}]"#, many_variants.join(","));
    let notes = format!(r#", "notes": ["{}"]"#, "a".repeat(64 * 1024));
    let deep = format!(", \"notes\": {}", "[".repeat(10_000));
    for text in [
        simple(&from, ""),
        simple("\"header:a\"", &variants),
        simple("\"header:a\"", &notes),
        simple("\"header:a\"", &deep),
        simple(&"[".repeat(10_000), ""),
        simple("\"header:a\"", "} {"),
        simple("\"header:a\"", ","),
        "{".to_owned(),
        "{}".to_owned(),
        "{\0}".to_owned(),
    ] {
        let error = verifier(&text).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{text:.80}");
        assert!(error.detail().len() < 1000, "{}", error.detail());
    }
}

// Pitfall DOWN-2.
#[test]
fn a_signature_under_the_wrong_name_proves_nothing() {
    for (scheme, verifier, name, delivery) in signed() {
        let value = delivery.value(&name).to_vec();
        for other in [
            format!("{name} "),
            format!("{name}\0"),
            name.replacen(['-', 'a'], "_", 1),
        ] {
            if other == name {
                continue;
            }
            let moved = delivery.clone().without(&name).header(&other, &value);
            assert_eq!(
                moved.rejection(&verifier),
                ErrorCode::MissingHeader,
                "{}",
                scheme.id
            );
        }
        // The names of the parts are right, and still nothing is signed.
        let empty = verifier
            .header_names()
            .iter()
            .fold(delivery, |delivery, name| delivery.with(name, ""));
        assert!(empty.verify(&verifier).is_err());
    }
}

#[test]
fn a_secret_of_bytes_is_checked_for_slips_as_well() {
    for slip in [&b""[..], b"   ", b"\n", b"changeme", b"<secret>"] {
        for scheme in schemes() {
            rejected_options(&scheme.id, scheme.with(slip));
        }
    }
}

#[test]
fn a_misspelt_option_is_named_even_if_the_secret_is_missing_for_it() {
    for scheme in schemes() {
        let detail = rejected_options(&scheme.id, Options::new().with("secrte", "x"));
        assert!(
            detail.contains("secrte") && detail.contains(&scheme.option),
            "{detail}"
        );
    }
}

#[test]
fn broken_hex_is_no_label() {
    for text in ["0x00", "0g", "0", "0X00"] {
        let json = format!(r#"{{"secret": {{"hex": "{text}"}}}}"#);
        let error = Options::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{text}");
    }
    assert!(Options::from_json(br#"{"secret": {"hex": "00ff"}}"#).is_ok());
}

/// A scheme of one's own, as JSON.
fn custom(signed: &str, tolerance: u64) -> String {
    format!(
        r#"{{
            "id": "custom", "title": "Custom", "docs": "https://example.com/", "status": "stable",
            "key": {{ "option": "secret", "hint": "a secret" }},
            "signature": {{
                "algorithm": "hmac-sha256", "from": "header:x-signature", "encoding": "hex",
                "signed": "{signed}"
            }},
            "delivery_id": {{ "from": "header:x-forwarded-host" }},
            "timestamp": {{
                "from": "header:x-timestamp", "format": "unix",
                "tolerance": {{ "past": {tolerance}, "future": 0 }}
            }}
        }}"#
    )
}

// Pitfall BIND-2.
#[test]
fn a_scheme_that_signs_nothing_of_a_delivery_is_rejected() {
    let options = || Options::new().with("secret", SECRET);
    assert!(rejected_options(&custom("{timestamp}", 300), options()).contains("every delivery"));
    assert!(Verifier::new(&custom("{timestamp}{body}", 300), options()).is_ok());
}

// Pitfalls TIME-3, TIME-8.
#[test]
fn a_window_of_more_than_a_day_is_rejected() {
    let options = || Options::new().with("secret", SECRET);
    assert!(Verifier::new(&custom("{timestamp}{body}", 86_400), options()).is_ok());
    rejected_options(&custom("{timestamp}{body}", 86_401), options());
}

#[test]
fn a_header_that_two_rules_read_has_one_slot() {
    let options = Options::new()
        .with("secret", SECRET)
        .with("allowed_hosts", "api.example.com")
        .with("trusted_proxies", "10.0.0.0/8");
    let verifier = Verifier::new(&custom("{timestamp}{body}{url}", 300), options).unwrap();
    let mut names = verifier.header_names().to_vec();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), verifier.header_names().len());
}
