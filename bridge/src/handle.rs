//! The verifier as a binding holds it.

use hookseal::{
    Error, ErrorCode, Headers, Options, Request, Signing, Verified, Verifier, unix_now,
};

use crate::describe::describe;
use crate::guard::guard;
use crate::random::random;

/// A verifier behind a language boundary. Immutable, so any number of threads
/// may share it. No method panics.
#[derive(Debug)]
pub struct Handle {
    pub(crate) verifier: Verifier,
}

/// The facts of a verified delivery in flat form. Names stand in the
/// description of the verifier ([`Handle::describe`]); here are their indices.
#[derive(Clone, Debug)]
pub struct Facts<'r> {
    /// Index into `coverage`.
    pub variant: u8,
    /// Index into `key_ids`; [`NO_INDEX`] where `token` names the key.
    pub key: u16,
    /// Index into `url_forms`.
    pub url_form: u8,
    /// Signed unix seconds.
    pub timestamp: Option<i64>,
    /// Signed id or nonce, ASCII.
    pub delivery_id: Option<&'r [u8]>,
    /// 64 hex digits; `None` where the scheme signs no message.
    pub replay_key: Option<[u8; 64]>,
    /// The decrypted body; `None` where the payload is the body as given.
    pub payload: Option<Vec<u8>>,
    /// What a token says, as JSON: `{"key_id": text, "claims": object}`. `None`
    /// where the scheme has no token with claims.
    pub token: Option<String>,
}

/// The [`Facts::key`] that is no index.
pub const NO_INDEX: u16 = u16::MAX;

/// What to sign, for tests.
#[derive(Clone, Copy, Debug)]
pub struct SignRequest<'a> {
    /// The HTTP method.
    pub method: &'a [u8],
    /// The absolute URL, or the request target when there is a `public_url`.
    pub url: &'a [u8],
    /// The raw body.
    pub body: &'a [u8],
    /// All headers that the request will carry besides the signature.
    pub headers: &'a [(&'a [u8], &'a [u8])],
    /// The id or nonce; a random one when absent.
    pub delivery_id: Option<&'a str>,
    /// Unix seconds; the system clock when absent.
    pub timestamp: Option<i64>,
    /// The label of the key to sign with; the first when absent.
    pub key_id: Option<&'a str>,
}

impl Handle {
    /// Compiles a scheme: its id, or (where `scheme` starts with `{`) a custom
    /// scheme as JSON, with the options as a JSON object.
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn new(scheme: &str, options_json: &[u8]) -> Result<Self, Error> {
        guard(|| {
            let options = Options::from_json(options_json)?;
            let verifier = Verifier::new(scheme, options)?;
            Ok(Self { verifier })
        })
    }

    /// JSON with what the shim has to know, read once: `scheme`, `header_names` in
    /// slot order, `key_ids`, `coverage` of each variant, `url_forms` and
    /// `max_body_bytes`.
    #[must_use]
    pub fn describe(&self) -> String {
        describe(&self.verifier)
    }

    /// The lower-case header names in slot order.
    #[must_use]
    pub fn header_names(&self) -> &[Box<str>] {
        self.verifier.header_names()
    }

    /// Whether each verification takes tens of microseconds, however small the
    /// request is: time enough to let another thread run.
    #[must_use]
    pub fn takes_long(&self) -> bool {
        self.verifier.uses_public_keys()
    }

    /// Verifies one request; `now` in unix seconds, the system clock when absent.
    ///
    /// # Errors
    /// The reason, as a code and a detail for the log.
    pub fn verify<'r>(
        &'r self,
        request: &Request<'r>,
        now: Option<i64>,
    ) -> Result<Facts<'r>, Error> {
        guard(|| {
            facts(match now {
                Some(now) => self.verifier.verify_at(request, now),
                None => self.verifier.verify(request),
            }?)
        })
    }

    /// Refuses what can be refused without the body, before anybody reads one.
    /// What passes is not verified.
    ///
    /// # Errors
    /// What [`verify`](Self::verify) would answer, whatever the body is.
    pub fn check_head(&self, request: &Request<'_>, now: Option<i64>) -> Result<(), Error> {
        guard(|| match now {
            Some(now) => self.verifier.check_head_at(request, now),
            None => self.verifier.check_head(request),
        })
    }

    /// The bearer token of a request, for a hook that asks its issuer
    /// (`introspects` in the description). It is not verified.
    ///
    /// # Errors
    /// Why there is none.
    pub fn bearer_token<'r>(&self, request: &Request<'r>) -> Result<&'r [u8], Error> {
        guard(|| self.verifier.bearer_token(request))
    }

    /// Verifies one request whose token was introspected: `answer` is the JSON
    /// object that its issuer answered with (RFC 7662).
    ///
    /// # Errors
    /// The reason, as a code and a detail for the log.
    pub fn verify_introspected<'r>(
        &'r self,
        request: &Request<'r>,
        answer: &[u8],
        now: Option<i64>,
    ) -> Result<Facts<'r>, Error> {
        guard(|| {
            facts(match now {
                Some(now) => self.verifier.verify_introspected_at(request, answer, now),
                None => self.verifier.verify_introspected(request, answer),
            }?)
        })
    }

    /// The address to fetch keys from now, for a verifier whose keys live
    /// elsewhere (`remote_keys` in the description). A shim asks when `verify`
    /// answered `key_unavailable`, lets one thread fetch while the others wait,
    /// and verifies again. `None`: there is nothing to fetch, or it was tried a
    /// moment ago.
    #[must_use]
    pub fn key_request(&self) -> Option<String> {
        guard(|| Ok(self.verifier.key_request())).unwrap_or_default()
    }

    /// Takes what [`key_request`](Self::key_request) named. `Some`: that was a
    /// directory, and this is the address of the keys themselves.
    ///
    /// # Errors
    /// `key_unavailable` where the document is no usable key set. The last good
    /// one stays in use.
    pub fn supply_keys(&self, document: &[u8]) -> Result<Option<String>, Error> {
        guard(|| self.verifier.supply_keys(document))
    }

    /// Decrypts what a delivery carried, where only that was kept: `text` holds
    /// the bytes of the ciphertext, and then those of the result (see
    /// [`Room`](crate::Room)). `iv` is there where the delivery said one, `cipher`
    /// where it named one. Proves nothing.
    ///
    /// # Errors
    /// `decryption_failed`, `cipher_not_allowed`, `body_too_large`, or
    /// `configuration` where an argument does not belong to the scheme.
    pub fn decrypt<'t>(
        &self,
        text: &'t mut [u8],
        iv: Option<&[u8]>,
        cipher: Option<&str>,
    ) -> Result<&'t [u8], Error> {
        guard(|| self.verifier.decrypt(text, iv, cipher))
    }

    /// Signs a request as the provider would, for tests: the headers to add.
    ///
    /// # Errors
    /// `configuration` where the scheme cannot sign, or the reason why this
    /// request can't be signed.
    pub fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<(String, String)>, Error> {
        guard(|| {
            let random;
            let delivery_id = match request.delivery_id {
                Some(id) => id,
                None => {
                    random = random_digits()?;
                    &random
                }
            };
            let signing = Signing {
                delivery_id: Some(delivery_id),
                timestamp: Some(request.timestamp.map_or_else(unix_now, Ok)?),
                key_id: request.key_id,
            };
            let unsigned = Request {
                method: request.method,
                target: request.url,
                authority: None,
                scheme: None,
                headers: Headers::Pairs(request.headers),
                body: request.body,
                peer: None,
            };
            self.verifier.sign(&unsigned, &signing)
        })
    }
}

fn facts(mut verified: Verified<'_>) -> Result<Facts<'_>, Error> {
    Ok(Facts {
        variant: index(verified.variant())?,
        key: verified.key_index().map_or(Ok(NO_INDEX), index)?,
        url_form: index(verified.url_form_index())?,
        timestamp: verified.timestamp(),
        delivery_id: verified.delivery_id(),
        replay_key: verified.replay_key().map(|key| key.to_hex()),
        payload: verified.take_decrypted(),
        token: token_json(&verified),
    })
}

/// What a token says. The claims are the JSON object that was signed.
fn token_json(verified: &Verified<'_>) -> Option<String> {
    let claims = verified.claims()?;
    let key_id = serde_json::Value::from(verified.key_id());
    Some(format!(r#"{{"key_id":{key_id},"claims":{claims}}}"#))
}

/// 20 decimal digits, the form of an id that every scheme accepts.
fn random_digits() -> Result<String, Error> {
    let bytes = random::<20>()?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect())
}

fn index<T: TryFrom<usize>>(position: usize) -> Result<T, Error> {
    T::try_from(position).map_err(|_| Error::new(ErrorCode::Internal, "index out of range"))
}
