//! What must hold for any input: what was signed verifies, what was changed
//! does not, and nothing panics.

mod common;

use std::net::IpAddr;
use std::sync::LazyLock;

use common::{CUSTOM, Delivery, FORM, Facts, NOW, SECRET, mentions_id, schemes, signature_header};
use hookseal::{Coverage, CoverageLevel, ErrorCode, Headers, Options, Request, Signing, Verifier};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// One verifier for each embedded scheme, and one for the custom scheme.
static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    // Without a separator between pairs, which would reject parameters that hold it.
    let custom = CUSTOM.replace("{name}={value}&", "{name}{value}");
    let custom = Verifier::new(&custom, Options::new().with("secret", SECRET)).unwrap();
    let embedded = schemes().into_iter().map(|scheme| scheme.verifier());
    embedded.chain([custom]).collect()
});

/// The same behind proxies, so that forwarded headers are read as well.
static PROXIED: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    let proxied = |scheme: &common::Scheme| {
        let options = scheme
            .options()
            .with("trusted_proxies", "10.0.0.0/8")
            .with("allowed_hosts", vec!["example.com", "example.com:8443"]);
        Verifier::new(&scheme.id, options).unwrap()
    };
    schemes().iter().map(proxied).collect()
});

fn verifier() -> impl Strategy<Value = &'static Verifier> {
    (0..VERIFIERS.len()).prop_map(|index| &VERIFIERS[index])
}

/// Pieces of queries and forms, with everything that has a meaning in them.
fn pairs() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9_.~-]{0,6}=[a-zA-Z0-9_.~-]{0,6}",
        1 => "[a-c](=[a-c])?",
        2 => "(%[0-9a-fA-F]{2}|\\+|%|[a-z=]){0,8}",
        1 => Just(String::new()),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.join("&"))
}

fn url() -> impl Strategy<Value = String> {
    let origin =
        "(https?|wss?|HTTPS)://([a-z]{1,4}(:[a-z]{0,3})?@)?[a-zA-Z0-9.-]{1,12}(:[0-9]{1,5})?";
    let path = "(/([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2}|\u{e9}){0,8}){0,3}";
    let query = proptest::option::of(pairs());
    (origin, path, query).prop_map(|(origin, path, query)| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        format!("{origin}{path}{query}")
    })
}

/// A delivery that every scheme signs: a form by POST, or nothing by GET.
fn delivery() -> impl Strategy<Value = Delivery> {
    prop_oneof![
        (url(), pairs()).prop_map(|(url, body)| Delivery::form(&url, &body)),
        url().prop_map(|url| Delivery::new("GET", &url, b"")),
    ]
}

fn sign(verifier: &Verifier, delivery: &Delivery, id: &str) -> Delivery {
    let signing = Signing {
        delivery_id: Some(id),
        timestamp: Some(NOW),
        key_id: None,
    };
    let sign = |delivery: &Delivery| delivery.request(|request| verifier.sign(request, &signing));
    let mut delivery = delivery.clone();
    let added = match sign(&delivery) {
        Err(error) if error.code() == ErrorCode::MethodNotAllowed => {
            delivery.method = b"POST".to_vec();
            sign(&delivery)
        }
        added => added,
    };
    added
        .unwrap()
        .into_iter()
        .fold(delivery, |delivery, (name, value)| {
            delivery.with(&name, value)
        })
}

/// Bytes that look a little like what a scheme reads.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(vec![
        "v1=",
        "v1,",
        "t=",
        "sha256=",
        ",",
        " ",
        ", ",
        "=",
        ";",
        "1700000000",
        "0",
        "host=",
        "proto=",
        "example.com",
        "https",
        "8443",
        "\"",
        "10.0.0.1",
        "application/x-www-form-urlencoded",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ]);
    prop_oneof![
        vec(any::<u8>(), 0..64),
        vec(piece, 0..8).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

fn arbitrary_url() -> impl Strategy<Value = Vec<u8>> {
    let after = |start: &'static str| {
        vec(any::<u8>(), 0..48).prop_map(move |rest| [start.as_bytes(), &rest].concat())
    };
    prop_oneof![
        url().prop_map(String::into_bytes),
        after(""),
        after("/"),
        after("https://"),
        after("https://[::1]"),
        after("https://example.com/?"),
        after("https://example.com/?bodySHA256="),
    ]
}

/// Json of a shape that nobody meant.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec![
            "hmac-sha256",
            "hex",
            "{body}",
            "header:a",
            "query:b",
            "present",
            "form",
            ""
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let names = select(vec![
            "hex", "secret", "from", "when", "signed", "list", "method", "a",
        ]);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((names, inner), 0..4)
                .prop_map(|fields| fields.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()),
        ]
    })
}

/// Every place of a JSON value, by its pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Verifies something with whatever compiled: it must answer, not panic.
fn exercise(scheme: &str) -> Result<(), TestCaseError> {
    let options = Options::new().with("secret", SECRET);
    match Verifier::new(scheme, options) {
        Ok(verifier) => {
            let url = "https://example.com:1/?digest=00&a=b";
            for delivery in [Delivery::form(url, "a=b"), Delivery::new("GET", url, b"")] {
                let delivery = verifier
                    .header_names()
                    .iter()
                    .filter(|name| ***name != *"content-type")
                    .fold(delivery, |delivery, name| delivery.with(name, "t=1,v1=00"));
                prop_assert!(delivery.verify(&verifier).is_err());
            }
        }
        Err(error) => prop_assert_eq!(error.code(), ErrorCode::Configuration),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_signed_verifies(
        verifier in verifier(),
        delivery in delivery(),
        id in "[A-Za-z0-9_-]{1,40}",
    ) {
        let signed = sign(verifier, &delivery, &id);
        let facts = signed.verify(verifier);
        prop_assert!(facts.is_ok(), "{} {:?} {:?}", verifier.scheme(), facts, signed);
        let facts = facts.unwrap();
        prop_assert_eq!(&facts.payload, &delivery.body);
        let has_id = facts.covers.delivery_id == Coverage::Signed && mentions_id(&facts.covers);
        prop_assert_eq!(facts.delivery_id, has_id.then(|| id.into_bytes()));
    }

    // Pitfalls BODY-2, BODY-4.
    #[test]
    fn a_body_of_any_bytes_verifies_where_it_can_be_signed(
        verifier in verifier(),
        url in url(),
        body in vec(any::<u8>(), 0..200),
        is_form in any::<bool>(),
    ) {
        let delivery = Delivery::new("POST", &url, &body);
        let delivery = if is_form { delivery.header(FORM.0, FORM.1) } else { delivery };
        let signing = common::signing();
        let added = delivery.request(|request| verifier.sign(request, &signing));
        // What no variant signs is rejected with its code, on both sides.
        match added {
            Ok(_) => {
                let facts = sign(verifier, &delivery, "id").verify(verifier);
                prop_assert!(facts.is_ok(), "{} {:?}", verifier.scheme(), facts);
            }
            Err(error) => {
                prop_assert!(!is_form, "{error}");
                let mut covers = verifier.coverage();
                let signs_type = covers.any(|it| it.parts.iter().any(|part| part == "header:content-type"));
                let expected = match signs_type {
                    true => ErrorCode::MissingHeader,
                    false => ErrorCode::BodyMismatch,
                };
                prop_assert_eq!(error.code(), expected);
            }
        }
    }

    #[test]
    fn any_single_bit_of_a_signature_counts(
        verifier in verifier(),
        delivery in delivery(),
        index in any::<Index>(),
        bit in 0_u8..8,
    ) {
        let signed = sign(verifier, &delivery, "id");
        let name = signature_header(verifier);
        let before = signed.value(&name).to_vec();
        let mut after = before.clone();
        after[index.index(before.len())] ^= 1 << bit;
        let changed = signed.clone().with(&name, &after).verify(verifier);
        // Hexadecimal digits mean the same in either case, and so does the word that
        // `Authorization` begins with.
        let word = match &*name {
            "authorization" => before.iter().position(|byte| *byte == b' ').unwrap_or(0),
            _ => 0,
        };
        let is_same_hex = after.eq_ignore_ascii_case(&before)
            && changed == signed.verify(verifier)
            && after[word..].iter().zip(&before[word..]).all(|(a, b)| a == b || a.is_ascii_hexdigit());
        prop_assert!(changed.is_err() || is_same_hex, "{} {:?}", verifier.scheme(), changed);
    }

    // Pitfalls BODY-3, SIG-2.
    #[test]
    fn any_changed_byte_of_what_is_covered_in_full_counts(
        verifier in verifier(),
        body in vec(any::<u8>(), 1..100),
        index in any::<Index>(),
        bit in 0_u8..8,
    ) {
        let delivery = Delivery::new("POST", "https://example.com/", &body);
        let signing = common::signing();
        prop_assume!(delivery.request(|request| verifier.sign(request, &signing)).is_ok());
        let mut signed = sign(verifier, &delivery, "id");
        let covers = signed.verify(verifier).unwrap().covers;
        signed.body[index.index(body.len())] ^= 1 << bit;
        let changed = signed.verify(verifier);
        match covers.body {
            CoverageLevel::Full => prop_assert!(changed.is_err()),
            CoverageLevel::Part | CoverageLevel::Joined | CoverageLevel::Weak => {}
            CoverageLevel::None => prop_assert!(changed.is_ok()),
        }
    }

    // Pitfall HDR-1.
    #[test]
    fn order_and_case_of_headers_do_not_matter(
        verifier in verifier(),
        delivery in delivery(),
        noise in vec(("x-[a-z]{1,8}", "[ -~]{0,8}"), 0..8),
        order in vec(any::<u32>(), 16),
        upper in any::<u64>(),
    ) {
        let mut signed = sign(verifier, &delivery, "id");
        let before = signed.verify(verifier).unwrap();
        let noise = noise.into_iter().map(|(name, value)| (format!("{name}-noise"), value));
        signed.headers.extend(noise.map(|(name, value)| (name.into_bytes(), value.into_bytes())));
        let mut headers: Vec<_> = signed.headers.iter().zip(order).collect();
        headers.sort_by_key(|(_, key)| *key);
        signed.headers = headers.into_iter().map(|(header, _)| header.clone()).collect();
        for (name, _) in &mut signed.headers {
            for (position, byte) in name.iter_mut().enumerate() {
                if upper >> (position % 64) & 1 == 1 {
                    byte.make_ascii_uppercase();
                }
            }
        }
        prop_assert_eq!(signed.verify(verifier).unwrap(), before);
    }

    // Pitfalls ERR-1, DOS-3.
    #[test]
    fn no_request_panics_and_none_verifies_by_chance(
        method in prop_oneof![Just(b"POST".to_vec()), Just(b"GET".to_vec()), vec(any::<u8>(), 0..8)],
        url in arbitrary_url(),
        values in vec(header_value(), 12),
        repeat in any::<u16>(),
        body in prop_oneof![vec(any::<u8>(), 0..64), pairs().prop_map(String::into_bytes)],
        now in prop_oneof![Just(NOW), any::<i64>()],
    ) {
        for verifier in VERIFIERS.iter().chain(PROXIED.iter()) {
            let mut headers: Vec<(&[u8], &[u8])> = Vec::new();
            for (position, (name, value)) in verifier.header_names().iter().zip(&values).enumerate() {
                headers.push((name.as_bytes(), value));
                if repeat >> position & 1 == 1 {
                    headers.push((name.as_bytes(), &values[11]));
                }
            }
            for peer in [None, Some(IpAddr::from([10, 0, 0, 1]))] {
                let request = Request {
                    method: &method,
                    target: &url,
                    authority: None,
                    scheme: None,
                    headers: Headers::Pairs(&headers),
                    body: &body,
                    peer,
                };
                let verified = verifier.verify_at(&request, now).map(|it| Facts::of(&it));
                prop_assert!(verified.is_err(), "{} {:?}", verifier.scheme(), verified);
                let code = verified.unwrap_err().code();
                prop_assert!(code != ErrorCode::Internal || now != NOW, "{}", verifier.scheme());
            }
        }
    }

    #[test]
    fn no_request_panics_when_it_is_signed(
        method in prop_oneof![Just(b"POST".to_vec()), vec(any::<u8>(), 0..8)],
        url in arbitrary_url(),
        id in any::<String>(),
        timestamp in any::<i64>(),
        key_id in proptest::option::of(any::<String>()),
        body in vec(any::<u8>(), 0..64),
    ) {
        let delivery = Delivery { method, url, headers: Vec::new(), body };
        let signing = Signing {
            delivery_id: Some(&id),
            timestamp: Some(timestamp),
            key_id: key_id.as_deref(),
        };
        for verifier in VERIFIERS.iter() {
            let _ = delivery.request(|request| verifier.sign(request, &signing));
        }
    }

    // Pitfalls TIME-1, TIME-6.
    #[test]
    fn the_edges_of_the_window_are_inside(
        tolerance in prop_oneof![Just(0), Just(86_400), 0_i64..=86_400],
        age in prop_oneof![-2_i64..=2, -90_000_i64..=90_000],
        at_edge in any::<bool>(),
        time in prop_oneof![Just(0_i64), 0_i64..=253_402_300_799],
    ) {
        let age = if at_edge { age.signum() * tolerance + age % 2 } else { age };
        let now = time.saturating_add(age);
        prop_assume!((0..=253_402_300_799).contains(&now));
        for scheme in schemes() {
            let options = scheme.options().with("tolerance", tolerance);
            // A scheme without a signed time has no window.
            let Ok(verifier) = Verifier::new(&scheme.id, options) else { continue };
            let signing = Signing { timestamp: Some(time), ..common::signing() };
            let delivery = Delivery::form("https://example.com/", "a=b");
            let added = delivery.request(|request| verifier.sign(request, &signing).unwrap());
            let signed = added
                .into_iter()
                .fold(delivery, |delivery, (name, value)| delivery.with(&name, value));
            let got = signed.verify_at(&verifier, now).map(|facts| facts.timestamp);
            let expected = if age > tolerance {
                Err(ErrorCode::TimestampTooOld)
            } else if -age > tolerance {
                Err(ErrorCode::TimestampInFuture)
            } else {
                Ok(Some(time))
            };
            prop_assert_eq!(got.map_err(|error| error.code()), expected, "{} s", age);
        }
    }

    #[test]
    fn no_text_panics_as_options(
        text in prop_oneof![any::<String>(), "[\\[\\]{}\":,0-9a-z. ]{0,40}"],
        bytes in vec(any::<u8>(), 0..64),
        value in json(),
    ) {
        let object = serde_json::json!({"secret": value, "allowed_ips": value, "tolerance": value});
        let texts = [text.clone().into_bytes(), bytes, value.to_string().into(), object.to_string().into()];
        for json in texts {
            let options = Options::from_json(&json);
            match options.and_then(|options| Verifier::new("github", options)) {
                Ok(verifier) => prop_assert_eq!(verifier.scheme(), "github"),
                Err(error) => prop_assert_eq!(error.code(), ErrorCode::Configuration),
            }
        }
        exercise(&text)?;
        exercise(&format!("{{{text}"))?;
    }

    #[test]
    fn no_change_of_a_custom_scheme_panics(
        place in any::<Index>(),
        value in json(),
        remove in any::<bool>(),
        position in any::<Index>(),
        length in 0_usize..12,
        splice in prop_oneof![any::<String>(), "[{}\\[\\]\":,|'a-z]{0,12}"],
    ) {
        let mut scheme: Value = serde_json::from_str(CUSTOM).unwrap();
        let mut all = Vec::new();
        places(&scheme, "", &mut all);
        let pointer = &all[place.index(all.len())];
        if let Some((parent, name)) = pointer.rsplit_once('/').filter(|_| remove) {
            match scheme.pointer_mut(parent).unwrap() {
                Value::Object(fields) => { fields.remove(name); }
                Value::Array(items) => { items.remove(name.parse().unwrap()); }
                _ => unreachable!("only these have members"),
            }
        } else {
            *scheme.pointer_mut(pointer).unwrap() = value;
        }
        exercise(&scheme.to_string())?;

        // The scheme is ASCII, so any position is between two characters.
        let start = position.index(CUSTOM.len());
        let end = (start + length).min(CUSTOM.len());
        exercise(&[&CUSTOM[..start], &splice, &CUSTOM[end..]].concat())?;
    }

    #[test]
    fn no_template_panics(template in "[{}|' a-z_]{0,40}|(\\{(url|body|form|query|timestamp|delivery_id|x)(\\|(base|sort|unique|pairs '[{}namevlu]{0,16}'))*\\}?){0,4}") {
        let mut scheme: Value = serde_json::from_str(CUSTOM).unwrap();
        scheme["variant"][1]["signed"] = template.into();
        exercise(&scheme.to_string())?;
    }
}
