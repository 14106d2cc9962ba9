//! `respond(method, contentType, authorization, body, now)` of a token issuer.

use hookseal_bridge::{Error, Issuer, TokenRequest, reply_json};

use crate::answer::Answer;
use crate::arguments::{Arguments, unexpected};

const METHOD: usize = 0;
const CONTENT_TYPE: usize = 1;
const AUTHORIZATION: usize = 2;
const BODY: usize = 3;
const NOW: usize = 4;

/// Answers one request to a token endpoint, as JSON. `authorization` is a list of strings;
/// `contentType` and `now` may be absent.
pub(crate) fn respond(issuer: &Issuer, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut texts = Vec::new();
    let method = arguments
        .text(arguments.at(METHOD), &mut texts)
        .ok_or_else(|| unexpected("a method"))?;
    let content_type = arguments.field(arguments.at(CONTENT_TYPE), &mut texts);
    let authorization = arguments
        .fields(arguments.at(AUTHORIZATION), &mut texts)
        .ok_or_else(|| unexpected("a list of headers"))?;

    let text = |range| &texts[range];
    let authorization: Vec<&[u8]> = authorization.into_iter().map(text).collect();
    let request = TokenRequest {
        method: text(method),
        content_type: content_type.map(text),
        authorization: &authorization,
        body: arguments.bytes(BODY)?,
    };
    let reply = issuer.respond(&request, arguments.integer(NOW));
    Ok(Answer::text(reply_json(&reply)))
}
