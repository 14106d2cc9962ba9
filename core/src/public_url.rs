//! Which URL did the provider call? One resolver for every framework.
//!
//! 1. `public_url`, where it is configured, with the path and query received.
//! 2. Forwarded headers, only from a peer in `trusted_proxies` and only for a
//!    host in `allowed_hosts`.
//! 3. The URL of the request itself.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use crate::error::{Error, ErrorCode};
use crate::primitives::ip::IpSet;
use crate::primitives::url::{Target, Url, check_characters, malformed, split_port};
use crate::request::{HeaderSlots, HeaderValue};

/// How the URL is found out. Compiled from the options.
#[derive(Debug, Default)]
pub(crate) struct UrlPolicy {
    pub(crate) public_url: Option<Origin>,
    pub(crate) trusted_proxies: IpSet,
    /// `host` or `host:port`, lower case.
    pub(crate) allowed_hosts: Vec<String>,
    /// The slots of [`FORWARDED_HEADERS`], where proxies are trusted.
    pub(crate) forwarded_slots: Option<[usize; FORWARDED_HEADERS.len()]>,
}

/// RFC 7239, and the de-facto headers it replaces.
pub(crate) const FORWARDED_HEADERS: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
];

/// A configured public URL: what stands in front of each request's target.
#[derive(Debug)]
pub(crate) struct Origin {
    scheme: Box<[u8]>,
    userinfo: Box<[u8]>,
    host: Box<[u8]>,
    port: Box<[u8]>,
    prefix: Box<[u8]>,
}

impl Origin {
    /// Reads `https://host[:port][/prefix]`. A slash at the end is no prefix.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let url = Url::parse(text.as_bytes())?;
        if text.contains(['?', '#', ' ']) {
            return Err(malformed("must have no query, fragment or blank"));
        }
        Ok(Self {
            scheme: url.scheme.into(),
            userinfo: url.userinfo.into(),
            host: url.host.into(),
            port: url.port.into(),
            prefix: url.path.strip_suffix(b"/").unwrap_or(url.path).into(),
        })
    }

    /// The path and query of `url`, a request target or a whole URL, on this origin.
    fn with_target<'r>(&'r self, url: &'r [u8]) -> Result<Url<'r>, Error> {
        let target = if url.is_empty() || matches!(url, [b'/' | b'?', ..]) {
            check_characters(url)?;
            Target::split(url)
        } else {
            Target::of_url(url)?
        };
        Ok(Url {
            scheme: &self.scheme,
            userinfo: &self.userinfo,
            host: &self.host,
            port: Cow::Borrowed(&self.port),
            prefix: &self.prefix,
            path: target.path,
            query: target.query.map(Cow::Borrowed),
        })
    }
}

impl UrlPolicy {
    /// The URL as the provider called it.
    pub(crate) fn resolve<'r>(
        &'r self,
        url: &'r [u8],
        headers: &HeaderSlots<'r>,
        peer: Option<IpAddr>,
    ) -> Result<Url<'r>, Error> {
        if let Some(origin) = &self.public_url {
            return origin.with_target(url);
        }
        let mut resolved = Url::parse(url)?;
        if let Some((_, slots)) = self.trusted_peer(peer) {
            self.forwarded(slots, headers)?.apply(&mut resolved)?;
        }
        if !self.allowed_hosts.is_empty() && !self.is_allowed(&resolved) {
            return Err(Error::new(
                ErrorCode::HostNotAllowed,
                "the request was sent to a host that is not in allowed_hosts",
            ));
        }
        Ok(resolved)
    }

    fn is_allowed(&self, url: &Url<'_>) -> bool {
        let with_port = [url.host, &url.port].concat();
        self.allowed_hosts.iter().any(|allowed| {
            allowed.as_bytes().eq_ignore_ascii_case(url.host)
                || allowed.as_bytes().eq_ignore_ascii_case(&with_port)
        })
    }

    fn forwarded<'r>(
        &self,
        slots: [usize; FORWARDED_HEADERS.len()],
        headers: &HeaderSlots<'r>,
    ) -> Result<Forwarded<'r>, Error> {
        let [standard, hops, host, port, proto] = forwarded_values(slots, headers)?;
        let hops = self.trusted_hops(hops.unwrap_or_default());
        let legacy = Forwarded {
            proto: proto.and_then(|list| hop_value(list, hops)),
            host: host.and_then(|list| hop_value(list, hops)),
            port: port.and_then(|list| hop_value(list, hops)),
        };
        match standard {
            None => Ok(legacy),
            Some(text) => Forwarded::parse(text)?.merge(legacy),
        }
    }

    /// The address that called the outermost trusted proxy, or the peer's own.
    /// `None` where the proxy does not tell it in a form that can be read.
    pub(crate) fn client(
        &self,
        headers: &HeaderSlots<'_>,
        peer: Option<IpAddr>,
    ) -> Result<Option<IpAddr>, Error> {
        let Some((peer, slots)) = self.trusted_peer(peer) else {
            return Ok(peer);
        };
        let [standard, hops, ..] = forwarded_values(slots, headers)?;
        let standard = standard.map(|text| nearest_untrusted(text, peer, self, forwarded_for));
        let legacy = hops.map(|text| nearest_untrusted(text, peer, self, address));
        match (standard, legacy) {
            (Some(standard), Some(legacy)) if standard != legacy => Err(conflicting()),
            (one, other) => Ok(one.or(other).unwrap_or(Some(peer))),
        }
    }

    /// Whether the provider called with HTTPS, where a trusted proxy tells it.
    pub(crate) fn forwarded_https(
        &self,
        headers: &HeaderSlots<'_>,
        peer: Option<IpAddr>,
    ) -> Result<Option<bool>, Error> {
        let Some((_, slots)) = self.trusted_peer(peer) else {
            return Ok(None);
        };
        let proto = self.forwarded(slots, headers)?.proto;
        Ok(proto.map(|proto| {
            proto.eq_ignore_ascii_case(b"https") || proto.eq_ignore_ascii_case(b"wss")
        }))
    }

    /// The peer and the slots of the forwarded headers, where they count.
    fn trusted_peer(
        &self,
        peer: Option<IpAddr>,
    ) -> Option<(IpAddr, [usize; FORWARDED_HEADERS.len()])> {
        let (slots, peer) = (self.forwarded_slots?, peer?);
        self.trusted_proxies.contains(peer).then_some((peer, slots))
    }

    /// How many proxies in front of us are ours: the peer, and each address in
    /// `X-Forwarded-For` that is trusted, from the right.
    fn trusted_hops(&self, forwarded_for: &[u8]) -> usize {
        let trusted = forwarded_for
            .rsplit(|&byte| byte == b',')
            .map_while(|text| std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok())
            .take_while(|&address| self.trusted_proxies.contains(address))
            .count();
        trusted + 1
    }
}

/// The values of [`FORWARDED_HEADERS`].
fn forwarded_values<'r>(
    slots: [usize; FORWARDED_HEADERS.len()],
    headers: &HeaderSlots<'r>,
) -> Result<[Option<&'r [u8]>; FORWARDED_HEADERS.len()], Error> {
    let mut values = [None; FORWARDED_HEADERS.len()];
    for (value, slot) in values.iter_mut().zip(slots) {
        *value = match headers.get(slot) {
            HeaderValue::Absent => None,
            HeaderValue::One(text) => Some(text),
            HeaderValue::Conflicting => return Err(conflicting()),
        };
    }
    Ok(values)
}

/// Walks a list of hops from the right, past the proxies that are trusted, to
/// the address that is not: nobody vouches for what stands left of it. Where
/// all are trusted it is the leftmost.
fn nearest_untrusted(
    hops: &[u8],
    peer: IpAddr,
    policy: &UrlPolicy,
    read: impl Fn(&[u8]) -> Option<IpAddr>,
) -> Option<IpAddr> {
    let mut nearest = peer;
    for hop in hops.rsplit(|&byte| byte == b',') {
        nearest = read(hop.trim_ascii())?;
        if !policy.trusted_proxies.contains(nearest) {
            break;
        }
    }
    Some(nearest)
}

/// An address as `X-Forwarded-For` has it; some proxies add the port.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(with_port).or_else(bracketed)
}

/// The address in one element of RFC 7239 `Forwarded`.
fn forwarded_for(element: &[u8]) -> Option<IpAddr> {
    element.split(|&byte| byte == b';').find_map(|pair| {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let is_for = halves.next()?.trim_ascii().eq_ignore_ascii_case(b"for");
        let value = halves.next()?.trim_ascii();
        let inner = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""));
        is_for.then(|| address(inner.unwrap_or(value))).flatten()
    })
}

/// What the trusted proxies say the provider called.
#[derive(Clone, Copy, Debug, Default)]
struct Forwarded<'r> {
    proto: Option<&'r [u8]>,
    host: Option<&'r [u8]>,
    port: Option<&'r [u8]>,
}

impl<'r> Forwarded<'r> {
    /// The nearest element of RFC 7239 `Forwarded`.
    fn parse(text: &'r [u8]) -> Result<Self, Error> {
        let mut forwarded = Self::default();
        let element = text.rsplit(|&byte| byte == b',').next().unwrap_or_default();
        for pair in element.split(|&byte| byte == b';') {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let name = halves.next().unwrap_or_default().trim_ascii();
            let value = halves.next().unwrap_or_default().trim_ascii();
            let value = match value {
                [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => inner,
                [b'"', ..] => return Err(malformed_header()),
                _ => value,
            };
            if name.eq_ignore_ascii_case(b"host") {
                forwarded.host = Some(value);
            } else if name.eq_ignore_ascii_case(b"proto") {
                forwarded.proto = Some(value);
            }
        }
        Ok(forwarded)
    }

    /// Both forms may be there; where they disagree, one was not written by the
    /// proxy.
    fn merge(self, legacy: Self) -> Result<Self, Error> {
        Ok(Self {
            proto: agreed(self.proto, legacy.proto)?,
            host: agreed(self.host, legacy.host)?,
            port: legacy.port,
        })
    }

    fn apply(self, url: &mut Url<'r>) -> Result<(), Error> {
        if let Some(proto) = self.proto {
            let known = [&b"http"[..], b"https", b"ws", b"wss"];
            if !known.iter().any(|name| proto.eq_ignore_ascii_case(name)) {
                return Err(malformed_header());
            }
            url.scheme = proto;
        }
        if let Some(host) = self.host {
            let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(byte);
            if !host.iter().all(is_host) {
                return Err(malformed_header());
            }
            let (host, port) = split_port(host)?;
            url.host = host;
            url.port = Cow::Borrowed(port);
        }
        if let Some(port) = self.port {
            if port.is_empty() || port.len() > 5 || !port.iter().all(u8::is_ascii_digit) {
                return Err(malformed_header());
            }
            let standard: &[u8] = if url.is_secure() { b"443" } else { b"80" };
            if url.port.is_empty() && port != standard {
                url.port = Cow::Owned([b":", port].concat());
            }
        }
        Ok(())
    }
}

/// The value the outermost trusted proxy wrote: each of them may have appended
/// one, or kept the list as it was.
fn hop_value(list: &[u8], hops: usize) -> Option<&[u8]> {
    let count = list.split(|&byte| byte == b',').count();
    list.split(|&byte| byte == b',')
        .nth(count.saturating_sub(hops))
        .map(<[u8]>::trim_ascii)
}

fn agreed<'r>(a: Option<&'r [u8]>, b: Option<&'r [u8]>) -> Result<Option<&'r [u8]>, Error> {
    match (a, b) {
        (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b) => Err(conflicting()),
        _ => Ok(a.or(b)),
    }
}

fn conflicting() -> Error {
    Error::new(
        ErrorCode::AmbiguousHeader,
        "the forwarded headers disagree: let the proxy remove those it does not write",
    )
}

fn malformed_header() -> Error {
    Error::new(
        ErrorCode::MalformedHeader,
        "a forwarded header of a trusted proxy is malformed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(public_url: Option<&str>) -> UrlPolicy {
        UrlPolicy {
            public_url: public_url.map(|text| Origin::parse(text).unwrap()),
            trusted_proxies: IpSet::parse(["10.0.0.0/8"]).unwrap(),
            allowed_hosts: vec!["api.example.com".to_owned()],
            forwarded_slots: Some([0, 1, 2, 3, 4]),
        }
    }

    fn resolve(
        policy: &UrlPolicy,
        url: &str,
        peer: &str,
        headers: &[(&str, &str)],
    ) -> Result<String, ErrorCode> {
        let names: Vec<Box<str>> = FORWARDED_HEADERS.map(Box::from).to_vec();
        let pairs: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        let slots = HeaderSlots::pick(&names, &pairs);
        let resolved = policy
            .resolve(url.as_bytes(), &slots, peer.parse().ok())
            .map_err(|error| error.code())?;
        let mut text = Vec::new();
        resolved.write_full(&mut text);
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_public_url_wins_over_everything() {
        let forged = [("X-Forwarded-Host", "evil.example")];
        let policy = policy(Some("https://u:p@api.example.com:8443/base/"));
        for url in [
            "http://inner:80/a//b?x=%2f",
            "/a//b?x=%2f",
            "/a//b?x=%2f#frag",
        ] {
            assert_eq!(
                resolve(&policy, url, "10.0.0.1", &forged).unwrap(),
                "https://u:p@api.example.com:8443/base/a//b?x=%2f"
            );
        }
        assert_eq!(
            resolve(&policy, "/a\nb", "", &[]),
            Err(ErrorCode::MalformedUrl)
        );
        assert!(Origin::parse("https://h/?q").is_err());
        assert!(Origin::parse("h").is_err());
    }

    #[test]
    fn forwarded_headers_count_from_trusted_peers_only() {
        let policy = policy(None);
        let forwarded = [
            ("X-Forwarded-Host", "api.example.com"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Port", "8443"),
        ];
        let inner = "http://inner/a?b";
        assert_eq!(
            resolve(&policy, inner, "10.0.0.1", &forwarded).unwrap(),
            "https://api.example.com:8443/a?b"
        );
        assert_eq!(
            resolve(&policy, inner, "::ffff:10.0.0.1", &forwarded).unwrap(),
            "https://api.example.com:8443/a?b"
        );
        for outsider in ["192.0.2.1", "::1", "not known"] {
            assert_eq!(
                resolve(&policy, inner, outsider, &forwarded),
                Err(ErrorCode::HostNotAllowed)
            );
            assert_eq!(
                resolve(&policy, "http://api.example.com/a", outsider, &forwarded).unwrap(),
                "http://api.example.com/a"
            );
        }
    }

    #[test]
    fn a_value_in_front_of_the_proxy_s_own_is_not_believed() {
        let policy = policy(None);
        let host = |list: &str, hops: &str| {
            let headers = [("X-Forwarded-Host", list), ("X-Forwarded-For", hops)];
            resolve(&policy, "http://inner/", "10.0.0.1", &headers)
        };
        let public = Ok("http://api.example.com/".to_owned());
        assert_eq!(host("evil.example, api.example.com", "192.0.2.1"), public);
        assert_eq!(
            host(
                "evil.example, api.example.com, inner",
                "192.0.2.1, 10.0.0.2"
            ),
            public
        );
        assert_eq!(host("api.example.com", "192.0.2.1, 10.0.0.2"), public);
        assert_eq!(
            host("api.example.com, evil.example", "192.0.2.1"),
            Err(ErrorCode::HostNotAllowed)
        );
        assert_eq!(
            host("api.example.com/x", ""),
            Err(ErrorCode::MalformedHeader)
        );
    }

    #[test]
    fn rfc_7239_is_read_and_must_agree() {
        let policy = policy(None);
        let ask = |headers: &[(&str, &str)]| resolve(&policy, "http://inner/", "10.0.0.1", headers);
        assert_eq!(
            ask(&[(
                "Forwarded",
                "for=192.0.2.1;host=\"api.example.com\";proto=https"
            )])
            .unwrap(),
            "https://api.example.com/"
        );
        let both = [
            ("Forwarded", "host=evil.example"),
            ("X-Forwarded-Host", "api.example.com"),
        ];
        assert_eq!(ask(&both), Err(ErrorCode::AmbiguousHeader));
        assert_eq!(
            ask(&[("X-Forwarded-Proto", "gopher")]),
            Err(ErrorCode::MalformedHeader)
        );
    }
}
