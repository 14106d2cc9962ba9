//! Receivers behind a real proxy that ends TLS, as far as they can see: the
//! proxy speaks plain HTTP to them and says in `X-Forwarded-*` what was called.
//! Genuine deliveries verify, whatever their target looks like; what a caller
//! writes into a forwarded header by itself does not count.

use hookseal::Error;
use serde_json::{Value, json};

use super::answer::Answer;
use super::case::signed;
use super::refusals::Refusal;
use super::robustness::Check;
use super::targets::TARGETS;
use super::webhooks::Webhooks;
use crate::format::DEFAULT_NOW;
use crate::http::{Body, Client, Request};
use crate::outcomes::Outcome;

/// The host that was called, and that [`signed`] signs.
const HOST: &str = "hooks.example.com";

const BODY: &[u8] = b"From=1&To=2";

/// A scheme whose signature covers the URL with its query.
const SCHEME: &str = "plivo";

/// The requests that are sent through each proxy.
#[derive(Debug, Default)]
pub(super) struct Proxied {
    genuine: Vec<(String, Request)>,
    forged: Vec<(String, Request)>,
}

impl Proxied {
    /// # Errors
    /// Where the core cannot sign them.
    pub(super) fn new(webhooks: &mut Webhooks) -> Result<Self, Error> {
        let token = signed("", SCHEME, "POST", "/", BODY)?.options;
        let entry = |webhooks: &mut Webhooks, more: Value| {
            let mut options = token.clone();
            options.extend(
                more.as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
            webhooks.name(SCHEME, &options, DEFAULT_NOW)
        };
        let believing = entry(
            webhooks,
            json!({"trusted_proxies": ["127.0.0.1"], "allowed_hosts": [HOST], "require_https": true}),
        );
        let configured = entry(webhooks, json!({"public_url": format!("https://{HOST}")}));
        let doubting = entry(webhooks, json!({}));

        let mut proxied = Self::default();
        for target in TARGETS {
            for (how, entry) in [("believed", &believing), ("public_url", &configured)] {
                proxied
                    .genuine
                    .push((format!("{target} ({how})"), request(target, entry, &[])?));
            }
        }
        let moved = [("Host", "hooks.example.com/calls/1#")];
        let other_host = [("X-Forwarded-Host", HOST), ("Host", "evil.example")];
        for (name, target, entry, headers) in [
            ("nobody is trusted", "/calls/1", &doubting, &[][..]),
            ("a Host with a path", "/answer", &believing, &moved[..]),
            (
                "a Host with a path (public_url)",
                "/answer",
                &configured,
                &moved[..],
            ),
            (
                "a Host that is not allowed",
                "/calls/1",
                &believing,
                &other_host[..],
            ),
        ] {
            let mut forged = request("/calls/1", entry, headers)?;
            forged.target = target.as_bytes().to_vec();
            proxied.forged.push((name.to_owned(), forged));
        }
        let prefixed = request("/calls/1", &configured, &[("X-Forwarded-Prefix", "/calls")])?;
        proxied.forged.push((
            "a prefix that a caller writes".to_owned(),
            Request {
                target: b"/1".to_vec(),
                ..prefixed
            },
        ));
        Ok(proxied)
    }

    /// What a framework behind a proxy makes of all of them.
    pub(super) fn check(&self, proxy: &str, framework: &str, client: &mut Client) -> Vec<Check> {
        let mut checks = Vec::new();
        for (name, request) in &self.genuine {
            let outcome = verified(framework, request, client);
            checks.push((format!("behind {proxy}: {name}"), outcome));
        }
        for (name, request) in &self.forged {
            let outcome = refused(request, client);
            checks.push((format!("behind {proxy}: {name}"), outcome));
        }
        checks
    }
}

/// A genuine delivery, with `Host` and what else a caller writes.
fn request(target: &str, entry: &str, headers: &[(&str, &str)]) -> Result<Request, Error> {
    let case = signed("", SCHEME, "POST", target, BODY)?;
    let mut request = Request {
        method: b"POST".to_vec(),
        target: target.as_bytes().to_vec(),
        headers: Vec::new(),
        body: Body::Sized(BODY.to_vec()),
    }
    .header("Hookseal-Webhook", entry);
    if !headers.iter().any(|(name, _)| *name == "Host") {
        request = request.header("Host", HOST);
    }
    for (name, value) in &case.request.headers {
        request = request.header(name, value);
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    Ok(request)
}

fn verified(framework: &str, request: &Request, client: &mut Client) -> Result<(), String> {
    let listed = Refusal::of(framework, request).map(|refusal| refusal.status);
    match answer(request, client) {
        Answer::Verdict(Outcome::Verified { .. }, _) => Ok(()),
        // The proxy itself refuses what is no path to it.
        Answer::Refused(400) if is_odd(request) => Ok(()),
        Answer::Refused(status) if listed == Some(status) => Ok(()),
        Answer::Verdict(outcome, _) => Err(outcome.as_str().to_owned()),
        other => Err(format!("{other:?}")),
    }
}

fn refused(request: &Request, client: &mut Client) -> Result<(), String> {
    match answer(request, client) {
        Answer::Verdict(Outcome::Rejected { code, .. }, _)
            if code != "configuration" && code != "internal" =>
        {
            Ok(())
        }
        Answer::Refused(400..=499) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn answer(request: &Request, client: &mut Client) -> Answer {
    let nothing = Outcome::Rejected {
        code: String::new(),
        answer: None,
    };
    Answer::of(client.send(request), &nothing)
}

/// Whether the path has escapes that proxies take for an attack.
fn is_odd(request: &Request) -> bool {
    let path = request.target.split(|&byte| byte == b'?').next();
    let mut escapes = path.unwrap_or_default().split(|&byte| byte == b'%').skip(1);
    escapes.any(|escape| {
        let digits = escape.get(..2).unwrap_or_default();
        digits == b"00" || digits.len() < 2 || !digits.iter().all(u8::is_ascii_hexdigit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_carries_its_signature_and_one_host() {
        let request = request("/a?b=%2f", "w0", &[("Host", "evil.example")]).unwrap();
        let hosts = request
            .headers
            .iter()
            .filter(|(name, _)| name == b"Host")
            .count();
        assert_eq!(hosts, 1);
        let is_signature =
            |(name, _): &(Vec<u8>, Vec<u8>)| name.eq_ignore_ascii_case(b"x-plivo-signature-v3");
        assert!(request.headers.iter().any(is_signature));
    }
}
