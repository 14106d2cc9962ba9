//! A signature over the request: the headers that hold it, the string it was made
//! over, and the keys it may be made with.

mod received;
mod replay_key;
mod sign;
mod variant;

use crate::body_limit::{self, MAX_BODY_BYTES};
use crate::canonical::{Input, Prepared};
use crate::clock::Now;
use crate::coverage::{Coverage, Covers};
use crate::detail;
use crate::error::Error;
use crate::keyring::{Keyring, MatchedKey};
use crate::options::{OptionReader, TOLERANCE, wrong};
use crate::prepared_request::PreparedRequest;
use crate::primitives::choice::{any, first};
use crate::primitives::mac::{Tag, sha256};
use crate::primitives::signature::{SignatureAlgorithm, SignatureKey};
use crate::primitives::sink::{Content as _, Sink};
use crate::primitives::spki;
use crate::primitives::time::Tolerance;
use crate::request::{Header, HeaderSlots};
use crate::scheme::{KeySection, SignaturePlan, StringToSign, Variant};

use received::Received;

pub(crate) use replay_key::ReplayKeys;
pub use replay_key::{MessageIdentity, ReplayKey};
pub use sign::Signing;

/// Keys times forms of the URL. Each is tried with up to four signatures, of which
/// one takes as long as a hundred MACs.
const MAX_PUBLIC_KEY_TRIES: usize = 16;

/// What a scheme signs, and the keys that are accepted.
#[derive(Debug)]
pub(crate) struct SignatureProof {
    plan: SignaturePlan,
    keys: Keyring<SignatureKey>,
    /// The window of the timestamp, where the scheme has one.
    tolerance: Option<Tolerance>,
    /// The longest body, by variant.
    max_body_bytes: Vec<usize>,
}

/// What a signature proves.
pub(crate) struct Signed<'r> {
    pub(crate) key: MatchedKey,
    pub(crate) timestamp: Option<i64>,
    pub(crate) delivery_id: Option<&'r [u8]>,
    pub(crate) identity: MessageIdentity,
    pub(crate) variant: usize,
    pub(crate) covers: Covers,
    pub(crate) url_form: usize,
}

impl SignatureProof {
    /// Takes the option of the keys, and adds their labels.
    pub(crate) fn new(
        plan: SignaturePlan,
        section: &KeySection,
        options: &mut OptionReader,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let value = options.take(&section.option)?.ok_or_else(|| {
            Error::configuration(format!(
                "option {} is missing: {}",
                section.option, section.hint
            ))
        })?;
        let algorithm = plan.algorithm;
        let keys = Keyring::new(section, value, labels, |key| prepare(algorithm, key))?;
        let forms = plan.url_forms.len();
        if section.is_public() && keys.len() * forms > MAX_PUBLIC_KEY_TRIES {
            let most = MAX_PUBLIC_KEY_TRIES / forms;
            let what =
                format!("at most {most} keys, for each is tried with {forms} forms of the URL");
            return Err(wrong(&section.option, &what));
        }
        Ok(Self {
            tolerance: plan.timestamp.as_ref().map(|rule| rule.tolerance),
            max_body_bytes: vec![MAX_BODY_BYTES; plan.variants.len()],
            plan,
            keys,
        })
    }

    /// Takes the option `tolerance`, where the scheme signs a time. Returns whether
    /// it does.
    pub(crate) fn take_tolerance(&mut self, options: &mut OptionReader) -> Result<bool, Error> {
        let Some(tolerance) = &mut self.tolerance else {
            return Ok(false);
        };
        if let Some(seconds) = options.number(TOLERANCE)? {
            (tolerance.past, tolerance.future) = (seconds, seconds);
        }
        Ok(true)
    }

    /// Sets how long bodies may be: what the user chose, or what so many keys can
    /// be tried with. Returns the longest of all.
    pub(crate) fn limit_bodies(&mut self, chosen: Option<usize>) -> usize {
        let work = match self.plan.algorithm {
            SignatureAlgorithm::Mac(mac) => mac.work(),
            SignatureAlgorithm::PublicKey(algorithm) => {
                received::most_signatures(&self.plan) * algorithm.work()
            }
        };
        let work = work * self.keys.len() * self.plan.url_forms.len();
        let usual = |variant: &Variant| variant.message.usual_body(work);
        let limit = |variant: &Variant| chosen.unwrap_or_else(|| usual(variant));
        self.max_body_bytes = self.plan.variants.iter().map(limit).collect();
        let limits = self.max_body_bytes.iter().copied();
        limits.max().unwrap_or(MAX_BODY_BYTES)
    }

    /// The headers that signatures stand in.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &Header> {
        self.plan.variants.iter().flat_map(|variant| &variant.from)
    }

    /// What each variant covers.
    pub(crate) fn coverage(&self) -> Vec<Covers> {
        self.plan.variants.iter().map(|it| it.covers).collect()
    }

    pub(crate) fn url_forms(&self) -> Vec<&'static str> {
        let forms = self.plan.url_forms.iter();
        forms.map(|form| form.name()).collect()
    }

    /// Whether a delivery says when it was made, and that is checked.
    pub(crate) const fn has_time(&self) -> bool {
        self.tolerance.is_some()
    }

    pub(crate) const fn uses_public_keys(&self) -> bool {
        matches!(self.plan.algorithm, SignatureAlgorithm::PublicKey(_))
    }

    /// A request without any signature needs no further look.
    ///
    /// # Errors
    /// `missing_header`.
    #[inline]
    pub(crate) fn check_presence(&self, headers: &HeaderSlots<'_>) -> Result<(), Error> {
        received::check_presence(&self.plan, headers)
    }

    /// Verifies the signature of a request.
    #[inline]
    pub(crate) fn verify<'r>(
        &self,
        request: &PreparedRequest<'r, '_>,
        now: Now,
    ) -> Result<Signed<'r>, Error> {
        let (position, variant) = variant::choose(&self.plan, request)?;
        self.check_length(position, request)?;
        let headers = request.headers();
        let mut received = Received::default();
        let received_timestamp = received.read(&self.plan, variant, headers)?;
        let delivery_id = match &variant.delivery_id {
            Some(header) => header.required(headers)?,
            None => &[],
        };
        if let Some(rule) = &variant.id_rule {
            rule.check(delivery_id)?;
        }
        let timestamp = match &self.plan.timestamp {
            Some(rule) => Some(rule.format.parse(received_timestamp)?),
            None => None,
        };
        // What is too old costs no public key anything.
        let is_early = self.uses_public_keys();
        if is_early {
            self.check_time(timestamp, now)?;
        }
        variant::check_form(&self.plan, variant, request)?;
        let input = Input {
            method: request.method(),
            url: request.url(),
            body: request.body(),
            timestamp: received_timestamp,
            delivery_id,
        };
        let prepared = variant.message.prepare(&input)?;
        let found = self.find_match(variant, &input, &prepared, &received)?;
        variant.check_boundaries(&input, &prepared)?;
        if let Some(digest) = &variant.body_digest {
            variant::check_digest(digest, request)?;
        }
        if !is_early {
            self.check_time(timestamp, now)?;
        }
        Ok(Signed {
            key: self.keys.matched(found.key),
            timestamp,
            delivery_id: (variant.covers.delivery_id == Coverage::Signed).then_some(delivery_id),
            identity: MessageIdentity(found.identity),
            variant: position,
            covers: variant.covers,
            url_form: found.url_form,
        })
    }

    fn check_length(
        &self,
        position: usize,
        request: &PreparedRequest<'_, '_>,
    ) -> Result<(), Error> {
        let limit = self.max_body_bytes.get(position).copied();
        body_limit::check(request.body().len(), limit.unwrap_or_default())
    }

    fn check_time(&self, timestamp: Option<i64>, now: Now) -> Result<(), Error> {
        match (&self.tolerance, timestamp) {
            (Some(tolerance), Some(timestamp)) => tolerance.check(timestamp, now.seconds()?),
            _ => Ok(()),
        }
    }

    /// Tries the forms of the URL in order, and for each all keys against all
    /// signatures.
    fn find_match(
        &self,
        variant: &Variant,
        input: &Input<'_>,
        prepared: &Prepared,
        received: &Received,
    ) -> Result<Match, Error> {
        for (url_form, form) in self.plan.url_forms.iter().enumerate() {
            let url = match input.url.map(|url| form.apply(url)) {
                Some(None) => continue,
                url => url.flatten(),
            };
            let string_to_sign = StringToSign {
                message: &variant.message,
                input,
                url: url.as_ref(),
                prepared,
            };
            let matched = match self.plan.algorithm {
                SignatureAlgorithm::Mac(_) => self.match_macs(received, &string_to_sign),
                SignatureAlgorithm::PublicKey(_) => {
                    self.match_public_keys(received, &string_to_sign)
                }
            };
            if let Some((key, identity)) = matched {
                return Ok(Match {
                    key,
                    url_form,
                    identity,
                });
            }
        }
        let labels = self.keys.iter().map(|key| key.label.as_str());
        let noun = if self.uses_public_keys() {
            "public key"
        } else {
            "secret"
        };
        Err(detail::no_match(noun, variant.covers, input.url, labels))
    }

    /// The first key under which any of the tags is right, and the tag under the
    /// first key. All are compared, without an early exit.
    fn match_macs(
        &self,
        received: &Received,
        string_to_sign: &StringToSign<'_>,
    ) -> Option<(usize, Tag)> {
        let mut first_tag = None;
        let hits = self.keys.iter().filter_map(|key| {
            let expected = key.prepared.tag(string_to_sign)?;
            let hit = any(received.tags().map(|tag| tag.ct_eq(&expected)));
            first_tag.get_or_insert(expected);
            Some(hit)
        });
        let key = first(hits)?;
        first_tag.map(|first_tag| (key, first_tag))
    }

    /// The first key under which any of the signatures is right, and the digest of
    /// the string to sign: a signature of a key pair can be rewritten, so it is not
    /// an identity. Nothing here is secret, so the first match ends it.
    #[inline(never)]
    fn match_public_keys(
        &self,
        received: &Received,
        string_to_sign: &StringToSign<'_>,
    ) -> Option<(usize, Tag)> {
        let mut length = Length(0);
        string_to_sign.write(&mut length);
        let mut message = Vec::with_capacity(length.0);
        string_to_sign.write(&mut message);
        let key = self.keys.iter().position(|key| {
            let mut signatures = received.signatures().iter();
            let key = &key.prepared;
            signatures.any(|it| key.verify(self.plan.algorithm, &message, it))
        })?;
        Some((key, Tag::from_bytes(&sha256(&[&message]))))
    }
}

/// Measures what is written, so that it is assembled without any copy.
struct Length(usize);

impl Sink for Length {
    fn write(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// Which key and which form of the URL matched.
struct Match {
    key: usize,
    url_form: usize,
    identity: Tag,
}

/// The key of an option: a secret, or the bytes of a public key.
fn prepare(algorithm: SignatureAlgorithm, key: &[u8]) -> Result<SignatureKey, &'static str> {
    let prepared = match algorithm {
        SignatureAlgorithm::Mac(mac) => SignatureKey::mac(mac, key)?,
        // An Ed25519 key as providers print it (RFC 8032 section 5.1.5).
        SignatureAlgorithm::PublicKey(_) if key.len() == 32 => SignatureKey::ed25519(key)?,
        SignatureAlgorithm::PublicKey(_) => spki::parse(key)?,
    };
    if prepared.fits(algorithm) {
        Ok(prepared)
    } else {
        Err("it is a key of another algorithm than the scheme's")
    }
}
