//! From a request to a verified delivery, or to the reason for its rejection.

use std::borrow::Cow;

use crate::body_limit;
use crate::challenge::Signer;
use crate::clock::Now;
use crate::compiled::Compiled;
use crate::coverage::CoverageLevel;
use crate::diagnosis;
use crate::error::{Error, ErrorCode};
use crate::keyring::MatchedKey;
use crate::prepared_request::{Known, PreparedRequest};
use crate::proof::{Authenticated, Binding, Jwt};
use crate::request::{HeaderSlots, Headers, Request};
use crate::signature::{SignatureProof, Signing};
use crate::verified::Verified;

/// Verifies one request. A rejection tells what the request shows of its cause;
/// the result is completed in place, since a verified one is large.
pub(crate) fn verify<'r>(
    compiled: &'r Compiled,
    request: &Request<'r>,
    introspection: Option<&[u8]>,
    now: Now,
) -> Result<Verified<'r>, Error> {
    let mut verdict = walk(compiled, request, introspection, now);
    if let Err(error) = &mut verdict {
        diagnosis::complete(compiled, request, error);
    }
    verdict
}

#[inline]
fn walk<'r>(
    compiled: &'r Compiled,
    request: &Request<'r>,
    introspection: Option<&[u8]>,
    now: Now,
) -> Result<Verified<'r>, Error> {
    let picked;
    let headers = match request.headers {
        Headers::Slots(slots) => slots,
        Headers::Pairs(pairs) => {
            picked = HeaderSlots::pick(compiled.needs.header_names(), pairs);
            &picked
        }
    };
    let mut prepared = PreparedRequest::new(request, headers, introspection);
    compiled.prepare(&mut prepared, request)?;
    if compiled.described.has_unproven() {
        answer_unproven(compiled, &prepared)?;
    }
    let authenticated = match credentials(compiled, &prepared, now) {
        // Nobody is asked for keys on behalf of a request that is rejected anyway.
        Err(error) if error.code() != ErrorCode::KeyUnavailable => return Err(error),
        authenticated => authenticated,
    };
    body_limit::check(request.body.len(), compiled.max_body_bytes)?;
    let mut authenticated = authenticated?;
    compiled
        .proofs
        .check_body(&prepared, now, &mut authenticated)?;
    let authenticated = match &compiled.challenge {
        None => authenticated,
        Some(_) => answer_challenge(compiled, &prepared, now, authenticated)?,
    };
    match (&compiled.signature, &compiled.binding) {
        (Some(signature), _) => signed(compiled, signature, &prepared, authenticated, now),
        (None, Some(binding)) => bound(compiled, binding, &prepared, authenticated),
        (None, None) => unsigned(compiled, &prepared, authenticated),
    }
}

/// Rejects what can be rejected without the body: what [`verify`] would reject
/// first, with the same error.
pub(crate) fn check_head(
    compiled: &Compiled,
    request: &Request<'_>,
    now: Now,
) -> Result<(), Error> {
    let headers = match request.headers {
        Headers::Slots(slots) => slots,
        Headers::Pairs(pairs) => &HeaderSlots::pick(compiled.needs.header_names(), pairs),
    };
    let mut prepared = PreparedRequest::new(request, headers, None);
    match head(compiled, request, &mut prepared, now) {
        // Whether the keys can be had is for the verification to find out.
        Err(mut error) if error.code() != ErrorCode::KeyUnavailable => {
            diagnosis::complete(compiled, request, &mut error);
            Err(error)
        }
        _ => Ok(()),
    }
}

/// The headers that the provider would add to a request. Where their signature would be
/// rejected none are made: whoever tests a receiver learns the reason here. Tokens and
/// passwords beside a signature are the caller's to add.
pub(crate) fn sign(
    compiled: &Compiled,
    request: &Request<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(String, String)>, Error> {
    let signature = compiled.signature.as_ref().ok_or_else(|| {
        Error::configuration("this scheme signs nothing, so there is no signature to make")
    })?;
    let given = match request.headers {
        Headers::Slots(slots) => slots.clone(),
        Headers::Pairs(pairs) => HeaderSlots::pick(compiled.needs.header_names(), pairs),
    };
    let made = signature.made_headers(&given, request.body);
    let mut headers = given.clone();
    for (header, value) in &made {
        header.set(&mut headers, value.as_bytes());
    }
    signature.announce(&mut headers)?;
    let mut prepared = PreparedRequest::new(request, &headers, None);
    compiled.prepare(&mut prepared, request)?;
    let mut added = signature.sign(&prepared, signing)?;
    let made = made
        .iter()
        .map(|(header, value)| (header.name().to_owned(), value.clone()));
    added.extend(made);
    let now = signing.timestamp.map_or(Now::System, Now::At);
    check_signed(compiled, signature, request, given, &added, now)?;
    Ok(added)
}

/// Verifies what was signed, as its receiver will.
fn check_signed<'r>(
    compiled: &'r Compiled,
    signature: &'r SignatureProof,
    request: &Request<'r>,
    mut headers: HeaderSlots<'r>,
    added: &'r [(String, String)],
    now: Now,
) -> Result<(), Error> {
    for (name, value) in added {
        let mut names = compiled.needs.header_names().iter();
        if let Some(slot) = names.position(|it| **it == **name) {
            headers.replace(slot, value.as_bytes());
        }
    }
    let mut prepared = PreparedRequest::new(request, &headers, None);
    compiled.prepare(&mut prepared, request)?;
    let signed = signature.verify(&prepared, now)?;
    match answer_proven(compiled, &prepared, Some(&signed.key)) {
        // The provider's question is signed like a delivery.
        Err(error) if error.code() != ErrorCode::Challenge => Err(error),
        _ => Ok(()),
    }
}

/// The checks that need no body.
fn head<'r>(
    compiled: &'r Compiled,
    request: &Request<'r>,
    prepared: &mut PreparedRequest<'r, '_>,
    now: Now,
) -> Result<(), Error> {
    compiled.prepare(prepared, request)?;
    if compiled.described.has_unproven() && compiled.may_be_asked(prepared) {
        return compiled.proofs.check_password(prepared);
    }
    credentials(compiled, prepared, now).map(drop)
}

/// What proves a request without its body, as both calls check it.
#[inline]
fn credentials(
    compiled: &Compiled,
    prepared: &PreparedRequest<'_, '_>,
    now: Now,
) -> Result<Authenticated, Error> {
    let excused = compiled.excuses_challenges();
    let authenticated = match compiled.proofs.check_head(prepared, now, excused) {
        Err(error) if error.code() != ErrorCode::KeyUnavailable => return Err(error),
        authenticated => authenticated,
    };
    if let Some(signature) = &compiled.signature {
        signature.check_presence(prepared.headers())?;
    }
    authenticated
}

/// A challenge that proves nothing ends here, if it is answered. A request that shows
/// a proof is none.
#[inline(never)]
fn answer_unproven(compiled: &Compiled, prepared: &PreparedRequest<'_, '_>) -> Result<(), Error> {
    if !compiled.may_be_asked(prepared) {
        return Ok(());
    }
    compiled.proofs.check_password(prepared)?;
    body_limit::check(prepared.body().len(), compiled.max_body_bytes)?;
    if compiled.is_proof_shown(prepared, Known::Whole) {
        return Ok(());
    }
    let signer = Signer {
        signature: compiled.signature.as_ref(),
        key: None,
    };
    match compiled.described.answer_unproven(prepared, signer)? {
        Some(reply) => Err(Error::challenge(reply)),
        None => Ok(()),
    }
}

/// The same for a challenge that proved all that a delivery proves.
#[inline(never)]
fn answer_proven(
    compiled: &Compiled,
    prepared: &PreparedRequest<'_, '_>,
    key: Option<&MatchedKey>,
) -> Result<(), Error> {
    let signer = Signer {
        signature: compiled.signature.as_ref(),
        key,
    };
    match compiled.described.answer_proven(prepared, signer)? {
        Some(reply) => Err(Error::challenge(reply)),
        None => Ok(()),
    }
}

/// A challenge that is answered ends here, as the error that holds its reply. Kept
/// apart, as few schemes have challenges.
#[inline(never)]
fn answer_challenge(
    compiled: &Compiled,
    prepared: &PreparedRequest<'_, '_>,
    now: Now,
    mut authenticated: Authenticated,
) -> Result<Authenticated, Error> {
    let Some(challenge) = &compiled.challenge else {
        return Ok(authenticated);
    };
    let reply = challenge.recognise(prepared)?;
    if challenge.is_excused() && reply.is_none() {
        compiled
            .proofs
            .check_jwt(prepared, now, &mut authenticated)?;
    }
    match reply {
        Some(reply) => Err(Error::challenge(reply?)),
        None => Ok(authenticated),
    }
}

/// A delivery whose request is signed.
#[inline]
fn signed<'r>(
    compiled: &'r Compiled,
    signature: &'r SignatureProof,
    prepared: &PreparedRequest<'r, '_>,
    authenticated: Authenticated,
    now: Now,
) -> Result<Verified<'r>, Error> {
    let signed = signature.verify(prepared, now)?;
    if compiled.described.has_proven() {
        answer_proven(compiled, prepared, Some(&signed.key))?;
    }
    let covers = compiled.names.covers(signed.variant);
    Ok(Verified {
        names: &compiled.names,
        payload: Cow::Borrowed(prepared.body()),
        key: signed.key,
        timestamp: signed.timestamp,
        delivery_id: signed.delivery_id,
        event_type: signed.event_type,
        identity: Some(signed.identity),
        claims: authenticated.claims,
        variant: signed.variant,
        covers: covers.ok_or_else(no_variant)?,
        url_form: signed.url_form,
    })
}

/// A delivery whose token says what belongs to it.
#[inline(never)]
fn bound<'r>(
    compiled: &'r Compiled,
    binding: &Binding,
    prepared: &PreparedRequest<'r, '_>,
    authenticated: Authenticated,
) -> Result<Verified<'r>, Error> {
    let has_claims = compiled.proofs.jwt().is_none_or(Jwt::has_claims);
    let claims = authenticated.claims;
    let key = authenticated.key.filter(|_| claims.is_some() == has_claims);
    let key = key.ok_or_else(|| Error::new(ErrorCode::Internal, "a token is missing"))?;
    let bound = binding.check(prepared, claims.as_deref())?;
    if compiled.described.has_proven() {
        answer_proven(compiled, prepared, None)?;
    }
    let covers = compiled
        .names
        .covers(bound.variant)
        .ok_or_else(no_variant)?;
    // A token that says nothing of the request may belong to many.
    let is_of_request = covers.body.max(covers.url) > CoverageLevel::None;
    Ok(Verified {
        names: &compiled.names,
        payload: match &claims {
            Some(claims) if binding.delivers_claims() => Cow::Owned(claims.clone().into_bytes()),
            _ => Cow::Borrowed(prepared.body()),
        },
        key,
        timestamp: None,
        delivery_id: bound.delivery_id,
        event_type: bound.event_type,
        identity: authenticated.identity.filter(|_| is_of_request),
        claims,
        variant: bound.variant,
        covers,
        url_form: 0,
    })
}

/// A delivery whose request nothing signs. Kept apart from the usual way, which
/// would reserve the stack that decryption needs.
#[inline(never)]
fn unsigned<'r>(
    compiled: &'r Compiled,
    prepared: &PreparedRequest<'r, '_>,
    authenticated: Authenticated,
) -> Result<Verified<'r>, Error> {
    if compiled.described.has_proven() {
        answer_proven(compiled, prepared, None)?;
    }
    let payload = compiled.proofs.payload(prepared)?;
    let key = payload.key.or(authenticated.key).ok_or_else(|| {
        Error::new(
            ErrorCode::MethodNotAllowed,
            "no proof is configured for requests of this HTTP method",
        )
    })?;
    let covers = compiled.names.covers(payload.variant);
    Ok(Verified {
        names: &compiled.names,
        payload: payload.bytes,
        key,
        timestamp: None,
        delivery_id: None,
        event_type: None,
        identity: None,
        claims: authenticated.claims,
        variant: payload.variant,
        covers: covers.ok_or_else(no_variant)?,
        url_form: 0,
    })
}

#[cold]
fn no_variant() -> Error {
    Error::new(ErrorCode::Internal, "a variant is missing")
}
