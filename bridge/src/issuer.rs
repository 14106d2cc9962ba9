//! The token issuer as a binding holds it.

use hookseal::{Error, Options, Reply, TokenIssuer, TokenRequest, unix_now};

use crate::random::random;

/// A token issuer behind a language boundary. Immutable, so any number of
/// threads may share it.
#[derive(Debug)]
pub struct Issuer {
    issuer: TokenIssuer,
}

impl Issuer {
    /// Checks the options, which are a JSON object.
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn new(options_json: &[u8]) -> Result<Self, Error> {
        Self::with_options(Options::from_json(options_json)?)
    }

    /// The same with options that the host's own values were converted to.
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn with_options(options: Options) -> Result<Self, Error> {
        let issuer = TokenIssuer::new(options)?;
        Ok(Self { issuer })
    }

    /// Answers a request to the token endpoint; `now` in unix seconds, the
    /// system clock when absent. What goes wrong here, such as a clock that cannot be
    /// read, is an answer with the status 500.
    #[must_use]
    pub fn respond(&self, request: &TokenRequest<'_>, now: Option<i64>) -> Reply {
        let time = now.map_or_else(unix_now, Ok);
        match (time, random()) {
            (Ok(now), Ok(random)) => self.issuer.respond(request, now, random),
            _ => TokenIssuer::server_error(),
        }
    }

    /// The public keys that verify the tokens, as a JWK set; an empty one where
    /// the key is a secret.
    #[must_use]
    pub fn jwks(&self) -> String {
        self.issuer.jwks()
    }

    /// How much of a body a shim reads: one byte more than this is rejected.
    #[must_use]
    pub const fn max_body_bytes(&self) -> usize {
        self.issuer.max_body_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &[u8] = br#"{"client_id": "crm-client", "client_secret": "a b c",
        "issuer": "https://auth.example.com", "audience": ["https://example.com/hooks"],
        "scope": "webhooks.write", "hmac_secret": "32 bytes of text that is no secret"}"#;

    fn respond(now: Option<i64>) -> Reply {
        let request = TokenRequest {
            method: b"POST",
            content_type: Some(b"application/x-www-form-urlencoded"),
            authorization: &[],
            body: b"grant_type=client_credentials&client_id=crm-client&client_secret=a+b+c",
        };
        Issuer::new(OPTIONS).unwrap().respond(&request, now)
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        let (first, second) = (respond(Some(1_700_000_000)), respond(Some(1_700_000_000)));
        assert_eq!((first.status(), second.status()), (200, 200));
        assert_ne!(first.body(), second.body());
    }

    #[test]
    fn the_system_clock_is_read_where_no_time_is_given() {
        assert_eq!(respond(None).status(), 200);
        assert_eq!(respond(Some(-1)).status(), 500);
    }

    #[test]
    fn wrong_options_are_a_configuration_error() {
        for options in [&b"{}"[..], b"[]", b"{\"client_id\": 1}", b""] {
            let error = Issuer::new(options).unwrap_err();
            assert_eq!(error.code().as_str(), "configuration");
        }
    }
}
