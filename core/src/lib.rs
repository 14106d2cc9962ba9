#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod body_limit;
mod canonical;
mod clock;
mod config;
mod diagnosis;
mod error;
mod handshake;
mod header;
mod keyring;
mod options;
mod outcome;
mod placeholder;
mod primitives;
mod proof;
mod public_url;
mod remote_keys;
mod replay_key;
mod reply;
mod request;
mod scheme;
mod sign;
mod signature_header;
mod subject;
mod token_issuer;
mod verifier;
mod verify;

pub use clock::unix_now;
pub use error::{Error, ErrorCode};
pub use options::{OptionValue, Options};
pub use outcome::{BodyCoverage, Coverage, Covers, UrlCoverage, Verified};
pub use remote_keys::MAX_KEY_DOCUMENT_BYTES;
pub use replay_key::ReplayKey;
pub use reply::Reply;
pub use request::{HeaderSlots, Headers, MAX_HEADER_NAMES, Request};
pub use scheme::schemes_json;
pub use token_issuer::{TokenIssuer, TokenRequest};
pub use verifier::{Signing, Verifier};
