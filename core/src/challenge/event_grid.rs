//! What Azure Event Grid POSTs besides deliveries: the validation of a
//! subscription, in its own schema or as a CloudEvent, and the notice of its end.
//! <https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema>

use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::reply::Reply;
use crate::request::{Header, Needs};

const EVENT_TYPE: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";
const VALIDATION: &[u8] = b"SubscriptionValidation";
/// Microsoft's pages do not name it, its receiver in Azure Functions does: an
/// acknowledgement is all it wants.
const UNSUBSCRIBE: &[u8] = b"Unsubscribe";

/// A code is a GUID; what is sent back is not as long as a stranger likes.
const MAX_CODE_BYTES: usize = 512;

/// Whose validation is answered.
#[derive(Debug)]
pub(crate) struct EventGrid {
    /// Compared without case, as the service sends them in either; `None`: all.
    subscriptions: Option<Vec<String>>,
    event_type: Header,
    subscription: Header,
}

/// What a body says about validation.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    /// The code of the one event, which is a validation.
    Validation(String),
    /// A validation beside other events, or one without a code.
    Broken,
    /// Anything else.
    Other,
}

impl EventGrid {
    pub(crate) fn new(subscriptions: Option<Vec<String>>, needs: &mut Needs) -> Self {
        Self {
            subscriptions,
            event_type: needs.header("aeg-event-type"),
            subscription: needs.header("aeg-subscription-name"),
        }
    }

    /// `None` where the request is a delivery.
    pub(crate) fn answer(
        &self,
        request: &PreparedRequest<'_, '_>,
    ) -> Result<Option<Result<Reply, Error>>, Error> {
        let kind = self
            .event_type
            .optional(request.headers())?
            .unwrap_or_default();
        let announced = kind.eq_ignore_ascii_case(VALIDATION);
        match (announced, content(request.body())) {
            (false, Content::Other) if kind.eq_ignore_ascii_case(UNSUBSCRIBE) => {
                Ok(Some(Ok(Reply::new(200))))
            }
            (true, Content::Validation(code)) => Ok(Some(self.reply(request, &code))),
            (false, Content::Other) => Ok(None),
            _ => Err(Error::new(
                ErrorCode::BodyMismatch,
                "a validation must be announced by aeg-event-type, and be the only event",
            )),
        }
    }

    fn reply(&self, request: &PreparedRequest<'_, '_>, code: &str) -> Result<Reply, Error> {
        if let Some(subscriptions) = &self.subscriptions {
            let name = self.subscription.optional(request.headers())?;
            let is_ours = |known: &String| {
                name.is_some_and(|name| known.as_bytes().eq_ignore_ascii_case(name))
            };
            if !subscriptions.iter().any(is_ours) {
                return Err(Error::new(
                    ErrorCode::TokenMismatch,
                    "the event subscription is not in subscription_names",
                )
                .with_status(403));
            }
        }
        Ok(Reply::new(200).with_json(&json!({ "validationResponse": code })))
    }
}

/// Reads the type of each event; a body that is neither an event nor an array of
/// them holds no validation.
fn content(body: &[u8]) -> Content {
    match serde_json::from_slice::<Events>(body) {
        Ok(Events {
            code,
            validations,
            events,
        }) => match (validations, events, code) {
            (0, ..) => Content::Other,
            (1, 1, Some(code)) => Content::Validation(code),
            _ => Content::Broken,
        },
        Err(_) => Content::Other,
    }
}

/// A batch, counted.
#[derive(Debug, Default)]
struct Events {
    events: usize,
    validations: usize,
    /// Of the first validation.
    code: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    /// In Event Grid's own schema.
    #[serde(default, rename = "eventType")]
    event_type: IsValidation,
    /// In that of CloudEvents.
    #[serde(default, rename = "type")]
    cloud_type: IsValidation,
    #[serde(default)]
    data: Data,
}

/// Whether a type is that of a validation. An event of another schema may have
/// anything in its place.
#[derive(Default)]
struct IsValidation(bool);

impl<'de> Deserialize<'de> for IsValidation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(CodeIn::Whole)?;
        Ok(Self(text.as_deref() == Some(EVENT_TYPE)))
    }
}

/// Only validations have a code; the data of other events may be anything, and
/// as large as the body: none of it is kept.
#[derive(Default)]
struct Data {
    code: Option<String>,
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = deserializer.deserialize_any(CodeIn::Member)?;
        Ok(Self { code })
    }
}

/// Looks for a text, that of a validation code, and passes over all else.
#[derive(Clone, Copy)]
enum CodeIn {
    /// In a member of the value, which is an object.
    Member,
    /// The value itself.
    Whole,
}

impl<'de> DeserializeSeed<'de> for CodeIn {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CodeIn {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<String>, A::Error> {
        let mut codes = 0;
        let mut code = None;
        while let Some(IsCode(is_code)) = members.next_key()? {
            match self {
                Self::Member if is_code => {
                    code = members.next_value_seed(Self::Whole)?;
                    codes += 1;
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        // Parsers disagree about which of two members counts.
        Ok(code.filter(|_| codes == 1))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Option<String>, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<String>, E> {
        Ok(match self {
            Self::Member => None,
            Self::Whole => (text.len() <= MAX_CODE_BYTES).then(|| text.to_owned()),
        })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }
}

/// Whether a member is that of the code.
struct IsCode(bool);

impl<'de> Deserialize<'de> for IsCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = IsCode;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_str<E>(self, name: &str) -> Result<IsCode, E> {
                Ok(IsCode(name == "validationCode"))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

impl Events {
    fn add(&mut self, event: Event) {
        self.events += 1;
        if event.event_type.0 || event.cloud_type.0 {
            self.validations += 1;
            self.code = self.code.take().or(event.data.code);
        }
    }
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Batch;

        impl<'de> Visitor<'de> for Batch {
            type Value = Events;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event, or an array of events")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Events, A::Error> {
                let mut batch = Events::default();
                batch.add(Event::deserialize(MapAccessDeserializer::new(members))?);
                Ok(batch)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Events, A::Error> {
                let mut batch = Events::default();
                while let Some(event) = seq.next_element()? {
                    batch.add(event);
                }
                Ok(batch)
            }
        }

        deserializer.deserialize_any(Batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lone_validation_is_one() {
        let validation = r#"{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6","validationUrl":"https://x"}}"#;
        let call = r#"{"eventType":"Microsoft.Communication.IncomingCall","data":{"to":{}}}"#;
        let content = |text: String| content(text.as_bytes());
        assert_eq!(
            content(format!("[{validation}]")),
            Content::Validation("512d38b6".to_owned())
        );
        for batch in [
            "[]",
            "{}",
            "",
            "[1]",
            r#"[{"type":"x","data":[1,2]}]"#,
            r#"{"type":1,"eventType":["x"]}"#,
        ] {
            assert_eq!(content(batch.to_owned()), Content::Other, "{batch}");
        }
        let cloud = r#"{"specversion":"1.0","type":"Microsoft.EventGrid.SubscriptionValidationEvent","id":"1","source":"/x","data":{"validationCode":"512d38b6"}}"#;
        for one in [
            cloud.to_owned(),
            format!("[{cloud}]"),
            validation.to_owned(),
        ] {
            let expected = Content::Validation("512d38b6".to_owned());
            assert_eq!(content(one), expected);
        }
        assert_eq!(content(format!("[{call},{call}]")), Content::Other);
        for batch in [
            format!("[{validation},{call}]"),
            format!("[{call},{validation}]"),
            format!("[{validation},{validation}]"),
            format!("[{cloud},{call}]"),
            format!("[{cloud},{validation}]"),
            r#"[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{}}]"#
                .to_owned(),
        ] {
            assert_eq!(content(batch.clone()), Content::Broken, "{batch}");
        }
    }

    #[test]
    fn data_may_be_anything_in_any_order() {
        const TYPE: &str = r#""eventType":"Microsoft.EventGrid.SubscriptionValidationEvent""#;
        let content = |event: &str| content(format!("[{{{event}}}]").as_bytes());
        let code = r#""data":{"a":[{"validationCode":"x"}],"validationCode":"512d38b6","b":1.5}"#;
        for event in [format!("{TYPE},{code}"), format!("{code},{TYPE}")] {
            let expected = Content::Validation("512d38b6".to_owned());
            assert_eq!(content(&event), expected, "{event}");
        }
        for data in [
            "null",
            "true",
            "-1",
            "18446744073709551615",
            "1.5",
            r#""512d38b6""#,
            r#"["512d38b6"]"#,
            r#"[{"validationCode":"512d38b6"}]"#,
            r#"{"validationCode":5}"#,
            r#"{"validationCode":null}"#,
            r#"{"validationCode":["512d38b6"]}"#,
            r#"{"validationCode":{"validationCode":"512d38b6"}}"#,
            r#"{"data":{"validationCode":"512d38b6"}}"#,
        ] {
            assert_eq!(
                content(&format!("{TYPE},\"data\":{data}")),
                Content::Broken,
                "{data}"
            );
        }
        let two = format!(r#"{TYPE},"data":{{"validationCode":"a","validationCode":"b"}}"#);
        assert_eq!(content(&two), Content::Broken);
    }

    #[test]
    fn no_depth_overflows() {
        let depth = 1_000_000;
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = format!("{}0{}", open.repeat(depth), close.repeat(depth));
            let body = format!(r#"[{{"eventType":"x","data":{nested}}}]"#);
            assert_eq!(content(body.as_bytes()), Content::Other);
            assert_eq!(content(nested.as_bytes()), Content::Other);
            assert_eq!(content(open.repeat(depth).as_bytes()), Content::Other);
        }
    }
}
