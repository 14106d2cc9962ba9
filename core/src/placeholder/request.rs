//! Requests to fill in the value.

use super::words::{NAMES, behind, ends_with, is_one_of, is_words, starts_with, words};

/// `YOUR_TOKEN`, `paste-it-here`, `changeme`, and the names of what is asked for.
/// A passphrase may begin with the same words: `set-me-free-in-2024`.
pub(super) fn asks_for_one(text: &str) -> bool {
    is_one_of(text, &ASKED_FOR)
        || is_one_of(text, &FIRST_WORDS)
        || behind(text, "placeholder").is_some()
        || BEGINNINGS
            .iter()
            .any(|words| behind(text, words).is_some_and(is_urging))
        || (is_words(text) && (asks_in_words(text) || asks_in_one_word(text)))
}

/// The same for what stands behind a prefix: `whsec_test` is what tests write.
pub(super) fn asks_behind_prefix(rest: &str) -> bool {
    !is_one_of(rest, &["test"]) && asks_for_one(rest)
}

/// What may follow `change me`: nothing, a number, `now`.
fn is_urging(rest: &str) -> bool {
    const URGES: [&str; 9] = [
        "asap",
        "before",
        "deploy",
        "in",
        "later",
        "now",
        "please",
        "prod",
        "production",
    ];
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    words(rest).all(|word| is_number(word) || is_one_of(word, &URGES))
}

/// What is asked for, and nothing else.
const ASKED_FOR: [&str; 19] = [
    "access token",
    "api key",
    "api secret",
    "a string secret at least 256 bits long",
    "auth token",
    "client secret",
    "fill in",
    "fill me in",
    "fixme",
    "header token",
    "hmac secret",
    "no secret",
    "no token",
    "secret key",
    "signing secret",
    "test",
    "todo",
    "url token",
    "webhook secret",
];

/// How a text begins that asks, if nothing follows that says something else.
const BEGINNINGS: [&str; 7] = [
    "change it",
    "change me",
    "change this",
    "please change",
    "replace",
    "replace me",
    "replace this",
];

/// Words that ask by themselves, or in front of one of [`OBJECTS`].
const FIRST_WORDS: [&str; 8] = [
    "dummy", "example", "fake", "insert", "paste", "replace", "sample", "your",
];

/// How a single word begins that asks, and ends with one of [`NAMES`].
const OPENINGS: [&str; 5] = ["example", "insert", "paste", "replace", "your"];

/// Marks of what is still to be done, in front of a colon or of one of [`OBJECTS`].
const MARKS: [&str; 3] = ["fixme", "tbd", "todo"];

/// The first of several words that ask, where the last is one of [`OBJECTS`].
const VERBS: [&str; 9] = [
    "add", "change", "copy", "enter", "fill", "missing", "provide", "put", "set",
];

/// What is asked for, or where it is to be put or found.
const OBJECTS: [&str; 17] = [
    "console",
    "credential",
    "credentials",
    "dashboard",
    "env",
    "environment",
    "here",
    "id",
    "key",
    "me",
    "passphrase",
    "password",
    "secret",
    "token",
    "value",
    "vault",
    "your",
];

fn asks_in_words(text: &str) -> bool {
    let first = words(text).next().unwrap_or_default();
    let last = words(text).last().unwrap_or_default();
    let asks = [&MARKS[..], &FIRST_WORDS, &VERBS];
    let is_marked = |mark: &&str| behind(text, mark).is_some_and(|rest| rest.starts_with(':'));
    MARKS.iter().any(is_marked)
        || (asks.iter().any(|known| is_one_of(first, known)) && is_one_of(last, &OBJECTS))
        || (is_one_of(last, &["here"]) && words(text).any(|word| is_one_of(word, &NAMES)))
}

/// `yourSecretHere`, `exampletoken`.
fn asks_in_one_word(text: &str) -> bool {
    words(text).count() == 1
        && OPENINGS.iter().any(|opening| starts_with(text, opening))
        && ends_with(text, &ONE_WORD_NAMES)
}

/// Shorter names end other words too: a monkey, a bid.
const ONE_WORD_NAMES: [&str; 6] = [
    "apikey",
    "here",
    "passphrase",
    "password",
    "secret",
    "token",
];
