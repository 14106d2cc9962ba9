//! Cases that are made here rather than read from a vector file.

use hookseal::{Error, Headers, Options, Request, Signing, Verifier};
use serde_json::{Map, Value};

use crate::format::{Case, CaseSource, DEFAULT_NOW, Expect, RequestData, SourceKind};

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";
const TOKEN: &str = "a token of the end-to-end tests";

/// A form delivery without a signature to a path on one public host.
pub(super) fn made(id: &str, scheme: &str, method: &str, target: &str, body: &[u8]) -> Case {
    let mut request = RequestData {
        method: method.to_owned(),
        url: format!("https://hooks.example.com{target}"),
        authority: None,
        scheme: None,
        headers: vec![("Content-Type".to_owned(), CONTENT_TYPE.to_owned())],
        body_utf8: None,
        body_base64: None,
        peer_ip: None,
    };
    request.set_body(body.to_vec());
    Case {
        id: id.to_owned(),
        comment: String::new(),
        flags: Vec::new(),
        scheme: scheme.to_owned(),
        options: Map::from_iter([("auth_token".to_owned(), Value::from(TOKEN))]),
        request,
        now: None,
        expect: Expect::Verified,
        facts: None,
        answer: None,
        layout: None,
        source: CaseSource {
            kind: SourceKind::Constructed,
            files: Vec::new(),
            note: None,
            status: None,
            of: None,
        },
    }
}

/// The same with the headers its provider would send, signed by the core.
pub(super) fn signed(
    id: &str,
    scheme: &str,
    method: &str,
    target: &str,
    body: &[u8],
) -> Result<Case, Error> {
    let mut case = made(id, scheme, method, target, body);
    let added = Verifier::new(scheme, Options::new().with("auth_token", TOKEN))?.sign(
        &Request {
            method: method.as_bytes(),
            target: case.request.url.as_bytes(),
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&[(b"content-type", CONTENT_TYPE.as_bytes())]),
            body,
            peer: None,
        },
        &Signing {
            delivery_id: Some("05429567804466091622"),
            timestamp: Some(DEFAULT_NOW),
            ..Signing::default()
        },
    )?;
    case.request.headers.extend(added);
    Ok(case)
}
