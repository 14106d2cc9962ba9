//! What schemes are made of. Nothing here knows a provider.

pub(crate) mod authorization;
pub(crate) mod basic;
pub(crate) mod binary_text;
pub(crate) mod charset;
pub(crate) mod choice;
pub(crate) mod cipher;
pub(crate) mod encoding;
pub(crate) mod form;
pub(crate) mod ip;
pub(crate) mod json;
pub(crate) mod jwt;
pub(crate) mod key_encoding;
pub(crate) mod mac;
pub(crate) mod secret_digest;
pub(crate) mod signature;
pub(crate) mod sink;
pub(crate) mod spki;
pub(crate) mod time;
pub(crate) mod url;
pub(crate) mod url_form;
