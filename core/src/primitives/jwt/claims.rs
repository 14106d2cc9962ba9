//! The claims of a token (RFC 7519) and what is demanded of them.

use core::fmt;

use serde_json::{Map, Value};

use super::JwtError;
use crate::error::ErrorCode;
use crate::primitives::json;
use crate::primitives::time::MAX_UNIX_SECONDS;

/// A clock that is further off than this should be set.
pub(crate) const MAX_LEEWAY_SECONDS: u32 = 300;

/// The payload of a token: a JSON object in which no member stands twice.
#[derive(Clone)]
pub(crate) struct ClaimSet {
    json: String,
    members: Map<String, Value>,
}

/// What the claims must say. An empty list demands nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClaimRules {
    /// Values of `iss`, compared byte for byte.
    pub(crate) issuers: Vec<String>,
    /// Values of `aud`, of which the token must hold one.
    pub(crate) audiences: Vec<String>,
    /// Compares `aud` without ASCII case: some audiences are GUIDs.
    pub(crate) audience_ignores_case: bool,
    /// Scopes that the token must hold, all of them.
    pub(crate) scopes: Vec<String>,
    /// Claims that must be one of the allowed texts.
    pub(crate) equals: Vec<ClaimRule>,
    /// Claims, such as `roles`, that must hold one of the allowed texts.
    pub(crate) contains: Vec<ClaimRule>,
    /// The longest time from `iat` to `exp`, where the token has an `iat`.
    pub(crate) max_lifetime: Option<u32>,
    /// How many seconds the two clocks may differ, at most
    /// [`MAX_LEEWAY_SECONDS`], which is checked where the option is read.
    pub(crate) leeway: u32,
    /// Claims without `exp` are taken: somebody else vouches for them now.
    pub(crate) may_lack_exp: bool,
}

/// One demand. Where an issuer changed a claim's name (`appid`, `azp`), all
/// names are given: one must be there, and each that is there must satisfy.
#[derive(Clone, Debug)]
pub(crate) struct ClaimRule {
    pub(crate) names: Vec<String>,
    pub(crate) allowed: Vec<String>,
}

/// Which demand is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClaimError {
    Expired,
    LifetimeTooLong,
    NotYetValid,
    /// The claim of that name is absent or has another value.
    Mismatch(String),
    InsufficientScope,
    /// The receiver's own clock is impossible.
    Clock,
}

impl ClaimSet {
    pub(crate) fn parse(payload: &[u8]) -> Result<Self, JwtError> {
        const NO_OBJECT: JwtError = JwtError::Malformed(
            "the payload is no JSON object, or holds a member twice, or nests too deeply",
        );
        let members = json::parse_object(payload).ok_or(NO_OBJECT)?;
        let json = str::from_utf8(payload).map_err(|_| NO_OBJECT)?.to_owned();
        Ok(Self { json, members })
    }

    /// The payload as it was received.
    pub(crate) fn as_json(&self) -> &str {
        &self.json
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A text, or the texts of a list; anything else is a mismatch.
    fn texts(&self, name: &str) -> Result<Vec<&str>, ClaimError> {
        match self.get(name) {
            Some(Value::String(text)) => Some(vec![text.as_str()]),
            Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
            _ => None,
        }
        .ok_or_else(|| mismatch(name))
    }

    /// A time in whole seconds. RFC 7519 allows fractions, but no issuer needs
    /// them, and parsers round them differently; a time beyond the year 9999 is
    /// one in milliseconds.
    fn time(&self, name: &str) -> Result<Option<i64>, ClaimError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_i64()
                .filter(|seconds| (0..=MAX_UNIX_SECONDS).contains(seconds))
                .map(Some)
                .ok_or_else(|| mismatch(name)),
        }
    }

    /// Whether `scope` (RFC 8693), or `scp` as some issuers call it, holds all.
    fn has_scopes(&self, wanted: &[String]) -> Result<bool, ClaimError> {
        let mut held = Vec::new();
        match self.get("scope") {
            None => {}
            Some(Value::String(text)) => held.push(text.as_str()),
            Some(_) => return Err(mismatch("scope")),
        }
        if self.get("scp").is_some() {
            held.extend(self.texts("scp")?);
        }
        let holds = |scope: &String| {
            held.iter()
                .flat_map(|text| text.split(' '))
                .any(|one| one == scope)
        };
        Ok(wanted.iter().all(holds))
    }
}

impl ClaimRules {
    /// Checks issuer, audience, times, named claims and scopes, in this order.
    /// `exp` is demanded, unless the rules say otherwise. An `iat` in the future is no reason to refuse:
    /// RFC 7519 gives it no such meaning, and `nbf` has it.
    pub(crate) fn check(&self, claims: &ClaimSet, now: i64) -> Result<(), ClaimError> {
        if !self.issuers.is_empty() {
            let issuer = claims.get("iss").and_then(Value::as_str);
            demand(
                "iss",
                issuer.is_some_and(|issuer| holds(&self.issuers, issuer)),
            )?;
        }
        if !self.audiences.is_empty() {
            let audiences = claims.texts("aud")?;
            let is_meant = audiences.iter().any(|audience| self.is_audience(audience));
            demand("aud", is_meant)?;
        }
        self.check_times(claims, now)?;
        for rule in &self.equals {
            rule.check(claims, |name| {
                let value = claims.get(name).and_then(Value::as_str);
                Ok(value.is_some_and(|text| holds(&rule.allowed, text)))
            })?;
        }
        for rule in &self.contains {
            rule.check(claims, |name| {
                let texts = claims.texts(name)?;
                Ok(texts.into_iter().any(|text| holds(&rule.allowed, text)))
            })?;
        }
        if !self.scopes.is_empty() && !claims.has_scopes(&self.scopes)? {
            return Err(ClaimError::InsufficientScope);
        }
        Ok(())
    }

    fn is_audience(&self, audience: &str) -> bool {
        self.audiences.iter().any(|wanted| {
            wanted == audience
                || (self.audience_ignores_case && wanted.eq_ignore_ascii_case(audience))
        })
    }

    fn check_times(&self, claims: &ClaimSet, now: i64) -> Result<(), ClaimError> {
        if !(0..=MAX_UNIX_SECONDS).contains(&now) {
            return Err(ClaimError::Clock);
        }
        let leeway = i64::from(self.leeway);
        let expires = claims.time("exp")?;
        if expires.is_none() && !self.may_lack_exp {
            return Err(mismatch("exp"));
        }
        // All times lie in 0..=MAX_UNIX_SECONDS, so nothing here overflows.
        if expires.is_some_and(|expires| now >= expires + leeway) {
            return Err(ClaimError::Expired);
        }
        let begins = claims.time("nbf")?;
        if begins.is_some_and(|begins| now + leeway < begins) {
            return Err(ClaimError::NotYetValid);
        }
        let issued = claims.time("iat")?;
        match (issued, expires, self.max_lifetime) {
            (Some(issued), Some(expires), Some(longest))
                if expires - issued > i64::from(longest) =>
            {
                Err(ClaimError::LifetimeTooLong)
            }
            _ => Ok(()),
        }
    }
}

impl ClaimRule {
    fn check(
        &self,
        claims: &ClaimSet,
        satisfies: impl Fn(&str) -> Result<bool, ClaimError>,
    ) -> Result<(), ClaimError> {
        let mut is_present = false;
        for name in self.names.iter().filter(|name| claims.get(name).is_some()) {
            demand(name, satisfies(name)?)?;
            is_present = true;
        }
        let first = self.names.first().map_or("", String::as_str);
        demand(first, is_present)
    }
}

impl ClaimError {
    /// The frozen code. A scope that is missing is a mismatch too; that it is
    /// answered with 403 is for the scheme to say.
    pub(crate) const fn code(&self) -> ErrorCode {
        match self {
            Self::Expired | Self::LifetimeTooLong => ErrorCode::JwtExpired,
            Self::NotYetValid | Self::Mismatch(_) | Self::InsufficientScope => {
                ErrorCode::JwtClaimMismatch
            }
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
            Self::Mismatch(name) => {
                write!(f, "the claim {name} is missing or has another value")
            }
            Self::InsufficientScope => f.write_str("the token does not hold the scopes"),
            Self::Clock => f.write_str("the clock is not between 1970 and 9999"),
        }
    }
}

impl fmt::Debug for ClaimSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimSet(…)")
    }
}

fn holds(list: &[String], text: &str) -> bool {
    list.iter().any(|one| one == text)
}

fn demand(name: &str, is_met: bool) -> Result<(), ClaimError> {
    if is_met { Ok(()) } else { Err(mismatch(name)) }
}

fn mismatch(name: &str) -> ClaimError {
    ClaimError::Mismatch(name.to_owned())
}
