//! The comparer of the runners' outcomes.

use std::collections::BTreeMap;
use std::path::Path;

use conformance::outcomes::{self, Outcome, Outcomes};
use conformance::parity::compare;
use serde_json::{Value, json};

fn outcomes(json: Value) -> Outcomes {
    serde_json::from_value(json).unwrap()
}

fn differences(runners: &[(&str, Value)]) -> Vec<String> {
    let runners: BTreeMap<_, _> = runners
        .iter()
        .map(|(runner, json)| ((*runner).to_owned(), outcomes(json.clone())))
        .collect();
    compare(&runners).iter().map(ToString::to_string).collect()
}

fn verified(key_id: &str) -> Value {
    json!({"verdict": "verified", "facts": {"key_id": key_id, "covers": {"body": "full"}}})
}

fn rejected(code: &str) -> Value {
    json!({"verdict": "rejected", "code": code})
}

#[test]
fn runners_that_answer_alike_have_no_differences() {
    let answers = json!({"a": verified("0"), "b": rejected("signature_mismatch")});
    let runners = [
        ("core", answers.clone()),
        ("node", answers.clone()),
        ("java", answers),
    ];
    assert!(differences(&runners).is_empty());
    assert!(differences(&[]).is_empty());
}

#[test]
fn another_verdict_is_named_once() {
    let found = differences(&[
        ("core", json!({"a": verified("0")})),
        ("node", json!({"a": rejected("malformed_header")})),
        ("python", json!({"a": rejected("missing_header")})),
    ]);
    assert_eq!(
        found,
        [r#"a: verdict differs: core="verified" node="malformed_header" python="missing_header""#]
    );
}

#[test]
fn another_fact_is_named_with_its_values() {
    let found = differences(&[
        ("core", json!({"a": verified("0"), "b": verified("1")})),
        ("dotnet", json!({"a": verified("0"), "b": verified("2")})),
    ]);
    assert_eq!(found, [r#"b: key_id differs: core="1" dotnet="2""#]);
}

#[test]
fn a_fact_that_one_runner_leaves_out_differs() {
    let without = json!({"a": {"verdict": "verified", "facts": {"key_id": "0"}}});
    let found = differences(&[("core", json!({"a": verified("0")})), ("java", without)]);
    assert_eq!(
        found,
        [r#"a: covers differs: core={"body":"full"} java=(none)"#]
    );
}

#[test]
fn null_is_not_absence() {
    let facts = |facts: Value| json!({"a": {"verdict": "verified", "facts": facts}});
    let found = differences(&[
        ("core", facts(json!({"timestamp": null}))),
        ("node", facts(json!({}))),
    ]);
    assert_eq!(found, ["a: timestamp differs: core=null node=(none)"]);
}

#[test]
fn a_case_that_one_runner_left_out_differs() {
    let found = differences(&[
        ("core", json!({"a": verified("0"), "b": verified("0")})),
        ("python", json!({"a": verified("0")})),
    ]);
    assert_eq!(
        found,
        [r#"b: verdict differs: core="verified" python=(none)"#]
    );
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parity-outcomes.json");
    let written = outcomes(json!({"a": verified("0"), "b": rejected("configuration")}));
    outcomes::write(&path, &written).unwrap();
    assert_eq!(outcomes::read(&path).unwrap(), written);
    assert_eq!(written["b"].as_str(), "configuration");
    assert!(matches!(written["a"], Outcome::Verified { .. }));
    assert!(outcomes::read(Path::new("/nonexistent")).is_err());
}
