//! The facts of a verified delivery, for a host that reads them from a buffer.

use std::borrow::Cow;

use hookseal::{Error, ErrorCode, Parts, Verified};
use serde_json::Value;

/// What a delivery proves, in flat form. Names stand in the
/// [`Description`](crate::Description) of the verifier; here are their indices.
#[derive(Clone, Debug)]
pub struct Facts<'r> {
    /// Index into `coverage`.
    pub variant: u8,
    /// Index into `key_ids`; [`NO_INDEX`] for a key of a key set.
    pub key: u16,
    /// Index into `url_forms`.
    pub url_form: u8,
    /// Signed unix seconds.
    pub timestamp: Option<i64>,
    /// Signed id or nonce; `None` also where it is no UTF-8, which no host has as text.
    pub delivery_id: Option<Cow<'r, str>>,
    /// The signed type of the event, as the provider names it; `None` also where it is
    /// no UTF-8.
    pub event_type: Option<Cow<'r, str>>,
    /// 64 hex digits; `None` where the scheme signs no message.
    pub replay_key: Option<[u8; 64]>,
    /// The decrypted body; `None` where the payload is the body as given.
    pub payload: Option<Vec<u8>>,
    /// What a token says; `None` where the scheme has no token with claims, and its keys are
    /// its own.
    pub token: Option<Token>,
}

/// What the token of a delivery says.
#[derive(Clone, Debug)]
pub struct Token {
    /// The label of the key, or its `kid` in a key set.
    pub key_id: String,
    /// The JSON object that was signed.
    pub claims: String,
}

/// Sentinel of [`Facts::key`]: not an index.
pub const NO_INDEX: u16 = u16::MAX;

impl Facts<'_> {
    /// The token as JSON: `{"key_id": text, "claims": object}`.
    #[must_use]
    pub fn token_json(&self) -> Option<String> {
        let Token { key_id, claims } = self.token.as_ref()?;
        let key_id = Value::from(key_id.as_str());
        Some(format!(r#"{{"key_id":{key_id},"claims":{claims}}}"#))
    }
}

impl<'r> TryFrom<Verified<'r>> for Facts<'r> {
    type Error = Error;

    fn try_from(verified: Verified<'r>) -> Result<Self, Error> {
        let variant = index(verified.variant())?;
        let key = verified.key_index().map_or(Ok(NO_INDEX), index)?;
        let url_form = index(verified.url_form_index())?;
        let timestamp = verified.timestamp();
        let replay_key = verified.replay_key().map(|key| key.to_hex());
        // A key of a set has no index, whether or not what it signed has claims.
        let is_named = key == NO_INDEX || verified.claims().is_some();
        let token = is_named.then(|| Token {
            key_id: verified.key_id().to_owned(),
            claims: verified.claims().unwrap_or("{}").to_owned(),
        });
        let Parts {
            payload,
            delivery_id,
            event_type,
        } = verified.into_parts();
        Ok(Self {
            variant,
            key,
            url_form,
            timestamp,
            delivery_id: delivery_id.and_then(text),
            event_type: event_type.and_then(text),
            replay_key,
            payload: match payload {
                Cow::Owned(decrypted) => Some(decrypted),
                Cow::Borrowed(_) => None,
            },
            token,
        })
    }
}

fn text(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match bytes {
        Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

fn index<T: TryFrom<usize>>(position: usize) -> Result<T, Error> {
    T::try_from(position).map_err(|_| Error::new(ErrorCode::Internal, "index out of range"))
}
