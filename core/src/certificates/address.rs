//! Addresses of certificates, which strangers choose.

/// Longer than any, and short enough to keep a few.
const MAX_ADDRESS_BYTES: usize = 256;

/// Host and path of an https address that every client reads alike, since it
/// holds nothing but these. It is compared and never normalised: user
/// information, a port other than 443, a query, a fragment, an escape, a dot
/// segment, an empty segment, a backslash or a capital in the host make it none.
pub(super) fn split(address: &str) -> Option<(&str, &str)> {
    if address.len() > MAX_ADDRESS_BYTES {
        return None;
    }
    let rest = address.strip_prefix("https://")?;
    let (authority, path) = rest.split_at(rest.find('/')?);
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    let is_of_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..");
    let is_good = host.bytes().all(is_of_host)
        && path.bytes().all(is_of_path)
        && path.split('/').skip(1).all(is_plain);
    is_good.then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pitfall NET-2.
    #[test]
    fn an_address_is_a_host_and_a_path_and_nothing_else() {
        let host_and_path = Some(("a.example", "/b/c-1.pem"));
        for address in [
            "https://a.example/b/c-1.pem",
            "https://a.example:443/b/c-1.pem",
        ] {
            assert_eq!(split(address), host_and_path, "{address}");
        }
        let long = format!("https://a.example/{}", "x".repeat(256));
        for address in [
            "",
            "a.example/b",
            "http://a.example/b",
            "HTTPS://a.example/b",
            "https:/a.example/b",
            "https:a.example/b",
            " https://a.example/b",
            "https://a.example",
            "https://A.example/b",
            "https://a.example:8443/b",
            "https://a.example:443:443/b",
            "https://a.example:/b",
            "https://user@a.example/b",
            "https://a.example@evil.example/b",
            "https://a.example\\@evil.example/b",
            "https://a.example\\/b",
            "https://a.example%2eevil/b",
            "https://a.exämple/b",
            "https://[::1]/b",
            "https://a.example/b?c",
            "https://a.example/b#c",
            "https://a.example/b%2f..%2fc",
            "https://a.example/b/../c",
            "https://a.example/./c",
            "https://a.example//c",
            "https://a.example/b/",
            "https://a.example/b c",
            "https://a.example/b\n",
            "https://a.example/b;c",
            &long,
        ] {
            assert_eq!(split(address), None, "{address}");
        }
    }
}
