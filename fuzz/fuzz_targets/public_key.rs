//! Any text or bytes as a public key, in every encoding: a verifier that rejects
//! what nobody signed, or a typed error.

#![no_main]

use conformance::fuzz::split_line;
use hookseal::{ErrorCode, Headers, Options, Request, Verifier};
use libfuzzer_sys::fuzz_target;

/// The schemes of public keys, with the header of the signature and that of the
/// time.
const SCHEMES: [(&str, &str, &str); 4] = [
    ("discord", "x-signature-ed25519", "x-signature-timestamp"),
    (
        "sendgrid",
        "x-twilio-email-event-webhook-signature",
        "x-twilio-email-event-webhook-timestamp",
    ),
    (
        "standard-webhooks-v1a",
        "webhook-signature",
        "webhook-timestamp",
    ),
    ("telnyx", "telnyx-signature-ed25519", "telnyx-timestamp"),
];

const NOW: i64 = 1_700_000_000;

fuzz_target!(|data: &[u8]| {
    let (signature, key) = split_line(data);
    for (scheme, signature_header, time_header) in SCHEMES {
        let text = str::from_utf8(key).map(|text| Options::new().with("public_key", text));
        let bytes = Options::new().with("public_key", key);
        for options in text.into_iter().chain([bytes]) {
            match Verifier::new(scheme, options) {
                Ok(verifier) => reject(&verifier, signature_header, time_header, signature),
                Err(error) => assert_eq!(error.code(), ErrorCode::Configuration),
            }
        }
    }
});

fn reject(verifier: &Verifier, signature_header: &str, time_header: &str, signature: &[u8]) {
    let time = NOW.to_string();
    let headers = [
        (signature_header.as_bytes(), signature),
        (time_header.as_bytes(), time.as_bytes()),
        (b"webhook-id", b"msg_1"),
    ];
    let verdict = verifier.verify_at(
        &Request {
            method: b"POST",
            target: b"/hook",
            authority: Some(b"example.com"),
            scheme: Some(b"https"),
            headers: Headers::Pairs(&headers),
            body: b"{\"nobody\":\"signed this\"}",
            peer: None,
        },
        NOW,
    );
    let error = verdict.map(|_| ()).expect_err("nobody signed it");
    assert_ne!(error.code(), ErrorCode::Internal);
}
