//! `diagnose(code, peer, body, headers)`, after a refusal.

use std::ops::Range;

use hookseal_bridge::{Error, ErrorCode, Handle, peer_address};

use crate::answer::Answer;
use crate::arguments::{Arguments, unexpected};

const CODE: usize = 0;
const PEER: usize = 1;
const BODY: usize = 2;
const HEADERS: usize = 3;

/// What to append to the detail of a refusal with that code, which may be
/// nothing. `peer` may be absent; of the body the beginning is enough; `headers`
/// is a flat list of names and values.
pub(crate) fn diagnose(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut texts = Vec::new();
    let code = arguments
        .text(arguments.at(CODE), &mut texts)
        .ok_or_else(|| unexpected("a code"))?;
    let peer = arguments.text(arguments.at(PEER), &mut texts);
    let headers: Vec<Range<usize>> = arguments
        .items(arguments.at(HEADERS))
        .ok_or_else(|| unexpected("a list of headers"))?
        .filter_map(|item| arguments.text(item, &mut texts))
        .collect();

    let bytes = |range: &Range<usize>| &texts[range.clone()];
    let pairs: Vec<(&[u8], &[u8])> = headers
        .chunks_exact(2)
        .map(|pair| (bytes(&pair[0]), bytes(&pair[1])))
        .collect();
    let code = str::from_utf8(bytes(&code))
        .ok()
        .and_then(ErrorCode::from_text);
    let told = code.map(|code| {
        let peer = peer.as_ref().and_then(|peer| peer_address(bytes(peer)));
        Ok(handle.diagnose(code, &pairs, peer, arguments.bytes(BODY)?))
    });
    Ok(Answer::text(told.transpose()?.unwrap_or_default()))
}
