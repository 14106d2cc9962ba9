//! What a proof covers of a request.

/// What the proof covers. Computed from the scheme, never declared by it.
///
/// The levels, from the weakest to the strongest:
///
/// | Level | Of the body or the URL |
/// |---|---|
/// | `none` | nothing is signed |
/// | `weak` | what is signed can be replaced by something of the same digest |
/// | `joined` | it is signed, but runs together with what stands beside it: whoever has a signed request can move text from one field to the next |
/// | `part` | named fields, or all but some, each kept apart |
/// | `full` | every byte, directly or through a digest that was compared |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covers {
    /// How much of the body is signed.
    pub body: CoverageLevel,
    /// How much of the URL is signed.
    pub url: CoverageLevel,
    /// Whether the HTTP method is signed.
    pub method: bool,
    /// Whether the scheme's timestamp is signed.
    pub timestamp: Coverage,
    /// Whether the scheme's delivery id or nonce is signed.
    pub delivery_id: Coverage,
    /// Whether the body was encrypted on its way.
    pub confidential: bool,
    /// The fields of the string to sign as the scheme writes them: `body`,
    /// `url.path`, `header:x-event`, and a list with what it leaves out, as
    /// `query -signature`.
    pub parts: Vec<String>,
}

impl Covers {
    /// What a proof covers that signs nothing of the request: a token, a
    /// password, encryption.
    pub(crate) const fn nothing(confidential: bool) -> Self {
        Self {
            body: CoverageLevel::None,
            url: CoverageLevel::None,
            method: false,
            timestamp: Coverage::None,
            delivery_id: Coverage::None,
            confidential,
            parts: Vec::new(),
        }
    }
}

/// How much of the body or of the URL is signed; see [`Covers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoverageLevel {
    /// Nothing.
    None,
    /// A digest of it that is known to collide.
    Weak,
    /// It runs together with what stands beside it.
    Joined,
    /// Named fields, or all but some.
    Part,
    /// Every byte.
    Full,
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

impl CoverageLevel {
    /// `none`, `weak`, `joined`, `part` or `full`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Weak => "weak",
            Self::Joined => "joined",
            Self::Part => "part",
            Self::Full => "full",
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
