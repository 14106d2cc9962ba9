//! Walking the plan: from a request to a proof, or a reason why not.

use std::borrow::Cow;

use crate::body_limit;
use crate::clock::Now;
use crate::diagnosis;
use crate::error::{Error, ErrorCode};
use crate::header;
use crate::keyring::Keyring;
use crate::outcome::{Coverage, Verified};
use crate::primitives::choice::{any, first};
use crate::primitives::mac::{MacKey, Tag};
use crate::proof::Proven;
use crate::request::{HeaderSlots, Headers, Request};
use crate::scheme::{Input, Prepared, Signature, StringToSign, Variant};
use crate::signature_header::{self, ReceivedTags};
use crate::subject::Subject;
use crate::verifier::Verifier;

/// Verifies one request. A refusal tells what the request shows of its cause;
/// the result is completed where it lies, since a verified one is large.
pub(crate) fn verify<'r>(
    verifier: &'r Verifier,
    request: &Request<'r>,
    introspection: Option<&[u8]>,
    now: Now,
) -> Result<Verified<'r>, Error> {
    let mut verdict = walk(verifier, request, introspection, now);
    if let Err(error) = &mut verdict {
        diagnosis::complete(verifier, request, error);
    }
    verdict
}

#[inline]
fn walk<'r>(
    verifier: &'r Verifier,
    request: &Request<'r>,
    introspection: Option<&[u8]>,
    now: Now,
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
    let mut subject = Subject::new(request, headers, introspection);
    let proven = match head(verifier, request, &mut subject, now) {
        // Nobody is asked for keys on behalf of a request that is refused anyway.
        Err(error) if error.code() != ErrorCode::KeyUnavailable => return Err(error),
        proven => proven,
    };
    body_limit::check(request.body.len(), verifier.max_body_bytes())?;
    let proven = verifier.proofs.check_rest(plan, &subject, now, proven?)?;
    match (&plan.signature, &verifier.keyring) {
        (Some(signature), Some(keyring)) => {
            verify_signature(verifier, signature, keyring, &subject, proven, now)
        }
        _ => deliver(verifier, &subject, proven),
    }
}

/// Refuses what can be refused without the body: what [`verify`] would refuse
/// first, with the same error.
pub(crate) fn check_head(
    verifier: &Verifier,
    request: &Request<'_>,
    now: Now,
) -> Result<(), Error> {
    let headers = match request.headers {
        Headers::Slots(slots) => slots,
        Headers::Pairs(pairs) => &HeaderSlots::pick(&verifier.plan.header_names, pairs),
    };
    let mut subject = Subject::new(request, headers, None);
    match head(verifier, request, &mut subject, now) {
        // Whether the keys can be had is for the verification to find out.
        Err(mut error) if error.code() != ErrorCode::KeyUnavailable => {
            diagnosis::complete(verifier, request, &mut error);
            Err(error)
        }
        _ => Ok(()),
    }
}

/// The checks that need no body, in the order in which both calls make them.
#[inline]
fn head<'r>(
    verifier: &'r Verifier,
    request: &Request<'r>,
    subject: &mut Subject<'r, '_>,
    now: Now,
) -> Result<Proven, Error> {
    let plan = &verifier.plan;
    subject.admit(verifier, request)?;
    let proven = verifier.proofs.check_head(plan, subject, now)?;
    if let Some(signature) = &plan.signature {
        signature_header::check_presence(plan, signature, subject.headers())?;
    }
    Ok(proven)
}

/// What a request delivers that nothing signs. Kept apart from the usual way,
/// which would pay for the room that decryption needs on the stack.
#[inline(never)]
fn deliver<'r>(
    verifier: &'r Verifier,
    subject: &Subject<'r, '_>,
    proven: Proven,
) -> Result<Verified<'r>, Error> {
    let plan = &verifier.plan;
    let delivered = verifier.proofs.deliver(plan, subject)?;
    let key = delivered.key.or(proven.key).ok_or_else(|| {
        Error::new(
            ErrorCode::MethodNotAllowed,
            "no proof is configured for requests of this HTTP method",
        )
    })?;
    Ok(Verified {
        verifier,
        payload: delivered.payload,
        key,
        timestamp: None,
        delivery_id: None,
        first_tag: None,
        claims: proven.claims,
        variant: delivered.variant,
        covers: verifier.coverage_of(delivered.variant)?,
        url_form: 0,
    })
}

/// The signature of a request, and what it proves.
fn verify_signature<'r>(
    verifier: &'r Verifier,
    signature: &'r Signature,
    keyring: &'r Keyring<MacKey>,
    subject: &Subject<'r, '_>,
    proven: Proven,
    now: Now,
) -> Result<Verified<'r>, Error> {
    let plan = &verifier.plan;
    let headers = subject.headers();
    let (position, variant) = subject.choose_variant(plan, signature)?;
    body_limit::check(subject.body().len(), variant.max_body_bytes)?;
    let mut received = ReceivedTags::default();
    let received_timestamp = received.read(plan, signature, variant, headers)?;
    let delivery_id = match variant.delivery_id {
        Some(slot) => header::required(plan, headers, slot)?,
        None => &[],
    };
    if let Some(rule) = &variant.id_rule {
        rule.check(delivery_id)?;
    }
    let timestamp = signature
        .timestamp
        .as_ref()
        .map(|rule| rule.format.parse(received_timestamp))
        .transpose()?;

    subject.check_form(plan, variant)?;
    let input = subject.input(received_timestamp, delivery_id);
    let prepared = variant.message.prepare(&input)?;
    let found = find_match(signature, keyring, variant, &input, &prepared, &received)?;
    variant.check_boundaries(&input, &prepared)?;
    if let Some(digest) = &variant.body_digest {
        subject.check_body_digest(digest)?;
    }
    if let (Some(rule), Some(timestamp)) = (&signature.timestamp, timestamp) {
        rule.tolerance.check(timestamp, now.seconds()?)?;
    }

    Ok(Verified {
        verifier,
        payload: Cow::Borrowed(subject.body()),
        key: keyring.matched(found.key),
        timestamp,
        delivery_id: (variant.covers.delivery_id == Coverage::Signed).then_some(delivery_id),
        first_tag: Some(found.first_tag),
        claims: proven.claims,
        variant: position,
        covers: variant.covers,
        url_form: found.url_form,
    })
}

/// Which key and which form of the URL matched.
struct Match {
    key: usize,
    url_form: usize,
    /// The tag under the first key, whichever key matched.
    first_tag: Tag,
}

/// Tries the forms of the URL in order, and for each all keys against all
/// signatures without an early exit.
fn find_match(
    signature: &Signature,
    keyring: &Keyring<MacKey>,
    variant: &Variant,
    input: &Input<'_>,
    prepared: &Prepared,
    received: &ReceivedTags,
) -> Result<Match, Error> {
    for (position, form) in signature.url_forms.iter().enumerate() {
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
        let matched = match_keys(keyring, received, &string_to_sign);
        if let Some((key, first_tag)) = matched {
            return Ok(Match {
                key,
                url_form: position,
                first_tag,
            });
        }
    }
    let labels = keyring.iter().map(|key| key.label.as_str());
    Err(diagnosis::no_match(variant.covers, input.url, labels))
}

/// The first key under which any of the tags is right, and the tag under the
/// first key.
fn match_keys(
    keyring: &Keyring<MacKey>,
    received: &ReceivedTags,
    string_to_sign: &StringToSign<'_>,
) -> Option<(usize, Tag)> {
    let mut first_tag = None;
    let hits = keyring.iter().map(|key| {
        let expected = key.prepared.tag(string_to_sign);
        let hit = any(received.iter().map(|tag| tag.ct_eq(&expected)));
        first_tag.get_or_insert(expected);
        hit
    });
    let key = first(hits)?;
    first_tag.map(|first_tag| (key, first_tag))
}
