//! What is wrong with an option, told when the verifier is made.

/// What is wrong with a value of `public_url`. Its host is quoted where it
/// looks like one: what looks otherwise may be a secret that took a wrong turn.
#[cold]
pub(crate) fn wrong_public_url(text: &str, otherwise: &str) -> String {
    let what = if text.trim().is_empty() {
        "it is empty: is the variable set?".to_owned()
    } else if text.trim() != text {
        "it has blanks around it".to_owned()
    } else if text.starts_with('/') {
        "it is a path: scheme and host are what the request does not tell".to_owned()
    } else if !text.contains("://") {
        match host_of(text) {
            Some(host) => format!("it has no scheme: write https://{host}"),
            None => "it has no scheme: https:// must stand in front".to_owned(),
        }
    } else if text.contains(['?', '#']) {
        "it has a query or a fragment: leave that out".to_owned()
    } else {
        otherwise.to_owned()
    };
    format!("expected https://host[:port][/prefix]; {what}")
}

/// The host and port at the beginning of a text, where that is what it is: two
/// labels or more in lower case, of which the last has letters only.
fn host_of(text: &str) -> Option<&str> {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let host_port = &text[..end];
    let (host, port) = host_port.split_once(':').unwrap_or((host_port, ""));
    let (labels, last) = host.rsplit_once('.')?;
    let is_label_byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_host = host.len() <= 100
        && (2..=24).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
        && labels
            .bytes()
            .all(|byte| is_label_byte(byte) || b"-.".contains(&byte))
        && port.len() <= 5
        && port.bytes().all(|byte| byte.is_ascii_digit());
    is_host.then_some(host_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_of_a_public_url_is_named() {
        for (text, expected) in [
            ("api.example.com", "write https://api.example.com"),
            (
                "api.example.com:8443/hooks?t=s3cret",
                "write https://api.example.com:8443",
            ),
            ("u:p4ss@api.example.com", "https:// must stand in front"),
            ("localhost:8000", "https:// must stand in front"),
            ("SG.s3cret.s3cret", "https:// must stand in front"),
            ("/hooks", "it is a path"),
            (" https://h", "blanks"),
            ("https://h/?q", "query"),
            ("https://", "otherwise"),
        ] {
            let told = wrong_public_url(text, "otherwise");
            assert!(told.contains(expected), "{text}: {told}");
            assert!(!told.contains("s3cret") && !told.contains("p4ss"), "{told}");
        }
    }
}
