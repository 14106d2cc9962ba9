//! Challenges that a scheme file describes.

mod reply;

use crate::error::{Error, ErrorCode};
use crate::keyring::MatchedKey;
use crate::options::OptionReader;
use crate::prepared_request::{Known, PreparedRequest};
use crate::proof::Token;
use crate::reply::Reply;
use crate::request::Needs;
use crate::scheme::{ChallengeProof, ChallengeRule};
use crate::signature::{SignatureProof, any_holds, any_may_hold};

/// The challenges of a scheme, in their order.
#[derive(Debug, Default)]
pub(crate) struct DescribedChallenges(Vec<DescribedChallenge>);

#[derive(Debug)]
struct DescribedChallenge {
    rule: ChallengeRule,
    /// There where the rule asks for one and the option is given.
    token: Option<Token>,
}

/// Who may sign for a reply, and with which key.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'s> {
    pub(crate) signature: Option<&'s SignatureProof>,
    /// The key that verified the challenge; the first where none did.
    pub(crate) key: Option<&'s MatchedKey>,
}

impl DescribedChallenges {
    /// Takes the options of their tokens.
    pub(crate) fn new(
        rules: Vec<ChallengeRule>,
        options: &mut OptionReader,
        needs: &mut Needs,
    ) -> Result<Self, Error> {
        let mut read = |rule: ChallengeRule| {
            let token = match &rule.token {
                // Its labels name no key that verifies a delivery.
                Some(section) => Token::new(section, options, needs, &mut Vec::new())?,
                None => None,
            };
            Ok(DescribedChallenge { rule, token })
        };
        rules
            .into_iter()
            .map(&mut read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn has_unproven(&self) -> bool {
        self.unproven().next().is_some()
    }

    pub(crate) fn has_proven(&self) -> bool {
        self.proven().next().is_some()
    }

    /// Whether a request may be a challenge that proves nothing, whatever its body is.
    pub(crate) fn may_be_asked(&self, request: &PreparedRequest<'_, '_>) -> bool {
        self.unproven().any(|one| {
            any_may_hold(
                &one.rule.when,
                one.rule.content_type.as_ref(),
                request,
                Known::Head,
            )
        })
    }

    /// The reply to a challenge that proves nothing; `None` for other requests.
    ///
    /// # Errors
    /// Why a challenge is not answered; `body_mismatch` where a place that decides is
    /// there more than once.
    pub(crate) fn answer_unproven(
        &self,
        request: &PreparedRequest<'_, '_>,
        signer: Signer<'_>,
    ) -> Result<Option<Reply>, Error> {
        answer(self.unproven(), request, signer)
    }

    /// The reply to a challenge that proved what deliveries prove.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn answer_proven(
        &self,
        request: &PreparedRequest<'_, '_>,
        signer: Signer<'_>,
    ) -> Result<Option<Reply>, Error> {
        answer(self.proven(), request, signer)
    }

    fn unproven(&self) -> impl Iterator<Item = &DescribedChallenge> {
        self.0
            .iter()
            .filter(|one| one.rule.proof == ChallengeProof::None)
    }

    fn proven(&self) -> impl Iterator<Item = &DescribedChallenge> {
        self.0
            .iter()
            .filter(|one| one.rule.proof != ChallengeProof::None)
    }
}

/// The reply to the first that a request is.
fn answer<'c>(
    challenges: impl Iterator<Item = &'c DescribedChallenge>,
    request: &PreparedRequest<'_, '_>,
    signer: Signer<'_>,
) -> Result<Option<Reply>, Error> {
    for challenge in challenges {
        let rule = &challenge.rule;
        if any_holds(&rule.when, rule.content_type.as_ref(), request)? {
            challenge.check_token(request)?;
            return reply::make(&rule.reply, request, signer).map(Some);
        }
    }
    Ok(None)
}

impl DescribedChallenge {
    fn check_token(&self, request: &PreparedRequest<'_, '_>) -> Result<(), Error> {
        match (&self.rule.token, &self.token) {
            (None, _) => Ok(()),
            (Some(_), Some(token)) => token.check(request).map(drop),
            (Some(section), None) => Err(Error::new(
                ErrorCode::TokenMismatch,
                format!(
                    "a challenge cannot be answered, since option {} is missing: {}",
                    section.option, section.hint
                ),
            )),
        }
    }
}
