//! JSON that means one thing only (RFC 8259 with the advice of RFC 7493).

use core::fmt;
use core::hash::BuildHasher as _;
use std::collections::HashSet;
use std::hash::RandomState;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use zeroize::Zeroize as _;

/// Far more than a header, a set of claims or a key set nests.
const MAX_DEPTH: usize = 32;

/// Parsers read no deeper: Jackson 1000 levels, Python about as many.
const MAX_PASSED_DEPTH: usize = 1000;

/// Whether a text may be JSON that nests no deeper than parsers read.
pub(crate) fn is_shallow(text: &[u8]) -> bool {
    nests_at_most(text, MAX_PASSED_DEPTH)
}

/// Whether a text may be JSON of at most so many levels. Who only passes over
/// values keeps a mark for each that is open.
pub(crate) fn nests_at_most(text: &[u8], levels: usize) -> bool {
    // Counting takes a fraction of the time, and most texts have few.
    count(text, |byte| matches!(byte, b'[' | b'{')) <= levels || nests_within(text, levels)
}

/// How many bytes are of a kind. Pieces whose count fits a byte compile to vector
/// instructions that take sixteen bytes or more at once.
fn count(text: &[u8], is_counted: impl Fn(u8) -> bool) -> usize {
    let pieces = text.chunks(usize::from(u8::MAX));
    let counts = pieces.map(|piece| {
        piece
            .iter()
            .fold(0, |count: u8, byte| count + u8::from(is_counted(*byte)))
    });
    counts.map(usize::from).sum()
}

/// Follows the brackets outside of texts, up to a byte that no JSON has there.
fn nests_within(text: &[u8], most: usize) -> bool {
    let mut open = 0_usize;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if pass_text(&mut bytes) => {}
            b'[' | b'{' if open < most => open += 1,
            b']' | b'}' if open > 0 => open -= 1,
            b'a'..=b'z' | b'E' | b'0'..=b'9' | b'+' | b'-' | b'.' | b',' | b':' => {}
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => return false,
        }
    }
    true
}

/// Passes over the rest of a text and its last quote, up to a byte that no text
/// has. A loop of its own, since most bytes stand in texts.
fn pass_text(bytes: &mut core::slice::Iter<'_, u8>) -> bool {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return true,
            b'\\' => drop(bytes.next()),
            b' '.. => {}
            _ => return false,
        }
    }
    true
}

/// Far more values than the header of a token or a request for one holds. Each
/// takes fifty times the memory of its text.
const MAX_FEW: usize = 256;

/// Reads an object of a stranger. `None` where [`parse_object`] fails, or where
/// there are more than [`MAX_FEW`] values.
pub(crate) fn parse_small_object(text: &[u8]) -> Option<Map<String, Value>> {
    // One of these stands in front of each value but the first of all.
    if count(text, |byte| matches!(byte, b'[' | b'{' | b',')) > MAX_FEW {
        return None;
    }
    parse_object(text)
}

/// Reads an object. `None` where [`parse`] fails, or the value is another one.
pub(crate) fn parse_object(text: &[u8]) -> Option<Map<String, Value>> {
    match parse(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// Reads a value. Fails where the text is not JSON, names a member twice at any
/// depth, or nests deeper than [`MAX_DEPTH`]: parsers disagree about which of
/// two members counts, and the application parses again.
pub(crate) fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth: MAX_DEPTH }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Overwrites every text of a value, which has secrets among them.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(elements) => elements.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads an object of a stranger's: it must be one that [`parse`] takes, but only
/// the members that `wanted` names are kept, and of lists and objects only that
/// they are one. So the text costs little more memory than its own length.
pub(crate) fn scan_object(text: &[u8], wanted: &'static [&'static str]) -> Option<Scanned> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let scanned = Scan { wanted }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(scanned)
}

/// The members of an object that are wanted.
#[derive(Debug)]
pub(crate) struct Scanned {
    members: Vec<(&'static str, Scalar)>,
}

/// What a member is.
#[derive(Debug, PartialEq)]
pub(crate) enum Scalar {
    Text(String),
    Number(f64),
    /// A boolean, `null`, a list or an object.
    Other,
}

impl Scanned {
    pub(crate) fn get(&self, name: &str) -> Option<&Scalar> {
        let member = self.members.iter().find(|(known, _)| *known == name);
        member.map(|(_, value)| value)
    }
}

/// Reads the outermost object.
struct Scan {
    wanted: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Scan {
    type Value = Scanned;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scanned, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Scan {
    type Value = Scanned;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scanned, A::Error> {
        let checked = Checked {
            depth: MAX_DEPTH - 1,
        };
        let mut kept = Vec::new();
        let mut names = Names::default();
        while let Some(position) = members.next_key_seed(names.next(self.wanted))? {
            let value = members.next_value_seed(checked)?;
            if let Some(position) = position {
                kept.push((self.wanted[position], value));
            }
        }
        Ok(Scanned { members: kept })
    }
}

/// Checks a value that may nest `depth` levels deeper, and keeps a scalar.
#[derive(Clone, Copy)]
struct Checked {
    depth: usize,
}

impl Checked {
    fn descend<E: Error>(self) -> Result<Self, E> {
        descend(self.depth).map(|depth| Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Checked {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Scalar, A::Error> {
        let inner = self.descend()?;
        while elements.next_element_seed(inner)?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scalar, A::Error> {
        let inner = self.descend()?;
        let mut names = Names::default();
        while members.next_key_seed(names.next(&[]))?.is_some() {
            members.next_value_seed(inner)?;
        }
        Ok(Scalar::Other)
    }
}

/// The names of an object so far, as 64 bits each: a keyed hash, so that no two
/// can be made to look alike. By chance two of a thousand do once in 10^13.
#[derive(Default)]
struct Names {
    seen: HashSet<u64>,
    key: RandomState,
}

/// Takes the next name, which must be a new one, and tells its place among those
/// that are wanted.
struct NextName<'n> {
    names: &'n mut Names,
    wanted: &'static [&'static str],
}

impl Names {
    const fn next(&mut self, wanted: &'static [&'static str]) -> NextName<'_> {
        NextName {
            names: self,
            wanted,
        }
    }
}

impl<'de> DeserializeSeed<'de> for NextName<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NextName<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        if !self.names.seen.insert(self.names.key.hash_one(name)) {
            return Err(duplicate());
        }
        Ok(self.wanted.iter().position(|wanted| *wanted == name))
    }
}

fn descend<E: Error>(depth: usize) -> Result<usize, E> {
    let depth = depth.checked_sub(1);
    depth.ok_or_else(|| E::custom("nested too deeply"))
}

fn duplicate<E: Error>() -> E {
    E::custom("a duplicate: the member stands there twice")
}

/// Reads a value that may nest `depth` levels deeper.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn descend<E: Error>(self) -> Result<Self, E> {
        descend(self.depth).map(|depth| Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.descend()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.descend()?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if map.insert(name, value).is_some() {
                return Err(duplicate());
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        let text = r#" {"a": [1, -2, 2.5, 1e300, 18446744073709551615, null, true],
                        "b": {"c": "\u00e9\ud83d\ude00", "d": {}}, "": ""} "#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            parse_object(text.as_bytes()).map(Value::Object),
            Some(expected)
        );
    }

    #[test]
    fn a_small_object_has_few_values() {
        let object = |values| format!(r#"{{"a":[0{}]}}"#, ",0".repeat(values));
        assert!(parse_small_object(object(MAX_FEW - 2).as_bytes()).is_some());
        assert!(parse_small_object(object(MAX_FEW - 1).as_bytes()).is_none());
        assert!(parse_object(object(MAX_FEW).as_bytes()).is_some());
    }

    #[test]
    fn brackets_count_outside_of_texts() {
        for (text, depth) in [
            ("", 0),
            ("-1.5E+3", 0),
            ("[]", 1),
            (r#"[{"a":[1,null]},[]]"#, 3),
            (r#"["[[[","\"[[",{"\\":[ ]}]"#, 3),
            ("[\"\u{fc}\"]", 1),
        ] {
            assert!(nests_within(text.as_bytes(), depth), "{text}");
            assert!(
                depth == 0 || !nests_within(text.as_bytes(), depth - 1),
                "{text}"
            );
        }
        for broken in ["]", "[]]", "[\u{fc}]", "[\"\n\"]", "A", "\0"] {
            assert!(!nests_within(broken.as_bytes(), 9), "{broken:?}");
        }
        let nested = |levels| ["[".repeat(levels), "]".repeat(levels)].concat();
        assert!(is_shallow(nested(MAX_PASSED_DEPTH).as_bytes()));
        assert!(!is_shallow(nested(MAX_PASSED_DEPTH + 1).as_bytes()));
        assert!(is_shallow(format!("[{}0]", "[],".repeat(5000)).as_bytes()));
    }

    #[test]
    fn what_means_two_things_is_rejected() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1}{}"#,
            r#"{"a":1} x"#,
            r#"{"a":1,}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":1e999}"#,
            r#"{"a":NaN}"#,
            r#"{"a":01}"#,
            "{'a':1}",
            "{a:1}",
            "\u{feff}{}",
            "{}\0",
            "{\"a\":\"\n\"}",
            "[]",
            "null",
            "1",
            "\"{}\"",
            "",
        ] {
            assert_eq!(parse_object(text.as_bytes()), None, "{text}");
            assert!(scan_object(text.as_bytes(), &["a"]).is_none(), "{text}");
        }
        assert_eq!(parse_object(b"{\"a\":\"\xff\"}"), None);
        assert!(scan_object(b"{\"a\":\"\xff\"}", &[]).is_none());
    }

    #[test]
    fn depth_has_a_bound() {
        let nested = |depth: usize| {
            format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes()
        };
        assert!(parse_object(&nested(MAX_DEPTH - 1)).is_some());
        assert!(scan_object(&nested(MAX_DEPTH - 1), &[]).is_some());
        for depth in [MAX_DEPTH, 100_000] {
            assert_eq!(parse_object(&nested(depth)), None);
            assert!(scan_object(&nested(depth), &["a"]).is_none());
        }
    }

    #[test]
    fn a_scan_keeps_what_is_wanted() {
        let text = br#"{"a": "\u00e9", "b": [{"c": 1}], "c": -2.5, "d": null, "e": 1,
                        "f": true, "g": {"a": "x"}, "unwanted": "y"}"#;
        let scanned = scan_object(text, &["a", "b", "c", "d", "e", "f", "g", "h"]).unwrap();
        for (name, expected) in [
            ("a", Some(&Scalar::Text("\u{e9}".to_owned()))),
            ("b", Some(&Scalar::Other)),
            ("c", Some(&Scalar::Number(-2.5))),
            ("d", Some(&Scalar::Other)),
            ("e", Some(&Scalar::Number(1.0))),
            ("f", Some(&Scalar::Other)),
            ("g", Some(&Scalar::Other)),
            ("h", None),
            ("unwanted", None),
        ] {
            assert_eq!(scanned.get(name), expected, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_scan_takes_what_a_parse_takes(text in r#"(\{|\}|\[|\]|:|,|"[ab]"|1|\.5|null| ){0,24}"#) {
            let parsed = parse_object(text.as_bytes()).is_some();
            proptest::prop_assert_eq!(scan_object(text.as_bytes(), &["a"]).is_some(), parsed);
        }
    }
}
