//! Encrypted deliveries: the worked examples of both systems, every decision
//! about ciphers, encodings and IVs, and that failures look alike.

mod common;

use common::Delivery;
use hookseal::{Error, ErrorCode, Options, Verified, Verifier};

const APP_ID: &str = "5f3a1c9e8b7d2a0012c4e6f8";
const EVENT: &str = r#"{"voice_id":"v1","state":"connected"}"#;
const CBC_HEX: &str = "a5a281f936adea6de98c2f2a175d22c532c42262ef37219ff8d01254c5db07aa8b2837b241d87d203b9fd926f96842a2";
const CBC_BASE64: &str = "paKB+Tat6m3pjC8qF10ixTLEImLvNyGf+NASVMXbB6qLKDeyQdh9IDuf2Sb5aEKi";
const CTR_HEX: &str = "078136edee2c4e670692e52e75262e1aae6bd36a0e1b06056875296297f2cc0e1f2afcf9a1";

const SECRET: &str = "very secret key";
const IV: &str = "9f3c00ff10a7e2d45b8871c60d4e93fa";
const LOGIN: &str = r#"{"projectId":1,"userId":2,"username":"x","groupId":2,"customData":[],"secondaryProjectIds":[2,3,4,5]}"#;
const CTR_BODY: &str = "uLwQATfpbXNVzzIRk0C9MOd97sMpZ1F+sQap8UkfZFlSrtb7Dszh4L/xjsnWhpskrdXpP1o8eNcXSziTmMjICLKWvMxcRSwJhHtrMf5I/Je2t3K/0oVNu6pRyX41zSyvIdG0Ajc=";
const CTR_BODY_NO_IV: &str = "cMFkazDPFiWrNu9SufSZo5ujnBQ6M+DQ7o7aqn8V57DPd/vAEO3a4GlwrkCxKtGCn5/ngbhULvusfKbAcy9wUFJ3MxEilofSpRWIv/ZKKN6mfIlFikYANfy1+xMfiPqV4NMvnBc=";
const CBC_BODY: &str = "42KKoa1JLBmqXhBqNrhMoY4hgBLZ2gVj2pSta6I0HTZK2KiwV0UFyMCGAZgQOvgkHv+wZY4vEvJOzEbRiNQmr2EeuiB/NMNU7Q95BjpUnA8tQLDOSTD3P4Xaj2GAPzRiiwGYOhBERMFlhrUztJkYzg==";

fn see<T>(
    verifier: &Verifier,
    delivery: &Delivery,
    see: impl FnOnce(Result<Verified<'_>, Error>) -> T,
) -> T {
    delivery.request(|request| see(verifier.verify_at(request, common::NOW)))
}

fn payload(verifier: &Verifier, delivery: &Delivery) -> Result<String, ErrorCode> {
    see(verifier, delivery, |verified| {
        let verified = verified.map_err(|error| error.code())?;
        Ok(String::from_utf8(verified.payload().to_vec()).unwrap())
    })
}

fn enablex(options: Options) -> Verifier {
    Verifier::new("enablex", options.with("app_id", APP_ID)).unwrap()
}

fn event(cipher: &str, format: &str, data: &str) -> Delivery {
    let body = serde_json::json!({ "encrypted_data": data }).to_string();
    Delivery::new("POST", "https://example.com/events", body.as_bytes())
        .header("Content-Type", "application/json")
        .header("x-algoritm", cipher)
        .header("x-format", format)
        .header("x-encoding", "utf8")
}

fn vcc_live(cipher: &str) -> Options {
    Options::new().with("cipher", cipher).with("secret", SECRET)
}

fn webhook(query: &str, body: &str) -> Delivery {
    let url = format!("https://example.com/vcc{query}");
    Delivery::new("POST", &url, body.as_bytes())
}

fn misconfigured(scheme: &str, options: Options) -> String {
    let error = Verifier::new(scheme, options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration);
    error.detail().to_owned()
}

#[test]
fn every_worked_example_of_a_derived_key_decrypts() {
    let all = [
        "aes-256-cbc",
        "aes-256-ctr",
        "aes-192-cbc",
        "aes-128-cbc",
        "aes-256-ecb",
        "des-ede3-cbc",
    ];
    let verifier = enablex(Options::new().with("ciphers", all.to_vec()));
    for (cipher, format, data) in [
        ("aes-256-cbc", "hex", CBC_HEX),
        ("AES-256-CBC", "HEX", CBC_HEX),
        ("aes256", "hex", CBC_HEX),
        ("aes-256-cbc", "base64", CBC_BASE64),
        ("aes-256-ctr", "hex", CTR_HEX),
        (
            "aes-192-cbc",
            "hex",
            "44930ed019a6065c37b9fc336e193f0cdfbfce1ae96204b7e99f74071b379d5d6181acec1a6706d88104ef9ce8bb86ad",
        ),
        (
            "aes-128-cbc",
            "hex",
            "39db875d0bc464d64d6c9d0e8b42aa4f25b881959c0c88a7f4fddd6fad585284c6cd1001e675bd86e987831c1eea514e",
        ),
        (
            "aes-256-ecb",
            "hex",
            "e0ac44c3b5b68ac17fedaaf9de3b62187d44e5819eb47b39f684152e0070e67bc2d27c3aae65de0a2a5f639d5a7da1bf",
        ),
        (
            "des-ede3-cbc",
            "hex",
            "af5e01e17011582cd04c549e1f24912f822c96e8227659eae1711cfd36904f68e22aa19f388ac6a5",
        ),
    ] {
        let delivery = event(cipher, format, data);
        assert_eq!(
            payload(&verifier, &delivery).as_deref(),
            Ok(EVENT),
            "{cipher} {format}"
        );
    }
}

#[test]
fn encryption_is_shown_as_confidential_and_proves_nothing_else() {
    see(
        &enablex(Options::new()),
        &event("aes-256-cbc", "hex", CBC_HEX),
        |verified| {
            let verified = verified.unwrap();
            assert_eq!(verified.covers().body.as_str(), "none");
            assert!(verified.covers().confidential);
            assert_eq!(verified.replay_key(), None);
            assert_eq!(verified.key_id(), "0");
        },
    );
}

// Pitfall KEY-5.
#[test]
fn a_body_may_be_as_long_as_its_cipher_is_cheap() {
    let verifier = |cipher: &str, secrets: usize| {
        let options = Options::new().with("cipher", cipher);
        let secrets: Vec<_> = (0..secrets).map(|key| format!("{SECRET} {key}")).collect();
        let secrets = secrets.iter().map(String::as_str).collect::<Vec<_>>();
        Verifier::new("vcc-live", options.with("secret", secrets)).unwrap()
    };
    for (cipher, secrets, longest) in [
        ("aes-256-cbc", 1, 10 << 20),
        ("aes-256-cbc", 16, 10 << 20),
        ("aes-256-cfb8", 1, 10 << 20),
        ("aes-256-cfb8", 16, 819_200),
        ("des-ede3-cbc", 1, 1_310_720),
        ("des-ede3-cbc", 16, 81_920),
        ("des-ede3-cfb8", 1, 163_840),
        ("des-ede3-cfb8", 16, 10_240),
    ] {
        let verifier = verifier(cipher, secrets);
        assert_eq!(verifier.max_body_bytes(), longest, "{cipher} {secrets}");
        let query = format!(
            "?iv={}",
            &IV[..if cipher.starts_with("des") { 16 } else { 32 }]
        );
        let mut delivery = webhook(&query, "");
        delivery.body = vec![b'A'; longest + 1];
        let too_large = see(&verifier, &delivery, |verified| {
            verified.unwrap_err().code()
        });
        assert_eq!(too_large, ErrorCode::BodyTooLarge, "{cipher} {secrets}");
    }
    let mut kept = vec![0; 163_841];
    let error = verifier("des-ede3-cfb8", 1).decrypt(&mut kept, Some(&[0; 8]), None);
    assert_eq!(error.unwrap_err().code(), ErrorCode::BodyTooLarge);
}

#[test]
fn the_cipher_that_a_delivery_names_decides_how_long_it_may_be() {
    let options = || Options::new().with("ciphers", vec!["aes-256-ctr", "des-ede3-cfb8"]);
    let code = |verifier: &Verifier, cipher: &str| {
        let delivery = event(cipher, "hex", &"00".repeat(100_000));
        see(verifier, &delivery, |verified| verified.unwrap_err().code())
    };
    let verifier = enablex(options());
    assert_eq!(verifier.max_body_bytes(), 10 << 20);
    assert_eq!(code(&verifier, "des-ede3-cfb8"), ErrorCode::BodyTooLarge);
    assert_eq!(code(&verifier, "aes-256-ctr"), ErrorCode::DecryptionFailed);

    let verifier = enablex(options().with("max_body_bytes", 300_000));
    assert_eq!(verifier.max_body_bytes(), 300_000);
    assert_eq!(
        code(&verifier, "des-ede3-cfb8"),
        ErrorCode::DecryptionFailed
    );

    let plain = options()
        .with("ciphers", vec!["des-ede3-cfb8"])
        .with("allow_plaintext", true)
        .with("url_token", "Jq7fX2vN9sLw4TzB8mRc");
    assert_eq!(enablex(plain).max_body_bytes(), 10 << 20);
}

/// All secrets are tried on a copy, and the right one again: whichever it is,
/// nothing of the others is left, in any character set.
#[test]
fn the_payload_is_what_the_right_one_of_several_secrets_decrypts() {
    let wrong = ["aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb"];
    for position in 0..3 {
        let mut ids = wrong.to_vec();
        ids.insert(position, APP_ID);
        let verifier = Verifier::new("enablex", Options::new().with("app_id", ids)).unwrap();
        for (cipher, data) in [("aes-256-cbc", CBC_HEX), ("aes-256-ctr", CTR_HEX)] {
            let delivery = event(cipher, "hex", data);
            assert_eq!(payload(&verifier, &delivery).as_deref(), Ok(EVENT));
            let mut kept = const_hex::decode(data).unwrap();
            let text = verifier.decrypt(&mut kept, None, Some(cipher)).unwrap();
            assert_eq!(text, EVENT.as_bytes());
        }
    }
}

#[test]
fn several_secrets_are_tried_and_the_right_one_is_named() {
    let ids = vec!["aaaaaaaaaaaaaaaaaaaaaaaa", APP_ID];
    let verifier = Verifier::new("enablex", Options::new().with("app_id", ids)).unwrap();
    see(
        &verifier,
        &event("aes-256-cbc", "hex", CBC_HEX),
        |verified| {
            assert_eq!(verified.unwrap().key_id(), "1");
        },
    );
}

// Pitfall DOWN-5.
#[test]
fn the_cipher_is_named_by_the_delivery_and_allowed_by_the_list() {
    let verifier = enablex(Options::new());
    let code = |delivery: &Delivery| payload(&verifier, delivery).unwrap_err();
    for cipher in [
        "aes-256-ecb",
        "des-ede3-cbc",
        "aes-256-gcm",
        "md5",
        "null",
        "rc4",
        "\u{e9}",
    ] {
        let wanted = if cipher.is_ascii() {
            ErrorCode::CipherNotAllowed
        } else {
            ErrorCode::MalformedHeader
        };
        assert_eq!(code(&event(cipher, "hex", CBC_HEX)), wanted, "{cipher}");
    }
    let event = || event("aes-256-cbc", "hex", CBC_HEX);
    assert_eq!(
        code(&event().without("x-algoritm")),
        ErrorCode::MissingHeader
    );
    assert_eq!(
        code(&event().with("x-algoritm", "")),
        ErrorCode::MissingHeader
    );
    assert_eq!(
        code(&event().header("x-algoritm", "aes-128-cbc")),
        ErrorCode::AmbiguousHeader
    );
    assert_eq!(
        code(&event().header("x-algorithm", "aes-128-cbc")),
        ErrorCode::AmbiguousHeader
    );
    let both = event().header("x-algorithm", "aes-256-cbc");
    assert_eq!(payload(&verifier, &both).as_deref(), Ok(EVENT));
    let other = event()
        .without("x-algoritm")
        .header("x-algorithm", "aes-256-cbc");
    assert_eq!(payload(&verifier, &other).as_deref(), Ok(EVENT));
}

#[test]
fn encodings_are_named_by_the_delivery() {
    let lenient = enablex(Options::new());
    let strict = enablex(Options::new().with("strict", true));
    let event = |format: &str, data: &str| event("aes-256-cbc", format, data);
    let url_safe = CBC_BASE64.replace('+', "-").replace('/', "_");
    let wrapped = format!("{}\r\n{}", &CBC_BASE64[..20], &CBC_BASE64[20..]);
    for text in [url_safe.as_str(), &wrapped] {
        let delivery = event("base64", text);
        assert_eq!(payload(&lenient, &delivery).as_deref(), Ok(EVENT), "{text}");
        assert_eq!(
            payload(&strict, &delivery),
            Err(ErrorCode::DecryptionFailed),
            "{text}"
        );
    }
    assert_eq!(
        payload(&strict, &event("base64url", &url_safe)).as_deref(),
        Ok(EVENT)
    );
    let upper = CBC_HEX.to_ascii_uppercase();
    assert_eq!(
        payload(&strict, &event("hex", &upper)).as_deref(),
        Ok(EVENT)
    );

    let latin1: String = CBC_HEX
        .as_bytes()
        .chunks(2)
        .map(|pair| char::from(u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()))
        .collect();
    assert_eq!(
        payload(&lenient, &event("latin1", &latin1)).as_deref(),
        Ok(EVENT)
    );
    assert_eq!(
        payload(&strict, &event("binary", &latin1)),
        Err(ErrorCode::MalformedHeader)
    );
    for format in ["utf8", "ascii", "utf16le", "base32"] {
        let delivery = event(format, CBC_HEX);
        assert_eq!(
            payload(&lenient, &delivery),
            Err(ErrorCode::MalformedHeader),
            "{format}"
        );
    }
    let without = event("hex", CBC_HEX).without("x-format");
    assert_eq!(payload(&lenient, &without), Err(ErrorCode::MissingHeader));
    let default = enablex(Options::new().with("default_format", "hex"));
    assert_eq!(payload(&default, &without).as_deref(), Ok(EVENT));
    let no_charset = event("hex", CBC_HEX).without("x-encoding");
    assert_eq!(payload(&lenient, &no_charset).as_deref(), Ok(EVENT));
    assert_eq!(payload(&strict, &no_charset), Err(ErrorCode::MissingHeader));
    let unknown = event("hex", CBC_HEX).with("x-encoding", "base64");
    assert_eq!(payload(&lenient, &unknown), Err(ErrorCode::MalformedHeader));
}

#[test]
fn a_form_carries_the_field_too() {
    let verifier = enablex(Options::new());
    let form = |body: &str| {
        let mut delivery = event("aes-256-cbc", "hex", "").with("Content-Type", common::FORM.1);
        delivery.body = body.as_bytes().to_vec();
        delivery
    };
    let body = format!("encrypted_data={CBC_HEX}");
    assert_eq!(payload(&verifier, &form(&body)).as_deref(), Ok(EVENT));
    let untyped = form(&body).without("Content-Type");
    assert_eq!(payload(&verifier, &untyped).as_deref(), Ok(EVENT));
    for body in [format!("{body}&{body}"), String::new(), "x=1".to_owned()] {
        assert_eq!(
            payload(&verifier, &form(&body)),
            Err(ErrorCode::DecryptionFailed)
        );
    }
}

// Pitfall DEC-1.
#[test]
fn whatever_is_wrong_with_the_ciphertext_looks_the_same() {
    let verifier = enablex(Options::new());
    let mut details = std::collections::BTreeSet::new();
    let mut bodies: Vec<Vec<u8>> = [
        "",
        "{}",
        "[]",
        "null",
        "x",
        r#"{"encrypted_data":1}"#,
        r#"{"encrypted_data":null}"#,
        r#"{"encrypted_data":""}"#,
        r#"{"encrypted_data":"zz"}"#,
        r#"{"encrypted_data":"00"}"#,
        r#"{"encrypted_data":"a","encrypted_data":"a"}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    let all = const_hex::decode(CBC_HEX).unwrap();
    for position in 0..all.len() {
        let mut changed = all.clone();
        changed[position] ^= 0x10;
        bodies.push(
            serde_json::json!({"encrypted_data": const_hex::encode(changed)})
                .to_string()
                .into(),
        );
    }
    for length in 0..all.len() {
        let cut = const_hex::encode(&all[..length]);
        bodies.push(
            serde_json::json!({ "encrypted_data": cut })
                .to_string()
                .into(),
        );
    }
    bodies.push(
        serde_json::json!({"encrypted_data": format!("{CBC_HEX}0")})
            .to_string()
            .into(),
    );
    bodies.push(
        serde_json::json!({"encrypted_data": format!("{CBC_HEX}zz")})
            .to_string()
            .into(),
    );
    for body in bodies {
        let mut delivery = event("aes-256-cbc", "hex", CBC_HEX);
        delivery.body = body;
        see(&verifier, &delivery, |verified| {
            let error = verified.map(drop).unwrap_err();
            assert_eq!(
                (error.code(), error.status()),
                (ErrorCode::DecryptionFailed, 401)
            );
            details.insert(error.detail().to_owned());
        });
    }
    assert_eq!(details.len(), 1, "{details:?}");
}

// Pitfall DOWN-4.
#[test]
fn plain_deliveries_need_another_proof() {
    let detail = misconfigured(
        "enablex",
        Options::new()
            .with("app_id", APP_ID)
            .with("allow_plaintext", true),
    );
    assert!(detail.contains("allow_plaintext"), "{detail}");
    let options = Options::new()
        .with("allow_plaintext", true)
        .with("url_token", "a-long-random-token");
    let verifier = enablex(options);
    let plain = |url: &str, body: &str| Delivery::new("POST", url, body.as_bytes());
    let right = "https://example.com/events?token=a-long-random-token";
    assert_eq!(
        payload(&verifier, &plain(right, EVENT)).as_deref(),
        Ok(EVENT)
    );
    see(&verifier, &plain(right, EVENT), |verified| {
        assert!(!verified.unwrap().covers().confidential);
    });
    let wrong = "https://example.com/events?token=another-token";
    assert_eq!(
        payload(&verifier, &plain(wrong, EVENT)),
        Err(ErrorCode::TokenMismatch)
    );
    let sealed = serde_json::json!({ "encrypted_data": CBC_HEX }).to_string();
    assert_eq!(
        payload(&verifier, &plain(right, &sealed)),
        Err(ErrorCode::MissingHeader)
    );
    assert_eq!(
        payload(&verifier, &plain(right, "no json")),
        Err(ErrorCode::BodyMismatch)
    );
}

#[test]
fn every_worked_example_of_a_padded_key_decrypts() {
    let iv = format!("?iv={IV}");
    for (cipher, query, body) in [
        ("aes-256-ctr", iv.as_str(), CTR_BODY),
        (
            "AES-256-CTR",
            &iv.to_ascii_uppercase().replace("?IV", "?iv"),
            CTR_BODY,
        ),
        ("aes-256-cbc", &iv, CBC_BODY),
        (
            "aes-128-cbc",
            &iv,
            "mBQqlhJi2paTtDD5FhtACz0yYX6v4JPCNS405YlG+dvYFbiPthI7JfizRF4ASc6UqEeKOY+MYzHvuFJ6FFNF+gSUu2ExEQqp4R59K2CzYxOLJ/gHQpJxqEvZbWRXUE/pFkRQKa8hSi/mi3hF9TR/lA==",
        ),
        (
            "des-ede3-cbc",
            "?iv=9f3c00ff10a7e2d4",
            "jXWILNEnhSs00C663sdX32TxfY7mqA7Z7eatykcE36OswhKe8jkV9fTsZ/E00Hw2LISm8IdITB2+atSLdiybPIFp09bV4EQ/gjZe4gNXJrr1XBgEfqXJhMmxqKM04qXM4xx2PPhk+D4=",
        ),
    ] {
        let verifier = Verifier::new("vcc-live", vcc_live(cipher)).unwrap();
        assert_eq!(
            payload(&verifier, &webhook(query, body)).as_deref(),
            Ok(LOGIN),
            "{cipher}"
        );
    }
}

#[test]
fn the_iv_is_demanded_allowed_or_rejected() {
    let with = |policy: &str| {
        Verifier::new(
            "vcc-live",
            vcc_live("aes-256-ctr").with("random_iv", policy),
        )
        .unwrap()
    };
    let (required, optional, disabled) = (with("required"), with("optional"), with("disabled"));
    let present = webhook(&format!("?iv={IV}"), CTR_BODY);
    let failed = Err(ErrorCode::DecryptionFailed);
    assert_eq!(payload(&required, &present).as_deref(), Ok(LOGIN));
    assert_eq!(payload(&optional, &present).as_deref(), Ok(LOGIN));
    assert_eq!(payload(&disabled, &present), failed);
    for query in ["", "?iv=", "?x=1"] {
        let absent = webhook(query, CTR_BODY_NO_IV);
        assert_eq!(payload(&required, &absent), failed, "{query}");
        assert_eq!(payload(&optional, &absent).as_deref(), Ok(LOGIN), "{query}");
        assert_eq!(payload(&disabled, &absent).as_deref(), Ok(LOGIN), "{query}");
    }
    for query in [
        "?iv=${iv}",
        "?iv=%24%7Biv%7D",
        "?iv=9f3c0",
        "?iv=zz",
        "?iv[]=9f3c00ff10a7e2d45b8871c60d4e93fa",
        "?iv=9f3c00ff10a7e2d45b8871c60d4e93fa&iv=9f3c00ff10a7e2d45b8871c60d4e93fa",
        "?iv=9f3c",
        "?iv=0x9f3c00ff10a7e2d45b8871c60d4e93",
    ] {
        assert_eq!(
            payload(&optional, &webhook(query, CTR_BODY)),
            failed,
            "{query}"
        );
        assert_eq!(
            payload(&optional, &webhook(query, CTR_BODY_NO_IV)),
            failed,
            "{query}"
        );
    }
    let lenient = vcc_live("aes-256-ctr").with("lenient_iv", true);
    let lenient = Verifier::new("vcc-live", lenient).unwrap();
    let long = webhook(&format!("?iv={IV}00"), CTR_BODY);
    assert_eq!(payload(&lenient, &long).as_deref(), Ok(LOGIN));
    assert_eq!(payload(&optional, &long), failed);
    assert_eq!(payload(&lenient, &webhook("?iv=9f3c0", CTR_BODY)), failed);
}

// Pitfall DEC-4.
#[test]
fn the_body_is_one_base64_text() {
    let verifier = Verifier::new("vcc-live", vcc_live("aes-256-ctr")).unwrap();
    let lenient = vcc_live("aes-256-ctr").with("lenient_base64", true);
    let lenient = Verifier::new("vcc-live", lenient).unwrap();
    let post = |body: &str| webhook(&format!("?iv={IV}"), body);
    let wrapped = format!("{}\r\n {}\n", &CTR_BODY[..76], &CTR_BODY[76..]);
    assert_eq!(payload(&verifier, &post(&wrapped)).as_deref(), Ok(LOGIN));
    let unpadded = CTR_BODY.trim_end_matches('=');
    assert_eq!(
        payload(&verifier, &post(unpadded)),
        Err(ErrorCode::DecryptionFailed)
    );
    assert_eq!(payload(&lenient, &post(unpadded)).as_deref(), Ok(LOGIN));
    for body in [
        "",
        LOGIN,
        &CTR_BODY.replace('/', "_"),
        &format!("{CTR_BODY}AAAA"),
        &format!("*{CTR_BODY}"),
    ] {
        assert_eq!(
            payload(&verifier, &post(body)),
            Err(ErrorCode::DecryptionFailed),
            "{body}"
        );
        assert_eq!(
            payload(&lenient, &post(body)),
            Err(ErrorCode::DecryptionFailed),
            "{body}"
        );
    }
}

// Pitfall DEC-2.
#[test]
fn a_changed_bit_of_a_stream_is_not_seen_and_covers_says_so() {
    let verifier = Verifier::new("vcc-live", vcc_live("aes-256-ctr")).unwrap();
    let body = "uLwQATfpbXNVzzIRk0O9MOd97sMpZ1F+sQap8UkfZFlSrtb7Dszh4O4=";
    let delivery = webhook(&format!("?iv={IV}"), body);
    see(&verifier, &delivery, |verified| {
        let verified = verified.unwrap();
        assert_eq!(
            verified.payload(),
            br#"{"projectId":2,"userId":2,"username":"x"}"#
        );
        assert_eq!(verified.covers().body.as_str(), "none");
    });
}

#[test]
fn the_plaintext_is_checked_as_configured() {
    let post = |body: &str| webhook(&format!("?iv={IV}"), body);
    for (kind, wanted) in [
        ("json", Err(ErrorCode::DecryptionFailed)),
        ("text", Ok(())),
        ("bytes", Ok(())),
    ] {
        let verifier =
            Verifier::new("vcc-live", vcc_live("aes-256-ctr").with("plaintext", kind)).unwrap();
        // An empty ciphertext of a stream cipher is an empty text.
        assert_eq!(payload(&verifier, &post("")).map(drop), wanted, "{kind}");
    }
    let cbc = Verifier::new(
        "vcc-live",
        vcc_live("aes-256-cbc").with("plaintext", "bytes"),
    )
    .unwrap();
    assert_eq!(payload(&cbc, &post("")), Err(ErrorCode::DecryptionFailed));
}

#[test]
fn token_and_encryption_are_asked_for_where_configured() {
    let post = |query: &str| webhook(query, CTR_BODY);
    let both = vcc_live("aes-256-ctr").with("url_token", "xxxx-url-token");
    let both = Verifier::new("vcc-live", both).unwrap();
    let right = format!("?secret-key=xxxx-url-token&iv={IV}");
    assert_eq!(payload(&both, &post(&right)).as_deref(), Ok(LOGIN));
    for query in [
        "",
        "?secret-key=other",
        "?secret-key=xxxx-url-token&secret-key=xxxx-url-token",
    ] {
        let query = format!("{query}{}iv={IV}", if query.is_empty() { "?" } else { "&" });
        assert_eq!(
            payload(&both, &post(&query)),
            Err(ErrorCode::TokenMismatch),
            "{query}"
        );
    }
    let get = |query: &str, body: &str| {
        Delivery::new(
            "GET",
            &format!("https://example.com/vcc{query}"),
            body.as_bytes(),
        )
    };
    assert_eq!(
        payload(&both, &get("?secret-key=xxxx-url-token&user=1", "")).as_deref(),
        Ok("")
    );
    assert_eq!(
        payload(&both, &get("?secret-key=xxxx-url-token", "x")),
        Err(ErrorCode::BodyMismatch)
    );
    let encrypted = Verifier::new("vcc-live", vcc_live("aes-256-ctr")).unwrap();
    assert_eq!(
        payload(&encrypted, &get("?user=1", "")),
        Err(ErrorCode::MethodNotAllowed)
    );

    let token = Options::new()
        .with("url_token", "xxxx-url-token")
        .with("url_token_param", "key");
    let token = Verifier::new("vcc-live", token).unwrap();
    assert_eq!(
        payload(&token, &webhook("?key=xxxx-url-token", "a=b")).as_deref(),
        Ok("a=b")
    );
    assert!(misconfigured("vcc-live", Options::new()).contains("url_token"));
}

// Pitfall DEC-3.
#[test]
fn ciphers_are_checked_when_the_verifier_is_made() {
    for (cipher, wanted) in [
        ("null", "null"),
        ("aes-256-gcm", "tag"),
        ("rot13", "name"),
        ("", "name"),
        ("aes-128-cfb1", "not supported"),
        ("rc4", "allow_legacy_ciphers"),
        ("des-cbc", "allow_legacy_ciphers"),
    ] {
        let detail = misconfigured("vcc-live", vcc_live(cipher));
        assert!(
            detail.contains("option cipher") && detail.contains(wanted),
            "{cipher}: {detail}"
        );
    }
    assert!(
        Verifier::new(
            "vcc-live",
            vcc_live("rc4").with("allow_legacy_ciphers", true)
        )
        .is_ok()
    );
    let no_cipher = Options::new().with("secret", SECRET);
    assert!(misconfigured("vcc-live", no_cipher).contains("cipher"));
    let no_secret = Options::new()
        .with("cipher", "aes-256-ctr")
        .with("url_token", "xxxx-url-token");
    assert!(misconfigured("vcc-live", no_secret).contains("secret"));
    let idle = Options::new()
        .with("url_token", "xxxx-url-token")
        .with("random_iv", "disabled");
    assert!(misconfigured("vcc-live", idle).contains("random_iv"));
    let idle = vcc_live("aes-256-ctr").with("url_token_param", "key");
    assert!(misconfigured("vcc-live", idle).contains("url_token_param"));
    let latin1 = Options::new().with("app_id", APP_ID).with("strict", true);
    let latin1 = latin1.with("default_format", "latin1");
    assert!(misconfigured("enablex", latin1).contains("default_format"));
    let two = vcc_live("aes-256-ctr").with("cipher", vec!["aes-256-ctr", "aes-256-cbc"]);
    assert!(misconfigured("vcc-live", two).contains("option cipher: expected a text"));
    for empty in ["", " ", "\n"] {
        let options = Options::new()
            .with("cipher", "aes-256-ctr")
            .with("secret", empty);
        assert!(misconfigured("vcc-live", options).contains("empty"));
    }
    for option in ["plaintext", "random_iv"] {
        let detail = misconfigured("vcc-live", vcc_live("aes-256-ctr").with(option, "maybe"));
        assert!(detail.contains(option), "{detail}");
    }
}

#[test]
fn two_secrets_of_a_rotation_decrypt() {
    let options = Options::new()
        .with("cipher", "aes-256-cbc")
        .with("secret", vec!["another secret", SECRET]);
    let verifier = Verifier::new("vcc-live", options).unwrap();
    see(
        &verifier,
        &webhook(&format!("?iv={IV}"), CBC_BODY),
        |verified| {
            assert_eq!(verified.unwrap().key_id(), "1");
        },
    );
}

#[test]
fn nothing_that_is_shown_holds_a_secret_or_a_text() {
    let options = || {
        vcc_live("aes-256-cbc")
            .with("url_token", "Pl4nted-url-token")
            .with("secret", "Pl4nted-secret-of-32-characters!")
    };
    let verifier = Verifier::new("vcc-live", options()).unwrap();
    let mut shown = vec![format!("{verifier:?}"), format!("{:?}", options())];
    for delivery in [
        webhook("?secret-key=Pl4nted-guess", CBC_BODY),
        webhook(&format!("?secret-key=Pl4nted-url-token&iv={IV}"), "Pl4nted"),
    ] {
        see(&verifier, &delivery, |verified| {
            let error = verified.map(drop).unwrap_err();
            shown.push(format!("{error} {error:?}"));
        });
    }
    see(
        &enablex(Options::new()),
        &event("aes-256-cbc", "hex", CBC_HEX),
        |verified| {
            shown.push(format!("{:?}", verified.unwrap()));
        },
    );
    for cipher in ["Pl4nted-secret-of-32-characters!!", "Pl4nted secret"] {
        shown.push(misconfigured("vcc-live", vcc_live(cipher)));
    }
    for text in shown {
        for needle in ["Pl4nted", APP_ID, "voice_id"] {
            assert!(!text.contains(needle), "{text}");
        }
    }
}

#[test]
fn no_iv_and_an_empty_one_are_the_same() {
    let verifier = Verifier::new(
        "vcc-live",
        vcc_live("aes-256-ctr").with("random_iv", "disabled"),
    );
    let verifier = verifier.unwrap();
    let decrypt = |iv| {
        let mut text = [0; 16];
        let decrypted = verifier.decrypt(&mut text, iv, None);
        decrypted.map(<[u8]>::to_vec).map_err(|error| error.code())
    };
    assert_eq!(decrypt(None), decrypt(Some(&[])));
    assert_eq!(decrypt(None), Err(ErrorCode::DecryptionFailed));
}

#[test]
fn a_kept_ciphertext_decrypts_in_place_or_leaves_nothing() {
    let ciphertext = const_hex::decode(CTR_HEX).unwrap();
    for secrets in [
        vec![APP_ID],
        vec!["another id", APP_ID],
        vec![APP_ID, "another id"],
    ] {
        let verifier = Verifier::new("enablex", Options::new().with("app_id", secrets)).unwrap();
        let mut text = ciphertext.clone();
        let start = text.as_ptr();
        let decrypted = verifier
            .decrypt(&mut text, None, Some("aes-256-ctr"))
            .unwrap();
        assert_eq!(decrypted, EVENT.as_bytes());
        assert_eq!(decrypted.as_ptr(), start);

        let mut text = ciphertext.clone();
        let rejected = verifier.decrypt(&mut text, None, Some("aes-128-ctr"));
        assert_eq!(rejected.unwrap_err().code(), ErrorCode::DecryptionFailed);
        assert!(text.iter().all(|byte| *byte == 0));
    }
}
