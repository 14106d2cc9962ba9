//! What a request of a stranger costs at most, in the largest configuration:
//! `cargo xtask bench limits`, on a machine that is quiet.
//!
//! Memory is that which is allocated at once, over the length of the request;
//! what a request takes for itself, however short it is, is left out. Time is
//! that of a verification over that of a bare SHA-256 of the longest body. Of
//! each scheme the dearest request is shown.

#[path = "../tests/limits/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cases::{Case, Size};
use peak_alloc::PeakAlloc;
use sha2::{Digest as _, Sha256};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What SECURITY.md promises.
const MEMORY_FACTOR: f64 = 3.0;
const ALLOWANCE: usize = 128 * 1024;
const TIME_FACTOR: f64 = 30.0;

const LONGEST_BODY: usize = 10 * 1024 * 1024;

const LARGEST: Size = Size {
    body: usize::MAX,
    keys: 16,
};
const ONE_KEY: Size = Size { keys: 1, ..LARGEST };

/// Each cipher with the mode that costs most, and the modes of the usual ones.
const CIPHERS: [&str; 27] = [
    "aes-256-cbc",
    "aes-256-ctr",
    "aes-256-ecb",
    "aes-256-cfb",
    "aes-256-cfb8",
    "aes-256-ofb",
    "aria-256-cbc",
    "aria-256-cfb8",
    "aria-256-ofb",
    "camellia-256-cbc",
    "camellia-256-cfb8",
    "camellia-256-ofb",
    "sm4-ofb",
    "des-ede3-cbc",
    "des-ede3-cfb8",
    "des-ede3-ofb",
    "des-ede-ofb",
    "chacha20",
    "des-cbc",
    "des-cfb8",
    "desx-cbc",
    "bf-ofb",
    "cast5-ofb",
    "idea-ofb",
    "rc2-ofb",
    "seed-ofb",
    "rc4",
];

fn main() -> ExitCode {
    let reference = sha256_of_the_longest_body();
    println!(
        "limits: SHA-256 of 10 MiB takes {:.1} ms",
        milliseconds(reference)
    );
    let schemes: Vec<Measured> = cases::all(LARGEST).iter().map(Measured::of).collect();
    let ciphers = [ONE_KEY, LARGEST].map(|size| cases::ciphers(&CIPHERS, size));
    let ciphers: Vec<Measured> = ciphers.iter().flatten().map(Measured::of).collect();

    let mut holds = true;
    println!("\nlimits: memory, at most {MEMORY_FACTOR} times the request and 128 KiB");
    for one in dearest(&schemes, |one| one.memory_factor()) {
        let factor = one.memory_factor();
        holds &= one.print(&format!("{factor:5.2}x"), factor <= MEMORY_FACTOR);
    }
    println!("\nlimits: time, at most {TIME_FACTOR} times SHA-256 of 10 MiB");
    for one in dearest(&schemes, |one| one.time.as_secs_f64())
        .into_iter()
        .chain(&ciphers)
    {
        let factor = one.time.as_secs_f64() / reference.as_secs_f64();
        let figure = format!("{factor:5.2}x {:7.2} ms", milliseconds(one.time));
        holds &= one.print(&figure, factor <= TIME_FACTOR);
    }
    ExitCode::from(u8::from(!holds))
}

/// What a request took.
struct Measured {
    scheme: String,
    input: String,
    bytes: usize,
    peak: usize,
    time: Duration,
}

impl Measured {
    fn of(case: &Case) -> Self {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        drop(black_box(case.verify()));
        let peak = MEMORY.peak_usage() - before;
        Self {
            scheme: case.scheme.clone(),
            input: case.input.clone(),
            bytes: case.bytes(),
            peak,
            time: fastest(|| drop(black_box(case.verify()))),
        }
    }

    fn memory_factor(&self) -> f64 {
        self.peak.saturating_sub(ALLOWANCE) as f64 / self.bytes as f64
    }

    /// Prints a row, and returns its verdict.
    fn print(&self, figure: &str, holds: bool) -> bool {
        let verdict = if holds { "" } else { "  TOO MUCH" };
        let Self {
            scheme,
            input,
            bytes,
            ..
        } = self;
        println!("limits: {scheme:28} {bytes:9} bytes  {figure}  {input}{verdict}");
        holds
    }
}

/// Of each scheme the request with the largest figure.
fn dearest(all: &[Measured], figure: impl Fn(&Measured) -> f64) -> Vec<&Measured> {
    let mut dearest: BTreeMap<&str, &Measured> = BTreeMap::new();
    for one in all {
        let known = dearest.entry(&one.scheme).or_insert(one);
        if figure(one) > figure(known) {
            *known = one;
        }
    }
    dearest.into_values().collect()
}

fn sha256_of_the_longest_body() -> Duration {
    let body = vec![b'a'; LONGEST_BODY];
    fastest(|| {
        black_box(Sha256::digest(black_box(&body)));
    })
}

/// The fastest of several runs: one that nothing disturbed.
fn fastest(mut work: impl FnMut()) -> Duration {
    const RUNS: usize = 5;
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
