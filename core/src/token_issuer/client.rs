//! The one client of a token endpoint, and the credentials that a request
//! presents (RFC 6749 section 2.3.1).

use core::fmt;

use subtle::Choice;
use zeroize::Zeroizing;

use super::answers::Rejection;
use super::parameters::Parameters;
use crate::keyring::LabelledSecret;
use crate::primitives::basic::{BasicCredentials, BasicForm};
use crate::primitives::choice::any;
use crate::primitives::form;
use crate::primitives::secret_digest::SecretDigest;

/// Who may have a token. Id and secrets are kept as digests, which are of one
/// length and compared in constant time.
pub(super) struct Client {
    id: SecretDigest,
    secrets: Vec<(String, SecretDigest)>,
}

/// The credentials of one request.
pub(super) struct Presented<'p> {
    header: Option<BasicCredentials>,
    body_id: Option<&'p [u8]>,
    body_secret: Option<&'p [u8]>,
}

impl Client {
    /// A client with the labels of its secrets.
    pub(super) fn new(id: &str, secrets: Vec<LabelledSecret>) -> Self {
        Self {
            id: SecretDigest::of(id.as_bytes()),
            secrets: secrets
                .into_iter()
                .map(|(label, secret)| (label, SecretDigest::of(&secret)))
                .collect(),
        }
    }

    /// Whether all that the request presents is this client's, and it is enough.
    pub(super) fn accepts(&self, presented: &Presented<'_>, form_encoded_only: bool) -> bool {
        let mut is_client = Choice::from(u8::from(presented.is_complete()));
        if let Some(header) = &presented.header {
            let (user, password) = (header.user(), header.password());
            let decoded = [user, password].map(|part| Zeroizing::new(form::decode(part)));
            let encoded = self.matches(&decoded[0], &decoded[1]);
            // RFC 6749 has both encoded as in a form before base64; many
            // clients leave that out.
            let raw = self.matches(user, password) & Choice::from(u8::from(!form_encoded_only));
            is_client &= encoded | raw;
        }
        if let Some(id) = presented.body_id {
            is_client &= self.id.ct_eq(&SecretDigest::of(id));
        }
        if let Some(secret) = presented.body_secret {
            is_client &= self.has_secret(secret);
        }
        is_client.into()
    }

    fn matches(&self, id: &[u8], secret: &[u8]) -> Choice {
        self.id.ct_eq(&SecretDigest::of(id)) & self.has_secret(secret)
    }

    /// Compares with all secrets, so that the time does not tell which it was.
    fn has_secret(&self, secret: &[u8]) -> Choice {
        let presented = SecretDigest::of(secret);
        let secrets = self.secrets.iter();
        any(secrets.map(|(_, secret)| secret.ct_eq(&presented)))
    }
}

impl<'p> Presented<'p> {
    /// Reads the credentials. A header that holds none is a failed attempt.
    pub(super) fn new(
        authorization: &[&[u8]],
        parameters: &'p Parameters,
    ) -> Result<Self, Rejection> {
        let header = match authorization {
            [] => None,
            [first, others @ ..] if others.iter().all(|other| other == first) => {
                let credentials = BasicCredentials::parse(first, BasicForm::Strict)
                    .map_err(|_| Rejection::InvalidClient { by_header: true })?;
                Some(credentials)
            }
            _ => return Err(Rejection::InvalidRequest),
        };
        Ok(Self {
            header,
            body_id: parameters.get("client_id"),
            body_secret: parameters.get("client_secret"),
        })
    }

    /// A `client_id` alone is not a second method: a client may name itself.
    pub(super) const fn uses_two_methods(&self) -> bool {
        self.header.is_some() && self.body_secret.is_some()
    }

    pub(super) const fn rejection(&self) -> Rejection {
        Rejection::InvalidClient {
            by_header: self.header.is_some(),
        }
    }

    const fn is_complete(&self) -> bool {
        self.header.is_some() || (self.body_id.is_some() && self.body_secret.is_some())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.secrets.iter().map(|(label, _)| label);
        f.debug_list().entries(labels).finish()
    }
}
