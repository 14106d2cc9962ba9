//! What proves that every language gives the same answer: the shared vectors
//! and their tampered twins, the core's runner, the comparison of all runners,
//! and the deliveries over real HTTP.

pub mod changes;
pub mod e2e;
pub mod format;
pub mod http;
pub mod layout;
pub mod mutate;
pub mod outcomes;
pub mod parity;
pub mod runner;
pub mod write;
