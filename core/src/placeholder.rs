//! Values that stand in the place of a secret: what a template, a missing
//! variable or a page that masks secrets leaves where the secret should be.
//!
//! Each rule describes a form that no provider issues and no generator of random
//! texts comes upon. None of them copies the text, which may be a secret after
//! all.

use core::ops::RangeInclusive;

/// Why a text cannot be a secret, to follow its name; `None` where it may be one. What stands around it
/// (blanks, line breaks, invisible characters, quotes) does not count.
pub(crate) fn reason(text: &str) -> Option<&'static str> {
    let text = bare(text);
    if text.is_empty() {
        return Some("is empty");
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
        Some("is a placeholder: a word for a missing value")
    } else if is_one_character(text) {
        Some("is a placeholder: one character, repeated")
    } else if is_masked(text) {
        Some("is a placeholder: masked or cut short, as web pages show it")
    } else if asks_for_one(text) || behind_prefixes(text).any(asks_behind_prefix) {
        Some("is a placeholder: a request to fill in the value")
    } else if is_variable(text) {
        Some("is a placeholder: a variable that was not replaced by its value")
    } else if is_expression(text) {
        Some("is a placeholder: program text, not the value that it stands for")
    } else if is_reference(text) {
        Some("is a placeholder: it says where the value is kept")
    } else {
        None
    }
}

/// How languages and people write the absence of a value.
fn says_nothing(text: &str) -> bool {
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
    let rest = behind_prefixes(text).last().unwrap_or_default();
    let is_row_of = |x: u8| rest == last && last.len() > 2 && last.bytes().all(|byte| byte == x);
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
/// A passphrase may begin with the same words: `set-me-free-in-2024`.
fn asks_for_one(text: &str) -> bool {
    is_one_of(text, &ASKED_FOR)
        || is_one_of(text, &FIRST_WORDS)
        || behind(text, "placeholder").is_some()
        || BEGINNINGS
            .iter()
            .any(|words| behind(text, words).is_some_and(is_urging))
        || (is_words(text) && (asks_in_words(text) || asks_in_one_word(text)))
}

/// The same for what stands behind a prefix: `whsec_test` is what tests write.
fn asks_behind_prefix(rest: &str) -> bool {
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

/// How the names of secrets end.
const NAMES: [&str; 10] = [
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

/// `process.env.TOKEN`, `os.environ["TOKEN"]`, `ENC(…)`, `System.String`.
fn is_expression(text: &str) -> bool {
    const PATHS: [&str; 19] = [
        "Bun.env.",
        "Deno.env.",
        "ENV.",
        "System.Byte",
        "System.Char",
        "System.Object",
        "System.String",
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
    let is_known_path = PATHS.iter().any(|path| {
        text.strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || is_path(rest))
    }) || matches!(text, "process.env" | "os.environ");
    let is_call = [('(', ')'), ('[', ']')].iter().any(|(open, close)| {
        let call = text
            .strip_suffix(*close)
            .and_then(|it| it.split_once(*open));
        call.is_some_and(|(name, argument)| is_called(name) && argument.bytes().all(is_argument))
    });
    let object = text.rsplit_once('@');
    let is_object = object.is_some_and(|(class, address)| {
        let is_array = class.len() == 2 || class.ends_with(';');
        let is_class = (class.starts_with('[') && is_array)
            || (class.matches('.').count() > 1 && is_path(class));
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

/// `os.getenv`, `env`: `Hunter[2]` and `get.lucky(2013)` are passphrases.
fn is_called(name: &str) -> bool {
    const FUNCTIONS: [&str; 15] = [
        "config",
        "configuration",
        "enc",
        "env",
        "file",
        "getenv",
        "lookup",
        "optional",
        "ref",
        "secret",
        "secrets",
        "secretstr",
        "settings",
        "some",
        "vault",
    ];
    const ROOTS: [&str; 12] = [
        "Deno",
        "Microsoft",
        "Rails",
        "System",
        "app",
        "builder",
        "config",
        "env",
        "os",
        "process",
        "std",
        "viper",
    ];
    let name = name.trim_start_matches(['@', '$', '%', '!']);
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || b"._:".contains(&byte);
    let root = name.split(['.', ':']).next().unwrap_or_default();
    let is_qualified = root.len() < name.len() && ROOTS.contains(&root);
    name.bytes().all(is_letter) && (is_qualified || is_one_of(name, &FUNCTIONS))
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
    const STORES: [&str; 11] = [
        "arn",
        "awssm",
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
            .is_some_and(|(store, _)| STORES.contains(&store))
        || BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
        || is_resource
}

/// The text, and what stands behind the prefixes that providers give their keys,
/// such as `whsec_` and `sk_live_`.
fn behind_prefixes(text: &str) -> impl Iterator<Item = &str> {
    const PREFIXES: [&str; 9] = [
        "whsec_", "whpk_", "sk_", "pk_", "rk_", "live_", "test_", "ghp_", "key_",
    ];
    fn next<'t>(text: &&'t str) -> Option<&'t str> {
        PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))
    }
    let known = std::iter::successors(Some(text), next);
    known.take(3).filter(|rest| !rest.is_empty())
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

/// Whether a text is one of others, in whatever case, and however its words are
/// separated.
fn is_one_of(text: &str, known: &[&str]) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || " -_./':,!".contains(character);
    text.chars().all(is_part) && known.iter().any(|known| letters(text).eq(letters(known)))
}

/// What follows words with which a text begins, in whatever case, and whatever
/// stands between them. `None` too where they end within a word.
fn behind<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
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

fn starts_with(text: &str, beginning: &str) -> bool {
    let mut text = letters(text);
    letters(beginning).all(|letter| text.next() == Some(letter))
}

/// Whether the letters of a text end with those of another.
fn ends_with(text: &str, endings: &[&str]) -> bool {
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

#[cfg(test)]
mod tests;
