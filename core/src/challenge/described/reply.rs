//! Makes the reply to a challenge. What it echoes was chosen by whoever sent the
//! request, so it is short, and nothing that a browser, a cache or a log could take
//! for something else.

use serde_json::{Map, Value as Json};

use crate::canonical::Input;
use crate::challenge::described::Signer;
use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::primitives::mac::MAX_TAG_BYTES;
use crate::primitives::sink::{Content as _, Erased, Sink};
use crate::reply::Reply;
use crate::scheme::{Message, ReplyContent, ReplyRule, ReplyValue, Site, StringToSign, Value};
use crate::signature::Values;

/// The longest text that is echoed, and the longest value of a header.
const MAX_TEXT_BYTES: usize = 1024;
const MAX_HEADER_BYTES: usize = 256;

pub(super) fn make(
    rule: &ReplyRule,
    request: &PreparedRequest<'_, '_>,
    signer: Signer<'_>,
) -> Result<Reply, Error> {
    let reply = Reply::new(rule.status)
        .with_header("X-Content-Type-Options", "nosniff")
        .with_header("Cache-Control", "no-store");
    Ok(match &rule.content {
        ReplyContent::Empty => reply,
        ReplyContent::Text(message) => reply.with_text(text(message, request)?),
        ReplyContent::Json(members) => {
            let mut object = Map::new();
            for (name, value) in members {
                object.insert(name.clone(), json(value, request, signer)?);
            }
            reply.with_json(&Json::Object(object))
        }
        ReplyContent::Echo(site) => {
            let value = header(site, request)?;
            reply.with_header(site.place.name().to_owned(), value)
        }
    })
}

fn json(
    value: &ReplyValue,
    request: &PreparedRequest<'_, '_>,
    signer: Signer<'_>,
) -> Result<Json, Error> {
    Ok(match value {
        ReplyValue::Text(message) => text(message, request)?.into(),
        ReplyValue::Number(number) => (*number).into(),
        ReplyValue::Switch(switch) => (*switch).into(),
        ReplyValue::Mac {
            of,
            encoding,
            prefix,
        } => {
            let signature = signer.signature.ok_or_else(|| {
                Error::new(
                    ErrorCode::Internal,
                    "a reply is signed, and no scheme signs it",
                )
            })?;
            let text = text(of, request)?;
            let tag = signature.sign_answer(signer.key, text.as_bytes())?;
            let tag = encoding.encode(tag.copy_to(&mut [0; MAX_TAG_BYTES]));
            format!("{prefix}{tag}").into()
        }
    })
}

/// What a template makes of the request.
fn text(message: &Message, request: &PreparedRequest<'_, '_>) -> Result<String, Error> {
    let values = values(request);
    let input = Input {
        method: request.method(),
        url: request.url(),
        body: request.body(),
        headers: request.headers(),
        parts: &[],
        timestamp: &[],
        delivery_id: &[],
        secret: &[],
    };
    let prepared = message.prepare(&input, &|site| values.get(site))?;
    let mut text = Bounded(Vec::new());
    let string = StringToSign {
        message,
        input: &input,
        url: None,
        prepared: &prepared,
    };
    Erased(&string).write(&mut text);
    if text.0.len() > MAX_TEXT_BYTES {
        return Err(not_echoed("is longer than 1024 bytes"));
    }
    let text = String::from_utf8(text.0).map_err(|_| not_echoed("is no UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(not_echoed("holds a control character"));
    }
    Ok(text)
}

/// A header of the request.
fn header(site: &Site, request: &PreparedRequest<'_, '_>) -> Result<String, Error> {
    let Some(Value::Text(text)) = values(request).get(site)? else {
        return Err(Error::new(
            ErrorCode::MissingHeader,
            format!("{} is absent, and the scheme needs it", site.place),
        ));
    };
    let is_visible = text.iter().all(u8::is_ascii_graphic);
    if text.len() > MAX_HEADER_BYTES || !is_visible {
        return Err(not_echoed("is not 1 to 256 visible ASCII characters"));
    }
    Ok(text.iter().copied().map(char::from).collect())
}

const fn values<'p, 'r, 'h>(request: &'p PreparedRequest<'r, 'h>) -> Values<'p, 'r, 'h> {
    Values {
        request,
        parts: &[],
        claims: None,
        constants: &[],
    }
}

/// Keeps no more than it takes to see that it is too much.
struct Bounded(Vec<u8>);

impl Sink for Bounded {
    fn write(&mut self, bytes: &[u8]) {
        let room = (MAX_TEXT_BYTES + 1).saturating_sub(self.0.len());
        self.0.extend_from_slice(&bytes[..room.min(bytes.len())]);
    }
}

#[cold]
fn not_echoed(what: &str) -> Error {
    Error::new(
        ErrorCode::MalformedHeader,
        format!("a challenge is not answered, since a value of the reply {what}"),
    )
}
