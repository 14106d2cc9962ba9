//! Genuine requests, of which a fuzzer changes everything but the secret.

use std::collections::BTreeSet;

use hookseal::{Error, Headers, OptionValue, Options, Request, Signing, Verifier};
use serde_json::Value;

use super::message::Message;
use crate::format::{Case, DEFAULT_NOW, Expect, FormatError, VectorFolder, committed_folder};

const SECRET: &[u8] = b"Jq7fX2vN9sLw4TzB8mRcKd3hYp6uGe1a";
const FORM: &str = "application/x-www-form-urlencoded";

/// A request that was signed.
#[derive(Debug)]
pub struct Sample {
    /// Accepts it.
    pub verifier: Verifier,
    /// The request without its first line, see [`Message`].
    pub text: Vec<u8>,
    /// The URL that was signed, as it was called.
    pub url: String,
    /// The body that was signed.
    pub body: String,
}

/// Those that are signed here, and those whose private key only the provider has.
///
/// # Errors
/// Where a scheme cannot sign, or the vectors cannot be read.
pub fn samples() -> Result<Vec<Sample>, FormatError> {
    let mut samples = signed().map_err(|error| FormatError::new(error.to_string()))?;
    samples.extend(recorded()?);
    Ok(samples)
}

/// One for each scheme that can sign, kind of URL and kind of body.
fn signed() -> Result<Vec<Sample>, Error> {
    let mut samples = Vec::new();
    for scheme in catalogue().iter().filter(|it| signs_here(it)) {
        for url in [
            "https://example.com/calls/1",
            "https://example.com:8443/a//b?q=%2f&p=x+y&q=",
            "wss://example.com/stream?token=abc",
        ] {
            for body in ["", "From=1&To=%2B2&To=", "Amount=10.50"] {
                // Its own one, so that no sample is genuine in another's place.
                let number = samples.len().to_string();
                let secret = [SECRET, number.as_bytes()].concat();
                let id = scheme["id"].as_str().unwrap_or_default();
                let verifier = Verifier::new(id, options(scheme, &secret))?;
                samples.push(sign(verifier, url, body)?);
            }
        }
    }
    Ok(samples)
}

/// One vector for each scheme that signs and that nobody else can sign for.
fn recorded() -> Result<Vec<Sample>, FormatError> {
    let catalogue = catalogue();
    let with_public_keys = catalogue
        .iter()
        .filter(|scheme| scheme["signs"] == true && !signs_here(scheme));
    let mut wanted: BTreeSet<&str> = with_public_keys
        .filter_map(|scheme| scheme["id"].as_str())
        .collect();
    let vectors = VectorFolder::read(&committed_folder())?;
    let mut samples = Vec::new();
    for case in vectors.cases() {
        let is_plain = case.expect == Expect::Verified && case.now.is_none();
        if let Some(body) = case.request.body_utf8.as_ref().filter(|_| is_plain)
            && wanted.remove(case.scheme.as_str())
        {
            samples.push(sample(case, body).map_err(|error| error.within(&case.id))?);
        }
    }
    match wanted.first() {
        Some(id) => Err(FormatError::new(format!("no vector of {id} is verified"))),
        None => Ok(samples),
    }
}

fn sample(case: &Case, body: &str) -> Result<Sample, FormatError> {
    let options = Value::Object(case.options.clone()).to_string();
    let verifier = Options::from_json(options.as_bytes())
        .and_then(|options| Verifier::new(&case.scheme, options))
        .map_err(|error| FormatError::new(error.to_string()))?;
    let url = case.request.url.as_str();
    let (scheme, authority, target) = parts(url);
    let headers = case.request.headers.iter();
    let message = Message {
        method: case.request.method.as_bytes(),
        target: target.as_bytes(),
        authority: Some(authority.as_bytes()),
        scheme: Some(scheme.as_bytes()),
        headers: headers
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect(),
        body: body.as_bytes(),
        peer: None,
    };
    Ok(Sample {
        verifier,
        text: message.write(),
        url: url.to_owned(),
        body: body.to_owned(),
    })
}

/// Scheme, authority and target of a URL.
fn parts(url: &str) -> (&str, &str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (scheme, authority, target)
}

fn catalogue() -> Vec<Value> {
    serde_json::from_str(hookseal::schemes_json()).unwrap_or_default()
}

/// What a scheme needs: its secret, an algorithm, names of the receiver.
fn options(scheme: &Value, secret: &[u8]) -> Options {
    let listed = scheme["options"].as_array().into_iter().flatten();
    let mut secrets = vec![OptionValue::Bytes(secret.to_vec().into())];
    listed.fold(Options::new(), |options, option| {
        let name = option["name"].as_str().unwrap_or_default();
        let first_choice = option["values"][0].as_str();
        let value = match (&option["secret"], &option["required"]) {
            (Value::Bool(true), _) => secrets.pop(),
            (_, Value::Bool(true)) => Some(first_choice.unwrap_or("name-4711").into()),
            _ => None,
        };
        match value {
            Some(value) => options.with(name, value),
            None => options,
        }
    })
}

/// Whether a POST of such a scheme can be signed; AudioHook signs upgrades.
fn signs_here(scheme: &Value) -> bool {
    scheme["can_sign"] == true && scheme["id"] != "audiohook"
}

fn sign(verifier: Verifier, url: &'static str, body: &'static str) -> Result<Sample, Error> {
    let (scheme, authority, target) = parts(url);
    let content_type = [(&b"content-type"[..], FORM.as_bytes())];
    let request = Request {
        method: b"POST",
        target: target.as_bytes(),
        authority: Some(authority.as_bytes()),
        scheme: Some(scheme.as_bytes()),
        headers: Headers::Pairs(&content_type),
        body: body.as_bytes(),
        peer: None,
    };
    let signing = Signing {
        delivery_id: Some("12345678901234567890"),
        timestamp: Some(DEFAULT_NOW),
        key_id: None,
    };
    let added = verifier.sign(&request, &signing)?;
    let mut headers = content_type.to_vec();
    headers.extend(
        added
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes())),
    );
    let message = Message {
        method: request.method,
        target: request.target,
        authority: request.authority,
        scheme: request.scheme,
        headers,
        body: request.body,
        peer: None,
    };
    let text = message.write();
    Ok(Sample {
        verifier,
        text,
        url: url.to_owned(),
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_genuine() {
        let samples = samples().unwrap();
        assert!(samples.len() >= 9 * 8 + 4);
        for sample in &samples {
            let message = Message::read(&sample.text);
            let verified = message
                .with_pairs(|request| sample.verifier.verify_at(request, DEFAULT_NOW).map(drop));
            verified.unwrap_or_else(|error| panic!("{:?}: {error}", sample.verifier));
        }
    }
}
