//! Requests that a server answers by itself, mostly with a refusal, before the
//! application can see them. Every one is listed; one that is not, and one that
//! no longer happens, is a failure.

use std::fmt;

use crate::http::Request;

/// A kind of request that one framework's server answers.
#[derive(Clone, Copy)]
pub(super) struct Refusal {
    pub(super) framework: &'static str,
    pub(super) status: u16,
    /// What the server answers, in words.
    pub(super) kind: &'static str,
    /// Whether a request is of that kind.
    applies: fn(&Request) -> bool,
}

impl Refusal {
    /// The entry for a request to a framework.
    pub(super) fn of(framework: &str, request: &Request) -> Option<&'static Self> {
        LISTED
            .iter()
            .find(|refusal| refusal.framework == framework && (refusal.applies)(request))
    }

    /// All entries of a framework.
    pub(super) fn listed(framework: &str) -> impl Iterator<Item = &'static Self> {
        LISTED
            .iter()
            .filter(move |refusal| refusal.framework == framework)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} itself answers {} with {}",
            self.framework, self.kind, self.status
        )
    }
}

static LISTED: &[Refusal] = &[
    Refusal {
        framework: "flask",
        status: 400,
        kind: "a method with small letters",
        applies: |request| request.method.iter().any(u8::is_ascii_lowercase),
    },
    Refusal {
        framework: "flask",
        status: 400,
        kind: "a repeated Content-Type",
        applies: |request| count(request, "content-type") > 1,
    },
    Refusal {
        framework: "express",
        status: 400,
        kind: "a method that Node does not know",
        applies: |request| {
            let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
            !known.iter().any(|known| known.as_bytes() == request.method)
        },
    },
    Refusal {
        framework: "spring-boot",
        status: 400,
        kind: "%2F, %5C, %00 or an unfinished escape in the path",
        applies: |request| escapes(request).any(is_refused_by_tomcat),
    },
    Refusal {
        framework: "spring-boot",
        status: 200,
        kind: "what a browser asks before it posts, without permitting anything,",
        applies: |request| {
            let names = ["origin", "access-control-request-method"];
            request.method == b"OPTIONS" && names.iter().all(|name| count(request, name) > 0)
        },
    },
    Refusal {
        framework: "aspnet",
        status: 400,
        kind: "%00 in the path",
        applies: |request| escapes(request).any(|escape| escape == b"00"),
    },
];

fn is_refused_by_tomcat(escape: &[u8]) -> bool {
    let is_listed = [b"2f", b"5c", b"00"]
        .iter()
        .any(|listed| escape.eq_ignore_ascii_case(*listed));
    is_listed || escape.len() < 2 || !escape.iter().all(u8::is_ascii_hexdigit)
}

/// The up to two bytes behind each `%` of the path.
fn escapes(request: &Request) -> impl Iterator<Item = &[u8]> {
    let path = request.target.split(|&byte| byte == b'?').next();
    let behind = path.unwrap_or_default().split(|&byte| byte == b'%').skip(1);
    behind.map(|bytes| bytes.get(..2).unwrap_or(bytes))
}

/// How often a header occurs.
fn count(request: &Request, name: &str) -> usize {
    let is_it = |(known, _): &&(Vec<u8>, Vec<u8>)| known.eq_ignore_ascii_case(name.as_bytes());
    request.headers.iter().filter(is_it).count()
}
