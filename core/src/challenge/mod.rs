//! Requests by which a provider asks whether an endpoint wants its deliveries.
//! A scheme names the function that knows them. They prove nothing about who
//! asks; the answers are made here, and sent by the receiver.

mod cloud_events;
mod event_grid;

use crate::error::Error;
use crate::options::wrong;
use crate::options::{OptionValue, Options};
use crate::prepared_request::PreparedRequest;
use crate::reply::Reply;
use crate::request::Needs;
use crate::scheme::{ChallengeFunction, ChallengeSection, Constants};

use cloud_events::CloudEvents;
use event_grid::EventGrid;

/// The challenges of a scheme, with what may be answered.
#[derive(Debug)]
pub(crate) enum Challenge {
    EventGrid {
        event_grid: EventGrid,
        cloud_events: CloudEvents,
        requires_proof: bool,
    },
    /// A request without a body asks only whether somebody answers.
    EmptyBody,
}

impl Challenge {
    /// `None` where the options ask for no answers. `has_token` says whether
    /// deliveries carry a JSON Web Token, which challenges may be excused from.
    pub(crate) fn new(
        section: &ChallengeSection,
        constants: &Constants,
        options: &mut Options,
        needs: &mut Needs,
        has_token: bool,
    ) -> Result<Option<Self>, Error> {
        match section.function {
            ChallengeFunction::EventGrid => {
                if !has_token {
                    let idle = ["handshake_requires_proof"];
                    let needed = "a JSON Web Token; other proofs are always asked for";
                    options.reject_idle(idle, needed)?;
                }
                let origins = constants.fill_all(&section.origins);
                Self::event_grid(origins, options, needs).map(Some)
            }
            ChallengeFunction::EmptyBody => {
                let is_answered = options.switch("answer_empty_body")?;
                Ok(is_answered.then_some(Self::EmptyBody))
            }
        }
    }

    fn event_grid(
        origins: Vec<String>,
        options: &mut Options,
        needs: &mut Needs,
    ) -> Result<Self, Error> {
        let origins = options.texts("allowed_origins")?.unwrap_or(origins);
        let rate = match options.take("allowed_rate") {
            None => None,
            Some(OptionValue::Integer(rate)) if rate > 0 => Some(rate.to_string()),
            Some(OptionValue::Text(text)) if text.as_str() == "*" => Some("*".to_owned()),
            Some(_) => return Err(wrong("allowed_rate", "expected a number above 0, or *")),
        };
        let requires_proof = options
            .switch_if_set("handshake_requires_proof")?
            .unwrap_or(true);
        Ok(Self::EventGrid {
            event_grid: EventGrid::new(options.texts("subscription_names")?, needs),
            cloud_events: CloudEvents::new(origins, rate, needs),
            requires_proof,
        })
    }

    /// Whether a challenge need not carry the token of deliveries.
    pub(crate) const fn is_excused(&self) -> bool {
        match self {
            Self::EventGrid { requires_proof, .. } => !*requires_proof,
            Self::EmptyBody => false,
        }
    }

    /// `None` for a delivery; for a challenge the reply, or why it is rejected all
    /// the same.
    ///
    /// # Errors
    /// `body_mismatch` for a request that mixes both.
    pub(crate) fn recognise(
        &self,
        request: &PreparedRequest<'_, '_>,
    ) -> Result<Option<Result<Reply, Error>>, Error> {
        match self {
            Self::EventGrid { cloud_events, .. } if request.method() == b"OPTIONS" => {
                Ok(Some(cloud_events.answer(request)))
            }
            Self::EventGrid { event_grid, .. } => event_grid.answer(request),
            Self::EmptyBody => Ok(request.body().is_empty().then(|| Ok(Reply::new(200)))),
        }
    }
}
