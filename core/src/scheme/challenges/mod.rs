//! `[[challenge]]`: requests of a provider that ask something in the place of a
//! delivery, as data. How they are recognized, what they must prove, and what they
//! are answered with.

mod reply;

use serde::Deserialize;
use serde_json::Value;

use crate::request::Header;
use crate::scheme::condition::{Condition, ConditionSection, Tables, read_tables};
use crate::scheme::place::Place;
use crate::scheme::proofs::{ChallengeSection, TokenSection};
use crate::scheme::reader::{SchemeError, borrowed_text, choice, list, object, text};

pub(crate) use reply::{ReplyContent, ReplyRule, ReplySection, ReplyValue};

/// What a file says about challenges.
#[derive(Debug, Default)]
pub(crate) enum ChallengesSection {
    #[default]
    None,
    /// `[challenge]`: a function knows them.
    Function(ChallengeSection),
    /// `[[challenge]]`: the file describes them.
    Described(Vec<DescribedSection>),
}

/// One challenge as a file describes it.
#[derive(Debug)]
pub(crate) struct DescribedSection {
    pub(super) when: Tables<ConditionSection>,
    pub(super) proof: ChallengeProof,
    /// A secret that only the challenge carries.
    pub(crate) token: Option<TokenSection>,
    pub(super) reply: ReplySection,
}

/// What a challenge must prove before it is answered.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChallengeProof {
    /// All that a delivery proves.
    Signature,
    /// The tokens and passwords of deliveries, in a scheme that signs nothing.
    Token,
    /// Nothing.
    None,
}

/// A challenge that can be looked for.
#[derive(Debug)]
pub(crate) struct ChallengeRule {
    /// One of the lists must hold whole.
    pub(crate) when: Tables<Condition>,
    /// `Content-Type`, where a condition reads it.
    pub(crate) content_type: Option<Header>,
    pub(crate) proof: ChallengeProof,
    pub(crate) token: Option<TokenSection>,
    pub(crate) reply: ReplyRule,
}

/// Where the token of a challenge may stand.
const TOKEN_PLACES: &[&str] = &["header", "query"];

impl ChallengesSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        match value {
            Value::Array(_) => list(value, DescribedSection::read).map(Self::Described),
            _ => ChallengeSection::read(value).map(Self::Function),
        }
    }

    pub(crate) const fn function(&self) -> Option<&ChallengeSection> {
        match self {
            Self::Function(section) => Some(section),
            Self::None | Self::Described(_) => None,
        }
    }

    pub(crate) fn described(&self) -> &[DescribedSection] {
        match self {
            Self::Described(sections) => sections,
            Self::None | Self::Function(_) => &[],
        }
    }

    /// Where the described ones are looked for.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        let tables = self.described().iter().flat_map(|section| &section.when);
        tables.flatten().filter_map(|condition| match condition {
            ConditionSection::At(place, _) => Some(place),
            _ => None,
        })
    }
}

impl DescribedSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                when: fields.or_default("when", read_tables)?,
                proof: fields.required("proof", choice)?,
                token: fields.optional("token", read_token)?,
                reply: fields.required("reply", ReplySection::read)?,
            })
        })
    }

    /// A challenge that nothing tells from a delivery would swallow every one, and
    /// one that asks for a proof the scheme does not have would ask for none.
    pub(super) fn check(&self, is_signed: bool, has_token: bool) -> Result<(), String> {
        if self.when.is_empty() {
            return Err("when: a challenge without a condition swallows every delivery".to_owned());
        }
        match self.proof {
            ChallengeProof::Signature if !is_signed => {
                Err("proof: this scheme signs nothing".to_owned())
            }
            ChallengeProof::Token if is_signed => Err(
                "proof: deliveries are signed, and so is a challenge that proves something; \
                     write signature"
                    .to_owned(),
            ),
            ChallengeProof::Token if !has_token => Err("proof: there is no [[token]]".to_owned()),
            _ => Ok(()),
        }
    }

    /// The sender of a signed challenge must not be able to make a delivery of it, nor
    /// that of a delivery a challenge.
    pub(super) fn check_covered(&self, is_covered: impl Fn(&Place) -> bool) -> Result<(), String> {
        if self.proof != ChallengeProof::Signature {
            return Ok(());
        }
        for table in &self.when {
            let places = table.iter().filter_map(|condition| match condition {
                ConditionSection::At(place, _) => Some(place),
                _ => None,
            });
            let places: Vec<&Place> = places.collect();
            if places.is_empty() {
                return Err(
                    "when: name a signed place that tells a challenge from a delivery".to_owned(),
                );
            }
            if let Some(place) = places.into_iter().find(|place| !is_covered(place)) {
                return Err(format!(
                    "when: {place} is not signed: whoever changes it turns a challenge into a \
                     delivery"
                ));
            }
        }
        Ok(())
    }
}

impl ChallengeRule {
    /// Whether its reply is signed with the secret of the scheme.
    pub(crate) fn answers_with_mac(&self) -> bool {
        self.reply.holds_mac()
    }
}

fn read_token(value: &Value) -> Result<TokenSection, SchemeError> {
    object(value, |fields| {
        Ok(TokenSection {
            option: fields.required("option", text)?,
            hint: fields.required("hint", text)?,
            from: fields.required("from", token_place)?,
            name_option: None,
            scheme: None,
        })
    })
}

fn token_place(value: &Value) -> Result<Place, SchemeError> {
    Place::parse_one_of(borrowed_text(value)?, TOKEN_PLACES).map_err(SchemeError::new)
}
