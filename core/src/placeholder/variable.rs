//! Variables that were not replaced by their values.

use super::reason;
use super::words::{NAMES, behind_prefixes, ends_with, is_name, is_one_of};

/// `${TOKEN}`, `{{ token }}`, `<secret>`, `$PLIVO_AUTH_TOKEN`, `%TOKEN%`.
pub(super) fn is_variable(text: &str) -> bool {
    behind_prefixes(text).any(|rest| {
        is_enclosed(rest) || is_tagged(rest) || is_delimited(rest) || is_shell_variable(rest)
    }) || is_variable_name(text)
}

/// `PLIVO_AUTH_TOKEN`: the name of the variable in the place of its value.
fn is_variable_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let ends = [
        "_AUTH_TOKEN",
        "_WEBHOOK_SECRET",
        "_SIGNING_SECRET",
        "_API_KEY",
    ];
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(is_part)
        && ends.iter().any(|end| text.ends_with(end))
}

/// In brackets as a whole, with or without a sign in front.
fn is_enclosed(text: &str) -> bool {
    let holds = |text: &str, brackets: &[(char, char)], is_inner: fn(&str) -> bool| {
        brackets.iter().any(|(open, close)| {
            let inner = text
                .strip_prefix(*open)
                .and_then(|it| it.strip_suffix(*close));
            inner.is_some_and(|inner| is_inner(inner) || is_enclosed(inner))
        })
    };
    let behind_sign = text.strip_prefix(['$', '#', '%', '@', '!']);
    // Python writes `%(name)s`.
    let behind_sign = behind_sign.map(|rest| rest.strip_suffix(['s', 'd']).unwrap_or(rest));
    let is_template = [
        ("<%", "%>"),
        ("{%", "%}"),
        ("<?", "?>"),
        ("<<", ">>"),
        ("{{", "}}"),
    ]
    .iter()
    .any(|(open, close)| text.starts_with(open) && text.ends_with(close));
    let is_json = (text.starts_with("{\"") && text.contains("\":") && text.ends_with('}'))
        || (text.starts_with("[\"") && text.ends_with("\"]"));
    let is_mentions: fn(&str) -> bool = |inner| inner.chars().all(is_mention);
    let is_named: fn(&str) -> bool = |inner| {
        inner.chars().all(is_mention)
            && (ends_with(inner, &NAMES) || inner.contains(' ') || reason(inner).is_some())
    };
    // A real secret that was pasted between the brackets of an example; shorter ones
    // are passphrases.
    let is_long: fn(&str) -> bool = |inner| inner.len() >= 16 && inner.chars().all(is_mention);
    holds(
        text,
        &[('<', '>'), ('{', '}'), ('[', ']'), ('«', '»')],
        is_named,
    ) || holds(text, &[('<', '>')], is_long)
        || holds(behind_sign.unwrap_or_default(), &[('{', '}')], is_mentions)
        || holds(
            behind_sign.unwrap_or_default(),
            &[('(', ')'), ('[', ']')],
            is_named,
        )
        || holds(text, &[('(', ')')], |inner| reason(inner).is_some())
        || is_template
        || is_json
}

/// What stands in the mention of a variable: its name, a path, a default.
fn is_mention(character: char) -> bool {
    character.is_alphanumeric() || " _-.,:/|'\"$?".contains(character)
}

/// `{cipher}…`, `{noop}…`: a text that another library was to read.
fn is_tagged(text: &str) -> bool {
    const TAGS: [&str; 9] = [
        "argon2", "bcrypt", "cipher", "enc", "noop", "pbkdf2", "scrypt", "sha256", "vault",
    ];
    let tag = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    tag.is_some_and(|(tag, _)| TAGS.contains(&tag))
}

/// `%TOKEN%`, `@token@`, `##TOKEN##`, `__TOKEN__`.
fn is_delimited(text: &str) -> bool {
    let Some(sign) = text
        .chars()
        .next()
        .filter(|it| "%@#$~|*=:_-^".contains(*it))
    else {
        return false;
    };
    let name = text.trim_matches(sign);
    // Random base64url may begin and end with one of these.
    let least = if matches!(sign, '_' | '-') { 2 } else { 1 };
    let (before, after) = (
        text.len() - text.trim_start_matches(sign).len(),
        text.len() - text.trim_end_matches(sign).len(),
    );
    before == after && before >= least && is_name(name) && ends_with(name, &NAMES)
}

/// `$TOKEN`, `$auth_token`, `$env:TOKEN`.
fn is_shell_variable(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else {
        return false;
    };
    if let Some((scope, rest)) = name.split_once(':') {
        return is_one_of(scope, &["env"]) && is_name(rest);
    }
    let is_constant = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_name(name) && (ends_with(name, &NAMES) || (name.len() > 4 && is_constant))
}
