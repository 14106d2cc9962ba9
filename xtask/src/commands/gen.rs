//! `cargo xtask gen`: the files that are generated and committed.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::language::Workspace;
use crate::languages::dotnet;
use crate::{licences, option_tables, scheme_schema, typed_options};

pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<ExitCode> {
    if check {
        compare(workspace)?;
        println!("gen: every generated file is current");
        return Ok(ExitCode::SUCCESS);
    }
    for (path, text) in generated(workspace)? {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("gen: {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails where a committed file differs from what would be generated.
pub(crate) fn compare(workspace: &Workspace) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in generated(workspace)? {
        if fs::read(&path).unwrap_or_default() != text.as_bytes() {
            let path = path.strip_prefix(&workspace.root).unwrap_or(&path);
            stale.push(path.display().to_string());
        }
    }
    if !stale.is_empty() {
        bail!("stale: {}; run `cargo xtask gen`", stale.join(", "));
    }
    Ok(())
}

/// Every generated file with its text.
fn generated(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let licences = licences::text(workspace)?;
    let mut files = option_tables::pages(workspace)?;
    files.extend(typed_options::files(workspace)?);
    files.push(scheme_schema::file(workspace)?);
    files.push((dotnet::header_path(workspace), dotnet::header(workspace)?));
    files.push((workspace.root.join(licences::FILE), licences.clone()));
    // A wheel takes licences from its own folder only.
    let of_python = workspace.root.join("bindings-python").join(licences::FILE);
    files.push((of_python, licences));
    Ok(files)
}
