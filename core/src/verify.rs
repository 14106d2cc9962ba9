//! Walking the plan: from a request to a proof, or a reason why not.

use std::borrow::Cow;

use subtle::{Choice, ConditionallySelectable as _};

use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::outcome::{Coverage, MatchedKey, Verified};
use crate::primitives::form::{self, Pairs};
use crate::primitives::mac::{Tag, sha256};
use crate::primitives::url::Url;
use crate::primitives::url_form::UrlForm;
use crate::request::{HeaderSlots, HeaderValue, Headers, Request};
use crate::scheme::{BodyDigest, Condition, Input, Plan, Prepared, StringToSign, Variant};
use crate::signature_header::{self, Received};
use crate::verifier::Verifier;

/// Verifies one request as if it were `now`.
pub(crate) fn verify<'r>(
    verifier: &'r Verifier,
    request: &Request<'r>,
    now: i64,
) -> Result<Verified<'r>, Error> {
    let plan = &verifier.plan;
    let picked;
    let headers = match request.headers {
        Headers::Slots(slots) => slots,
        Headers::Pairs(pairs) => {
            picked = HeaderSlots::pick(&plan.header_names, pairs);
            &picked
        }
    };
    let subject = Subject::new(verifier, request, headers)?;
    let (position, variant) = subject.choose_variant(plan)?;

    let received = signature_header::read(plan, variant, headers)?;
    let delivery_id = match variant.delivery_id {
        Some(slot) => signature_header::required(plan, headers, slot)?,
        None => &[],
    };
    let timestamp = plan
        .timestamp
        .as_ref()
        .map(|rule| rule.format.parse(received.timestamp))
        .transpose()?;

    subject.check_form(plan, variant)?;
    let input = subject.input(received.timestamp, delivery_id);
    let prepared = variant.message.prepare(&input)?;
    let found = find_match(verifier, variant, &input, &prepared, &received)?;
    if let Some(digest) = &variant.body_digest {
        subject.check_body_digest(digest)?;
    }
    if let (Some(rule), Some(timestamp)) = (&plan.timestamp, timestamp) {
        rule.tolerance.check(timestamp, now)?;
    }

    let key = verifier
        .keyring
        .get(found.key)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "a key is missing"))?;
    Ok(Verified {
        scheme: &plan.id,
        payload: Cow::Borrowed(request.body),
        key: MatchedKey::Own {
            index: found.key,
            label: &key.label,
        },
        timestamp,
        delivery_id: (variant.covers.delivery_id == Coverage::Signed).then_some(delivery_id),
        first_tag: Some(found.first_tag),
        claims: None,
        variant: position,
        covers: variant.covers,
        url_form: found.url_form,
        url_form_name: found.url_form_name,
    })
}

/// A request with its URL resolved and its method normalised.
#[derive(Debug)]
pub(crate) struct Subject<'r, 'h> {
    method: Cow<'r, [u8]>,
    url: Option<Url<'r>>,
    query: Option<Pairs>,
    headers: &'h HeaderSlots<'r>,
    body: &'r [u8],
}

impl<'r, 'h> Subject<'r, 'h> {
    /// Everything that is refused before a signature is looked at.
    pub(crate) fn new(
        verifier: &'r Verifier,
        request: &Request<'r>,
        headers: &'h HeaderSlots<'r>,
    ) -> Result<Self, Error> {
        let (plan, config) = (&verifier.plan, &verifier.config);
        if request.body.len() > config.max_body_bytes {
            return Err(Error::new(
                ErrorCode::BodyTooLarge,
                format!(
                    "the body has {} bytes, {} are allowed",
                    request.body.len(),
                    config.max_body_bytes
                ),
            ));
        }
        if let Some(allowed) = &config.allowed_ips
            && !request.peer.is_some_and(|peer| allowed.contains(peer))
        {
            return Err(Error::new(
                ErrorCode::IpNotAllowed,
                "the peer's address is unknown or not in allowed_ips",
            ));
        }
        let method = upper_case(request.method)?;
        let is_method = |name: &str| name.as_bytes() == method.as_ref();
        if !plan.methods.is_empty() && !plan.methods.iter().any(|name| is_method(name.as_str())) {
            return Err(Error::new(
                ErrorCode::MethodNotAllowed,
                "the scheme is not defined for this HTTP method",
            ));
        }
        let url = (plan.reads_url || config.reads_url())
            .then(|| {
                config
                    .url_policy
                    .resolve(request.url, headers, request.peer)
            })
            .transpose()?;
        if config.require_https && !url.as_ref().is_some_and(Url::is_secure) {
            return Err(Error::new(
                ErrorCode::InsecureTransport,
                "the delivery came over plain HTTP",
            ));
        }
        let query = plan
            .looks_up_query
            .then(|| Pairs::parse(url.as_ref().map(Url::raw_query).unwrap_or_default()))
            .transpose()?;
        Ok(Self {
            method,
            url,
            query,
            headers,
            body: request.body,
        })
    }

    /// The first variant whose conditions hold.
    pub(crate) fn choose_variant<'p>(&self, plan: &'p Plan) -> Result<(usize, &'p Variant), Error> {
        plan.variants
            .iter()
            .enumerate()
            .find(|(_, variant)| {
                variant.when.is_empty()
                    || variant
                        .when
                        .iter()
                        .any(|all| all.iter().all(|condition| self.holds(plan, condition)))
            })
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::BodyMismatch,
                    "the scheme signs nothing of a request of this kind: check method, content \
                     type and body",
                )
            })
    }

    fn holds(&self, plan: &Plan, condition: &Condition) -> bool {
        match condition {
            Condition::Method(method) => method.as_str().as_bytes() == self.method.as_ref(),
            Condition::BodyEmpty(empty) => self.body.is_empty() == *empty,
            Condition::ContentTypeForm => self.content_type(plan).is_some_and(form::is_form),
            Condition::ContentType(wanted) => self.content_type(plan).is_some_and(|value| {
                let essence = value.split(|&byte| byte == b';').next().unwrap_or_default();
                essence.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
            }),
            Condition::Header { slot, present } => {
                (self.headers.get(*slot) != HeaderValue::Absent) == *present
            }
            Condition::Query { name, present } => {
                let query = self.query.as_ref();
                query.is_some_and(|query| query.values(name).next().is_some()) == *present
            }
        }
    }

    /// The content type, where it is there once. A conflicting one is no type.
    fn content_type(&self, plan: &Plan) -> Option<&'r [u8]> {
        match self.headers.get(plan.content_type?) {
            HeaderValue::One(value) => Some(value),
            HeaderValue::Absent | HeaderValue::Conflicting => None,
        }
    }

    /// A body that is read as a form must not be handed on as something else:
    /// an application would parse other values out of it than were signed.
    pub(crate) fn check_form(&self, plan: &Plan, variant: &Variant) -> Result<(), Error> {
        if self.body.is_empty() || !variant.message.reads_form() {
            return Ok(());
        }
        let slot = plan.content_type.map(|slot| self.headers.get(slot));
        match slot {
            None | Some(HeaderValue::Absent) => Ok(()),
            Some(HeaderValue::One(value)) if form::is_form(value) => Ok(()),
            Some(_) => Err(Error::new(
                ErrorCode::SignatureMismatch,
                "the body is not form-encoded, and only form parameters are signed",
            )),
        }
    }

    pub(crate) fn input<'c>(&'c self, timestamp: &'c [u8], delivery_id: &'c [u8]) -> Input<'c> {
        Input {
            method: &self.method,
            url: self.url.as_ref(),
            body: self.body,
            timestamp,
            delivery_id,
        }
    }

    /// Compares the signed digest of the body with the body.
    pub(crate) fn check_body_digest(&self, digest: &BodyDigest) -> Result<(), Error> {
        let expected = sha256(&[self.body]);
        let query = self.query.iter();
        let mut values = query.flat_map(|query| query.values(&digest.query));
        let signed = match (values.next(), values.next()) {
            (Some(value), None) => digest.encoding.decode_tag(value, expected.len()),
            _ => None,
        };
        let is_equal =
            signed.is_some_and(|signed| signed.ct_eq(&Tag::from_bytes(&expected)).into());
        if is_equal {
            Ok(())
        } else {
            Err(Error::new(
                ErrorCode::BodyMismatch,
                "the digest of the body is not the one that was signed",
            ))
        }
    }
}

/// Which key and which form of the URL matched.
struct Match {
    key: usize,
    url_form: usize,
    url_form_name: &'static str,
    /// The tag under the first key, whichever key matched.
    first_tag: Tag,
}

/// Tries the forms of the URL in order, and for each all keys against all
/// signatures without an early exit.
fn find_match(
    verifier: &Verifier,
    variant: &Variant,
    input: &Input<'_>,
    prepared: &Prepared,
    received: &Received<'_>,
) -> Result<Match, Error> {
    for (position, form) in verifier.plan.url_forms.iter().enumerate() {
        let changed;
        let url = match (form, input.url) {
            (UrlForm::AsIs, url) => url,
            (form, Some(url)) => match form.apply(url) {
                Some(url) => {
                    changed = url;
                    Some(&changed)
                }
                None => continue,
            },
            (_, None) => continue,
        };
        let string_to_sign = StringToSign {
            message: &variant.message,
            input,
            url,
            prepared,
        };
        let matched = match_keys(&verifier.keyring, &received.tags, &string_to_sign);
        if let Some((key, first_tag)) = matched {
            return Ok(Match {
                key,
                url_form: position,
                url_form_name: form.name(),
                first_tag,
            });
        }
    }
    Err(Error::new(
        ErrorCode::SignatureMismatch,
        "no signature matches: check the secret, the URL as the provider calls it, and that the \
         body is the raw one",
    ))
}

/// The first key under which any of the tags is right, and the tag under the
/// first key.
fn match_keys(
    keyring: &Keyring,
    received: &[Tag],
    string_to_sign: &StringToSign<'_>,
) -> Option<(usize, Tag)> {
    let mut matched = Choice::from(0);
    let mut matching_key = 0_u32;
    let mut first_tag = None;
    for (index, key) in (0_u32..).zip(keyring.iter()) {
        let expected = key.mac.tag(string_to_sign);
        let hit = received
            .iter()
            .fold(Choice::from(0), |hit, tag| hit | tag.ct_eq(&expected));
        matching_key.conditional_assign(&index, hit & !matched);
        matched |= hit;
        first_tag.get_or_insert(expected);
    }
    let key = usize::try_from(matching_key).ok()?;
    bool::from(matched).then_some(())?;
    first_tag.map(|first_tag| (key, first_tag))
}

/// Methods are compared in upper case, ASCII only.
fn upper_case(method: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if method.is_empty() || method.len() > 32 || !method.iter().all(u8::is_ascii_graphic) {
        return Err(Error::new(
            ErrorCode::MethodNotAllowed,
            "the HTTP method is empty or malformed",
        ));
    }
    Ok(if method.iter().any(u8::is_ascii_lowercase) {
        Cow::Owned(method.to_ascii_uppercase())
    } else {
        Cow::Borrowed(method)
    })
}
