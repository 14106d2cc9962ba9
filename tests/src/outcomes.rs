//! What a runner found, in the one form that every language writes: a JSON
//! object of case ids, each with a verdict.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookseal::{Error, ErrorCode, Verified};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::format::{Answer, Case, Expect, FormatError, ReplyData};

/// The verdict on one case.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Verified.
    Verified {
        /// All facts, by the names of [`FACT_NAMES`](crate::format::FACT_NAMES).
        facts: BTreeMap<String, Value>,
    },
    /// Refused.
    Rejected {
        /// The frozen code.
        code: String,
        /// What it is answered with, where that is more than the status of the
        /// code and the runner tells it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Answer>,
    },
}

/// The verdicts of one runner, by case id.
pub type Outcomes = BTreeMap<String, Outcome>;

impl Outcome {
    /// The verdict of the core.
    pub(crate) fn of(result: Result<Verified<'_>, Error>) -> Self {
        match result {
            Ok(verified) => Self::Verified {
                facts: facts(&verified),
            },
            Err(error) => Self::Rejected {
                code: error.code().as_str().to_owned(),
                answer: answer(&error),
            },
        }
    }

    /// A refusal that is answered with no more than the status of its code.
    #[must_use]
    pub fn rejected(code: ErrorCode) -> Self {
        Self::Rejected {
            code: code.as_str().to_owned(),
            answer: None,
        }
    }

    /// `verified`, or the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Verified { .. } => Expect::Verified.as_str(),
            Self::Rejected { code, .. } => code,
        }
    }

    /// What a refusal is answered with, where that is more than its code.
    #[must_use]
    pub const fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Verified { .. } => None,
            Self::Rejected { answer, .. } => answer.as_ref(),
        }
    }

    /// What differs from what the case demands; `None` where nothing does.
    #[must_use]
    pub fn disagreement(&self, case: &Case) -> Option<String> {
        if self.as_str() != case.expect.as_str() {
            return Some(format!("expected {}, got {}", case.expect, self.as_str()));
        }
        let facts = match self {
            Self::Verified { facts } => facts,
            Self::Rejected { answer, .. } => {
                let differs = case.answer.is_some() && case.answer != *answer;
                return differs
                    .then(|| format!("answer: expected {:?}, got {answer:?}", case.answer));
            }
        };
        case.facts.iter().flatten().find_map(|(name, expected)| {
            let got = facts.get(name).unwrap_or(&Value::Null);
            (got != expected).then(|| format!("{name}: expected {expected}, got {got}"))
        })
    }
}

/// Reads a runner's file.
///
/// # Errors
/// Where it cannot be read or is not of this form.
pub fn read(path: &Path) -> Result<Outcomes, FormatError> {
    let place = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| FormatError::new(error.to_string()).within(&place))?;
    serde_json::from_str(&text).map_err(|error| FormatError::new(error.to_string()).within(&place))
}

/// Writes a runner's file.
///
/// # Errors
/// Where it cannot be written.
pub fn write(path: &Path, outcomes: &Outcomes) -> Result<(), FormatError> {
    let text =
        serde_json::to_string(outcomes).map_err(|error| FormatError::new(error.to_string()))?;
    fs::write(path, text)
        .map_err(|error| FormatError::new(error.to_string()).within(&path.display().to_string()))
}

fn answer(error: &Error) -> Option<Answer> {
    let answer = Answer {
        status: error.status(),
        authenticate: error.authenticate().map(str::to_owned),
        reply: error.reply().map(|reply| ReplyData {
            status: reply.status(),
            headers: reply
                .headers()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: reply.body().to_owned(),
        }),
    };
    let is_plain = answer.status == error.code().status()
        && answer.authenticate.is_none()
        && answer.reply.is_none();
    (!is_plain).then_some(answer)
}

fn facts(verified: &Verified<'_>) -> BTreeMap<String, Value> {
    let covers = verified.covers();
    // As all languages show it: what is no UTF-8 is no text.
    let text = |bytes: Option<&[u8]>| json!(bytes.and_then(|it| str::from_utf8(it).ok()));
    let facts = [
        ("scheme", json!(verified.scheme())),
        ("payload_base64", json!(STANDARD.encode(verified.payload()))),
        ("key_id", json!(verified.key_id())),
        ("timestamp", json!(verified.timestamp())),
        ("delivery_id", text(verified.delivery_id())),
        ("event_type", text(verified.event_type())),
        (
            "replay_key",
            json!(verified.replay_key().map(|key| key.to_string())),
        ),
        ("claims", claims(verified)),
        (
            "covers",
            json!({
                "body": covers.body.as_str(),
                "url": covers.url.as_str(),
                "method": covers.method,
                "timestamp": covers.timestamp.as_str(),
                "delivery_id": covers.delivery_id.as_str(),
                "confidential": covers.confidential,
                "parts": covers.parts,
            }),
        ),
        ("url_form", json!(verified.url_form())),
    ];
    facts
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The claims of a token as an object; empty where there is no token.
fn claims(verified: &Verified<'_>) -> Value {
    verified.claims().map_or_else(
        || json!({}),
        |claims| serde_json::from_str(claims).unwrap_or_default(),
    )
}
