//! Who is connected, and what a proxy says: the address, the host and the
//! forwarded headers must reach the core as the socket and the wire have them.
//! The vectors' own cases of this need addresses that a loopback cannot have.

use hookseal::{Error, ErrorCode};
use serde_json::{Value, json};

use super::carry::PEER;
use super::case::signed;
use crate::format::{Case, Expect};

const TARGET: &str = "/peers//x?a=%2F";

pub(super) fn cases() -> Result<Vec<Case>, Error> {
    let proxied = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "hooks.example.com"),
        ("X-Forwarded-For", "192.0.2.7"),
    ];
    let hosts = json!(["hooks.example.com"]);
    let host_not_allowed = Expect::Rejected(ErrorCode::HostNotAllowed);
    let mut cases = Vec::new();
    for (id, address, expect) in [
        ("peer allowed", "127.0.0.1", Expect::Verified),
        ("peer allowed by network", "127.0.0.0/8", Expect::Verified),
        (
            "peer not allowed",
            "192.0.2.0/24",
            Expect::Rejected(ErrorCode::IpNotAllowed),
        ),
    ] {
        let options = [("allowed_ips", json!([address]))];
        // With a public URL, so that only the address decides.
        let mut case = case(id, "https://hooks.example.com", &options, &[], expect)?;
        let public_url = Value::from("https://hooks.example.com");
        case.options.insert("public_url".to_owned(), public_url);
        cases.push(case);
    }
    for (id, address, expect) in [
        ("proxy trusted", "127.0.0.0/8", Expect::Verified),
        ("proxy not trusted", "192.0.2.0/24", host_not_allowed),
    ] {
        let options = [
            ("trusted_proxies", json!([address])),
            ("allowed_hosts", hosts.clone()),
        ];
        cases.push(case(
            id,
            "http://internal.test:8080",
            &options,
            &proxied,
            expect,
        )?);
    }
    let options = [("allowed_hosts", hosts)];
    cases.push(case(
        "another host",
        "http://evil.example",
        &options,
        &[],
        host_not_allowed,
    )?);
    Ok(cases)
}

/// A genuine delivery that was called over TLS at the public host, as it
/// arrives at `inner`.
fn case(
    id: &str,
    inner: &str,
    options: &[(&str, Value)],
    headers: &[(&str, &str)],
    expect: Expect,
) -> Result<Case, Error> {
    let mut case = signed(id, "plivo", "POST", TARGET, b"From=1&To=2")?;
    case.request.url = format!("{inner}{TARGET}");
    case.request.peer_ip = Some(PEER);
    case.expect = expect;
    for (name, value) in options {
        case.options.insert((*name).to_owned(), value.clone());
    }
    for (name, value) in headers {
        let header = ((*name).to_owned(), (*value).to_owned());
        case.request.headers.push(header);
    }
    Ok(case)
}
