//! The parameters in the body of a token request.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroizing;

use super::answers::Rejection;
use crate::primitives::form;
use crate::primitives::json;

/// Values by name. They may be secrets, so they are wiped when dropped.
pub(super) struct Parameters {
    values: BTreeMap<Vec<u8>, Zeroizing<Vec<u8>>>,
}

impl Parameters {
    /// Reads a form or, where allowed, a JSON object with the same names. None
    /// may stand there twice (RFC 6749 section 3.2).
    pub(super) fn parse(
        content_type: Option<&[u8]>,
        body: &[u8],
        allow_json: bool,
    ) -> Result<Self, Rejection> {
        match content_type {
            Some(content_type) if form::is_form(content_type) && form::is_utf8(content_type) => {
                Self::from_form(body)
            }
            Some(content_type)
                if allow_json && form::is_media_type(content_type, b"application/json") =>
            {
                Self::from_json(body)
            }
            _ => Err(Rejection::InvalidRequest),
        }
    }

    /// The value of a parameter. One without a value counts as absent, as RFC
    /// 6749 section 3.2 says.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.values
            .get(name.as_bytes())
            .map(|value| value.as_slice())
            .filter(|value| !value.is_empty())
    }

    fn from_form(body: &[u8]) -> Result<Self, Rejection> {
        let pieces = body
            .split(|&byte| byte == b'&')
            .filter(|piece| !piece.is_empty());
        Self::collect(pieces.map(|piece| {
            let mut parts = piece.splitn(2, |&byte| byte == b'=');
            let mut next = || form::decode(parts.next().unwrap_or_default());
            (next(), Zeroizing::new(next()))
        }))
    }

    /// Members other than texts are not parameters.
    fn from_json(body: &[u8]) -> Result<Self, Rejection> {
        let members = json::parse_small_object(body).ok_or(Rejection::InvalidRequest)?;
        Self::collect(members.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.into_bytes(), Zeroizing::new(text.into_bytes()))),
            _ => None,
        }))
    }

    fn collect(
        pairs: impl Iterator<Item = (Vec<u8>, Zeroizing<Vec<u8>>)>,
    ) -> Result<Self, Rejection> {
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            if values.insert(name, value).is_some() {
                return Err(Rejection::InvalidRequest);
            }
        }
        Ok(Self { values })
    }
}
