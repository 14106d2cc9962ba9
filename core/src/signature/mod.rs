//! A signature over the request: the headers that hold it, the string it was made
//! over, and the keys it may be made with.

pub(crate) mod demands;
mod key;
mod oracle;
mod received;
mod replay_key;
pub(crate) mod shadows;
mod sign;
pub(crate) mod values;
pub(crate) mod variant;

use std::borrow::Cow;

use crate::body_limit::{self, MAX_BODY_BYTES};
use crate::canonical::{Input, Prepared};
use crate::clock::Now;
use crate::coverage::{Coverage, Covers};
use crate::detail;
use crate::error::{Error, ErrorCode};
use crate::keyring::{Keyring, MatchedKey};
use crate::options::{OptionReader, TOLERANCE, wrong};
use crate::prepared_request::{Known, PreparedRequest};
use crate::primitives::choice::{any, first};
use crate::primitives::jwt::ClaimValue;
use crate::primitives::mac::{Tag, sha256};
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::sink::{Content as _, Erased, Sink};
use crate::primitives::time::Tolerance;
use crate::primitives::url_form::FormedUrl;
use crate::request::{Header, HeaderSlots, RequestPlace};
use crate::scheme::{
    ConstantSection, KeySection, SignaturePlan, Site, Slot, StringToSign, Value, Variant,
};

use demands::Expected;
use key::Key;
use received::Received;

pub(crate) use replay_key::ReplayKeys;
pub use replay_key::{MessageIdentity, ReplayKey};
pub use sign::Signing;
pub(crate) use values::Values;
pub(crate) use variant::{any_holds, any_may_hold};

/// Keys times forms of the URL. Each is tried with up to four signatures, of which
/// one takes as long as a hundred MACs.
const MAX_PUBLIC_KEY_TRIES: usize = 16;

/// What a scheme signs, and the keys that are accepted.
#[derive(Debug)]
pub(crate) struct SignatureProof {
    plan: SignaturePlan,
    keys: Keyring<Key>,
    /// Of the receiver, in the order of the scheme's sections.
    constants: Vec<Box<[u8]>>,
    /// What the options say that each variant's demands name.
    expected: Vec<Vec<Vec<ClaimValue>>>,
    /// The window of the timestamp, where the scheme has one.
    tolerance: Option<Tolerance>,
    /// The longest body, by variant.
    max_body_bytes: Vec<usize>,
}

/// What a signature proves.
pub(crate) struct Signed<'r> {
    pub(crate) key: MatchedKey,
    pub(crate) timestamp: Option<i64>,
    pub(crate) delivery_id: Option<Cow<'r, [u8]>>,
    pub(crate) event_type: Option<Cow<'r, [u8]>>,
    pub(crate) identity: MessageIdentity,
    pub(crate) variant: usize,
    pub(crate) url_form: usize,
}

impl SignatureProof {
    /// Takes the option of the keys, and adds their labels.
    pub(crate) fn new(
        plan: SignaturePlan,
        section: &KeySection,
        constants: &[ConstantSection],
        options: &mut OptionReader,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let constants = read_constants(constants, options)?;
        let expected = demands::read_expected(&plan.variants, options)?;
        let value = options.take(&section.option)?;
        let value = value.ok_or_else(|| missing(&section.option, &section.hint))?;
        let algorithm = plan.algorithm;
        let shows_secret = plan.variants.iter().any(Variant::mentions_secret);
        let keys = Keyring::new(section, value, labels, |key| {
            Key::new(algorithm, key, shows_secret)
        })?;
        let forms = plan.url_forms.len();
        if section.is_public() && keys.len() * forms > MAX_PUBLIC_KEY_TRIES {
            let most = MAX_PUBLIC_KEY_TRIES / forms;
            let what =
                format!("at most {most} keys, for each is tried with {forms} forms of the URL");
            return Err(wrong(&section.option, &what));
        }
        Ok(Self {
            constants,
            expected,
            tolerance: plan.time.as_ref().map(|rule| rule.tolerance),
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
            SignatureAlgorithm::PublicKey(algorithm) => {
                received::most_signatures(&self.plan) * algorithm.work()
            }
            algorithm => algorithm.work(),
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
        let sites = self.plan.variants.iter().flat_map(|variant| &variant.from);
        sites.filter_map(|site| match &site.slot {
            Slot::Request(RequestPlace::Header(header)) => Some(header),
            _ => None,
        })
    }

    /// What each variant covers.
    pub(crate) fn coverage(&self) -> Vec<Covers> {
        self.plan
            .variants
            .iter()
            .map(|it| it.covers.clone())
            .collect()
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

    /// Whether a request has something in a place of the signature, as far as it is
    /// known.
    pub(crate) fn is_shown(&self, request: &PreparedRequest<'_, '_>, known: Known) -> bool {
        let mut sites = self.plan.variants.iter().flat_map(|variant| &variant.from);
        sites.any(|site| match &site.slot {
            Slot::Request(place) => request.shows(place, known),
            Slot::Part(_) | Slot::Claim(_) | Slot::Constant(_) => false,
        })
    }

    /// Verifies the signature of a request.
    #[inline]
    pub(crate) fn verify<'r>(
        &self,
        request: &PreparedRequest<'r, '_>,
        now: Now,
    ) -> Result<Signed<'r>, Error> {
        let (position, variant) = self.variant(request)?;
        self.check_length(position, request)?;
        let mut received = Received::default();
        received.read(&self.plan, &self.constants, variant, request)?;
        let values = Values {
            request,
            parts: &received.parts,
            claims: None,
            constants: &self.constants,
        };
        let timestamp_text = match &variant.timestamp {
            Some(site) => timestamp_text(site, &values)?,
            None => &[],
        };
        let delivery_id = delivery_id(variant, &values)?;
        let timestamp = match &self.plan.time {
            Some(rule) => Some(rule.format.parse(timestamp_text)?),
            None => None,
        };
        // What is too old costs no public key anything.
        let is_early = self.uses_public_keys();
        if is_early {
            self.check_time(timestamp, now)?;
        }
        variant::check_form(self.plan.content_type.as_ref(), variant, request)?;
        let input = Input {
            method: request.method(),
            url: request.url(),
            body: request.body(),
            timestamp: timestamp_text,
            delivery_id: delivery_id.as_deref().unwrap_or_default(),
            secret: &[],
        };
        let prepared = variant.message.prepare(&input, &|site| values.get(site))?;
        let found = self.find_match(variant, &input, &prepared, &received)?;
        if !variant.demands.is_empty() {
            let expected = Expected {
                input: &input,
                url: found.url.as_ref(),
                options: self
                    .expected
                    .get(position)
                    .map(Vec::as_slice)
                    .unwrap_or_default(),
            };
            demands::check(&variant.demands, &values, &expected)?;
        }
        if let Some(shadows) = &variant.shadows {
            shadows::check(shadows, request)?;
        }
        self.check_type(request)?;
        if !is_early {
            self.check_time(timestamp, now)?;
        }
        let event_type = match &variant.event_type {
            Some(site) => values.fact(site)?,
            None => None,
        };
        let is_fact = variant.covers.delivery_id == Coverage::Signed;
        Ok(Signed {
            key: self.keys.matched(found.key),
            timestamp,
            identity: MessageIdentity(found.identity),
            variant: position,
            url_form: found.url_form,
            delivery_id: delivery_id.filter(|_| is_fact),
            event_type,
        })
    }

    fn variant(&self, request: &PreparedRequest<'_, '_>) -> Result<(usize, &Variant), Error> {
        let content_type = self.plan.content_type.as_ref();
        variant::choose(&self.plan.variants, content_type, request)
    }

    fn check_length(
        &self,
        position: usize,
        request: &PreparedRequest<'_, '_>,
    ) -> Result<(), Error> {
        let limit = self.max_body_bytes.get(position).copied();
        body_limit::check(request.body().len(), limit.unwrap_or_default())
    }

    /// Nothing signs the content type: it must not hide the JSON that decides.
    fn check_type(&self, request: &PreparedRequest<'_, '_>) -> Result<(), Error> {
        if self.plan.reads_json && request.hides_json() {
            return Err(Error::new(
                ErrorCode::BodyMismatch,
                "the body is JSON, and its content type says something else",
            ));
        }
        Ok(())
    }

    fn check_time(&self, timestamp: Option<i64>, now: Now) -> Result<(), Error> {
        match (&self.tolerance, timestamp) {
            (Some(tolerance), Some(timestamp)) => tolerance.check(timestamp, now.seconds()?),
            _ => Ok(()),
        }
    }

    /// Tries the forms of the URL in order, and for each all keys against all
    /// signatures.
    fn find_match<'u>(
        &self,
        variant: &Variant,
        input: &Input<'u>,
        prepared: &Prepared<'_>,
        received: &Received<'_>,
    ) -> Result<Match<'u>, Error> {
        for (url_form, form) in self.plan.url_forms.iter().enumerate() {
            input.url.map_or(Ok(()), |url| form.check(url))?;
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
                SignatureAlgorithm::PublicKey(_) => {
                    self.match_public_keys(received, &string_to_sign)
                }
                SignatureAlgorithm::Mac(_) | SignatureAlgorithm::Hash(_) => {
                    self.match_tags(received, &string_to_sign)
                }
            };
            if let Some((key, identity)) = matched {
                string_to_sign.check_boundaries()?;
                if let SignatureAlgorithm::Hash(_) = self.plan.algorithm {
                    string_to_sign.check_extension()?;
                }
                self.check_not_answered(&string_to_sign)?;
                return Ok(Match {
                    key,
                    url_form,
                    url,
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
        Err(detail::no_match(noun, &variant.covers, input.url, labels))
    }

    /// The first key under which any of the tags is right, and the tag under the
    /// first key. All are compared, without an early exit.
    fn match_tags(
        &self,
        received: &Received<'_>,
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
        received: &Received<'_>,
        string_to_sign: &StringToSign<'_>,
    ) -> Option<(usize, Tag)> {
        let mut length = Length(0);
        let string_to_sign = Erased(string_to_sign);
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
struct Match<'u> {
    key: usize,
    url_form: usize,
    url: Option<FormedUrl<'u, 'u>>,
    identity: Tag,
}

/// The time as received.
fn timestamp_text<'p>(site: &Site, values: &Values<'p, '_, '_>) -> Result<&'p [u8], Error> {
    if let Slot::Request(RequestPlace::Header(header)) = &site.slot {
        return header.required(values.request.headers());
    }
    let missing = || match &site.slot {
        Slot::Part(_) => Error::new(
            ErrorCode::MalformedHeader,
            "the signature header has no timestamp",
        ),
        _ => absent(site),
    };
    match values.get(site)?.ok_or_else(missing)? {
        Value::Text(text) | Value::Number(text) => Ok(text),
        Value::Boolean(_) | Value::Other => Err(Error::new(
            ErrorCode::MalformedTimestamp,
            format!("what stands at {} is no time", site.place),
        )),
    }
}

/// The id: one that the string to sign mentions has to be there, and be one.
fn delivery_id<'r>(
    variant: &Variant,
    values: &Values<'_, 'r, '_>,
) -> Result<Option<Cow<'r, [u8]>>, Error> {
    let Some(site) = &variant.delivery_id else {
        return Ok(None);
    };
    let id = values.fact(site)?;
    match (&variant.id_rule, &id) {
        (Some(_), None) => Err(absent(site)),
        (Some(rule), Some(id)) => rule.check(id).map(|()| Some(id.clone())),
        (None, _) => Ok(id),
    }
}

#[cold]
fn absent(site: &Site) -> Error {
    match &site.slot {
        Slot::Request(RequestPlace::Header(header)) => header.missing(),
        _ => Error::new(
            ErrorCode::MissingHeader,
            format!("{} is absent or empty", site.place),
        ),
    }
}

/// Constants that templates and patterns mention.
fn read_constants(
    sections: &[ConstantSection],
    options: &mut OptionReader,
) -> Result<Vec<Box<[u8]>>, Error> {
    let read = |section: &ConstantSection| {
        let text = options.text(&section.name)?.filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| missing(&section.name, &section.hint))?;
        Ok(text.into_bytes().into())
    };
    sections.iter().map(read).collect()
}

#[cold]
fn missing(option: &str, hint: &str) -> Error {
    Error::configuration(format!("option {option} is missing: {hint}"))
}
