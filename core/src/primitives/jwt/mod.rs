//! JSON Web Tokens (RFC 7519): signed, in the compact form, verified with keys
//! and algorithms that the verifier brings, never with those a token names.

mod algorithm;
mod claim_error;
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
pub(crate) use claim_error::{ClaimError, quoted};
pub(crate) use claims::{ClaimRule, ClaimRules, ClaimSet, ClaimValue, MAX_LEEWAY_SECONDS};
pub(crate) use compact::{CompactJws, KidRule};
pub(crate) use key_set::{KeySet, MAX_DOCUMENT_BYTES, OctKeys};
pub(crate) use sign::{SigningKey, sign_compact};

#[cfg(test)]
pub(crate) use tests::{VerifiedJwt, verify_compact};

/// The longest name of a key.
const MAX_KID_BYTES: usize = 256;

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

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(reason) => reason,
            Self::UnknownKey => "no key has the kid of the token",
            Self::SignatureMismatch => "the signature of the token matches no key",
        })
    }
}
