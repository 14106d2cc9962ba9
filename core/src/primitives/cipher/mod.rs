//! Symmetric ciphers by the names OpenSSL gives them, and the rules by which
//! runtimes make keys and IVs of secrets.
//!
//! Nothing here authenticates a message: who knows the plaintext of a stream
//! cipher can change it bit by bit.

mod algorithm;
mod block;
mod catalogue;
mod derivation;
mod desx;
mod key;
mod mode;
mod padding;
mod seed;
mod stream;
mod unsupported;

#[cfg(test)]
mod tests;

pub(crate) use catalogue::{Cipher, CipherClass};
pub(crate) use derivation::{evp_bytes_to_key, php_iv, php_key};
pub(crate) use key::{CipherKey, Decrypted};
