//! What a receiver answered.

use std::io;

use hookseal::ErrorCode;
use serde_json::Value;

use crate::http::Response;
use crate::outcomes::Outcome;

/// The one body every rejected caller gets.
const REJECTION_BODY: &[u8] = br#"{"error":"webhook_rejected"}"#;

/// Headers that may differ between two rejections: the clock, what the receiver
/// adds for this harness, and what concerns only the connection, which a server
/// closes after so many requests.
const VARYING: [&str; 4] = ["connection", "date", "hookseal-code", "keep-alive"];

/// One answer, understood.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// The library's verdict, as the receiver reports it.
    Verdict(Outcome, Rejection),
    /// The server itself refused the request: the application never saw it.
    Refused(u16),
    /// Neither: no answer, or one that breaks the receivers' contract.
    Broken(String),
}

/// What a rejected caller can see; empty where the delivery was verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rejection {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn of(response: io::Result<Response>) -> Self {
        match response {
            Ok(response) => Self::read(response).unwrap_or_else(Self::Broken),
            Err(error) => Self::Broken(format!("no answer: {error}")),
        }
    }

    fn read(response: Response) -> Result<Self, String> {
        let Some(code) = response.header("hookseal-code").map(str::to_owned) else {
            return match response.status {
                200 => verified(&response),
                status => Ok(Self::Refused(status)),
            };
        };
        let known = ErrorCode::from_text(&code).ok_or_else(|| format!("unknown code `{code}`"))?;
        if response.status != known.status() {
            return Err(format!(
                "status {} with the code {code}, which has {}",
                response.status,
                known.status()
            ));
        }
        // A verifier that could not be made is the receiver's own answer.
        if known != ErrorCode::Configuration && response.body != REJECTION_BODY {
            return Err(format!(
                "the body of a rejection is {}",
                String::from_utf8_lossy(&response.body)
            ));
        }
        let rejection = Rejection {
            status: response.status,
            headers: visible(response.headers),
            body: response.body,
        };
        Ok(Self::Verdict(Outcome::Rejected { code }, rejection))
    }
}

fn verified(response: &Response) -> Result<Answer, String> {
    match serde_json::from_slice(&response.body) {
        Ok(Value::Object(facts)) => {
            let facts = facts.into_iter().collect();
            Ok(Answer::Verdict(
                Outcome::Verified { facts },
                Rejection::default(),
            ))
        }
        _ => Err(format!(
            "200 with no facts: {}",
            String::from_utf8_lossy(&response.body)
        )),
    }
}

fn visible(mut headers: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    headers.retain(|(name, _)| !VARYING.contains(&name.as_str()));
    headers.sort();
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: Option<&str>, body: &[u8]) -> Answer {
        let code = code.map(|code| ("hookseal-code".to_owned(), code.into()));
        Answer::of(Ok(Response {
            status,
            headers: code.into_iter().collect(),
            body: body.to_vec(),
        }))
    }

    #[test]
    fn answers_are_told_apart() {
        assert!(matches!(
            answer(401, Some("missing_header"), REJECTION_BODY),
            Answer::Verdict(Outcome::Rejected { code }, rejection)
                if code == "missing_header" && rejection.headers.is_empty()
        ));
        assert!(matches!(
            answer(200, None, br#"{"scheme":"x"}"#),
            Answer::Verdict(Outcome::Verified { .. }, _)
        ));
        assert!(matches!(
            answer(400, None, b"Bad Request"),
            Answer::Refused(400)
        ));
    }

    #[test]
    fn a_broken_contract_is_no_verdict() {
        for broken in [
            answer(403, Some("missing_header"), REJECTION_BODY),
            answer(401, Some("missing_header"), b"missing_header"),
            answer(401, Some("no_such_code"), REJECTION_BODY),
            answer(200, None, b"ready"),
            Answer::of(Err(io::ErrorKind::TimedOut.into())),
        ] {
            assert!(matches!(broken, Answer::Broken(_)), "{broken:?}");
        }
    }
}
