//! Python: a wheel by maturin, checked, tested and run in virtual environments.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::language::{Counts, Language, Vectors, Workspace};
use crate::venv::{self, command, environment, module, tool};
use crate::{native, output};

#[derive(Debug)]
pub(crate) struct Python;

impl Language for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn frameworks(&self) -> &'static [&'static str] {
        &["flask"]
    }

    fn missing_tool(&self) -> Option<String> {
        venv::missing_tool()
    }

    fn dist(&self, workspace: &Workspace) -> Result<()> {
        // A folder of its own, since another build may be running.
        let built = workspace.scratch(&format!("python-wheel-{}", std::process::id()));
        let mut maturin = native::maturin_build(workspace)?;
        maturin
            .args(["--quiet", "--release", "--locked", "--out"])
            .arg(&built)
            .current_dir(binding(workspace));
        replace_folder(&built, None)?;
        output::run(&mut maturin)?;
        // Only a finished wheel takes the place of the one before.
        replace_folder(&wheel_folder(workspace), Some(&built))?;
        println!("python: {}", wheel(workspace)?.display());
        Ok(())
    }

    fn packages(&self, workspace: &Workspace) -> Result<Vec<PathBuf>> {
        Ok(vec![wheel(workspace)?])
    }

    fn check(&self, workspace: &Workspace) -> Result<()> {
        // The stubs are compared with the native library itself.
        self.dist(workspace)?;
        let python = with_wheel(workspace, "check", &[requirements(workspace, "check")])?;
        let config = binding(workspace).join("pyproject.toml");
        let applications = [
            workspace.root.join("tests/receivers/flask"),
            workspace.root.join("examples/flask"),
        ];
        let ruff = |arguments: &[&str]| {
            let mut command = tool(&python, "ruff");
            command
                .args(arguments)
                .args(["--no-cache", "--config"])
                .arg(&config)
                .arg(binding(workspace))
                .args(&applications)
                // With --config, patterns in the file count from here.
                .current_dir(&workspace.root);
            command
        };
        let mypy = || {
            let mut command = tool(&python, "mypy");
            command
                .arg("--config-file")
                .arg(&config)
                .arg("--cache-dir")
                .arg(workspace.scratch("python-mypy"))
                // Not in the source folder: what is checked is what is installed.
                .current_dir(workspace.scratch("python-check"));
            command
        };
        output::run(&mut ruff(&["format", "--check"]))?;
        output::run(&mut ruff(&["check"]))?;
        output::run(mypy().args(["--package", "hookseal"]))?;
        for application in &applications {
            output::run(mypy().arg(application.join("app.py")))?;
        }
        let mut stubtest = module(&python, "mypy.stubtest");
        stubtest
            .args(["hookseal", "--allowlist"])
            .arg(binding(workspace).join("stubtest-allowlist.txt"))
            .current_dir(workspace.scratch("python-check"));
        output::run(&mut stubtest)?;
        check_with_pyright(workspace, &python)
    }

    fn test(&self, workspace: &Workspace, vectors: &Vectors) -> Result<Counts> {
        let python = with_wheel(workspace, "test", &[requirements(workspace, "test")])?;
        let report = workspace.scratch("python-test-report.xml");
        let mut pytest = module(&python, "pytest");
        pytest
            .args(["-p", "no:cacheprovider", "--junit-xml"])
            .arg(&report)
            .current_dir(binding(workspace));
        let status = vectors
            .apply(&mut pytest)
            .status()
            .context("cannot start pytest")?;
        // 1: tests ran and some failed. Everything else: no run was made.
        if !matches!(status.code(), Some(0 | 1)) {
            bail!("pytest ended with {status}");
        }
        let report = fs::read_to_string(&report).context("pytest wrote no report")?;
        output::junit_counts(&report).context("pytest's report has no counts")
    }

    fn receiver(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        application(workspace, "receiver", "tests/receivers", framework)
    }

    fn example(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        application(workspace, "example", "examples", framework)
    }

    fn bench(&self, workspace: &Workspace, name: &str) -> Result<()> {
        let script = binding(workspace).join(format!("bench/bench_{name}.py"));
        if !script.exists() {
            bail!("there is no {}", script.display());
        }
        let python = with_wheel(workspace, "bench", &[requirements(workspace, "bench")])?;
        output::run(command(&python).arg(script))
    }
}

/// What editors show: everything public has a type, and every option is taken. It is
/// a program of Node, which it would otherwise fetch for itself.
fn check_with_pyright(workspace: &Workspace, python: &Path) -> Result<()> {
    let node = Command::new("node").arg("--version").output();
    if !node.is_ok_and(|it| it.status.success()) {
        println!("python: without Node nothing is checked with pyright");
        return Ok(());
    }
    let own_programs = python.parent().map(Path::to_path_buf);
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(own_programs.into_iter().chain(env::split_paths(&path)))?;
    let pyright = || {
        let mut command = tool(python, "pyright");
        command
            // It asks the first Python of the path where packages are.
            .env("PATH", &path)
            .current_dir(workspace.scratch("python-check"));
        command
    };
    output::run(pyright().args(["--verifytypes", "hookseal", "--ignoreexternal"]))?;
    output::run(pyright().arg(binding(workspace).join("tests/typed/every_option.py")))
}

fn binding(workspace: &Workspace) -> PathBuf {
    workspace.root.join("bindings-python")
}

fn requirements(workspace: &Workspace, name: &str) -> PathBuf {
    binding(workspace).join(format!("requirements/{name}.txt"))
}

fn wheel_folder(workspace: &Workspace) -> PathBuf {
    workspace.dist().join("python")
}

/// Removes a folder, and puts another one in its place.
fn replace_folder(folder: &Path, by: Option<&Path>) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    if let Some(by) = by {
        fs::create_dir_all(folder.parent().unwrap_or(folder))?;
        fs::rename(by, folder)?;
    }
    Ok(())
}

/// The one wheel in `dist/python`.
fn wheel(workspace: &Workspace) -> Result<PathBuf> {
    let folder = wheel_folder(workspace);
    let mut wheels = Vec::new();
    for entry in fs::read_dir(&folder).context("run `cargo xtask dist python` first")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            wheels.push(path);
        }
    }
    match <[PathBuf; 1]>::try_from(wheels) {
        Ok([wheel]) => Ok(wheel),
        Err(wheels) => bail!(
            "{} holds {} wheels instead of one",
            folder.display(),
            wheels.len()
        ),
    }
}

/// A framework's application under gunicorn, which reads `PORT` by the
/// `gunicorn.conf.py` beside it.
fn application(
    workspace: &Workspace,
    kind: &str,
    parent: &str,
    framework: &str,
) -> Result<Command> {
    let folder = workspace.root.join(parent).join(framework);
    let name = format!("{kind}-{framework}");
    let python = with_wheel(workspace, &name, &[folder.join("requirements.txt")])?;
    let mut gunicorn = module(&python, "gunicorn");
    gunicorn.arg("app:app").current_dir(folder);
    Ok(gunicorn)
}

fn with_wheel(workspace: &Workspace, name: &str, requirements: &[PathBuf]) -> Result<PathBuf> {
    let wheel = wheel(workspace)?;
    environment(workspace, name, requirements, Some(&wheel))
}
