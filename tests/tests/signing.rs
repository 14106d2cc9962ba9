//! The sender's half against the vectors: what the library signs is the very
//! signature that stands in the published delivery.

use std::cell::RefCell;

use conformance::format::{Case, Expect, VectorFolder, committed_folder};
use conformance::layout::SignatureLayout;
use conformance::mutate::with_signatures;
use hookseal::{Headers, Options, Request, Signing, Verifier};
use serde_json::Value;

/// The MACs of a delivery.
fn macs(case: &Case, layout: &SignatureLayout) -> Vec<Vec<u8>> {
    let found = RefCell::new(Vec::new());
    let _ = with_signatures(case, layout, |mac| found.borrow_mut().push(mac.clone()));
    found.into_inner()
}

/// The same delivery without its signatures, signed anew with the same key, id
/// and time. `None` where the library signs another form of it: another form of
/// the URL, another family of headers, or a time with a fraction.
fn signed_anew(case: &Case, layout: &SignatureLayout) -> Option<Case> {
    let facts = case.facts.as_ref()?;
    if facts.get("url_form")? != "as-is" || case.request.url.starts_with("ws") {
        return None;
    }
    let options = Value::Object(case.options.clone()).to_string();
    let options = Options::from_json(options.as_bytes()).unwrap();
    let verifier = Verifier::new(&case.scheme, options).unwrap();

    let mut unsigned = case.clone();
    let is_signature = |name: &String| {
        let mut names = layout.signature_headers.iter();
        names.any(|signature| signature.eq_ignore_ascii_case(name))
    };
    unsigned
        .request
        .headers
        .retain(|(name, _)| !is_signature(name));
    let headers: Vec<(&[u8], &[u8])> = unsigned
        .request
        .headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let body = case.request.body().unwrap();
    let request = Request {
        method: case.request.method.as_bytes(),
        target: case.request.url.as_bytes(),
        authority: None,
        scheme: None,
        headers: Headers::Pairs(&headers),
        body: &body,
        peer: case.request.peer_ip,
    };
    let id = layout.delivery_id_header.as_ref();
    let signing = Signing {
        delivery_id: id.and_then(|name| case.request.header(name)),
        timestamp: facts.get("timestamp").and_then(Value::as_i64),
        key_id: facts.get("key_id").and_then(Value::as_str),
    };
    let added = verifier.sign(&request, &signing).ok()?;
    let is_other = |(name, value): &(String, String)| {
        !is_signature(name) && case.request.header(name) != Some(value)
    };
    if added.iter().any(is_other) {
        return None;
    }
    unsigned.request.headers.extend(added);
    Some(unsigned)
}

#[test]
fn what_is_signed_is_what_stands_in_the_vectors() {
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    let mut signed = 0;
    let mut verified = 0;
    let mut with_public_keys = 0;
    for file in folder.files.values() {
        let is_verified = |case: &&Case| case.expect == Expect::Verified;
        for case in file.cases.iter().filter(is_verified) {
            let Some(layout) = file.layout(case).unwrap().signature() else {
                continue;
            };
            if layout.secret.other(&case.options).is_some() {
                let anew = signed_anew(case, layout);
                assert!(anew.is_none(), "{}: signed with a public key", case.id);
                with_public_keys += 1;
                continue;
            }
            verified += 1;
            let Some(anew) = signed_anew(case, layout) else {
                continue;
            };
            signed += 1;
            let macs_anew = macs(&anew, layout);
            assert_eq!(macs_anew.len(), 1, "{}", case.id);
            assert!(macs(case, layout).contains(&macs_anew[0]), "{}", case.id);
        }
    }
    println!("signed: {signed} of {verified} verified cases");
    assert!(signed * 10 > verified * 8, "{signed} of {verified}");
    assert!(with_public_keys > 100, "{with_public_keys}");
}
