//! Genuine requests, of which a fuzzer changes everything but the secret.

use hookseal::{Error, Headers, OptionValue, Options, Request, Signing, Verifier};

use super::message::Message;
use crate::format::DEFAULT_NOW;

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
    pub url: &'static str,
    /// The body that was signed.
    pub body: &'static str,
}

/// One for each scheme that signs, kind of URL and kind of body.
///
/// # Errors
/// Where a scheme cannot sign.
pub fn samples() -> Result<Vec<Sample>, Error> {
    let mut samples = Vec::new();
    for (scheme, option) in signing_schemes() {
        for url in [
            "https://example.com/calls/1",
            "https://example.com:8443/a//b?q=%2f&p=x+y&q=",
            "wss://example.com/stream?token=abc",
        ] {
            for body in ["", "From=1&To=%2B2&To=", "Amount=10.50"] {
                // Its own one, so that no sample is genuine in another's place.
                let number = samples.len().to_string();
                let secret = [SECRET, number.as_bytes()].concat();
                let secret = OptionValue::Bytes(secret.into());
                let verifier = Verifier::new(&scheme, Options::new().with(&option, secret))?;
                samples.push(sign(verifier, url, body)?);
            }
        }
    }
    Ok(samples)
}

/// The ids of the schemes that sign, each with the option of its secret.
fn signing_schemes() -> Vec<(String, String)> {
    let catalogue: Vec<serde_json::Value> =
        serde_json::from_str(hookseal::schemes_json()).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let row = |scheme: &serde_json::Value| {
        let options = scheme["options"].as_array()?;
        let secret = options.iter().find(|option| option["secret"] == true)?;
        Some((text(&scheme["id"])?, text(&secret["name"])?))
    };
    let signing = catalogue.iter().filter(|scheme| scheme["signs"] == true);
    signing.filter_map(row).collect()
}

fn sign(verifier: Verifier, url: &'static str, body: &'static str) -> Result<Sample, Error> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
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
        url,
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_genuine() {
        let samples = samples().unwrap();
        assert!(samples.len() >= 9 * 8);
        for sample in &samples {
            let message = Message::read(&sample.text);
            let verified = message
                .with_pairs(|request| sample.verifier.verify_at(request, DEFAULT_NOW).map(drop));
            verified.unwrap_or_else(|error| panic!("{:?}: {error}", sample.verifier));
        }
    }
}
