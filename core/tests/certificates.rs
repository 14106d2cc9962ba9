//! Certificates that a delivery points to, through the calls that a package makes:
//! verify, fetch where that may help, verify again.

mod common;

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::option_values::{INTERMEDIATE, LEAF, ROOT, RSA_KEY, TOPIC};
use hookseal::{CoverageLevel, ErrorCode, Headers, OptionValue, Options, Request, Verifier};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::json;

const NOW: i64 = 1_700_000_000;
const HOST: &str = "https://sns.us-east-1.amazonaws.com";

fn address(id: &str) -> String {
    format!("{HOST}/SimpleNotificationService-{id}.pem")
}

/// The key of [`LEAF`].
fn key() -> RsaKeyPair {
    let text = include_str!("../../tests/keys/test-only-rsa-1.pem");
    let begin = "-----BEGIN PRIVATE KEY-----";
    let (_, rest) = text.split_once(begin).unwrap();
    let (base64, _) = rest.split_once("-----END").unwrap();
    let base64: String = base64.split_ascii_whitespace().collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).unwrap()).unwrap()
}

fn sign(message: &str) -> String {
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    let random = SystemRandom::new();
    key.sign(
        &RSA_PKCS1_SHA256,
        &random,
        message.as_bytes(),
        &mut signature,
    )
    .unwrap();
    STANDARD.encode(signature)
}

/// A notification as Amazon sends it, whose certificate is at that address.
fn notification(address: &str) -> serde_json::Value {
    let (id, time) = ("22b80b92", "2023-11-14T22:13:20.000Z");
    let signed = format!(
        "Message\nhello\nMessageId\n{id}\nTimestamp\n{time}\nTopicArn\n{TOPIC}\nType\nNotification\n"
    );
    json!({
        "Type": "Notification", "MessageId": id, "TopicArn": TOPIC, "Message": "hello",
        "Timestamp": time, "SignatureVersion": "2", "SigningCertURL": address,
        "Signature": sign(&signed),
    })
}

/// The same with somebody else's signature.
fn forged(address: &str) -> serde_json::Value {
    let mut message = notification(address);
    message["Signature"] = json!(sign("something else"));
    message
}

fn deliver(verifier: &Verifier, message: &serde_json::Value) -> Result<String, ErrorCode> {
    deliver_text(verifier, &message.to_string())
}

fn deliver_text(verifier: &Verifier, body: &str) -> Result<String, ErrorCode> {
    let headers = [(&b"content-type"[..], &b"text/plain; charset=UTF-8"[..])];
    let request = Request {
        method: b"POST",
        target: b"https://example.com/sns",
        authority: None,
        scheme: None,
        headers: Headers::Pairs(&headers),
        body: body.as_bytes(),
        peer: None,
    };
    let verified = verifier.verify_at(&request, NOW);
    verified
        .map(|verified| verified.key_id().to_owned())
        .map_err(|error| error.code())
}

fn sns() -> Verifier {
    Verifier::new("aws-sns", Options::new().with("topic_arns", TOPIC)).unwrap()
}

/// Fetches once what is due, of a host that has one certificate.
fn fetch(verifier: &Verifier, at: &str) -> Option<String> {
    let address = verifier.key_request()?;
    if address == at {
        assert_eq!(verifier.supply_keys(LEAF.as_bytes()), Ok(None));
    }
    Some(address)
}

const UNAVAILABLE: Result<String, ErrorCode> = Err(ErrorCode::KeyUnavailable);
const MISMATCH: Result<String, ErrorCode> = Err(ErrorCode::SignatureMismatch);

fn verified() -> Result<String, ErrorCode> {
    Ok("certificate".to_owned())
}

#[test]
fn a_certificate_is_fetched_once() {
    let verifier = sns();
    assert!(verifier.has_remote_keys());
    assert_eq!(verifier.key_ids().collect::<Vec<_>>(), ["certificate"]);
    assert_eq!(verifier.key_request(), None, "nobody has asked for any");
    let genuine = address("a1");
    let message = notification(&genuine);
    assert_eq!(deliver(&verifier, &message), UNAVAILABLE);
    assert_eq!(fetch(&verifier, &genuine), Some(genuine.clone()));
    assert_eq!(deliver(&verifier, &message), verified());
    assert_eq!(deliver(&verifier, &forged(&genuine)), MISMATCH);
    assert_eq!(verifier.key_request(), None);
}

#[test]
fn nothing_is_fetched_where_keys_are_given() {
    let message = notification(&address("a1"));
    let chain = format!("{LEAF}{INTERMEDIATE}");
    for (name, value, label) in [
        ("public_key", RSA_KEY, "0"),
        ("certificates", LEAF, "certificate"),
    ] {
        let options = Options::new().with("topic_arns", TOPIC).with(name, value);
        let verifier = Verifier::new("aws-sns", options).unwrap();
        assert!(!verifier.has_remote_keys());
        assert_eq!(deliver(&verifier, &message).as_deref(), Ok(label));
        assert_eq!(deliver(&verifier, &forged(&address("a1"))), MISMATCH);
        assert_eq!(verifier.key_request(), None);
        assert!(verifier.supply_keys(LEAF.as_bytes()).is_err());
    }
    let options = Options::new()
        .with("topic_arns", TOPIC)
        .with("certificates", chain.as_str())
        .with("certificate_roots", ROOT);
    let verifier = Verifier::new("aws-sns", options).unwrap();
    assert_eq!(deliver(&verifier, &message), verified());
}

// Pitfall NET-3: roots of one's own ask for a path, and so do several certificates.
#[test]
fn a_fetched_chain_is_held_against_the_roots() {
    let options = || {
        Options::new()
            .with("topic_arns", TOPIC)
            .with("certificate_roots", ROOT)
    };
    let message = notification(&address("a1"));
    let chain = format!("{LEAF}{INTERMEDIATE}");
    for (document, verdict) in [(chain.as_str(), verified()), (LEAF, UNAVAILABLE)] {
        let verifier = Verifier::new("aws-sns", options()).unwrap();
        assert_eq!(deliver(&verifier, &message), UNAVAILABLE);
        assert!(verifier.key_request().is_some());
        verifier.supply_keys(document.as_bytes()).unwrap();
        assert_eq!(deliver(&verifier, &message), verdict);
    }
    // A chain to no public root, where the leaf alone would count.
    let verifier = sns();
    assert_eq!(deliver(&verifier, &message), UNAVAILABLE);
    assert!(verifier.key_request().is_some());
    verifier.supply_keys(chain.as_bytes()).unwrap();
    assert_eq!(deliver(&verifier, &message), UNAVAILABLE);
}

// Pitfall NET-2: what is rejected whatever the key is causes no fetch.
#[test]
fn a_request_that_cannot_count_is_not_fetched_for() {
    let verifier = sns();
    let mut others = vec![
        notification("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem"),
        notification("https://sns.s3.amazonaws.com/SimpleNotificationService-a.pem"),
        notification("http://sns.us-east-1.amazonaws.com/SimpleNotificationService-a.pem"),
        notification(&format!("{HOST}/other.pem")),
    ];
    for (member, value) in [
        (
            "TopicArn",
            json!("arn:aws:sns:us-east-1:999999999999:Topic"),
        ),
        ("Timestamp", json!("2023-11-13T22:13:20.000Z")),
        ("Timestamp", json!("2024-11-13T22:13:20.000Z")),
        ("SignatureVersion", json!("1")),
        ("Signature", json!("AAAA")),
        ("Signature", json!("")),
        ("MessageId", json!("a\nb")),
        ("Type", json!("Other")),
    ] {
        let mut message = notification(&address("a1"));
        message[member] = value;
        others.push(message);
    }
    for message in others {
        let code = deliver(&verifier, &message).unwrap_err();
        assert_ne!(code, ErrorCode::KeyUnavailable, "{message}");
        assert_eq!(verifier.key_request(), None, "{message}");
    }
}

// Attack: a host of one partition vouches for topics of another.
#[test]
fn a_host_says_nothing_about_topics_of_another_region() {
    let china = "arn:aws-cn:sns:cn-north-1:123456789012:Topic";
    let ireland = "arn:aws:sns:eu-west-1:123456789012:Topic";
    let topics = || Vec::from([TOPIC, china, ireland].map(Into::into));
    let verifier = |given: Option<&str>| {
        let options = Options::new().with("topic_arns", OptionValue::List(topics()));
        let options = match given {
            Some(pem) => options.with("certificates", pem),
            None => options,
        };
        Verifier::new("aws-sns", options).unwrap()
    };
    for host in [
        "https://sns.cn-north-1.amazonaws.com.cn",
        "https://sns.eu-west-1.amazonaws.com",
    ] {
        let message = notification(&format!("{host}/SimpleNotificationService-a1.pem"));
        let malformed = Err(ErrorCode::MalformedHeader);
        let fetching = verifier(None);
        assert_eq!(deliver(&fetching, &message), malformed, "{host}");
        assert_eq!(fetching.key_request(), None, "{host}");
        assert_eq!(deliver(&verifier(Some(LEAF)), &message), malformed);
    }
    let own = notification(&address("a1"));
    assert_eq!(deliver(&verifier(Some(LEAF)), &own), verified());
}

#[test]
fn a_document_of_no_use_leaves_what_there_was() {
    let verifier = sns();
    let genuine = address("a1");
    let error = verifier.supply_keys(LEAF.as_bytes()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyUnavailable, "nobody asked");
    assert_eq!(deliver(&verifier, &notification(&genuine)), UNAVAILABLE);
    assert!(fetch(&verifier, &genuine).is_some());
    for (position, document) in ["", "<html>", ROOT, INTERMEDIATE, RSA_KEY]
        .iter()
        .enumerate()
    {
        let wrong = address(&position.to_string());
        assert_eq!(deliver(&verifier, &notification(&wrong)), UNAVAILABLE);
        assert_eq!(verifier.key_request(), Some(wrong.clone()));
        let error = verifier.supply_keys(document.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyUnavailable);
        // The address was fetched, and is not again.
        assert_eq!(deliver(&verifier, &notification(&wrong)), UNAVAILABLE);
        assert_eq!(verifier.key_request(), None);
        assert_eq!(deliver(&verifier, &notification(&genuine)), verified());
    }
}

// Pitfall NET-4: strangers name one address after the other, while a genuine sender
// comes now and then. The units of `certificates/fetched.rs` hold the clock.
#[test]
fn strangers_cannot_keep_a_certificate_in_use_from_its_deliveries() {
    let verifier = sns();
    let genuine = address("a1");
    let message = notification(&genuine);
    assert_eq!(deliver(&verifier, &message), UNAVAILABLE);
    assert!(fetch(&verifier, &genuine).is_some());
    let started = Instant::now();
    let (mut fetches, mut stranger) = (0, forged(&genuine));
    for round in 0..1000 {
        stranger["SigningCertURL"] = json!(address(&format!("x{round}")));
        assert_eq!(deliver(&verifier, &stranger), UNAVAILABLE);
        // Each of them is a certificate of Amazon's, for all that strangers know.
        if verifier.key_request().is_some() {
            fetches += 1;
            verifier.supply_keys(LEAF.as_bytes()).unwrap();
        }
        if round % 50 == 0 {
            assert_eq!(deliver(&verifier, &message), verified());
        }
    }
    let elapsed = usize::try_from(started.elapsed().as_secs()).unwrap();
    assert!(fetches <= 7 + 1 + elapsed / 2, "{fetches} in {elapsed} s");
}

// Pitfall BIND-10: parsers disagree about which of two members counts.
#[test]
fn a_signed_member_stands_there_once() {
    let options = Options::new()
        .with("topic_arns", TOPIC)
        .with("certificates", LEAF);
    let verifier = Verifier::new("aws-sns", options).unwrap();
    let body = notification(&address("a1")).to_string();
    let rest = body.strip_prefix('{').unwrap();
    assert_eq!(deliver_text(&verifier, &body).as_deref(), Ok("certificate"));
    for second in [
        r#""Message":"evil""#,
        r#""message":"evil""#,
        r#""Type":"Notification""#,
        r#""SigningCertURL":"https://evil.example""#,
    ] {
        for body in [
            format!("{{{second},{rest}"),
            format!("{},{second}}}", body.strip_suffix('}').unwrap()),
        ] {
            let verdict = deliver_text(&verifier, &body);
            assert_eq!(verdict, Err(ErrorCode::BodyMismatch), "{body}");
        }
    }
}

// Pitfall BIND-8: two texts of one CRC-32.
#[test]
fn a_checksum_covers_nothing() {
    let options = Options::new()
        .with("webhook_id", "4JH86294D6297924G")
        .with("public_key", RSA_KEY);
    let verifier = Verifier::new("paypal", options).unwrap();
    let (id, time) = ("dfb3be50", "2023-11-14T22:13:20Z");
    let signature = sign(&format!("{id}|{time}|4JH86294D6297924G|1306201125"));
    let headers = [
        ("paypal-auth-algo", "SHA256withRSA"),
        ("paypal-transmission-id", id),
        ("paypal-transmission-time", time),
        ("paypal-transmission-sig", &signature),
    ]
    .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    for (body, is_taken) in [("plumless", true), ("buckeroo", true), ("buckaroo", false)] {
        let request = Request {
            method: b"POST",
            target: b"https://example.com/paypal",
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&headers),
            body: body.as_bytes(),
            peer: None,
        };
        let verdict = verifier.verify_at(&request, NOW);
        assert_eq!(verdict.is_ok(), is_taken, "{body}");
        if let Ok(verified) = verdict {
            assert_eq!(verified.covers().body, CoverageLevel::None);
            assert_eq!(verified.delivery_id(), Some(id.as_bytes()));
        }
    }
}

/// Work and memory are bounded by the length of a document, and so is that.
#[test]
fn a_hostile_document_is_rejected_soon() {
    let tiny = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let pem = |der: &[u8]| {
        let base64 = STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
    };
    // SEQUENCE in SEQUENCE, as deep as it goes in 40 KiB; and one that claims a
    // length that it has not.
    let mut deep = Vec::new();
    while deep.len() < 40_000 {
        let length = u16::try_from(deep.len()).unwrap().to_be_bytes();
        deep.splice(0..0, [0x30, 0x82, length[0], length[1]]);
    }
    let leaf_and = |more: &str| format!("{LEAF}{more}");
    let documents = [
        "A".repeat(1 << 20),
        leaf_and(&" ".repeat(1 << 20)),
        tiny.repeat(10_000),
        tiny.repeat(64 * 1024 / tiny.len()),
        LEAF.repeat(30),
        leaf_and(&INTERMEDIATE.repeat(6)),
        "-----BEGIN CERTIFICATE-----\n".repeat(2000),
        "-".repeat(60_000),
        "\n".repeat(60_000),
        pem(&deep),
        leaf_and(&pem(&deep)),
        pem(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    ];
    for document in &documents {
        let verifier = sns();
        assert_eq!(
            deliver(&verifier, &notification(&address("a1"))),
            UNAVAILABLE
        );
        assert!(verifier.key_request().is_some());
        let started = Instant::now();
        let error = verifier.supply_keys(document.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyUnavailable);
        // Unoptimised, on a busy machine: it takes a few milliseconds.
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "{}",
            &document[..40]
        );
        // As an option it is a mistake, and no crash either.
        let options = Options::new()
            .with("topic_arns", TOPIC)
            .with("certificates", document.as_str());
        let error = Verifier::new("aws-sns", options).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration);
    }
}

/// Intermediates that all could have issued each other: the search for a path ends.
#[test]
fn a_search_for_a_path_ends() {
    let verifier = sns();
    let message = notification(&address("a1"));
    let chain = format!("{LEAF}{}", INTERMEDIATE.repeat(5));
    assert_eq!(deliver(&verifier, &message), UNAVAILABLE);
    assert!(verifier.key_request().is_some());
    verifier.supply_keys(chain.as_bytes()).unwrap();
    let started = Instant::now();
    assert_eq!(deliver(&verifier, &message), UNAVAILABLE, "no public root");
    assert!(started.elapsed() < Duration::from_secs(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Certificates that were changed somewhere are read or not, and nothing else.
    #[test]
    fn a_broken_certificate_gets_an_error(
        position in 0usize..2000, byte in any::<u8>(), cut in prop::option::of(0usize..1000),
    ) {
        let (_, rest) = LEAF.split_once('\n').unwrap();
        let base64: String = rest.split("-----").next().unwrap().split_whitespace().collect();
        let mut der = STANDARD.decode(base64).unwrap();
        let position = position % der.len();
        der[position] = byte;
        if let Some(cut) = cut {
            der.truncate(cut);
        }
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(&der)
        );
        let options = Options::new()
            .with("topic_arns", TOPIC)
            .with("certificates", pem.as_str());
        match Verifier::new("aws-sns", options) {
            Ok(verifier) => {
                // What is signed is under the key, so no change makes another verdict
                // than these. The issuer's signature needs the issuer, who is not there.
                let verdict = deliver(&verifier, &notification(&address("a1")));
                let known = [verified(), UNAVAILABLE, MISMATCH];
                prop_assert!(known.contains(&verdict), "{verdict:?}");
            }
            Err(error) => prop_assert_eq!(error.code(), ErrorCode::Configuration),
        }
    }
}
