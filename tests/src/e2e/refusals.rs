//! Requests that a server refuses by itself, before the application can see
//! them. Every one is listed; one that is not, and one that no longer happens,
//! is a failure.

use std::fmt;

use crate::http::Request;

/// A kind of request that one framework's server refuses.
#[derive(Clone, Copy)]
pub(super) struct Refusal {
    pub(super) framework: &'static str,
    pub(super) status: u16,
    /// What the server refuses, in words.
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
            "{} refuses {} with {}",
            self.framework, self.kind, self.status
        )
    }
}

static LISTED: &[Refusal] = &[Refusal {
    framework: "express",
    status: 400,
    kind: "a method in other letters than capitals, or unknown",
    applies: |request| {
        !matches!(
            &request.method[..],
            b"GET" | b"POST" | b"PUT" | b"PATCH" | b"DELETE" | b"OPTIONS"
        )
    },
}];
