//! Hook0's signature of version 1.
//!
//! ```text
//! time "." names, a blank between two "." values, a dot between two "." body
//! ```
//!
//! Nothing shows where a value ends, and the type of an event does hold dots. So what
//! shows is where the body begins: at the first dot with a `{` or `[` behind it. A body
//! that begins with neither is rejected, as is a value that holds such a dot: else a head
//! of the body could be moved into a header, or the tail of a header into the body. For
//! the same reason the text of version 0, time and body alone, is none of this version:
//! there a name stands where the body begins.
//!
//! Between two values any dot can be the one that separates them, so no header is a fact,
//! demanded or not.
//!
//! <https://documentation.hook0.com/docs/webhook-authentication>

use std::borrow::Cow;

use crate::canonical::header_list::{check_demands, check_name, names, runs_together};
use crate::canonical::listing::{Covered, Listing};
use crate::canonical::{Input, Prepared};
use crate::coverage::CoverageLevel;
use crate::error::{Error, ErrorCode};

pub(super) fn covered() -> Covered {
    Covered {
        body: CoverageLevel::Full,
        parts: ["timestamp", "body"].map(str::to_owned).to_vec(),
        ..Covered::NOTHING
    }
}

pub(super) fn prepare<'c>(
    listing: &Listing,
    input: &Input<'c>,
    list: &'c [u8],
) -> Result<Prepared<'c>, Error> {
    let names = names(list, b' ')?;
    check_demands(listing, &names)?;
    if !is_json(input.body) {
        return Err(Error::new(
            ErrorCode::BodyMismatch,
            "the body begins with neither { nor [, so nothing shows where it begins in what is \
             signed",
        ));
    }
    let dot: Cow<'c, [u8]> = Cow::Borrowed(b".");
    let mut pieces = vec![
        Cow::Borrowed(input.timestamp),
        dot.clone(),
        Cow::Borrowed(list),
        dot.clone(),
    ];
    for name in names {
        check_name(name)?;
        let value = listing.value(name, input.headers)?;
        if value.split(|byte| *byte == b'.').any(is_json) {
            return Err(runs_together(name));
        }
        pieces.push(Cow::Borrowed(value));
        pieces.push(dot.clone());
    }
    pieces.push(Cow::Borrowed(input.body));
    Ok(Prepared {
        pieces,
        ..Prepared::default()
    })
}

/// Whether a text begins as an object or a list of JSON does.
fn is_json(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'['))
}
