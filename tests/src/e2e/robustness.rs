//! What no vector expresses: a connection that breaks off, an unknown entry,
//! and many genuine deliveries that follow on it.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use super::Probe;
use super::answer::Answer;
use crate::http::{Body, Client, Request};
use crate::outcomes::Outcome;

/// What was checked, and what is wrong.
pub(super) type Check = (String, Result<(), String>);

pub(super) fn check(address: SocketAddr, probes: &[Probe]) -> Vec<Check> {
    let Some(genuine) = probes.iter().find(|probe| is_genuine(probe)) else {
        return Vec::new();
    };
    vec![
        (
            "an unknown entry is not found".to_owned(),
            unknown_entry(address),
        ),
        (
            "a delivery after one that broke off".to_owned(),
            after_a_break(address, genuine),
        ),
    ]
}

/// A verified delivery with a body, so that it can break off in the middle.
fn is_genuine(probe: &Probe) -> bool {
    let has_body = matches!(&probe.request.body, Body::Sized(body) if body.len() > 1);
    has_body && matches!(probe.expected, Outcome::Verified { .. })
}

fn unknown_entry(address: SocketAddr) -> Result<(), String> {
    let request = Request {
        method: b"POST".to_vec(),
        target: b"/".to_vec(),
        headers: Vec::new(),
        body: Body::Sized(Vec::new()),
    }
    .header("Host", "internal.test")
    .header("Hookseal-Webhook", "there is no such entry");
    match Client::new(address).send(&request) {
        Ok(response) if response.status == 404 => Ok(()),
        Ok(response) => Err(format!("status {} instead of 404", response.status)),
        Err(error) => Err(error.to_string()),
    }
}

fn after_a_break(address: SocketAddr, genuine: &Probe) -> Result<(), String> {
    let bytes = genuine.request.to_bytes();
    for length in [bytes.len() - 1, bytes.len() / 2, 3] {
        TcpStream::connect(address)
            .and_then(|mut stream| stream.write_all(&bytes[..length]))
            .map_err(|error| error.to_string())?;
    }
    let response = Client::new(address).send(&genuine.request);
    match Answer::of(response, &genuine.expected) {
        Answer::Verdict(outcome, _) if outcome == genuine.expected => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
