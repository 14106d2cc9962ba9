//! The OPTIONS request of the CloudEvents HTTP webhook specification, section 4:
//! <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md>.

use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::reply::Reply;
use crate::request::{Header, HeaderSlots, Needs};

/// Who is answered, and what is granted.
#[derive(Debug)]
pub(crate) struct CloudEvents {
    /// DNS names; `*` stands for all.
    origins: Vec<String>,
    /// Requests a minute; what is asked for where absent.
    rate: Option<String>,
    origin_header: Header,
    rate_header: Header,
}

impl CloudEvents {
    pub(crate) fn new(origins: Vec<String>, rate: Option<String>, needs: &mut Needs) -> Self {
        Self {
            origins,
            rate,
            origin_header: needs.header("webhook-request-origin"),
            rate_header: needs.header("webhook-request-rate"),
        }
    }

    pub(crate) fn answer(&self, request: &PreparedRequest<'_, '_>) -> Result<Reply, Error> {
        let headers = request.headers();
        let origin = short_text(&self.origin_header, headers)?
            .ok_or_else(|| rejected("the handshake names no origin"))?;
        let is_allowed = |allowed: &String| allowed == "*" || allowed.eq_ignore_ascii_case(origin);
        if !self.origins.iter().any(is_allowed) {
            return Err(rejected(
                "the origin of the handshake is not in allowed_origins",
            ));
        }
        let mut reply = Reply::new(200)
            .with_header("Allow", "POST")
            .with_header("WebHook-Allowed-Origin", origin);
        if let Some(asked) = short_text(&self.rate_header, headers)? {
            let granted = self.rate.as_deref().unwrap_or(asked);
            let is_rate = granted == "*" || is_positive(granted);
            if !is_rate {
                return Err(rejected("the handshake asks for a rate that is no number"));
            }
            reply = reply.with_header("WebHook-Allowed-Rate", granted);
        }
        Ok(reply)
    }
}

/// What is sent back must be short and harmless: a header that is read is ASCII
/// text.
fn short_text<'r>(header: &Header, headers: &HeaderSlots<'r>) -> Result<Option<&'r str>, Error> {
    let value = header.non_empty(headers)?;
    let text = value.and_then(|value| str::from_utf8(value.trim_ascii()).ok());
    Ok(text.filter(|text| !text.is_empty() && text.len() <= 256))
}

fn is_positive(text: &str) -> bool {
    text.len() <= 10 && text.parse::<u64>().is_ok_and(|rate| rate > 0)
}

/// The specification wants 405, without any of the headers above.
fn rejected(what: &'static str) -> Error {
    Error::new(ErrorCode::TokenMismatch, what).with_status(405)
}
