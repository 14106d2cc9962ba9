//! The options that every scheme takes.

use crate::detail::wrong_public_url;
use crate::error::Error;
use crate::options::{OptionReader, wrong};
use crate::primitives::ip::IpSet;
use crate::public_url::{FORWARDED_HEADERS, Origin, UrlPolicy};
use crate::request::Needs;
use crate::scheme::AddressSets;

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

    /// Takes the common options out of `options`.
    pub(crate) fn new(
        options: &mut OptionReader,
        needs: &mut Needs,
        address_sets: &AddressSets,
    ) -> Result<Self, Error> {
        let url_policy = url_policy(options, needs)?;
        let allowed_ips = options
            .texts("allowed_ips")?
            .map(|texts| ip_set("allowed_ips", &texts, address_sets))
            .transpose()?;
        let require_https = options.switch("require_https")?;
        let reads_address = allowed_ips.is_some() || require_https;
        let is_url_known = url_policy.public_url.is_some();
        if is_url_known && !reads_address && !url_policy.trusted_proxies.is_empty() {
            return Err(wrong(
                "trusted_proxies",
                "does nothing beside public_url without allowed_ips or require_https",
            ));
        }
        Ok(Self {
            url_policy,
            allowed_ips,
            require_https,
            max_body_bytes: options.number("max_body_bytes")?,
        })
    }
}

fn url_policy(options: &mut OptionReader, needs: &mut Needs) -> Result<UrlPolicy, Error> {
    let public_url = match options.text("public_url")? {
        None => None,
        Some(text) => Some(
            Origin::parse(&text)
                .map_err(|error| wrong("public_url", &wrong_public_url(&text, error.detail())))?,
        ),
    };
    // public_url decides alone.
    let allowed_hosts = match public_url {
        Some(_) => Vec::new(),
        None => options.texts("allowed_hosts")?.unwrap_or_default(),
    };
    // What is none may be a secret in the wrong option, so it is not quoted.
    if let Some(index) = allowed_hosts.iter().position(|host| !is_host(host)) {
        return Err(wrong(
            "allowed_hosts",
            &format!("entry {index} is not of the form host or host:port"),
        ));
    }
    let trusted_proxies = options
        .texts("trusted_proxies")?
        .map(|texts| ip_set("trusted_proxies", &texts, &AddressSets::new()))
        .transpose()?
        .unwrap_or_default();
    if !trusted_proxies.is_empty() && allowed_hosts.is_empty() && public_url.is_none() {
        return Err(wrong(
            "trusted_proxies",
            "name the public hosts in allowed_hosts as well, or set public_url, so that a forwarded host cannot be chosen freely",
        ));
    }
    let forwarded =
        (!trusted_proxies.is_empty()).then(|| FORWARDED_HEADERS.map(|name| needs.header(name)));
    Ok(UrlPolicy {
        public_url,
        trusted_proxies,
        allowed_hosts,
        forwarded,
    })
}

fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

/// The addresses, and those of named sets in the place of their names.
fn ip_set(name: &str, texts: &[String], sets: &AddressSets) -> Result<IpSet, Error> {
    let mut addresses = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        if let Some(set) = sets.get(text) {
            addresses.extend(set.iter().map(String::as_str));
        } else if IpSet::parse([text.as_str()]).is_some() {
            addresses.push(text);
        } else {
            // What is none may be a secret in the wrong option, so it is not quoted.
            let what =
                format!("entry {index} is no IP address or CIDR network, such as 10.0.0.0/8");
            return Err(wrong(name, &what));
        }
    }
    IpSet::parse(addresses).ok_or_else(|| wrong(name, "a named set holds what is no address"))
}
