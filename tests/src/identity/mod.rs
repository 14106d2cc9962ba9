//! An identity server of the tests: keys that sign tokens, and a server that
//! publishes their public halves, well or badly.
//!
//! Tokens are signed with `ring` and written here, without the core, which is to
//! judge them.

mod key;
mod server;

pub use key::{SigningKey, compact, key_set};
pub use server::{Answer, IdentityServer};
