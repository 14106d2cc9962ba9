//! From a request to a verified delivery, or to the reason for its rejection.

use std::borrow::Cow;

use crate::body_limit;
use crate::clock::Now;
use crate::compiled::Compiled;
use crate::diagnosis;
use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::proof::Authenticated;
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
    let authenticated = match head(compiled, request, &mut prepared, now) {
        // Nobody is asked for keys on behalf of a request that is rejected anyway.
        Err(error) if error.code() != ErrorCode::KeyUnavailable => return Err(error),
        authenticated => authenticated,
    };
    body_limit::check(request.body.len(), compiled.max_body_bytes)?;
    let authenticated = match &compiled.challenge {
        None => authenticated?,
        Some(_) => answer_challenge(compiled, &prepared, now, authenticated?)?,
    };
    match &compiled.signature {
        Some(signature) => signed(compiled, signature, &prepared, authenticated, now),
        None => unsigned(compiled, &prepared, authenticated),
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

/// The headers that the provider would add to a request.
pub(crate) fn sign(
    compiled: &Compiled,
    request: &Request<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(String, String)>, Error> {
    let signature = compiled.signature.as_ref().ok_or_else(|| {
        Error::configuration("this scheme signs nothing, so there is no signature to make")
    })?;
    let mut headers = match request.headers {
        Headers::Slots(slots) => slots.clone(),
        Headers::Pairs(pairs) => HeaderSlots::pick(compiled.needs.header_names(), pairs),
    };
    signature.announce(&mut headers)?;
    let mut prepared = PreparedRequest::new(request, &headers, None);
    compiled.prepare(&mut prepared, request)?;
    signature.sign(&prepared, signing)
}

/// The checks that need no body, in the order in which both calls make them.
#[inline]
fn head<'r>(
    compiled: &'r Compiled,
    request: &Request<'r>,
    prepared: &mut PreparedRequest<'r, '_>,
    now: Now,
) -> Result<Authenticated, Error> {
    compiled.prepare(prepared, request)?;
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
    Ok(Verified {
        names: &compiled.names,
        payload: Cow::Borrowed(prepared.body()),
        key: signed.key,
        timestamp: signed.timestamp,
        delivery_id: signed.delivery_id,
        identity: Some(signed.identity),
        claims: authenticated.claims,
        variant: signed.variant,
        covers: signed.covers,
        url_form: signed.url_form,
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
        identity: None,
        claims: authenticated.claims,
        variant: payload.variant,
        covers: covers.ok_or_else(|| Error::new(ErrorCode::Internal, "a variant is missing"))?,
        url_form: 0,
    })
}
