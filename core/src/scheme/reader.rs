//! Reads JSON as the types of a scheme file, and names the place of a mistake.
//!
//! Derived deserializers would do the same, but they compile each field several
//! times over, into a tenth of the library. For the same reason what all fields
//! share stays out of line.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::de::value::{Error as UnknownChoice, StrDeserializer};
use serde_json::{Map, Value};

use crate::primitives::jwt::ClaimValue;
use crate::primitives::time::Tolerance;

/// What is wrong with a file, and where.
#[derive(Debug)]
pub(crate) struct SchemeError {
    place: String,
    what: String,
}

/// Reads one value.
pub(crate) type Read<T> = fn(&Value) -> Result<T, SchemeError>;

/// The members of an object, taken by name.
pub(crate) struct Fields<'a> {
    members: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl SchemeError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            place: String::new(),
            what: what.into(),
        }
    }

    #[cold]
    fn missing(name: &str) -> Self {
        Self::new(format!("missing field `{name}`"))
    }

    #[cold]
    fn mistaken(value: &Value, expected: &str) -> Self {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self::new(format!("expected {expected}, not {found}"))
    }

    /// Seen from the object that has the member, or from the list.
    #[cold]
    pub(crate) fn inside(mut self, step: &str) -> Self {
        if !self.place.is_empty() && !self.place.starts_with('[') {
            self.place.insert(0, '.');
        }
        self.place.insert_str(0, step);
        self
    }
}

impl fmt::Display for SchemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.what)
    }
}

impl Fields<'_> {
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        read: Read<T>,
    ) -> Result<T, SchemeError> {
        self.optional(name, read)?
            .ok_or_else(|| SchemeError::missing(name))
    }

    /// `null` is as good as absent.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        read: Read<T>,
    ) -> Result<Option<T>, SchemeError> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).map_err(|fault| fault.inside(name)),
        }
    }

    /// Whether it is there, which reads nothing of it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    pub(crate) fn or_default<T: Default>(
        &mut self,
        name: &'static str,
        read: Read<T>,
    ) -> Result<T, SchemeError> {
        Ok(self.optional(name, read)?.unwrap_or_default())
    }

    #[inline(never)]
    fn take(&mut self, name: &'static str) -> Option<&Value> {
        self.known.push(name);
        self.members.get(name).filter(|value| !value.is_null())
    }

    #[inline(never)]
    fn reject_unknown(&self) -> Result<(), SchemeError> {
        let is_unknown = |name: &&String| !self.known.contains(&name.as_str());
        match self.members.keys().find(is_unknown) {
            None => Ok(()),
            Some(name) => Err(SchemeError::new(format!(
                "unknown field `{name}`, expected one of {}",
                self.known.join(", ")
            ))),
        }
    }
}

/// An object of which every member is known: `read` takes them all.
pub(crate) fn object<T>(
    value: &Value,
    read: fn(&mut Fields<'_>) -> Result<T, SchemeError>,
) -> Result<T, SchemeError> {
    let mut fields = Fields {
        members: object_members(value)?,
        known: Vec::new(),
    };
    let object = read(&mut fields)?;
    fields.reject_unknown()?;
    Ok(object)
}

/// An object with members of any name.
pub(crate) fn map<T>(value: &Value, read: Read<T>) -> Result<BTreeMap<String, T>, SchemeError> {
    let mut map = BTreeMap::new();
    for (name, value) in object_members(value)? {
        let value = read(value).map_err(|fault| fault.inside(name))?;
        map.insert(name.clone(), value);
    }
    Ok(map)
}

pub(crate) fn list<T>(value: &Value, read: Read<T>) -> Result<Vec<T>, SchemeError> {
    let elements = value
        .as_array()
        .ok_or_else(|| SchemeError::mistaken(value, "a list"))?;
    let read = |(position, value)| {
        read(value).map_err(|fault: SchemeError| fault.inside(&format!("[{position}]")))
    };
    elements.iter().enumerate().map(read).collect()
}

/// One value, or a list of them.
pub(crate) fn one_or_many<T>(value: &Value, read: Read<T>) -> Result<Vec<T>, SchemeError> {
    match value {
        Value::Array(_) => list(value, read),
        one => Ok(vec![read(one)?]),
    }
}

#[inline(never)]
pub(crate) fn text(value: &Value) -> Result<String, SchemeError> {
    borrowed_text(value).map(ToOwned::to_owned)
}

#[inline(never)]
pub(crate) fn texts(value: &Value) -> Result<Vec<String>, SchemeError> {
    list(value, text)
}

#[inline(never)]
pub(crate) fn switch(value: &Value) -> Result<bool, SchemeError> {
    value
        .as_bool()
        .ok_or_else(|| SchemeError::mistaken(value, "a boolean"))
}

#[inline(never)]
pub(crate) fn number(value: &Value) -> Result<u32, SchemeError> {
    let number = value.as_u64().and_then(|number| number.try_into().ok());
    number
        .ok_or_else(|| SchemeError::new(format!("expected a whole number from 0 to {}", u32::MAX)))
}

/// One of the texts that an enum lists.
pub(crate) fn choice<T: DeserializeOwned>(value: &Value) -> Result<T, SchemeError> {
    T::deserialize(StrDeserializer::new(borrowed_text(value)?))
        .map_err(|unknown: UnknownChoice| SchemeError::new(unknown.to_string()))
}

pub(crate) fn choices<T: DeserializeOwned>(value: &Value) -> Result<Vec<T>, SchemeError> {
    list(value, choice)
}

/// A text, a whole number or a boolean.
pub(crate) fn scalar(value: &Value) -> Result<ClaimValue, SchemeError> {
    match value {
        Value::String(text) => Some(ClaimValue::Text(text.clone())),
        Value::Bool(switch) => Some(ClaimValue::Switch(*switch)),
        other => other.as_i64().map(ClaimValue::Number),
    }
    .ok_or_else(|| SchemeError::new("expected a text, a whole number or a boolean"))
}

/// `{ past, future }`, in seconds.
pub(crate) fn tolerance(value: &Value) -> Result<Tolerance, SchemeError> {
    object(value, |fields| {
        Ok(Tolerance {
            past: fields.required("past", number)?,
            future: fields.required("future", number)?,
        })
    })
}

pub(crate) fn borrowed_text(value: &Value) -> Result<&str, SchemeError> {
    value
        .as_str()
        .ok_or_else(|| SchemeError::mistaken(value, "a text"))
}

pub(crate) fn object_members(value: &Value) -> Result<&Map<String, Value>, SchemeError> {
    value
        .as_object()
        .ok_or_else(|| SchemeError::mistaken(value, "an object"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::primitives::encoding::TextEncoding;

    type Section = (Vec<TextEncoding>, Option<u32>, BTreeMap<String, String>);

    fn read(value: &Value) -> Result<Section, String> {
        object(value, |fields| {
            Ok((
                fields.required("encodings", choices)?,
                fields.optional("count", number)?,
                fields.or_default("names", |value| map(value, text))?,
            ))
        })
        .map_err(|fault| fault.to_string())
    }

    #[test]
    fn what_is_absent_or_null_has_its_default() {
        let expected = (vec![TextEncoding::Hex], None, BTreeMap::new());
        for value in [
            json!({"encodings": ["hex"]}),
            json!({"encodings": ["hex"], "count": null, "names": null}),
        ] {
            assert_eq!(read(&value).as_ref(), Ok(&expected));
        }
    }

    #[test]
    fn a_fault_names_the_place_and_what_is_allowed() {
        for (value, expected) in [
            (json!([]), "expected an object, not a list"),
            (json!({}), "missing field `encodings`"),
            (json!({"encodings": null}), "missing field `encodings`"),
            (
                json!({"encodings": "hex"}),
                "encodings: expected a list, not a text",
            ),
            (
                json!({"encodings": ["hex", 1]}),
                "encodings[1]: expected a text, not a number",
            ),
            (
                json!({"encodings": ["base58"]}),
                "encodings[0]: unknown variant `base58`, expected one of `hex`, `base64`, \
                 `base64url`, `base64-hex`",
            ),
            (
                json!({"encodings": [], "count": -1}),
                "count: expected a whole number from 0 to 4294967295",
            ),
            (
                json!({"encodings": [], "names": {"a": true}}),
                "names.a: expected a text, not a boolean",
            ),
            (
                json!({"encodings": [], "name": {}}),
                "unknown field `name`, expected one of encodings, count, names",
            ),
        ] {
            assert_eq!(read(&value), Err(expected.to_owned()), "{value}");
        }
    }
}
