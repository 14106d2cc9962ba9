//! `verify(method, url, body, peer, now, payload, ...headers)`.

use std::net::IpAddr;

use hookseal_bridge::{Error, Handle, HeaderSlots, Headers, Request};
use napi::sys;

use crate::answer::Answer;
use crate::arguments::{Arguments, unexpected};

const METHOD: usize = 0;
const URL: usize = 1;
const BODY: usize = 2;
const PEER: usize = 3;
const NOW: usize = 4;
const PAYLOAD: usize = 5;
const FIRST_HEADER: usize = 6;

/// Room for the texts of an ordinary request, so that one allocation serves.
const ORDINARY_TEXTS: usize = 1024;

/// Verifies one request. `peer` and `now` may be absent; `payload` is where a
/// decrypted payload is written, and needed only where there is one; a header is
/// a string, a list of strings where it occurs more than once, or absent.
pub(crate) fn verify(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut texts = Vec::with_capacity(ORDINARY_TEXTS);
    let method = arguments
        .text(arguments.at(METHOD), &mut texts)
        .ok_or_else(|| unexpected("a method"))?;
    let url = arguments.text(arguments.at(URL), &mut texts);
    let peer = arguments.text(arguments.at(PEER), &mut texts);
    let mut headers = Vec::with_capacity(handle.header_names().len());
    for (slot, value) in arguments.from(FIRST_HEADER).enumerate() {
        read_header(arguments, value, &mut texts, |range| {
            headers.push((slot, range))
        });
    }

    let text = |range| &texts[range];
    let url = match url {
        Some(range) => text(range),
        None => arguments.bytes(URL)?,
    };
    let mut slots = HeaderSlots::new();
    for (slot, range) in headers {
        slots.set(slot, text(range));
    }
    let request = Request {
        method: text(method),
        url,
        headers: Headers::Slots(&slots),
        body: arguments.bytes(BODY)?,
        peer: peer.and_then(|range| peer_address(text(range))),
    };
    let facts = handle.verify(&request, arguments.integer(NOW))?;
    let answer = Answer::facts(&facts);
    if let Some(payload) = facts.payload {
        // SAFETY: the answer is complete, so nobody reads the body any more.
        unsafe { arguments.fill(PAYLOAD, &payload)? };
    }
    Ok(answer)
}

fn read_header(
    arguments: &Arguments<'_>,
    value: sys::napi_value,
    texts: &mut Vec<u8>,
    mut found: impl FnMut(std::ops::Range<usize>),
) {
    if let Some(range) = arguments.text(value, texts) {
        found(range);
    } else if let Some(items) = arguments.items(value) {
        items
            .filter_map(|item| arguments.text(item, texts))
            .for_each(found);
    }
}

/// What Node calls the address of a peer: an IPv6 zone (`fe80::1%eth0`) is of
/// this host only. A unix socket has no address.
fn peer_address(text: &[u8]) -> Option<IpAddr> {
    let address = std::str::from_utf8(text).ok()?;
    let without_zone = address
        .split_once('%')
        .map_or(address, |(address, _)| address);
    without_zone.parse().ok()
}
