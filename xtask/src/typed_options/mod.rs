//! Options with a type and a text, by scheme, in the source of each language. All of
//! it is generated: an option that the core learns is there everywhere, or
//! `cargo xtask check` fails.

mod dotnet;
mod java;
mod node;
mod python;

use std::path::PathBuf;

use anyhow::Result;

use crate::catalogue::{self, OptionSpec, Scheme};
use crate::language::Workspace;

/// What the options of every language are made of.
pub(crate) struct Source {
    pub(crate) schemes: Vec<Scheme>,
    /// Those that all schemes take.
    pub(crate) common: Vec<OptionSpec>,
    pub(crate) token_issuer: Vec<OptionSpec>,
}

/// Every generated file with its text.
pub(crate) fn files(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let schemes = catalogue::schemes()?;
    let source = Source {
        common: catalogue::common_options(&schemes),
        token_issuer: catalogue::token_issuer_options()?,
        schemes,
    };
    let mut files = Vec::new();
    files.extend(python::files(workspace, &source)?);
    files.extend(node::files(workspace, &source)?);
    files.extend(java::files(workspace, &source)?);
    files.extend(dotnet::files(workspace, &source)?);
    Ok(files)
}
