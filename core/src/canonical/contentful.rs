//! Requests to apps of Contentful.
//!
//! ```text
//! METHOD LF path [ "?" query, escaped twice ] LF name:value;name:value… LF body
//! ```
//!
//! The list is a header, and has to list itself: a name that is taken off it changes
//! what is signed. A value that goes on like a further pair is rejected.
//!
//! <https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/>

use std::borrow::Cow;

use crate::canonical::header_list::{check_demands, check_name, names, owned, runs_together};
use crate::canonical::listing::{Covered, Listing, is_header_name};
use crate::canonical::{Input, Prepared};
use crate::coverage::CoverageLevel;
use crate::error::Error;
use crate::primitives::escape::Escape;

pub(super) fn covered(listing: &Listing) -> Covered {
    let headers = listing
        .demands()
        .iter()
        .map(|name| format!("header:{name}"));
    let parts = ["method", "url.target"].map(str::to_owned);
    Covered {
        body: CoverageLevel::Full,
        url: CoverageLevel::Part,
        method: true,
        parts: parts
            .into_iter()
            .chain(headers)
            .chain(["body".to_owned()])
            .collect(),
    }
}

pub(super) fn prepare<'c>(
    listing: &Listing,
    input: &Input<'c>,
    list: &'c [u8],
) -> Result<Prepared<'c>, Error> {
    let names = names(list, b',')?;
    check_demands(listing, &names)?;
    let mut head = input.method.to_vec();
    head.push(b'\n');
    if let Some(url) = input.url {
        url.write_path(&mut head);
        if let Some(query) = url.query.filter(|query| !query.is_empty()) {
            head.push(b'?');
            let twice = [Escape::JsPercent, Escape::JsPercent];
            Escape::apply(&twice, &mut head, &mut |sink| sink.write(query));
        }
    }
    let mut pieces: Vec<Cow<'c, [u8]>> = vec![Cow::Owned(head), Cow::Borrowed(b"\n")];
    for (position, name) in names.iter().enumerate() {
        check_name(name)?;
        let value = listing.value(name, input.headers)?;
        if goes_on(value) {
            return Err(runs_together(name));
        }
        let separator = if position > 0 { ";" } else { "" };
        pieces.push(owned(format!("{separator}{name}:")));
        pieces.push(Cow::Borrowed(value));
    }
    pieces.push(Cow::Borrowed(b"\n"));
    pieces.push(Cow::Borrowed(input.body));
    Ok(Prepared {
        pieces,
        ..Prepared::default()
    })
}

/// Whether a value holds a `;` with a name and a colon behind it.
fn goes_on(value: &[u8]) -> bool {
    let mut pieces = value.split(|byte| *byte == b';').skip(1);
    pieces.any(|piece| {
        let colon = piece.iter().position(|byte| *byte == b':');
        let name = colon.and_then(|end| str::from_utf8(piece.get(..end)?).ok());
        name.is_some_and(is_header_name)
    })
}
