//! Any request to any verifier: one typed verdict, the same in both forms of the
//! headers, and the same from the head where that suffices.

#![no_main]

use conformance::fuzz::{Message, split_line};
use hookseal::{Error, ErrorCode, Request, Verifier};
use hookseal_fuzz::with_verifier;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (setup, text) = split_line(data);
    let message = Message::read(text);
    with_verifier(setup, |verifier, now| check(verifier, &message, now));
});

fn check(verifier: &Verifier, message: &Message<'_>, now: i64) {
    let verdict = message.with_pairs(|request| verdict(verifier, request, now));
    let of_slots = message.with_slots(verifier, |request| crate::verdict(verifier, request, now));
    assert_eq!(verdict, of_slots);
    assert_ne!(verdict, Err(ErrorCode::Internal));

    let head = message.with_pairs(|request| verifier.check_head_at(request, now));
    if let Err(error) = head {
        assert_eq!(verdict, Err(error.code()));
    }
}

/// Payload, replay key, key and id.
type Facts = (Vec<u8>, Option<String>, String, Option<Vec<u8>>);

fn verdict(verifier: &Verifier, request: &Request<'_>, now: i64) -> Result<Facts, ErrorCode> {
    let verified = verifier.verify_at(request, now).map_err(|error: Error| {
        assert!(!error.detail().is_empty());
        error.code()
    })?;
    if !verifier.decrypts() {
        assert_eq!(verified.payload(), request.body);
    }
    let covers = verified.covers();
    assert_eq!(verifier.coverage().nth(verified.variant()), Some(covers));
    Ok((
        verified.payload().to_vec(),
        verified.replay_key().map(|key| key.to_string()),
        verified.key_id().to_owned(),
        verified.delivery_id().map(<[u8]>::to_vec),
    ))
}
