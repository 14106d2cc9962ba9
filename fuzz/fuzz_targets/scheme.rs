//! Any scheme of one's own, and any options: a verifier or a typed error; and
//! what the verifier signs, it takes for no fault of its own.

#![no_main]

use conformance::fuzz::split_line;
use hookseal::{ErrorCode, Headers, Options, Request, Signing, Verifier};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_700_000_000;

fuzz_target!(|data: &[u8]| {
    let (options, scheme) = split_line(data);
    let (Ok(options), Ok(scheme)) = (Options::from_json(options), str::from_utf8(scheme)) else {
        return;
    };
    match Verifier::new(scheme, options) {
        Ok(verifier) => try_it(&verifier),
        Err(error) => assert_eq!(error.code(), ErrorCode::Configuration),
    }
});

fn try_it(verifier: &Verifier) {
    let mut headers = vec![(
        "content-type".to_owned(),
        "application/x-www-form-urlencoded".to_owned(),
    )];
    let signing = Signing {
        delivery_id: Some("msg_1"),
        timestamp: Some(NOW),
        key_id: None,
    };
    if let Ok(added) = with_request(&headers, |request| verifier.sign(request, &signing)) {
        headers.extend(added);
    }
    let verdict = with_request(&headers, |request| {
        verifier
            .verify_at(request, NOW)
            .map(|verified| verified.covers().clone())
    });
    match verdict {
        Ok(covers) => assert!(verifier.coverage().any(|known| *known == covers)),
        Err(error) => assert_ne!(error.code(), ErrorCode::Internal),
    }
}

fn with_request<T>(headers: &[(String, String)], call: impl FnOnce(&Request<'_>) -> T) -> T {
    let headers: Vec<(&[u8], &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    call(&Request {
        method: b"POST",
        target: b"/hook?a=b",
        authority: Some(b"example.com"),
        scheme: Some(b"https"),
        headers: Headers::Pairs(&headers),
        body: b"From=1&To=2",
        peer: None,
    })
}
