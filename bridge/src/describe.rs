//! Texts that a shim reads once: the error table, the catalogue, and what one
//! compiled verifier needs.

use hookseal::{Covers, Error, ErrorCode, MAX_KEY_DOCUMENT_BYTES, Reply, Verifier};
use serde_json::{Value, json};

/// The one body that every rejected caller gets, whatever the reason.
pub const REJECTION_BODY: &str = r#"{"error":"webhook_rejected"}"#;

/// The content type of [`REJECTION_BODY`].
pub const REJECTION_CONTENT_TYPE: &str = "application/json";

/// How long one request for keys may take, connection and body together.
const KEY_FETCH_TIMEOUT_MS: u64 = 5_000;

/// `[{"code":"missing_header","number":1,"status":401}, …]`, in order of number.
#[must_use]
pub fn error_codes_json() -> String {
    let code = |code: &ErrorCode| json!({"code": code.as_str(), "number": code.number(), "status": code.status()});
    Value::Array(ErrorCode::ALL.iter().map(code).collect()).to_string()
}

/// The catalogue: `[{"id", "title", "docs", "status", "signs", "notes",
/// "options": […]}, …]`.
#[must_use]
pub fn schemes_json() -> &'static str {
    hookseal::schemes_json()
}

/// What a shim has to know of one verifier, as JSON:
///
/// - `scheme`: its id;
/// - `header_names`: the lower-case names to pass, in slot order;
/// - `diagnostic_header_names`: those to pass to `diagnose` after a refusal;
/// - `key_ids`: the labels by key index;
/// - `coverage`: what each variant covers, by variant index;
/// - `url_forms`: the names by url-form index;
/// - `max_body_bytes`: how much of a body middleware may read;
/// - `decrypts`: whether the payload is another than the body;
/// - `remote_keys`: null, or `{"timeout_ms", "max_bytes"}` where keys have to be
///   fetched: the bounds of one request;
/// - `introspects`: whether a hook has to ask about the token of each delivery.
pub(crate) fn describe(verifier: &Verifier) -> String {
    json!({
        "scheme": verifier.scheme(),
        "header_names": verifier.header_names(),
        "diagnostic_header_names": verifier.diagnostic_header_names(),
        "key_ids": verifier.key_ids().collect::<Vec<_>>(),
        "coverage": verifier.coverage().map(covers_json).collect::<Vec<_>>(),
        "url_forms": verifier.url_forms(),
        "max_body_bytes": verifier.max_body_bytes(),
        "decrypts": verifier.decrypts(),
        "introspects": verifier.introspects(),
        "remote_keys": verifier.has_remote_keys().then(|| json!({
            "timeout_ms": KEY_FETCH_TIMEOUT_MS,
            "max_bytes": MAX_KEY_DOCUMENT_BYTES,
        })),
    })
    .to_string()
}

fn covers_json(covers: Covers) -> Value {
    json!({
        "body": covers.body.as_str(),
        "url": covers.url.as_str(),
        "method": covers.method,
        "timestamp": covers.timestamp.as_str(),
        "delivery_id": covers.delivery_id.as_str(),
        "confidential": covers.confidential,
    })
}

/// How an error is answered, where that is more than the status of its code:
/// `{"status": number, "authenticate": text or null, "reply": null or
/// {"status", "headers": [[name, value], …], "body"}}`. `authenticate` is the
/// value of a `WWW-Authenticate` header; `reply` is a response to send as it is.
#[must_use]
pub fn answer_json(error: &Error) -> Option<String> {
    let (authenticate, reply) = (error.authenticate(), error.reply());
    let is_plain =
        authenticate.is_none() && reply.is_none() && error.status() == error.code().status();
    (!is_plain).then(|| {
        json!({
            "status": error.status(),
            "authenticate": authenticate,
            "reply": reply.map(reply_value),
        })
        .to_string()
    })
}

/// A response as JSON: `{"status", "headers": [[name, value], …], "body"}`.
#[must_use]
pub fn reply_json(reply: &Reply) -> String {
    reply_value(reply).to_string()
}

fn reply_value(reply: &Reply) -> Value {
    json!({
        "status": reply.status(),
        "headers": reply.headers().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "body": reply.body(),
    })
}
