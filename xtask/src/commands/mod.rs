//! One file a command.

mod bench;
mod check;
mod demo;
mod dist;
mod fuzz;
mod r#gen;
mod msrv;
mod readme;
mod scheme;
mod serve;
mod test;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::args::Invocation;
use crate::language::{Language, Workspace, cargo};
use crate::languages;

/// Runs one command. The exit code tells of findings; an error, that it could
/// not be run.
pub(crate) fn run(invocation: Invocation) -> Result<ExitCode> {
    let workspace = workspace()?;
    match invocation {
        Invocation::Dist { languages } => dist::run(&workspace, &languages),
        Invocation::Check => check::run(&workspace),
        Invocation::Gen { check } => r#gen::run(&workspace, check),
        Invocation::Test {
            require_all,
            languages,
        } => test::run(&workspace, require_all, &languages),
        Invocation::E2e { languages } => test::run_e2e(&workspace, &languages),
        Invocation::Readme { languages } => test::run_readme(&workspace, &languages),
        Invocation::Serve {
            framework,
            port,
            webhooks,
        } => serve::run(&workspace, &framework, port, webhooks.as_deref()),
        Invocation::Demo { serve } => demo::run(&workspace, serve.as_deref()),
        Invocation::Bench { name } => bench::run(&workspace, &name),
        Invocation::Scheme { files, json } => scheme::run(&files, json),
        Invocation::Msrv => msrv::run(&workspace),
        Invocation::Fuzz { seconds, targets } => fuzz::run(&workspace, seconds, &targets),
    }
}

fn workspace() -> Result<Workspace> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in no workspace")?;
    Ok(Workspace {
        root: root.to_owned(),
    })
}

/// The named languages, or all where none is named.
fn select(names: &[String]) -> Result<Vec<Box<dyn Language>>> {
    let all = languages::all();
    for name in names {
        if !all.iter().any(|language| language.name() == name) {
            let known: Vec<_> = all.iter().map(|language| language.name()).collect();
            bail!("there is no language `{name}`, only {}", known.join(", "));
        }
    }
    Ok(all
        .into_iter()
        .filter(|language| names.is_empty() || names.iter().any(|name| name == language.name()))
        .collect())
}

/// The language a framework belongs to, where its toolchain is here.
fn language_of(framework: &str) -> Result<Box<dyn Language>> {
    let all = languages::all();
    let known: Vec<_> = all
        .iter()
        .flat_map(|language| language.frameworks())
        .copied()
        .collect();
    let language = all
        .into_iter()
        .find(|language| language.frameworks().contains(&framework))
        .with_context(|| {
            format!(
                "there is no framework `{framework}`, only {}",
                known.join(", ")
            )
        })?;
    match language.missing_tool() {
        None => Ok(language),
        Some(sentence) => bail!("{framework} cannot run here: {sentence}"),
    }
}

/// Says which toolchain is missing, where nobody can overlook it.
fn announce_missing(language: &dyn Language, sentence: &str) {
    println!(
        "\n!! {} IS SKIPPED: {sentence}\n",
        language.name().to_uppercase()
    );
}

/// A heading between the outputs of many tools.
fn heading(text: &str) {
    println!("\n== {text}");
}
