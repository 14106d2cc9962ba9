//! The algorithms of RFC 7518 and RFC 8037 that a verifier may allow.

use serde::Deserialize;

use crate::primitives::mac::MacAlgorithm;

/// Spelt as in the `alg` member. `none` is not among them, nor is an algorithm
/// whose signatures the core could not check.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(crate) enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    ES256,
    ES384,
    EdDSA,
}

impl JwtAlgorithm {
    pub(crate) const ALL: [Self; 10] = [
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// The algorithm of that exact name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Whether one secret both signs and verifies.
    pub(crate) const fn is_symmetric(self) -> bool {
        self.mac().is_some()
    }

    /// The MAC of a symmetric algorithm.
    pub(crate) const fn mac(self) -> Option<MacAlgorithm> {
        match self {
            Self::HS256 => Some(MacAlgorithm::HmacSha256),
            Self::HS384 => Some(MacAlgorithm::HmacSha384),
            Self::HS512 => Some(MacAlgorithm::HmacSha512),
            _ => None,
        }
    }
}
