//! A receiver without a framework, and tests that the harness finds what is
//! wrong with one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use hookseal::{Error, ErrorCode, Headers, Options, Request, Verifier};
use serde_json::{Map, Value, json};

use super::carry::PEER;
use super::case::{made, signed};
use super::{Receiver, Report, Suite};
use crate::format::{Answer, Case, Expect};
use crate::http::Response;
use crate::outcomes::Outcome;

const REJECTION: &[u8] = br#"{"error":"webhook_rejected"}"#;

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
    fetch: fn(&Entry, &Verifier),
}

const NONE: Fault = Fault {
    request: |_| {},
    response: |_| {},
    fetch: |entry, verifier| {
        let _turn = entry.fetching.lock().unwrap();
        load(verifier, |url| get(url, MAX_DOCUMENT));
    },
};

/// One verifier of the file of entries.
struct Entry {
    verifier: Result<Verifier, Error>,
    now: i64,
    /// Held by who fetches keys.
    fetching: Mutex<()>,
}

impl Entry {
    fn new(entry: &Value) -> Self {
        let mut options: Map<String, Value> = entry.as_object().unwrap().clone();
        let scheme = match options.remove("scheme").unwrap() {
            Value::String(id) => id,
            own => own.to_string(),
        };
        let now = options.remove("now").unwrap().as_i64().unwrap();
        let options = Options::from_json(Value::Object(options).to_string().as_bytes());
        Self {
            verifier: options.and_then(|options| Verifier::new(&scheme, options)),
            now,
            fetching: Mutex::default(),
        }
    }

    fn outcome(&self, seen: &Seen, fault: Fault) -> Outcome {
        let verifier = match &self.verifier {
            Ok(verifier) => verifier,
            Err(error) => return Outcome::of(Err(error.clone())),
        };
        let outcome = self.verify(verifier, seen);
        if outcome.as_str() != ErrorCode::KeyUnavailable.as_str() {
            return outcome;
        }
        (fault.fetch)(self, verifier);
        self.verify(verifier, seen)
    }

    fn verify(&self, verifier: &Verifier, seen: &Seen) -> Outcome {
        let hosts = seen.headers.iter().filter(|(name, _)| name == "host");
        let hosts: Vec<&str> = hosts.map(|(_, host)| host.as_str()).collect();
        let authority = hosts.join(", ");
        let headers: Vec<(&[u8], &[u8])> = seen
            .headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        let request = Request {
            method: seen.method.as_bytes(),
            target: seen.target.as_bytes(),
            authority: Some(authority.as_bytes()),
            scheme: Some(b"http"),
            headers: Headers::Pairs(&headers),
            body: &seen.body,
            peer: Some(PEER),
        };
        Outcome::of(verifier.verify_at(&request, self.now))
    }
}

/// What a binding does where keys are needed.
fn load(verifier: &Verifier, get: impl Fn(&str) -> Option<Vec<u8>>) {
    let mut next = verifier.key_request();
    while let Some(url) = next {
        let document = get(&url);
        next = document.and_then(|document| verifier.supply_keys(&document).ok().flatten());
    }
}

const MAX_DOCUMENT: usize = hookseal::MAX_KEY_DOCUMENT_BYTES;

/// Fetches a document, bounded in time and size.
fn get(url: &str, max_bytes: usize) -> Option<Vec<u8>> {
    let deadline = Instant::now() + Duration::from_secs(5);
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    let mut stream = TcpStream::connect(host).ok()?;
    let head = format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json, */*;q=0.1\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut response = Vec::new();
    let mut chunk = [0; 16 << 10];
    loop {
        let left = deadline.checked_duration_since(Instant::now())?;
        stream.set_read_timeout(Some(left)).ok()?;
        match stream.read(&mut chunk).ok()? {
            0 => break,
            length => response.extend_from_slice(&chunk[..length]),
        }
        if response.len() > max_bytes + 1024 {
            return None;
        }
    }
    let end = response.windows(4).position(|four| four == b"\r\n\r\n")?;
    let document = response.split_off(end + 4);
    response.starts_with(b"HTTP/1.1 200 ").then_some(document)
}

fn start(webhooks: &str, fault: Fault) -> SocketAddr {
    let entries: BTreeMap<String, Value> = serde_json::from_str(webhooks).unwrap();
    let entry = |(name, entry): (&String, &Value)| (name.clone(), Entry::new(entry));
    let entries: BTreeMap<_, _> = entries.iter().map(entry).collect();
    let entries = Arc::new(entries);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Ends with the test's process.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let entries = Arc::clone(&entries);
            thread::spawn(move || serve(stream, &entries, fault));
        }
    });
    address
}

fn serve(stream: TcpStream, entries: &BTreeMap<String, Entry>, fault: Fault) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut seen = read(&mut reader)?;
        (fault.request)(&mut seen);
        let mut response = respond(&seen, entries, fault);
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

fn respond(seen: &Seen, entries: &BTreeMap<String, Entry>, fault: Fault) -> Response {
    let name = seen
        .headers
        .iter()
        .find(|(name, _)| name == "hookseal-webhook");
    let Some(entry) = name.and_then(|(_, name)| entries.get(name)) else {
        return response(404, None, b"");
    };
    match entry.outcome(seen, fault) {
        Outcome::Verified { facts } => {
            response(200, None, serde_json::to_string(&facts).unwrap().as_bytes())
        }
        Outcome::Rejected { code, answer } => refuse(&code, answer),
    }
}

fn refuse(code: &str, answer: Option<Answer>) -> Response {
    let owned = |(name, value): (String, String)| (name.to_ascii_lowercase(), value.into_bytes());
    let Some(answer) = answer else {
        let status = ErrorCode::from_text(code).unwrap().status();
        return response(status, Some(code), REJECTION);
    };
    if let Some(reply) = answer.reply {
        return Response {
            status: reply.status,
            headers: reply.headers.into_iter().map(owned).collect(),
            body: reply.body.into_bytes(),
        };
    }
    let mut response = response(answer.status, Some(code), REJECTION);
    let authenticate = answer
        .authenticate
        .map(|value| ("www-authenticate".to_owned(), value));
    response.headers.extend(authenticate.map(owned));
    response
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

    let with = |mut case: Case, options: Value| {
        case.options = options.as_object().unwrap().clone();
        case
    };
    let no_password = with(
        made("no password", "basic", "POST", "/", b"x"),
        json!({"username": "user", "password": "pass word"}),
    );
    let mut handshake = with(
        made(
            "handshake",
            "azure-event-grid",
            "OPTIONS",
            "/?token=abcdef",
            b"",
        ),
        json!({"url_token": "abcdef"}),
    );
    let origin = ("WebHook-Request-Origin", "eventgrid.azure.net");
    handshake.request.headers = vec![(origin.0.to_owned(), origin.1.to_owned())];

    let mut suite = Suite::new().unwrap();
    for case in [
        genuine("genuine"),
        refused(unsigned, ErrorCode::MissingHeader),
        refused(forged, ErrorCode::SignatureMismatch),
        refused(unusable, ErrorCode::Configuration),
        refused(no_password, ErrorCode::MissingHeader),
        refused(handshake, ErrorCode::Challenge),
        refused(fragment, ErrorCode::MalformedUrl),
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
            proxies: Vec::new(),
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
    let faults: [(&str, Fault); 13] = [
        (
            "decodes the target",
            Fault {
                request: |seen| seen.target = seen.target.replace("%2F", "/"),
                ..NONE
            },
        ),
        (
            "glues the Host to the target",
            Fault {
                request: |seen| {
                    let Some(host) = seen.headers.iter_mut().find(|(name, _)| name == "host")
                    else {
                        return;
                    };
                    let glued = format!("{}{}", host.1, seen.target);
                    let glued = glued.split('#').next().unwrap().to_owned();
                    if let Some(start) = glued.find(['/', '?']) {
                        host.1 = glued[..start].to_owned();
                        seen.target = glued[start..].to_owned();
                    }
                },
                ..NONE
            },
        ),
        (
            "cuts fragments",
            Fault {
                request: |seen| seen.target = seen.target.split('#').next().unwrap().to_owned(),
                ..NONE
            },
        ),
        (
            "believes in a prefix",
            Fault {
                request: |seen| {
                    let mut headers = seen.headers.iter();
                    let prefix = headers.find(|(name, _)| name == "x-forwarded-prefix");
                    if let Some((_, prefix)) = prefix {
                        seen.target = format!("{prefix}{}", seen.target);
                    }
                },
                ..NONE
            },
        ),
        (
            "believes in a rewritten URL",
            Fault {
                request: |seen| {
                    let mut headers = seen.headers.iter();
                    if let Some((_, url)) = headers.find(|(name, _)| name == "x-rewrite-url") {
                        seen.target.clone_from(url);
                    }
                },
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
            "asks for no password",
            Fault {
                response: |response| {
                    let headers = &mut response.headers;
                    headers.retain(|(name, _)| name != "www-authenticate");
                },
                ..NONE
            },
        ),
        (
            "allows another origin",
            Fault {
                response: |response| {
                    for (name, value) in &mut response.headers {
                        if name == "webhook-allowed-origin" {
                            *value = b"*".to_vec();
                        }
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

#[test]
fn keys_are_fetched_by_a_faultless_receiver() {
    // Its deliveries do not wait for the one that fetches already, and it reads
    // all of a flood.
    let careless = Fault {
        fetch: |_, verifier| load(verifier, |url| get(url, 64 << 20)),
        ..NONE
    };
    let mut suite = Suite::default();
    suite.add_remote_keys(&["faultless", "careless"]).unwrap();
    let report = run(&suite, &[("faultless", NONE), ("careless", careless)]);
    let is_of = |framework| move |failure: &&String| failure.starts_with(framework);
    let wrong = report.failures.iter().find(is_of("faultless"));
    assert_eq!(wrong, None, "{report}");
    for what in ["key_unavailable instead of", "bytes of a flood were read"] {
        let mut found = report.failures.iter().filter(is_of("careless"));
        assert!(found.any(|failure| failure.contains(what)), "{report}");
    }
}
