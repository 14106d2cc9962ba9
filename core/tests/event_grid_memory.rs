//! What a body of Event Grid costs: it is read for a handshake before anything
//! else looks at it. A test of its own process, since it looks at what that
//! process has used at most.
#![cfg(target_os = "linux")]

mod common;

use common::Delivery;
use hookseal::{ErrorCode, Options, Verifier};

const MEBIBYTE: usize = 1 << 20;

/// The most memory that this process has had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.unwrap().split_ascii_whitespace().nth(1).unwrap();
    kibibytes.parse::<usize>().unwrap() * 1024
}

#[test]
fn no_body_is_buffered() {
    let options = Options::new()
        .with("url_token", "a-long-random-token")
        .with("max_body_bytes", 16 * MEBIBYTE as i64);
    let verifier = Verifier::new("azure-event-grid", options).unwrap();
    let url = "https://example.com/events?token=a-long-random-token";
    for piece in ["[0],", r#"{"a":{}},"#, r#""a","#, "1,"] {
        let mut body = String::from(r#"[{"data":["#);
        while body.len() < 8 * MEBIBYTE {
            body.push_str(piece);
        }
        body.pop();
        body.push_str(r#"],"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent"}]"#);
        let delivery = Delivery::new("POST", url, body.as_bytes());
        let before = peak();
        delivery.request(|request| {
            let error = verifier.verify_at(request, 0).unwrap_err();
            assert_eq!(error.code(), ErrorCode::BodyMismatch);
        });
        let used = peak() - before;
        assert!(used < body.len(), "{piece}: {used} bytes");
    }
}
