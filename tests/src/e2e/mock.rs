//! A receiver without a framework, and tests that the harness finds what is
//! wrong with one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use hookseal::ErrorCode;
use serde_json::{Map, Value};

use super::carry::PEER;
use super::case::{made, signed};
use super::{Receiver, Report, Suite};
use crate::format::{Case, Expect};
use crate::http::Response;
use crate::outcomes::Outcome;
use crate::runner::{HeaderForm, Runner};

/// What an application would see of a request.
struct Seen {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Changes what is seen, or what is answered, as a faulty receiver does.
#[derive(Clone, Copy)]
struct Fault {
    request: fn(&mut Seen),
    response: fn(&mut Response),
}

const NONE: Fault = Fault {
    request: |_| {},
    response: |_| {},
};

fn start(webhooks: &str, fault: Fault) -> SocketAddr {
    let entries: BTreeMap<String, Value> = serde_json::from_str(webhooks).unwrap();
    let entries = Arc::new(entries);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let core = Arc::new(Mutex::new(Runner::new()));
    // Ends with the test's process.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (entries, core) = (Arc::clone(&entries), Arc::clone(&core));
            thread::spawn(move || serve(stream, &entries, &core, fault));
        }
    });
    address
}

fn serve(
    stream: TcpStream,
    entries: &BTreeMap<String, Value>,
    core: &Mutex<Runner>,
    fault: Fault,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut seen = read(&mut reader)?;
        (fault.request)(&mut seen);
        let mut response = respond(seen, entries, core);
        (fault.response)(&mut response);
        let mut bytes = format!("HTTP/1.1 {} X\r\n", response.status).into_bytes();
        for (name, value) in &response.headers {
            bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let length = format!("content-length: {}\r\n\r\n", response.body.len());
        bytes.extend_from_slice(length.as_bytes());
        bytes.extend_from_slice(&response.body);
        reader.get_mut().write_all(&bytes).ok()?;
    }
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8(line).ok()?;
    line.strip_suffix("\r\n").map(str::to_owned)
}

fn read(reader: &mut impl BufRead) -> Option<Seen> {
    let request_line = line(reader)?;
    let mut words = request_line.split(' ');
    let mut seen = Seen {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let header = line(reader)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        seen.headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| seen.headers.iter().find(|(known, _)| known == name);
    let mut take = |length: u64| {
        let mut bytes = Vec::new();
        let read = reader.take(length).read_to_end(&mut bytes).ok()?;
        (read as u64 == length).then_some(bytes)
    };
    if let Some((_, length)) = header("content-length") {
        seen.body = take(length.parse().ok()?)?;
    } else if header("transfer-encoding").is_some() {
        loop {
            let size = u64::from_str_radix(&line(reader)?, 16).ok()?;
            let mut chunk = Vec::new();
            reader.take(size + 2).read_to_end(&mut chunk).ok()?;
            if size == 0 {
                break;
            }
            seen.body.extend(chunk.strip_suffix(b"\r\n")?);
        }
    }
    Some(seen)
}

fn respond(seen: Seen, entries: &BTreeMap<String, Value>, core: &Mutex<Runner>) -> Response {
    let name = seen
        .headers
        .iter()
        .find(|(name, _)| name == "hookseal-webhook");
    let Some(entry) = name.and_then(|(_, name)| entries.get(name)) else {
        return response(404, None, b"");
    };
    let mut options: Map<String, Value> = entry.as_object().unwrap().clone();
    let scheme = options.remove("scheme").unwrap();
    let mut case = made("", scheme.as_str().unwrap(), &seen.method, "", &seen.body);
    case.now = options.remove("now").unwrap().as_i64();
    case.options = options;
    let host = seen.headers.iter().find(|(name, _)| name == "host");
    let host = host.map_or("", |(_, host)| host.as_str());
    case.request.url = format!("http://{host}{}", seen.target);
    case.request.headers = seen.headers;
    case.request.peer_ip = Some(PEER);
    match core.lock().unwrap().run(&case, HeaderForm::Pairs).unwrap() {
        Outcome::Verified { facts } => {
            response(200, None, serde_json::to_string(&facts).unwrap().as_bytes())
        }
        Outcome::Rejected { code, .. } => {
            let status = ErrorCode::from_text(&code).unwrap().status();
            response(status, Some(&code), br#"{"error":"webhook_rejected"}"#)
        }
    }
}

fn response(status: u16, code: Option<&str>, body: &[u8]) -> Response {
    let code = code.map(|code| ("hookseal-code".to_owned(), code.into()));
    Response {
        status,
        headers: code.into_iter().collect(),
        body: body.to_vec(),
    }
}

fn suite() -> Suite {
    let genuine = |id: &str| signed(id, "plivo", "POST", "/answer?b=%2f", b"From=1").unwrap();
    let refused = |mut case: Case, code: ErrorCode| {
        case.expect = Expect::Rejected(code);
        case
    };

    let unsigned = made("unsigned", "plivo", "POST", "/answer?b=%2f", b"From=1");
    let mut forged = genuine("forged");
    forged.request.set_body(b"From=2".to_vec());
    let mut unusable = genuine("unusable options");
    unusable.options.insert("auth_token".to_owned(), "".into());
    let mut fragment = genuine("with a fragment");
    fragment.request.url.push_str("#f");

    let mut suite = Suite::new().unwrap();
    for case in [
        genuine("genuine"),
        refused(unsigned, ErrorCode::MissingHeader),
        refused(forged, ErrorCode::SignatureMismatch),
        refused(unusable, ErrorCode::Configuration),
        fragment,
    ] {
        suite.add(&case).unwrap();
    }
    suite
}

fn run(suite: &Suite, faults: &[(&str, Fault)]) -> Report {
    let webhooks = suite.webhooks_json();
    let receivers: Vec<_> = faults
        .iter()
        .map(|&(framework, fault)| Receiver {
            framework: framework.to_owned(),
            address: start(&webhooks, fault),
        })
        .collect();
    suite.run(&receivers)
}

#[test]
fn faultless_receivers_pass() {
    let report = run(&suite(), &[("one", NONE), ("two", NONE)]);
    assert_eq!(report.failures, Vec::<String>::new(), "{report}");
    assert!(report.passed > 100, "{report}");
    let text = report.to_string();
    assert!(
        text.contains(
            r#"the URL has a fragment: 1 cases and 0 twins of such: ["with a fragment"]"#
        ),
        "{text}"
    );
}

#[test]
fn every_fault_is_found() {
    let faults: [(&str, Fault); 7] = [
        (
            "decodes the target",
            Fault {
                request: |seen| seen.target = seen.target.replace("%2F", "/"),
                ..NONE
            },
        ),
        (
            "merges slashes",
            Fault {
                request: |seen| seen.target = seen.target.replace("//", "/"),
                ..NONE
            },
        ),
        (
            "trims the body",
            Fault {
                request: |seen| seen.body = seen.body.trim_ascii().to_vec(),
                ..NONE
            },
        ),
        (
            "lets everything through",
            Fault {
                response: |response| {
                    if response.status == 401 {
                        response.status = 200;
                        response.headers.clear();
                        response.body = br#"{"scheme":"plivo"}"#.to_vec();
                    }
                },
                ..NONE
            },
        ),
        (
            "tells the reason",
            Fault {
                response: |response| {
                    let code = response.header("hookseal-code").map(str::to_owned);
                    if let Some(code) = code {
                        response
                            .headers
                            .push(("x-reason".to_owned(), code.into_bytes()));
                    }
                },
                ..NONE
            },
        ),
        (
            "refuses by itself",
            Fault {
                response: |response| {
                    if response.status == 401 {
                        *response = self::response(400, None, b"Bad Request");
                    }
                },
                ..NONE
            },
        ),
        (
            "answers 500",
            Fault {
                response: |response| response.status = 500,
                ..NONE
            },
        ),
    ];
    let suite = suite();
    for fault in faults {
        let report = run(&suite, &[fault, ("faultless", NONE)]);
        assert!(!report.failures.is_empty(), "{} was not found", fault.0);
        let blamed = report
            .failures
            .iter()
            .all(|failure| failure.starts_with(fault.0) || failure.contains("disagree"));
        assert!(blamed, "{report}");
    }
}
