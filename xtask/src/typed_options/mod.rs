//! Options with a type and a text, by scheme, in the source of each language. All of
//! it is generated: an option that the core learns is there everywhere, or
//! `cargo xtask check` fails.

mod dotnet;
mod java;
mod node;
mod python;
mod spelling;

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

impl Source {
    fn of_catalogue() -> Result<Self> {
        let schemes = catalogue::schemes()?;
        Ok(Self {
            common: catalogue::common_options(&schemes),
            token_issuer: catalogue::token_issuer_options()?,
            schemes,
        })
    }
}

/// Every generated file with its text.
pub(crate) fn files(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let source = Source::of_catalogue()?;
    let mut files = Vec::new();
    files.extend(python::files(workspace, &source)?);
    files.extend(node::files(workspace, &source)?);
    files.extend(java::files(workspace, &source)?);
    files.extend(dotnet::files(workspace, &source)?);
    Ok(files)
}

/// The kinds of options, as the catalogue names them.
#[cfg(test)]
const KINDS: [&str; 15] = [
    "secret",
    "public_key",
    "one_secret",
    "text",
    "text_or_bytes",
    "texts",
    "choice",
    "choices",
    "switch",
    "seconds",
    "size",
    "rate",
    "key_set",
    "claims",
    "group",
];
