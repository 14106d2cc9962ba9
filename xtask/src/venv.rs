//! Virtual environments of Python below `target/xtask`: for the tests and programs
//! of the Python binding, and for tools that come as wheels.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::language::Workspace;
use crate::output;

/// The command that virtual environments are made with.
const PYTHON: &str = "python3";

/// What to install where no environment can be made.
pub(crate) fn missing_tool() -> Option<String> {
    let usable = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))";
    let is_there = Command::new(PYTHON)
        .args(["-c", usable])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    (!is_there).then(|| "install Python 3.10 or newer, with pip and venv".to_owned())
}

/// A virtual environment with exactly these packages; returns its interpreter.
/// One that was made from the very same files is taken again.
pub(crate) fn environment(
    workspace: &Workspace,
    name: &str,
    requirements: &[PathBuf],
    wheel: Option<&Path>,
) -> Result<PathBuf> {
    let folder = workspace.scratch(&format!("python-{name}"));
    let python = folder.join("bin/python");
    let stamp_file = folder.join("made-from");
    let stamp = stamp(requirements, wheel)?;
    if fs::read_to_string(&stamp_file).is_ok_and(|made_from| made_from == stamp) {
        return Ok(python);
    }
    let mut venv = Command::new(PYTHON);
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    output::run(&mut venv)?;
    // The wheel first, since an example asks for the package; and given as a file, so
    // that no index can offer another package of the name.
    if let Some(wheel) = wheel {
        output::run(pip_install(&python).arg("--no-deps").arg(wheel))?;
    }
    for file in requirements {
        let mut pip = pip_install(&python);
        if is_locked(file)? {
            pip.arg("--require-hashes");
        }
        output::run(pip.arg("--requirement").arg(file))?;
    }
    fs::write(&stamp_file, stamp)?;
    Ok(python)
}

/// The tools of `xtask/requirements/<name>.txt`, which no language owns; returns the
/// interpreter beside them.
pub(crate) fn tools(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let requirements = workspace
        .root
        .join(format!("xtask/requirements/{name}.txt"));
    environment(workspace, &format!("tools-{name}"), &[requirements], None)
}

fn pip_install(python: &Path) -> Command {
    let mut pip = module(python, "pip");
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    pip
}

/// Whether a file names what each package must hash to: all do but those of examples,
/// which are for a reader, and which ask for the package that was just built.
fn is_locked(requirements: &Path) -> Result<bool> {
    let text = fs::read_to_string(requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    Ok(text.contains("--hash="))
}

/// The interpreter of an environment, which does not litter the sources.
pub(crate) fn command(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("PYTHONPATH");
    command
}

/// `python -m name`.
pub(crate) fn module(python: &Path, name: &str) -> Command {
    let mut command = command(python);
    command.args(["-m", name]);
    command
}

/// A program that a package of the environment brings along.
pub(crate) fn tool(python: &Path, name: &str) -> Command {
    Command::new(python.with_file_name(name))
}

/// What an environment is made from: a hash over the contents of its inputs.
fn stamp(requirements: &[PathBuf], wheel: Option<&Path>) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in requirements.iter().map(PathBuf::as_path).chain(wheel) {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        content.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_locked() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut found = 0;
        for folder in [
            "bindings-python/requirements",
            "tests/receivers/flask",
            "tests/signers",
            "xtask/requirements",
        ] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let wanted = entry.unwrap().path();
                if wanted
                    .extension()
                    .is_some_and(|extension| extension == "in")
                {
                    let locked = wanted.with_extension("txt");
                    assert!(is_locked(&locked).unwrap(), "{}", locked.display());
                    let locked = fs::read_to_string(locked).unwrap().to_lowercase();
                    for pin in fs::read_to_string(wanted).unwrap().to_lowercase().lines() {
                        let pin = pin.split_whitespace().next().unwrap_or_default();
                        assert!(locked.contains(&format!("{pin} ")), "{folder}: {pin}");
                    }
                    found += 1;
                }
            }
        }
        assert_eq!(found, 7);
        assert!(!is_locked(&root.join("examples/flask/requirements.txt")).unwrap());
    }
}
