//! The table of codes is frozen: numbers and texts never change and are never
//! reused. `tests/errors.json` is the frozen copy; a new code is added to both.

use hookseal::ErrorCode;
use serde_json::{Value, json};

// Pitfall ERR-5.
#[test]
fn the_table_is_the_frozen_one() {
    let frozen: Vec<Value> = serde_json::from_str(include_str!("../errors.json")).unwrap();
    let table: Vec<Value> = ErrorCode::ALL
        .iter()
        .map(
            |code| json!({"code": code.as_str(), "number": code.number(), "status": code.status()}),
        )
        .collect();
    assert_eq!(table, frozen);
}

#[test]
fn numbers_and_texts_are_unique_and_no_code_is_success() {
    for (index, code) in ErrorCode::ALL.iter().enumerate() {
        assert_ne!(code.number(), 0);
        assert_eq!(ErrorCode::from_text(code.as_str()), Some(*code));
        for other in &ErrorCode::ALL[index + 1..] {
            assert_ne!(code.number(), other.number());
            assert_ne!(code.as_str(), other.as_str());
        }
    }
    assert_eq!(ErrorCode::from_text("verified"), None);
}

// Pitfall REPLAY-4.
/// A delivery that was seen before, and a handshake, which comes with a reply.
#[test]
fn only_a_replay_and_a_handshake_are_answered_with_success() {
    for code in ErrorCode::ALL {
        let is_no_rejection = matches!(code, ErrorCode::Replayed | ErrorCode::Challenge);
        assert_eq!(code.status() < 300, is_no_rejection, "{code:?}");
    }
}
