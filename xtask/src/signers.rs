//! The vendor's own SDKs as the signing side, in environments of their own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use conformance::format::VectorFile;

use crate::language::{Workspace, has_program};
use crate::output::{capture, run};

/// One program of `tests/signers` that prints a vector file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signer {
    pub(crate) name: &'static str,
    tools: &'static [&'static str],
    run: fn(&Workspace, &Path) -> Result<Vec<u8>>,
}

/// All signers.
pub(crate) const SIGNERS: [Signer; 2] = [
    Signer {
        name: "Plivo SDK for Python",
        tools: &["python3"],
        run: python,
    },
    Signer {
        name: "Plivo SDK for Node",
        tools: &["node", "npm"],
        run: node,
    },
];

impl Signer {
    /// The first tool that is missing.
    pub(crate) fn missing_tool(&self) -> Option<&'static str> {
        self.tools.iter().copied().find(|tool| !has_program(tool))
    }

    /// The deliveries it signs.
    pub(crate) fn sign(&self, workspace: &Workspace) -> Result<VectorFile> {
        let source = workspace.root.join("tests").join("signers");
        let printed = (self.run)(workspace, &source)?;
        let text = String::from_utf8(printed).context("the signer printed no UTF-8")?;
        VectorFile::parse(&text).context("the signer printed no vector file")
    }
}

fn python(workspace: &Workspace, source: &Path) -> Result<Vec<u8>> {
    let environment = workspace.scratch("signer-python");
    let interpreter = environment.join("bin").join("python");
    let requirements = source.join("requirements.txt");
    once(&environment, &[&requirements], || {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&environment))?;
        run(Command::new(&interpreter)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--require-hashes",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&requirements))
    })?;
    capture(Command::new(&interpreter).arg(source.join("plivo_sdk.py")))
}

fn node(workspace: &Workspace, source: &Path) -> Result<Vec<u8>> {
    let environment = workspace.scratch("signer-node");
    let manifest = ["package.json", "package-lock.json"].map(|name| source.join(name));
    once(&environment, &[&manifest[0], &manifest[1]], || {
        for path in &manifest {
            fs::copy(path, environment.join(path.file_name().unwrap_or_default()))?;
        }
        run(Command::new("npm")
            .args([
                "ci",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ])
            .current_dir(&environment))
    })?;
    // A module finds its packages from where it lies.
    for name in ["plivo_sdk.mjs", "inputs.json"] {
        fs::copy(source.join(name), environment.join(name))?;
    }
    capture(Command::new("node").arg(environment.join("plivo_sdk.mjs")))
}

/// Sets an environment up, unless it was with the same inputs.
fn once(environment: &Path, inputs: &[&Path], set_up: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut wanted = Vec::new();
    for input in inputs {
        wanted.extend(fs::read(input).with_context(|| format!("cannot read {}", input.display()))?);
    }
    let stamp = environment.join("set-up-with");
    if fs::read(&stamp).is_ok_and(|earlier| earlier == wanted) {
        return Ok(());
    }
    fs::create_dir_all(environment)?;
    set_up()?;
    fs::write(&stamp, wanted).context("cannot note the set-up")
}
