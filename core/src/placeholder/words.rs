//! What the rules know of words and names.

/// How the names of secrets end.
pub(super) const NAMES: [&str; 10] = [
    "credential",
    "credentials",
    "id",
    "key",
    "passphrase",
    "password",
    "pwd",
    "secret",
    "token",
    "value",
];

/// The text, and what stands behind the prefixes that providers give their keys,
/// such as `whsec_` and `sk_live_`.
pub(super) fn behind_prefixes(text: &str) -> impl Iterator<Item = &str> {
    const PREFIXES: [&str; 9] = [
        "whsec_", "whpk_", "sk_", "pk_", "rk_", "live_", "test_", "ghp_", "key_",
    ];
    fn next<'t>(text: &&'t str) -> Option<&'t str> {
        PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))
    }
    let known = std::iter::successors(Some(text), next);
    known.take(3).filter(|rest| !rest.is_empty())
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether a text is made of words and small numbers, as little that is random
/// is.
pub(super) fn is_words(text: &str) -> bool {
    words(text).all(|word| {
        let letters = word.trim_end_matches(|last: char| last.is_ascii_digit());
        word.len() - letters.len() <= 4 && letters.chars().all(char::is_alphabetic)
    })
}

/// An identifier of usual languages.
pub(super) fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(is_part)
}

/// Whether a text is one of others, in whatever case, and however its words are
/// separated.
pub(super) fn is_one_of(text: &str, known: &[&str]) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || " -_./':,!".contains(character);
    text.chars().all(is_part) && known.iter().any(|known| letters(text).eq(letters(known)))
}

/// What follows words with which a text begins, in whatever case, and whatever
/// stands between them. `None` too where they end within a word.
pub(super) fn behind<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let mut expected = letters(beginning).peekable();
    let mut is_lower = false;
    for (index, character) in text.char_indices() {
        if expected.peek().is_none() {
            let is_within =
                character.is_alphabetic() && !(is_lower && character.is_ascii_uppercase());
            return (!is_within).then(|| &text[index..]);
        }
        if character.is_alphanumeric() {
            is_lower = character.is_ascii_lowercase();
            if expected.next() != Some(character.to_ascii_lowercase()) {
                return None;
            }
        }
    }
    expected.peek().is_none().then_some("")
}

pub(super) fn starts_with(text: &str, beginning: &str) -> bool {
    let mut text = letters(text);
    letters(beginning).all(|letter| text.next() == Some(letter))
}

/// Whether the letters of a text end with those of another.
pub(super) fn ends_with(text: &str, endings: &[&str]) -> bool {
    let count = letters(text).count();
    endings.iter().any(|ending| {
        let behind = count.checked_sub(letters(ending).count());
        behind.is_some_and(|behind| letters(text).skip(behind).eq(letters(ending)))
    })
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .map(|character| character.to_ascii_lowercase())
}
