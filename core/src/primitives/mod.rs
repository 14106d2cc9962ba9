//! What schemes are made of. Nothing here knows a provider.

#[allow(dead_code, unused_imports, reason = "no scheme decrypts yet")]
pub(crate) mod cipher;
pub(crate) mod encoding;
pub(crate) mod form;
pub(crate) mod ip;
pub(crate) mod mac;
pub(crate) mod sink;
pub(crate) mod time;
pub(crate) mod url;
pub(crate) mod url_form;
