//! What a decrypted body must look like. A wrong key or a changed ciphertext
//! mostly shows here, which is weak evidence, and all there is without a MAC.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::config::{text, wrong};
use crate::error::Error;
use crate::options::Options;
use crate::primitives::charset::Charset;

/// What the plaintext must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plaintext {
    /// A text that is one JSON value.
    Json,
    Text,
    /// Anything, handed on as decrypted.
    Bytes,
}

impl Plaintext {
    pub(crate) fn from_options(options: &mut Options) -> Result<Self, Error> {
        match text(options, "plaintext")?.as_deref() {
            None | Some("json") => Ok(Self::Json),
            Some("text") => Ok(Self::Text),
            Some("bytes") => Ok(Self::Bytes),
            Some(_) => Err(wrong("plaintext", "expected json, text or bytes")),
        }
    }

    /// The payload: texts in UTF-8. `None` where it is not what it must be.
    pub(crate) fn read(self, decrypted: &[u8], charset: Charset) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Bytes => Some(decrypted.into()),
            Self::Text => charset.decode(decrypted),
            Self::Json => charset.decode(decrypted).filter(|text| is_json(text)),
        }
    }
}

/// One JSON value, nested no deeper than the parser goes.
pub(crate) fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}
