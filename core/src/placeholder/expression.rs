//! Program text in the place of what it evaluates to.

use super::words::{is_name, is_one_of};

/// `process.env.TOKEN`, `os.environ["TOKEN"]`, `ENC(…)`, `System.String`.
pub(super) fn is_expression(text: &str) -> bool {
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
