//! The rules of the scheme language: files that must not compile, each with what is
//! said about it, and pairs of requests of which one is genuine.
//!
//! `cases.json` holds both; the numbers of its rules are those of the language's
//! design, L for files and R for requests.

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::Delivery;
use hookseal::{Error, ErrorCode, Options, ReplayKey, Verifier};
use serde_json::Value;

#[test]
fn files_that_claim_more_than_they_prove_are_rejected() {
    let mut rules = BTreeSet::new();
    for case in cases("files") {
        let what = text(&case["attack"]);
        let Err(error) = Verifier::new(&compact(&case["file"]), Options::new()) else {
            panic!("{}: {what}", case["rule"]);
        };
        assert_eq!(error.code(), ErrorCode::Configuration, "{what}");
        assert!(
            error.detail().contains(text(&case["says"])),
            "{what}: {error}"
        );
        rules.insert(text(&case["rule"]).to_owned());
    }
    assert_eq!(rules.len(), 22);
}

#[test]
fn of_two_requests_the_genuine_one_verifies() {
    let mut rules = BTreeSet::new();
    for case in cases("requests") {
        let what = format!("{} {}", case["rule"], case["attack"]);
        let genuine = outcome(&case, "genuine");
        let forged = outcome(&case, "forged").unwrap();
        match (text(&case["code"]), forged) {
            // The same message under another signature is the same delivery.
            ("verified", forged) => {
                assert_eq!(forged.unwrap(), genuine.unwrap().unwrap(), "{what}");
            }
            (code, forged) => {
                assert_eq!(forged.unwrap_err().code().as_str(), code, "{what}");
                if let Some(genuine) = genuine {
                    assert!(genuine.is_ok(), "{what}: {genuine:?}");
                }
            }
        }
        rules.insert(text(&case["rule"]).to_owned());
    }
    assert!(rules.len() > 16, "{rules:?}");
}

/// What becomes of one request of a pair; `None` where there is none. A verifier that
/// cannot be made rejects every request.
fn outcome(case: &Value, which: &str) -> Option<Result<Option<ReplayKey>, Error>> {
    let request = case[which].as_object()?;
    let options = Options::from_json(case["options"].to_string().as_bytes()).unwrap();
    let verifier = match Verifier::new(&compact(&case["file"]), options) {
        Ok(verifier) => verifier,
        Err(error) => return Some(Err(error)),
    };
    let body = STANDARD.decode(text(&request["body"])).unwrap();
    let delivery = Delivery::new(text(&request["method"]), text(&request["url"]), &body);
    let headers = request["headers"].as_object().unwrap().iter();
    let delivery = headers.fold(delivery, |delivery, (name, value)| {
        delivery.header(name, text(value))
    });
    let now = case["now"].as_i64().unwrap_or(common::NOW);
    Some(delivery.request(|request| {
        let verified = verifier.verify_at(request, now)?;
        Ok(verified.replay_key())
    }))
}

fn cases(kind: &str) -> Vec<Value> {
    let cases: Value = serde_json::from_str(include_str!("cases.json")).unwrap();
    cases[kind].as_array().unwrap().clone()
}

/// The compact form of a file.
fn compact(file: &Value) -> String {
    let file: Value = toml::from_str(text(file)).unwrap();
    file.to_string()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
