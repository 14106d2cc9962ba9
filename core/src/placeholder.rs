//! Values that stand in the place of a secret: what a template, a missing
//! variable or a page that masks secrets leaves where the secret should be.
//!
//! Each rule describes a form that no provider issues and no generator of random
//! texts comes upon. None of them copies the text, which may be a secret after
//! all.

use core::ops::RangeInclusive;

/// Why a text is no secret; `None` where it may be one. What stands around it
/// (blanks, line breaks, invisible characters, quotes) does not count.
pub(crate) fn reason(text: &str) -> Option<&'static str> {
    let text = bare(text);
    if text.is_empty() {
        return Some("the secret is empty");
    }
    // Nobody fills a field with more; and brackets are followed as deep as they go.
    if text.len() > LONGEST {
        return None;
    }
    whole(text).or_else(|| credentials(text).and_then(whole))
}

/// Whether a character shows nothing, not even a blank. Those that join letters
/// are not among them: scripts and emoji need them.
pub(crate) const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// A text without what nobody meant to be a part of it.
fn bare(text: &str) -> &str {
    let is_dross = |character: char| {
        character.is_whitespace()
            || character == '\0'
            || is_invisible(character)
            || matches!(character, '\u{200c}' | '\u{200d}')
    };
    let text = text.trim_matches(is_dross);
    let unquoted = ["\"", "'", "`"]
        .iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    unquoted.map_or(text, |text| text.trim_matches(is_dross))
}

/// What stands behind the name of an authentication scheme, as in `Bearer null`.
fn credentials(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(' ')?;
    is_one_of(scheme, &["basic", "bearer", "token"]).then(|| bare(rest))
}

fn whole(text: &str) -> Option<&'static str> {
    if says_nothing(text) {
        Some("the secret is a placeholder: so is a value written that is not there")
    } else if is_one_character(text) {
        Some("the secret is a placeholder: one character, repeated")
    } else if is_masked(text) {
        Some("the secret is a placeholder: masked or cut short, as pages show a secret")
    } else if asks_for_one(text) {
        Some("the secret is a placeholder: a text that asks for the secret")
    } else if is_variable(text) {
        Some("the secret is a placeholder: a variable that was not replaced by its value")
    } else if is_expression(text) {
        Some("the secret is a placeholder: program text, not the value that it stands for")
    } else if is_reference(text) {
        Some("the secret is a placeholder: it says where a secret is kept")
    } else {
        None
    }
}

/// How languages and people write that there is no value.
fn says_nothing(text: &str) -> bool {
    const WORDS: [&str; 23] = [
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

/// The longest text that can be a placeholder.
const LONGEST: usize = 1024;

/// A longer row of one letter is not what somebody types to fill a field, but
/// what published test vectors have as a key.
const LONGEST_ROW: usize = 20;

/// `xxx`, `********`, a GUID of zeros.
fn is_one_character(text: &str) -> bool {
    let first = |character: char| !matches!(character, '-' | '_' | ':' | '.' | ' ');
    let Some(first) = text
        .chars()
        .find(|&it| first(it))
        .or_else(|| text.chars().next())
    else {
        return false;
    };
    let is_row = text
        .chars()
        .all(|it| it == first || matches!(it, '-' | '_' | ':' | '.' | ' '));
    let count = text.chars().filter(|&it| it == first).count();
    is_row
        && match first {
            'x' | 'X' => count > 2,
            _ if first.is_ascii_digit() => count > 2,
            _ if first.is_alphanumeric() => (3..=LONGEST_ROW).contains(&count),
            _ => !first.is_control(),
        }
}

/// `sk_live_****1234`, `whsec_…`, `ghp_xxxxxxxx`.
fn is_masked(text: &str) -> bool {
    let has_row = |is_mask: fn(char) -> bool, lengths: RangeInclusive<usize>| {
        text.split(|character| !is_mask(character))
            .any(|row| lengths.contains(&row.chars().count()))
    };
    let last = text.rsplit(['_', '-']).next().unwrap_or_default();
    let is_row_of = |x: u8| last.len() > 2 && last.bytes().all(|byte| byte == x);
    let is_cut = |rest: &str| {
        rest.bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    has_row(
        |it| matches!(it, '*' | '•' | '●' | '∙' | '·' | '█'),
        4..=usize::MAX,
    ) || has_row(|it| it == 'x', 6..=LONGEST_ROW)
        || is_row_of(b'x')
        || is_row_of(b'X')
        || text.contains('…')
        || text.strip_prefix("...").is_some_and(is_cut)
        || text.strip_suffix("...").is_some_and(is_cut)
}

/// `YOUR_TOKEN`, `paste-it-here`, `changeme`, and the names of what is asked for.
fn asks_for_one(text: &str) -> bool {
    is_one_of(text, &ASKED_FOR)
        || begins_with(text, &BEGINNINGS)
        || (is_words(text)
            && (asks_in_words(text) || (words(text).count() == 1 && begins_with(text, &OPENINGS))))
}

/// What is asked for, and nothing else.
const ASKED_FOR: [&str; 18] = [
    "access token",
    "api key",
    "api secret",
    "a string secret at least 256 bits long",
    "auth token",
    "client secret",
    "fill in",
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

/// How a text begins that asks, whatever follows.
const BEGINNINGS: [&str; 9] = [
    "change it",
    "change me",
    "change this",
    "insert your",
    "paste your",
    "placeholder",
    "replace me",
    "replace this",
    "replace with",
];

/// How one word begins that asks, if it is all letters.
const OPENINGS: [&str; 5] = ["example", "insert", "paste", "replace", "your"];

/// The first of several words that ask, whatever the others are …
const FIRST_WORDS: [&str; 12] = [
    "dummy", "example", "fake", "fixme", "insert", "paste", "redacted", "replace", "sample", "tbd",
    "todo", "your",
];

/// … or where another is one of [`OBJECTS`].
const VERBS: [&str; 14] = [
    "add", "change", "copy", "enter", "fill", "get", "missing", "provide", "put", "see", "set",
    "specify", "type", "use",
];

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
    let has = |known: &[&str]| words(text).skip(1).any(|word| is_one_of(word, known));
    let first = words(text).next().unwrap_or_default();
    let last = words(text).last().unwrap_or_default();
    is_one_of(first, &FIRST_WORDS)
        || (is_one_of(first, &VERBS) && has(&OBJECTS))
        || (is_one_of(last, &["here"])
            && words(text).any(|word| {
                is_one_of(word, &["id", "key", "password", "secret", "token", "value"])
            }))
}

/// `${TOKEN}`, `{{ token }}`, `<secret>`, `$PLIVO_AUTH_TOKEN`, `%TOKEN%`.
fn is_variable(text: &str) -> bool {
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
    holds(text, &[('<', '>')], is_mentions)
        || holds(text, &[('{', '}'), ('[', ']'), ('«', '»')], |inner| {
            is_words(inner) && inner.chars().all(is_mention)
        })
        || holds(
            behind_sign.unwrap_or_default(),
            &[('{', '}'), ('(', ')'), ('[', ']')],
            is_mentions,
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
    before == after && before >= least && is_name(name)
}

/// `$TOKEN`, `$auth_token`, `$env:TOKEN`.
fn is_shell_variable(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else {
        return false;
    };
    let name = match name.split_once(':') {
        Some((scope, rest)) if is_one_of(scope, &["env"]) => return is_name(rest),
        _ => name,
    };
    let is_constant = name.bytes().all(|byte| !byte.is_ascii_lowercase());
    let is_usual = is_one_of(name, &["key", "password", "secret", "token"]);
    let is_snake = name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    name.len() > 1 && is_name(name) && (is_constant || is_usual || is_snake)
}

/// `process.env.TOKEN`, `os.environ["TOKEN"]`, `ENC(…)`, `System.String`.
fn is_expression(text: &str) -> bool {
    const PATHS: [&str; 16] = [
        "Bun.env.",
        "Deno.env.",
        "ENV.",
        "System.",
        "config.",
        "env.",
        "import.meta.env.",
        "java.lang.",
        "local.",
        "os.environ.",
        "params.",
        "process.env.",
        "secrets.",
        "settings.",
        "var.",
        "vars.",
    ];
    let is_known_path = PATHS
        .iter()
        .any(|path| text.strip_prefix(path).is_some_and(is_path));
    let is_call = [('(', ')'), ('[', ']')].iter().any(|(open, close)| {
        let call = text
            .strip_suffix(*close)
            .and_then(|it| it.split_once(*open));
        call.is_some_and(|(name, argument)| is_called(name) && argument.bytes().all(is_argument))
    });
    let object = text.rsplit_once('@');
    let is_object = object.is_some_and(|(class, address)| {
        let is_array = class.len() == 2 || class.ends_with(';');
        let is_class =
            (class.starts_with('[') && is_array) || (class.contains('.') && is_path(class));
        let is_address = (1..=8).contains(&address.len())
            && address.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_class && is_address
    });
    let is_bytes = ["'", "\""].iter().any(|quote| {
        let literal = text.strip_prefix('b').and_then(|it| it.strip_prefix(quote));
        let inner = literal.and_then(|literal| literal.strip_suffix(quote));
        inner.is_some_and(|inner| inner.bytes().all(is_argument))
    });
    is_known_path || is_call || is_object || is_bytes
}

fn is_path(text: &str) -> bool {
    text.split('.').all(is_name)
}

/// Letters, so that nothing random is taken for a call.
fn is_called(name: &str) -> bool {
    let name = name.trim_start_matches(['@', '$', '%', '!']);
    name.len() > 2
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"._:".contains(&byte))
}

const fn is_argument(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'-'
                | b'.'
                | b','
                | b'/'
                | b':'
                | b';'
                | b'='
                | b'+'
                | b'"'
                | b'\''
                | b' '
                | b'*'
        )
}

/// `vault:…`, `op://…`, `arn:aws:…`, `/run/secrets/…`, `!Ref …`.
fn is_reference(text: &str) -> bool {
    const STORES: [&str; 12] = [
        "arn",
        "awssm",
        "enc",
        "env",
        "file",
        "keyvault",
        "kms",
        "secretref",
        "secretsmanager",
        "sops",
        "ssm",
        "vault",
    ];
    const BEGINNINGS: [&str; 9] = [
        "!Ref ",
        "!Sub ",
        "!env ",
        "!env_var ",
        "!secret ",
        "!vault ",
        "/etc/secrets/",
        "/run/secrets/",
        "/var/run/secrets/",
    ];
    let is_scheme = |scheme: &str| {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || b"+-".contains(&byte);
        scheme.len() > 1 && scheme.bytes().all(is_part)
    };
    let is_resource = text.starts_with("projects/") && text.contains("/secrets/");
    text.split_once("://")
        .is_some_and(|(scheme, _)| is_scheme(scheme))
        || text
            .split_once(':')
            .is_some_and(|(store, _)| is_one_of(store, &STORES))
        || BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
        || is_resource
}

/// The text, and what stands behind prefixes such as `whsec_` and `sk_live_`.
fn behind_prefixes(text: &str) -> impl Iterator<Item = &str> {
    fn next<'t>(text: &&'t str) -> Option<&'t str> {
        let (prefix, rest) = text.split_once('_')?;
        let is_prefix =
            (2..=8).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
        (is_prefix && !rest.is_empty()).then_some(rest)
    }
    std::iter::successors(Some(text), next).take(3)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether a text is made of words and small numbers, as little that is random
/// is.
fn is_words(text: &str) -> bool {
    words(text).all(|word| {
        let letters = word.trim_end_matches(|last: char| last.is_ascii_digit());
        word.len() - letters.len() <= 4 && letters.chars().all(char::is_alphabetic)
    })
}

/// An identifier of usual languages.
fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(is_part)
}

/// Whether a text is one of others. Case does not count, nor does what stands
/// between words.
fn is_one_of(text: &str, known: &[&str]) -> bool {
    known.iter().any(|known| letters(text).eq(letters(known)))
}

fn begins_with(text: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| {
        let mut text = letters(text);
        letters(beginning).all(|letter| text.next() == Some(letter))
    })
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .map(|character| character.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
