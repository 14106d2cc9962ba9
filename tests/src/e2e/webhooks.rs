//! The file of entries that all receivers read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One entry for every distinct combination of scheme, options and clock.
#[derive(Debug, Default)]
pub(super) struct Webhooks {
    names: BTreeMap<String, String>,
    entries: Map<String, Value>,
}

impl Webhooks {
    /// The name of the entry with these values, made where there is none yet.
    pub(super) fn name(&mut self, scheme: &str, options: &Map<String, Value>, now: i64) -> String {
        let mut entry = options.clone();
        entry.insert("scheme".to_owned(), as_value(scheme));
        entry.insert("now".to_owned(), now.into());
        let entry = Value::Object(entry);
        let next = format!("w{}", self.names.len());
        let name = self.names.entry(entry.to_string()).or_insert(next).clone();
        self.entries.entry(name.clone()).or_insert(entry);
        name
    }

    /// The text of the file.
    pub(super) fn to_json(&self) -> String {
        Value::Object(self.entries.clone()).to_string()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// A scheme of the user's own is JSON text in a case and an object in an entry.
fn as_value(scheme: &str) -> Value {
    match serde_json::from_str(scheme) {
        Ok(own @ Value::Object(_)) => own,
        _ => Value::from(scheme),
    }
}

/// The scheme as it comes out of an entry again.
pub(super) fn through_entry(scheme: &str) -> String {
    match as_value(scheme) {
        Value::String(id) => id,
        own => own.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_combinations_share_an_entry() {
        let mut webhooks = Webhooks::default();
        let options = json!({"auth_token": "t"});
        let options = options.as_object().unwrap();
        let first = webhooks.name("plivo", options, 1);
        assert_eq!(first, webhooks.name("plivo", options, 1));
        assert_ne!(first, webhooks.name("plivo", options, 2));
        assert_ne!(first, webhooks.name("plivo", &Map::new(), 1));
        assert_eq!(webhooks.len(), 3);
        let file: Value = serde_json::from_str(&webhooks.to_json()).unwrap();
        assert_eq!(
            file[&first],
            json!({"scheme": "plivo", "auth_token": "t", "now": 1})
        );

        let own = webhooks.name("{\"id\": \"mine\"}", options, 1);
        let file: Value = serde_json::from_str(&webhooks.to_json()).unwrap();
        assert_eq!(file[&own]["scheme"]["id"], "mine");
    }
}
