//! `keyRequest()` and `supplyKeys(document)`, for remote key sets.

use hookseal_bridge::{Error, Handle};

use crate::answer::Answer;
use crate::arguments::Arguments;

const DOCUMENT: usize = 0;

/// The address to fetch keys from now, or nothing.
pub(crate) fn key_request(handle: &Handle, _: &Arguments<'_>) -> Result<Answer, Error> {
    Ok(Answer::text(handle.key_request().unwrap_or_default()))
}

/// Takes what was fetched; gives the address to fetch next, or nothing.
pub(crate) fn supply_keys(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let next = handle.supply_keys(arguments.bytes(DOCUMENT)?)?;
    Ok(Answer::text(next.unwrap_or_default()))
}
