//! Requests by which a provider asks whether an endpoint wants its deliveries.
//! A scheme names the function that knows them. They prove nothing about who
//! asks; the answers are made here, and sent by the receiver.

mod cloud_events;
mod event_grid;

use crate::config::{switch, switch_if_set, texts, wrong};
use crate::error::Error;
use crate::options::{OptionValue, Options};
use crate::reply::Reply;
use crate::scheme::{ChallengeSection, Constants, Handshakes, Plan, refuse_idle};
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

impl Challenges {
    /// `None` where the options ask for no answers. `has_token` says whether
    /// deliveries carry a JSON Web Token, which handshakes may be excused from.
    pub(crate) fn new(
        section: &ChallengeSection,
        constants: &Constants,
        options: &mut Options,
        plan: &mut Plan,
        has_token: bool,
    ) -> Result<Option<Self>, Error> {
        match section.function {
            Handshakes::EventGrid => {
                if !has_token {
                    let idle = ["handshake_requires_proof"];
                    let needed = "a JSON Web Token; other proofs are always asked for";
                    refuse_idle(options, idle, needed)?;
                }
                let origins = constants.fill_all(&section.origins);
                Self::event_grid(origins, options, plan).map(Some)
            }
            Handshakes::EmptyBody => {
                let is_answered = switch(options, "answer_empty_body")?;
                Ok(is_answered.then_some(Self::EmptyBody))
            }
        }
    }

    fn event_grid(
        origins: Vec<String>,
        options: &mut Options,
        plan: &mut Plan,
    ) -> Result<Self, Error> {
        let origins = texts(options, "allowed_origins")?.unwrap_or(origins);
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

    /// Whether a handshake need not carry the token of deliveries.
    pub(crate) const fn is_excused(&self) -> bool {
        match self {
            Self::EventGrid { requires_proof, .. } => !*requires_proof,
            Self::EmptyBody => false,
        }
    }

    /// `None` for a delivery; for a handshake the reply, or why it is refused all
    /// the same.
    ///
    /// # Errors
    /// `body_mismatch` for a request that mixes both.
    pub(crate) fn recognise(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
    ) -> Result<Option<Result<Reply, Error>>, Error> {
        match self {
            Self::EventGrid { cloud_events, .. } if subject.method() == b"OPTIONS" => {
                Ok(Some(cloud_events.answer(plan, subject)))
            }
            Self::EventGrid { event_grid, .. } => event_grid.answer(plan, subject),
            Self::EmptyBody => Ok(subject.body().is_empty().then(|| Ok(Reply::new(200)))),
        }
    }
}
