//! Which URL did the provider call? One resolver for every framework.
//!
//! 1. `public_url`, where it is configured, with the path and query received.
//! 2. Forwarded headers, only from a peer in `trusted_proxies` and only for a
//!    host in `allowed_hosts`.
//! 3. The URL of the request itself.
//!
//! Path and query are always those of the request target. What contradicts
//! itself is rejected in all three: two readers would take it for two URLs.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use crate::detail::{self, SchemeOf};
use crate::error::{Error, ErrorCode};
use crate::primitives::ip::IpSet;
use crate::primitives::url::{Target, Url, is_host_byte, is_secure_scheme, malformed, split_port};
use crate::request::{Header, HeaderSlots, HeaderValue, Request};

/// How the URL is found out. Compiled from the options.
#[derive(Debug, Default)]
pub(crate) struct UrlPolicy {
    pub(crate) public_url: Option<Origin>,
    pub(crate) trusted_proxies: IpSet,
    /// `host` or `host:port`, lower case.
    pub(crate) allowed_hosts: Vec<String>,
    /// [`FORWARDED_HEADERS`], where proxies are trusted.
    pub(crate) forwarded: Option<ForwardedHeaders>,
}

/// RFC 7239, and the de-facto headers it replaces.
pub(crate) const FORWARDED_HEADERS: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
];

type ForwardedHeaders = [Header; FORWARDED_HEADERS.len()];

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
    /// Reads `https://host[:port][/prefix]`. A trailing slash is not a prefix.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let url = Url::parse(text.as_bytes())?;
        if !is_known_scheme(url.scheme) {
            return Err(malformed("must begin with https:// or http://"));
        }
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

    /// Whether it is of that scheme, in whatever case and for whatever protocol.
    pub(crate) fn has_scheme(&self, scheme: &[u8]) -> bool {
        is_secure_scheme(scheme) == is_secure_scheme(&self.scheme)
    }

    /// Whether that names its host, with or without the port.
    pub(crate) fn has_host(&self, host_port: &[u8]) -> bool {
        let host = split_port(host_port).map_or(host_port, |(host, _)| host);
        host.eq_ignore_ascii_case(&self.host)
    }

    /// A target on this origin.
    fn with_target<'r>(&'r self, target: Target<'r>) -> Url<'r> {
        Url {
            scheme: &self.scheme,
            userinfo: &self.userinfo,
            host: &self.host,
            port: Cow::Borrowed(&self.port),
            prefix: &self.prefix,
            path: target.path,
            query: target.query,
        }
    }
}

/// Where a request went, as far as the server knows: before `public_url` and
/// forwarded headers.
struct Addressed<'r> {
    target: Target<'r>,
    /// Of the connection, or of the target where nothing is known of that.
    scheme: Option<&'r [u8]>,
    /// `None` where the request names no host.
    url: Option<Url<'r>>,
}

impl<'r> Addressed<'r> {
    /// Reads target, authority and scheme. `forwarded` is what a trusted proxy
    /// says of the scheme.
    fn read(request: &Request<'r>, forwarded: Option<&'r [u8]>) -> Result<Self, Error> {
        let authority = request.authority.filter(|authority| !authority.is_empty());
        let connection = forwarded.or(request.scheme);
        if request
            .scheme
            .is_some_and(|scheme| !is_known_scheme(scheme))
        {
            return Err(malformed("came over a connection of no known scheme"));
        }
        let is_origin_form = matches!(request.target, [] | [b'/' | b'?', ..]);
        if is_origin_form {
            if let Some(authority) = authority {
                split_port(authority)?;
            }
            let target = Target::parse(request.target)?;
            let url = match (connection, authority) {
                (Some(scheme), Some(authority)) => Some(Url::received(scheme, authority, target)?),
                _ => None,
            };
            return Ok(Self {
                target,
                scheme: connection,
                url,
            });
        }
        let url = Url::parse(request.target)?;
        if !is_known_scheme(url.scheme) {
            return Err(malformed("has a scheme that no webhook is called with"));
        }
        if let Some(scheme) = request.scheme {
            let mut known = [scheme].into_iter().chain(forwarded);
            if !known.any(|known| is_secure_scheme(known) == url.is_secure()) {
                return Err(malformed("has another scheme than the connection"));
            }
        }
        if let Some(authority) = authority {
            let (host, port) = split_port(authority)?;
            let is_same = host.eq_ignore_ascii_case(url.host)
                && url.significant(port) == url.significant_port();
            if !is_same {
                return Err(malformed("names another host than the Host header"));
            }
        }
        Ok(Self {
            target: Target {
                path: url.path,
                query: url.query,
            },
            scheme: connection.or(Some(url.scheme)),
            url: Some(url),
        })
    }
}

const SCHEMES: [&[u8]; 4] = [b"http", b"https", b"ws", b"wss"];

fn is_known_scheme(scheme: &[u8]) -> bool {
    SCHEMES.iter().any(|name| scheme.eq_ignore_ascii_case(name))
}

/// A known scheme as it is usually written.
fn lower_case(scheme: &[u8]) -> &[u8] {
    let mut known = SCHEMES.into_iter();
    let usual = known.find(|name| scheme.eq_ignore_ascii_case(name));
    usual.unwrap_or(scheme)
}

impl UrlPolicy {
    /// The URL as the provider called it.
    pub(crate) fn resolve<'r>(
        &'r self,
        request: &Request<'r>,
        headers: &HeaderSlots<'r>,
    ) -> Result<Url<'r>, Error> {
        if let Some(origin) = &self.public_url {
            return Ok(origin.with_target(Addressed::read(request, None)?.target));
        }
        let forwarded = self.forwarded_by(headers, request.peer)?;
        let addressed = Addressed::read(request, forwarded.proto)?;
        let mut resolved = match (addressed.url, addressed.scheme, forwarded.host) {
            (Some(url), ..) => url,
            // A proxy that is trusted names the host of a request that does not.
            (None, Some(scheme), Some(host)) => Url::received(scheme, host, addressed.target)?,
            _ => {
                return Err(malformed(
                    "is not absolute, and no host or scheme is known; pass authority and scheme, \
                     or set public_url",
                ));
            }
        };
        forwarded.apply(&mut resolved)?;
        if !self.allowed_hosts.is_empty() && !self.is_allowed(&resolved) {
            return Err(detail::host_rejected(&resolved));
        }
        Ok(resolved)
    }

    /// The provider must have called with TLS: what a trusted proxy says of it, or
    /// the scheme of `public_url`, or that of the connection. What the request
    /// says of itself does not count, unless nothing else is known.
    ///
    /// # Errors
    /// `insecure_transport`; `malformed_url` where nothing at all tells the scheme.
    pub(crate) fn check_secure(
        &self,
        request: &Request<'_>,
        headers: &HeaderSlots<'_>,
    ) -> Result<(), Error> {
        let forwarded = self.forwarded_by(headers, request.peer)?;
        let configured = self.public_url.as_ref().map(|origin| &*origin.scheme);
        let scheme = forwarded.proto.or(configured).or(request.scheme);
        let is_secure = match scheme {
            Some(scheme) => is_secure_scheme(scheme),
            None => Url::parse(request.target)?.is_secure(),
        };
        if is_secure {
            return Ok(());
        }
        Err(detail::insecure(match (forwarded.proto, configured) {
            (Some(_), _) => SchemeOf::TrustedProxy,
            (None, Some(_)) => SchemeOf::PublicUrl,
            (None, None) => SchemeOf::Request,
        }))
    }

    fn is_allowed(&self, url: &Url<'_>) -> bool {
        let with_port = [url.host, &url.port].concat();
        self.allowed_hosts.iter().any(|allowed| {
            allowed.as_bytes().eq_ignore_ascii_case(url.host)
                || allowed.as_bytes().eq_ignore_ascii_case(&with_port)
        })
    }

    /// What the peer says the provider called, where the peer is trusted.
    fn forwarded_by<'r>(
        &self,
        headers: &HeaderSlots<'r>,
        peer: Option<IpAddr>,
    ) -> Result<Forwarded<'r>, Error> {
        match self.trusted_peer(peer) {
            Some((_, forwarded)) => self.forwarded(forwarded, headers),
            None => Ok(Forwarded::default()),
        }
    }

    fn forwarded<'r>(
        &self,
        forwarded: &ForwardedHeaders,
        headers: &HeaderSlots<'r>,
    ) -> Result<Forwarded<'r>, Error> {
        let [standard, hops, host, port, proto] = forwarded_values(forwarded, headers)?;
        let hops = self.trusted_hops(hops.unwrap_or_default());
        let legacy = Forwarded {
            proto: proto.and_then(|list| hop_value(list, hops)),
            host: host.and_then(|list| hop_value(list, hops)),
            port: port.and_then(|list| hop_value(list, hops)),
        };
        let forwarded = match standard {
            None => legacy,
            Some(text) => Forwarded::parse(text)?.merge(legacy)?,
        };
        let is_readable = forwarded.proto.is_none_or(is_known_scheme)
            && forwarded
                .host
                .is_none_or(|host| host.iter().all(is_host_byte));
        if is_readable {
            Ok(forwarded)
        } else {
            Err(malformed_header())
        }
    }

    /// The address that called the outermost trusted proxy, or the peer's own.
    /// `None` where the proxy does not tell it in a form that can be read.
    pub(crate) fn client(
        &self,
        headers: &HeaderSlots<'_>,
        peer: Option<IpAddr>,
    ) -> Result<Option<IpAddr>, Error> {
        let Some((peer, forwarded)) = self.trusted_peer(peer) else {
            return Ok(peer);
        };
        let [standard, hops, ..] = forwarded_values(forwarded, headers)?;
        let standard = standard.map(|text| nearest_untrusted(text, peer, self, forwarded_for));
        let legacy = hops.map(|text| nearest_untrusted(text, peer, self, address));
        match (standard, legacy) {
            (Some(standard), Some(legacy)) if standard != legacy => Err(conflicting()),
            (one, other) => Ok(one.or(other).unwrap_or(Some(peer))),
        }
    }

    /// The peer and the forwarded headers, where they count.
    fn trusted_peer(&self, peer: Option<IpAddr>) -> Option<(IpAddr, &ForwardedHeaders)> {
        let (forwarded, peer) = (self.forwarded.as_ref()?, peer?);
        self.trusted_proxies
            .contains(peer)
            .then_some((peer, forwarded))
    }

    /// How many proxies in front of us are ours: the peer, and each address in
    /// `X-Forwarded-For` that is trusted, from the right.
    fn trusted_hops(&self, forwarded_for: &[u8]) -> usize {
        let trusted = forwarded_for
            .rsplit(|&byte| byte == b',')
            .map_while(|text| address(text.trim_ascii()))
            .take_while(|&address| self.trusted_proxies.contains(address))
            .count();
        trusted + 1
    }
}

/// The values of [`FORWARDED_HEADERS`].
fn forwarded_values<'r>(
    forwarded: &ForwardedHeaders,
    headers: &HeaderSlots<'r>,
) -> Result<[Option<&'r [u8]>; FORWARDED_HEADERS.len()], Error> {
    let mut values = [None; FORWARDED_HEADERS.len()];
    for (value, header) in values.iter_mut().zip(forwarded) {
        *value = match header.value(headers) {
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
    address(parameters(element).ok()?[FOR]?)
}

/// The parameters of an element of RFC 7239 `Forwarded`, without their quotes.
///
/// # Errors
/// `malformed_header` where one is there twice (section 4): readers disagree
/// about which of both counts.
fn parameters(element: &[u8]) -> Result<[Option<&[u8]>; PARAMETERS.len()], Error> {
    let mut values = [None; PARAMETERS.len()];
    for pair in element.split(|&byte| byte == b';') {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let name = halves.next().unwrap_or_default().trim_ascii();
        let value = halves.next().unwrap_or_default().trim_ascii();
        let mut known = PARAMETERS.iter();
        let Some(position) = known.position(|known| name.eq_ignore_ascii_case(known)) else {
            continue;
        };
        let value = match value {
            [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => inner,
            [b'"', ..] => return Err(malformed_header()),
            _ => value,
        };
        if values[position].replace(value).is_some() {
            return Err(malformed_header());
        }
    }
    Ok(values)
}

const PARAMETERS: [&[u8]; 4] = [b"by", b"for", b"host", b"proto"];
const FOR: usize = 1;

/// What proxies say the provider called.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Forwarded<'r> {
    pub(crate) proto: Option<&'r [u8]>,
    pub(crate) host: Option<&'r [u8]>,
    port: Option<&'r [u8]>,
}

impl<'r> Forwarded<'r> {
    /// The nearest element of RFC 7239 `Forwarded`.
    pub(crate) fn parse(text: &'r [u8]) -> Result<Self, Error> {
        let element = text.rsplit(|&byte| byte == b',').next().unwrap_or_default();
        let [_, _, host, proto] = parameters(element)?;
        Ok(Self {
            proto,
            host,
            port: None,
        })
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
            // A proxy may write it in capitals; what the provider signed has none.
            url.scheme = lower_case(proto);
        }
        if let Some(host) = self.host {
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
    use crate::request::{Headers, Needs};

    fn policy(public_url: Option<&str>) -> UrlPolicy {
        let mut needs = Needs::default();
        UrlPolicy {
            public_url: public_url.map(|text| Origin::parse(text).unwrap()),
            trusted_proxies: IpSet::parse(["10.0.0.0/8"]).unwrap(),
            allowed_hosts: vec!["api.example.com".to_owned()],
            forwarded: Some(FORWARDED_HEADERS.map(|name| needs.header(name))),
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
        let request = Request {
            method: b"POST",
            target: url.as_bytes(),
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&[]),
            body: b"",
            peer: peer.parse().ok(),
        };
        let resolved = policy
            .resolve(&request, &slots)
            .map_err(|error| error.code())?;
        let mut text = Vec::new();
        resolved.write_full(&mut text);
        Ok(String::from_utf8(text).unwrap())
    }

    // Pitfalls URL-1, URL-4.
    #[test]
    fn a_public_url_wins_over_everything() {
        let forged = [("X-Forwarded-Host", "evil.example")];
        let policy = policy(Some("https://u:p@api.example.com:8443/base/"));
        for url in ["http://inner:80/a//b?x=%2f", "/a//b?x=%2f"] {
            assert_eq!(
                resolve(&policy, url, "10.0.0.1", &forged).unwrap(),
                "https://u:p@api.example.com:8443/base/a//b?x=%2f"
            );
        }
        for target in ["/a\nb", "/a//b?x=%2f#frag", "a", "*"] {
            assert_eq!(
                resolve(&policy, target, "", &[]),
                Err(ErrorCode::MalformedUrl)
            );
        }
        assert!(Origin::parse("https://h/?q").is_err());
        assert!(Origin::parse("h").is_err());
    }

    // Pitfall URL-2.
    #[test]
    fn forwarded_headers_count_from_trusted_peers_only() {
        let policy = policy(None);
        let forwarded = [
            ("X-Forwarded-Host", "api.example.com"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Port", "8443"),
        ];
        let inner = "http://inner/a?b";
        for (name, value) in [("X-Forwarded-Proto", "HTTPS"), ("Forwarded", "proto=HTTPS")] {
            let headers = [("X-Forwarded-Host", "api.example.com"), (name, value)];
            assert_eq!(
                resolve(&policy, "http://inner/a?b", "10.0.0.1", &headers).unwrap(),
                "https://api.example.com/a?b"
            );
        }
        let with_ports = [
            ("X-Forwarded-For", "203.0.113.5:4711, 10.0.0.2:555"),
            ("X-Forwarded-Host", "api.example.com, inner"),
            ("X-Forwarded-Proto", "https, http"),
        ];
        assert_eq!(
            resolve(&policy, "http://inner/a?b", "10.0.0.1", &with_ports).unwrap(),
            "https://api.example.com/a?b"
        );
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
        for doubled in [
            "host=api.example.com;host=evil.example",
            "host=api.example.com;HOST=api.example.com",
            "proto=https;host=api.example.com;proto=http",
            "for=192.0.2.1;for=192.0.2.2;host=api.example.com",
            "by=a;by=b;host=api.example.com",
        ] {
            let asked = ask(&[("Forwarded", doubled)]);
            assert_eq!(asked, Err(ErrorCode::MalformedHeader), "{doubled}");
        }
        assert_eq!(forwarded_for(b"for=192.0.2.1;for=192.0.2.2"), None);
        assert_eq!(
            forwarded_for(b"FOR=\"192.0.2.1\""),
            "192.0.2.1".parse().ok()
        );
        assert_eq!(
            ask(&[("X-Forwarded-Proto", "gopher")]),
            Err(ErrorCode::MalformedHeader)
        );
    }
}
