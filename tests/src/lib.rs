//! What proves that every language gives the same answer: the shared vectors
//! and their tampered twins, the core's runner, the comparison of all runners,
//! the deliveries over real HTTP, and an identity server whose keys sign tokens.

pub mod changes;
pub mod e2e;
pub mod format;
pub mod fuzz;
pub mod http;
pub mod identity;
pub mod layout;
pub mod mutate;
pub mod outcomes;
pub mod parity;
pub mod runner;
pub mod write;
