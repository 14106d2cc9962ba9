//! What is the same for all verifiers.

use hookseal_bridge::{VERSION, error_codes_json, schemes_json};

use crate::array::Array;
use crate::native::Answer;

natives! {
    "version" => fn version() { Ok(Answer::payload(VERSION)) }

    "errorCodes" => fn error_codes() { Ok(Answer::payload(error_codes_json())) }

    "schemes" => fn schemes() { Ok(Answer::payload(schemes_json())) }

    /// Panics while it has lent the array, so that a Java test can see what becomes
    /// of both.
    "panicSelfTest" => fn panic_self_test(array: Array) {
        // SAFETY: the test has the array for itself.
        unsafe { array.lend(usize::MAX, |_| panic!("deliberate panic of the self-test")) }
    }
}
