//! The verifier as a binding holds it.

use std::ops::Deref;

use hookseal::{Error, Options, Request, Verified, Verifier};

use crate::describe::Description;
use crate::facts::Facts;

/// A verifier behind a language boundary. Immutable, so threads may share it.
///
/// It adds to the [`Verifier`] what hosts need: a time that may be absent, facts in
/// flat form, and a description. Everything else is the verifier's own.
#[derive(Debug)]
pub struct Handle(Verifier);

impl Deref for Handle {
    type Target = Verifier;

    fn deref(&self) -> &Verifier {
        &self.0
    }
}

impl Handle {
    /// Compiles a scheme: its id, or (where `scheme` starts with `{`) a custom
    /// scheme as JSON, with the options as a JSON object.
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn new(scheme: &str, options_json: &[u8]) -> Result<Self, Error> {
        Self::with_options(scheme, Options::from_json(options_json)?)
    }

    /// The same with options that the host's own values were converted to.
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn with_options(scheme: &str, options: Options) -> Result<Self, Error> {
        Verifier::new(scheme, options).map(Self)
    }

    /// What a binding has to know, read once.
    #[must_use]
    pub fn describe(&self) -> Description<'_> {
        Description::of(self)
    }

    /// Whether each verification takes tens of microseconds, however small the
    /// request is: time enough to let another thread run.
    #[must_use]
    pub fn takes_long(&self) -> bool {
        self.uses_public_keys()
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
        self.verified(request, None, now)?.try_into()
    }

    /// Rejects what can be rejected without the body, before anybody reads one.
    /// What passes is not verified.
    ///
    /// # Errors
    /// What [`verify`](Self::verify) would answer, whatever the body is.
    pub fn check_head(&self, request: &Request<'_>, now: Option<i64>) -> Result<(), Error> {
        match now {
            Some(now) => self.0.check_head_at(request, now),
            None => self.0.check_head(request),
        }
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
        self.verified(request, Some(answer), now)?.try_into()
    }

    /// Verifies one request for a binding that reads facts as types, and leaves what
    /// few callers ask for, such as the replay key, until they do. `introspection` is
    /// what the issuer of its token answered, where somebody asked.
    ///
    /// # Errors
    /// The reason, as a code and a detail for the log.
    #[inline]
    pub fn verified<'r>(
        &'r self,
        request: &Request<'r>,
        introspection: Option<&[u8]>,
        now: Option<i64>,
    ) -> Result<Verified<'r>, Error> {
        match (introspection, now) {
            (None, Some(now)) => self.0.verify_at(request, now),
            (None, None) => self.0.verify(request),
            (Some(answer), Some(now)) => self.0.verify_introspected_at(request, answer, now),
            (Some(answer), None) => self.0.verify_introspected(request, answer),
        }
    }
}
