//! Requests by which a provider asks whether an endpoint wants its deliveries.
//! A scheme names the function that knows them. They prove nothing about who
//! asks; the answers are made here, and sent by the receiver.

mod cloud_events;
mod event_grid;

use crate::config::{switch, switch_if_set, texts, wrong};
use crate::error::Error;
use crate::options::{OptionValue, Options};
use crate::reply::Reply;
use crate::scheme::{ChallengeSection, Handshakes, Plan};
use crate::subject::Subject;

use cloud_events::CloudEvents;
use event_grid::EventGrid;

/// The handshakes of a scheme, with what may be answered.
#[derive(Debug)]
pub(crate) enum Challenges {
    EventGrid {
        event_grid: EventGrid,
        cloud_events: CloudEvents,
        requires_proof: bool,
    },
    /// A request without a body asks only whether somebody answers.
    EmptyBody,
}

/// A request that is a handshake.
#[derive(Debug)]
pub(crate) struct Challenge {
    /// The reply, once the proofs hold; or why it is refused all the same.
    pub(crate) answer: Result<Reply, Error>,
    /// Whether it need not carry the token of deliveries.
    pub(crate) is_excused: bool,
}

impl Challenges {
    /// `None` where the options ask for no answers.
    pub(crate) fn new(
        section: &ChallengeSection,
        options: &mut Options,
        plan: &mut Plan,
    ) -> Result<Option<Self>, Error> {
        match section.function {
            Handshakes::EventGrid => Self::event_grid(section, options, plan).map(Some),
            Handshakes::EmptyBody => {
                let is_answered = switch(options, "answer_empty_body")?;
                Ok(is_answered.then_some(Self::EmptyBody))
            }
        }
    }

    fn event_grid(
        section: &ChallengeSection,
        options: &mut Options,
        plan: &mut Plan,
    ) -> Result<Self, Error> {
        let origins = texts(options, "allowed_origins")?.unwrap_or_else(|| section.origins.clone());
        let rate = match options.take("allowed_rate") {
            None => None,
            Some(OptionValue::Integer(rate)) if rate > 0 => Some(rate.to_string()),
            Some(OptionValue::Text(text)) if text.as_str() == "*" => Some("*".to_owned()),
            Some(_) => return Err(wrong("allowed_rate", "expected a number above 0, or *")),
        };
        let requires_proof = switch_if_set(options, "handshake_requires_proof")?.unwrap_or(true);
        Ok(Self::EventGrid {
            event_grid: EventGrid::new(texts(options, "subscription_names")?, plan),
            cloud_events: CloudEvents::new(origins, rate, plan),
            requires_proof,
        })
    }

    /// `None` for a delivery.
    ///
    /// # Errors
    /// `body_mismatch` for a request that mixes both.
    pub(crate) fn recognise(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
    ) -> Result<Option<Challenge>, Error> {
        let (answer, is_excused) = match self {
            Self::EventGrid {
                event_grid,
                cloud_events,
                requires_proof,
            } => {
                let answer = if subject.method() == b"OPTIONS" {
                    Some(cloud_events.answer(plan, subject))
                } else {
                    event_grid.answer(plan, subject)?
                };
                (answer, !requires_proof)
            }
            Self::EmptyBody => {
                let answer = subject.body().is_empty().then(|| Ok(Reply::new(200)));
                (answer, false)
            }
        };
        Ok(answer.map(|answer| Challenge { answer, is_excused }))
    }
}
