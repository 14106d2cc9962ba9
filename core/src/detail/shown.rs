//! Foreign text made fit for a log: cut, and without anything that a terminal,
//! a viewer or a parser of lines could take for something else.

use core::fmt::Write as _;

use crate::primitives::url::Url;

/// As much of a value as tells what it is.
const MAX_VALUE_BYTES: usize = 64;
/// As much of a path as anybody compares by eye.
const MAX_PATH_BYTES: usize = 256;
const MAX_PARAMETERS: usize = 16;

/// A value in backticks.
pub(crate) fn quoted(value: &[u8]) -> String {
    format!("`{}`", cut(value, MAX_VALUE_BYTES))
}

/// A header with its value, in backticks.
pub(crate) fn header(name: &str, value: &[u8]) -> String {
    format!("`{name}: {}`", cut(value, MAX_VALUE_BYTES))
}

/// Printable ASCII as it is, any other byte as `\xNN`: no line
/// break, no escape sequence, and no letter that writes from right to left.
fn cut(text: &[u8], longest: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(longest));
    for &byte in text.iter().take(longest) {
        match byte {
            b'\\' | b'`' | ..b' ' | 0x7f.. => {
                // Writing to a text does not fail.
                let _ = write!(shown, "\\x{byte:02x}");
            }
            _ => shown.push(char::from(byte)),
        }
    }
    if text.len() > longest {
        shown.push('…');
    }
    shown
}

/// A URL without its secrets: user name and password are left out, and of a
/// query stand the names only, since values are tokens as often as not.
pub(crate) fn url(url: &Url<'_>) -> String {
    let [scheme, host, port] = [url.scheme, url.host, &url.port].map(|it| cut(it, MAX_PATH_BYTES));
    let path = cut(&[url.prefix, url.path].concat(), MAX_PATH_BYTES);
    let query = url.query.map(query).unwrap_or_default();
    format!("{scheme}://{host}{port}{path}{query}")
}

/// A parameter without `=` may be a token that has no name.
fn query(query: &[u8]) -> String {
    let mut parameters = query.split(|&byte| byte == b'&');
    let shown: Vec<String> = parameters
        .by_ref()
        .take(MAX_PARAMETERS)
        .map(
            |parameter| match parameter.iter().position(|&byte| byte == b'=') {
                Some(end) => cut(&parameter[..end], MAX_VALUE_BYTES) + "=…",
                None if parameter.is_empty() => String::new(),
                None => "…".to_owned(),
            },
        )
        .collect();
    let more = if parameters.next().is_some() {
        "&…"
    } else {
        ""
    };
    format!("?{}{more}", shown.join("&"))
}

/// The path of a URL, in backticks.
pub(crate) fn path(path: &[u8]) -> String {
    format!("`{}`", cut(path, MAX_PATH_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        for (text, expected) in [
            ("https://h:8443/a/b", "https://h:8443/a/b"),
            ("https://u:p4ss@h/a?user=U&x=&U", "https://h/a?user=…&x=…&…"),
            ("https://h/?", "https://h/?"),
            ("https://h/?&a==b", "https://h/?&a=…"),
            (
                "https://h/`\\\u{202e}",
                "https://h/\\x60\\x5c\\xe2\\x80\\xae",
            ),
        ] {
            assert_eq!(url(&Url::parse(text.as_bytes()).unwrap()), expected);
        }
        let many = format!("https://h/{}?{}", "p".repeat(9999), "a=1&".repeat(9999));
        let shown = url(&Url::parse(many.as_bytes()).unwrap());
        assert!(shown.len() < 400 && shown.ends_with("a=…&…"), "{shown}");
    }

    #[test]
    fn a_value_is_one_short_line_of_ascii() {
        assert_eq!(
            quoted(b"a\r\nb\x1b[31m`\xff"),
            "`a\\x0d\\x0ab\\x1b[31m\\x60\\xff`"
        );
        assert_eq!(quoted(&[b'a'; 65]), format!("`{}…`", "a".repeat(64)));
    }
}
