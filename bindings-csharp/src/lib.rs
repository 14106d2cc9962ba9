//! The C ABI of hookseal. The .NET library loads it; C, Go and PHP can call it
//! through `include/hookseal.h`, whose text is generated from this crate.
//!
//! Here is only what a C boundary needs: reading (pointer, length) pairs,
//! writing out-parameters, and turning every error and every panic into a
//! number. What the numbers and the texts mean is decided in the crates below.

mod answer;
mod constants;
mod decrypt;
mod diagnose;
mod info;
mod input;
mod introspection;
mod issuer;
mod keys;
mod request;
mod sign;
mod verifier;

pub use constants::{HOOKSEAL_ABI_VERSION, HOOKSEAL_DETAIL_SIZE, HOOKSEAL_OK};
pub use decrypt::hookseal_decrypt;
pub use diagnose::hookseal_diagnose;
pub use info::{
    hookseal_abi_version, hookseal_error_codes, hookseal_panic_self_test, hookseal_schemes,
    hookseal_version,
};
pub use introspection::hookseal_bearer_token;
pub use issuer::{
    TokenIssuer, hookseal_issuer_free, hookseal_issuer_jwks, hookseal_issuer_max_body_bytes,
    hookseal_issuer_new, hookseal_issuer_respond,
};
pub use keys::{hookseal_key_request, hookseal_supply_keys};
pub use request::RequestParts;
pub use sign::{hookseal_sign, hookseal_string_free};
pub use verifier::{
    Facts, Verifier, hookseal_check_head, hookseal_describe, hookseal_facts_free,
    hookseal_header_slot, hookseal_verifier_free, hookseal_verifier_new, hookseal_verify,
};
