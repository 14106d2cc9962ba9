//! The one error type and the frozen table of codes that every binding maps.

use core::fmt;
use std::borrow::Cow;

use crate::reply::Reply;

/// Why a delivery, or a configuration, was rejected.
///
/// `detail` is for the log of the server that received the delivery. It never
/// holds a secret, an expected MAC, a decrypted byte or the body, and it must
/// not be sent to the caller: tell a caller only the HTTP status.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(
    /// Boxed, so that results are small where all goes well.
    Box<Rejection>,
);

#[derive(Clone, PartialEq, Eq)]
struct Rejection {
    code: ErrorCode,
    detail: Cow<'static, str>,
    /// Where the answer is another than the code's own.
    status: Option<u16>,
    authenticate: Option<Cow<'static, str>>,
    reply: Option<Reply>,
}

impl Error {
    /// An error with a reason for the log.
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Rejection {
            code,
            detail: detail.into(),
            status: None,
            authenticate: None,
            reply: None,
        }))
    }

    /// A challenge that is to be answered with `reply`.
    pub(crate) fn challenge(reply: Reply) -> Self {
        let mut error = Self::new(
            ErrorCode::Challenge,
            "the request is a handshake, not a delivery: send the reply",
        );
        error.0.reply = Some(reply);
        error
    }

    /// The same error under another HTTP status than its code's.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The same error with a `WWW-Authenticate` header (RFC 9110 section 11.6.1).
    pub(crate) fn with_authenticate(mut self, value: impl Into<Cow<'static, str>>) -> Self {
        self.0.authenticate = Some(value.into());
        self
    }

    /// The same error without one.
    pub(crate) fn without_authenticate(mut self) -> Self {
        self.0.authenticate = None;
        self
    }

    /// Adds to the detail.
    pub(crate) fn append(&mut self, more: &str) {
        if !more.is_empty() {
            self.0.detail.to_mut().push_str(more);
        }
    }

    pub(crate) fn configuration(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Configuration, detail)
    }

    /// The frozen code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The reason, for the receiver's own log.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The HTTP status to answer with: that of the code, but for a few cases
    /// in which a standard asks for another one.
    #[must_use]
    pub fn status(&self) -> u16 {
        let reply = self.reply().map(Reply::status);
        self.0
            .status
            .or(reply)
            .unwrap_or_else(|| self.0.code.status())
    }

    /// The value of the `WWW-Authenticate` header to answer with, for schemes
    /// whose proof stands in `Authorization`.
    #[must_use]
    pub fn authenticate(&self) -> Option<&str> {
        self.0.authenticate.as_deref()
    }

    /// The response to a challenge, to be sent as it is; only where the code is
    /// [`Challenge`](ErrorCode::Challenge).
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        self.0.reply.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("detail", &self.0.detail)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {}

/// Declares the table once: variant, number, text and HTTP status.
macro_rules! error_codes {
    ($( $(#[$doc:meta])* $variant:ident = $number:literal, $text:literal, $status:literal; )*) => {
        /// The frozen list of codes. Numbers and texts never change and are never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorCode {
            $( $(#[$doc])* $variant = $number, )*
        }

        impl ErrorCode {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// The snake_case text that all languages show.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }

            /// The HTTP status a receiver answers with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $( Self::$variant => $status, )* }
            }

            /// The number used at the C ABI; 0 is success and no code has it.
            #[must_use]
            pub const fn number(self) -> i32 {
                self as i32
            }

            /// The code with that text.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

error_codes! {
    /// A header the scheme needs is absent, or empty where it is not that of the
    /// signature.
    MissingHeader = 1, "missing_header", 401;
    /// A header is there but cannot be read as the scheme demands; so is an empty
    /// signature header.
    MalformedHeader = 2, "malformed_header", 401;
    /// A security-relevant header is there twice with different values.
    AmbiguousHeader = 3, "ambiguous_header", 401;
    /// No signature matches any key.
    SignatureMismatch = 4, "signature_mismatch", 401;
    /// A static token or password is wrong.
    TokenMismatch = 5, "token_mismatch", 401;
    /// The signed time lies further back than the tolerance.
    TimestampTooOld = 6, "timestamp_too_old", 401;
    /// The signed time lies further ahead than the tolerance.
    TimestampInFuture = 7, "timestamp_in_future", 401;
    /// The timestamp is not in the one canonical form.
    MalformedTimestamp = 8, "malformed_timestamp", 401;
    /// The body is not the one that was signed, or nothing signs it.
    BodyMismatch = 9, "body_mismatch", 401;
    /// The body could not be decrypted; the reason is never told.
    DecryptionFailed = 10, "decryption_failed", 401;
    /// The request names a cipher outside the allow-list.
    CipherNotAllowed = 11, "cipher_not_allowed", 401;
    /// The token is not a JWT, or not of an allowed algorithm.
    JwtMalformed = 12, "jwt_malformed", 401;
    /// The token's lifetime is over.
    JwtExpired = 13, "jwt_expired", 401;
    /// A required claim is absent or has another value.
    JwtClaimMismatch = 14, "jwt_claim_mismatch", 401;
    /// The key set is unavailable; the provider should retry later.
    KeyUnavailable = 15, "key_unavailable", 503;
    /// The peer's address is not in the allow-list.
    IpNotAllowed = 16, "ip_not_allowed", 403;
    /// The delivery came over plain HTTP.
    InsecureTransport = 17, "insecure_transport", 403;
    /// The body, or a part of the request, is larger than the limit.
    BodyTooLarge = 18, "body_too_large", 413;
    /// Something consumed or parsed the body before verification: a bug in the application.
    BodyAlreadyParsed = 19, "body_already_parsed", 500;
    /// The delivery has been seen before. Not a forgery: acknowledge it.
    Replayed = 20, "replayed", 200;
    /// An option is wrong; raised when the verifier is made.
    Configuration = 21, "configuration", 500;
    /// A bug in this library.
    Internal = 22, "internal", 500;
    /// The scheme is not defined for this HTTP method.
    MethodNotAllowed = 23, "method_not_allowed", 405;
    /// The URL has no scheme or host, or holds control characters.
    MalformedUrl = 24, "malformed_url", 400;
    /// The host the request was sent to is not in `allowed_hosts`.
    HostNotAllowed = 25, "host_not_allowed", 400;
    /// Not a rejection: a challenge of the provider, to be answered with the
    /// reply that comes with it. There is no delivery.
    Challenge = 26, "challenge", 200;
}
