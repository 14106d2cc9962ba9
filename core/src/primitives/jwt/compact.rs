//! The compact serialisation of a JSON Web Signature (RFC 7515), with the
//! rules of RFC 8725.

use super::algorithm::JwtAlgorithm;
use super::claim_error::quoted;
use super::detached::{DetachedForm, DetachedInput, check_form};
use super::error::{JwtError, MAX_KID_BYTES};
use super::key_set::{KeySet, NamedKey};
use crate::primitives::json::{self, Scalar, Scanned};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The longest token that is looked at.
pub(crate) const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Keys that one token is tried against, at most.
pub(crate) const MAX_TRIES: usize = 16;

/// What is looked at in a header.
const HEADER_MEMBERS: [&str; 5] = ["alg", "kid", "crit", "b64", "nonce"];

/// How a token must name its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KidRule {
    /// By the `kid` of a key in the set.
    #[default]
    Required,
    /// Where the token or the key has no `kid`, each suitable key is tried:
    /// the rule for secrets, which have none.
    Optional,
}

/// A token taken apart. Nothing of it is a fact before [`CompactJws::verify`].
pub(crate) struct CompactJws<'t> {
    input: SigningInput<'t>,
    algorithm: JwtAlgorithm,
    kid: Option<String>,
    kid_rule: KidRule,
    has_nonce: bool,
    /// Of a token; empty where the content is detached.
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// What a signature is made over.
enum SigningInput<'t> {
    /// As it stands in the token.
    Attached(&'t [u8]),
    Detached(DetachedInput<'t>),
}

impl<'t> CompactJws<'t> {
    /// Takes a token apart and checks its header. The algorithm must be one of
    /// `allowed`. Keys and addresses in the header (`jwk`, `jku`, `x5c`, `x5u`)
    /// are never looked at.
    pub(crate) fn parse(
        token: &'t [u8],
        allowed: &[JwtAlgorithm],
        kid_rule: KidRule,
    ) -> Result<Self, JwtError> {
        let parts = Parts::of(token)?;
        let header = scan(&decode(parts.header)?)?;
        check_extensions(&header)?;
        Ok(Self {
            input: SigningInput::Attached(parts.signing_input),
            payload: decode(parts.payload)?,
            ..Self::of_header(&header, parts.signature, allowed, kid_rule)?
        })
    }

    /// The same of a signature whose content stands elsewhere, in the one form that
    /// the verifier expects: its payload is empty, and it has no claims.
    pub(crate) fn parse_detached(
        token: &'t [u8],
        content: &'t [u8],
        form: DetachedForm,
        allowed: &[JwtAlgorithm],
        kid_rule: KidRule,
    ) -> Result<Self, JwtError> {
        let parts = Parts::of(token)?;
        if !parts.payload.is_empty() {
            return Err(JwtError::Malformed("the payload is not detached"));
        }
        let header = decode(parts.header)?;
        check_form(&header, form)?;
        let text = core::str::from_utf8(parts.header).map_err(|_| NOT_BASE64URL)?;
        let input = DetachedInput::new(text, content, form);
        Ok(Self {
            input: SigningInput::Detached(input),
            ..Self::of_header(&scan(&header)?, parts.signature, allowed, kid_rule)?
        })
    }

    /// What the header says, with nothing that is signed yet.
    fn of_header(
        header: &Scanned,
        signature: &[u8],
        allowed: &[JwtAlgorithm],
        kid_rule: KidRule,
    ) -> Result<Self, JwtError> {
        Ok(Self {
            input: SigningInput::Attached(b""),
            algorithm: algorithm(header, allowed)?,
            kid: kid(header, kid_rule)?,
            kid_rule,
            has_nonce: header.get("nonce").is_some(),
            payload: Vec::new(),
            signature: decode(signature)?,
        })
    }

    #[cfg(test)]
    pub(crate) const fn algorithm(&self) -> JwtAlgorithm {
        self.algorithm
    }

    #[cfg(test)]
    pub(crate) fn is_joined(&self) -> bool {
        match &self.input {
            SigningInput::Attached(_) => true,
            SigningInput::Detached(input) => input.is_joined(),
        }
    }

    /// What the signature is made over.
    pub(crate) fn signing_input(&self) -> &[u8] {
        match &self.input {
            SigningInput::Attached(input) => input,
            SigningInput::Detached(input) => input.joined(),
        }
    }

    /// What was signed, if the signature is right.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Checks the payload: it must be an object as [`ClaimSet`](super::ClaimSet)
    /// takes one. The result is its `exp`, which nobody has verified; claims are
    /// read once the signature is right, since a stranger's could cost much.
    pub(crate) fn unverified_end(&self) -> Result<Option<f64>, JwtError> {
        let claims = json::scan_object(&self.payload, &["exp"]).ok_or(NO_CLAIMS)?;
        Ok(match claims.get("exp") {
            Some(Scalar::Number(seconds)) => Some(*seconds),
            _ => None,
        })
    }

    /// The key that the signature was made with.
    pub(crate) fn verify<'k>(&self, keys: &'k KeySet) -> Result<&'k NamedKey, JwtError> {
        let mut named = keys.iter().filter(|key| self.may_mean(key)).peekable();
        if named.peek().is_none() {
            return Err(JwtError::UnknownKey);
        }
        let input = self.signing_input();
        let mut matching = None;
        // All are tried, so that the time does not tell which one it was.
        for key in named.filter(|key| key.fits(self.algorithm)).take(MAX_TRIES) {
            if key.verifies(self.algorithm, input, &self.signature) {
                matching = matching.or(Some(key));
            }
        }
        matching.ok_or(JwtError::SignatureMismatch)
    }

    /// Whether the token names a key of the set, and not merely leaves it open
    /// which one is meant.
    pub(crate) fn names_key_of(&self, keys: &KeySet) -> bool {
        self.kid.is_some() && keys.iter().any(|key| key.kid == self.kid)
    }

    /// Whether a member `nonce` stands in the header, where no specification
    /// has one.
    pub(crate) const fn has_nonce(&self) -> bool {
        self.has_nonce
    }

    /// What the header says, for a log. Nothing proves it.
    pub(crate) fn header_text(&self) -> String {
        let kid = self
            .kid
            .as_deref()
            .map_or_else(|| "no kid".to_owned(), |kid| format!("kid {}", quoted(kid)));
        format!(
            "its header, unverified, says alg {} and {kid}",
            self.algorithm.as_str()
        )
    }

    fn may_mean(&self, key: &NamedKey) -> bool {
        match self.kid_rule {
            KidRule::Required => key.kid == self.kid,
            KidRule::Optional => key.kid.is_none() || self.kid.is_none() || key.kid == self.kid,
        }
    }
}

/// Why a payload is not a set of claims.
pub(super) const NO_CLAIMS: JwtError = JwtError::Malformed(
    "the payload is no JSON object, or holds a member twice, or nests too deeply",
);

const NOT_THREE_PARTS: JwtError = JwtError::Malformed("the token must have three parts");

/// The three parts of a token, not decoded.
struct Parts<'t> {
    signing_input: &'t [u8],
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
}

impl<'t> Parts<'t> {
    fn of(token: &'t [u8]) -> Result<Self, JwtError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JwtError::Malformed("the token is longer than 16 KiB"));
        }
        let (signing_input, signature) = rsplit_once(token).ok_or(NOT_THREE_PARTS)?;
        let (header, payload) = rsplit_once(signing_input).ok_or(NOT_THREE_PARTS)?;
        if header.contains(&b'.') {
            return Err(NOT_THREE_PARTS);
        }
        Ok(Self {
            signing_input,
            header,
            payload,
            signature,
        })
    }
}

fn scan(header: &[u8]) -> Result<Scanned, JwtError> {
    json::scan_object(header, &HEADER_MEMBERS).ok_or(JwtError::Malformed(
        "the header is no JSON object, or holds a member twice, or nests too deeply",
    ))
}

/// Extensions that change what is signed, or that must be understood: none is.
fn check_extensions(header: &Scanned) -> Result<(), JwtError> {
    if header.get("crit").is_some() {
        return Err(JwtError::Malformed("the header has crit"));
    }
    if header.get("b64").is_some() {
        return Err(JwtError::Malformed("the header has b64"));
    }
    Ok(())
}

fn algorithm(header: &Scanned, allowed: &[JwtAlgorithm]) -> Result<JwtAlgorithm, JwtError> {
    match header.get("alg") {
        Some(Scalar::Text(name)) => JwtAlgorithm::from_name(name),
        _ => None,
    }
    .filter(|algorithm| allowed.contains(algorithm))
    .ok_or(JwtError::Malformed("alg is missing or not allowed"))
}

fn kid(header: &Scanned, rule: KidRule) -> Result<Option<String>, JwtError> {
    match header.get("kid") {
        Some(Scalar::Text(kid)) if kid.len() <= MAX_KID_BYTES => Ok(Some(kid.clone())),
        Some(_) => Err(JwtError::Malformed("kid is no text of at most 256 bytes")),
        None if rule == KidRule::Required => Err(JwtError::Malformed("kid is missing")),
        None => Ok(None),
    }
}

/// base64url without padding and with zero trailing bits: one text for one value.
fn decode(part: &[u8]) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| NOT_BASE64URL)
}

const NOT_BASE64URL: JwtError =
    JwtError::Malformed("a part of the token is not base64url without padding");

/// Splits at the last dot.
fn rsplit_once(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = text.iter().rposition(|&byte| byte == b'.')?;
    let (before, after) = text.split_at(dot);
    Some((before, after.get(1..)?))
}
