//! What a request of a stranger may cost in memory.

mod cases;

use cases::{Size, ciphers};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How many bytes a request may take for each of its own, and for itself.
const FACTOR: usize = 3;
const ALLOWANCE: usize = 128 * 1024;

/// Long enough that the allowance hides nothing; keys take time and no memory.
const SIZE: Size = Size {
    body: 256 * 1024,
    keys: 2,
};

/// Of each kind one; it makes no difference how long one takes.
const CIPHERS: [&str; 5] = [
    "aes-256-cbc",
    "aes-256-ecb",
    "aes-256-cfb8",
    "chacha20",
    "rc4",
];

/// The only test here: others would allocate at the same time.
#[test]
fn a_request_takes_at_most_three_times_its_length() {
    let mut dear = Vec::new();
    for case in cases::all(SIZE).into_iter().chain(ciphers(&CIPHERS, SIZE)) {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        drop(case.verify());
        let peak = MEMORY.peak_usage() - before;
        if peak > FACTOR * case.bytes() + ALLOWANCE {
            dear.push(format!(
                "{}, {}: {peak} of {} bytes",
                case.scheme,
                case.input,
                case.bytes()
            ));
        }
    }
    assert!(dear.is_empty(), "{dear:#?}");
}
