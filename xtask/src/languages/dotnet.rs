//! .NET: the NuGet packages `Hookseal` and `Hookseal.AspNetCore`, and the C ABI
//! beneath them.
//!
//! Everything is built in `target/xtask/dotnet`, with a package folder of its
//! own: NuGet never looks again at a version that it has, so an older build of
//! the same version would stay in the folder that all projects share.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use hookseal::ErrorCode;

use crate::language::{Counts, Language, Vectors, Workspace, has_program};
use crate::languages::c_abi;
use crate::native;
use crate::output::run;

/// The crate of the native library.
const NATIVE_CRATE: &str = "hookseal-csharp";

/// See the module.
pub(crate) struct Dotnet;

impl Language for Dotnet {
    fn name(&self) -> &'static str {
        "dotnet"
    }

    fn frameworks(&self) -> &'static [&'static str] {
        &["aspnet"]
    }

    fn missing_tool(&self) -> Option<String> {
        (!has_program("dotnet"))
            .then(|| "dotnet is missing: install the .NET SDK 10.0 or newer".to_owned())
    }

    fn native_crate(&self) -> Option<&'static str> {
        Some(NATIVE_CRATE)
    }

    fn dist(&self, workspace: &Workspace) -> Result<()> {
        native::build(workspace, NATIVE_CRATE)?;
        let out = workspace.dist().join("nuget");
        remove(&out)?;
        // MSBuild joins it with a file's name as it stands.
        let mut natives = OsString::from("--property:HooksealNativeFolder=");
        natives.push(native::folder(workspace).join(""));
        run(dotnet(workspace, "pack", &solution(workspace))
            .arg(natives)
            .arg("--output")
            .arg(&out))
    }

    fn packages(&self, workspace: &Workspace) -> Result<Vec<PathBuf>> {
        let folder = workspace.dist().join("nuget");
        let version = env!("CARGO_PKG_VERSION");
        Ok(["Hookseal", "Hookseal.AspNetCore"]
            .map(|package| folder.join(format!("{package}.{version}.nupkg")))
            .to_vec())
    }

    fn check(&self, workspace: &Workspace) -> Result<()> {
        // Warnings are errors in every project.
        run(&mut dotnet(workspace, "build", &solution(workspace)))?;
        run(Command::new("dotnet")
            .args(["format", "--no-restore", "--verify-no-changes"])
            .arg(solution(workspace)))?;
        // The others need the packages from `dist/`, and compile without a
        // warning when they are run; here only their form is checked.
        for folder in source_folders(workspace) {
            run(Command::new("dotnet")
                .args(["format", "whitespace", "--folder", "--verify-no-changes"])
                .arg(folder))?;
        }
        let committed = fs::read_to_string(header_path(workspace)).unwrap_or_default();
        if committed != header(workspace)? {
            bail!("include/hookseal.h is stale: run `cargo xtask gen`");
        }
        Ok(())
    }

    fn test(&self, workspace: &Workspace, vectors: &Vectors) -> Result<Counts> {
        let smoke = c_abi::test(workspace)?;
        let project = workspace.root.join("bindings-csharp/tests/Hookseal.Tests");
        let tests = build(workspace, &project)?;
        let report = workspace.scratch("dotnet").join("report");
        remove(&report)?;
        let status = vectors
            .apply(&mut Command::new("dotnet"))
            .arg(tests)
            .args(["--report-trx", "--report-trx-filename", "tests.trx"])
            .arg("--results-directory")
            .arg(&report)
            .status()
            .context("cannot start dotnet")?;
        let trx = fs::read_to_string(report.join("tests.trx"))
            .context("the tests of .NET wrote no report")?;
        let counts = counters(&trx).context("the report of the .NET tests cannot be read")?;
        if !status.success() && counts.failed == 0 {
            bail!("the tests of .NET ended with {status}");
        }
        Ok(Counts {
            passed: counts.passed + smoke.passed,
            failed: counts.failed + smoke.failed,
            skipped: counts.skipped + smoke.skipped,
        })
    }

    fn receiver(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        let project = workspace.root.join("tests/receivers").join(framework);
        server(workspace, &project)
    }

    fn example(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        let project = workspace.root.join("examples").join(framework);
        server(workspace, &project)
    }

    fn user_environment(&self, workspace: &Workspace) -> Result<Vec<(&'static str, OsString)>> {
        forget_packages(workspace)?;
        let packages = workspace.scratch("dotnet").join("packages");
        Ok(vec![
            ("NUGET_PACKAGES", packages.into()),
            ("MSBUILDDISABLENODEREUSE", "1".into()),
        ])
    }

    fn bench(&self, workspace: &Workspace, name: &str) -> Result<()> {
        let bench = build(workspace, &workspace.root.join("bindings-csharp/bench"))?;
        run(Command::new("dotnet").arg(bench).arg(name))
    }
}

/// Where the C header is committed.
pub(crate) fn header_path(workspace: &Workspace) -> PathBuf {
    workspace.root.join("bindings-csharp/include/hookseal.h")
}

/// The C header, from the source of the C ABI and the table of error codes.
pub(crate) fn header(workspace: &Workspace) -> Result<String> {
    let folder = workspace.root.join("bindings-csharp");
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml"))
        .map_err(|error| anyhow!("cbindgen.toml: {error}"))?;
    let literals = config.after_includes.take().unwrap_or_default();
    config.after_includes = Some(format!("{literals}{}", error_enum()));
    let bindings = cbindgen::Builder::new()
        .with_crate(folder)
        .with_config(config)
        .generate()
        .context("cbindgen cannot read the C ABI")?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).context("the header is not UTF-8")?;
    // What Rust calls safety is what C calls the preconditions of a call.
    let text = text.replace(" * # Safety\n", " * Requires:\n");
    Ok(format!("{}\n", text.trim_end()))
}

fn error_enum() -> String {
    let mut text = String::from(
        "\n/**\n * The errors. A number and its meaning never change and are never reused.\n */\n\
         enum hookseal_error {\n",
    );
    for code in ErrorCode::ALL {
        let name = code.as_str().to_uppercase();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  HOOKSEAL_E_{name} = {},", code.number());
    }
    text.push_str("};");
    text
}

fn solution(workspace: &Workspace) -> PathBuf {
    workspace.root.join("bindings-csharp/Hookseal.slnx")
}

/// The C# sources outside the solution.
fn source_folders(workspace: &Workspace) -> [PathBuf; 4] {
    [
        "bindings-csharp/tests",
        "bindings-csharp/bench",
        "tests/receivers/aspnet",
        "examples/aspnet",
    ]
    .map(|folder| workspace.root.join(folder))
}

/// `dotnet <verb> <project>` in the release configuration. No compiler or build
/// server outlives it: one that did would hold on to our output.
fn dotnet(workspace: &Workspace, verb: &str, project: &Path) -> Command {
    let scratch = workspace.scratch("dotnet");
    let mut command = Command::new("dotnet");
    command
        .arg(verb)
        .arg(project)
        .args([
            "--configuration",
            "Release",
            "--verbosity",
            "quiet",
            "--nologo",
        ])
        .arg("--artifacts-path")
        .arg(scratch.join("artifacts"))
        .arg("--property:UseSharedCompilation=false")
        .env("MSBUILDDISABLENODEREUSE", "1")
        .env("NUGET_PACKAGES", scratch.join("packages"))
        // The folder of global.json.
        .current_dir(workspace.root.join("bindings-csharp"));
    command
}

/// Builds a program against the packages in `dist/` and returns its assembly.
fn build(workspace: &Workspace, project: &Path) -> Result<PathBuf> {
    let source = workspace.dist().join("nuget");
    if !source.is_dir() {
        bail!("{} is missing: run dist first", source.display());
    }
    forget_packages(workspace)?;
    let mut added = OsString::from("--property:RestoreAdditionalProjectSources=");
    added.push(&source);
    run(dotnet(workspace, "build", project).arg(added))?;
    let name = project_name(project)?;
    Ok(workspace
        .scratch("dotnet")
        .join("artifacts/bin")
        .join(&name)
        .join("release")
        .join(format!("{name}.dll")))
}

/// So that the packages are taken from where they were built last.
fn forget_packages(workspace: &Workspace) -> Result<()> {
    for package in ["hookseal", "hookseal.aspnetcore"] {
        remove(&workspace.scratch("dotnet").join("packages").join(package))?;
    }
    Ok(())
}

fn server(workspace: &Workspace, project: &Path) -> Result<Command> {
    let mut server = Command::new("dotnet");
    server.arg(build(workspace, project)?).current_dir(project);
    Ok(server)
}

/// The name of the one project file of a folder.
fn project_name(folder: &Path) -> Result<String> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "csproj")
        {
            let name = path.file_stem().unwrap_or_default();
            return Ok(name.to_string_lossy().into_owned());
        }
    }
    bail!("{} holds no project", folder.display())
}

/// Reads `<Counters total="9" executed="9" passed="8" failed="1" … />`.
fn counters(trx: &str) -> Option<Counts> {
    let (_, rest) = trx.split_once("<Counters ")?;
    let (attributes, _) = rest.split_once("/>")?;
    let read = |name: &str| -> Option<usize> {
        let (_, rest) = attributes.split_once(&format!("{name}=\""))?;
        rest.split_once('"')?.0.parse().ok()
    };
    let (total, passed) = (read("total")?, read("passed")?);
    let failed = read("failed")? + read("error").unwrap_or(0) + read("timeout").unwrap_or(0);
    Some(Counts {
        passed,
        failed,
        skipped: total.saturating_sub(passed + failed),
    })
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if folder.exists() => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_of_a_report_are_read() {
        let trx = r#"<ResultSummary outcome="Failed"><Counters total="9" executed="7" passed="6" failed="1" error="0" timeout="0" /></ResultSummary>"#;
        let expected = Counts {
            passed: 6,
            failed: 1,
            skipped: 2,
        };
        assert_eq!(counters(trx), Some(expected));
        assert_eq!(counters("<TestRun/>"), None);
    }

    #[test]
    fn the_header_names_every_error() {
        let text = error_enum();
        assert_eq!(text.matches("HOOKSEAL_E_").count(), ErrorCode::ALL.len());
    }
}
