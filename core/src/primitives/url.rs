//! URLs as signed text: split, never normalised.
//!
//! A URL crate would lower-case the host, resolve dots, drop a default port or
//! re-encode the query, and each of these breaks a signature over the URL.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode};
use crate::primitives::sink::Sink;

/// Longer than any server accepts; bounds the work for each form of a URL.
const MAX_URL_BYTES: usize = 64 * 1024;

/// The undecoded pieces of a URL; written one after the other they are the URL
/// again.
#[derive(Clone, Debug)]
pub(crate) struct Url<'a> {
    pub(crate) scheme: &'a [u8],
    /// With its `@`, or empty.
    pub(crate) userinfo: &'a [u8],
    pub(crate) host: &'a [u8],
    /// With its `:`, or empty.
    pub(crate) port: Cow<'a, [u8]>,
    /// A path in front of `path`, from a configured public URL.
    pub(crate) prefix: &'a [u8],
    pub(crate) path: &'a [u8],
    /// Without its `?`. `Some` of nothing is a URL that ends in `?`.
    pub(crate) query: Option<&'a [u8]>,
}

impl<'a> Url<'a> {
    /// Splits an absolute URL.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, Error> {
        check_characters(text)?;
        let (scheme, rest) = split_at_sequence(text, b"://")
            .ok_or_else(|| malformed("is not absolute; pass the whole URL, or set public_url"))?;
        let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(is_scheme) {
            return Err(malformed("has no valid scheme"));
        }
        let (authority, target) = split_authority(rest);
        let (userinfo, host_port) = match authority.iter().rposition(|&byte| byte == b'@') {
            Some(at) => authority.split_at(at + 1),
            None => (&[][..], authority),
        };
        Self::of_parts(scheme, userinfo, host_port, Target::split(target))
    }

    /// The URL of a request whose parts the server knows one by one. They are
    /// never joined and split again, so none can reach into its neighbour.
    pub(crate) fn received(
        scheme: &'a [u8],
        authority: &'a [u8],
        target: Target<'a>,
    ) -> Result<Self, Error> {
        Self::of_parts(scheme, &[], authority, target)
    }

    fn of_parts(
        scheme: &'a [u8],
        userinfo: &'a [u8],
        host_port: &'a [u8],
        Target { path, query }: Target<'a>,
    ) -> Result<Self, Error> {
        let (host, port) = split_port(host_port)?;
        Ok(Self {
            scheme,
            userinfo,
            host,
            port: Cow::Borrowed(port),
            prefix: &[],
            path,
            query,
        })
    }

    /// Writes the URL up to its query.
    pub(crate) fn write_base(&self, sink: &mut impl Sink) {
        sink.write(self.scheme);
        sink.write(b"://");
        for piece in [self.userinfo, self.host, &self.port, self.prefix, self.path] {
            sink.write(piece);
        }
    }

    /// Writes the whole URL.
    pub(crate) fn write_full(&self, sink: &mut impl Sink) {
        self.write_base(sink);
        if let Some(query) = self.query {
            sink.write(b"?");
            sink.write(query);
        }
    }

    /// Writes the path; `/` where it is empty.
    pub(crate) fn write_path(&self, sink: &mut impl Sink) {
        if self.prefix.is_empty() && self.path.is_empty() {
            sink.write(b"/");
        }
        sink.write(self.prefix);
        sink.write(self.path);
    }

    /// The port, or nothing where it is the one that the scheme has anyway.
    pub(crate) fn significant_port(&self) -> &[u8] {
        self.significant(&self.port)
    }

    /// The same of another port.
    pub(crate) fn significant<'p>(&self, port: &'p [u8]) -> &'p [u8] {
        let standard: &[u8] = if self.is_secure() { b":443" } else { b":80" };
        if port == standard || port == b":" {
            &[]
        } else {
            port
        }
    }

    pub(crate) const fn has_query(&self) -> bool {
        self.query.is_some()
    }

    pub(crate) fn raw_query(&self) -> &'a [u8] {
        self.query.unwrap_or_default()
    }

    pub(crate) const fn is_secure(&self) -> bool {
        is_secure_scheme(self.scheme)
    }
}

/// Whether a connection of this scheme goes over TLS.
pub(crate) const fn is_secure_scheme(scheme: &[u8]) -> bool {
    scheme.eq_ignore_ascii_case(b"https") || scheme.eq_ignore_ascii_case(b"wss")
}

/// Path and query of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) path: &'a [u8],
    pub(crate) query: Option<&'a [u8]>,
}

impl<'a> Target<'a> {
    /// Reads the origin form of a request target (RFC 9112 section 3.2.1), as a
    /// server received it.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, Error> {
        check_characters(text)?;
        if !text.is_empty() && !matches!(text, [b'/' | b'?', ..]) {
            return Err(malformed("has a target that is neither a path nor a URL"));
        }
        Ok(Self::split(text))
    }

    fn split(text: &'a [u8]) -> Self {
        let (path, query) = text.split_at(position(text, |byte| byte == b'?'));
        Self {
            path,
            query: query.split_first().map(|(_, query)| query),
        }
    }
}

/// A control character never stands in a request target, and a fragment never
/// travels (RFC 9110 section 4.2.5): a server that routes by what precedes a
/// `#`, and a signature over what follows it, would mean two URLs. A blank
/// cannot travel either, but signers have been seen to sign one.
fn check_characters(text: &[u8]) -> Result<(), Error> {
    if text.len() > MAX_URL_BYTES {
        return Err(malformed("is longer than 64 KiB"));
    }
    // Looks at every byte, which compiles to vector instructions.
    let is_clean = text.iter().fold(true, |clean, byte| {
        clean & !byte.is_ascii_control() & (*byte != b'#')
    });
    if !is_clean {
        return Err(malformed("holds a control character or a fragment"));
    }
    Ok(())
}

/// Splits what follows `://` into authority and target.
fn split_authority(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(position(text, |byte| matches!(byte, b'/' | b'?')))
}

/// Splits `host:port`; the port keeps its colon. IPv6 literals stand in brackets.
pub(crate) fn split_port(host_port: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    if !host_port.iter().all(is_host_byte) {
        return Err(malformed("has a host with bytes that no host has"));
    }
    let bracket = host_port.iter().rposition(|&byte| byte == b']');
    let after = bracket.map_or(0, |bracket| bracket + 1);
    let colon = after + position(&host_port[after..], |byte| byte == b':');
    let (host, port) = host_port.split_at(colon);
    if host.is_empty() {
        return Err(malformed("has no host"));
    }
    if host.starts_with(b"[") != bracket.is_some() || (bracket.is_some() && after != colon) {
        return Err(malformed("has a host that is no valid IPv6 literal"));
    }
    if !port.iter().skip(1).all(u8::is_ascii_digit) {
        return Err(malformed("has a port that is no number"));
    }
    Ok((host, port))
}

/// What stands in a registered name, an IP address and a port as they travel;
/// international names travel in their ASCII form (RFC 5891 section 4.4).
pub(crate) const fn is_host_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | b'[' | b']')
}

pub(crate) fn malformed(what: &'static str) -> Error {
    Error::new(ErrorCode::MalformedUrl, format!("the request URL {what}"))
}

/// The position of the first byte that fits, or the length.
fn position(text: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    text.iter()
        .position(|&byte| fits(byte))
        .unwrap_or(text.len())
}

fn split_at_sequence<'a, const N: usize>(
    text: &'a [u8],
    sequence: &[u8; N],
) -> Option<(&'a [u8], &'a [u8])> {
    let start = text.windows(N).position(|window| window == sequence)?;
    Some((&text[..start], &text[start + N..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pitfall URL-5.
    #[test]
    fn a_url_is_written_as_it_was_read() {
        for text in [
            "https://example.com",
            "HTTPS://Example.COM:443/a/../b//c;v=1?q=%2f&q=%2F&",
            "https://u:p@w@[2001:db8::1]:8443/caf%C3%A9?",
            "http://h:/?a?b=c",
            "wss://h?x",
        ] {
            let mut written = Vec::new();
            Url::parse(text.as_bytes())
                .unwrap()
                .write_full(&mut written);
            assert_eq!(String::from_utf8(written).unwrap(), text);
        }
    }

    #[test]
    fn a_target_is_a_path_a_query_or_nothing() {
        for (text, path, query) in [
            ("", "", None),
            ("/p", "/p", None),
            ("/p?", "/p", Some("")),
            ("?q=/x?y", "", Some("q=/x?y")),
            ("//a@b:c/d", "//a@b:c/d", None),
        ] {
            let target = Target::parse(text.as_bytes()).unwrap();
            assert_eq!(target.path, path.as_bytes(), "{text}");
            assert_eq!(target.query, query.map(str::as_bytes), "{text}");
        }
        for text in ["*", "h:443", "p", "/a#b", "/a?b#c", "/a\tb", "\\a"] {
            let error = Target::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedUrl, "{text:?}");
        }
    }

    #[test]
    fn an_authority_has_the_bytes_of_one() {
        let target = Target::parse(b"/p?q").unwrap();
        let url = Url::received(b"https", b"[::1]:80", target).unwrap();
        let mut written = Vec::new();
        url.write_full(&mut written);
        assert_eq!(written, b"https://[::1]:80/p?q");
        for authority in [
            "",
            "h/",
            "h/a#",
            "h?",
            "h#",
            "h a",
            "u@h",
            "h,h",
            "h\\",
            "h%2f",
            "h\0",
            "\u{fc}.de",
        ] {
            let error = Url::received(b"https", authority.as_bytes(), target).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedUrl, "{authority:?}");
        }
    }

    #[test]
    fn what_is_no_url_is_rejected() {
        for text in [
            "",
            "/path",
            "example.com/a",
            "https://",
            "https:///path",
            "https://:80/",
            "://h",
            "1http://h",
            "https://h:80x/",
            "https://h\0/",
            "https://h/\n",
            "https://[::1/",
            "https://[::1]x:80/",
            "https://::1]/",
            "https://user@/",
            "https://h/p?q=1#ct=2000",
            "https://h#f",
            "https://h h/",
        ] {
            let error = Url::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedUrl, "{text:?}");
        }
    }
}
