//! One text out of a body that is a JSON object or a form.

use core::fmt;
use std::borrow::Cow;

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor};

use crate::primitives::form;
use crate::primitives::json::is_shallow;

/// How the body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldBody {
    Json,
    Form,
    /// The sender does not say.
    Either,
}

/// The field, where it is there once and is a text.
pub(crate) fn text_field<'b>(body: &'b [u8], name: &str, kind: FieldBody) -> Option<Cow<'b, str>> {
    match kind {
        FieldBody::Json => json_member(body, name),
        FieldBody::Form => form_field(body, name),
        FieldBody::Either => json_member(body, name).or_else(|| form_field(body, name)),
    }
}

fn json_member<'b>(body: &'b [u8], name: &str) -> Option<Cow<'b, str>> {
    if !is_shallow(body) {
        return None;
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let text = Member { name }.deserialize(&mut json).ok()?;
    json.end().ok()?;
    text
}

fn form_field(body: &[u8], name: &str) -> Option<Cow<'static, str>> {
    let value = form::only_value(body, name.as_bytes())?;
    String::from_utf8(value).ok().map(Cow::Owned)
}

/// Reads one member of an object and passes over all others. The same member
/// twice is rejected: two readers would see two values.
struct Member<'n> {
    name: &'n str,
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: de::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Text(name)) = map.next_key()? {
            if name != self.name {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let Text(value) = map.next_value()?;
            if found.replace(value).is_some() {
                return Err(de::Error::custom("a member is given twice"));
            }
        }
        Ok(found)
    }
}

/// A text, borrowed where it has no escapes.
struct Text<'de>(Cow<'de, str>);

impl<'de> de::Deserialize<'de> for Text<'de> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_or_nothing() {
        let json = |text: &'static str| text_field(text.as_bytes(), "data", FieldBody::Json);
        assert_eq!(json(r#"{"data":"aGk="}"#).as_deref(), Some("aGk="));
        assert_eq!(
            json(r#"{"a":[{"data":1}],"data":"a\/b"}"#).as_deref(),
            Some("a/b")
        );
        for broken in [
            "",
            "[]",
            "{}",
            r#"{"data":1}"#,
            r#"{"data":null}"#,
            r#"{"data":"a","data":"b"}"#,
            r#"{"data":"a","d\u0061ta":"b"}"#,
            r#"{"data":"a"} x"#,
            "data=a",
        ] {
            assert_eq!(json(broken), None, "{broken}");
        }
        let form = |text: &'static str| text_field(text.as_bytes(), "data", FieldBody::Form);
        assert_eq!(form("x=1&data=a%2Bb").as_deref(), Some("a+b"));
        for broken in ["", "x=1", "data=a&data=a", "data=%ff"] {
            assert_eq!(form(broken), None, "{broken}");
        }
        let either = |text: &'static str| text_field(text.as_bytes(), "data", FieldBody::Either);
        assert_eq!(either("data=a").as_deref(), Some("a"));
        assert_eq!(either(r#"{"data":"a"}"#).as_deref(), Some("a"));
    }
}
