//! What a verified delivery proves.

use core::fmt;
use std::borrow::Cow;

use crate::primitives::mac::Tag;
use crate::primitives::url_form::UrlForm;
use crate::replay_key::ReplayKey;
use crate::verifier::Verifier;

/// A delivery that was proven. It cannot be made outside this crate, and it
/// holds signed facts only.
#[derive(Clone)]
pub struct Verified<'r> {
    pub(crate) verifier: &'r Verifier,
    pub(crate) payload: Cow<'r, [u8]>,
    pub(crate) key: MatchedKey,
    pub(crate) timestamp: Option<i64>,
    pub(crate) delivery_id: Option<&'r [u8]>,
    /// The tag under the first key, whichever key matched. `None` where the
    /// scheme has no signature.
    pub(crate) first_tag: Option<Tag>,
    /// The claims of the token, as the JSON that was signed.
    pub(crate) claims: Option<String>,
    pub(crate) variant: usize,
    pub(crate) covers: Covers,
    pub(crate) url_form: usize,
}

/// Which key proved a delivery.
#[derive(Clone, Debug)]
pub(crate) enum MatchedKey {
    /// One of the verifier's own, by its position among all of them.
    Own(usize),
    /// One of a key set, by its `kid`.
    Set(String),
}

impl<'r> Verified<'r> {
    /// The scheme that proved it.
    #[must_use]
    pub fn scheme(&self) -> &'r str {
        self.verifier.scheme()
    }

    /// The very body that was verified, or what it decrypts to. Whether the
    /// proof covers it is told by [`covers`](Self::covers).
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The decrypted body, where the scheme decrypts. Leaves the payload empty.
    pub fn take_decrypted(&mut self) -> Option<Vec<u8>> {
        match core::mem::take(&mut self.payload) {
            Cow::Owned(decrypted) => Some(decrypted),
            Cow::Borrowed(body) => {
                self.payload = Cow::Borrowed(body);
                None
            }
        }
    }

    /// The label of the key that matched: its position in the option as given
    /// (`"0"`, `"1"`, …), its own label, or the `kid` of a key of a key set
    /// (its position there, where it has none).
    #[must_use]
    pub fn key_id(&self) -> &str {
        match &self.key {
            MatchedKey::Own(index) => self.verifier.key_id(*index),
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
    pub const fn delivery_id(&self) -> Option<&'r [u8]> {
        self.delivery_id
    }

    /// Equal for two deliveries of the same signed message, however the
    /// signature was written and whichever key signed it.
    ///
    /// Made from the tag under the first key, so that neither another spelling
    /// of a signature nor the choice among several valid ones gives a second
    /// identity; hashed, so that it can be stored and logged.
    ///
    /// `None` where the scheme signs no message (a token, a password, an
    /// encrypted body): nothing proven tells one delivery from another there.
    #[must_use]
    pub fn replay_key(&self) -> Option<ReplayKey> {
        let tag = self.first_tag.as_ref()?;
        Some(self.verifier.replay_keys.key(tag))
    }

    /// What was authenticated.
    #[must_use]
    pub const fn covers(&self) -> Covers {
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
        let forms = self.verifier.url_forms();
        let form = forms.get(self.url_form).copied();
        form.unwrap_or(UrlForm::AsIs.name())
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
                &self.delivery_id.map(String::from_utf8_lossy),
            )
            .field("replay_key", &self.replay_key())
            .field("covers", &self.covers)
            .field("url_form", &self.url_form())
            .finish_non_exhaustive()
    }
}

/// What the proof covers. Computed from the scheme, never declared by it.
///
/// It says what stands in the string to sign, not that its parts can be told
/// apart there. Twilio and Plivo V1 and V3 put URL and form fields together with
/// nothing, or a text that both may hold, between them: with `url` full and
/// `body` fields, whoever has a signed request can still move text from one to
/// the other. The notes of a scheme say where that is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covers {
    /// How much of the body is signed.
    pub body: BodyCoverage,
    /// How much of the URL is signed.
    pub url: UrlCoverage,
    /// Whether the HTTP method is signed.
    pub method: bool,
    /// Whether the scheme's timestamp is signed.
    pub timestamp: Coverage,
    /// Whether the scheme's delivery id or nonce is signed.
    pub delivery_id: Coverage,
    /// Whether the body was encrypted on its way.
    pub confidential: bool,
}

impl Covers {
    /// What a proof covers that signs nothing of the request: a token, a
    /// password, encryption.
    pub(crate) const fn nothing(confidential: bool) -> Self {
        Self {
            body: BodyCoverage::None,
            url: UrlCoverage::None,
            method: false,
            timestamp: Coverage::None,
            delivery_id: Coverage::None,
            confidential,
        }
    }
}

/// How much of the body is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyCoverage {
    /// Every byte, directly or through a digest that was compared.
    Full,
    /// The parsed fields, not their order or encoding.
    Fields,
    /// Nothing of the body.
    None,
}

/// How much of the URL is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlCoverage {
    /// Scheme, authority, path and query. What follows it in the string to sign
    /// may run together with it, see [`Covers`].
    Full,
    /// Scheme, authority and path; the query can be changed freely.
    WithoutQuery,
    /// Nothing of the URL.
    None,
}

/// Whether something that travels with the delivery is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// It is signed, and so a fact.
    Signed,
    /// It travels with the delivery and anybody can change it.
    Unsigned,
    /// The scheme has no such thing.
    None,
}

impl BodyCoverage {
    /// `full`, `fields` or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Fields => "fields",
            Self::None => "none",
        }
    }
}

impl UrlCoverage {
    /// `full`, `without_query` or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::WithoutQuery => "without_query",
            Self::None => "none",
        }
    }
}

impl Coverage {
    /// `signed`, `unsigned` or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
            Self::None => "none",
        }
    }
}
