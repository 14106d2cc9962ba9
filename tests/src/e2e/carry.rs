//! How a case becomes an HTTP request on the wire, or why it cannot.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use hookseal::ErrorCode;
use serde_json::{Map, Value};

use crate::format::{Case, Expect};
use crate::http::{Body, Request};

/// The host the requests are sent to where the case names none. It differs from
/// every public URL, so a framework that builds the URL from it is found out.
const INNER_HOST: &str = "internal.test:8080";

/// The address every receiver sees.
pub(super) const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Servers take 8 KiB of headers or more.
const MAX_HEADER_BYTES: usize = 7 << 10;

/// Options that make the verdict depend on who is connected.
const PEER_OPTIONS: [&str; 2] = ["allowed_ips", "trusted_proxies"];

/// Options that make the verdict depend on the host the request was sent to.
const HOST_OPTIONS: [&str; 2] = ["allowed_hosts", "trusted_proxies"];

/// A case on the wire: the entry it is for, and the request.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) options: Map<String, Value>,
    pub(super) request: Request,
}

/// Why HTTP cannot carry a case unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It tells target, authority and scheme apart, so that they can contradict
    /// each other: `hostile` sends such requests.
    Parts,
    /// There is no `scheme://host`, so no URL could have been called.
    NoHost,
    /// A request target starts with a slash; the URL has none.
    NoPath,
    /// A client does not send the fragment.
    Fragment,
    /// A blank, a control byte or a raw non-ASCII byte in the target.
    TargetBytes,
    /// A method that is no token.
    Method,
    /// A header name that is no token.
    HeaderName,
    /// A control byte in a header value.
    HeaderControl,
    /// Blanks around a header value, which HTTP does not count to it.
    HeaderBlanks,
    /// A header longer than servers take.
    HeaderLength,
    /// The case sets a header that this harness needs itself, such as the framing.
    ConflictingNeeds,
    /// The verdict depends on a peer address other than the loopback.
    PeerAddress,
    /// The verdict depends on a host reached over TLS.
    Tls,
    /// Written as an entry, with its origin as public URL, the core itself
    /// answers otherwise.
    Entry,
    /// A response to HEAD has no body to report facts in.
    Head,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parts => "its target, authority and scheme are told apart",
            Self::NoHost => "the URL has no scheme or host",
            Self::NoPath => "the URL has no path",
            Self::Fragment => "the URL has a fragment",
            Self::TargetBytes => "the target has a blank, a control or a raw non-ASCII byte",
            Self::Method => "the method is no token",
            Self::HeaderName => "a header name is no token",
            Self::HeaderControl => "a header value has a control byte",
            Self::HeaderBlanks => "a header value has blanks around it",
            Self::HeaderLength => "a header is longer than servers take",
            Self::ConflictingNeeds => "it sets a header or an option that the harness needs",
            Self::PeerAddress => "it needs a peer address other than the loopback",
            Self::Tls => "it needs TLS without a public URL",
            Self::Entry => "the file of entries cannot say it with the same answer",
            Self::Head => "a response to HEAD has no body",
        })
    }
}

/// Turns a case into a request to an entry, with that body, which is empty or
/// the case's own.
pub(super) fn carry(case: &Case, body: Body) -> Result<Carried, Reason> {
    let data = &case.request;
    let url = Url::split(&data.url);
    let has = |name: &str| case.options.contains_key(name);
    if data.authority.is_some() || data.scheme.is_some() {
        return Err(Reason::Parts);
    }
    if has("scheme") || has("now") {
        return Err(Reason::ConflictingNeeds);
    }

    // Where no verifier can be made, it matters to nobody who is connected.
    let is_usable = case.expect != Expect::Rejected(ErrorCode::Configuration);
    let depends_on = |names: &[&str]| is_usable && names.iter().any(|name| has(name));
    let mut options = case.options.clone();
    let host = if has("public_url") {
        url.authority
    } else if depends_on(&HOST_OPTIONS) {
        match url.scheme {
            Some("http") => url.authority,
            Some(_) => return Err(Reason::Tls),
            None => return Err(Reason::NoHost),
        }
    } else {
        let (Some(scheme), Some(authority)) = (url.scheme, url.authority) else {
            return Err(Reason::NoHost);
        };
        let origin = format!("{scheme}://{authority}");
        options.insert("public_url".to_owned(), Value::String(origin));
        None
    };
    let from_elsewhere = data.peer_ip != Some(PEER);
    if from_elsewhere && depends_on(&PEER_OPTIONS) {
        return Err(Reason::PeerAddress);
    }

    check_target(url.target)?;
    if data.method.is_empty() || !data.method.bytes().all(is_token) {
        return Err(Reason::Method);
    }
    if data.method == "HEAD" {
        return Err(Reason::Head);
    }
    let mut request = Request {
        method: data.method.clone().into_bytes(),
        target: url.target.as_bytes().to_vec(),
        headers: Vec::new(),
        body,
    };
    let names_host = |(name, _): &(String, String)| name.eq_ignore_ascii_case("host");
    if !data.headers.iter().any(names_host) {
        request = request.header("Host", host.unwrap_or(INNER_HOST));
    }
    for (name, value) in &data.headers {
        check_header(name, value)?;
        request = request.header(name, value);
    }
    Ok(Carried { options, request })
}

fn check_target(target: &str) -> Result<(), Reason> {
    if target.contains('#') {
        return Err(Reason::Fragment);
    }
    if !target.starts_with('/') {
        return Err(Reason::NoPath);
    }
    if !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Reason::TargetBytes);
    }
    Ok(())
}

fn check_header(name: &str, value: &str) -> Result<(), Reason> {
    const NEEDED: [&str; 4] = [
        "content-length",
        "transfer-encoding",
        "expect",
        "hookseal-webhook",
    ];
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Reason::HeaderName);
    }
    if NEEDED
        .iter()
        .any(|needed| name.eq_ignore_ascii_case(needed))
    {
        return Err(Reason::ConflictingNeeds);
    }
    if value
        .bytes()
        .any(|byte| byte.is_ascii_control() && byte != b'\t')
    {
        return Err(Reason::HeaderControl);
    }
    if value.trim_matches([' ', '\t']) != value {
        return Err(Reason::HeaderBlanks);
    }
    if value.len() > MAX_HEADER_BYTES {
        return Err(Reason::HeaderLength);
    }
    Ok(())
}

/// RFC 9110, `tchar`.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The parts of a URL, verbatim.
struct Url<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    target: &'a str,
}

impl<'a> Url<'a> {
    fn split(text: &'a str) -> Self {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self {
                scheme: None,
                authority: None,
                target: text,
            };
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let is_name = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        Self {
            scheme: is_name.then_some(scheme),
            authority: (!authority.is_empty()).then_some(authority),
            target,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::case::made;
    use super::*;

    fn case(url: &str) -> Case {
        let mut case = made("x", "any", "POST", "/", b"");
        url.clone_into(&mut case.request.url);
        case
    }

    fn reason(change: impl FnOnce(&mut Case)) -> Reason {
        let mut case = case("https://h/a");
        change(&mut case);
        carry(&case, Body::None).unwrap_err()
    }

    #[test]
    fn the_origin_becomes_the_public_url_and_the_rest_the_target() {
        let case = case("wss://u:p@h:8443//a/../%2f?b=%zz");
        let carried = carry(&case, Body::None).unwrap();
        assert_eq!(carried.options["public_url"], "wss://u:p@h:8443");
        assert_eq!(carried.request.target, b"//a/../%2f?b=%zz");
        assert_eq!(carried.request.headers[0].1, INNER_HOST.as_bytes());
    }

    #[test]
    fn a_case_with_its_own_url_options_keeps_them() {
        let mut proxied = case("http://inner:81/a?b");
        let proxies = json!(["127.0.0.1"]);
        proxied
            .options
            .insert("trusted_proxies".to_owned(), proxies);
        proxied.request.peer_ip = Some(PEER);
        let carried = carry(&proxied, Body::None).unwrap();
        assert_eq!(carried.options, proxied.options);
        assert_eq!(carried.request.headers[0].1, b"inner:81");
    }

    #[test]
    fn what_cannot_be_carried_says_why() {
        let url = |url: &'static str| move |case: &mut Case| url.clone_into(&mut case.request.url);
        assert_eq!(reason(url("/a")), Reason::NoHost);
        assert_eq!(reason(url("https:///a")), Reason::NoHost);
        assert_eq!(reason(url("https://h")), Reason::NoPath);
        assert_eq!(reason(url("https://h?a")), Reason::NoPath);
        assert_eq!(reason(url("https://h/a#b")), Reason::Fragment);
        assert_eq!(reason(url("https://h/\u{fc}")), Reason::TargetBytes);
        let method = |method: &'static str| {
            move |case: &mut Case| method.clone_into(&mut case.request.method)
        };
        assert_eq!(reason(method("PO ST")), Reason::Method);
        assert_eq!(reason(method("HEAD")), Reason::Head);
        let header = |name: &'static str, value: &'static str| {
            move |case: &mut Case| {
                case.request
                    .headers
                    .push((name.to_owned(), value.to_owned()))
            }
        };
        assert_eq!(reason(header("", "x")), Reason::HeaderName);
        assert_eq!(reason(header("a", "x\n")), Reason::HeaderControl);
        assert_eq!(reason(header("a", "x ")), Reason::HeaderBlanks);
        let long: &'static str = "x".repeat(MAX_HEADER_BYTES + 1).leak();
        assert_eq!(reason(header("a", long)), Reason::HeaderLength);
        assert_eq!(
            reason(header("Content-Length", "1")),
            Reason::ConflictingNeeds
        );
        let option = |name: &'static str| {
            move |case: &mut Case| {
                case.options.insert(name.to_owned(), json!(["192.0.2.1"]));
            }
        };
        assert_eq!(reason(option("allowed_ips")), Reason::PeerAddress);
        assert_eq!(reason(option("allowed_hosts")), Reason::Tls);
    }
}
