//! A signature over the request: the headers that hold it, the string it was made
//! over, and the keys it may be made with.

mod certified;
pub(crate) mod demands;
mod key;
mod message;
mod oracle;
mod received;
mod replay_key;
pub(crate) mod shadows;
mod sign;
pub(crate) mod values;
pub(crate) mod variant;

use std::borrow::Cow;

use subtle::Choice;

use crate::body_limit::{self, MAX_BODY_BYTES};
use crate::canonical::{Input, Prepared};
use crate::certificates::{Certificates, LABEL};
use crate::clock::Now;
use crate::coverage::{Coverage, Covers};
use crate::detail;
use crate::error::{Error, ErrorCode};
use crate::keyring::{Keyring, MatchedKey};
use crate::options::{OptionReader, OptionValue, TOLERANCE, wrong};
use crate::prepared_request::{Known, PreparedRequest};
use crate::primitives::choice::{any, first};
use crate::primitives::jwt::ClaimValue;
use crate::primitives::mac::{Tag, sha256};
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::sink::{Content as _, Erased, Sink};
use crate::primitives::time::Tolerance;
use crate::primitives::url_form::FormedUrl;
use crate::request::{Header, HeaderSlots, Needs, RequestPlace};
use crate::scheme::{
    ConstantSection, KeySection, SignaturePlan, Site, Slot, StringToSign, TOPIC, Value, Variant,
};

use certified::{Delivery, address};
use demands::Expected;
use key::Key;
use message::{MessageRules, Parts};
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
    /// In the place of keys, which there are none of then.
    certificates: Option<Certificates>,
    /// Of the receiver, in the order of the scheme's sections.
    constants: Vec<Box<[u8]>>,
    /// What the options say that each variant's demands name.
    expected: Vec<Vec<Vec<ClaimValue>>>,
    /// The window of the timestamp, where the scheme has one.
    tolerance: Option<Tolerance>,
    /// The longest body, by variant.
    max_body_bytes: Vec<usize>,
    /// Of HTTP Message Signatures.
    message: MessageRules,
    /// The user gave the keys labels, by which a signature may choose one.
    is_labelled: bool,
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
        mut plan: SignaturePlan,
        section: &KeySection,
        constants: &[ConstantSection],
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let constants = read_constants(constants, options)?;
        let expected = demands::read_expected(&plan.variants, options)?;
        let message = MessageRules::take(&mut plan, options, needs)?;
        plan.algorithm = chosen_algorithm(&plan, options)?;
        let algorithm = plan.algorithm;
        let public = matches!(algorithm, SignatureAlgorithm::PublicKey(_));
        let public = (public && !section.is_public()).then(|| section.public());
        let section = public.as_ref().unwrap_or(section);
        let value = options.take(&section.option)?;
        let is_labelled = matches!(value, Some(OptionValue::Object(_)));
        let shows_secret = plan.variants.iter().any(Variant::mentions_secret);
        let (keys, certificates) = match (value, &plan.certificate) {
            (Some(value), _) => {
                let keys = Keyring::new(section, value, labels, |key| {
                    Key::new(algorithm, key, shows_secret)
                });
                (keys?, None)
            }
            (None, None) => return Err(missing(&section.option, &section.hint)),
            (None, Some(certificate)) => {
                let topics = demands::texts_of(&plan.variants, &expected, TOPIC);
                let function = certificate.function;
                let certificates = Certificates::new(function, algorithm, &topics, options)?;
                (Keyring::elsewhere(LABEL, labels), Some(certificates))
            }
        };
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
            certificates,
            message,
            is_labelled,
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
        let work = work * self.keys.len().max(1) * self.plan.url_forms.len();
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

    /// The certificates that hold the key, where they are fetched.
    pub(crate) fn fetched_certificates(&self) -> Option<&Certificates> {
        let certificates = self.certificates.as_ref();
        certificates.filter(|certificates| certificates.are_fetched())
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
        let label = self.message.label.as_deref();
        received.read(&self.plan, &self.constants, variant, label, request)?;
        let parts = Parts::of(&self.plan, &received.parts);
        if let Some(parts) = &parts {
            self.message.check(parts, &self.plan)?;
        }
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
            self.check_time(timestamp, parts.as_ref(), now)?;
        }
        variant::check_form(self.plan.content_type.as_ref(), variant, request)?;
        let input = Input {
            method: request.method(),
            url: request.url(),
            body: request.body(),
            headers: request.headers(),
            parts: &received.parts,
            timestamp: timestamp_text,
            delivery_id: delivery_id.as_deref().unwrap_or_default(),
            secret: &[],
        };
        let prepared = variant.message.prepare(&input, &|site| values.get(site))?;
        let check_demands = |url: Option<&FormedUrl<'_, '_>>| {
            if let Some(digest) = &prepared.digest {
                digest.check(request.body())?;
            }
            if variant.demands.is_empty() {
                return Ok(());
            }
            let options = self.expected.get(position).map(Vec::as_slice);
            let expected = Expected {
                input: &input,
                url,
                options: options.unwrap_or_default(),
            };
            demands::check(&variant.demands, &values, &expected)
        };
        let found = match (&self.certificates, &self.plan.certificate) {
            (Some(certificates), Some(plan)) => {
                // Nothing is fetched for a request that is rejected anyway.
                check_demands(input.url.map(FormedUrl::as_is).as_ref())?;
                self.check_type(request)?;
                let topic = demands::text_at(&variant.demands, &values, TOPIC)?;
                let delivery = Delivery {
                    variant,
                    input: &input,
                    prepared: &prepared,
                    received: &received,
                    topic: topic.and_then(|it| str::from_utf8(it).ok()),
                };
                let address = address(&plan.site, &values)?;
                self.match_certificates(certificates, &address, &delivery, now)?
            }
            _ => {
                let found = self.find_match(variant, &input, &prepared, &received)?;
                check_demands(found.url.as_ref())?;
                found
            }
        };
        if let Some(shadows) = &variant.shadows {
            shadows::check(shadows, request)?;
        }
        self.check_type(request)?;
        if !is_early {
            self.check_time(timestamp, parts.as_ref(), now)?;
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

    fn check_time(
        &self,
        timestamp: Option<i64>,
        parts: Option<&Parts<'_>>,
        now: Now,
    ) -> Result<(), Error> {
        if let (Some(tolerance), Some(timestamp)) = (&self.tolerance, timestamp) {
            tolerance.check(timestamp, now.seconds()?)?;
        }
        match parts {
            None => Ok(()),
            Some(parts) => message::check_expiry(parts, now.seconds()?),
        }
    }

    /// The key that a signature names; all are tried where it names none.
    fn named_key(&self, received: &Received<'_>) -> Option<usize> {
        if !self.is_labelled {
            return None;
        }
        let named = Parts::of(&self.plan, &received.parts)?.get("keyid")?;
        let mut keys = self.keys.iter();
        keys.position(|key| key.label.as_bytes() == named)
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
        let named = self.named_key(received);
        let hits = self.keys.iter().enumerate().filter_map(|(position, key)| {
            let expected = key.prepared.tag(string_to_sign)?;
            let hit = any(received.tags().map(|tag| tag.ct_eq(&expected)));
            first_tag.get_or_insert(expected);
            let is_asked = named.is_none_or(|named| named == position);
            Some(hit & Choice::from(u8::from(is_asked)))
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
        let message = whole(string_to_sign);
        let named = self.named_key(received);
        let keys = self.keys.iter().enumerate();
        let mut asked = keys.filter(|(position, _)| named.is_none_or(|named| named == *position));
        let (key, _) = asked.find(|(_, key)| {
            let mut signatures = received.signatures().iter();
            let key = &key.prepared;
            signatures.any(|it| key.verify(self.plan.algorithm, &message, it))
        })?;
        Some((key, Tag::from_bytes(&sha256(&[&message]))))
    }
}

/// A string to sign in one piece, as public keys take it.
fn whole(string_to_sign: &StringToSign<'_>) -> Vec<u8> {
    let mut length = Length(0);
    let string_to_sign = Erased(string_to_sign);
    string_to_sign.write(&mut length);
    let mut message = Vec::with_capacity(length.0);
    string_to_sign.write(&mut message);
    message
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

/// The algorithm of the scheme, or of its option.
fn chosen_algorithm(
    plan: &SignaturePlan,
    options: &mut OptionReader,
) -> Result<SignatureAlgorithm, Error> {
    let Some(option) = &plan.algorithm_option else {
        return Ok(plan.algorithm);
    };
    let name = options.choice(&option.option)?;
    let name = name.ok_or_else(|| missing(&option.option, &option.hint))?;
    let mut values = option.values.iter();
    let chosen = values.find(|algorithm| algorithm.name() == name);
    chosen
        .copied()
        .ok_or_else(|| missing(&option.option, &option.hint))
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
