//! Words for a missing value.

use super::words::{behind_prefixes, is_one_of};

/// How languages and people write the absence of a value.
pub(super) fn says_nothing(text: &str) -> bool {
    const WORDS: [&str; 24] = [
        "blank",
        "empty",
        "false",
        "missing",
        "n/a",
        "nan",
        "nil",
        "none",
        "not available",
        "not configured",
        "not defined",
        "not set",
        "null",
        "nullptr",
        "object object",
        "redacted",
        "removed",
        "tba",
        "tbd",
        "true",
        "undefined",
        "unknown",
        "unset",
        "void",
    ];
    behind_prefixes(text).any(|rest| is_one_of(rest, &WORDS))
}
