//! Strings to sign with the headers that a request lists by their bare names.
//!
//! Nothing in such a string says where a value ends but the byte behind it, so a value
//! that could hold its neighbour is rejected. Names are read in lower case, each once.

use std::borrow::Cow;

use crate::canonical::listing::{Listing, MAX_LISTED, is_header_name, malformed, unsigned};
use crate::error::{Error, ErrorCode};

/// The names of a list.
///
/// # Errors
/// `malformed_header` where it is empty, too long, or names something twice.
pub(super) fn names(list: &[u8], separator: u8) -> Result<Vec<&str>, Error> {
    let text = str::from_utf8(list).map_err(|_| malformed("the list of headers is no text"))?;
    let names: Vec<&str> = text
        .split(char::from(separator))
        .take(MAX_LISTED + 1)
        .collect();
    if names.len() > MAX_LISTED {
        return Err(malformed("the signature lists more than 64 headers"));
    }
    for (position, name) in names.iter().enumerate() {
        let (before, _) = names.split_at(position);
        if before.contains(name) {
            return Err(malformed("the signature lists a header twice"));
        }
    }
    Ok(names)
}

/// # Errors
/// `signature_mismatch` where something that is demanded is not listed.
pub(super) fn check_demands(listing: &Listing, names: &[&str]) -> Result<(), Error> {
    let mut demands = listing.demands().iter();
    match demands.find(|demand| !names.contains(&demand.as_str())) {
        None => Ok(()),
        Some(demand) => Err(unsigned(demand)),
    }
}

/// A demand: the name of a header.
pub(super) fn read_demand(demand: &str) -> Result<(String, Option<String>), String> {
    if is_header_name(demand) {
        Ok((demand.to_owned(), Some(demand.to_owned())))
    } else {
        Err(format!("`{demand}` is no header name in lower case"))
    }
}

/// A name that a list may hold.
///
/// # Errors
/// `malformed_header`.
pub(super) fn check_name(name: &str) -> Result<(), Error> {
    if is_header_name(name) && !name.contains('.') {
        Ok(())
    } else {
        Err(malformed(
            "the signature lists what is no header name in lower case",
        ))
    }
}

/// A value that could be taken for what stands beside it.
#[cold]
pub(super) fn runs_together(name: &str) -> Error {
    Error::new(
        ErrorCode::BodyMismatch,
        format!("the signed header {name} holds what separates signed headers"),
    )
}

pub(super) fn owned(text: String) -> Cow<'static, [u8]> {
    Cow::Owned(text.into_bytes())
}
