//! What is left of a secret in the memory of this process once its verifier is
//! gone. (The HMAC library leaves a key with a constant added to it on the stack,
//! which is not looked for.) Alone in its binary, since other tests would write over the traces.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;

use hookseal::{OptionValue, Options, Verifier};
use zeroize::Zeroizing;

/// Texts that are nowhere as they are: each byte is changed by [`MASK`].
const MASK: u8 = 0x15;

/// Long, so that what is freed is not at once used for something else.
fn masked(seed: u64) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = seed;
    (0..8_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            LETTERS[(state >> 58) as usize] ^ MASK
        })
        .collect()
}

/// Puts the text in between two others, in memory that is wiped.
fn plain(before: &str, masked: &[u8], after: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(
        before.len() + masked.len() + after.len(),
    ));
    text.push_str(before);
    for byte in masked {
        text.push(char::from(byte ^ MASK));
    }
    text.push_str(after);
    text
}

/// How often the text, or most of it, still stands in memory.
fn traces(masked: &[u8]) -> usize {
    // Memory that was freed is used again from its beginning.
    let needle = &masked[7_000..7_032];
    let mut found = 0;
    let memory = File::open("/proc/self/mem").unwrap();
    // Room for all of it, so that it does not grow over what is looked for.
    let mut maps = String::with_capacity(256 * 1024);
    let mut file = File::open("/proc/self/maps").unwrap();
    file.read_to_string(&mut maps).unwrap();
    for line in maps.lines() {
        let mut fields = line.split_ascii_whitespace();
        let (range, access) = (fields.next().unwrap(), fields.next().unwrap());
        if !access.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let parse = |text: &str| u64::from_str_radix(text, 16).unwrap();
        let mut block = vec![0; (parse(end) - parse(start)) as usize];
        let Ok(length) = memory.read_at(&mut block, parse(start)) else {
            continue;
        };
        for (position, byte) in block[..length].iter().enumerate() {
            if byte ^ MASK != needle[0] {
                continue;
            }
            let Some(window) = block[..length].get(position..position + needle.len()) else {
                continue;
            };
            let mut pairs = window.iter().zip(needle);
            found += usize::from(pairs.all(|(byte, masked)| byte ^ MASK == *masked));
        }
    }
    found
}

fn bearer(json: &str) -> Options {
    Options::from_json(json.as_bytes()).unwrap()
}

#[test]
fn no_copy_of_a_secret_is_left() {
    let jwt = r#"{"issuer":"https://auth.example.com","audience":"a""#;
    let quoted = r#"\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\""#;
    let object = r#""keys":[{"kty":"oct","alg":"HS256","x":null,"k":""#;
    type Make<'m> = Box<dyn Fn(&[u8]) -> Verifier + 'm>;
    let cases: [(&str, Make<'_>); 7] = [
        (
            "a text",
            Box::new(|secret| {
                let text = plain("", secret, "");
                Verifier::new("github", Options::new().with("secret", text.as_str())).unwrap()
            }),
        ),
        (
            "bytes",
            Box::new(|secret| {
                let text = plain("", secret, "");
                let value = OptionValue::from(text.as_bytes());
                Verifier::new("stripe", Options::new().with("secret", value)).unwrap()
            }),
        ),
        (
            "JSON with an escape",
            Box::new(|secret| {
                let json = plain("{\"secret\":\"\\u0041", secret, "\"}");
                Verifier::new("github", bearer(&json)).unwrap()
            }),
        ),
        (
            "a secret of tokens",
            Box::new(|secret| {
                let json = plain(&format!("{jwt},\"hmac_secret\":\""), secret, "\"}");
                Verifier::new("bearer-jwt", bearer(&json)).unwrap()
            }),
        ),
        (
            "a key set as text",
            Box::new(|secret| {
                let json = plain(
                    &format!("{jwt},\"jwks\":\"{{{quoted}"),
                    secret,
                    "\\\"}]}\"}",
                );
                Verifier::new("bearer-jwt", bearer(&json)).unwrap()
            }),
        ),
        (
            "a key set as object",
            Box::new(|secret| {
                let json = plain(&format!("{jwt},\"jwks\":{{{object}"), secret, "\"}]}}");
                Verifier::new("bearer-jwt", bearer(&json)).unwrap()
            }),
        ),
        (
            "a passphrase",
            Box::new(|secret| {
                let text = plain("", secret, "");
                Verifier::new("enablex", Options::new().with("app_id", text.as_str())).unwrap()
            }),
        ),
    ];
    let mut left = Vec::new();
    for ((what, make), seed) in cases.iter().zip(1..) {
        let secret = masked(seed);
        drop(make(&secret));
        if traces(&secret) != 0 {
            left.push(*what);
        }
    }
    assert!(left.is_empty(), "{left:?}");

    // The search finds what is there.
    let secret = masked(99);
    let kept = plain("", &secret, "");
    assert_ne!(traces(&secret), 0);
    drop(kept);
}
