//! `cargo xtask <command>`: everything that is more than one cargo call.
//! `cargo xtask help` lists the commands.

mod args;
mod catalogue;
mod commands;
mod language;
mod languages;
mod licences;
mod native;
mod option_tables;
mod output;
mod packages;
mod proxies;
mod scheme_schema;
mod service;
mod signers;
mod summary;
mod table;
mod typed_options;
mod venv;

use std::process::ExitCode;

use crate::args::Invocation;

fn main() -> ExitCode {
    let invocation = Invocation::from_command_line();
    let outcome = service::stop_all_on_interrupt().and_then(|()| match invocation {
        Some(invocation) => commands::run(invocation),
        None => Ok(args::print_help().map(|()| ExitCode::SUCCESS)?),
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
