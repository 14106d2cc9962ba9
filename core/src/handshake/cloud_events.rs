//! The OPTIONS request of the CloudEvents HTTP webhook specification, section 4:
//! <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md>.

use crate::error::{Error, ErrorCode};
use crate::header::not_empty;
use crate::reply::Reply;
use crate::request::HeaderSlots;
use crate::scheme::Plan;
use crate::subject::Subject;

/// Who is answered, and what is granted.
#[derive(Debug)]
pub(crate) struct CloudEvents {
    /// DNS names; `*` stands for all.
    origins: Vec<String>,
    /// Requests a minute; what is asked for where absent.
    rate: Option<String>,
    origin_slot: usize,
    rate_slot: usize,
}

impl CloudEvents {
    pub(crate) fn new(origins: Vec<String>, rate: Option<String>, plan: &mut Plan) -> Self {
        Self {
            origins,
            rate,
            origin_slot: plan.slot("webhook-request-origin"),
            rate_slot: plan.slot("webhook-request-rate"),
        }
    }

    pub(crate) fn answer(&self, plan: &Plan, subject: &Subject<'_, '_>) -> Result<Reply, Error> {
        let headers = subject.headers();
        let origin = header(plan, headers, self.origin_slot)?
            .ok_or_else(|| refused("the handshake names no origin"))?;
        let is_allowed = |allowed: &String| allowed == "*" || allowed.eq_ignore_ascii_case(origin);
        if !self.origins.iter().any(is_allowed) {
            return Err(refused(
                "the origin of the handshake is not in allowed_origins",
            ));
        }
        let mut reply = Reply::new(200)
            .with_header("Allow", "POST")
            .with_header("WebHook-Allowed-Origin", origin);
        if let Some(asked) = header(plan, headers, self.rate_slot)? {
            let granted = self.rate.as_deref().unwrap_or(asked);
            let is_rate = granted == "*" || is_positive(granted);
            if !is_rate {
                return Err(refused("the handshake asks for a rate that is no number"));
            }
            reply = reply.with_header("WebHook-Allowed-Rate", granted);
        }
        Ok(reply)
    }
}

/// What is sent back must be short and harmless: a header that is read is ASCII
/// text.
fn header<'r>(
    plan: &Plan,
    headers: &HeaderSlots<'r>,
    slot: usize,
) -> Result<Option<&'r str>, Error> {
    let value = not_empty(plan, headers, slot)?;
    let text = value.and_then(|value| str::from_utf8(value.trim_ascii()).ok());
    Ok(text.filter(|text| !text.is_empty() && text.len() <= 256))
}

fn is_positive(text: &str) -> bool {
    text.len() <= 10 && text.parse::<u64>().is_ok_and(|rate| rate > 0)
}

/// The specification wants 405, without any of the headers above.
fn refused(what: &'static str) -> Error {
    Error::new(ErrorCode::TokenMismatch, what).with_status(405)
}
