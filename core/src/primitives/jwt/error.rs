//! Why a token is rejected.

use core::fmt;

/// The longest name of a key.
pub(super) const MAX_KID_BYTES: usize = 256;

/// Why a token was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwtError {
    /// Not a JWT, or one that asks for what is not allowed; the reason is for the log.
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
