//! `verify(method, target, body, peer, now, introspection, room, authority, scheme, ...headers)`;
//! and with the same arguments `checkHead`, for a request whose body is not read yet, and two
//! functions for tokens that are introspected.

use std::ops::Range;

use hookseal_bridge::{Error, Facts, Handle, HeaderSlots, Headers, Request, peer_address};

use crate::answer::Answer;
use crate::arguments::{Arguments, unexpected};

const METHOD: usize = 0;
const TARGET: usize = 1;
const BODY: usize = 2;
const PEER: usize = 3;
const NOW: usize = 4;
const INTROSPECTION: usize = 5;
const ROOM: usize = 6;
const AUTHORITY: usize = 7;
const SCHEME: usize = 8;
const FIRST_HEADER: usize = 9;

/// Room for the texts of an ordinary request, so that one allocation serves.
const ORDINARY_TEXTS: usize = 1024;

/// Verifies one request. `peer`, `now`, `authority` and `scheme` may be absent; a header is a
/// string, a list of strings where it occurs more than once, or absent. What the body decrypts to
/// is written to `room`, where it fits.
pub(crate) fn verify(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    receive(handle, arguments, arguments.bytes(BODY)?, |request| {
        let facts = handle.verify(request, arguments.integer(NOW))?;
        deliver(&facts, arguments)
    })
}

/// Rejects what can be rejected without the body, which is not looked at.
pub(crate) fn check_head(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    receive(handle, arguments, &[], |request| {
        handle.check_head(request, arguments.integer(NOW))?;
        Ok(Answer::text(String::new()))
    })
}

/// Verifies one request whose token was introspected; `introspection` is the answer of its issuer
/// as JSON in UTF-8.
pub(crate) fn verify_introspected(
    handle: &Handle,
    arguments: &Arguments<'_>,
) -> Result<Answer, Error> {
    receive(handle, arguments, arguments.bytes(BODY)?, |request| {
        let answer = arguments.bytes(INTROSPECTION)?;
        let facts = handle.verify_introspected(request, answer, arguments.integer(NOW))?;
        deliver(&facts, arguments)
    })
}

/// The token of one request, to be introspected.
pub(crate) fn bearer_token(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    receive(handle, arguments, &[], |request| {
        let token = handle.bearer_token(request)?;
        Ok(Answer::text(String::from_utf8_lossy(token).into_owned()))
    })
}

/// Reads the request of a call.
fn receive(
    handle: &Handle,
    arguments: &Arguments<'_>,
    body: &[u8],
    work: impl FnOnce(&Request<'_>) -> Result<Answer, Error>,
) -> Result<Answer, Error> {
    let texts = Texts::read(handle, arguments)?;
    let text = |range: &Range<usize>| &texts.all[range.clone()];
    let mut slots = HeaderSlots::new();
    for (slot, range) in &texts.headers {
        slots.set(*slot, text(range));
    }
    let target = match &texts.target {
        Some(range) => text(range),
        None => arguments.bytes(TARGET)?,
    };
    work(&Request {
        method: text(&texts.method),
        target,
        authority: texts.authority.as_ref().map(text),
        scheme: texts.scheme.as_ref().map(text),
        headers: Headers::Slots(&slots),
        body,
        peer: texts.peer.as_ref().map(text).and_then(peer_address),
    })
}

/// Returns what was verified. By reference: facts are large, and moving them costs as much as
/// reading several arguments.
fn deliver(facts: &Facts<'_>, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let answer = Answer::facts(facts);
    if let Some(payload) = &facts.payload {
        // SAFETY: the answer is complete, so that nothing reads the request. It tells the length,
        // by which the shim sees whether the payload fitted.
        unsafe { arguments.fill(ROOM, payload) }?;
    }
    Ok(answer)
}

/// The texts of a request, one after the other, and where each of them is.
struct Texts {
    all: Vec<u8>,
    method: Range<usize>,
    /// `None` where it is bytes.
    target: Option<Range<usize>>,
    authority: Option<Range<usize>>,
    scheme: Option<Range<usize>>,
    peer: Option<Range<usize>>,
    /// Each with its slot.
    headers: Vec<(usize, Range<usize>)>,
}

impl Texts {
    fn read(handle: &Handle, arguments: &Arguments<'_>) -> Result<Self, Error> {
        let mut all = Vec::with_capacity(ORDINARY_TEXTS);
        let method = arguments
            .text(arguments.at(METHOD), &mut all)
            .ok_or_else(|| unexpected("a method"))?;
        let target = arguments.text(arguments.at(TARGET), &mut all);
        let authority = arguments.field(arguments.at(AUTHORITY), &mut all);
        let scheme = arguments.text(arguments.at(SCHEME), &mut all);
        let peer = arguments.text(arguments.at(PEER), &mut all);
        let wanted = handle.header_names().len();
        let mut headers = Vec::with_capacity(wanted);
        for slot in 0..wanted {
            let value = arguments.at(FIRST_HEADER + slot);
            if let Some(range) = arguments.field(value, &mut all) {
                headers.push((slot, range));
            } else if let Some(ranges) = arguments.fields(value, &mut all) {
                headers.extend(ranges.into_iter().map(|range| (slot, range)));
            }
        }
        Ok(Self {
            all,
            method,
            target,
            authority,
            scheme,
            peer,
            headers,
        })
    }
}
