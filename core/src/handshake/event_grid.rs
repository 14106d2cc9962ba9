//! The subscription validation of Azure Event Grid's own schema:
//! <https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema>.

use core::fmt;
use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::json;

use crate::error::{Error, ErrorCode};
use crate::header::optional;
use crate::reply::Reply;
use crate::scheme::Plan;
use crate::subject::Subject;

const EVENT_TYPE: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";
const HEADER_VALUE: &[u8] = b"SubscriptionValidation";

/// Whose validation is answered.
#[derive(Debug)]
pub(crate) struct EventGrid {
    /// Compared without case, as the service sends them in either; `None`: all.
    subscriptions: Option<Vec<String>>,
    type_slot: usize,
    subscription_slot: usize,
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
    pub(crate) fn new(subscriptions: Option<Vec<String>>, plan: &mut Plan) -> Self {
        Self {
            subscriptions,
            type_slot: plan.slot("aeg-event-type"),
            subscription_slot: plan.slot("aeg-subscription-name"),
        }
    }

    /// `None` where the request is a delivery.
    pub(crate) fn answer(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
    ) -> Result<Option<Result<Reply, Error>>, Error> {
        let announced = optional(plan, subject.headers(), self.type_slot)?
            .is_some_and(|value| value.eq_ignore_ascii_case(HEADER_VALUE));
        match (announced, content(subject.body())) {
            (true, Content::Validation(code)) => Ok(Some(self.reply(plan, subject, &code))),
            (false, Content::Other) => Ok(None),
            _ => Err(Error::new(
                ErrorCode::BodyMismatch,
                "a validation must be announced by aeg-event-type, and be the only event",
            )),
        }
    }

    fn reply(&self, plan: &Plan, subject: &Subject<'_, '_>, code: &str) -> Result<Reply, Error> {
        if let Some(subscriptions) = &self.subscriptions {
            let name = optional(plan, subject.headers(), self.subscription_slot)?;
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

/// Reads the type of each event; a body that is no array of events holds no
/// validation.
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
struct Event<'e> {
    #[serde(borrow, rename = "eventType")]
    event_type: Option<Cow<'e, str>>,
    #[serde(borrow)]
    data: Option<Data<'e>>,
}

/// Only validations have a code; the data of other events may be anything.
#[derive(Deserialize)]
#[serde(untagged)]
enum Data<'e> {
    Validation {
        #[serde(borrow, rename = "validationCode")]
        code: Cow<'e, str>,
    },
    Other(IgnoredAny),
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Batch;

        impl<'de> Visitor<'de> for Batch {
            type Value = Events;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of events")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Events, A::Error> {
                let mut batch = Events::default();
                while let Some(event) = seq.next_element::<Event<'de>>()? {
                    batch.events += 1;
                    if event.event_type.as_deref() == Some(EVENT_TYPE) {
                        batch.validations += 1;
                        if let Some(Data::Validation { code }) = event.data {
                            batch.code.get_or_insert_with(|| code.into_owned());
                        }
                    }
                }
                Ok(batch)
            }
        }

        deserializer.deserialize_seq(Batch)
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
        for batch in ["[]", "{}", "", "[1]", r#"[{"type":"x","data":[1,2]}]"#] {
            assert_eq!(content(batch.to_owned()), Content::Other, "{batch}");
        }
        assert_eq!(content(format!("[{call},{call}]")), Content::Other);
        for batch in [
            format!("[{validation},{call}]"),
            format!("[{call},{validation}]"),
            format!("[{validation},{validation}]"),
            r#"[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{}}]"#
                .to_owned(),
        ] {
            assert_eq!(content(batch.clone()), Content::Broken, "{batch}");
        }
    }
}
