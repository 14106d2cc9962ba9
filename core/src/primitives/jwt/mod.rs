//! JSON Web Tokens (RFC 7519): signed, in the compact form, verified with keys
//! and algorithms that the verifier brings, never with those a token names.

mod algorithm;
mod claims;
mod compact;
mod jwk;
mod key;
mod key_set;
mod sign;
#[cfg(test)]
mod tests;

use core::fmt;

pub(crate) use algorithm::JwtAlgorithm;
pub(crate) use claims::{ClaimError, ClaimRule, ClaimRules, ClaimSet, MAX_LEEWAY_SECONDS};
pub(crate) use compact::KidRule;
pub(crate) use key_set::{KeySet, MAX_DOCUMENT_BYTES, OctKeys};
pub(crate) use sign::{SigningKey, sign_compact};

use compact::CompactJws;

/// The longest name of a key.
const MAX_KID_BYTES: usize = 256;

/// A token whose signature is right. Its claims are facts, but not yet checked
/// against any rule.
#[derive(Debug)]
pub(crate) struct VerifiedJwt {
    /// Tests look at it; what may sign is settled before.
    #[cfg(test)]
    pub(crate) algorithm: JwtAlgorithm,
    /// The key that matched: its `kid`, the label of a secret, or its place.
    pub(crate) key_label: String,
    pub(crate) claims: ClaimSet,
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwtError {
    /// It is no JWT, or asks for what is not allowed; the reason is for the log.
    Malformed(&'static str),
    /// The set has no key of that name. Whether newer keys can be had is for
    /// the caller to know.
    UnknownKey,
    SignatureMismatch,
}

/// Parses and verifies a token.
pub(crate) fn verify_compact(
    token: &[u8],
    allowed: &[JwtAlgorithm],
    keys: &KeySet,
    kid_rule: KidRule,
) -> Result<VerifiedJwt, JwtError> {
    let jws = CompactJws::parse(token, allowed, kid_rule)?;
    let claims = ClaimSet::parse(jws.payload())?;
    let key = jws.verify(keys)?;
    Ok(VerifiedJwt {
        #[cfg(test)]
        algorithm: jws.algorithm(),
        key_label: key.label.clone(),
        claims,
    })
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(reason) => reason,
            Self::UnknownKey => "no key has the kid of the token",
            Self::SignatureMismatch => "the signature of the token matches no key",
        })
    }
}
