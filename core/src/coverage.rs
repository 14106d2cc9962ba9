//! What a proof covers of a request.

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
