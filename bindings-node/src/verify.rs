//! `verify(method, target, body, peer, now, introspection, room, authority,
//! scheme, ...headers)`; and with the same arguments `checkHead`, for a request
//! whose body is not read yet, and two functions for tokens that are
//! introspected.

use std::ops::Range;

use hookseal_bridge::{Error, Facts, Handle, HeaderSlots, Headers, Request, peer_address};
use napi::sys;

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

/// Verifies one request. `peer`, `now`, `authority` and `scheme` may be absent;
/// a header is a string, a list of strings where it occurs more than once, or
/// absent. What the body decrypts to is written to `room`, where it fits.
pub(crate) fn verify(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let received = Received::read(handle, arguments)?;
    let slots = received.slots();
    let request = received.request(&slots, arguments, arguments.bytes(BODY)?)?;
    let facts = handle.verify(&request, arguments.integer(NOW))?;
    deliver(&facts, arguments)
}

/// Refuses what can be refused without the body, which is not looked at.
pub(crate) fn check_head(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let received = Received::read(handle, arguments)?;
    let slots = received.slots();
    let request = received.request(&slots, arguments, &[])?;
    handle.check_head(&request, arguments.integer(NOW))?;
    Ok(Answer::text(String::new()))
}

/// Verifies one request whose token was introspected; `introspection` is the
/// answer of its issuer as JSON in UTF-8.
pub(crate) fn verify_introspected(
    handle: &Handle,
    arguments: &Arguments<'_>,
) -> Result<Answer, Error> {
    let received = Received::read(handle, arguments)?;
    let slots = received.slots();
    let request = received.request(&slots, arguments, arguments.bytes(BODY)?)?;
    let answer = arguments.bytes(INTROSPECTION)?;
    let facts = handle.verify_introspected(&request, answer, arguments.integer(NOW))?;
    deliver(&facts, arguments)
}

/// The token of one request, to be introspected.
pub(crate) fn bearer_token(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let received = Received::read(handle, arguments)?;
    let slots = received.slots();
    let request = received.request(&slots, arguments, arguments.bytes(BODY)?)?;
    let token = handle.bearer_token(&request)?;
    Ok(Answer::text(String::from_utf8_lossy(token).into_owned()))
}

/// Hands over what was proven. By reference: facts are large, and to move them
/// costs as much as to read several arguments.
fn deliver(facts: &Facts<'_>, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let answer = Answer::facts(facts);
    if let Some(payload) = &facts.payload {
        // SAFETY: the answer is complete, so that nothing reads the request. It
        // tells the length, by which the shim sees whether the payload fitted.
        unsafe { arguments.write(ROOM, payload) }?;
    }
    Ok(answer)
}

/// The texts of a request, one after the other, and where each of them is.
struct Received {
    texts: Vec<u8>,
    method: Range<usize>,
    /// `None` where it is bytes.
    target: Option<Range<usize>>,
    authority: Option<Range<usize>>,
    scheme: Option<Range<usize>>,
    peer: Option<Range<usize>>,
    headers: Vec<(usize, Range<usize>)>,
}

impl Received {
    fn read(handle: &Handle, arguments: &Arguments<'_>) -> Result<Self, Error> {
        let mut texts = Vec::with_capacity(ORDINARY_TEXTS);
        let method = arguments
            .text(arguments.at(METHOD), &mut texts)
            .ok_or_else(|| unexpected("a method"))?;
        let target = arguments.text(arguments.at(TARGET), &mut texts);
        let authority = arguments.field(arguments.at(AUTHORITY), &mut texts);
        let scheme = arguments.text(arguments.at(SCHEME), &mut texts);
        let peer = arguments.text(arguments.at(PEER), &mut texts);
        let wanted = handle.header_names().len();
        let mut headers = Vec::with_capacity(wanted);
        for (slot, value) in arguments.from(FIRST_HEADER).take(wanted).enumerate() {
            read_header(arguments, value, &mut texts, |range| {
                headers.push((slot, range))
            });
        }
        Ok(Self {
            texts,
            method,
            target,
            authority,
            scheme,
            peer,
            headers,
        })
    }

    fn slots(&self) -> HeaderSlots<'_> {
        let mut slots = HeaderSlots::new();
        for (slot, range) in &self.headers {
            slots.set(*slot, self.text(range));
        }
        slots
    }

    fn request<'r>(
        &'r self,
        slots: &'r HeaderSlots<'r>,
        arguments: &Arguments<'r>,
        body: &'r [u8],
    ) -> Result<Request<'r>, Error> {
        let target = match &self.target {
            Some(range) => self.text(range),
            None => arguments.bytes(TARGET)?,
        };
        let optional = |part: &Option<Range<usize>>| part.as_ref().map(|range| self.text(range));
        Ok(Request {
            method: self.text(&self.method),
            target,
            authority: optional(&self.authority),
            scheme: optional(&self.scheme),
            headers: Headers::Slots(slots),
            body,
            peer: optional(&self.peer).and_then(peer_address),
        })
    }

    fn text(&self, range: &Range<usize>) -> &[u8] {
        &self.texts[range.clone()]
    }
}

fn read_header(
    arguments: &Arguments<'_>,
    value: sys::napi_value,
    texts: &mut Vec<u8>,
    mut found: impl FnMut(Range<usize>),
) {
    if let Some(range) = arguments.field(value, texts) {
        found(range);
    } else if let Some(items) = arguments.items(value) {
        items
            .filter_map(|item| arguments.field(item, texts))
            .for_each(found);
    }
}
