//! JSON Web Tokens (RFC 7519): signed, in the compact form, verified with keys
//! and algorithms that the verifier brings, never with those a token names.

mod algorithm;
mod claim_error;
mod claims;
mod compact;
mod detached;
mod error;
mod jwk;
mod key_set;
mod sign;
#[cfg(test)]
mod tests;

pub(crate) use algorithm::JwtAlgorithm;
pub(crate) use claim_error::{ClaimError, quoted};
pub(crate) use claims::{ClaimRule, ClaimRules, ClaimSet, ClaimValue, MAX_LEEWAY_SECONDS};
pub(crate) use compact::{CompactJws, KidRule, MAX_TRIES};
pub(crate) use detached::DetachedForm;
pub(crate) use error::JwtError;
pub(crate) use key_set::{KeySet, MAX_DOCUMENT_BYTES, OctKeys};
pub(crate) use sign::{SigningKey, sign_compact};

#[cfg(test)]
pub(crate) use tests::{VerifiedJwt, verify_compact};
