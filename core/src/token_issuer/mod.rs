//! A token endpoint for senders that ask for an access token first: OAuth 2.0
//! with client credentials (RFC 6749 section 4.4).

mod answers;
mod client;
mod parameters;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod token;

use core::fmt;

use crate::error::Error;
use crate::options::Options;
use crate::reply::Reply;

use answers::Rejection;
use client::Presented;
use parameters::Parameters;
pub use schema::token_issuer_options_json;
use settings::Settings;

/// The longest body that a token request may have.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Issues short-lived bearer tokens to one client, whose deliveries then carry
/// them. The scheme `bearer-jwt` verifies them with the same `hmac_secret`, or
/// with [`jwks`](Self::jwks).
///
/// It has no clock and no random numbers of its own, so that `respond` is a
/// function of its arguments. Immutable, so threads may share it; the client's
/// secrets are kept as digests only.
///
/// ```
/// use hookseal::{Options, TokenIssuer, TokenRequest};
///
/// let issuer = TokenIssuer::new(
///     Options::new()
///         .with("client_id", "kaisa-client")
///         .with("client_secret", "a secret that both sides know")
///         .with("issuer", "https://auth.example.com")
///         .with("audience", "https://example.com/hooks")
///         .with("scope", "webhooks.write")
///         .with("hmac_secret", "at least 32 bytes of random text"),
/// )?;
/// let request = TokenRequest {
///     method: b"POST",
///     content_type: Some(b"application/x-www-form-urlencoded"),
///     authorization: &[],
///     body: b"grant_type=client_credentials&client_id=kaisa-client\
///         &client_secret=a+secret+that+both+sides+know",
/// };
/// let random = [0x5a; 16]; // from the system, for every request anew
/// let reply = issuer.respond(&request, 1_700_000_000, random);
/// assert_eq!(reply.status(), 200);
/// assert!(reply.body().contains(r#""token_type":"Bearer""#));
/// # Ok::<(), hookseal::Error>(())
/// ```
pub struct TokenIssuer {
    settings: Settings,
}

/// One request to the token endpoint, borrowed for the length of a call. The
/// query of its URL does not count: credentials must not stand there.
#[derive(Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The method as received, e.g. `b"POST"`.
    pub method: &'a [u8],
    /// The value of the `Content-Type` header.
    pub content_type: Option<&'a [u8]>,
    /// The values of all `Authorization` headers.
    pub authorization: &'a [&'a [u8]],
    /// The raw body; of a longer one than
    /// [`max_body_bytes`](TokenIssuer::max_body_bytes), one byte more than that
    /// is enough.
    pub body: &'a [u8],
}

impl TokenIssuer {
    /// Checks the options: `client_id`, `client_secret` (one, several or
    /// labelled), `issuer`, `audience` and `scope` (one or several; `scope` may
    /// be absent), `lifetime` in seconds (300), the key as `hmac_secret` (HS256)
    /// or `ed25519_seed` (EdDSA), and `algorithm`, which may name what the key
    /// is for. Three switches, all off, choose what else is accepted:
    /// `allow_json`, `allow_both_credentials` and, stricter, `form_encoded_only`.
    ///
    /// # Errors
    /// `configuration` for an option that is unknown, missing, of the wrong
    /// kind, empty or a placeholder. The error names it, never a secret.
    pub fn new(options: Options) -> Result<Self, Error> {
        let settings = Settings::new(options)?;
        Ok(Self { settings })
    }

    /// Answers a request to the token endpoint: with a token, or with an error
    /// of RFC 6749 section 5.2. `now` is in unix seconds; `random` names the
    /// token and must be new for each call.
    #[must_use]
    pub fn respond(&self, request: &TokenRequest<'_>, now: i64, random: [u8; 16]) -> Reply {
        self.grant(request)
            .and_then(|scope| token::issue(&self.settings, &scope, now, random))
            .unwrap_or_else(Rejection::into_reply)
    }

    /// The answer where no token can be made at all, such as without a clock or
    /// random numbers.
    #[must_use]
    pub fn server_error() -> Reply {
        Rejection::ServerError.into_reply()
    }

    /// The public keys that verify the tokens, as a JWK set (RFC 7517); an empty
    /// one for HS256, whose key is a secret.
    #[must_use]
    pub fn jwks(&self) -> String {
        self.settings.key.jwks()
    }

    /// The longest body that is read, in bytes.
    #[must_use]
    pub const fn max_body_bytes(&self) -> usize {
        MAX_BODY_BYTES
    }

    /// The scope to grant, if everything about the request is right.
    fn grant(&self, request: &TokenRequest<'_>) -> Result<String, Rejection> {
        if request.method != b"POST" {
            return Err(Rejection::MethodNotAllowed);
        }
        if request.body.len() > MAX_BODY_BYTES {
            return Err(Rejection::BodyTooLarge);
        }
        let settings = &self.settings;
        let parameters =
            Parameters::parse(request.content_type, request.body, settings.allow_json)?;
        let presented = Presented::new(request.authorization, &parameters)?;
        if presented.uses_two_methods() && !settings.allow_both_credentials {
            return Err(Rejection::InvalidRequest);
        }
        if !settings
            .client
            .accepts(&presented, settings.form_encoded_only)
        {
            return Err(presented.rejection());
        }
        match parameters.get("grant_type") {
            None => Err(Rejection::InvalidRequest),
            Some(b"client_credentials") => settings.scopes.grant(parameters.get("scope")),
            Some(_) => Err(Rejection::UnsupportedGrantType),
        }
    }
}

// A token request holds the client's secret: `Debug` shows the shape of it only.

impl fmt::Debug for TokenRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field(
                "authorization",
                &format_args!("{} headers", self.authorization.len()),
            )
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenIssuer {
    /// Shows the labels of the client's secrets, never a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuer")
            .field("client", &self.settings.client)
            .field("key", &self.settings.key)
            .finish_non_exhaustive()
    }
}
