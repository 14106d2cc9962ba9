//! The options of a verifier, as every language gives them.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::primitives::encoding::strict_hex;

/// Options by name. Values may be secrets, so `Debug` shows only the names.
#[derive(Default)]
pub struct Options {
    values: BTreeMap<String, OptionValue>,
}

impl Options {
    /// No options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one option; the last value of a name counts.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OptionValue>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// Reads a JSON object. Bytes are written `{"hex": "…"}`, labelled secrets
    /// `{"label": "secret"}`. A name given twice is refused.
    ///
    /// # Errors
    /// `configuration` when it is not such an object.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        // serde_json's message quotes no string value, but it can quote a name.
        serde_json::from_slice(json)
            .map(|OptionMap(values)| Self { values })
            .map_err(|error| {
                Error::configuration(format!(
                    "the options are not a JSON object of texts, numbers, booleans, lists and labels \
                     (line {}, column {})",
                    error.line(),
                    error.column()
                ))
            })
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<OptionValue> {
        self.values.remove(name)
    }

    /// Takes an option whose value is an object of further options.
    pub(crate) fn take_group(&mut self, name: &str) -> Result<Option<Self>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(OptionValue::Labelled(values)) => Ok(Some(Self { values })),
            Some(other) => Err(Error::configuration(format!(
                "option {name}: expected an object of options, not {}",
                other.kind()
            ))),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// The value of one option. Wiped when dropped; `Debug` shows only its kind.
pub enum OptionValue {
    /// A text.
    Text(Zeroizing<String>),
    /// Bytes, where a secret is no text.
    Bytes(Zeroizing<Vec<u8>>),
    /// A whole number.
    Integer(i64),
    /// A switch.
    Bool(bool),
    /// Several values, e.g. the secrets of a rotation.
    List(Vec<Self>),
    /// Several values with a label each.
    Labelled(BTreeMap<String, Self>),
}

impl OptionValue {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Integer(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Labelled(_) => "an object",
        }
    }

    /// The JSON that the value was read from.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Bytes(bytes) => json!({ "hex": const_hex::encode(bytes.as_slice()) }),
            Self::Integer(number) => (*number).into(),
            Self::Bool(switch) => (*switch).into(),
            Self::List(list) => list.iter().map(Self::to_json).collect(),
            Self::Labelled(values) => {
                let mut members = Map::new();
                for (name, value) in values {
                    members.insert(name.clone(), value.to_json());
                }
                members.into()
            }
        }
    }
}

impl fmt::Debug for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        Self::Text(Zeroizing::new(text.to_owned()))
    }
}

impl From<&[u8]> for OptionValue {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Zeroizing::new(bytes.to_vec()))
    }
}

impl From<i64> for OptionValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for OptionValue {
    fn from(switch: bool) -> Self {
        Self::Bool(switch)
    }
}

impl<T: Into<Self>> From<Vec<T>> for OptionValue {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

struct OptionMap(BTreeMap<String, OptionValue>);

impl<'de> Deserialize<'de> for OptionMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match OptionValue::deserialize(deserializer)? {
            OptionValue::Labelled(values) => Ok(Self(values)),
            _ => Err(de::Error::custom("not an object")),
        }
    }
}

impl<'de> Deserialize<'de> for OptionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = OptionValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, a boolean, a list or an object")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<OptionValue, E> {
        Ok(OptionValue::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<OptionValue, E> {
        Ok(OptionValue::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<OptionValue, E> {
        i64::try_from(value)
            .map(OptionValue::Integer)
            .map_err(|_| E::custom("number out of range"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<OptionValue, E> {
        Ok(OptionValue::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OptionValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(OptionValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OptionValue, A::Error> {
        let mut values = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, OptionValue>()? {
            if values.insert(name, value).is_some() {
                return Err(de::Error::custom("a name is given twice"));
            }
        }
        match (values.len(), values.get("hex")) {
            (1, Some(OptionValue::Text(text))) => strict_hex(text)
                .map(|bytes| OptionValue::Bytes(Zeroizing::new(bytes)))
                .ok_or_else(|| de::Error::custom("hex holds something else than hex digits")),
            _ => Ok(OptionValue::Labelled(values)),
        }
    }
}
