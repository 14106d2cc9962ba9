//! Walking the plan: from a request to a proof, or a reason why not.

use std::borrow::Cow;

use crate::clock::Now;
use crate::error::{Error, ErrorCode};
use crate::header;
use crate::keyring::Keyring;
use crate::outcome::{Coverage, Verified};
use crate::primitives::choice::{any, first};
use crate::primitives::mac::{MacKey, Tag};
use crate::primitives::url_form::UrlForm;
use crate::proof::Proven;
use crate::request::{HeaderSlots, Headers, Request};
use crate::scheme::{Input, Prepared, Signature, StringToSign, Variant};
use crate::signature_header::ReceivedTags;
use crate::subject::Subject;
use crate::verifier::Verifier;

/// Verifies one request.
pub(crate) fn verify<'r>(
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
    subject.admit(verifier, request)?;
    let proven = verifier.proofs.check(plan, &subject, now)?;
    match (&plan.signature, &verifier.keyring) {
        (Some(signature), Some(keyring)) => {
            verify_signature(verifier, signature, keyring, &subject, proven, now)
        }
        _ => deliver(verifier, &subject, proven),
    }
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
    let mut received = ReceivedTags::default();
    let received_timestamp = received.read(plan, signature, variant, headers)?;
    let delivery_id = match variant.delivery_id {
        Some(slot) => header::required(plan, headers, slot)?,
        None => &[],
    };
    let timestamp = signature
        .timestamp
        .as_ref()
        .map(|rule| rule.format.parse(received_timestamp))
        .transpose()?;

    subject.check_form(plan, variant)?;
    let input = subject.input(received_timestamp, delivery_id);
    let prepared = variant.message.prepare(&input)?;
    let found = find_match(signature, keyring, variant, &input, &prepared, &received)?;
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
        let matched = match_keys(keyring, received, &string_to_sign);
        if let Some((key, first_tag)) = matched {
            return Ok(Match {
                key,
                url_form: position,
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
