//! Nothing that the library shows of itself holds a secret, an expected MAC or
//! the body.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use common::{CUSTOM, Delivery, FORM, NOW, Scheme, schemes, signature_header, signing};
use hookseal::{Error, ErrorCode, OptionValue, Options, Verifier};

/// Base64 as well, so that every scheme takes it as a text.
const SECRET: &str = "Pl4ntedS3cretPl4ntedS3cretPl4nte";
const BODY: &str = "Marker=Pl4ntedBodyM4rker";

/// What was shown, and what must not be in it.
struct Watch {
    needles: Vec<String>,
    shown: usize,
}

impl Watch {
    fn new() -> Self {
        let mut watch = Self {
            needles: Vec::new(),
            shown: 0,
        };
        watch.forbid(SECRET.as_bytes());
        watch.forbid(&STANDARD.decode(SECRET).unwrap());
        watch.forbid(b"Pl4ntedBodyM4rker");
        watch
    }

    /// Forbids bytes in each form in which somebody may print them.
    fn forbid(&mut self, bytes: &[u8]) {
        self.needles.extend([
            const_hex::encode(bytes),
            const_hex::encode_upper(bytes),
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
            // As a list of numbers, as a derived `Debug` prints it.
            format!("{bytes:?}").trim_matches(['[', ']']).to_owned(),
            format!("{bytes:02x?}").trim_matches(['[', ']']).to_owned(),
        ]);
        self.needles
            .extend(std::str::from_utf8(bytes).map(str::to_owned));
    }

    /// Forbids the MAC in a signature header: what of its tail decodes to one.
    fn forbid_mac(&mut self, header: &str) {
        let lengths = [20, 32, 64];
        // A byte sequence of RFC 9651 ends in a colon.
        let header = header.trim_end_matches(':');
        let mac = (0..header.len()).find_map(|start| {
            let text = &header[start..];
            let hex = const_hex::decode(text).ok();
            hex.or_else(|| STANDARD.decode(text).ok())
                .filter(|mac| lengths.contains(&mac.len()))
        });
        self.forbid(&mac.expect("a signature header ends in a MAC"));
    }

    fn show(&mut self, text: &str) {
        self.shown += 1;
        for needle in &self.needles {
            assert!(!text.contains(needle.as_str()), "`{needle}` is in: {text}");
        }
    }

    fn debug(&mut self, value: &impl std::fmt::Debug) {
        self.show(&format!("{value:?}"));
        self.show(&format!("{value:#?}"));
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        self.show(&error.to_string());
        self.show(error.detail());
        let source = std::error::Error::source(error);
        assert!(source.is_none(), "a source would be printed as well");
    }
}

fn secrets(scheme: &Scheme) -> [Options; 4] {
    let options = |value: OptionValue| scheme.with(value);
    let labelled = [("current".to_owned(), OptionValue::from(SECRET))];
    [
        options(SECRET.into()),
        options(SECRET.as_bytes().into()),
        options(vec![SECRET, "AnotherS3cretAnotherS3cretAnothe"].into()),
        options(OptionValue::Object(labelled.into())),
    ]
}

/// Deliveries that fail in as many ways as there are.
fn broken(delivery: &Delivery, name: &str) -> Vec<Delivery> {
    let value = delivery.value(name).to_vec();
    let mut flipped = value.clone();
    let last_digit = flipped.len() - 3;
    flipped[last_digit] = if flipped[last_digit] == b'0' {
        b'1'
    } else {
        b'0'
    };
    let part = |change: fn(&mut Delivery)| {
        let mut changed = delivery.clone();
        change(&mut changed);
        changed
    };
    let mut broken = vec![
        delivery.clone().without(name),
        delivery.clone().with(name, flipped),
        delivery.clone().with(name, ""),
        delivery.clone().with(name, &value[..value.len() / 2]),
        delivery.clone().with(name, [&value, &b"\xff"[..]].concat()),
        delivery.clone().header(name, BODY),
        delivery.clone().with(name, SECRET),
        delivery.clone().with(name, [SECRET; 100].join(",")),
        delivery.clone().with(FORM.0, "text/Pl4ntedBodyM4rker"),
        part(|it| it.body.extend(b"&more=1")),
        part(|it| it.body = b"{}".to_vec()),
        part(|it| it.body = BODY.repeat(100).into_bytes()),
        part(|it| it.url = BODY.into()),
        part(|it| it.url = format!("https://h/?{BODY}\n").into_bytes()),
        part(|it| it.url = format!("https://h/?bodySHA256={SECRET}").into_bytes()),
        part(|it| it.method = b"PUT".to_vec()),
        part(|it| it.method = BODY.repeat(9).into_bytes()),
        part(|it| it.method = b"GET".to_vec()),
    ];
    for (name, _) in &delivery.headers {
        let name = std::str::from_utf8(name).unwrap();
        broken.push(delivery.clone().without(name));
        broken.push(delivery.clone().with(name, SECRET));
        broken.push(delivery.clone().header(name, SECRET));
    }
    broken
}

// Pitfalls KEY-6, ERR-2.
#[test]
fn no_verifier_and_no_verdict_shows_a_secret() {
    let mut codes = std::collections::BTreeSet::new();
    for scheme in schemes() {
        for options in secrets(&scheme) {
            let mut watch = Watch::new();
            watch.debug(&options);
            let options = options.with("max_body_bytes", 1000);
            let verifier = Verifier::new(&scheme.id, options).unwrap();
            watch.debug(&verifier);

            let delivery = Delivery::form("https://example.com/a?b=c", BODY).signed(&verifier);
            let name = signature_header(&verifier);
            let header = String::from_utf8(delivery.value(&name).to_vec()).unwrap();
            watch.forbid_mac(&header);
            watch.debug(&verifier);
            delivery.request(|request| {
                watch.debug(&verifier.verify_at(request, NOW).unwrap());
                watch.debug(&verifier.sign(request, &Default::default()).is_ok());
            });
            for delivery in broken(&delivery, &name) {
                let result = delivery.request(|request| {
                    let verified = verifier.verify_at(request, NOW);
                    verified.map(|verified| watch.debug(&verified))
                });
                if let Err(error) = result {
                    watch.error(&error);
                    codes.insert(error.code().as_str());
                }
                let signed = delivery.request(|request| verifier.sign(request, &signing()));
                if let Err(error) = signed {
                    watch.error(&error);
                }
            }
            for now in [-1, 0, NOW + 1000, NOW - 1000, i64::MAX] {
                if let Err(error) = delivery.verify_at(&verifier, now) {
                    watch.error(&error);
                    codes.insert(error.code().as_str());
                }
            }
            assert!(watch.shown > 40);
        }
    }
    // The paths that this test is about were all taken.
    for code in [
        ErrorCode::MissingHeader,
        ErrorCode::MalformedHeader,
        ErrorCode::AmbiguousHeader,
        ErrorCode::SignatureMismatch,
        ErrorCode::TimestampTooOld,
        ErrorCode::TimestampInFuture,
        ErrorCode::MalformedTimestamp,
        ErrorCode::BodyMismatch,
        ErrorCode::BodyTooLarge,
        ErrorCode::MethodNotAllowed,
        ErrorCode::MalformedUrl,
        ErrorCode::Internal,
    ] {
        assert!(codes.contains(code.as_str()), "{code:?} was never shown");
    }
}

#[test]
fn the_policy_s_rejections_show_no_secret() {
    let url = "https://example.com/a";
    let base = || Options::new().with("secret", SECRET);
    let proxied = base()
        .with("trusted_proxies", "10.0.0.1")
        .with("allowed_hosts", "example.com");
    let mut codes = Vec::new();
    for (options, url, forwarded) in [
        (base().with("allowed_ips", "192.0.2.1"), url, ""),
        (
            base().with("require_https", true),
            "http://example.com/",
            "",
        ),
        (
            base().with("allowed_hosts", "example.com"),
            "https://other.example/",
            "",
        ),
        (proxied, url, "host=\"Pl4ntedBodyM4rker\\\""),
    ] {
        let mut watch = Watch::new();
        let verifier = Verifier::new("github", options).unwrap();
        watch.debug(&verifier);
        let delivery = Delivery::new("POST", url, BODY.as_bytes())
            .header("X-Hub-Signature-256", SECRET)
            .header("Forwarded", forwarded);
        delivery.request(|request| {
            let mut request = *request;
            request.peer = Some([10, 0, 0, 1].into());
            let error = verifier.verify_at(&request, NOW).unwrap_err();
            codes.push(error.code());
            watch.error(&error);
        });
    }
    let expected = [
        ErrorCode::IpNotAllowed,
        ErrorCode::InsecureTransport,
        ErrorCode::HostNotAllowed,
        ErrorCode::MalformedHeader,
    ];
    assert_eq!(codes, expected);
}

/// What a request itself shows of the cause of its rejection is told. Neither a
/// password in `public_url` nor a value of the query is, nor a header that has
/// nothing to do with it.
#[test]
fn what_a_request_shows_is_no_secret() {
    let public_url = format!("https://user:{SECRET}@example.com/a");
    let mut told = 0;
    for scheme in schemes() {
        let base = || scheme.with("AnotherS3cretAnotherS3cretAnothe");
        for options in [
            base(),
            base().with("public_url", public_url.as_str()),
            base().with("allowed_ips", "192.0.2.1"),
            base().with("require_https", true),
        ] {
            let mut watch = Watch::new();
            let verifier = Verifier::new(&scheme.id, options).unwrap();
            let url = format!("http://u:{SECRET}@example.com/a?t={SECRET}&{SECRET}");
            let other = scheme.with("N0tThatS3cretN0tThatS3cretN0tTha");
            let other = Verifier::new(&scheme.id, other).unwrap();
            let signature = signature_header(&other);
            let signed = Delivery::form(&url, BODY).signed(&other);
            for delivery in [signed.clone().without(&signature), signed] {
                let name = format!("X-{}", signature.trim_start_matches("x-"));
                let delivery = delivery
                    .header("Cookie", SECRET)
                    .header("Authorization", SECRET)
                    .header("X-Forwarded-For", SECRET)
                    .header("X-Forwarded-Prefix", SECRET)
                    .header("X-Forwarded-Proto", "https")
                    .header("Content-Encoding", "gzip")
                    .header(&name.replace('-', "_"), SECRET);
                let error = delivery.verify(&verifier).unwrap_err();
                watch.error(&error);
                told += usize::from(error.detail().contains("not believed"));
            }
        }
    }
    assert!(told > 10, "{told}");
}

#[test]
fn a_value_is_shown_by_its_kind() {
    let mut watch = Watch::new();
    let labelled = OptionValue::Object([("a".to_owned(), SECRET.into())].into());
    for value in [
        OptionValue::from(SECRET),
        SECRET.as_bytes().into(),
        vec![SECRET].into(),
        labelled,
        0x50_6c34_6e74.into(),
    ] {
        watch.debug(&value);
    }
    watch.debug(&Options::new().with("secret", SECRET));
    let json = format!("{{\"secret\": {{\"a\": \"{SECRET}\"}}, \"b\": [\"{SECRET}\"]}}");
    watch.debug(&Options::from_json(json.as_bytes()).unwrap());
    assert_eq!(watch.shown, 14);
}

#[test]
fn no_rejected_configuration_shows_a_secret() {
    let mut watch = Watch::new();
    let mut rejected = |scheme: &str, options: Options| {
        let error = Verifier::new(scheme, options).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration);
        watch.error(&error);
    };
    for scheme in schemes() {
        let id = scheme.id.as_str();
        let with = |value: OptionValue| scheme.with(value);
        for slip in [
            format!(" {SECRET}"),
            format!("{SECRET}\n"),
            format!("\"{SECRET}\""),
            format!("'{SECRET}'"),
            format!("<{SECRET}>"),
            format!("${{{SECRET}}}"),
            format!("{SECRET}\0"),
        ] {
            rejected(id, with(slip.as_str().into()));
            rejected(id, with(vec![SECRET, slip.as_str()].into()));
        }
        rejected(id, with(vec![SECRET; 17].into()));
        rejected(id, with(vec![OptionValue::from(vec![SECRET])].into()));
        rejected(id, with(SECRET.into()).with("unknown", SECRET));
        rejected(id, with(SECRET.into()).with("public_url", SECRET));
        rejected(id, with(SECRET.into()).with("allowed_ips", SECRET));
        rejected(id, with(SECRET.into()).with("trusted_proxies", SECRET));
        rejected(id, with(SECRET.into()).with("require_https", SECRET));
        rejected(id, with(SECRET.into()).with("max_body_bytes", SECRET));
        rejected(id, with(SECRET.into()).with("tolerance", SECRET));
        rejected(id, Options::new().with("token", SECRET));
        // The secret where the scheme belongs.
        rejected(SECRET, with(id.into()));
        rejected(&format!("{{{SECRET}"), with(SECRET.into()));
    }
    for (prefix, scheme) in [
        ("sk_", "stripe"),
        ("whpk_", "standard-webhooks"),
        ("SK", "twilio"),
    ] {
        let option = if scheme == "twilio" {
            "auth_token"
        } else {
            "secret"
        };
        let key = format!("{prefix}{SECRET}");
        rejected(scheme, Options::new().with(option, key.as_str()));
    }
    let not_base64 = format!("{SECRET}!");
    rejected(
        "standard-webhooks",
        Options::new().with("secret", not_base64.as_str()),
    );
    rejected(CUSTOM, Options::new().with("secret", not_base64.as_str()));
    let broken = CUSTOM.replace("hmac-sha512", "hmac-sha3");
    rejected(&broken, Options::new().with("secret", SECRET));

    for json in [
        format!("{{\"secret\": \"{SECRET}\""),
        format!("{{\"secret\": \"{SECRET}\", \"secret\": \"{SECRET}\"}}"),
        format!("{{\"secret\": \"{SECRET}\", \"b\": null}}"),
        format!("[\"{SECRET}\"]"),
        format!("\"{SECRET}\""),
        format!("{{{SECRET}: 1}}"),
        SECRET.to_owned(),
    ] {
        watch.error(&Options::from_json(json.as_bytes()).unwrap_err());
    }
}
