//! What must hold for tokens, claims and keys.

mod azure;
mod claims;
mod detached;
mod keys;
mod properties;
mod tokens;
mod wycheproof;
mod wycheproof_jws;

use super::*;

/// A token whose signature is right. Its claims are not checked.
#[derive(Debug)]
pub(crate) struct VerifiedJwt {
    pub(crate) algorithm: JwtAlgorithm,
    pub(crate) key_label: String,
    pub(crate) claims: ClaimSet,
}

/// Takes a token apart and verifies its signature.
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
        algorithm: jws.algorithm(),
        key_label: key.label.clone(),
        claims,
    })
}
