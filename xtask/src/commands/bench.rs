//! `cargo xtask bench`: ratios against the peers, each taken in one process; and
//! `bench limits`, what a request of a stranger costs at most.

use std::process::ExitCode;

use anyhow::{Context, Result};

use super::{announce_missing, cargo, heading};
use crate::language::Workspace;
use crate::languages;
use crate::output;

pub(crate) fn run(workspace: &Workspace, name: &str) -> Result<ExitCode> {
    heading(&format!("bench core {name}"));
    let bench = if name == "limits" { name } else { "verify" };
    let core = ["bench", "--package", "hookseal", "--bench", bench, "--"];
    output::run(cargo(workspace).args(core).arg(name))?;
    if name == "limits" {
        return Ok(ExitCode::SUCCESS);
    }
    for language in languages::all() {
        if let Some(sentence) = language.missing_tool() {
            announce_missing(language.as_ref(), &sentence);
            continue;
        }
        heading(&format!("bench {} {name}", language.name()));
        language
            .dist(workspace)
            .and_then(|()| language.bench(workspace, name))
            .with_context(|| format!("bench {}", language.name()))?;
    }
    Ok(ExitCode::SUCCESS)
}
