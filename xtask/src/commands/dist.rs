//! `cargo xtask dist`: all packages into `dist/`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::{announce_missing, heading, select};
use crate::language::Workspace;

pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<ExitCode> {
    let mut built = 0;
    for language in select(names)? {
        match language.missing_tool() {
            // Asked for by name, it is an error; otherwise the others go on.
            Some(sentence) if !names.is_empty() => bail!("{}: {sentence}", language.name()),
            Some(sentence) => announce_missing(language.as_ref(), &sentence),
            None => {
                heading(&format!("dist {}", language.name()));
                language
                    .dist(workspace)
                    .with_context(|| format!("dist {}", language.name()))?;
                built += 1;
            }
        }
    }
    if built == 0 {
        bail!("no language's toolchain is here, so nothing was built");
    }
    println!("\nThe packages are in {}.", workspace.dist().display());
    Ok(ExitCode::SUCCESS)
}
