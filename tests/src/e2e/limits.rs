//! The limits of a body: at the limit, above it, with its length told or not.

use hookseal::{Error, ErrorCode};
use serde_json::json;

use super::case::signed;
use crate::format::{Case, Expect};

const LIMIT: usize = 1000;

/// Cases to send both with and without a length.
pub(super) fn cases() -> Result<Vec<Case>, Error> {
    let case = |id: &str, body: &[u8]| signed(id, "plivo", "POST", "/limits", body);
    let mut cases = Vec::new();
    for (id, body) in [
        ("body empty", Vec::new()),
        ("body at the limit", form(LIMIT)),
        ("body one byte above the limit", form(LIMIT + 1)),
        ("body far above the limit", form(300 * LIMIT)),
        ("body of any bytes", b"From=\0\xff\xc3(&To=\r\n\t".to_vec()),
    ] {
        let mut case = case(id, &body)?;
        case.options
            .insert("max_body_bytes".to_owned(), json!(LIMIT));
        if body.len() > LIMIT {
            case.expect = Expect::Rejected(ErrorCode::BodyTooLarge);
        }
        cases.push(case);
    }
    cases.push(case(
        "body of 200 KiB under the default limit",
        &form(200 << 10),
    )?);
    Ok(cases)
}

/// A form of one field that has exactly that many bytes.
fn form(length: usize) -> Vec<u8> {
    let mut body = b"Text=".to_vec();
    body.resize(length, b'x');
    body
}
