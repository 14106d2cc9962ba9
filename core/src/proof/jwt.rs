//! A JSON Web Token as bearer token (RFC 6750): its signature, and its claims.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::clock::Now;
use crate::error::{Error, ErrorCode};
use crate::keyring::MatchedKey;
use crate::keyring::secrets;
use crate::options::{OptionReader, OptionValue};
use crate::options::{within, wrong, wrong_kind};
use crate::prepared_request::PreparedRequest;
use crate::primitives::authorization::credentials;
use crate::primitives::jwt::{
    ClaimError, ClaimRule, ClaimRules, ClaimSet, ClaimValue, CompactJws, DetachedForm,
    JwtAlgorithm, JwtError, KeySet, KidRule, MAX_LEEWAY_SECONDS, MAX_TRIES, OctKeys,
};
use crate::primitives::mac::sha256;
use crate::primitives::signature::{SignatureAlgorithm, SignatureKey};
use crate::primitives::spki;
use crate::proof::required_claims;
use crate::remote_keys::{KeySource, RemoteKeys, is_trustworthy};
use crate::request::{Header, HeaderSlots, Needs};
use crate::scheme::{ClaimSection, Constants, JwtSection, KeySection, TokenPlace};
use crate::signature::MessageIdentity;

/// What to answer with 401 where nothing more is to be told (RFC 6750 section 3).
pub(super) const AUTHENTICATE: &str = "Bearer";

/// What a token must be.
#[derive(Debug)]
pub(crate) struct Jwt {
    place: Place,
    /// The authentication scheme in front of the token; none where it is empty.
    scheme: String,
    algorithms: Vec<JwtAlgorithm>,
    keys: Keys,
    kid_rule: KidRule,
    signed: Signed,
}

/// What a token signs.
#[derive(Debug)]
enum Signed {
    /// Claims, which must be these.
    Claims(ClaimRules),
    /// The body of the request that carries it.
    Body(DetachedForm),
}

/// Where a token stands.
#[derive(Debug)]
enum Place {
    Header(Header),
    Body,
}

/// A verified token.
pub(crate) struct CheckedToken {
    pub(crate) key: MatchedKey,
    /// As the JSON that was signed; none where that was the body.
    pub(crate) claims: Option<String>,
    /// Of what was signed; none of a token that nobody but its issuer can read.
    pub(crate) identity: Option<MessageIdentity>,
}

#[derive(Debug)]
enum Keys {
    Own(Arc<KeySet>),
    Remote(RemoteKeys),
    /// None: the token is opaque, and whoever issued it says what it is
    /// (RFC 7662). The receiver asks, and passes the answer.
    Introspection,
}

/// Far more than an answer about one token holds.
const MAX_INTROSPECTION_BYTES: usize = 64 * 1024;

impl Jwt {
    /// `None` where the options are a group that is not given.
    pub(crate) fn new(
        section: &JwtSection,
        key: Option<&KeySection>,
        constants: &Constants,
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        if let Some(key) = key {
            return Self::with_key(section, key, options, needs, labels).map(Some);
        }
        let Some(group) = &section.group else {
            return Self::read(section, constants, options, needs, labels).map(Some);
        };
        let Some(mut members) = options.group(group)? else {
            return Ok(None);
        };
        Self::read(section, constants, &mut members, needs, labels)
            .and_then(|jwt| members.finish().map(|()| Some(jwt)))
            .map_err(|error| within(group, error))
    }

    /// Takes the one option that holds the keys of the scheme.
    fn with_key(
        section: &JwtSection,
        key: &KeySection,
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let value = options.take(&key.option)?;
        let value =
            value.ok_or_else(|| wrong(&key.option, &format!("is missing: {}", key.hint)))?;
        let mut keys = Vec::new();
        for (label, bytes) in secrets(key, value)? {
            for algorithm in section.algorithms.iter().map(|it| it.signature()) {
                let prepared = match algorithm {
                    SignatureAlgorithm::Mac(mac) => SignatureKey::mac(mac, &bytes),
                    _ if bytes.len() == 32 => SignatureKey::ed25519(&bytes),
                    _ => spki::parse(&bytes),
                };
                let prepared = prepared
                    .and_then(|prepared| match prepared.fits(algorithm) {
                        true => Ok(prepared),
                        false => Err("it is a key of another algorithm than the scheme's"),
                    })
                    .map_err(|what| wrong(&key.option, what))?;
                keys.push((label.clone(), prepared));
            }
            labels.push(label);
        }
        Ok(Self {
            place: place(section, needs),
            scheme: section.scheme.clone(),
            algorithms: section.algorithms.clone(),
            keys: Keys::Own(Arc::new(KeySet::of_keys(keys))),
            kid_rule: KidRule::Optional,
            signed: Signed::Claims(rules(section, options, false, true)?),
        })
    }

    /// Reads the options, which may be the members of a group.
    fn read(
        section: &JwtSection,
        constants: &Constants,
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let constants = parameters(section, options, constants)?;
        let section = &section.filled(&constants);
        let introspects = section.detached.is_none() && options.switch("introspection")?;
        let (keys, algorithms) = if introspects {
            (Keys::Introspection, Vec::new())
        } else {
            keys(section, options, labels)?
        };
        let is_own_secret = algorithms.iter().all(|algorithm| algorithm.is_symmetric());
        let kid_rule = if is_own_secret {
            options.lacks("allow_missing_kid", "public keys: a secret needs no kid");
            KidRule::Optional
        } else if options.switch("allow_missing_kid")? {
            KidRule::Optional
        } else {
            KidRule::Required
        };
        if let Keys::Own(keys) = &keys {
            check_tries(keys, &algorithms, kid_rule)?;
        }
        let signed = match section.detached {
            Some(form) => Signed::Body(form),
            None => Signed::Claims(rules(section, options, introspects, false)?),
        };
        Ok(Self {
            place: place(section, needs),
            scheme: section.scheme.clone(),
            algorithms,
            keys,
            kid_rule,
            signed,
        })
    }

    /// The header, where the token stands in one.
    pub(crate) const fn header(&self) -> Option<&Header> {
        match &self.place {
            Place::Header(header) => Some(header),
            Place::Body => None,
        }
    }

    /// Whether the body has to be there to find the token, or what it signs.
    pub(crate) const fn reads_body(&self) -> bool {
        matches!(self.place, Place::Body) || matches!(self.signed, Signed::Body(_))
    }

    /// Whether the token says something of its own, such as its end.
    pub(crate) const fn has_claims(&self) -> bool {
        matches!(self.signed, Signed::Claims(_))
    }

    /// Whether it is a bearer token (RFC 6750), whose rejections say so.
    pub(super) fn is_bearer(&self) -> bool {
        matches!(&self.place, Place::Header(header) if header.name() == "authorization")
            && self.scheme.eq_ignore_ascii_case("Bearer")
    }

    pub(crate) const fn set_leeway(&mut self, seconds: u32) {
        if let Signed::Claims(rules) = &mut self.signed {
            rules.leeway = seconds;
        }
    }

    pub(crate) const fn remote_keys(&self) -> Option<&RemoteKeys> {
        match &self.keys {
            Keys::Remote(keys) => Some(keys),
            Keys::Own(_) | Keys::Introspection => None,
        }
    }

    pub(crate) const fn introspects(&self) -> bool {
        matches!(self.keys, Keys::Introspection)
    }

    /// The token as received, not looked into; `body` is that of the request.
    pub(crate) fn token<'r>(
        &self,
        headers: &HeaderSlots<'r>,
        body: &'r [u8],
    ) -> Result<&'r [u8], Error> {
        let header = match &self.place {
            Place::Header(header) => header,
            Place::Body => return Ok(body),
        };
        let value = header
            .required(headers)
            .map_err(|error| self.challenged(error, AUTHENTICATE))?;
        if self.scheme.is_empty() {
            return Ok(value);
        }
        credentials(value, &self.scheme).ok_or_else(|| {
            let error = Error::new(
                ErrorCode::JwtMalformed,
                format!(
                    "the {} header is not of the form {} token",
                    shown_name(header.name()),
                    self.scheme
                ),
            );
            self.challenged(error, AUTHENTICATE)
        })
    }

    /// With what RFC 6750 section 3 answers to bearer tokens, and to no others.
    fn challenged(&self, error: Error, authenticate: &'static str) -> Error {
        if self.is_bearer() {
            error.with_authenticate(authenticate)
        } else {
            error
        }
    }

    pub(crate) fn uses_public_keys(&self) -> bool {
        !self
            .algorithms
            .iter()
            .all(|algorithm| algorithm.is_symmetric())
    }

    /// Checks the token of a request.
    pub(crate) fn check(
        &self,
        request: &PreparedRequest<'_, '_>,
        now: Now,
    ) -> Result<CheckedToken, Error> {
        let token = self.token(request.headers(), request.body())?;
        let checked = match &self.signed {
            Signed::Body(form) => self.verify_body(token, request.body(), *form),
            Signed::Claims(rules) if self.introspects() => {
                introspected(request.introspection(), rules, now.seconds()?)
            }
            Signed::Claims(rules) => self.verify(token, rules, now.seconds()?),
        };
        checked.map_err(|error| self.answered(error))
    }

    /// Rejects what is wrong with a detached signature whatever it signs.
    pub(crate) fn check_detached(&self, request: &PreparedRequest<'_, '_>) -> Result<(), Error> {
        let Signed::Body(form) = &self.signed else {
            return Ok(());
        };
        let token = self.token(request.headers(), b"")?;
        let parsed = self.parse_detached(token, b"", *form);
        parsed.map(drop).map_err(|error| self.answered(error))
    }

    /// With the answer that belongs to a bearer token, and to no other.
    fn answered(&self, error: Error) -> Error {
        match self.is_bearer() {
            true => error,
            false => error.without_authenticate(),
        }
    }

    /// What is wrong with a token whatever the keys are comes first: no reason to
    /// fetch any.
    fn verify(&self, token: &[u8], rules: &ClaimRules, now: i64) -> Result<CheckedToken, Error> {
        let token = CompactJws::parse(token, &self.algorithms, self.kid_rule).map_err(malformed)?;
        let end = token.unverified_end().map_err(malformed)?;
        // Keys that come later do not make it any younger.
        let is_waiting = self.remote_keys().is_some();
        if is_waiting && end.is_some_and(|end| rules.is_over(end, now)) {
            return Err(rejected(&ClaimError::Expired));
        }
        let label = self.key_of(&token)?;
        let claims = ClaimSet::parse(token.payload()).map_err(malformed)?;
        check_claims(&claims, rules, now)?;
        Ok(CheckedToken {
            key: MatchedKey::Set(label),
            claims: Some(claims.into_json()),
            identity: Some(identity(&token)),
        })
    }

    fn verify_body(
        &self,
        token: &[u8],
        body: &[u8],
        form: DetachedForm,
    ) -> Result<CheckedToken, Error> {
        let token = self.parse_detached(token, body, form)?;
        Ok(CheckedToken {
            key: MatchedKey::Set(self.key_of(&token)?),
            claims: None,
            identity: Some(identity(&token)),
        })
    }

    fn parse_detached<'t>(
        &self,
        token: &'t [u8],
        body: &'t [u8],
        form: DetachedForm,
    ) -> Result<CompactJws<'t>, Error> {
        CompactJws::parse_detached(token, body, form, &self.algorithms, self.kid_rule)
            .map_err(malformed)
    }

    /// The label of the key that signed.
    fn key_of(&self, token: &CompactJws<'_>) -> Result<String, Error> {
        match &self.keys {
            Keys::Own(keys) => match token.verify(keys) {
                Ok(key) => Ok(key.label.clone()),
                Err(error) => Err(mismatch(token, error)),
            },
            Keys::Introspection => Err(mismatch(token, JwtError::UnknownKey)),
            Keys::Remote(keys) => {
                let label = keys.verify(token, Instant::now());
                label.map_err(|error| match error.code() {
                    ErrorCode::SignatureMismatch => explained(token, error.detail()),
                    _ => error,
                })
            }
        }
    }
}

/// What the answer about the token says: that it is active, and the rest.
fn introspected(
    answer: Option<&[u8]>,
    rules: &ClaimRules,
    now: i64,
) -> Result<CheckedToken, Error> {
    let unusable = |what| Error::new(ErrorCode::KeyUnavailable, what);
    let answer = answer
        .ok_or_else(|| unusable("the token was not introspected: give the hook that asks"))?;
    if answer.len() > MAX_INTROSPECTION_BYTES {
        return Err(unusable("the answer of the introspection is too large"));
    }
    let claims = ClaimSet::parse(answer)
        .map_err(|_| unusable("the answer of the introspection is no JSON object"))?;
    if claims.get("active").and_then(serde_json::Value::as_bool) != Some(true) {
        return Err(invalid(ErrorCode::TokenMismatch, "the token is not active"));
    }
    check_claims(&claims, rules, now)?;
    Ok(CheckedToken {
        key: MatchedKey::Set(String::new()),
        claims: Some(claims.into_json()),
        identity: None,
    })
}

fn check_claims(claims: &ClaimSet, rules: &ClaimRules, now: i64) -> Result<(), Error> {
    rules.check(claims, now).map_err(|error| match error {
        ClaimError::InsufficientScope { .. } => Error::new(error.code(), error.to_string())
            .with_status(403)
            .with_authenticate("Bearer error=\"insufficient_scope\""),
        error => rejected(&error),
    })
}

fn identity(token: &CompactJws<'_>) -> MessageIdentity {
    MessageIdentity::of_digest(sha256(&[token.signing_input()]))
}

fn rejected(error: &ClaimError) -> Error {
    invalid(error.code(), error.to_string())
}

fn malformed(error: JwtError) -> Error {
    invalid(ErrorCode::JwtMalformed, error.to_string())
}

fn mismatch(token: &CompactJws<'_>, error: JwtError) -> Error {
    explained(token, &format!("{error}: {}", token.header_text()))
}

/// A wrong signature, with the cause that a key never has.
fn explained(token: &CompactJws<'_>, what: &str) -> Error {
    let nonce = if token.has_nonce() {
        "; it also has a nonce, as tokens for Microsoft Graph do, which only Graph can verify: ask \
         for a token for your own application"
    } else {
        ""
    };
    invalid(ErrorCode::SignatureMismatch, format!("{what}{nonce}"))
}

/// A rejection as RFC 6750 section 3.1 wants it answered.
fn invalid(code: ErrorCode, what: impl Into<Cow<'static, str>>) -> Error {
    Error::new(code, what).with_authenticate("Bearer error=\"invalid_token\"")
}

/// The constants, and the options that other texts mention by name.
fn parameters(
    section: &JwtSection,
    options: &mut OptionReader,
    constants: &Constants,
) -> Result<Constants, Error> {
    let mut all = constants.clone();
    for name in &section.parameters {
        let value = options
            .text(name)?
            .ok_or_else(|| wrong(name, "is missing"))?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if value.is_empty() || value.len() > 128 || !value.bytes().all(is_plain) {
            return Err(wrong(name, "expected letters, digits, -, . and _"));
        }
        all.set(name, value);
    }
    Ok(all)
}

/// Rejects a set with keys that no token would ever be tried with: a key without
/// `kid`, behind as many as are tried.
fn check_tries(keys: &KeySet, algorithms: &[JwtAlgorithm], rule: KidRule) -> Result<(), Error> {
    let suiting = |algorithm: &JwtAlgorithm| {
        let nameless = keys.iter().filter(|key| key.kid.is_none());
        nameless.filter(|key| key.fits(*algorithm)).count()
    };
    let most = algorithms.iter().map(suiting).max().unwrap_or_default();
    if rule == KidRule::Optional && most > MAX_TRIES {
        let what =
            format!("{most} keys without kid for one algorithm; at most {MAX_TRIES} are tried");
        return Err(wrong("jwks", &what));
    }
    Ok(())
}

/// The keys, and the algorithms that they are good for: secrets and public keys
/// never share a list.
fn keys(
    section: &JwtSection,
    options: &mut OptionReader,
    labels: &mut Vec<String>,
) -> Result<(Keys, Vec<JwtAlgorithm>), Error> {
    let named = named_algorithms(options)?;
    let of_kind = |symmetric: bool| -> Vec<JwtAlgorithm> {
        let mut fitting = named.as_ref().unwrap_or(&section.algorithms).clone();
        fitting.retain(|algorithm| algorithm.is_symmetric() == symmetric);
        fitting
    };
    let secret = if section.takes_secrets() {
        options.take("hmac_secret")?
    } else {
        None
    };
    let (keys, algorithms) = if let Some(secret) = secret {
        // A secret says nothing of its algorithm, so there is a usual one.
        let mut algorithms = of_kind(true);
        algorithms.retain(|it| named.is_some() || *it == JwtAlgorithm::HS256);
        (
            Keys::Own(Arc::new(own_secrets(secret, &algorithms, labels)?)),
            algorithms,
        )
    } else if let Some(jwks) = options.take("jwks")? {
        let keys = KeySet::from_jwks(&json_of(&jwks)?, OctKeys::Allowed)
            .map_err(|what| wrong("jwks", &what.to_string()))?;
        let algorithms = of_kind(keys.holds_secrets());
        (Keys::Own(Arc::new(keys)), algorithms)
    } else {
        let source = key_source(section, options)?;
        let max_age = seconds(options, "jwks_max_age")?;
        let cooldown = seconds(options, "jwks_cooldown")?;
        (
            Keys::Remote(RemoteKeys::new(source, max_age, cooldown)),
            of_kind(false),
        )
    };
    if algorithms.is_empty() {
        return Err(wrong("algorithms", "none of them fits the keys"));
    }
    Ok((keys, algorithms))
}

fn place(section: &JwtSection, needs: &mut Needs) -> Place {
    match &section.from {
        TokenPlace::Header(name) => Place::Header(needs.header(name)),
        TokenPlace::Body => Place::Body,
    }
}

/// As RFC 9110 spells it.
fn shown_name(header: &str) -> &str {
    match header {
        "authorization" => "Authorization",
        other => other,
    }
}

/// Where keys are fetched: the address that is given, or that of the scheme.
fn key_source(section: &JwtSection, options: &mut OptionReader) -> Result<KeySource, Error> {
    if let Some(url) = options.text("jwks_uri")? {
        return trusted("jwks_uri", url).map(KeySource::KeySet);
    }
    if let Some(url) = options.text("metadata_uri")? {
        return trusted("metadata_uri", url).map(KeySource::Metadata);
    }
    if let Some(url) = &section.jwks_uri {
        return trusted("jwks_uri", url.clone()).map(KeySource::KeySet);
    }
    if let Some(url) = &section.metadata_uri {
        return trusted("metadata_uri", url.clone()).map(KeySource::Metadata);
    }
    Err(Error::configuration(
        "the keys are missing: give jwks, jwks_uri, metadata_uri or, for HMAC, hmac_secret",
    ))
}

/// The choice of the user, within that of the scheme.
fn named_algorithms(options: &mut OptionReader) -> Result<Option<Vec<JwtAlgorithm>>, Error> {
    let names = options.texts("algorithms")?;
    Ok(names.map(|names| {
        let names = names.iter();
        names
            .filter_map(|name| JwtAlgorithm::from_name(name))
            .collect()
    }))
}

fn own_secrets(
    value: OptionValue,
    algorithms: &[JwtAlgorithm],
    labels: &mut Vec<String>,
) -> Result<KeySet, Error> {
    let key = KeySection::plain("hmac_secret", "a random secret of at least 32 bytes");
    let secrets = secrets(&key, value)?;
    labels.extend(secrets.iter().map(|(label, _)| label.clone()));
    let pairs = secrets
        .iter()
        .map(|(label, bytes)| (label.as_str(), bytes.as_slice()));
    KeySet::from_secrets(algorithms, pairs).map_err(|what| wrong("hmac_secret", &what.to_string()))
}

/// A key set as its user gives it: JSON text, bytes, or an object.
fn json_of(value: &OptionValue) -> Result<Zeroizing<Vec<u8>>, Error> {
    match value {
        OptionValue::Text(text) => Ok(Zeroizing::new(text.as_bytes().to_vec())),
        OptionValue::Bytes(bytes) => Ok(bytes.clone()),
        OptionValue::Object(_) => Ok(value.to_json_text()),
        other => Err(wrong_kind("jwks", "a JSON text or an object", other)),
    }
}

fn trusted(option: &str, url: String) -> Result<String, Error> {
    if is_trustworthy(&url) {
        Ok(url)
    } else {
        Err(wrong(
            option,
            "expected an https:// address; http:// is for this machine only",
        ))
    }
}

fn seconds(options: &mut OptionReader, name: &str) -> Result<Duration, Error> {
    options.number_or_default(name).map(Duration::from_secs)
}

/// `has_key` says that the scheme has one key, of whoever knows which the tokens are.
fn rules(
    section: &JwtSection,
    options: &mut OptionReader,
    introspects: bool,
    has_key: bool,
) -> Result<ClaimRules, Error> {
    let issuers = match options.texts("issuer")? {
        Some(issuers) => issuers,
        None => section.issuer.clone(),
    };
    if issuers.is_empty() && !introspects && !has_key {
        return Err(wrong("issuer", "is missing: the value of the claim iss"));
    }
    let mut claims = required_claims::take(options)?;
    let audiences = match &section.audience_hint {
        None => Vec::new(),
        Some(hint) => match options.texts("audience")? {
            Some(audiences) => audiences,
            // Otherwise whatever else the issuer issues would do.
            None if introspects || required_claims::identify(&claims) => Vec::new(),
            None => {
                let what = format!(
                    "is missing: {hint}; or demand one of {} in claims",
                    required_claims::IDENTIFYING.join(", ")
                );
                return Err(wrong("audience", &what));
            }
        },
    };
    let scopes = options.texts("scope")?.unwrap_or_default();
    // A blank one would demand nothing at all.
    if scopes.iter().any(|text| text.trim().is_empty()) {
        return Err(wrong("scope", "is empty"));
    }
    let scopes = scopes
        .iter()
        .flat_map(|text| text.split_ascii_whitespace())
        .map(str::to_owned)
        .collect();
    for (name, texts) in [("issuer", &issuers), ("audience", &audiences)] {
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err(wrong(name, "is empty"));
        }
    }
    let max_lifetime = options.number("max_lifetime")?;
    for claim in &section.claim {
        claims.push(rule(claim, options)?);
    }
    Ok(ClaimRules {
        issuers,
        audiences,
        audience_ignores_case: section.audience_ignores_case,
        scopes,
        claims,
        max_lifetime,
        leeway: section.leeway.min(MAX_LEEWAY_SECONDS),
        max_age: section.max_age,
        may_lack_exp: introspects || section.may_lack_exp || section.max_age.is_some(),
    })
}

/// The demand of a scheme file, with the values of the option where it has one.
fn rule(claim: &ClaimSection, options: &mut OptionReader) -> Result<ClaimRule, Error> {
    let given = match &claim.option {
        Some(option) => options.texts(option)?,
        None => None,
    };
    let allowed = match given {
        Some(texts) if texts.iter().any(|text| text.trim().is_empty()) => {
            return Err(wrong(
                claim.option.as_deref().unwrap_or_default(),
                "is empty",
            ));
        }
        Some(texts) => texts.into_iter().map(ClaimValue::Text).collect(),
        None => claim.values.clone(),
    };
    if allowed.is_empty() {
        let option = claim.option.as_deref().unwrap_or_default();
        let what = format!("is missing: {}", claim.hint);
        return Err(wrong(option, &what));
    }
    Ok(ClaimRule {
        names: claim.names.clone(),
        allowed,
        may_be_list: claim.may_be_list,
    })
}
