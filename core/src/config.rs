//! The options that every scheme takes.

use crate::diagnosis::wrong_public_url;
use crate::error::Error;
use crate::options::{OptionValue, Options};
use crate::primitives::ip::IpSet;
use crate::public_url::{FORWARDED_HEADERS, Origin, UrlPolicy};
use crate::scheme::{AddressSets, Plan};

/// Name and meaning of each, for errors and the catalogue; but see [`TOLERANCE`].
pub(crate) const COMMON_OPTIONS: [(&str, &str); 7] = [
    (
        "public_url",
        "the URL the provider calls, up to the path: https://api.example.com",
    ),
    (
        "trusted_proxies",
        "addresses or CIDR networks whose forwarded headers are believed; needs allowed_hosts",
    ),
    (
        "allowed_hosts",
        "the hosts, or host:port, that a request may be sent to",
    ),
    (
        "allowed_ips",
        "addresses or CIDR networks that may deliver, or the name of a published set",
    ),
    (
        "require_https",
        "refuse deliveries over plain HTTP; default false",
    ),
    (
        "max_body_bytes",
        "the longest body in bytes; default 10 MiB, 1 MiB for a form, and less where many keys or a slow cipher make a byte dear; a larger one lets strangers use more of the processor",
    ),
    (
        TOLERANCE,
        "seconds that a signed time may lie in the past or in the future; 0 is this very second, \
         not no check",
    ),
];

/// Of the common options the one that only schemes with a time take.
pub(crate) const TOLERANCE: &str = "tolerance";

/// The compiled common options.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) url_policy: UrlPolicy,
    pub(crate) allowed_ips: Option<IpSet>,
    pub(crate) require_https: bool,
    /// `None`: what a body may cost.
    pub(crate) max_body_bytes: Option<usize>,
}

impl Config {
    /// Whether a check here needs the URL, even if the scheme signs none.
    pub(crate) const fn reads_url(&self) -> bool {
        self.require_https || !self.url_policy.allowed_hosts.is_empty()
    }

    /// Takes the common options out of `options`, and lets `plan` read what
    /// they need.
    pub(crate) fn new(
        options: &mut Options,
        plan: &mut Plan,
        address_sets: &AddressSets,
    ) -> Result<Self, Error> {
        let url_policy = url_policy(options, plan)?;
        let allowed_ips = texts(options, "allowed_ips")?
            .map(|texts| ip_set("allowed_ips", &expand(texts, address_sets)))
            .transpose()?;
        let require_https = switch(options, "require_https")?;
        let reads_address = allowed_ips.is_some() || require_https;
        let is_url_known = url_policy.public_url.is_some();
        if is_url_known && !reads_address && !url_policy.trusted_proxies.is_empty() {
            return Err(wrong(
                "trusted_proxies",
                "does nothing beside public_url without allowed_ips or require_https",
            ));
        }
        let is_length = |bytes: i64| usize::try_from(bytes).ok().filter(|&bytes| bytes > 0);
        let max_body_bytes = integer(options, "max_body_bytes")?
            .map(|bytes| {
                is_length(bytes).ok_or_else(|| wrong("max_body_bytes", "expected a number above 0"))
            })
            .transpose()?;
        Ok(Self {
            url_policy,
            allowed_ips,
            require_https,
            max_body_bytes,
        })
    }
}

/// Puts the addresses of a named set in the place of its name.
fn expand(texts: Vec<String>, sets: &AddressSets) -> Vec<String> {
    texts
        .into_iter()
        .flat_map(|text| match sets.get(&text) {
            Some(addresses) => addresses.clone(),
            None => vec![text],
        })
        .collect()
}

/// Takes the option `tolerance`, seconds of at most `longest`.
pub(crate) fn tolerance(options: &mut Options, longest: u32) -> Result<Option<u32>, Error> {
    let Some(seconds) = integer(options, "tolerance")? else {
        return Ok(None);
    };
    u32::try_from(seconds)
        .ok()
        .filter(|&seconds| seconds <= longest)
        .map(Some)
        .ok_or_else(|| wrong("tolerance", &format!("expected 0 to {longest} seconds")))
}

fn url_policy(options: &mut Options, plan: &mut Plan) -> Result<UrlPolicy, Error> {
    let public_url = match options.take("public_url") {
        None => None,
        Some(OptionValue::Text(text)) => Some(
            Origin::parse(&text)
                .map_err(|error| wrong("public_url", &wrong_public_url(&text, error.detail())))?,
        ),
        Some(other) => return Err(wrong_kind("public_url", "a text", &other)),
    };
    let allowed_hosts = texts(options, "allowed_hosts")?.unwrap_or_default();
    if let Some(host) = allowed_hosts.iter().find(|host| !is_host(host)) {
        return Err(wrong(
            "allowed_hosts",
            &format!("`{}` is no host or host:port", host.escape_debug()),
        ));
    }
    if public_url.is_some() && !allowed_hosts.is_empty() {
        return Err(wrong(
            "allowed_hosts",
            "does nothing beside public_url, which decides alone",
        ));
    }
    let trusted_proxies = texts(options, "trusted_proxies")?
        .map(|texts| ip_set("trusted_proxies", &texts))
        .transpose()?
        .unwrap_or_default();
    if !trusted_proxies.is_empty() && allowed_hosts.is_empty() && public_url.is_none() {
        return Err(wrong(
            "trusted_proxies",
            "name the public hosts in allowed_hosts as well, or set public_url, so that a forwarded host cannot be chosen freely",
        ));
    }
    let forwarded_slots =
        (!trusted_proxies.is_empty()).then(|| FORWARDED_HEADERS.map(|name| plan.slot(name)));
    Ok(UrlPolicy {
        public_url,
        trusted_proxies,
        allowed_hosts,
        forwarded_slots,
    })
}

fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

fn ip_set(name: &str, texts: &[String]) -> Result<IpSet, Error> {
    IpSet::parse(texts.iter().map(String::as_str)).ok_or_else(|| {
        wrong(
            name,
            "expected IP addresses or CIDR networks, such as 10.0.0.0/8",
        )
    })
}

/// One text or a list of texts, at least one.
pub(crate) fn texts(options: &mut Options, name: &str) -> Result<Option<Vec<String>>, Error> {
    let list = match options.take(name) {
        None => return Ok(None),
        Some(OptionValue::List(list)) => list,
        Some(one) => vec![one],
    };
    if list.is_empty() {
        return Err(wrong(name, "the list is empty"));
    }
    let text = |value: OptionValue| match value {
        OptionValue::Text(text) => Ok(text.as_str().to_owned()),
        other => Err(wrong_kind(name, "texts", &other)),
    };
    list.into_iter()
        .map(text)
        .collect::<Result<_, _>>()
        .map(Some)
}

/// One text.
pub(crate) fn text(options: &mut Options, name: &str) -> Result<Option<String>, Error> {
    match options.take(name) {
        None => Ok(None),
        Some(OptionValue::Text(text)) => Ok(Some(text.as_str().to_owned())),
        Some(other) => Err(wrong_kind(name, "a text", &other)),
    }
}

pub(crate) fn integer(options: &mut Options, name: &str) -> Result<Option<i64>, Error> {
    match options.take(name) {
        None => Ok(None),
        Some(OptionValue::Integer(number)) => Ok(Some(number)),
        Some(other) => Err(wrong_kind(name, "a whole number", &other)),
    }
}

/// A switch that is off where it is not set.
pub(crate) fn switch(options: &mut Options, name: &str) -> Result<bool, Error> {
    Ok(switch_if_set(options, name)?.unwrap_or(false))
}

pub(crate) fn switch_if_set(options: &mut Options, name: &str) -> Result<Option<bool>, Error> {
    match options.take(name) {
        None => Ok(None),
        Some(OptionValue::Bool(switch)) => Ok(Some(switch)),
        Some(other) => Err(wrong_kind(name, "true or false", &other)),
    }
}

pub(crate) fn wrong(name: &str, what: &str) -> Error {
    Error::configuration(format!("option {name}: {what}"))
}

pub(crate) fn wrong_kind(name: &str, expected: &str, value: &OptionValue) -> Error {
    wrong(name, &format!("expected {expected}, not {}", value.kind()))
}
