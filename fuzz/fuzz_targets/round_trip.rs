//! What can be signed verifies, on whichever URL, and says the same of itself.

#![no_main]

use conformance::fuzz::{Message, split_line};
use hookseal::{CoverageLevel, ErrorCode, Signing, Verifier};
use hookseal_fuzz::with_verifier;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (setup, text) = split_line(data);
    let mut message = Message::read(text);
    // Other signatures would stand beside the one that is made.
    message.headers.retain(|(name, _)| is_kept(name));
    with_verifier(setup, |verifier, now| check(verifier, &message, now));
});

/// What decides over the URL and over what the body is.
fn is_kept(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name == b"content-type" || name == b"forwarded" || name.starts_with(b"x-forwarded-")
}

fn check(verifier: &Verifier, message: &Message<'_>, now: i64) {
    let signing = Signing {
        delivery_id: Some("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
        timestamp: Some(now),
        key_id: None,
    };
    let Ok(added) = message.with_pairs(|request| verifier.sign(request, &signing)) else {
        return;
    };
    let mut signed = message.clone();
    let added = added
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    signed.headers.extend(added);
    let body_is_signed = signed.with_pairs(|request| {
        verifier
            .check_head_at(request, now)
            .expect("the head is right");
        match verifier.verify_at(request, now) {
            Ok(verified) => {
                assert_eq!(verified.payload(), request.body);
                verified.covers().body == CoverageLevel::Full
            }
            Err(error) => {
                let is_question = error.code() == ErrorCode::Challenge;
                assert!(is_question, "it was signed: {error}");
                false
            }
        }
    });
    if body_is_signed {
        let longer = [signed.body, b"\n"].concat();
        signed.body = &longer;
        signed.with_pairs(|request| assert!(verifier.verify_at(request, now).is_err()));
    }
}
