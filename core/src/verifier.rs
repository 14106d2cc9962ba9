//! The verifier: a scheme compiled once with its keys and options.

use core::fmt;
use std::net::IpAddr;
use std::time::Instant;

use crate::clock::Now;
use crate::config::{self, Config};
use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::options::Options;
use crate::outcome::{Covers, Verified};
use crate::primitives::jwt::MAX_LEEWAY_SECONDS;
use crate::primitives::mac::MacKey;
use crate::primitives::time::{MAX_TOLERANCE_SECONDS, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::proof::{Jwt, Proofs};
use crate::remote_keys::RemoteKeys;
use crate::replay_key::ReplayKeys;
use crate::request::{HeaderSlots, Headers, MAX_HEADER_NAMES, Request};
use crate::scheme::{self, Plan, SchemeFile};
use crate::{diagnosis, sign, verify};

/// Proves deliveries of one scheme. Immutable, so threads may share it; keys
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
pub struct Verifier {
    pub(crate) plan: Plan,
    /// The keys of the signature, where the scheme has one.
    pub(crate) keyring: Option<Keyring<MacKey>>,
    pub(crate) proofs: Proofs,
    pub(crate) config: Config,
    pub(crate) replay_keys: ReplayKeys,
    max_body_bytes: usize,
    key_ids: Vec<String>,
    coverage: Vec<Covers>,
    url_form_names: Vec<&'static str>,
}

/// What a signer adds to a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signing<'a> {
    /// The id or nonce; needed where the scheme has one. ASCII.
    pub delivery_id: Option<&'a str>,
    /// Unix seconds; needed where the scheme has a timestamp.
    pub timestamp: Option<i64>,
    /// The label of the key to sign with; the first key when absent.
    pub key_id: Option<&'a str>,
}

impl Verifier {
    /// Compiles a scheme: the id of an embedded one, or, where the text starts
    /// with `{`, a scheme of your own as JSON, in the form of the files in
    /// `core/schemes/`.
    ///
    /// # Errors
    /// `configuration` for an unknown scheme or option, a secret that is empty,
    /// a placeholder or of the wrong kind, and for every fault of a scheme of
    /// your own. The error names the option or the place, never a secret.
    pub fn new(scheme: &str, mut options: Options) -> Result<Self, Error> {
        let text = if scheme.trim_start().starts_with('{') {
            scheme
        } else {
            scheme::find(scheme).ok_or_else(|| unknown_scheme(scheme))?
        };
        let file = SchemeFile::from_json(text)?;
        let mut plan = scheme::compile(&file)?;
        scheme::check_names(&file, &options)?;

        let mut key_ids = Vec::new();
        let keyring = match (&file.key, &plan.signature) {
            (Some(section), Some(signature)) => {
                let secret = options.take(&section.option).ok_or_else(|| {
                    Error::configuration(format!(
                        "option {} is missing: {}",
                        section.option, section.hint
                    ))
                })?;
                let mac = signature.mac;
                let prepare = |key: &[u8]| MacKey::new(mac, key).ok_or("the secret is empty");
                Some(Keyring::new(section, secret, &mut key_ids, prepare)?)
            }
            _ => None,
        };
        let mut proofs = Proofs::new(&file, &mut options, &mut plan, &mut key_ids)?;
        set_tolerance(&mut options, &mut plan, &mut proofs)?;
        let config = Config::new(&mut options, &mut plan, &file.addresses)?;
        if plan.header_names.len() > MAX_HEADER_NAMES {
            return Err(Error::configuration("the scheme reads too many headers"));
        }
        let max_body_bytes = match (&mut plan.signature, &keyring) {
            (Some(signature), Some(keyring)) => {
                signature.limit_bodies(config.max_body_bytes, keyring.len())
            }
            _ => proofs.limit_bodies(config.max_body_bytes),
        };
        let (coverage, url_form_names) = match &plan.signature {
            Some(signature) => (
                signature.variants.iter().map(|it| it.covers).collect(),
                signature.url_forms.iter().map(|form| form.name()).collect(),
            ),
            None => (proofs.coverage(), vec![UrlForm::AsIs.name()]),
        };
        Ok(Self {
            replay_keys: ReplayKeys::of_scheme(&plan.id),
            plan,
            keyring,
            proofs,
            config,
            max_body_bytes,
            key_ids,
            coverage,
            url_form_names,
        })
    }

    /// Verifies a request against the system clock.
    ///
    /// # Errors
    /// The reason of the refusal; see [`ErrorCode`].
    pub fn verify<'r>(&'r self, request: &Request<'r>) -> Result<Verified<'r>, Error> {
        verify::verify(self, request, None, Now::System)
    }

    /// Verifies a request as if it were `now`, in unix seconds.
    ///
    /// # Errors
    /// The reason of the refusal; see [`ErrorCode`].
    pub fn verify_at<'r>(&'r self, request: &Request<'r>, now: i64) -> Result<Verified<'r>, Error> {
        verify::verify(self, request, None, Now::At(now))
    }

    /// Refuses what can be refused without the body, so that nobody has to read
    /// one that cannot count: by method, address, headers and URL. The body of
    /// `request` is not looked at. What passes here is **not verified**.
    ///
    /// # Errors
    /// What [`verify`](Self::verify) would answer, whatever the body is.
    pub fn check_head(&self, request: &Request<'_>) -> Result<(), Error> {
        verify::check_head(self, request, Now::System)
    }

    /// The same as if it were `now`, in unix seconds.
    ///
    /// # Errors
    /// What [`verify_at`](Self::verify_at) would answer, whatever the body is.
    pub fn check_head_at(&self, request: &Request<'_>, now: i64) -> Result<(), Error> {
        verify::check_head(self, request, Now::At(now))
    }

    /// The lower-case names of the headers that [`diagnose`](Self::diagnose)
    /// looks at: those of this verifier, and others that tell why a delivery was
    /// refused, such as `content-encoding` and the signature headers of other
    /// schemes.
    #[must_use]
    pub fn diagnostic_header_names(&self) -> Vec<String> {
        diagnosis::header_names(&self.plan)
    }

    /// What the headers of a refused request show of the cause, to be appended
    /// to [`Error::detail`]: empty, or it begins with a semicolon.
    ///
    /// For a caller that verifies with [`Headers::Slots`]; with
    /// [`Headers::Pairs`] the detail says it already. `headers` are all of them,
    /// or those of [`diagnostic_header_names`](Self::diagnostic_header_names);
    /// of the body the first sixteen bytes are enough. No secret, no byte of the
    /// body and no value of a query parameter is told.
    #[must_use]
    pub fn diagnose(
        &self,
        code: ErrorCode,
        headers: &[(&[u8], &[u8])],
        peer: Option<IpAddr>,
        body: &[u8],
    ) -> String {
        diagnosis::remarks(self, code, headers, peer, body)
    }

    /// Whether the token of each delivery has to be introspected (RFC 7662): the
    /// option `introspection`.
    #[must_use]
    pub fn introspects(&self) -> bool {
        self.proofs.jwt().is_some_and(Jwt::introspects)
    }

    /// The bearer token of a request, to ask its issuer about. It is not
    /// verified.
    ///
    /// # Errors
    /// `missing_header`, `ambiguous_header` or `jwt_malformed` where there is
    /// none, and `configuration` for a scheme without tokens.
    pub fn bearer_token<'r>(&self, request: &Request<'r>) -> Result<&'r [u8], Error> {
        let jwt = self.proofs.jwt().ok_or_else(|| {
            Error::configuration("this scheme has no bearer token, so nothing to introspect")
        })?;
        match request.headers {
            Headers::Slots(slots) => jwt.token(&self.plan, slots),
            Headers::Pairs(pairs) => jwt.token(
                &self.plan,
                &HeaderSlots::pick(&self.plan.header_names, pairs),
            ),
        }
    }

    /// Verifies a request whose token was introspected: `answer` is the JSON
    /// object that the issuer answered with (RFC 7662 section 2.2).
    ///
    /// # Errors
    /// The reason of the refusal; `token_mismatch` where the token is not active.
    pub fn verify_introspected<'r>(
        &'r self,
        request: &Request<'r>,
        answer: &[u8],
    ) -> Result<Verified<'r>, Error> {
        verify::verify(self, request, Some(answer), Now::System)
    }

    /// The same as if it were `now`, in unix seconds.
    ///
    /// # Errors
    /// The reason of the refusal.
    pub fn verify_introspected_at<'r>(
        &'r self,
        request: &Request<'r>,
        answer: &[u8],
        now: i64,
    ) -> Result<Verified<'r>, Error> {
        verify::verify(self, request, Some(answer), Now::At(now))
    }

    /// Decrypts what a delivery carried, where only that was kept: `text` holds
    /// the bytes of the ciphertext, not their base64 or hex. The result, which is
    /// the beginning of the same memory, is what `payload` would be of a text in
    /// UTF-8. It **proves nothing**, and is no substitute for
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
        self.proofs.decrypt(text, iv, cipher)
    }

    /// Signs a request as the provider would: the headers to add to it. For
    /// tests; the request must already carry the headers that the scheme reads,
    /// such as `content-type`.
    ///
    /// # Errors
    /// `configuration` where the id, the timestamp or the key is missing, and
    /// the reason why a receiver would refuse the request as it is.
    pub fn sign(
        &self,
        request: &Request<'_>,
        signing: &Signing<'_>,
    ) -> Result<Vec<(String, String)>, Error> {
        sign::sign(self, request, signing)
    }

    /// The id of the scheme.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.plan.id
    }

    /// The lower-case names of the headers this verifier reads; their order is
    /// the order of [`HeaderSlots`](crate::HeaderSlots).
    #[must_use]
    pub fn header_names(&self) -> &[Box<str>] {
        &self.plan.header_names
    }

    /// The labels of the keys.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.key_ids.iter().map(String::as_str)
    }

    pub(crate) fn key_id(&self, index: usize) -> &str {
        self.key_ids.get(index).map_or("?", String::as_str)
    }

    /// What each variant of the scheme covers.
    pub fn coverage(&self) -> impl Iterator<Item = Covers> {
        self.coverage.iter().copied()
    }

    pub(crate) fn coverage_of(&self, variant: usize) -> Result<Covers, Error> {
        let covers = self.coverage.get(variant).copied();
        covers.ok_or_else(|| Error::new(ErrorCode::Internal, "a variant is missing"))
    }

    /// The forms of the URL that are tried, in order.
    #[must_use]
    pub fn url_forms(&self) -> &[&'static str] {
        &self.url_form_names
    }

    /// Whether the payload is the decrypted body rather than the body itself.
    #[must_use]
    pub const fn decrypts(&self) -> bool {
        self.proofs.decrypts()
    }

    /// Whether public keys verify the deliveries. That takes tens of microseconds
    /// each, where everything else takes about one.
    #[must_use]
    pub fn uses_public_keys(&self) -> bool {
        self.proofs.jwt().is_some_and(Jwt::uses_public_keys)
    }

    /// Whether keys have to be fetched, see [`key_request`](Self::key_request).
    #[must_use]
    pub fn has_remote_keys(&self) -> bool {
        self.remote_keys().is_some()
    }

    /// The address to fetch keys from now, with HTTP GET and without following
    /// redirects. The library itself opens no connection: where `verify` answers
    /// [`KeyUnavailable`](ErrorCode::KeyUnavailable), ask here, fetch, give the
    /// document to [`supply_keys`](Self::supply_keys), and verify again.
    ///
    /// `None` where the keys are the verifier's own, or where fetching was tried
    /// a moment ago (the option `jwks_cooldown`).
    #[must_use]
    pub fn key_request(&self) -> Option<String> {
        self.remote_keys()?.request(Instant::now())
    }

    /// Takes the document that [`key_request`](Self::key_request) named. `Some`
    /// is a further address: the document was the directory of the keys.
    ///
    /// # Errors
    /// `key_unavailable` where it is no usable key set. The last good one stays.
    pub fn supply_keys(&self, document: &[u8]) -> Result<Option<String>, Error> {
        let keys = self
            .remote_keys()
            .ok_or_else(|| Error::configuration("this verifier has its own keys"))?;
        keys.supply(document, Instant::now())
    }

    fn remote_keys(&self) -> Option<&RemoteKeys> {
        self.proofs.jwt()?.remote_keys()
    }

    /// The longest body of any request that is verified, in bytes: the option
    /// `max_body_bytes`, or what this scheme takes with these keys and ciphers.
    /// Some requests may be longer than others: a form has a lower bound than
    /// JSON, and each cipher its own.
    #[must_use]
    pub const fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }
}

impl fmt::Debug for Verifier {
    /// Shows the labels of the keys, never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("scheme", &self.plan.id)
            .field("keys", &self.key_ids)
            .finish_non_exhaustive()
    }
}

/// The option `tolerance` is the window of a signed time, or the difference
/// that the clocks behind a token may have.
fn set_tolerance(options: &mut Options, plan: &mut Plan, proofs: &mut Proofs) -> Result<(), Error> {
    let signature = plan.signature.as_mut();
    if let Some(rule) = signature.and_then(|signature| signature.timestamp.as_mut()) {
        if let Some(seconds) = config::tolerance(options, MAX_TOLERANCE_SECONDS)? {
            rule.tolerance = Tolerance {
                past: seconds,
                future: seconds,
            };
        }
    } else if let Some(jwt) = proofs.jwt_mut() {
        if let Some(seconds) = config::tolerance(options, MAX_LEEWAY_SECONDS)? {
            jwt.set_leeway(seconds);
        }
    } else if config::tolerance(options, MAX_TOLERANCE_SECONDS)?.is_some() {
        return Err(scheme::no_time());
    }
    Ok(())
}

fn unknown_scheme(id: &str) -> Error {
    // A secret passed by mistake in place of the id must not reach a log.
    let shown = if id.len() <= 64
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    {
        id
    } else {
        "(not a kebab-case name)"
    };
    Error::configuration(format!(
        "scheme {shown} is unknown; schemes() lists those there are"
    ))
}
