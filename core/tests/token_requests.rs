//! The token requests of `data/kaisa-token-requests.json`, each against an
//! issuer that is as strict as can be and one that is as lenient.

use hookseal::{Options, Reply, TokenIssuer, TokenRequest};
use serde_json::Value;

const REQUESTS: &str = include_str!("data/kaisa-token-requests.json");

#[test]
fn every_request_gets_its_answer() {
    let file: Value = serde_json::from_str(REQUESTS).unwrap();
    let requests = file["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 14);
    for request in requests {
        let strict = respond(request, strict(request));
        let lenient = respond(request, lenient(request));
        match &request["accept"] {
            Value::Bool(true) => {
                assert_granted(request, &strict);
                assert_granted(request, &lenient);
            }
            Value::Bool(false) => {
                assert_rejected(request, &strict);
                assert_eq!(strict, lenient, "{}", request["name"]);
            }
            _ => {
                assert_eq!(header(&strict, "Cache-Control"), Some("no-store"));
                assert!(matches!(strict.status(), 400 | 401), "{}", request["name"]);
                assert_granted(request, &lenient);
            }
        }
    }
}

fn options(request: &Value) -> Options {
    let of = |name: &str| request[name].as_str().unwrap();
    Options::new()
        .with("client_id", of("client_id"))
        .with("client_secret", of("client_secret"))
        .with("scope", of("scope"))
        .with("issuer", "https://auth.example.com")
        .with("audience", "https://example.com/hooks")
        .with("hmac_secret", "32 bytes of text that is no secret")
}

fn strict(request: &Value) -> Options {
    options(request).with("form_encoded_only", true)
}

fn lenient(request: &Value) -> Options {
    options(request)
        .with("allow_json", true)
        .with("allow_both_credentials", true)
}

fn respond(request: &Value, options: Options) -> Reply {
    let header = |name: &str| request["headers"][name].as_str().map(str::as_bytes);
    let authorization = Vec::from_iter(header("Authorization"));
    let request = TokenRequest {
        method: request["method"].as_str().unwrap().as_bytes(),
        content_type: header("Content-Type"),
        authorization: &authorization,
        body: request["body"].as_str().unwrap().as_bytes(),
    };
    let issuer = TokenIssuer::new(options).unwrap();
    issuer.respond(&request, 1_700_000_000, [7; 16])
}

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    reply
        .headers()
        .find(|(candidate, _)| *candidate == name)
        .map(|(_, value)| value)
}

fn assert_granted(request: &Value, reply: &Reply) {
    let name = &request["name"];
    assert_eq!(reply.status(), request["expected_status"], "{name}");
    let body: Value = serde_json::from_str(reply.body()).unwrap();
    assert_eq!(body["token_type"], "Bearer", "{name}");
    assert_eq!(body["expires_in"], 300, "{name}");
    assert_eq!(body["scope"], request["scope"], "{name}");
    assert_eq!(header(reply, "Cache-Control"), Some("no-store"), "{name}");
    assert_eq!(header(reply, "Pragma"), Some("no-cache"), "{name}");
}

fn assert_rejected(request: &Value, reply: &Reply) {
    let name = &request["name"];
    assert_eq!(reply.status(), request["expected_status"], "{name}");
    let body: Value = serde_json::from_str(reply.body()).unwrap();
    let error = body["error"].as_str().unwrap();
    assert!(request["note"].as_str().unwrap().contains(error), "{name}");
    assert_eq!(header(reply, "Cache-Control"), Some("no-store"), "{name}");
    assert_eq!(header(reply, "Pragma"), Some("no-cache"), "{name}");
    let used_header = request["headers"].get("Authorization").is_some();
    assert_eq!(
        header(reply, "WWW-Authenticate").is_some(),
        reply.status() == 401 && used_header,
        "{name}"
    );
}
