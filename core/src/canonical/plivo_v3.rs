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
//! with another value would go unsigned, and is refused.
//!
//! <https://docs.plivo.com/voice/concepts/signature-validation>

use std::collections::BTreeSet;

use crate::canonical::Mentions;
use crate::error::{Error, ErrorCode};
use crate::outcome::{BodyCoverage, UrlCoverage};
use crate::primitives::form::Pairs;
use crate::primitives::sink::Sink;
use crate::primitives::url::Url;
use crate::scheme::{Input, Prepared};

/// Every pair of query and body, the URL in front of them, and the nonce.
pub(crate) const MENTIONS: Mentions = Mentions {
    body: BodyCoverage::Fields,
    url: UrlCoverage::Full,
    method: false,
    timestamp: false,
    delivery_id: true,
};

/// Makes Q and P.
pub(crate) fn prepare(input: &Input<'_>) -> Result<Prepared, Error> {
    let mut query = Pairs::parse(input.url.map(Url::raw_query).unwrap_or_default())?;
    let mut form = Pairs::parse(input.body)?;
    if input.method == b"GET" {
        merge(&mut query, &form)?;
        form = Pairs::default();
    }
    query.sort();
    form.sort();
    Ok(Prepared {
        pairs: vec![query, form],
    })
}

/// Writes the string to sign for one form of the URL.
pub(crate) fn write(
    input: &Input<'_>,
    url: Option<&Url<'_>>,
    prepared: &Prepared,
    sink: &mut impl Sink,
) {
    let (Some(url), [query, form]) = (url, prepared.pairs.as_slice()) else {
        return;
    };
    url.write_base(sink);
    if !query.is_empty() || !form.is_empty() {
        sink.write(b"?");
    }
    for (position, (name, value)) in query.iter().enumerate() {
        if position > 0 {
            sink.write(b"&");
        }
        sink.write(name);
        sink.write(b"=");
        sink.write(value);
    }
    if !query.is_empty() && !form.is_empty() {
        sink.write(b".");
    }
    for pair in form.joined() {
        sink.write(pair);
    }
    sink.write(b".");
    sink.write(input.delivery_id);
}

/// Adds the pairs of a GET's body whose names the query does not contain.
fn merge(query: &mut Pairs, form: &Pairs) -> Result<(), Error> {
    if form.is_empty() {
        return Ok(());
    }
    let signed = query.clone();
    let pairs: BTreeSet<_> = signed.iter().collect();
    let names: BTreeSet<_> = signed.iter().map(|(name, _)| name).collect();
    for (name, value) in form.iter() {
        if !names.contains(name) {
            query.push(name, value);
        } else if !pairs.contains(&(name, value)) {
            return Err(Error::new(
                ErrorCode::BodyMismatch,
                "the body of a GET contradicts its query, and only the query is signed",
            ));
        }
    }
    Ok(())
}
