//! What a verified delivery proves.

use core::fmt;
use std::borrow::Cow;

use crate::coverage::Covers;
use crate::keyring::MatchedKey;
use crate::names::Names;
use crate::signature::{MessageIdentity, ReplayKey};

/// A verified delivery. It cannot be made outside this crate, and it
/// holds signed facts only.
#[derive(Clone)]
pub struct Verified<'r> {
    pub(crate) names: &'r Names,
    pub(crate) payload: Cow<'r, [u8]>,
    pub(crate) key: MatchedKey,
    pub(crate) timestamp: Option<i64>,
    pub(crate) delivery_id: Option<Cow<'r, [u8]>>,
    pub(crate) event_type: Option<Cow<'r, [u8]>>,
    /// `None` where the scheme has no signature.
    pub(crate) identity: Option<MessageIdentity>,
    /// The claims of the token, as the JSON that was signed.
    pub(crate) claims: Option<String>,
    pub(crate) variant: usize,
    pub(crate) covers: &'r Covers,
    pub(crate) url_form: usize,
}

/// The facts of a [`Verified`] that are bytes of the request.
#[derive(Clone)]
pub struct Parts<'r> {
    /// See [`Verified::payload`].
    pub payload: Cow<'r, [u8]>,
    /// See [`Verified::delivery_id`].
    pub delivery_id: Option<Cow<'r, [u8]>>,
    /// See [`Verified::event_type`].
    pub event_type: Option<Cow<'r, [u8]>>,
}

impl fmt::Debug for Parts<'_> {
    /// Leaves the payload out, as [`Verified`] does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |it: &Option<Cow<'_, [u8]>>| {
            let text = it.as_deref().map(String::from_utf8_lossy);
            text.map(Cow::into_owned)
        };
        f.debug_struct("Parts")
            .field("payload", &format_args!("{} bytes", self.payload.len()))
            .field("delivery_id", &text(&self.delivery_id))
            .field("event_type", &text(&self.event_type))
            .finish()
    }
}

impl<'r> Verified<'r> {
    /// The scheme that proved it.
    #[must_use]
    pub fn scheme(&self) -> &'r str {
        &self.names.scheme
    }

    /// The very body that was verified, or what it decrypts to. See
    /// [`covers`](Self::covers) for whether the proof covers it.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload itself: borrowed from the request, or decrypted.
    #[must_use]
    pub fn into_payload(self) -> Cow<'r, [u8]> {
        self.payload
    }

    /// What may be borrowed from the request, or made from what stands there.
    #[must_use]
    pub fn into_parts(self) -> Parts<'r> {
        Parts {
            payload: self.payload,
            delivery_id: self.delivery_id,
            event_type: self.event_type,
        }
    }

    /// The label of the key that matched: its position in the option as given
    /// (`"0"`, `"1"`, …), its own label, or the `kid` of a key of a key set
    /// (its position there, where it has none).
    #[must_use]
    pub fn key_id(&self) -> &str {
        match &self.key {
            MatchedKey::Own(index) => self.names.key_id(*index),
            MatchedKey::Set(kid) => kid,
        }
    }

    /// The position of [`key_id`](Self::key_id) in
    /// [`Verifier::key_ids`](crate::Verifier::key_ids); `None` for a key of a
    /// key set.
    #[must_use]
    pub const fn key_index(&self) -> Option<usize> {
        match self.key {
            MatchedKey::Own(index) => Some(index),
            MatchedKey::Set(_) => None,
        }
    }

    /// The verified claims of the delivery's token, as a JSON object. `None`
    /// where the scheme has no token with claims.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }

    /// The signed time in unix seconds. `None` where the scheme signs none.
    #[must_use]
    pub const fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }

    /// The signed id or nonce. `None` where the scheme signs none.
    #[must_use]
    pub fn delivery_id(&self) -> Option<&[u8]> {
        self.delivery_id.as_deref()
    }

    /// The type of the event, as the provider names it. `None` where the scheme knows
    /// no place of it that is signed, or the delivery does not have it.
    #[must_use]
    pub fn event_type(&self) -> Option<&[u8]> {
        self.event_type.as_deref()
    }

    /// Equal for two deliveries of the same signed message, however the
    /// signature was written and whichever key signed it.
    ///
    /// Made from the tag under the first key, or for public keys from the digest of
    /// the string to sign, so that neither another spelling of a signature nor the
    /// choice among several valid ones gives a second identity; hashed, so that it
    /// can be stored and logged. For a public key it is not keyed: it is the same for
    /// all verifiers of the scheme, and tells whoever guesses the message that the
    /// guess is right.
    ///
    /// `None` where the scheme signs no message (a token, a password, an
    /// encrypted body): nothing verified tells one delivery from another there.
    #[must_use]
    pub fn replay_key(&self) -> Option<ReplayKey> {
        let identity = self.identity.as_ref()?;
        Some(self.names.replay_key(identity))
    }

    /// What [`replay_key`](Self::replay_key) is made from, for a caller that keeps it
    /// and asks [`Names::replay_key`] when somebody wants to know.
    #[must_use]
    pub const fn identity(&self) -> Option<&MessageIdentity> {
        self.identity.as_ref()
    }

    /// What was authenticated.
    #[must_use]
    pub const fn covers(&self) -> &'r Covers {
        self.covers
    }

    /// The variant of the scheme that applied, by its position in
    /// [`Verifier::coverage`](crate::Verifier::coverage).
    #[must_use]
    pub const fn variant(&self) -> usize {
        self.variant
    }

    /// The position of [`url_form`](Self::url_form) in
    /// [`Verifier::url_forms`](crate::Verifier::url_forms).
    #[must_use]
    pub const fn url_form_index(&self) -> usize {
        self.url_form
    }

    /// Which form of the URL matched, e.g. `as-is` or `no-port`.
    #[must_use]
    pub fn url_form(&self) -> &'static str {
        self.names.url_form(self.url_form)
    }
}

impl fmt::Debug for Verified<'_> {
    /// Leaves the payload out: what a customer said belongs in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("scheme", &self.scheme())
            .field("payload", &format_args!("{} bytes", self.payload.len()))
            .field("key_id", &self.key_id())
            .field("timestamp", &self.timestamp)
            .field(
                "delivery_id",
                &self.delivery_id().map(String::from_utf8_lossy),
            )
            .field(
                "event_type",
                &self.event_type().map(String::from_utf8_lossy),
            )
            .field("replay_key", &self.replay_key())
            .field("covers", &self.covers)
            .field("url_form", &self.url_form())
            .finish_non_exhaustive()
    }
}
