//! `sign(method, url, body, headers, deliveryId, now, keyId)`, for tests.

use hookseal_bridge::{Error, Handle, SignRequest};

use crate::answer::Answer;
use crate::arguments::{Arguments, pairs, unexpected};

const METHOD: usize = 0;
const URL: usize = 1;
const BODY: usize = 2;
const HEADERS: usize = 3;
const DELIVERY_ID: usize = 4;
const NOW: usize = 5;
const KEY_ID: usize = 6;

/// Signs a request as its sender would. `headers` is a flat list of names and values; what follows
/// it may be absent.
pub(crate) fn sign(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut texts = Vec::new();
    let mut read = |index| arguments.text(arguments.at(index), &mut texts);
    let method = read(METHOD).ok_or_else(|| unexpected("a method"))?;
    let url = read(URL).ok_or_else(|| unexpected("a URL"))?;
    let delivery_id = read(DELIVERY_ID);
    let key_id = read(KEY_ID);
    let headers = arguments
        .fields(arguments.at(HEADERS), &mut texts)
        .ok_or_else(|| unexpected("a list of headers"))?;

    let text = |range| str::from_utf8(&texts[range]).ok();
    let request = SignRequest {
        method: &texts[method],
        url: &texts[url],
        body: arguments.bytes(BODY)?,
        headers: &pairs(&headers, &texts),
        delivery_id: delivery_id.and_then(text),
        timestamp: arguments.integer(NOW),
        key_id: key_id.and_then(text),
    };
    Ok(Answer::headers(&handle.sign(&request)?))
}
