//! What the fuzz targets share.

use std::cell::RefCell;
use std::collections::HashMap;

use conformance::format::DEFAULT_NOW;
use hookseal::{Options, Verifier};
use serde_json::Value;

/// Verifiers that are kept, since making one takes longer than a verification.
const MAX_KEPT: usize = 4096;

/// By the line that describes them; `None` for a line that describes none.
type Kept = HashMap<Vec<u8>, Option<(Verifier, i64)>>;

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// Calls with the verifier that a first line describes, and its time:
/// `{"scheme": …, "options": {…}, "now": …}`. `None` where there is none.
pub fn with_verifier<T>(setup: &[u8], call: impl FnOnce(&Verifier, i64) -> T) -> Option<T> {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() > MAX_KEPT {
            kept.clear();
        }
        let verifier = kept
            .entry(setup.to_vec())
            .or_insert_with_key(|setup| verifier(setup));
        verifier
            .as_ref()
            .map(|(verifier, now)| call(verifier, *now))
    })
}

fn verifier(setup: &[u8]) -> Option<(Verifier, i64)> {
    let setup: Value = serde_json::from_slice(setup).ok()?;
    let options = Options::from_json(setup.get("options")?.to_string().as_bytes()).ok()?;
    let verifier = Verifier::new(setup.get("scheme")?.as_str()?, options).ok()?;
    let now = setup.get("now").and_then(Value::as_i64);
    // A clock before 1970 is wrong, and not the request: that is internal.
    Some((verifier, now.unwrap_or(DEFAULT_NOW).max(0)))
}
