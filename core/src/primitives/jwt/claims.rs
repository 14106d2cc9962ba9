//! The claims of a token (RFC 7519) and what is demanded of them.

use core::fmt;

use serde_json::{Map, Value};

use super::claim_error::{ClaimError, ClaimMismatch, quoted};
use super::compact::NO_CLAIMS;
use super::error::JwtError;
use crate::primitives::json;
use crate::primitives::time::{MAX_UNIX_SECONDS, Tolerance};

/// A clock that is further off than this should be set.
pub(crate) const MAX_LEEWAY_SECONDS: u32 = 300;

/// Below this doubles tell whole numbers from each other.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// How many of the allowed values a text names.
const MAX_NAMED: usize = 4;

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
    /// Demands on further claims.
    pub(crate) claims: Vec<ClaimRule>,
    /// The longest time from `iat` to `exp`, where the token has an `iat`.
    pub(crate) max_lifetime: Option<u32>,
    /// How far `iat`, which has to be there then, may lie from now.
    pub(crate) max_age: Option<Tolerance>,
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
    pub(crate) allowed: Vec<ClaimValue>,
    /// A list, such as `roles`, satisfies if one of its elements does.
    pub(crate) may_be_list: bool,
}

/// A value that is demanded. The kinds do not mix: `1` is neither `"1"` nor
/// `true`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClaimValue {
    Text(String),
    Number(i64),
    Switch(bool),
}

impl ClaimSet {
    pub(crate) fn parse(payload: &[u8]) -> Result<Self, JwtError> {
        let members = json::parse_object(payload).ok_or(NO_CLAIMS)?;
        let json = str::from_utf8(payload).map_err(|_| NO_CLAIMS)?.to_owned();
        Ok(Self { json, members })
    }

    /// The payload as it was received.
    pub(crate) fn into_json(self) -> String {
        self.json
    }

    #[cfg(test)]
    pub(crate) fn as_json(&self) -> &str {
        &self.json
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A text, or the texts of a list.
    fn texts(&self, name: &str) -> Option<Vec<&str>> {
        match self.get(name)? {
            Value::String(text) => Some(vec![text]),
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    /// A time in seconds: any JSON number (RFC 7519 section 2), so `1790000300`,
    /// `1790000300.25` and `1.7900003e9`. One beyond the year 9999 is in
    /// milliseconds.
    ///
    /// A double tells these from each other to less than 0.1 ms, and the clock
    /// tells whole seconds only.
    fn time(&self, name: &str) -> Result<Option<f64>, ClaimError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        value
            .as_f64()
            .filter(|seconds| (0.0..=MAX_UNIX_SECONDS as f64).contains(seconds))
            .map(Some)
            .ok_or_else(|| mismatch(name, value, "a number of seconds since 1970".to_owned()))
    }

    /// The scopes in `scope` (RFC 8693), and in `scp` as some issuers call it.
    /// Either is a text of scopes, or a list of such texts.
    fn scopes(&self) -> Result<Vec<&str>, ClaimError> {
        let mut held = Vec::new();
        for name in ["scope", "scp"] {
            match self.get(name) {
                None | Some(Value::Null) => {}
                Some(value) => held.extend(self.texts(name).ok_or_else(|| {
                    mismatch(name, value, "a text, or a list of texts".to_owned())
                })?),
            }
        }
        let one_by_one = held.into_iter().flat_map(|text| text.split(' '));
        Ok(one_by_one.filter(|scope| !scope.is_empty()).collect())
    }
}

impl ClaimRules {
    /// Checks issuer, audience, times, named claims and scopes, in this order.
    /// `exp` is demanded, unless the rules say otherwise.
    pub(crate) fn check(&self, claims: &ClaimSet, now: i64) -> Result<(), ClaimError> {
        self.check_issuer(claims)?;
        self.check_audience(claims)?;
        self.check_times(claims, now)?;
        for rule in &self.claims {
            rule.check(claims)?;
        }
        self.check_scopes(claims)
    }

    /// Whether a token that ends then is over, whoever signed it.
    pub(crate) fn is_over(&self, end: f64, now: i64) -> bool {
        is_over(end, now, self.leeway)
    }

    fn check_scopes(&self, claims: &ClaimSet) -> Result<(), ClaimError> {
        if self.scopes.is_empty() {
            return Ok(());
        }
        let held = claims.scopes()?;
        let lacks = |wanted: &&String| !held.contains(&wanted.as_str());
        match self.scopes.iter().find(lacks) {
            None => Ok(()),
            Some(wanted) => Err(ClaimError::InsufficientScope {
                wanted: quoted(wanted),
                held: quoted(&held.join(" ")),
            }),
        }
    }

    fn check_issuer(&self, claims: &ClaimSet) -> Result<(), ClaimError> {
        if self.issuers.is_empty() {
            return Ok(());
        }
        demand(claims, "iss", &self.issuers, |value| {
            value
                .as_str()
                .is_some_and(|issuer| self.issuers.iter().any(|wanted| wanted == issuer))
        })
    }

    fn check_audience(&self, claims: &ClaimSet) -> Result<(), ClaimError> {
        if self.audiences.is_empty() {
            return Ok(());
        }
        demand(claims, "aud", &self.audiences, |_| {
            claims
                .texts("aud")
                .is_some_and(|texts| texts.iter().any(|text| self.is_audience(text)))
        })
    }

    fn is_audience(&self, audience: &str) -> bool {
        self.audiences.iter().any(|wanted| {
            wanted == audience
                || (self.audience_ignores_case && wanted.eq_ignore_ascii_case(audience))
        })
    }

    /// An `iat` in the future is no reason to reject by itself: RFC 7519 gives
    /// it no such meaning, and `nbf` has it. But a lifetime that counts from
    /// there would have no bound.
    fn check_times(&self, claims: &ClaimSet, now: i64) -> Result<(), ClaimError> {
        if !(0..=MAX_UNIX_SECONDS).contains(&now) {
            return Err(ClaimError::Clock);
        }
        let expires = claims.time("exp")?;
        if expires.is_none() && !self.may_lack_exp {
            return Err(ClaimError::Missing("exp".to_owned(), None));
        }
        if expires.is_some_and(|expires| is_over(expires, now, self.leeway)) {
            return Err(ClaimError::Expired);
        }
        let lies_ahead = |time: f64| ((now + i64::from(self.leeway)) as f64) < time;
        if claims.time("nbf")?.is_some_and(lies_ahead) {
            return Err(ClaimError::NotYetValid);
        }
        if let Some(Tolerance { past, future }) = self.max_age {
            let issued = claims.time("iat")?;
            let issued = issued.ok_or_else(|| ClaimError::Missing("iat".to_owned(), None))?;
            if issued > now.saturating_add(i64::from(future)) as f64 {
                return Err(ClaimError::IssuedInFuture);
            }
            if issued < now.saturating_sub(i64::from(past)) as f64 {
                return Err(ClaimError::Expired);
            }
        }
        let (Some(issued), Some(longest)) = (claims.time("iat")?, self.max_lifetime) else {
            return Ok(());
        };
        if lies_ahead(issued) {
            return Err(ClaimError::IssuedInFuture);
        }
        if expires.is_some_and(|expires| is_longer(expires - issued, longest)) {
            return Err(ClaimError::LifetimeTooLong);
        }
        Ok(())
    }
}

impl ClaimRule {
    fn check(&self, claims: &ClaimSet) -> Result<(), ClaimError> {
        let mut is_present = false;
        for name in self.names.iter().filter(|name| claims.get(name).is_some()) {
            demand(claims, name, &self.allowed, |value| self.is_met_by(value))?;
            is_present = true;
        }
        if is_present {
            return Ok(());
        }
        Err(missing(&self.names.join(" or "), &self.allowed))
    }

    fn is_met_by(&self, value: &Value) -> bool {
        match value {
            Value::Array(list) if self.may_be_list => {
                // Lists of mixed kinds mean nothing that anybody agrees on.
                let kind = list.first().map(core::mem::discriminant);
                list.iter()
                    .all(|element| Some(core::mem::discriminant(element)) == kind)
                    && list.iter().any(|element| self.allows(element))
            }
            one => self.allows(one),
        }
    }

    fn allows(&self, value: &Value) -> bool {
        self.allowed.iter().any(|allowed| allowed.is(value))
    }
}

impl ClaimValue {
    /// Any spelling of a number is that number.
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(wanted), Value::String(text)) => wanted == text,
            (Self::Switch(wanted), Value::Bool(switch)) => wanted == switch,
            (Self::Number(wanted), Value::Number(number)) => match number.as_i64() {
                Some(number) => number == *wanted,
                None => number
                    .as_f64()
                    .is_some_and(|number| number.abs() < MAX_WHOLE && number == *wanted as f64),
            },
            _ => false,
        }
    }
}

impl From<String> for ClaimValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for ClaimValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Number(number) => number.fmt(f),
            Self::Switch(switch) => switch.fmt(f),
        }
    }
}

impl fmt::Debug for ClaimSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimSet(…)")
    }
}

/// `now` is a whole second, so that nothing is rounded on this side.
fn is_over(expires: f64, now: i64, leeway: u32) -> bool {
    now.saturating_sub(i64::from(leeway)) as f64 >= expires
}

/// Both ends of a lifetime are rounded to a double, so their difference is good
/// to a millisecond.
fn is_longer(lifetime: f64, longest: u32) -> bool {
    (lifetime * 1000.0).round() > f64::from(longest) * 1000.0
}

/// The claim must be there and satisfy.
fn demand<T: Clone + Into<ClaimValue>>(
    claims: &ClaimSet,
    name: &str,
    allowed: &[T],
    satisfies: impl Fn(&Value) -> bool,
) -> Result<(), ClaimError> {
    match claims.get(name) {
        None => Err(missing(name, allowed)),
        Some(value) if satisfies(value) => Ok(()),
        Some(value) => Err(mismatch(name, value, listed(allowed))),
    }
}

fn missing<T: Clone + Into<ClaimValue>>(name: &str, allowed: &[T]) -> ClaimError {
    ClaimError::Missing(name.to_owned(), Some(listed(allowed)))
}

fn mismatch(name: &str, received: &Value, allowed: String) -> ClaimError {
    ClaimError::Mismatch(Box::new(ClaimMismatch::new(name, received, allowed)))
}

fn listed<T: Clone + Into<ClaimValue>>(allowed: &[T]) -> String {
    let mut texts: Vec<String> = allowed
        .iter()
        .take(MAX_NAMED)
        .map(|one| one.clone().into().to_string())
        .collect();
    if allowed.len() > MAX_NAMED {
        texts.push(format!("{} more", allowed.len() - MAX_NAMED));
    }
    texts.join(" or ")
}
