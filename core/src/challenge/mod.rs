//! Requests by which a provider asks whether an endpoint wants its deliveries. A
//! scheme describes them, or names the function that knows them. The answers are
//! made here, and sent by the receiver.

mod cloud_events;
mod described;
mod event_grid;

use crate::error::Error;
use crate::options::{OptionReader, OptionValue};
use crate::prepared_request::PreparedRequest;
use crate::reply::Reply;
use crate::request::Needs;
use crate::scheme::{ChallengeFunction, ChallengeSection, Constants};

use cloud_events::CloudEvents;
use event_grid::EventGrid;

pub(crate) use described::{DescribedChallenges, Signer};

/// The challenges that a function knows, with what may be answered. They prove
/// nothing about who asks.
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
        options: &mut OptionReader,
        needs: &mut Needs,
        has_token: bool,
    ) -> Result<Option<Self>, Error> {
        match section.function {
            ChallengeFunction::EventGrid => {
                let origins = constants.fill_all(&section.origins);
                Self::event_grid(origins, options, needs, has_token).map(Some)
            }
            ChallengeFunction::EmptyBody => {
                let is_answered = options.switch("answer_empty_body")?;
                Ok(is_answered.then_some(Self::EmptyBody))
            }
        }
    }

    fn event_grid(
        origins: Vec<String>,
        options: &mut OptionReader,
        needs: &mut Needs,
        has_token: bool,
    ) -> Result<Self, Error> {
        let origins = options.texts("allowed_origins")?.unwrap_or(origins);
        let rate = match options.take("allowed_rate")? {
            Some(OptionValue::Integer(rate)) => Some(rate.to_string()),
            Some(_) => Some("*".to_owned()),
            None => None,
        };
        // Proofs other than a JSON Web Token are always asked for.
        let requires_proof = !has_token || options.switch("handshake_requires_proof")?;
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
