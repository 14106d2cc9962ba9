//! A whole verify over the bare SHA-256 of the same bytes: `cargo bench -p hookseal`.
//! Prints, besides criterion's own lines, the ratios that matter.

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, Throughput};
use ed25519_dalek::Signer as _;
use hookseal::{HeaderSlots, Headers, Options, Request, Signing, Verifier};
use ring::signature::{EcdsaKeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

const NOW: i64 = 1_700_000_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for bytes in [1024, 16 * 1024, 64 * 1024, 1024 * 1024] {
        body_mac(&mut criterion, bytes);
    }
    form(&mut criterion);
    startup(&mut criterion);
    ratios();
    criterion.final_summary();
}

fn body_mac(criterion: &mut Criterion, bytes: usize) {
    let mut group = criterion.benchmark_group(format!("body of {bytes} bytes"));
    group.throughput(Throughput::Bytes(bytes as u64));
    let delivery = Delivery::github(bytes);
    group.bench_function("sha256", |bencher| bencher.iter(|| delivery.sha256()));
    group.bench_function("verify", |bencher| bencher.iter(|| delivery.verify()));
    group.finish();
}

fn form(criterion: &mut Criterion) {
    let delivery = Delivery::plivo();
    criterion.bench_function("plivo, 20 parameters", |bencher| {
        bencher.iter(|| delivery.verify());
    });
}

/// Verifiers are made once, when a program starts.
fn startup(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("startup");
    group.bench_function("plivo", |bencher| {
        bencher.iter(|| {
            Verifier::new(
                "plivo",
                Options::new().with("auth_token", "f3c1a9d27b5e48c0"),
            )
        });
    });
    let event_grid = br#"{"entra":{"tenant":"contoso","audience":"api://hooks"}}"#;
    group.bench_function("azure-event-grid", |bencher| {
        bencher.iter(|| Verifier::new("azure-event-grid", Options::from_json(event_grid)?));
    });
    group.finish();
}

/// Interleaved passes, best of each: absolute times move with the machine, the
/// ratio does not. Short ones, so that some are not disturbed.
fn ratios() {
    public_keys();
    compilation();
    for bytes in [1024, 64 * 1024, 1024 * 1024] {
        let delivery = Delivery::github(bytes);
        let calls = (1 << 20) / bytes;
        let (mut floor, mut verify) = (Duration::MAX, Duration::MAX);
        for _ in 0..400 {
            floor = floor.min(time(calls, || delivery.sha256()));
            verify = verify.min(time(calls, || delivery.verify()));
        }
        println!(
            "core: verify over bare SHA-256, {bytes} bytes: {:.2}x",
            verify.as_secs_f64() / floor.as_secs_f64()
        );
    }
}

/// A request of 1 KiB over the bare verification of its string to sign.
fn public_keys() {
    let body = vec![b'a'; 1024];
    let message = [NOW.to_string().as_bytes(), b"|", &body].concat();
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let signature = key.sign(&message);
    let public = key.verifying_key();
    let telnyx = Delivery::signed(
        "telnyx",
        &STANDARD.encode(public),
        body.clone(),
        [
            ("telnyx-timestamp", NOW.to_string()),
            (
                "telnyx-signature-ed25519",
                STANDARD.encode(signature.to_bytes()),
            ),
        ],
    );
    let bare = || black_box(public.verify_strict(black_box(&message), &signature)).is_ok();
    print_ratio("Ed25519", &telnyx, bare);

    let message = [NOW.to_string().as_bytes(), &body].concat();
    let random = ring::rand::SystemRandom::new();
    let algorithm = &ring::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("there is a source");
    let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("it is a key");
    let signature = key.sign(&random, &message).expect("there is a source");
    let point = key.public_key().as_ref();
    let sendgrid = Delivery::signed(
        "sendgrid",
        &STANDARD.encode([P256_SPKI, point].concat()),
        body,
        [
            ("x-twilio-email-event-webhook-timestamp", NOW.to_string()),
            (
                "x-twilio-email-event-webhook-signature",
                STANDARD.encode(signature.as_ref()),
            ),
        ],
    );
    let public = UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_ASN1, point);
    let bare = || {
        let verdict = public.verify(black_box(&message), signature.as_ref());
        black_box(verdict).is_ok()
    };
    print_ratio("ECDSA P-256", &sendgrid, bare);
}

/// What stands in front of a point (RFC 5480 section 2).
const P256_SPKI: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";

fn print_ratio(name: &str, delivery: &Delivery, bare: impl Fn() -> bool) {
    assert!(bare());
    let (mut floor, mut verify) = (Duration::MAX, Duration::MAX);
    for _ in 0..400 {
        floor = floor.min(time(4, || {
            bare();
        }));
        verify = verify.min(time(4, || delivery.verify()));
    }
    println!(
        "core: verify over bare {name}, 1024 bytes: {:.2}x",
        verify.as_secs_f64() / floor.as_secs_f64()
    );
}

/// How long it takes to make a verifier of a scheme.
fn compilation() {
    for (scheme, options) in [
        ("github", r#"{"secret":"f3c1a9d27b5e48c0"}"#),
        ("twilio", r#"{"auth_token":"f3c1a9d27b5e48c0"}"#),
        (
            "adyen-payment",
            r#"{"hmac_key":"44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056"}"#,
        ),
        (
            "rfc9421",
            r#"{"key":"f3c1a9d27b5e48c0","algorithm":"hmac-sha256"}"#,
        ),
    ] {
        let mut best = Duration::MAX;
        for _ in 0..400 {
            best = best.min(time(1, || {
                let options = Options::from_json(options.as_bytes());
                let made = options.and_then(|options| Verifier::new(scheme, options));
                black_box(made.expect("the options are right"));
            }));
        }
        println!(
            "core: a verifier of {scheme}: {:.1} µs",
            best.as_secs_f64() * 1e6
        );
    }
}

fn time(calls: usize, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    (0..calls).for_each(|_| work());
    start.elapsed()
}

/// A signed request in the form a binding passes.
struct Delivery {
    verifier: Verifier,
    method: &'static [u8],
    url: &'static [u8],
    body: Vec<u8>,
    headers: Vec<(usize, String)>,
}

impl Delivery {
    fn github(bytes: usize) -> Self {
        let options = Options::new().with("secret", "It's a Secret to Everybody");
        Self::sign(
            "github",
            options,
            b"https://example.com/",
            vec![b'a'; bytes],
            "application/json",
        )
    }

    fn plivo() -> Self {
        let options = Options::new().with("auth_token", "my_auth_token");
        let body = (0..20)
            .map(|index| format!("Parameter{index}=%2B1415666{index:04}+value+of+{index:016}"))
            .collect::<Vec<_>>()
            .join("&");
        Self::sign(
            "plivo",
            options,
            b"https://example.com/answer?token=xyz",
            body.into_bytes(),
            "application/x-www-form-urlencoded",
        )
    }

    /// One that somebody with the private key has signed.
    fn signed<const N: usize>(
        scheme: &str,
        public_key: &str,
        body: Vec<u8>,
        headers: [(&str, String); N],
    ) -> Self {
        let options = Options::new().with("public_key", public_key);
        let verifier = Verifier::new(scheme, options).expect("the options are right");
        Self::new(verifier, b"https://example.com/", body, headers)
    }

    fn sign(
        scheme: &str,
        options: Options,
        url: &'static [u8],
        body: Vec<u8>,
        content_type: &str,
    ) -> Self {
        let verifier = Verifier::new(scheme, options).expect("the options are right");
        let pairs = [(&b"content-type"[..], content_type.as_bytes())];
        let request = Request {
            method: b"POST",
            target: url,
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&pairs),
            body: &body,
            peer: None,
        };
        let signing = Signing {
            delivery_id: Some("05429567804466091622"),
            timestamp: Some(NOW),
            key_id: None,
        };
        let mut signed = verifier
            .sign(&request, &signing)
            .expect("the scheme can sign");
        signed.push(("content-type".to_owned(), content_type.to_owned()));
        Self::new(verifier, url, body, signed)
    }

    /// With those of the headers that the verifier reads.
    fn new<N: AsRef<str>>(
        verifier: Verifier,
        url: &'static [u8],
        body: Vec<u8>,
        headers: impl IntoIterator<Item = (N, String)>,
    ) -> Self {
        let slot = |name: &str| {
            let mut known = verifier.header_names().iter();
            known.position(|known| **known == *name)
        };
        let headers = headers
            .into_iter()
            .filter_map(|(name, value)| slot(name.as_ref()).map(|slot| (slot, value)))
            .collect();
        Self {
            verifier,
            method: b"POST",
            url,
            body,
            headers,
        }
    }

    fn verify(&self) {
        let mut slots = HeaderSlots::new();
        for (slot, value) in &self.headers {
            slots.set(*slot, value.as_bytes());
        }
        let request = Request {
            method: self.method,
            target: self.url,
            authority: None,
            scheme: None,
            headers: Headers::Slots(&slots),
            body: &self.body,
            peer: None,
        };
        let verified = self.verifier.verify_at(black_box(&request), NOW);
        black_box(verified.expect("the delivery is genuine"));
    }

    fn sha256(&self) {
        black_box(Sha256::digest(black_box(&self.body)));
    }
}
