//! All cases of Wycheproof's `json_web_signature` and `json_web_key` tests
//! (Apache-2.0; the file names the commit). Most payloads are no JSON, so this
//! stops at the signature; and it allows every algorithm, so that nothing but
//! the key decides.

use serde_json::Value;

use super::super::compact::CompactJws;
use super::super::*;

const FILE: &str = include_str!("../testdata/wycheproof-jws.json");

/// Cases with another verdict than Wycheproof's.
const DISAGREEMENTS: [(&str, &str); 21] = [
    ("signature-320", PS384),
    ("signature-321", PS384),
    ("signature-322", PS384),
    ("signature-323", PS384),
    ("signature-325", PS512),
    ("signature-326", PS512),
    ("signature-327", PS512),
    ("signature-328", PS512),
    ("signature-346", OTHER_ALG),
    ("signature-347", P521),
    ("signature-350", OTHER_ALG),
    ("signature-351", P521),
    ("signature-357", ZEROS),
    ("signature-358", ZEROS),
    ("signature-359", ZEROS),
    ("signature-372", JUNK),
    ("signature-373", JUNK),
    ("signature-376", ZEROS),
    ("signature-377", ZEROS),
    ("key-4", SAME_KID),
    ("key-7", ROCA),
];

const PS384: &str = "rejected: PS384 is not supported";
const PS512: &str = "rejected: PS512 is not supported";
const P521: &str = "rejected: P-521 is not supported";
const OTHER_ALG: &str = "rejected: the token says PS384, its key is for PS256";
const ZEROS: &str = "rejected: the secret is 32 bytes of zeros, which is the empty one to HMAC";
const JUNK: &str = "rejected: there is a question mark in the base64url";
const SAME_KID: &str =
    "accepted: each key of that kid is tried, since issuers repeat one in a rotation";
const ROCA: &str =
    "accepted: whether a modulus was made by a faulty chip is for the issuer to know";

fn is_accepted(jws: &str, key: &Value) -> bool {
    let document = key.to_string();
    let Ok(keys) = KeySet::from_jwks(document.as_bytes(), OctKeys::Allowed) else {
        return false;
    };
    CompactJws::parse(jws.as_bytes(), &JwtAlgorithm::ALL, KidRule::Optional)
        .is_ok_and(|jws| jws.verify(&keys).is_ok())
}

#[test]
fn every_case_gets_its_verdict() {
    let file: Value = serde_json::from_str(FILE).unwrap();
    let mut count = 0;
    let mut disagreements = Vec::new();
    for group in file["groups"].as_array().unwrap() {
        for case in group["cases"].as_array().unwrap() {
            count += 1;
            let is_valid = case["result"] == "valid";
            if is_accepted(case["jws"].as_str().unwrap(), &group["key"]) != is_valid {
                disagreements.push(case["id"].as_str().unwrap());
            }
        }
    }
    assert_eq!(count, 427);
    assert_eq!(disagreements, DISAGREEMENTS.map(|(id, _)| id));
}
