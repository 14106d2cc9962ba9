//! What the four bindings share: one handle over a verifier, the facts it
//! hands out in flat form, the error table, and the panic guard. No ABI, and
//! no provider: a binding adds only what its host language needs.

#![forbid(unsafe_code)]

mod describe;
mod diagnose;
mod guard;
mod handle;
mod issuer;
mod peer;
mod random;
mod room;
pub mod wire;

pub use describe::{
    REJECTION_BODY, REJECTION_CONTENT_TYPE, answer_json, error_codes_json, reply_json, schemes_json,
};
pub use guard::{guard, panic_self_test};
pub use handle::{Facts, Handle, NO_INDEX, SignRequest};
pub use hookseal::{
    Error, ErrorCode, HeaderSlots, Headers, MAX_HEADER_NAMES, Reply, Request, TokenRequest,
};
pub use issuer::Issuer;
pub use peer::peer_address;
pub use room::Room;

/// The version of all packages; a shim refuses a native part of another one.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
