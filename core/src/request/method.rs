//! HTTP methods (RFC 9110 section 9).

use std::borrow::Cow;

use serde::Deserialize;

use crate::error::{Error, ErrorCode};

/// An HTTP method a scheme can be defined for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum MethodName {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Head,
}

impl MethodName {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
        }
    }

    /// Whether a [normalised](normalise) method is this one.
    pub(crate) fn is(self, method: &[u8]) -> bool {
        self.as_str().as_bytes() == method
    }
}

/// Methods are compared in upper case, ASCII only.
pub(crate) fn normalise(method: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    if method.is_empty() || method.len() > 32 || !method.iter().all(is_part) {
        return Err(Error::new(
            ErrorCode::MethodNotAllowed,
            "the HTTP method is empty or malformed",
        ));
    }
    Ok(if method.iter().any(u8::is_ascii_lowercase) {
        Cow::Owned(method.to_ascii_uppercase())
    } else {
        Cow::Borrowed(method)
    })
}
