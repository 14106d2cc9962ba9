//! What runs once a delivery, on two arrays that only Java's shim knows: the body, and
//! the packed fields `peer?, method, target, authority?, scheme?` with the headers
//! behind them as the bridge packs them.

use jni_sys::jlong;

use hookseal_bridge::wire::{read_headers, write_facts};
use hookseal_bridge::{Error, Handle, HeaderSlots, Headers, Request};

use crate::array::{Array, split};
use crate::decrypt;
use crate::native::Answer;
use crate::packed::{Fields, address};

/// Facts with a delivery id of usual length fit without a second allocation.
const USUAL_FACTS: usize = 256;

/// What is hashed in about a millisecond.
const LONGEST_LENT: usize = 1 << 20;

natives! {
    /// Verifies a delivery with this body and so many bytes of fields, and whose token
    /// was introspected with this answer, or null. Answers in place where there is
    /// room, a decrypted payload in the body and the facts in the fields, and otherwise
    /// with `[facts][payload]`.
    "verify" => fn verify(
        handle: &Handle, now: jlong, body: Array, fields: Array, length: jlong, answer: Array,
    ) {
        let answer = answer.copy_unless_null()?;
        let longest = if handle.decrypts() { decrypt::LONGEST_LENT } else { LONGEST_LENT };
        let work = |body: &mut [u8], bytes: &mut [u8]| {
            let mut facts = Vec::with_capacity(USUAL_FACTS);
            let ([packed], _) = split(&mut *bytes, [length])?;
            let payload = with_request(packed, body, |request| {
                let verified = match &answer {
                    None => handle.verify(request, time(now)),
                    Some(answer) => handle.verify_introspected(request, answer, time(now)),
                }?;
                write_facts(&verified, &mut facts);
                Ok(verified.payload.unwrap_or_default())
            })?;
            // Among the headers may be a password.
            packed.fill(0);
            let places = (body.get_mut(..payload.len()), bytes.get_mut(..facts.len()));
            let (Some(body), Some(front)) = places else {
                return Ok(Answer::payload([facts, payload].concat()));
            };
            body.copy_from_slice(&payload);
            front.copy_from_slice(&facts);
            Ok(Answer::InPlace(fields.reference))
        };
        // A body that is copied, since it takes long, is no reason to hold the fields.
        let longest_fields = if body.len() > longest { 0 } else { usize::MAX };
        // SAFETY: no other thread knows the arrays until Java has read the answer. They
        // are both lent or both copied, so nothing is called while one is lent.
        unsafe {
            body.lend(longest, |body| {
                fields.lend(longest_fields, |fields| work(body, fields))
            })
        }
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
