//! The mistakes that people make, `tests/diagnosis.json`: what the detail of
//! each rejection names, and what it must not hold. The bindings run the same rows.

use std::collections::BTreeSet;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use conformance::format::DEFAULT_NOW;
use hookseal::{Error, HeaderSlots, Headers, Options, Request, Verifier};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    #[serde(rename = "note")]
    _note: String,
    count: usize,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    /// The number in the table, where it is one of it.
    row: Option<u8>,
    #[serde(rename = "mistake")]
    _mistake: String,
    names_cause: bool,
    scheme: String,
    options: Map<String, Value>,
    request: Option<Received>,
    now: Option<i64>,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Received {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body_utf8: Option<String>,
    body_base64: Option<String>,
    parsed_body: Option<Value>,
    peer_ip: Option<IpAddr>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    detail_contains: Vec<String>,
    detail_lacks: Vec<String>,
}

fn rows() -> Vec<Row> {
    let file: File = serde_json::from_str(include_str!("../diagnosis.json")).unwrap();
    assert_eq!(file.schema, "hookseal-diagnosis-1");
    assert_eq!(file.count, file.rows.len());
    file.rows
}

impl Row {
    fn verifier(&self) -> Result<Verifier, Error> {
        let options = Value::Object(self.options.clone()).to_string();
        Verifier::new(&self.scheme, Options::from_json(options.as_bytes())?)
    }

    /// The details of the rejection: with all headers, and with those that the
    /// verifier reads and what the second call says of the rest, as a binding
    /// does it. `None` where a body is parsed, which cannot be passed here.
    fn details(&self) -> Option<[Error; 2]> {
        let verifier = match (self.verifier(), &self.request) {
            (Err(error), None) => return Some([error.clone(), error]),
            (verifier, _) => verifier.unwrap_or_else(|error| panic!("{}: {error}", self.id)),
        };
        let request = self.request.as_ref().unwrap();
        if request.parsed_body.is_some() {
            return None;
        }
        let body = match (&request.body_utf8, &request.body_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(text)) => STANDARD.decode(text).unwrap(),
            _ => panic!("{}: one body", self.id),
        };
        let pairs: Vec<(&[u8], &[u8])> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        let names = verifier.header_names();
        let mut slots = HeaderSlots::new();
        for (name, value) in &request.headers {
            let slot = names.iter().position(|it| it.eq_ignore_ascii_case(name));
            slot.into_iter()
                .for_each(|slot| slots.set(slot, value.as_bytes()));
        }
        let rejection = |headers| {
            let received = Request {
                method: request.method.as_bytes(),
                target: request.url.as_bytes(),
                authority: None,
                scheme: None,
                headers,
                body: &body,
                peer: request.peer_ip,
            };
            let now = self.now.unwrap_or(DEFAULT_NOW);
            let verdict = verifier.verify_at(&received, now).map(|_| ());
            verdict.unwrap_err()
        };
        let whole = rejection(Headers::Pairs(&pairs));
        let own = rejection(Headers::Slots(&slots));

        let looked_at = verifier.diagnostic_header_names();
        let picked: Vec<_> = pairs
            .iter()
            .copied()
            .filter(|(name, _)| {
                let mut names = looked_at.iter();
                names.any(|it| it.as_bytes().eq_ignore_ascii_case(name))
            })
            .collect();
        let beginning = &body[..body.len().min(16)];
        let more = verifier.diagnose(own.code(), &picked, request.peer_ip, beginning);
        let detail = format!("{}{more}", own.detail());
        Some([whole, Error::new(own.code(), detail)])
    }
}

#[test]
fn every_mistake_is_told_as_the_table_says() {
    let mut wrong = Vec::new();
    for row in rows() {
        for error in row.details().into_iter().flatten() {
            let (detail, expected) = (error.detail(), &row.expect);
            let lacks = |text: &&String| !detail.contains(text.as_str());
            let missing: Vec<_> = expected.detail_contains.iter().filter(lacks).collect();
            let told = expected.detail_lacks.iter().filter(|text| !lacks(text));
            let told: Vec<_> = told.collect();
            if error.code().as_str() != expected.code || !missing.is_empty() || !told.is_empty() {
                wrong.push(format!(
                    "{}: {error}\n  lacks {missing:?}\n  has {told:?}",
                    row.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fifteen_of_the_twenty_mistakes_name_their_cause() {
    let rows = rows();
    let ids: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len(), "an id is there twice");
    let numbers: BTreeSet<_> = rows.iter().filter_map(|row| row.row).collect();
    assert_eq!(numbers, (1..=20).collect());
    let named = rows.iter().filter(|row| row.names_cause);
    let named: BTreeSet<_> = named.filter_map(|row| row.row).collect();
    assert!(named.len() >= 15, "{named:?}");
}

#[test]
fn no_detail_holds_a_secret_a_signature_or_a_body() {
    for row in rows() {
        let options = row.options.iter();
        let secrets = options
            .filter(|(name, _)| {
                ["secret", "auth_token", "hmac_secret", "app_id"].contains(&&***name)
            })
            .flat_map(|(_, value)| match value {
                Value::Object(labelled) => labelled.values().cloned().collect(),
                one => vec![one.clone()],
            })
            .map(|value| value.as_str().unwrap().trim().to_owned());
        let request = row.request.iter();
        let received = request.flat_map(|request| {
            let proofs = request.headers.iter().filter(|(name, _)| {
                let name = name.to_ascii_lowercase();
                name.contains("signature") || name == "authorization"
            });
            let body = request.body_utf8.iter().chain(&request.body_base64);
            proofs.map(|(_, value)| value).chain(body).cloned()
        });
        let forbidden: Vec<_> = secrets
            .chain(received)
            .filter(|text| !text.is_empty())
            .collect();
        for error in row.details().into_iter().flatten() {
            for text in &forbidden {
                assert!(!error.detail().contains(text.as_str()), "{}", row.id);
            }
            let is_plain = |character: char| matches!(character, ' '..='~' | '…');
            assert!(error.detail().chars().all(is_plain), "{error}");
        }
    }
}
