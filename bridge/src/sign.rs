//! Signing a request as its provider would, for tests.

use hookseal::{Error, Headers, Request, Signing, unix_now};

use crate::handle::Handle;
use crate::random::random;

/// A request to sign.
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
    /// Returns the headers to add to a request.
    ///
    /// # Errors
    /// `configuration` where the scheme cannot sign, or the reason why this
    /// request cannot be signed.
    pub fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<(String, String)>, Error> {
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
        (**self).sign(&unsigned, &signing)
    }
}

/// 20 decimal digits, the form of an id that every scheme accepts.
fn random_digits() -> Result<String, Error> {
    let bytes = random::<20>()?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect())
}
