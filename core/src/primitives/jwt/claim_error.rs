//! Why the claims of a token are rejected, in words. Claims are not secret: the
//! text quotes what a claim says and what it should say, so that a log names the
//! cause.

use core::fmt;

use serde_json::Value;

use crate::error::ErrorCode;

/// How much of a value a text shows, in characters.
const MAX_SHOWN: usize = 100;

/// Which demand is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClaimError {
    Expired,
    LifetimeTooLong,
    NotYetValid,
    /// `iat` lies ahead, where a lifetime counts from it.
    IssuedInFuture,
    /// The claim of that name is not there; with what it may say.
    Missing(String, Option<String>),
    Mismatch(Box<ClaimMismatch>),
    InsufficientScope {
        wanted: String,
        held: String,
    },
    /// The receiver's own clock is impossible.
    Clock,
}

/// A claim that says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimMismatch {
    pub(crate) name: String,
    received: String,
    allowed: String,
}

impl ClaimMismatch {
    pub(crate) fn new(name: &str, received: &Value, allowed: String) -> Self {
        Self {
            name: name.to_owned(),
            received: shown(received),
            allowed,
        }
    }
}

impl ClaimError {
    /// The frozen code. A scope that is missing is a mismatch too; that it is
    /// answered with 403 is for the scheme to say.
    pub(crate) const fn code(&self) -> ErrorCode {
        match self {
            Self::Expired | Self::LifetimeTooLong => ErrorCode::JwtExpired,
            Self::NotYetValid
            | Self::IssuedInFuture
            | Self::Missing(..)
            | Self::Mismatch(_)
            | Self::InsufficientScope { .. } => ErrorCode::JwtClaimMismatch,
            Self::Clock => ErrorCode::Internal,
        }
    }
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the token has expired"),
            Self::LifetimeTooLong => f.write_str("the token was issued for too long a time"),
            Self::NotYetValid => f.write_str("the token is not valid yet: check the clock"),
            Self::IssuedInFuture => {
                f.write_str("the token was issued in the future, says iat: check the clock")
            }
            Self::Missing(name, None) => write!(f, "the claim {name} is missing"),
            Self::Missing(name, Some(allowed)) => {
                write!(f, "the claim {name} is missing; expected {allowed}")
            }
            Self::Mismatch(mismatch) => write!(
                f,
                "the claim {} is {}; expected {}",
                mismatch.name, mismatch.received, mismatch.allowed
            ),
            Self::InsufficientScope { wanted, held } => {
                write!(f, "the token does not hold the scope {wanted}, but {held}")
            }
            Self::Clock => f.write_str("the clock is not between 1970 and 9999"),
        }
    }
}

/// A text in quotes, escaped, and cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", cut(text))
}

/// A value with its kind, where its spelling does not tell.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(list) => list_of(list),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// As much of a list as there is room for.
fn list_of(list: &[Value]) -> String {
    let mut text = String::from("the list [");
    for (position, element) in list.iter().enumerate() {
        if text.len() > MAX_SHOWN {
            text.push('…');
            break;
        }
        if position > 0 {
            text.push_str(", ");
        }
        text.push_str(&match element {
            Value::Array(_) => "a list".to_owned(),
            other => shown(other),
        });
    }
    text + "]"
}

fn cut(text: &str) -> String {
    let end = text.char_indices().nth(MAX_SHOWN);
    let shown = end.map_or(text, |(end, _)| &text[..end]);
    let mut escaped = shown.escape_debug().to_string();
    if end.is_some() {
        escaped.push('…');
    }
    escaped
}
