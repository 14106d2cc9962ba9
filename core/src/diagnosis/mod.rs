//! Rejections that name their cause: what a request itself shows, told in the
//! detail of the error and nowhere else.
//!
//! Nothing here runs for a verified delivery. The text names the option to
//! set; it never holds a secret, an expected signature, a byte of the body, or
//! the value of a query parameter. Of the values of headers it quotes only
//! those of `Content-Encoding`, of forwarded protocol, host and port, and the
//! name of a cipher, all of them cut and escaped ([`shown`](crate::detail::shown)).

mod content_encoding;
mod forwarded;
mod headers;

use std::net::IpAddr;

use crate::compiled::Compiled;
use crate::coverage::CoverageLevel;
use crate::error::{Error, ErrorCode};
use crate::public_url::FORWARDED_HEADERS;
use crate::request::{Headers, Needs, Request};

/// All headers that are at hand, by name and value.
#[derive(Clone, Copy)]
struct Seen<'a>(&'a [(&'a [u8], &'a [u8])]);

impl<'a> Seen<'a> {
    fn value(self, name: &str) -> Option<&'a [u8]> {
        let mut found = self.0.iter();
        let found = found.find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| *value)
    }

    /// Whether it is there and not empty: an empty header counts as absent.
    fn has(self, name: &str) -> bool {
        self.0
            .iter()
            .any(|(known, value)| known.eq_ignore_ascii_case(name.as_bytes()) && !value.is_empty())
    }
}

/// What all headers show of a rejection, to be appended to its detail: empty, or
/// it begins with a semicolon. Of the body the beginning is enough.
#[cold]
pub(crate) fn remarks(
    compiled: &Compiled,
    code: ErrorCode,
    headers: &[(&[u8], &[u8])],
    peer: Option<IpAddr>,
    body: &[u8],
) -> String {
    let seen = Seen(headers);
    let mut remarks = Remarks::default();
    match code {
        ErrorCode::MissingHeader => remarks.extend(headers::instead(compiled, seen)),
        ErrorCode::SignatureMismatch | ErrorCode::BodyMismatch | ErrorCode::DecryptionFailed => {
            if code == ErrorCode::SignatureMismatch && signs_url(compiled) {
                remarks.extend(forwarded::ignored_for_url(compiled, seen, peer));
            }
            if code == ErrorCode::DecryptionFailed || signs_body(compiled) {
                remarks.extend(content_encoding::told(seen, body));
            }
        }
        ErrorCode::InsecureTransport => {
            remarks.extend(forwarded::ignored_scheme(compiled, seen, peer));
        }
        ErrorCode::HostNotAllowed | ErrorCode::MalformedUrl => {
            remarks.extend(forwarded::ignored_host(compiled, seen, peer));
        }
        ErrorCode::IpNotAllowed => {
            remarks.extend(forwarded::ignored_address(compiled, seen, peer));
        }
        _ => {}
    }
    remarks.0
}

/// Completes an error where the caller passed all headers.
#[cold]
#[inline(never)]
pub(crate) fn complete(compiled: &Compiled, request: &Request<'_>, error: &mut Error) {
    if let Headers::Pairs(pairs) = request.headers {
        let remarks = remarks(compiled, error.code(), pairs, request.peer, request.body);
        error.append(&remarks);
    }
}

/// The lower-case names of the headers that [`remarks`] looks at.
pub(crate) fn header_names(needs: &Needs) -> Vec<String> {
    let mut names: Vec<String> = needs
        .header_names()
        .iter()
        .map(|it| it.to_string())
        .collect();
    let more = FORWARDED_HEADERS
        .into_iter()
        .chain([content_encoding::NAME, forwarded::PREFIX])
        .map(str::to_owned)
        .chain(headers::candidates(needs));
    for name in more {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn signs_url(compiled: &Compiled) -> bool {
    compiled
        .names
        .coverage
        .iter()
        .any(|covers| covers.url != CoverageLevel::None)
}

fn signs_body(compiled: &Compiled) -> bool {
    compiled
        .names
        .coverage
        .iter()
        .any(|covers| covers.body != CoverageLevel::None)
}

/// Remarks one after the other, each behind a semicolon.
#[derive(Default)]
struct Remarks(String);

impl Extend<String> for Remarks {
    fn extend<T: IntoIterator<Item = String>>(&mut self, remarks: T) {
        for remark in remarks {
            self.0.push_str("; ");
            self.0.push_str(&remark);
        }
    }
}
