//! What is sent, and what must come back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use conformance::http::{Body, Client, Request, Response};

/// The origin that the systems call.
pub(super) const PUBLIC_URL: &str = "https://calls.example.com";

/// A system, as far as the demo plays it.
pub(super) struct Sender {
    pub(super) system: &'static str,
    /// What the examples read to take its deliveries.
    pub(super) environment: Vec<(&'static str, String)>,
    /// The first must be accepted, the second refused: they are the curl lines
    /// too.
    pub(super) deliveries: Vec<Delivery>,
}

/// One request with the answer it must get.
pub(in crate::commands) struct Delivery {
    pub(in crate::commands) case: &'static str,
    pub(in crate::commands) status: u16,
    /// A text that the answer to a handshake has in its body or in a header.
    echo: Option<&'static str>,
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// What came back.
pub(in crate::commands) struct Outcome {
    pub(in crate::commands) status: u16,
    pub(in crate::commands) time: Duration,
    pub(in crate::commands) is_expected: bool,
}

impl Delivery {
    /// A POST that must be answered with that status.
    pub(super) fn new(case: &'static str, status: u16, target: &str) -> Self {
        Self {
            case,
            status,
            echo: None,
            method: "POST",
            target: target.to_owned(),
            headers: Vec::new(),
            body: String::new(),
        }
    }

    pub(super) const fn with_method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(super) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn with_headers(mut self, headers: Vec<(String, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    pub(super) fn with_body(self, content_type: &str, body: impl Into<String>) -> Self {
        let mut delivery = self.with_header("Content-Type", content_type);
        delivery.body = body.into();
        delivery
    }

    pub(super) fn with_json(self, body: impl Into<String>) -> Self {
        self.with_body("application/json", body)
    }

    /// A handshake: the answer repeats that text.
    pub(super) const fn with_echo(mut self, text: &'static str) -> Self {
        self.echo = Some(text);
        self
    }

    pub(in crate::commands) fn send(&self, client: &mut Client) -> Result<Outcome> {
        let mut request = Request {
            method: self.method.into(),
            target: self.target.clone().into_bytes(),
            headers: Vec::new(),
            body: Body::Sized(self.body.clone().into_bytes()),
        }
        .header("Host", "127.0.0.1");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let started = Instant::now();
        let response = client.send(&request)?;
        Ok(Outcome {
            status: response.status,
            time: started.elapsed(),
            is_expected: response.status == self.status
                && self.echo.is_none_or(|text| repeats(&response, text)),
        })
    }

    pub(super) fn verdict(&self, status: u16) -> String {
        let word = match (status, self.echo) {
            (200, None) => "accepted",
            (200, Some(_)) => "answered",
            _ => "rejected",
        };
        format!("{word} ({status})")
    }

    pub(super) fn curl(&self, address: SocketAddr) -> String {
        let mut lines = vec![format!(
            "curl -i -X {} 'http://{address}{}'",
            self.method, self.target
        )];
        let header = |(name, value): &(String, String)| format!("  -H '{name}: {value}'");
        lines.extend(self.headers.iter().map(header));
        if !self.body.is_empty() {
            lines.push(format!("  --data-binary '{}'", self.body));
        }
        lines.join(" \\\n")
    }
}

fn repeats(response: &Response, text: &str) -> bool {
    let in_header = |(_, value): &(String, Vec<u8>)| value == text.as_bytes();
    response.headers.iter().any(in_header) || String::from_utf8_lossy(&response.body).contains(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_as_curl_sends_it() {
        let delivery = Delivery::new("genuine", 200, "/a?b=1")
            .with_header("X", "1")
            .with_json("{}");
        assert_eq!(
            delivery.curl(([127, 0, 0, 1], 80).into()),
            "curl -i -X POST 'http://127.0.0.1:80/a?b=1' \\\n  -H 'X: 1' \\\n  \
             -H 'Content-Type: application/json' \\\n  --data-binary '{}'"
        );
        assert_eq!(delivery.verdict(200), "accepted (200)");
        assert_eq!(delivery.verdict(401), "rejected (401)");
    }

    #[test]
    fn a_handshake_is_answered_in_body_or_header() {
        let response = |headers: &[(&str, &str)], body: &str| Response {
            status: 200,
            headers: headers
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.into()))
                .collect(),
            body: body.into(),
        };
        assert!(repeats(&response(&[], r#"{"code":"c0de"}"#), "c0de"));
        assert!(repeats(&response(&[("allowed", "c0de")], ""), "c0de"));
        assert!(!repeats(&response(&[("allowed", "c0")], "de"), "c0de"));
    }
}
