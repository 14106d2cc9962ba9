//! Any ciphertext: its text, or nothing of it.

#![no_main]

use conformance::fuzz::split_line;
use hookseal::ErrorCode;
use hookseal_fuzz::with_verifier;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (setup, rest) = split_line(data);
    let (cipher, rest) = split_line(rest);
    let (iv, ciphertext) = split_line(rest);
    let cipher = str::from_utf8(cipher).ok().filter(|name| !name.is_empty());
    let iv = from_hex(iv);
    with_verifier(setup, |verifier, _| {
        let mut text = ciphertext.to_vec();
        let verdict = verifier.decrypt(&mut text, Some(&iv), cipher);
        match verdict.map(<[u8]>::len).map_err(|error| error.code()) {
            Ok(length) => assert!(length <= ciphertext.len()),
            Err(ErrorCode::DecryptionFailed) => assert!(text.iter().all(|byte| *byte == 0)),
            Err(code) => assert_ne!(code, ErrorCode::Internal),
        }
    });
});

/// The bytes of as many digits as there are.
fn from_hex(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    let (pairs, _) = text.as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| digit(*high) << 4 | digit(*low))
        .collect()
}
