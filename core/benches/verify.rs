//! A whole verify over the bare SHA-256 of the same bytes: `cargo bench -p hookseal`.
//! Prints, besides criterion's own lines, the ratios that matter.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use hookseal::{HeaderSlots, Headers, Options, Request, Signing, Verifier};
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

/// Interleaved passes, best of each: absolute times move with the machine, the
/// ratio does not. Short ones, so that some are not disturbed.
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

fn ratios() {
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
        let slot = |name: &str| {
            verifier
                .header_names()
                .iter()
                .position(|known| **known == *name)
        };
        let headers = signed
            .into_iter()
            .filter_map(|(name, value)| slot(&name).map(|slot| (slot, value)))
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
