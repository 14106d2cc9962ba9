//! `diagnose(code, peer, body, headers)`, after a rejection.

use hookseal_bridge::{Error, ErrorCode, Handle, peer_address};

use crate::answer::Answer;
use crate::arguments::{Arguments, pairs, unexpected};

const CODE: usize = 0;
const PEER: usize = 1;
const BODY: usize = 2;
const HEADERS: usize = 3;

/// What to append to the detail of a rejection with that code, which may be nothing. `peer` may be
/// absent; of the body the beginning is enough; `headers` is a flat list of names and values.
pub(crate) fn diagnose(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut texts = Vec::new();
    let code = arguments
        .text(arguments.at(CODE), &mut texts)
        .ok_or_else(|| unexpected("a code"))?;
    let peer = arguments.text(arguments.at(PEER), &mut texts);
    let headers = arguments
        .fields(arguments.at(HEADERS), &mut texts)
        .ok_or_else(|| unexpected("a list of headers"))?;

    let code = str::from_utf8(&texts[code]).ok();
    let code = code.and_then(ErrorCode::from_text);
    let code = code.ok_or_else(|| unexpected("the text of a code"))?;
    let peer = peer.and_then(|peer| peer_address(&texts[peer]));
    let headers = pairs(&headers, &texts);
    let more = handle.diagnose(code, &headers, peer, arguments.bytes(BODY)?);
    Ok(Answer::text(more))
}
