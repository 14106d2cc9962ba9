//! `cargo xtask demo`: genuine deliveries and forged ones of five systems
//! through the example application of every framework, over real HTTP.
//!
//! The senders are written as the systems' own code is, without the core.

mod azure;
mod delivery;
mod enablex;
mod kaisa;
mod plivo;
mod vcc_live;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use conformance::http::Client;

use self::azure::Identity;
use self::delivery::{Delivery, PUBLIC_URL, Sender};
use super::{announce_missing, heading, language_of};
use crate::language::{Language, Workspace};
use crate::languages;
use crate::service::Service;
use crate::table::Table;

pub(crate) fn run(workspace: &Workspace, serve: Option<&str>) -> Result<ExitCode> {
    match serve {
        Some(framework) => leave_running(workspace, framework),
        None => show_all(workspace),
    }
}

/// What the quick starts are tried with: the variables that they read, a genuine
/// delivery and a forged one.
pub(super) fn first_steps() -> Result<([(&'static str, &'static str); 2], Vec<Delivery>)> {
    let mut deliveries = plivo::sender()?.deliveries;
    deliveries.truncate(2);
    let environment = [
        ("PLIVO_AUTH_TOKEN", plivo::NEW_TOKEN),
        ("PUBLIC_URL", PUBLIC_URL),
    ];
    Ok((environment, deliveries))
}

/// The five systems. The keys of one of them are fetched, from `identity`.
fn senders(identity: &Identity) -> Result<Vec<Sender>> {
    Ok(vec![
        plivo::sender()?,
        enablex::sender(),
        vcc_live::sender()?,
        kaisa::sender(),
        identity.callbacks()?,
        azure::event_grid(),
    ])
}

/// Sends every delivery to every example and prints the table.
fn show_all(workspace: &Workspace) -> Result<ExitCode> {
    let identity = Identity::start()?;
    let senders = senders(&identity)?;
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
            let service = start(workspace, language.as_ref(), framework, &senders)?;
            let mut client = Client::new(service.address());
            for sender in &senders {
                for delivery in &sender.deliveries {
                    let case = format!("{framework}, {}, {}", sender.system, delivery.case);
                    let outcome = delivery.send(&mut client).with_context(|| case.clone())?;
                    sent += 1;
                    if !outcome.is_expected {
                        surprises.push(format!(
                            "{case}: {} instead of {}",
                            outcome.status, delivery.status
                        ));
                    }
                    table.row(vec![
                        sender.system.to_owned(),
                        language.name().to_owned(),
                        framework.to_owned(),
                        delivery.case.to_owned(),
                        delivery.verdict(outcome.status),
                        format!("{:.1} ms", outcome.time.as_secs_f64() * 1000.0),
                    ]);
                }
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
    let identity = Identity::start()?;
    let senders = senders(&identity)?;
    let mut service = start(workspace, language.as_ref(), framework, &senders)?;
    println!(
        "\n{framework} listens on http://{}; Ctrl-C stops it.",
        service.address()
    );
    for sender in &senders {
        for delivery in sender.deliveries.iter().take(2) {
            println!(
                "\n# {}, {}: {}\n{}",
                sender.system,
                delivery.case,
                delivery.verdict(delivery.status),
                delivery.curl(service.address())
            );
        }
    }
    println!("\nIts log: {}", service.log().display());
    service.wait()?;
    Ok(ExitCode::SUCCESS)
}

fn start(
    workspace: &Workspace,
    language: &dyn Language,
    framework: &str,
    senders: &[Sender],
) -> Result<Service> {
    let mut command = language.example(workspace, framework)?;
    command.env("PUBLIC_URL", PUBLIC_URL);
    for sender in senders {
        command.envs(sender.environment.iter().map(|(name, value)| (name, value)));
    }
    let name = format!("example-{framework}");
    let mut service = Service::start(workspace, &name, command, None)?;
    service.wait_until_ready()?;
    Ok(service)
}
