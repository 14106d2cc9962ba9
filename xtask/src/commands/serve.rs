//! `cargo xtask serve`: one conformance receiver in the foreground.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::language_of;
use crate::language::Workspace;

pub(crate) fn run(
    workspace: &Workspace,
    framework: &str,
    port: u16,
    webhooks: Option<&Path>,
) -> Result<ExitCode> {
    let webhooks = webhooks
        .map(Path::to_owned)
        .or_else(|| std::env::var_os("HOOKSEAL_WEBHOOKS").map(PathBuf::from))
        .context("serve needs --webhooks FILE, or the variable HOOKSEAL_WEBHOOKS")?;
    let webhooks = webhooks
        .canonicalize()
        .with_context(|| format!("cannot read {}", webhooks.display()))?;

    let language = language_of(framework)?;
    language.dist(workspace)?;
    let mut command = language.receiver(workspace, framework)?;
    command
        .env("PORT", port.to_string())
        .env("HOOKSEAL_WEBHOOKS", webhooks);
    println!("{framework} listens on http://127.0.0.1:{port}");
    // Whoever stops this process means the server, so the server becomes it.
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {command:?}"))
}
