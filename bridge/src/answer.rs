//! How a host answers a sender, and the table of error codes, as text.

use hookseal::{Error, ErrorCode, Reply};
use serde_json::{Value, json};

/// The body of every rejection, whatever the reason.
pub const REJECTION_BODY: &str = r#"{"error":"webhook_rejected"}"#;

/// The content type of [`REJECTION_BODY`].
pub const REJECTION_CONTENT_TYPE: &str = "application/json";

/// `[{"code":"missing_header","number":1,"status":401}, …]`, in order of number.
#[must_use]
pub fn error_codes_json() -> String {
    let code = |code: &ErrorCode| json!({"code": code.as_str(), "number": code.number(), "status": code.status()});
    Value::Array(ErrorCode::ALL.iter().map(code).collect()).to_string()
}

/// How to answer an error, where its code does not say it all:
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
