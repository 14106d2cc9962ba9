//! What was kept of a delivery decrypts, and everything else is rejected with the
//! code that the bindings tell as well.

use hookseal::{Error, Options, Verifier};
use serde::Deserialize;

/// `tests/ciphertexts.json`, which the bindings read as well.
#[derive(Deserialize)]
struct Ciphertexts {
    count: usize,
    cases: Vec<Kept>,
}

/// A ciphertext without its delivery. Bytes are hex.
#[derive(Deserialize)]
struct Kept {
    name: String,
    scheme: String,
    options: serde_json::Value,
    ciphertext: String,
    iv: Option<String>,
    cipher: Option<String>,
    plaintext: Option<String>,
    code: Option<String>,
}

#[test]
fn what_was_kept_of_a_delivery_decrypts() {
    let text = include_str!("../ciphertexts.json");
    let Ciphertexts { count, cases } = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), count);
    let bytes = |hex: &str| const_hex::decode(hex).unwrap();
    for case in cases {
        let options = Options::from_json(case.options.to_string().as_bytes()).unwrap();
        let verifier = Verifier::new(&case.scheme, options).unwrap();
        let iv = case.iv.as_deref().map(bytes);
        let mut text = bytes(&case.ciphertext);
        let decrypted = verifier.decrypt(&mut text, iv.as_deref(), case.cipher.as_deref());
        let code = |error: Error| error.code().as_str().to_owned();
        let expected = match (case.plaintext, case.code) {
            (Some(plaintext), None) => Ok(bytes(&plaintext)),
            (None, Some(code)) => Err(code),
            _ => panic!("{}: neither a plaintext nor a code", case.name),
        };
        let decrypted = decrypted.map(<[u8]>::to_vec).map_err(code);
        assert_eq!(decrypted, expected, "{}", case.name);
    }
}
