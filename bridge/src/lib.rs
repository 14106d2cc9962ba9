//! What the four bindings share: a handle over a verifier, its description and the
//! facts of a delivery as types, the forms in which they cross to a host, and the
//! panic guard. No ABI, and no provider: a binding adds only what its host needs.

#![forbid(unsafe_code)]

mod answer;
mod describe;
mod diagnose;
mod facts;
mod guard;
mod handle;
mod issuer;
mod peer;
mod random;
mod sign;
pub mod wire;

use smallvec::SmallVec;

pub use answer::{
    REJECTION_BODY, REJECTION_CONTENT_TYPE, answer_json, error_codes_json, reply_json,
};
pub use describe::{Description, RemoteKeys};
pub use facts::{Facts, NO_INDEX, Token};
pub use guard::{guard, panic_self_test};
pub use handle::Handle;
pub use hookseal::{
    Covers, Error, ErrorCode, HeaderSlots, Headers, MAX_HEADER_NAMES, MessageIdentity, Names,
    OptionValue, Options, Reply, Request, TokenRequest, Verified, schemes_json,
};
pub use issuer::Issuer;
pub use peer::peer_address;
pub use sign::SignRequest;

/// The version of all packages; a shim rejects a native part of another one.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Memory for a text that is decrypted in place. A small one stays on the stack:
/// an allocation of a KiB or more takes as long as to decrypt it.
pub type Scratch = SmallVec<[u8; 4096]>;
