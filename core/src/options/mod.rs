//! The options of a verifier, as every language gives them.

mod check;
mod common;
mod fault;
mod nearest;
mod reader;
mod schema;

use core::fmt;
use std::collections::BTreeMap;
use std::io;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Number, Value};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::primitives::encoding::strict_hex;

pub(crate) use common::{TOLERANCE, common_options, tolerance};
pub(crate) use fault::{within, wrong, wrong_kind};
pub(crate) use nearest::nearest;
pub(crate) use reader::OptionReader;
pub(crate) use schema::{OptionKind, OptionSpec, Range};

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
    /// `{"label": "secret"}`. A name given twice is rejected.
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
    /// Bytes, where a secret is not text.
    Bytes(Zeroizing<Vec<u8>>),
    /// A whole number.
    Integer(i64),
    /// A switch.
    Bool(bool),
    /// Several values, e.g. the secrets of a rotation.
    List(Vec<Self>),
    /// Several values by name: labelled secrets, or an object of options.
    Object(BTreeMap<String, Self>),
    /// What stands in an object that is handed on as it is, such as a key set,
    /// and is the value of no option: `null`, or a number that is not whole.
    Other(Value),
}

impl OptionValue {
    /// An object, or the bytes that one with the only member `hex` stands for.
    ///
    /// # Errors
    /// What is wrong with `hex`.
    pub fn object(values: BTreeMap<String, Self>) -> Result<Self, &'static str> {
        match (values.len(), values.get("hex")) {
            (1, Some(Self::Text(text))) => strict_hex(text)
                .map(|bytes| Self::Bytes(Zeroizing::new(bytes)))
                .ok_or("hex holds something else than hex digits"),
            _ => Ok(Self::Object(values)),
        }
    }

    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Integer(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Other(Value::Null) => "null",
            Self::Other(_) => "a number that is not whole",
        }
    }

    /// Whether the value, or one of a list, is that of no option.
    fn is_other(&self) -> bool {
        match self {
            Self::Other(_) => true,
            Self::List(list) => list.iter().any(Self::is_other),
            _ => false,
        }
    }

    /// The JSON that the value was read from. Measured before it is written, so
    /// that no copy of it is left where memory had to grow.
    pub(crate) fn to_json_text(&self) -> Zeroizing<Vec<u8>> {
        let mut length = Length(0);
        let mut text = Zeroizing::new(Vec::new());
        let is_measured = serde_json::to_writer(&mut length, self).is_ok();
        text.reserve_exact(length.0);
        if is_measured && serde_json::to_writer(&mut *text, self).is_ok() {
            return text;
        }
        Zeroizing::default()
    }
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Serialize for OptionValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => {
                let hex = Zeroizing::new(const_hex::encode(bytes.as_slice()));
                serializer.collect_map([("hex", hex.as_str())])
            }
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Bool(switch) => serializer.serialize_bool(*switch),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(values) => serializer.collect_map(values),
            Self::Other(value) => value.serialize(serializer),
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
            OptionValue::Object(values) if !values.values().any(OptionValue::is_other) => {
                Ok(Self(values))
            }
            _ => Err(de::Error::custom("not an object of options")),
        }
    }
}

impl<'de> Deserialize<'de> for OptionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AtDepth(0).deserialize(deserializer)
    }
}

/// A value that lies so many levels deep.
#[derive(Clone, Copy)]
struct AtDepth(usize);

/// What a key set nests at most.
const MAX_DEPTH: usize = 32;

impl<'de> DeserializeSeed<'de> for AtDepth {
    type Value = OptionValue;

    /// Reads JSON, but texts not with the usual reader: it collects those that
    /// have escapes in memory that nobody wipes.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<OptionValue, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if raw.starts_with('"') {
            return unescape(raw)
                .map(OptionValue::Text)
                .ok_or_else(|| de::Error::custom("a text holds half a character"));
        }
        if self.0 > MAX_DEPTH {
            return Err(de::Error::custom("nested too deeply"));
        }
        serde_json::Deserializer::from_str(raw)
            .deserialize_any(ValueVisitor {
                inner: Self(self.0 + 1),
            })
            .map_err(de::Error::custom)
    }
}

/// The text of a JSON string that was found to be well-formed.
fn unescape(quoted: &str) -> Option<Zeroizing<String>> {
    let mut rest = quoted.strip_prefix('"')?.strip_suffix('"')?;
    // An escape is never shorter than what it stands for.
    let mut text = Zeroizing::new(String::with_capacity(rest.len()));
    while let Some(position) = rest.find('\\') {
        text.push_str(&rest[..position]);
        let escape = rest[position + 1..].chars().next()?;
        rest = &rest[position + 1 + escape.len_utf8()..];
        text.push(match escape {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let mut units = [code_unit(&mut rest)?, 0];
                let length = if (0xd800..0xdc00).contains(&units[0]) {
                    rest = rest.strip_prefix("\\u")?;
                    units[1] = code_unit(&mut rest)?;
                    2
                } else {
                    1
                };
                char::decode_utf16(units[..length].iter().copied())
                    .next()?
                    .ok()?
            }
            other => other,
        });
    }
    text.push_str(rest);
    Some(text)
}

/// Four hexadecimal digits.
fn code_unit(rest: &mut &str) -> Option<u16> {
    let (digits, tail) = rest.split_at_checked(4)?;
    *rest = tail;
    u16::from_str_radix(digits, 16).ok()
}

struct ValueVisitor {
    inner: AtDepth,
}

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
            .or_else(|_| Ok(OptionValue::Other(value.into())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<OptionValue, E> {
        Number::from_f64(value)
            .map(|number| OptionValue::Other(number.into()))
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_unit<E: de::Error>(self) -> Result<OptionValue, E> {
        Ok(OptionValue::Other(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OptionValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element_seed(self.inner)? {
            list.push(item);
        }
        Ok(OptionValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OptionValue, A::Error> {
        let mut values = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.inner)?;
            if values.insert(name, value).is_some() {
                return Err(de::Error::custom("a name is given twice"));
            }
        }
        OptionValue::object(values).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Option<String> {
        match serde_json::from_str(json) {
            Ok(OptionValue::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    #[test]
    fn texts_are_read_as_json_has_them() {
        for json in [
            r#""""#,
            r#""plain, \u00e9, é, 😀""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0000\ud83d\ude00\uffff\\u0041""#,
            r#""{\"keys\":[{\"k\":\"a\\u0041\"}]}""#,
        ] {
            let expected: String = serde_json::from_str(json).unwrap();
            assert_eq!(text(json), Some(expected), "{json}");
        }
        for broken in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dx""#,
            r#""\ud83d\u0041""#,
            r#""\x""#,
            r#""\u00g0""#,
            "\"\n\"",
            r#""a"#,
        ] {
            assert_eq!(text(broken), None, "{broken}");
        }
    }

    #[test]
    fn an_object_may_hold_what_no_option_is() {
        let json =
            r#"{"a":{"b":null,"c":1.5,"d":[18446744073709551615,{"hex":"00ff"}],"e":"\"\u0001"}}"#;
        let options = Options::from_json(json.as_bytes()).unwrap();
        let written = options.values["a"].to_json_text();
        let expected: Value = serde_json::from_str(json).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(written, expected["a"]);
        for rejected in [
            r#"{"a":null}"#,
            r#"{"a":1.5}"#,
            r#"{"a":18446744073709551615}"#,
            r#"{"a":["x",null]}"#,
            r#"{"a":1e999}"#,
            r#"{"a":{"b":1,"b":2}}"#,
        ] {
            assert!(
                Options::from_json(rejected.as_bytes()).is_err(),
                "{rejected}"
            );
        }
    }

    #[test]
    fn depth_has_a_bound() {
        let json = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert!(Options::from_json(json.as_bytes()).is_err());
    }
}
