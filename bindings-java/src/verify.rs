//! What runs once a delivery, on one array that Java makes for it.
//!
//! The array begins with the body. Behind it come the packed fields `peer?, method,
//! target, authority?, scheme?` and then the headers as the bridge packs them.

use jni_sys::jlong;

use hookseal_bridge::wire::{read_headers, write_facts};
use hookseal_bridge::{Error, Handle, HeaderSlots, Headers, Request};

use crate::array::{Array, split};
use crate::decrypt;
use crate::native::Answer;
use crate::packed::{Fields, address};

/// Facts with a delivery id of usual length fit without a second allocation.
const USUAL_FACTS: usize = 256;

/// What is hashed in about a millisecond, and the fields.
const LONGEST_LENT: usize = (1 << 20) + (64 << 10);

natives! {
    /// Verifies a delivery whose body and fields have these lengths, and whose token
    /// was introspected with this answer, or null. Answers in place where there is
    /// room, a decrypted payload where the body was and the facts where the fields
    /// were, and otherwise with `[facts][payload]`.
    "verify" => fn verify(
        handle: &Handle, now: jlong, delivery: Array, body: jlong, fields: jlong, answer: Array,
    ) {
        let answer = answer.copy_unless_null()?;
        let longest = if handle.decrypts() { decrypt::LONGEST_LENT } else { LONGEST_LENT };
        let work = |bytes: &mut [u8]| {
            let ([body], rest) = split(bytes, [body])?;
            let ([fields], _) = split(&mut *rest, [fields])?;
            let mut facts = Vec::with_capacity(USUAL_FACTS);
            let payload = with_request(fields, body, |request| {
                let verified = match &answer {
                    None => handle.verify(request, time(now)),
                    Some(answer) => handle.verify_introspected(request, answer, time(now)),
                }?;
                write_facts(&verified, &mut facts);
                Ok(verified.payload.unwrap_or_default())
            })?;
            if payload.len() > body.len() || facts.len() > rest.len() {
                return Ok(Answer::payload([facts, payload].concat()));
            }
            body[..payload.len()].copy_from_slice(&payload);
            let (front, unused) = rest.split_at_mut(facts.len());
            front.copy_from_slice(&facts);
            // Among the headers may be a password.
            unused.fill(0);
            Ok(Answer::InPlace(delivery.reference))
        };
        // SAFETY: no other thread knows the array until Java has read the answer.
        unsafe { delivery.lend(longest, work) }
    }

    /// Takes the fields alone and rejects what can be rejected without the body.
    /// Payload: nothing.
    "checkHead" => fn check_head(handle: &Handle, now: jlong, fields: Array) {
        with_request(&fields.copy()?, &[], |request| handle.check_head(request, time(now)))?;
        Ok(Answer::payload([]))
    }

    /// Takes the fields alone. Payload: the bearer token, which is not verified.
    "bearerToken" => fn bearer_token(handle: &Handle, fields: Array) {
        with_request(&fields.copy()?, &[], |request| {
            handle.bearer_token(request).map(Answer::payload)
        })
    }
}

/// The clock is read where it is needed, if Java gives no time.
fn time(now: jlong) -> Option<i64> {
    (now != jlong::MIN).then_some(now)
}

/// Reads a packed request.
fn with_request<T>(
    packed: &[u8],
    body: &[u8],
    work: impl FnOnce(&Request<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut fields = Fields::new(packed);
    let peer = fields.optional()?.and_then(address);
    let method = fields.required()?;
    let target = fields.required()?;
    let authority = fields.optional()?;
    let scheme = fields.optional()?;
    let mut slots = HeaderSlots::new();
    read_headers(fields.rest, &mut slots)?;
    work(&Request {
        method,
        target,
        authority,
        scheme,
        headers: Headers::Slots(&slots),
        body,
        peer,
    })
}
