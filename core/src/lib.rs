#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod body_limit;
mod canonical;
mod certificates;
mod challenge;
mod clock;
mod compiled;
mod config;
mod coverage;
mod detail;
mod diagnosis;
mod error;
mod keyring;
mod names;
mod options;
mod placeholder;
mod prepared_request;
mod primitives;
mod proof;
mod public_url;
mod remote_keys;
mod reply;
mod request;
mod scheme;
mod signature;
mod token_issuer;
mod verified;
mod verifier;
mod verify;

pub use clock::unix_now;
pub use coverage::{Coverage, CoverageLevel, Covers};
pub use error::{Error, ErrorCode};
pub use names::Names;
pub use options::{OptionValue, Options};
pub use remote_keys::MAX_KEY_DOCUMENT_BYTES;
pub use reply::Reply;
pub use request::{HeaderSlots, Headers, MAX_HEADER_NAMES, Request};
pub use scheme::{SchemeDescription, VariantDescription, describe_scheme, schemes_json};
pub use signature::{MessageIdentity, ReplayKey, Signing};
pub use token_issuer::{TokenIssuer, TokenRequest, token_issuer_options_json};
pub use verified::{Parts, Verified};
pub use verifier::Verifier;
