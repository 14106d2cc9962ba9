//! The C ABI of hookseal. The .NET library loads it; C, Go and PHP can call it through
//! `include/hookseal.h`, whose text is generated from this crate.
//!
//! Here is only what a C boundary needs: reading (pointer, length) pairs, writing out-parameters,
//! and turning every error and every panic into a number. What the numbers and the texts mean is
//! decided in the crates below.

mod answer;
mod input;

pub mod constants;
pub mod decrypt;
pub mod diagnose;
pub mod facts;
pub mod info;
pub mod introspection;
pub mod issuer;
pub mod keys;
pub mod request;
pub mod sign;
pub mod verifier;
