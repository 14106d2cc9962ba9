//! Whether time tells what must stay secret, measured through the public API as
//! dudect does (Reparaz, Balasch, Verbauwhede: <https://eprint.iacr.org/2016/1123>):
//! `cargo bench -p hookseal --bench constant_time`, on a machine that is quiet.
//!
//! Two inputs that differ in a secret matter only, chosen at random and timed one
//! by one; then Welch's t-test over the two lots. A |t| above 10 is a leak. The
//! controls at the end leak on purpose: should one of them not be seen, the others
//! mean nothing.
//!
//! It is evidence for one machine and one compiler, and no proof. (Pitfall SIG-3;
//! that a decision is made by `ct_eq` the reviewer of a change has to see.)

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt as _, KeyInit as _};
use hookseal::{ErrorCode, HeaderSlots, Headers, Options, Request, Signing, Verifier};

const SAMPLES: usize = 500_000;
const LEAK: f64 = 10.0;

const SECRET: &str = "0123456789abcdefghijklmnopqrstuv";
const BLOCK: usize = 16;

fn main() -> ExitCode {
    let outcomes = [
        even("padding, first or last byte wrong", padding),
        even("MAC, first or last byte wrong", mac),
        even("token, first or last byte wrong", token),
        leaking("bytes until they differ", naive_equality),
        leaking("padding until it is wrong", naive_unpadding),
    ];
    ExitCode::from(u8::from(outcomes.contains(&false)))
}

/// Prints what was found, and tells whether it is as it has to be.
fn even(name: &str, measure: fn() -> Times) -> bool {
    let t = measure().largest_t();
    let is_even = t <= LEAK;
    let verdict = if is_even { "even" } else { "LEAKS" };
    println!("constant time: {name}: |t| = {t:.1}, {verdict}");
    is_even
}

/// The same of a control.
fn leaking(name: &str, measure: fn() -> Times) -> bool {
    let t = measure().largest_t();
    let is_seen = t > LEAK;
    let verdict = if is_seen { "seen" } else { "NOT SEEN" };
    println!("constant time: control, {name}: |t| = {t:.1}, {verdict}");
    is_seen
}

/// A full block of padding, of which the first or the last byte is wrong: a
/// caller learns no more than that it does not decrypt.
fn padding() -> Times {
    let options = Options::new()
        .with("cipher", "aes-256-cbc")
        .with("secret", SECRET)
        .with("plaintext", "bytes");
    let verifier = Verifier::new("vcc-live", options).unwrap();
    let ciphertext = [0x5a; BLOCK];
    let mut iv = [ciphertext, ciphertext].map(|block| {
        let mut block = block.into();
        Aes256::new_from_slice(SECRET.as_bytes())
            .unwrap()
            .decrypt_block(&mut block);
        // What is decrypted is this block and the IV, added: 16 times 16.
        <[u8; BLOCK]>::from(block).map(|byte| byte ^ BLOCK as u8)
    });
    let right = verifier
        .decrypt(&mut ciphertext.clone(), Some(&iv[0]), None)
        .map(<[u8]>::len);
    assert_eq!(right.unwrap(), 0);
    iv[0][0] ^= 1;
    iv[1][BLOCK - 2] ^= 1;

    let mut text = ciphertext;
    Times::measure(iv, |iv| {
        text = ciphertext;
        let refused = verifier.decrypt(&mut text, Some(iv), None);
        assert_eq!(refused.unwrap_err().code(), ErrorCode::DecryptionFailed);
    })
}

fn mac() -> Times {
    let verifier = Verifier::new("github", Options::new().with("secret", SECRET)).unwrap();
    let signed = verifier.sign(&request(&HeaderSlots::new()), &Signing::default());
    let (_, right) = signed.unwrap().swap_remove(0);
    let mut first = right.into_bytes();
    let mut last = first.clone();
    // The second digit: that the first is no `0`, as in `0x`, is seen in time, and
    // no secret.
    let start = "sha256=".len() + 1;
    first[start] = other_digit(first[start]);
    let end = last.len() - 1;
    last[end] = other_digit(last[end]);
    Times::measure([first, last], |signature| {
        let mut headers = HeaderSlots::new();
        headers.set(0, signature);
        assert!(verifier.verify(&request(&headers)).is_err());
    })
}

fn token() -> Times {
    let verifier = Verifier::new("vcc-live", Options::new().with("url_token", SECRET)).unwrap();
    let url = |token: &str| format!("https://example.com/?secret-key={token}").into_bytes();
    let urls = [
        url(&format!("1{}", &SECRET[1..])),
        url(&format!("{}w", &SECRET[..SECRET.len() - 1])),
    ];
    let no_headers = HeaderSlots::new();
    Times::measure(urls, |url| {
        let request = Request {
            target: url,
            ..request(&no_headers)
        };
        assert!(verifier.verify(&request).is_err());
    })
}

fn naive_equality() -> Times {
    let expected = SECRET.as_bytes();
    let (mut first, mut last) = (expected.to_vec(), expected.to_vec());
    first[0] ^= 1;
    last[expected.len() - 1] ^= 1;
    Times::measure([first, last], |given| {
        let pairs = expected.iter().zip(given);
        assert!(!black_box(pairs.map(black_box).all(|(a, b)| a == b)));
    })
}

fn naive_unpadding() -> Times {
    let (mut first, mut last) = ([BLOCK as u8; BLOCK], [BLOCK as u8; BLOCK]);
    first[0] ^= 1;
    last[BLOCK - 2] ^= 1;
    Times::measure([first, last], |text| {
        let count = usize::from(text[BLOCK - 1]);
        let mut padding = text.iter().rev().take(count).map(black_box);
        assert!(!black_box(padding.all(|byte| usize::from(*byte) == count)));
    })
}

fn request<'r>(headers: &'r HeaderSlots<'r>) -> Request<'r> {
    Request {
        method: b"POST",
        target: b"https://example.com/",
        authority: None,
        scheme: None,
        headers: Headers::Slots(headers),
        body: b"{}",
        peer: None,
    }
}

/// Another hexadecimal digit, a letter for a letter: how long it takes to read
/// what a sender wrote is no secret.
fn other_digit(digit: u8) -> u8 {
    match digit {
        b'0' | b'a' => digit + 1,
        _ => digit - 1,
    }
}

/// Nanoseconds of each call, by which of the two inputs it had.
struct Times([Vec<f64>; 2]);

impl Times {
    /// Both inputs are copied to one place, so that none has a better one.
    fn measure<I: AsRef<[u8]>>(inputs: [I; 2], mut call: impl FnMut(&[u8])) -> Self {
        let mut place = inputs[0].as_ref().to_vec();
        let mut times = [const { Vec::new() }; 2];
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..SAMPLES {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let class = usize::from(random & 1 == 1);
            place.copy_from_slice(inputs[class].as_ref());
            let start = Instant::now();
            call(black_box(&place));
            times[class].push(start.elapsed().as_nanos() as f64);
        }
        Self(times)
    }

    /// The largest |t| without the slowest calls, of which more and more are left
    /// out: those that something interrupted.
    fn largest_t(&self) -> f64 {
        let mut all = self.0.concat();
        all.sort_by(f64::total_cmp);
        let shares = [0.5, 0.75, 0.9, 0.95, 0.99, 1.0];
        shares.iter().fold(0.0, |largest, share| {
            let last = ((all.len() - 1) as f64 * share) as usize;
            f64::max(largest, self.t_up_to(all[last]))
        })
    }

    /// Welch's t of the calls that took no longer.
    fn t_up_to(&self, limit: f64) -> f64 {
        let [a, b] = self.0.each_ref().map(|times| Lot::up_to(times, limit));
        let error = (a.variance / a.count + b.variance / b.count).sqrt();
        if error > 0.0 {
            (a.mean - b.mean).abs() / error
        } else {
            0.0
        }
    }
}

struct Lot {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Lot {
    fn up_to(times: &[f64], limit: f64) -> Self {
        let kept = || times.iter().filter(|time| **time <= limit);
        let count = kept().count() as f64;
        let mean = kept().sum::<f64>() / count;
        let squares: f64 = kept().map(|time| (time - mean).powi(2)).sum();
        Self {
            count,
            mean,
            variance: squares / (count - 1.0),
        }
    }
}
