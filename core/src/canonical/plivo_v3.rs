//! Plivo's V3 string to sign.
//!
//! ```text
//! base = URL up to its query, verbatim
//! Q    = decoded, sorted pairs of the query
//! P    = decoded, sorted pairs of the form body
//!
//! GET :  base [ "?" name=value&… of Q ]                      "." nonce
//! POST:  base [ "?" name=value&… of Q  if Q or P ]
//!             [ "."                    if Q and P ]
//!             [ namevalue…  of P ]                            "." nonce
//! ```
//!
//! So a POST without a query has a bare `?` in front of its parameters, which
//! the documentation does not say and the published captures show. Values are
//! decoded and not encoded again; sorting is bytewise, equal names by value.
//!
//! A GET has its parameters in the query. Where a form body comes with it, its
//! pairs count as further query parameters; a pair whose name the query has
//! with another value would go unsigned, and is rejected.
//!
//! <https://docs.plivo.com/voice/concepts/signature-validation>

use std::iter;

use crate::canonical::{Components, Input, Prepared};
use crate::coverage::CoverageLevel;
use crate::error::{Error, ErrorCode};
use crate::primitives::form::Pairs;
use crate::primitives::sink::Sink;
use crate::primitives::url::Url;
use crate::primitives::url_form::FormedUrl;

/// Every pair of query and body, the URL in front of them, and the nonce. Nothing
/// keeps URL, names and values apart; the nonce has no dot.
pub(crate) const COMPONENTS: Components = Components {
    body: CoverageLevel::Joined,
    url: CoverageLevel::Joined,
    method: false,
    timestamp: false,
    delivery_id: true,
    parts: &["url.base", "query", "form", "delivery_id"],
};

/// Makes Q and P. P of a GET holds what its body adds to Q.
pub(crate) fn prepare<'c>(input: &Input<'c>) -> Result<Prepared<'c>, Error> {
    let mut query = Pairs::parse(input.url.map(Url::raw_query).unwrap_or_default())?;
    let mut form = Pairs::parse(input.body)?;
    query.sort();
    form.sort();
    if input.method == b"GET" {
        let contradicts = |(name, value)| query.has_name(name) && !query.has((name, value));
        if form.iter().any(contradicts) {
            return Err(Error::new(
                ErrorCode::BodyMismatch,
                "the body of a GET contradicts its query, and only the query is signed",
            ));
        }
        form.retain(|name| !query.has_name(name));
    }
    Ok(Prepared {
        pairs: vec![query, form],
        ..Prepared::default()
    })
}

/// Writes the string to sign for one form of the URL.
pub(crate) fn write(
    input: &Input<'_>,
    url: Option<&FormedUrl<'_, '_>>,
    prepared: &Prepared<'_>,
    sink: &mut impl Sink,
) {
    let (Some(url), [query, form]) = (url, prepared.pairs.as_slice()) else {
        return;
    };
    url.write_base(sink);
    if !query.is_empty() || !form.is_empty() {
        sink.write(b"?");
    }
    if input.method == b"GET" {
        write_query(merged(query, form), sink);
    } else {
        write_query(query.iter(), sink);
        if !query.is_empty() && !form.is_empty() {
            sink.write(b".");
        }
        for pair in form.joined() {
            sink.write(pair);
        }
    }
    sink.write(b".");
    sink.write(input.delivery_id);
}

fn write_query<'p>(pairs: impl Iterator<Item = (&'p [u8], &'p [u8])>, sink: &mut impl Sink) {
    for (position, (name, value)) in pairs.enumerate() {
        if position > 0 {
            sink.write(b"&");
        }
        sink.write(name);
        sink.write(b"=");
        sink.write(value);
    }
}

/// The pairs of two sorted lists in the order of both.
fn merged<'p>(one: &'p Pairs, other: &'p Pairs) -> impl Iterator<Item = (&'p [u8], &'p [u8])> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if b < a => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}
