//! Signatures over content that stands elsewhere (RFC 7515 appendix F), encoded or as
//! it is (RFC 7797).

use core::cell::OnceCell;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::error::JwtError;
use crate::primitives::json;

/// How content is signed: the choice of the verifier, never of a header.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DetachedForm {
    /// As the payload of a token is.
    Base64url,
    /// Byte for byte: the header has `"b64": false`, and `crit` names it.
    Unencoded,
}

/// The parts of a signing input, which is put together where something reads it: a
/// signature that names no key costs no copy of its content.
pub(super) struct DetachedInput<'t> {
    /// As it stands in the token.
    header: &'t str,
    content: &'t [u8],
    form: DetachedForm,
    joined: OnceCell<Vec<u8>>,
}

impl<'t> DetachedInput<'t> {
    pub(super) const fn new(header: &'t str, content: &'t [u8], form: DetachedForm) -> Self {
        Self {
            header,
            content,
            form,
            joined: OnceCell::new(),
        }
    }

    /// What the signature is made over.
    pub(super) fn joined(&self) -> &[u8] {
        self.joined.get_or_init(|| self.join())
    }

    #[cfg(test)]
    pub(super) fn is_joined(&self) -> bool {
        self.joined.get().is_some()
    }

    fn join(&self) -> Vec<u8> {
        match self.form {
            DetachedForm::Unencoded => [self.header.as_bytes(), b".", self.content].concat(),
            DetachedForm::Base64url => {
                // Room for all of it, so that nothing is moved.
                let encoded = self.content.len().div_ceil(3).saturating_mul(4);
                let mut input = String::with_capacity(self.header.len() + 1 + encoded);
                input.push_str(self.header);
                input.push('.');
                URL_SAFE_NO_PAD.encode_string(self.content, &mut input);
                input.into_bytes()
            }
        }
    }
}

/// Checks what a header says of its content: nothing where that is encoded. A header
/// for the other form belongs to another signature, and what a verifier must
/// understand is the one extension that it expects.
pub(super) fn check_form(header: &[u8], form: DetachedForm) -> Result<(), JwtError> {
    let header = json::parse_small_object(header).ok_or(JwtError::Malformed(
        "the header is no JSON object, or holds a member twice, or has too many",
    ))?;
    let is_there = |name| header.contains_key(name);
    match form {
        DetachedForm::Base64url if is_there("crit") => {
            Err(JwtError::Malformed("the header has crit"))
        }
        DetachedForm::Base64url if is_there("b64") => {
            Err(JwtError::Malformed("the header has b64"))
        }
        DetachedForm::Base64url => Ok(()),
        DetachedForm::Unencoded => {
            if header.get("b64") != Some(&Value::Bool(false)) {
                return Err(JwtError::Malformed("the header does not say b64: false"));
            }
            match header.get("crit") {
                Some(Value::Array(names)) if names.as_slice() == ["b64"] => Ok(()),
                _ => Err(JwtError::Malformed("crit of the header is not [\"b64\"]")),
            }
        }
    }
}
