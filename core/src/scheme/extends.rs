//! A provider that uses the scheme of another one under names of its own.
//!
//! It changes names, texts, addresses and header names, and nothing that proves
//! anything: what is signed, how, and for how long is what the base says.

use serde_json::{Map, Value};

use crate::scheme::reader::{SchemeError, borrowed_text, object_members};

/// What the file says by itself.
const OWN: [&str; 9] = [
    "id",
    "title",
    "docs",
    "status",
    "notes",
    "extends",
    "headers",
    "key",
    "addresses",
];

/// What of its key.
const OWN_OF_KEY: [&str; 3] = ["option", "hint", "refuse"];

/// The whole file, where it extends a built-in one; `find` gives the text of that.
pub(super) fn resolve(
    value: Value,
    find: impl Fn(&str) -> Option<&'static str>,
) -> Result<Value, SchemeError> {
    let Some(base) = value.get("extends") else {
        return Ok(value);
    };
    let base = borrowed_text(base).map_err(|fault| fault.inside("extends"))?;
    let base: Option<Value> = find(base).and_then(|text| serde_json::from_str(text).ok());
    let Some(Value::Object(base)) = base else {
        return Err(SchemeError::new("there is no such built-in scheme").inside("extends"));
    };
    if base.contains_key("extends") {
        return Err(SchemeError::new("that one extends another").inside("extends"));
    }
    let file = object_members(&value)?;
    only(file, &OWN)?;
    extend(file, base).map(Value::Object)
}

fn extend(
    file: &Map<String, Value>,
    mut base: Map<String, Value>,
) -> Result<Map<String, Value>, SchemeError> {
    for own in OWN {
        if own != "key" {
            base.remove(own);
        }
    }
    let mut whole = Value::Object(base);
    if let Some(headers) = file.get("headers") {
        let headers = object_members(headers).map_err(|fault| fault.inside("headers"))?;
        for (old, new) in headers {
            let inside = |fault: SchemeError| fault.inside(old).inside("headers");
            let new = borrowed_text(new).map_err(inside)?;
            if !rename(&mut whole, old, new) {
                return Err(inside(SchemeError::new("the base reads no such header")));
            }
        }
    }
    let Value::Object(mut whole) = whole else {
        return Ok(Map::new());
    };
    if let Some(key) = file.get("key") {
        let key = object_members(key).map_err(|fault| fault.inside("key"))?;
        only(key, &OWN_OF_KEY).map_err(|fault| fault.inside("key"))?;
        if let Some(Value::Object(base)) = whole.get_mut("key") {
            base.extend(key.clone());
        }
    }
    let own = file
        .iter()
        .filter(|(name, _)| !["extends", "headers", "key"].contains(&name.as_str()));
    whole.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    Ok(whole)
}

fn only(members: &Map<String, Value>, known: &[&str]) -> Result<(), SchemeError> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(SchemeError::new(format!(
            "`{name}` is what the base says; a file that extends has {} only",
            known.join(", ")
        ))),
    }
}

/// Puts one header in the place of another, in values and in names of members.
/// Returns whether it was there.
fn rename(value: &mut Value, old: &str, new: &str) -> bool {
    match value {
        Value::String(text) => rename_in(text, old, new),
        Value::Array(elements) => elements.iter_mut().fold(false, |was_there, element| {
            rename(element, old, new) | was_there
        }),
        Value::Object(members) => {
            let mut was_there = false;
            let renamed = core::mem::take(members)
                .into_iter()
                .map(|(mut name, mut value)| {
                    was_there |= rename_in(&mut name, old, new);
                    was_there |= rename(&mut value, old, new);
                    (name, value)
                });
            *members = renamed.collect();
            was_there
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn rename_in(text: &mut String, old: &str, new: &str) -> bool {
    let place = format!("header:{old}");
    let mut renamed = String::new();
    let mut was_there = false;
    let mut rest = text.as_str();
    while let Some(position) = rest.find(&place) {
        let (before, from) = rest.split_at(position);
        let (_, behind) = from.split_at(place.len());
        let is_whole = behind.is_empty() || behind.starts_with(['|', '}', ' ']);
        renamed.push_str(before);
        renamed.push_str("header:");
        renamed.push_str(if is_whole { new } else { old });
        was_there |= is_whole;
        rest = behind;
    }
    renamed.push_str(rest);
    *text = renamed;
    was_there
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = r#"{
        "id": "base", "title": "Base", "docs": "https://base.example", "status": "stable",
        "key": {"option": "secret", "hint": "its secret", "prefix": "whsec_"},
        "signature": {"from": "header:x-id-signature", "signed": "{header:x-id}.{header:x-id|any}"},
        "require": {"header:x-id | header:x-id-2": "present"}
    }"#;

    fn resolved(file: Value) -> Result<Value, String> {
        resolve(file, |id| (id == "base").then_some(BASE)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn names_change_and_nothing_else() {
        let file = json!({
            "id": "own", "title": "Own", "docs": "https://own.example", "status": "unconfirmed",
            "extends": "base", "headers": {"x-id": "own-id"}, "key": {"hint": "own secret"},
        });
        assert_eq!(
            resolved(file),
            Ok(json!({
                "id": "own", "title": "Own", "docs": "https://own.example",
                "status": "unconfirmed",
                "key": {"option": "secret", "hint": "own secret", "prefix": "whsec_"},
                "signature": {
                    "from": "header:x-id-signature",
                    "signed": "{header:own-id}.{header:own-id|any}",
                },
                "require": {"header:own-id | header:x-id-2": "present"},
            }))
        );
    }

    #[test]
    fn what_the_base_says_cannot_be_said_again() {
        for (file, expected) in [
            (json!({"extends": "other"}), "no such built-in"),
            (json!({"extends": 1}), "extends: expected a text"),
            (
                json!({"extends": "base", "signature": {}}),
                "`signature` is what the base says",
            ),
            (
                json!({"extends": "base", "timestamp": {}}),
                "`timestamp` is what the base says",
            ),
            (
                json!({"extends": "base", "key": {"prefix": ""}}),
                "key: `prefix`",
            ),
            (
                json!({"extends": "base", "headers": {"x-other": "x"}}),
                "headers.x-other",
            ),
        ] {
            let fault = resolved(file).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
    }
}
