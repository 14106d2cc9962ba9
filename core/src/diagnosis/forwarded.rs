//! Forwarded headers that are there and do not count, and why.

use std::net::IpAddr;

use crate::compiled::Compiled;
use crate::detail::shown;
use crate::diagnosis::Seen;
use crate::public_url::Forwarded;

/// Proxies send it, and it is never read: `public_url` takes its place.
pub(super) const PREFIX: &str = "x-forwarded-prefix";

/// What a forwarded header can say of the URL.
#[derive(Clone, Copy)]
enum Part {
    Proto,
    Host,
    Port,
}

impl Part {
    const fn header(self) -> &'static str {
        match self {
            Self::Proto => "X-Forwarded-Proto",
            Self::Host => "X-Forwarded-Host",
            Self::Port => "X-Forwarded-Port",
        }
    }

    /// In RFC 7239 `Forwarded`: the parameter's name, and its value.
    fn parameter<'a>(self, forwarded: &Forwarded<'a>) -> Option<(&'static str, &'a [u8])> {
        match self {
            Self::Proto => forwarded.proto.map(|value| ("proto=", value)),
            Self::Host => forwarded.host.map(|value| ("host=", value)),
            Self::Port => None,
        }
    }
}

/// Of a signature over the URL: everything that would have changed it.
pub(super) fn ignored_for_url(
    compiled: &Compiled,
    seen: Seen<'_>,
    peer: Option<IpAddr>,
) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(origin) = &compiled.config.url_policy.public_url {
        let differs = |part, value: &[u8]| match part {
            Part::Proto => !origin.has_scheme(value),
            Part::Host => !origin.has_host(value),
            Part::Port => false,
        };
        let told = told(seen, &[Part::Proto, Part::Host], differs);
        remarks.extend(told.map(|told| format!("{told} not used, since public_url is set")));
    } else if let Some(reason) = reason(compiled, peer) {
        let told = told(seen, &[Part::Proto, Part::Host, Part::Port], |_, _| true);
        remarks
            .extend(told.map(|told| format!("{told} not believed, {reason}, or set public_url")));
    }
    if seen.has(PREFIX) {
        let what = "X-Forwarded-Prefix is never read: if the provider's URL has that prefix, put \
                    it into public_url";
        remarks.push(what.to_owned());
    }
    remarks
}

/// Of a delivery over plain HTTP. The scheme that a trusted proxy tells counts
/// beside `public_url` too.
pub(super) fn ignored_scheme(
    compiled: &Compiled,
    seen: Seen<'_>,
    peer: Option<IpAddr>,
) -> Option<String> {
    ignored(compiled, seen, peer, Part::Proto)
}

/// Of a host that is not known or not allowed.
pub(super) fn ignored_host(
    compiled: &Compiled,
    seen: Seen<'_>,
    peer: Option<IpAddr>,
) -> Option<String> {
    let decides_alone = compiled.config.url_policy.public_url.is_some();
    (!decides_alone).then(|| ignored(compiled, seen, peer, Part::Host))?
}

/// Of a caller that is not allowed. Addresses in headers are not quoted.
pub(super) fn ignored_address(
    compiled: &Compiled,
    seen: Seen<'_>,
    peer: Option<IpAddr>,
) -> Option<String> {
    let reason = reason(compiled, peer)?;
    let mut names = ["X-Forwarded-For", "Forwarded"].into_iter();
    let name = names.find(|name| seen.has(name))?;
    Some(format!("{name} is there and not believed, {reason}"))
}

fn ignored(
    compiled: &Compiled,
    seen: Seen<'_>,
    peer: Option<IpAddr>,
    part: Part,
) -> Option<String> {
    let reason = reason(compiled, peer)?;
    let told = told(seen, &[part], |_, _| true)?;
    Some(format!("{told} not believed, {reason}"))
}

/// Why no forwarded header counts, and what to set if one is to; `None` where
/// they do count.
fn reason(compiled: &Compiled, peer: Option<IpAddr>) -> Option<String> {
    let trusted = &compiled.config.url_policy.trusted_proxies;
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
        return Some(if trusted.is_empty() {
            "since trusted_proxies is not set: name your proxy there, and pass the address of \
             the peer, which is unknown"
                .to_owned()
        } else {
            "since the address of the peer is unknown: pass it".to_owned()
        });
    };
    if trusted.is_empty() {
        return Some(format!(
            "since trusted_proxies is not set: name the peer {peer} there if it is your proxy"
        ));
    }
    (!trusted.contains(peer)).then(|| {
        format!(
            "since the peer {peer} is not in trusted_proxies: name it there if it is your proxy"
        )
    })
}

/// The headers that are there with such a value, and that they are there.
fn told(seen: Seen<'_>, parts: &[Part], counts: impl Fn(Part, &[u8]) -> bool) -> Option<String> {
    let standard = seen.value("forwarded");
    let standard = standard.and_then(|text| Forwarded::parse(text).ok());
    let mut told = Vec::new();
    for &part in parts {
        if let Some(value) = seen
            .value(part.header())
            .filter(|value| counts(part, value))
        {
            told.push(shown::header(part.header(), value));
        }
        let parameter = standard.as_ref().and_then(|it| part.parameter(it));
        if let Some((name, value)) = parameter.filter(|(_, value)| counts(part, value)) {
            let text = [name.as_bytes(), value].concat();
            told.push(shown::header("Forwarded", &text));
        }
    }
    let verb = match told.len() {
        0 => return None,
        1 => "is there and",
        _ => "are there and",
    };
    Some(format!("{} {verb}", told.join(" and ")))
}
