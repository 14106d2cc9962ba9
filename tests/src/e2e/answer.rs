//! What a receiver answered.

use std::io;

use hookseal::ErrorCode;
use serde_json::Value;

use crate::format::{self, ReplyData};
use crate::http::Response;
use crate::outcomes::Outcome;

/// The one body every rejected caller gets.
const REJECTION_BODY: &[u8] = br#"{"error":"webhook_rejected"}"#;

/// Headers that may differ between two rejections: the clock, what the receiver
/// adds for this harness, what concerns only the connection, which a server
/// closes after so many requests, and the challenge of an authentication scheme,
/// which is compared by itself.
const VARYING: [&str; 5] = [
    "connection",
    "date",
    "hookseal-code",
    "keep-alive",
    "www-authenticate",
];

/// One answer, understood.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// The library's verdict, as the receiver reports it.
    Verdict(Outcome, Rejection),
    /// The server itself answered the request: the application never saw it.
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
    /// Understands a response. What is expected of it matters where a response
    /// is sent as the library made it, and says nothing of the library.
    pub(super) fn of(response: io::Result<Response>, expected: &Outcome) -> Self {
        match response {
            Ok(response) => Self::read(response, expected).unwrap_or_else(Self::Broken),
            Err(error) => Self::Broken(format!("no answer: {error}")),
        }
    }

    fn read(response: Response, expected: &Outcome) -> Result<Self, String> {
        let reply = expected.answer().and_then(|answer| answer.reply.as_ref());
        if let Some(reply) = reply
            && response.status == reply.status
        {
            check_reply(&response, reply)?;
            return Ok(Self::Verdict(expected.clone(), Rejection::default()));
        }
        let Some(code) = response.header("hookseal-code").map(str::to_owned) else {
            return match response.status {
                200 if permits(&response) => verified(&response),
                status => Ok(Self::Refused(status)),
            };
        };
        let known = ErrorCode::from_text(&code).ok_or_else(|| format!("unknown code `{code}`"))?;
        let status = expected
            .answer()
            .map_or_else(|| known.status(), |answer| answer.status);
        if response.status != status && response.status != known.status() {
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
        let authenticate = response.header("www-authenticate").map(str::to_owned);
        let is_plain = response.status == known.status() && authenticate.is_none();
        let answer = (!is_plain).then_some(format::Answer {
            status: response.status,
            authenticate,
            reply: None,
        });
        let rejection = Rejection {
            status: response.status,
            headers: visible(response.headers),
            body: response.body,
        };
        Ok(Self::Verdict(Outcome::Rejected { code, answer }, rejection))
    }
}

/// Whether a response means more than that the server is there: it has a body,
/// or a header that permits something to its caller.
fn permits(response: &Response) -> bool {
    let permits = |(name, _): &(String, Vec<u8>)| name.contains("-allow");
    !response.body.is_empty() || response.headers.iter().any(permits)
}

/// A reply is sent as it is, in one piece; a server adds headers of its own.
fn check_reply(response: &Response, reply: &ReplyData) -> Result<(), String> {
    let header = |(name, value): &(String, String)| {
        let got = response.header(&name.to_ascii_lowercase());
        // Blanks around a semicolon mean nothing, and servers write their own.
        let plain = |value: &str| value.replace("; ", ";");
        let is_same = got.is_some_and(|got| plain(got) == plain(value));
        (!is_same).then(|| format!("{name} of a reply is {got:?}, not {value}"))
    };
    if let Some(difference) = reply.headers.iter().find_map(header) {
        return Err(difference);
    }
    if response.body != reply.body.as_bytes() {
        return Err(format!(
            "the body of a reply is {}",
            String::from_utf8_lossy(&response.body)
        ));
    }
    match response.header("content-length") {
        // It has neither (RFC 9110 section 8.6).
        None if response.status == 204 && response.header("transfer-encoding").is_none() => Ok(()),
        Some(_) if response.header("transfer-encoding").is_none() => Ok(()),
        _ => Err("a reply is sent in chunks, or without its length".to_owned()),
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

    fn expected() -> Outcome {
        Outcome::rejected(ErrorCode::MissingHeader)
    }

    fn response(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.into());
        Response {
            status,
            headers: headers.iter().map(owned).collect(),
            body: body.to_vec(),
        }
    }

    fn answer(status: u16, code: Option<&str>, body: &[u8]) -> Answer {
        let header = code.map(|code| ("hookseal-code", code));
        Answer::of(Ok(response(status, header.as_slice(), body)), &expected())
    }

    #[test]
    fn answers_are_told_apart() {
        assert!(matches!(
            answer(401, Some("missing_header"), REJECTION_BODY),
            Answer::Verdict(outcome, rejection)
                if outcome == expected() && rejection.headers.is_empty()
        ));
        assert!(matches!(
            answer(200, None, br#"{"scheme":"x"}"#),
            Answer::Verdict(Outcome::Verified { .. }, _)
        ));
        assert!(matches!(
            answer(400, None, b"Bad Request"),
            Answer::Refused(400)
        ));
        assert!(matches!(answer(200, None, b""), Answer::Refused(200)));
    }

    #[test]
    fn a_broken_contract_is_no_verdict() {
        for broken in [
            answer(403, Some("missing_header"), REJECTION_BODY),
            answer(401, Some("missing_header"), b"missing_header"),
            answer(401, Some("no_such_code"), REJECTION_BODY),
            answer(200, None, b"ready"),
            Answer::of(
                Ok(response(200, &[("webhook-allowed-origin", "*")], b"")),
                &expected(),
            ),
            Answer::of(Err(io::ErrorKind::TimedOut.into()), &expected()),
        ] {
            assert!(matches!(broken, Answer::Broken(_)), "{broken:?}");
        }
    }

    fn answered(status: u16, authenticate: Option<&str>, reply: Option<ReplyData>) -> Outcome {
        Outcome::Rejected {
            code: "jwt_claim_mismatch".to_owned(),
            answer: Some(format::Answer {
                status,
                authenticate: authenticate.map(str::to_owned),
                reply,
            }),
        }
    }

    #[test]
    fn another_status_and_a_challenge_are_part_of_the_verdict() {
        let challenge = "Bearer error=\"insufficient_scope\"";
        let code = ("hookseal-code", "jwt_claim_mismatch");
        let expected = answered(403, Some(challenge), None);
        let verdict = |status, headers: &[(&str, &str)]| {
            let response = response(status, headers, REJECTION_BODY);
            match Answer::of(Ok(response), &expected) {
                Answer::Verdict(outcome, _) => outcome == expected,
                other => panic!("{other:?}"),
            }
        };
        assert!(verdict(403, &[code, ("www-authenticate", challenge)]));
        assert!(!verdict(403, &[code]));
        assert!(!verdict(401, &[code, ("www-authenticate", challenge)]));
    }

    #[test]
    fn a_reply_arrives_as_it_was_made() {
        let reply = ReplyData {
            status: 200,
            headers: vec![("Allow".to_owned(), "POST".to_owned())],
            body: "{}".to_owned(),
        };
        let expected = answered(200, None, Some(reply));
        let (allow, length) = (("allow", "POST"), ("content-length", "2"));
        let arrives = |status, headers: &[(&str, &str)], body: &[u8]| {
            let response = response(status, headers, body);
            matches!(Answer::of(Ok(response), &expected), Answer::Verdict(..))
        };
        assert!(arrives(200, &[allow, length, ("server", "x")], b"{}"));
        assert!(!arrives(202, &[allow, length], b"{}"));
        assert!(!arrives(200, &[length], b"{}"));
        assert!(!arrives(200, &[allow], b"{}"));
        assert!(!arrives(200, &[allow, length], b"{ }"));
    }
}
