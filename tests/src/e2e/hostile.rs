//! Requests whose parts contradict each other, or say of themselves what only a
//! connection can: one captured signature must never verify for a URL that is
//! not the one that is served. Each check sends a genuine signature for one URL
//! with a request for another.
//!
//! A server may refuse such a request by itself; an application must never see
//! it verified.

use hookseal::{Error, Headers, Options, Request as Unsigned, Signing, Verifier};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::robustness::Check;
use super::webhooks::Webhooks;
use crate::format::DEFAULT_NOW;
use crate::http::{Body, Client, Request};
use crate::outcomes::Outcome;

const TOKEN: &str = "a token of the hostile requests";
const FORM: &str = "application/x-www-form-urlencoded";

/// The host that the requests are for where no public URL is configured.
const HOST: &str = "calls.test";

/// The same as configured, in front of a proxy that keeps the path.
const PUBLIC: &str = "https://public.test";

/// Schemes whose signature covers the URL: with its query, and without.
const SCHEMES: [&str; 3] = ["plivo", "twilio", "plivo-v2"];

/// The prepared requests, with their entries in the file of webhooks.
#[derive(Debug, Default)]
pub(super) struct Hostile {
    attacks: Vec<Attack>,
}

/// One request that must not verify.
#[derive(Debug)]
struct Attack {
    name: String,
    request: Request,
    /// The one code that is right where the application sees the request; none
    /// where several are, by what a server makes of it.
    code: Option<&'static str>,
}

/// How a request departs from the one that was signed.
struct Departure {
    name: &'static str,
    /// What was signed, behind the origin.
    signed: &'static str,
    /// What stands in the request line.
    target: String,
    hosts: Vec<String>,
    headers: Vec<(&'static str, String)>,
}

impl Hostile {
    /// # Errors
    /// Where the core cannot sign the genuine request.
    pub(super) fn new(webhooks: &mut Webhooks) -> Result<Self, Error> {
        let mut hostile = Self::default();
        for scheme in SCHEMES {
            for origin in [None, Some(PUBLIC)] {
                hostile.add_departures(webhooks, scheme, origin)?;
            }
        }
        hostile.add_plain_http(webhooks)?;
        Ok(hostile)
    }

    fn add_departures(
        &mut self,
        webhooks: &mut Webhooks,
        scheme: &str,
        origin: Option<&str>,
    ) -> Result<(), Error> {
        let mut options = Map::from_iter([("auth_token".to_owned(), Value::from(TOKEN))]);
        if let Some(origin) = origin {
            options.insert("public_url".to_owned(), origin.into());
        }
        let entry = webhooks.name(scheme, &options, DEFAULT_NOW);
        let plain = format!("http://{HOST}");
        let origin = origin.unwrap_or(&plain);
        for departure in departures(origin) {
            let url = match departure.signed.starts_with("http") {
                true => departure.signed.to_owned(),
                false => format!("{origin}{}", departure.signed),
            };
            let mut request = base("POST", &departure.target, &entry);
            for host in &departure.hosts {
                request = request.header("Host", host);
            }
            for (name, value) in &departure.headers {
                request = request.header(name, value);
            }
            for (name, value) in sign(scheme, &url)? {
                request = request.header(name, value);
            }
            self.attacks.push(Attack {
                name: format!("hostile: {} under {scheme} at {origin}", departure.name),
                request,
                code: None,
            });
        }
        Ok(())
    }

    /// Plain HTTP that says it is not.
    fn add_plain_http(&mut self, webhooks: &mut Webhooks) -> Result<(), Error> {
        let options = json!({"auth_token": TOKEN, "require_https": true});
        let Value::Object(options) = options else {
            return Ok(());
        };
        let entry = webhooks.name("plivo", &options, DEFAULT_NOW);
        let secure = format!("https://{HOST}/calls/1");
        let relative = "/calls/1".to_owned();
        for (name, target, header) in [
            ("an absolute form of https", &secure, None),
            ("a plain request", &relative, None),
            (
                "a forwarded scheme from nobody who is trusted",
                &relative,
                Some(("X-Forwarded-Proto", "https")),
            ),
            (
                "a Forwarded header from nobody who is trusted",
                &relative,
                Some(("Forwarded", "proto=https;host=calls.test")),
            ),
        ] {
            let mut request = base("POST", target, &entry).header("Host", HOST);
            for (name, value) in sign("plivo", &secure)?
                .into_iter()
                .chain(header.map(|(name, value)| (name.to_owned(), value.to_owned())))
            {
                request = request.header(name, value);
            }
            self.attacks.push(Attack {
                name: format!("hostile: {name} where HTTPS is required"),
                request,
                code: Some("insecure_transport"),
            });
        }
        Ok(())
    }

    /// What one receiver makes of all of them.
    pub(super) fn check(&self, client: &mut Client) -> Vec<Check> {
        let checked = |attack: &Attack| (attack.name.clone(), attack.check(client));
        self.attacks.iter().map(checked).collect()
    }
}

impl Attack {
    fn check(&self, client: &mut Client) -> Result<(), String> {
        // A server may close the connection on such a request.
        client.close();
        let nothing = Outcome::Rejected {
            code: String::new(),
            answer: None,
        };
        match Answer::of(client.send(&self.request), &nothing) {
            Answer::Verdict(Outcome::Rejected { code, .. }, _) => match self.code {
                Some(right) if right != code => Err(format!("{code} instead of {right}")),
                _ if matches!(code.as_str(), "configuration" | "internal") => Err(code),
                _ => Ok(()),
            },
            Answer::Refused(status @ 400..=499) => match self.code {
                Some(right) => Err(format!("{status} by the server instead of {right}")),
                None => Ok(()),
            },
            Answer::Verdict(Outcome::Verified { .. }, _) => Err("verified".to_owned()),
            Answer::Refused(status) => Err(format!("answered with {status}")),
            Answer::Broken(why) => Err(why),
        }
    }
}

fn base(method: &str, target: &str, entry: &str) -> Request {
    Request {
        method: method.as_bytes().to_vec(),
        target: target.as_bytes().to_vec(),
        headers: Vec::new(),
        body: Body::Sized(BODY.to_vec()),
    }
    .header("Content-Type", FORM)
    .header("Hookseal-Webhook", entry)
}

const BODY: &[u8] = b"From=1&To=2";

fn sign(scheme: &str, url: &str) -> Result<Vec<(String, String)>, Error> {
    Verifier::new(scheme, Options::new().with("auth_token", TOKEN))?.sign(
        &Unsigned {
            method: b"POST",
            target: url.as_bytes(),
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&[(b"content-type", FORM.as_bytes())]),
            body: BODY,
            peer: None,
        },
        &Signing {
            delivery_id: Some("05429567804466091622"),
            timestamp: Some(DEFAULT_NOW),
            ..Signing::default()
        },
    )
}

/// Everything by which a captured request was ever moved to another URL, or
/// could be.
fn departures(origin: &str) -> Vec<Departure> {
    let mut departures = Vec::new();
    let mut add = |name, signed, target: &str, hosts: &[&str], headers: &[(&'static str, &str)]| {
        departures.push(Departure {
            name,
            signed,
            target: target.to_owned(),
            hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
            headers: headers
                .iter()
                .map(|&(name, value)| (name, value.to_owned()))
                .collect(),
        });
    };
    let authority = origin.split_once("://").map_or(origin, |(_, host)| host);
    let moved = "/answer?admin=1";
    for (name, end) in [
        (
            "a Host that holds the signed path and a fragment",
            "/calls/1#",
        ),
        ("a Host that holds the signed path and a query", "/calls/1?"),
        (
            "a Host that holds the signed path and a parameter",
            "/calls/1;",
        ),
        ("a Host with an escaped path", "%2fcalls%2f1%23"),
        ("a Host with a backslash", "\\calls\\1#"),
        ("a Host with a blank", " /calls/1"),
        ("a Host with a tab", "\t/calls/1"),
        ("a Host with user information", "@calls.test"),
        ("a Host that is a list", ",calls.test/calls/1#"),
        ("a Host with a port that is no number", ":80/calls/1#"),
    ] {
        add(
            name,
            "/calls/1",
            moved,
            &[&format!("{authority}{end}")],
            &[],
        );
    }
    add(
        "a Host that is a URL",
        "/calls/1",
        moved,
        &[&format!("{origin}/calls/1#")],
        &[],
    );
    add(
        "two Hosts",
        "/calls/1",
        moved,
        &[authority, &format!("{authority}/calls/1#")],
        &[],
    );
    add(
        "two Hosts the other way",
        "/calls/1",
        moved,
        &[&format!("{authority}/calls/1#"), authority],
        &[],
    );
    add("no Host and a path", "/calls/1", moved, &[], &[]);
    for (name, target) in [
        ("a fragment with dots", "/calls/1#/../2"),
        ("a fragment with a query", "/calls/1#?admin=true"),
        ("a fragment alone", "/calls/1#"),
        ("an escaped fragment", "/calls/1%23?admin=true"),
        ("a fragment behind a path", "/answer#/calls/1"),
    ] {
        add(name, "/calls/1", target, &[authority], &[]);
    }
    add(
        "a fragment in a query",
        "/answer?user=7",
        "/answer?user=7#&admin=true",
        &[authority],
        &[],
    );
    add(
        "an absolute form of another host",
        "/calls/1",
        "http://evil.test/answer?admin=1",
        &[authority],
        &[],
    );
    add(
        "an absolute form of the signed URL with another path behind",
        "/calls/1",
        &format!("{origin}/calls/1/../../answer"),
        &[authority],
        &[],
    );
    add(
        "an absolute form of a scheme that the connection does not have",
        "https://calls.test/calls/1",
        "https://calls.test/calls/1",
        &["calls.test"],
        &[],
    );
    add(
        "an absolute form of an unknown scheme",
        "/calls/1",
        "gopher://calls.test/calls/1",
        &["calls.test"],
        &[],
    );
    add(
        "a target with two slashes in front",
        "/calls/1",
        "//calls/1",
        &[authority],
        &[],
    );
    add(
        "a target without a slash",
        "/calls/1",
        "calls/1",
        &[authority],
        &[],
    );
    add("an asterisk", "/calls/1", "*", &[authority], &[]);
    for (name, header, value) in [
        ("a prefix", "X-Forwarded-Prefix", "/v1/other"),
        ("a script name", "X-Script-Name", "/v1/other"),
        ("a script name of CGI", "Script-Name", "/v1/other"),
        ("an original URL", "X-Original-URL", "/v1/other/form"),
        ("an original URI", "X-Original-URI", "/v1/other/form"),
        ("a rewritten URL", "X-Rewrite-URL", "/v1/other/form"),
        ("a forwarded URI", "X-Forwarded-Uri", "/v1/other/form"),
        ("a forwarded path", "X-Forwarded-Path", "/v1/other"),
        ("an Envoy path", "X-Envoy-Original-Path", "/v1/other/form"),
        ("a base URL", "X-Forwarded-Base-Path", "/v1/other"),
    ] {
        add(
            name,
            "/v1/other/form",
            "/form",
            &[authority],
            &[(header, value)],
        );
    }
    for (name, headers) in [
        (
            "a forwarded host from nobody who is trusted",
            &[
                ("X-Forwarded-Host", "other.test"),
                ("X-Forwarded-Proto", "https"),
            ][..],
        ),
        (
            "a Forwarded header from nobody who is trusted",
            &[("Forwarded", "host=other.test;proto=https")][..],
        ),
        ("an X-Host header", &[("X-Host", "other.test")][..]),
        (
            "an X-Original-Host header",
            &[("X-Original-Host", "other.test")][..],
        ),
    ] {
        add(
            name,
            "https://other.test/calls/1",
            "/calls/1",
            &[authority],
            headers,
        );
    }
    departures
}
