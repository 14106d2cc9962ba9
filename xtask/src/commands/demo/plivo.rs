//! Plivo signs URL, form and nonce.

use anyhow::Result;
use hookseal::{Headers, Options, Signing, Verifier};

use super::delivery::{Delivery, PUBLIC_URL, Sender};

const SCHEME: &str = "plivo";
const TARGET: &str = "/plivo/answer?campaign=spring";

/// Both tokens are configured, as they are while one replaces the other.
pub(super) const NEW_TOKEN: &str = "demo-token-that-was-issued-today";
const OLD_TOKEN: &str = "demo-token-that-is-being-retired";

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";
const BODY: &str = "CallUUID=97ceeb52-58b6-11e1-86da-77300b68f8bb&From=%2B14156667777\
                    &To=%2B14158889999&Direction=inbound&CallStatus=ringing";

pub(super) fn sender() -> Result<Sender> {
    let delivery = |case, status, headers, body: &str| {
        Delivery::new(case, status, TARGET)
            .with_body(CONTENT_TYPE, body)
            .with_headers(headers)
    };
    let tampered = BODY.replace("ringing", "in-progress");
    let other_nonce = with_nonce(sign(NEW_TOKEN, "2")?, "1");
    let rotated = joined([sign(NEW_TOKEN, "3")?, sign(OLD_TOKEN, "3")?]);
    Ok(Sender {
        system: SCHEME,
        environment: vec![("PLIVO_AUTH_TOKEN", [NEW_TOKEN, OLD_TOKEN].join(","))],
        deliveries: vec![
            delivery("genuine", 200, sign(NEW_TOKEN, "1")?, BODY),
            delivery("tampered", 401, sign(NEW_TOKEN, "1")?, &tampered),
            delivery("wrong nonce", 401, other_nonce, BODY),
            delivery("two signatures", 200, rotated, BODY),
            delivery("old token only", 200, sign(OLD_TOKEN, "4")?, BODY),
        ],
    })
}

/// 20 decimal digits, as the provider sends them.
fn nonce(number: &str) -> String {
    format!("{number:0>20}")
}

fn sign(token: &str, number: &str) -> Result<Vec<(String, String)>> {
    let options = Options::new()
        .with("auth_token", token)
        .with("public_url", PUBLIC_URL);
    let request = hookseal::Request {
        method: b"POST",
        target: TARGET.as_bytes(),
        authority: None,
        scheme: None,
        headers: Headers::Pairs(&[(b"content-type", CONTENT_TYPE.as_bytes())]),
        body: BODY.as_bytes(),
        peer: None,
    };
    let signing = Signing {
        delivery_id: Some(&nonce(number)),
        ..Signing::default()
    };
    Ok(Verifier::new(SCHEME, options)?.sign(&request, &signing)?)
}

/// Replaces the nonce by another one, so that the signature is of the first.
fn with_nonce(headers: Vec<(String, String)>, number: &str) -> Vec<(String, String)> {
    let replace = |(name, value): (String, String)| {
        let is_nonce = name.to_ascii_lowercase().ends_with("-nonce");
        let value = if is_nonce { nonce(number) } else { value };
        (name, value)
    };
    headers.into_iter().map(replace).collect()
}

/// One header with the signatures of both, as the provider sends it while two
/// tokens are active.
fn joined([new, old]: [Vec<(String, String)>; 2]) -> Vec<(String, String)> {
    new.into_iter()
        .zip(old)
        .map(|((name, new), (_, old))| {
            let value = if new == old {
                new
            } else {
                format!("{old},{new}")
            };
            (name, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nonce_is_replaced_and_the_signatures_are_joined() {
        let signed = |signature: &str, nonce: &str| {
            vec![
                ("X-Signature".to_owned(), signature.to_owned()),
                ("X-Signature-Nonce".to_owned(), nonce.to_owned()),
            ]
        };
        assert_eq!(
            with_nonce(signed("a", "5"), "6"),
            signed("a", "00000000000000000006")
        );
        assert_eq!(
            joined([signed("new", "5"), signed("old", "5")]),
            signed("old,new", "5")
        );
    }
}
