//! The verifier: a scheme compiled once with its keys and options.

use core::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::certificates::Certificates;
use crate::clock::Now;
use crate::compiled::Compiled;
use crate::coverage::Covers;
use crate::error::{Error, ErrorCode};
use crate::names::Names;
use crate::options::Options;
use crate::proof::Jwt;
use crate::remote_keys::RemoteKeys;
use crate::request::{HeaderSlots, Headers, Request};
use crate::signature::{SignatureProof, Signing};
use crate::verified::Verified;
use crate::{diagnosis, verify};

/// Verifies deliveries of one scheme. Immutable, so threads may share it; keys
/// are prepared once and wiped when it is dropped.
///
/// ```
/// use hookseal::{Headers, Options, Request, Verifier};
///
/// let options = Options::new().with("secret", "It's a Secret to Everybody");
/// let verifier = Verifier::new("github", options)?;
/// let headers = [(
///     &b"X-Hub-Signature-256"[..],
///     &b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"[..],
/// )];
/// let verified = verifier.verify(&Request {
///     method: b"POST",
///     target: b"https://example.com/github",
///     authority: None,
///     scheme: None,
///     headers: Headers::Pairs(&headers),
///     body: b"Hello, World!",
///     peer: None,
/// })?;
/// assert_eq!(verified.payload(), b"Hello, World!");
/// # Ok::<(), hookseal::Error>(())
/// ```
pub struct Verifier(Compiled);

impl Verifier {
    /// Compiles a scheme: the id of an embedded one, or, where the text starts
    /// with `{`, a scheme of your own as JSON, in the form of the files in
    /// `core/schemes/`.
    ///
    /// # Errors
    /// `configuration` for an unknown scheme or option, a secret that is empty,
    /// a placeholder or of the wrong kind, and for every mistake in a scheme of
    /// your own. The error names the option or the place, never a secret.
    pub fn new(scheme: &str, options: Options) -> Result<Self, Error> {
        Compiled::new(scheme, options).map(Self)
    }

    /// Verifies a request against the system clock.
    ///
    /// # Errors
    /// The reason of the rejection; see [`ErrorCode`].
    pub fn verify<'r>(&'r self, request: &Request<'r>) -> Result<Verified<'r>, Error> {
        verify::verify(&self.0, request, None, Now::System)
    }

    /// Verifies a request as if it were `now`, in unix seconds.
    ///
    /// # Errors
    /// The reason of the rejection; see [`ErrorCode`].
    pub fn verify_at<'r>(&'r self, request: &Request<'r>, now: i64) -> Result<Verified<'r>, Error> {
        verify::verify(&self.0, request, None, Now::At(now))
    }

    /// Rejects what can be rejected without the body, so that nobody has to read
    /// one that cannot count: by method, address, headers and URL. The body of
    /// `request` is not looked at. What passes here is **not verified**; what may be a
    /// challenge passes.
    ///
    /// # Errors
    /// What [`verify`](Self::verify) would answer, whatever the body is.
    pub fn check_head(&self, request: &Request<'_>) -> Result<(), Error> {
        verify::check_head(&self.0, request, Now::System)
    }

    /// The same as if it were `now`, in unix seconds.
    ///
    /// # Errors
    /// What [`verify_at`](Self::verify_at) would answer, whatever the body is.
    pub fn check_head_at(&self, request: &Request<'_>, now: i64) -> Result<(), Error> {
        verify::check_head(&self.0, request, Now::At(now))
    }

    /// The lower-case names of the headers that [`diagnose`](Self::diagnose)
    /// looks at: those of this verifier, and others that tell why a delivery was
    /// rejected, such as `content-encoding` and the signature headers of other
    /// schemes.
    #[must_use]
    pub fn diagnostic_header_names(&self) -> Vec<String> {
        diagnosis::header_names(&self.0.needs)
    }

    /// What the headers of a rejected request show of the cause, to be appended
    /// to [`Error::detail`]: empty, or it begins with a semicolon.
    ///
    /// For a caller that verifies with [`Headers::Slots`]; with
    /// [`Headers::Pairs`] the detail says it already. `headers` are all of them,
    /// or those of [`diagnostic_header_names`](Self::diagnostic_header_names);
    /// of the body the first sixteen bytes are enough. No secret, no byte of the
    /// body and no value of a query parameter is quoted.
    #[must_use]
    pub fn diagnose(
        &self,
        code: ErrorCode,
        headers: &[(&[u8], &[u8])],
        peer: Option<IpAddr>,
        body: &[u8],
    ) -> String {
        diagnosis::remarks(&self.0, code, headers, peer, body)
    }

    /// Whether the token of each delivery has to be introspected (RFC 7662): the
    /// option `introspection`.
    #[must_use]
    pub fn introspects(&self) -> bool {
        self.0.proofs.jwt().is_some_and(Jwt::introspects)
    }

    /// The bearer token of a request, to ask its issuer about. It is not
    /// verified.
    ///
    /// # Errors
    /// `missing_header`, `ambiguous_header` or `jwt_malformed` where there is
    /// none, and `configuration` for a scheme without tokens.
    pub fn bearer_token<'r>(&self, request: &Request<'r>) -> Result<&'r [u8], Error> {
        let jwt = self.0.proofs.jwt().ok_or_else(|| {
            Error::configuration("this scheme has no bearer token, so nothing to introspect")
        })?;
        match request.headers {
            Headers::Slots(slots) => jwt.token(slots, request.body),
            Headers::Pairs(pairs) => {
                let slots = HeaderSlots::pick(self.0.needs.header_names(), pairs);
                jwt.token(&slots, request.body)
            }
        }
    }

    /// Verifies a request whose token was introspected: `answer` is the JSON
    /// object that the issuer answered with (RFC 7662 section 2.2).
    ///
    /// # Errors
    /// The reason of the rejection; `token_mismatch` where the token is not active.
    pub fn verify_introspected<'r>(
        &'r self,
        request: &Request<'r>,
        answer: &[u8],
    ) -> Result<Verified<'r>, Error> {
        verify::verify(&self.0, request, Some(answer), Now::System)
    }

    /// The same as if it were `now`, in unix seconds.
    ///
    /// # Errors
    /// The reason of the rejection.
    pub fn verify_introspected_at<'r>(
        &'r self,
        request: &Request<'r>,
        answer: &[u8],
        now: i64,
    ) -> Result<Verified<'r>, Error> {
        verify::verify(&self.0, request, Some(answer), Now::At(now))
    }

    /// Decrypts what a delivery carried, where only that was kept: `text` holds
    /// the bytes of the ciphertext, not their base64 or hex. The result, which is
    /// the beginning of the same memory, is what `payload` would be of a text in
    /// UTF-8. It **proves nothing**, and does not replace
    /// [`verify`](Self::verify), which checks all that is configured. What does not
    /// decrypt is overwritten with zeros.
    ///
    /// `iv` is what the delivery said, `None` where it said nothing or the scheme
    /// derives the IV with the key. `cipher` is a name of OpenSSL, e.g.
    /// `aes-256-cbc`; `None` stands for the only one that is allowed.
    ///
    /// # Errors
    /// `decryption_failed` for whatever is wrong with ciphertext, IV or text,
    /// `cipher_not_allowed`, `body_too_large`; `configuration` where this verifier
    /// decrypts nothing, and where IV or cipher do not belong to the scheme.
    pub fn decrypt<'t>(
        &self,
        text: &'t mut [u8],
        iv: Option<&[u8]>,
        cipher: Option<&str>,
    ) -> Result<&'t [u8], Error> {
        self.0.proofs.decrypt(text, iv, cipher)
    }

    /// Signs a request as the provider would: the headers to add to it. For
    /// tests; the request must already carry the headers that the scheme reads,
    /// such as `content-type`.
    ///
    /// # Errors
    /// `configuration` where the id, the timestamp or the key is missing, and
    /// the reason why a receiver would reject the request as it is.
    pub fn sign(
        &self,
        request: &Request<'_>,
        signing: &Signing<'_>,
    ) -> Result<Vec<(String, String)>, Error> {
        verify::sign(&self.0, request, signing)
    }

    /// The id of the scheme.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.0.names.scheme
    }

    /// The lower-case names of the headers this verifier reads; their order is
    /// the order of [`HeaderSlots`](crate::HeaderSlots).
    #[must_use]
    pub fn header_names(&self) -> &[Box<str>] {
        self.0.needs.header_names()
    }

    /// The labels of the keys.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.0.names.key_ids.iter().map(String::as_str)
    }

    /// What each variant of the scheme covers.
    pub fn coverage(&self) -> impl Iterator<Item = &Covers> {
        self.0.names.coverage.iter()
    }

    /// The forms of the URL that are tried, in order.
    #[must_use]
    pub fn url_forms(&self) -> &[&'static str] {
        &self.0.names.url_forms
    }

    /// The names above, for a caller that keeps facts and not the verifier.
    #[must_use]
    pub const fn names(&self) -> &Arc<Names> {
        &self.0.names
    }

    /// Whether a verdict depends on the time: a signed one, or that of a token.
    #[must_use]
    pub fn reads_clock(&self) -> bool {
        let signature = self.0.signature.as_ref();
        signature.is_some_and(SignatureProof::has_time)
            || self.0.proofs.jwt().is_some_and(Jwt::has_claims)
    }

    /// Whether the payload is the decrypted body rather than the body itself.
    #[must_use]
    pub const fn decrypts(&self) -> bool {
        self.0.proofs.decrypts()
    }

    /// Whether public keys verify the deliveries. That takes tens of microseconds
    /// each, where everything else takes about one.
    #[must_use]
    pub fn uses_public_keys(&self) -> bool {
        let signature = self.0.signature.as_ref();
        signature.is_some_and(SignatureProof::uses_public_keys)
            || self.0.proofs.jwt().is_some_and(Jwt::uses_public_keys)
    }

    /// Whether keys have to be fetched, see [`key_request`](Self::key_request).
    #[must_use]
    pub fn has_remote_keys(&self) -> bool {
        self.remote_keys().is_some() || self.certificates().is_some()
    }

    /// The address to fetch keys from now, with HTTP GET and without following
    /// redirects. The library itself opens no connection: where `verify` answers
    /// [`KeyUnavailable`](ErrorCode::KeyUnavailable), ask here, fetch, give the
    /// document to [`supply_keys`](Self::supply_keys), and verify again.
    ///
    /// `None` where the keys are the verifier's own, or where fetching was tried
    /// a moment ago: of a key set the option `jwks_cooldown`, of a certificate that
    /// a request points to a minute, and all certificates share a budget.
    #[must_use]
    pub fn key_request(&self) -> Option<String> {
        match self.certificates() {
            Some(certificates) => certificates.request(),
            None => self.remote_keys()?.request(Instant::now()),
        }
    }

    /// Takes the document that [`key_request`](Self::key_request) named. `Some`
    /// is a further address: the document was the directory of the keys.
    ///
    /// # Errors
    /// `key_unavailable` where the document is not a usable key set or certificate.
    /// The last good one stays.
    pub fn supply_keys(&self, document: &[u8]) -> Result<Option<String>, Error> {
        if let Some(certificates) = self.certificates() {
            return certificates.supply(document).map(|()| None);
        }
        let keys = self
            .remote_keys()
            .ok_or_else(|| Error::configuration("this verifier has its own keys"))?;
        keys.supply(document, Instant::now())
    }

    fn certificates(&self) -> Option<&Certificates> {
        self.0.signature.as_ref()?.fetched_certificates()
    }

    fn remote_keys(&self) -> Option<&RemoteKeys> {
        self.0.proofs.jwt()?.remote_keys()
    }

    /// The longest body of any request that is verified, in bytes: the option
    /// `max_body_bytes`, or what this scheme takes with these keys and ciphers.
    /// Some requests may be longer than others: a form has a lower bound than
    /// JSON, and each cipher its own.
    #[must_use]
    pub const fn max_body_bytes(&self) -> usize {
        self.0.max_body_bytes
    }
}

impl fmt::Debug for Verifier {
    /// Shows the labels of the keys, never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("scheme", &self.0.names.scheme)
            .field("keys", &self.0.names.key_ids)
            .finish_non_exhaustive()
    }
}
