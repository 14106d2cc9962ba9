//! `cargo xtask demo`: a genuine delivery and forged ones through the example
//! application of every framework, over real HTTP.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use conformance::http::{Body, Client, Request};
use hookseal::{Headers, Options, Signing, Verifier};

use super::{announce_missing, heading, language_of};
use crate::language::{Language, Workspace};
use crate::languages;
use crate::service::Service;
use crate::table::Table;

const SCHEME: &str = "plivo";
pub(super) const PUBLIC_URL: &str = "https://calls.example.com";
const TARGET: &str = "/plivo/answer?campaign=spring";

/// Both tokens are configured, as they are while one replaces the other.
pub(super) const NEW_TOKEN: &str = "demo-token-that-was-issued-today";
const OLD_TOKEN: &str = "demo-token-that-is-being-retired";

const BODY: &str = "CallUUID=97ceeb52-58b6-11e1-86da-77300b68f8bb&From=%2B14156667777\
                    &To=%2B14158889999&Direction=inbound&CallStatus=ringing";

pub(crate) fn run(workspace: &Workspace, serve: Option<&str>) -> Result<ExitCode> {
    match serve {
        Some(framework) => leave_running(workspace, framework),
        None => show_all(workspace),
    }
}

/// Sends every delivery to every example and prints the table.
fn show_all(workspace: &Workspace) -> Result<ExitCode> {
    let deliveries = deliveries()?;
    let columns = [
        "provider",
        "language",
        "framework",
        "case",
        "verdict",
        "time",
    ];
    let mut table = Table::new(&columns);
    let mut surprises = Vec::new();
    let mut sent = 0;
    for language in languages::all() {
        if let Some(sentence) = language.missing_tool() {
            announce_missing(language.as_ref(), &sentence);
            continue;
        }
        heading(&format!("set up {}", language.name()));
        language.dist(workspace)?;
        for &framework in language.frameworks() {
            let service = start(workspace, language.as_ref(), framework)?;
            let mut client = Client::new(service.address());
            for delivery in &deliveries {
                let (status, time) = send(&mut client, delivery)
                    .with_context(|| format!("{framework}, {}", delivery.case))?;
                sent += 1;
                if status != delivery.expected {
                    surprises.push(format!(
                        "{framework}, {}: {status} instead of {}",
                        delivery.case, delivery.expected
                    ));
                }
                table.row(vec![
                    SCHEME.to_owned(),
                    language.name().to_owned(),
                    framework.to_owned(),
                    delivery.case.to_owned(),
                    verdict(status),
                    format!("{:.1} ms", time.as_secs_f64() * 1000.0),
                ]);
            }
        }
    }
    println!("\n{table}");
    if sent == 0 {
        bail!("no language's toolchain is here, so nothing was shown");
    }
    if surprises.is_empty() {
        println!("{sent} deliveries, every verdict as expected");
        return Ok(ExitCode::SUCCESS);
    }
    for surprise in &surprises {
        println!("UNEXPECTED  {surprise}");
    }
    Ok(ExitCode::FAILURE)
}

/// Starts one example and tells how to call it.
fn leave_running(workspace: &Workspace, framework: &str) -> Result<ExitCode> {
    let language = language_of(framework)?;
    language.dist(workspace)?;
    let mut service = start(workspace, language.as_ref(), framework)?;
    let deliveries = deliveries()?;
    println!(
        "\n{framework} listens on http://{}; Ctrl-C stops it.",
        service.address()
    );
    for delivery in deliveries.iter().take(2) {
        println!(
            "\n# {}: {}\n{}",
            delivery.case,
            verdict(delivery.expected),
            curl(&service, delivery)
        );
    }
    println!("\nIts log: {}", service.log().display());
    service.wait()?;
    Ok(ExitCode::SUCCESS)
}

fn start(workspace: &Workspace, language: &dyn Language, framework: &str) -> Result<Service> {
    let mut command = language.example(workspace, framework)?;
    command
        .env("PLIVO_AUTH_TOKEN", [NEW_TOKEN, OLD_TOKEN].join(","))
        .env("PUBLIC_URL", PUBLIC_URL);
    let name = format!("example-{framework}");
    let mut service = Service::start(workspace, &name, command, None)?;
    service.wait_until_ready()?;
    Ok(service)
}

/// One request with the status it must get.
pub(super) struct Delivery {
    pub(super) case: &'static str,
    headers: Vec<(String, String)>,
    body: String,
    pub(super) expected: u16,
}

/// The first must be accepted, the second refused: they are the curl lines too.
pub(super) fn deliveries() -> Result<Vec<Delivery>> {
    let delivery = |case, headers, body: &str, expected| Delivery {
        case,
        headers,
        body: body.to_owned(),
        expected,
    };
    let rotated = [sign(NEW_TOKEN, "3")?, sign(OLD_TOKEN, "3")?];
    Ok(vec![
        delivery("genuine", sign(NEW_TOKEN, "1")?, BODY, 200),
        delivery(
            "tampered",
            sign(NEW_TOKEN, "1")?,
            &BODY.replace("ringing", "in-progress"),
            401,
        ),
        delivery(
            "wrong nonce",
            with_nonce(sign(NEW_TOKEN, "2")?, "1"),
            BODY,
            401,
        ),
        delivery("two signatures", joined(rotated), BODY, 200),
        delivery("old token only", sign(OLD_TOKEN, "4")?, BODY, 200),
    ])
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
        url: TARGET.as_bytes(),
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

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

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

pub(super) fn send(client: &mut Client, delivery: &Delivery) -> Result<(u16, Duration)> {
    let mut request = Request {
        method: b"POST".to_vec(),
        target: TARGET.as_bytes().to_vec(),
        headers: Vec::new(),
        body: Body::Sized(delivery.body.clone().into_bytes()),
    }
    .header("Host", "127.0.0.1")
    .header("Content-Type", CONTENT_TYPE);
    for (name, value) in &delivery.headers {
        request = request.header(name, value);
    }
    let started = Instant::now();
    let response = client.send(&request)?;
    Ok((response.status, started.elapsed()))
}

fn verdict(status: u16) -> String {
    let word = if status == 200 {
        "accepted"
    } else {
        "rejected"
    };
    format!("{word} ({status})")
}

fn curl(service: &Service, delivery: &Delivery) -> String {
    let headers: String = delivery
        .headers
        .iter()
        .map(|(name, value)| format!("  -H '{name}: {value}' \\\n"))
        .collect();
    format!(
        "curl -i 'http://{}{TARGET}' \\\n{headers}  --data '{}'",
        service.address(),
        delivery.body
    )
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
