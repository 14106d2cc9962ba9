//! Node: the npm package `hookseal` and its native package for this platform.
//!
//! Everything happens in `target/xtask/node`: the pinned tools and frameworks
//! of `bindings-node/dev` are installed there, the packages from `dist/npm`
//! into the same `node_modules`, and tests, receivers and benchmarks run below
//! it, so that they see the packages as a user does.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::language::{Counts, Language, Vectors, Workspace, has_program};
use crate::output::run;
use crate::packages::OWN_LICENCES;
use crate::{licences, native};

/// The one platform that this machine can build and test.
const PLATFORM: Platform = Platform {
    package: "@hookseal/native-linux-x64-gnu",
    os: "linux",
    cpu: "x64",
    libc: "glibc",
};

/// The formatter and linter. Not in the lock file: it has a package for each
/// platform, and `npm ci` refuses a lock file when one of them is not to be had.
/// It needs nothing else, so its version pins all of it.
const BIOME: &str = "@biomejs/biome@2.6.8";

struct Platform {
    package: &'static str,
    os: &'static str,
    cpu: &'static str,
    libc: &'static str,
}

/// The crate of the native library.
const NATIVE_CRATE: &str = "hookseal-node";

/// See the module.
pub(crate) struct Node;

impl Language for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn frameworks(&self) -> &'static [&'static str] {
        &["express"]
    }

    fn missing_tool(&self) -> Option<String> {
        ["node", "npm"]
            .into_iter()
            .find(|tool| !has_program(tool))
            .map(|tool| format!("{tool} is missing: install Node 18 or newer with npm 10 or newer"))
    }

    fn native_crate(&self) -> Option<&'static str> {
        Some(NATIVE_CRATE)
    }

    fn dist(&self, workspace: &Workspace) -> Result<()> {
        let tools = install_tools(workspace)?;
        native::build(workspace, NATIVE_CRATE)?;
        let packages = workspace.scratch("node-packages");
        remove(&packages)?;
        let folders = [
            stage_main(workspace, &tools, &packages)?,
            stage_native(workspace, &packages)?,
        ];
        let packed = packages.join("packed");
        make_folder(&packed)?;
        for folder in folders {
            let mut pack = npm("pack", &folder);
            run(pack.arg("--pack-destination").arg(&packed))?;
        }
        // Only now, so that a failure leaves the earlier packages.
        let out = workspace.dist().join("npm");
        make_folder(&workspace.dist())?;
        remove(&out)?;
        fs::rename(&packed, &out).with_context(|| format!("cannot fill {}", out.display()))
    }

    fn packages(&self, workspace: &Workspace) -> Result<Vec<PathBuf>> {
        packed(workspace)
    }

    fn check(&self, workspace: &Workspace) -> Result<()> {
        let source = workspace.root.join("bindings-node");
        let biome = tool(&install_biome(workspace)?, "biome");
        for folder in [
            "bindings-node",
            "tests/receivers/express",
            "examples/express",
        ] {
            run(Command::new(&biome)
                .args(["ci", "--error-on-warnings", "--config-path"])
                .arg(&source)
                .current_dir(workspace.root.join(folder)))?;
        }
        let tools = install_tools(workspace)?;
        run(tsc(&tools, &source).arg("--noEmit"))
    }

    fn test(&self, workspace: &Workspace, vectors: &Vectors) -> Result<Counts> {
        let environment = install_packages(workspace)?;
        let tests = environment.join("test");
        mirror(&workspace.root.join("bindings-node").join("test"), &tests)?;
        let results = environment.join("results.tap");
        // One file after the other: some measure time, and the machine is small.
        let status = vectors
            .apply(&mut Command::new("node"))
            .args(["--test", "--test-concurrency=1"])
            .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
            .args(["--test-reporter=tap", "--test-reporter-destination"])
            .arg(&results)
            .args(files(&tests, |name| name.ends_with(".test.mjs"))?)
            .current_dir(&tests)
            .status()
            .context("cannot start node")?;
        let tap = fs::read_to_string(&results).context("node --test wrote no results")?;
        let counts = closing_lines(&tap);
        if !status.success() && counts.failed == 0 {
            bail!("node --test ended with {status}");
        }
        Ok(counts)
    }

    fn receiver(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        let environment = install_packages(workspace)?;
        let folder = environment.join("receivers").join(framework);
        let source = workspace
            .root
            .join("tests")
            .join("receivers")
            .join(framework);
        mirror(&source, &folder)?;
        let mut server = Command::new("node");
        server.arg("server.mjs").current_dir(folder);
        Ok(server)
    }

    fn example(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        let folder = workspace.scratch(&format!("node-example-{framework}"));
        mirror(&workspace.root.join("examples").join(framework), &folder)?;
        run(install(&folder).args(packed(workspace)?))?;
        let mut server = Command::new("npm");
        server.args(["start", "--silent"]).current_dir(folder);
        Ok(server)
    }

    fn bench(&self, workspace: &Workspace, name: &str) -> Result<()> {
        let environment = install_packages(workspace)?;
        let folder = environment.join("bench");
        mirror(&workspace.root.join("bindings-node").join("bench"), &folder)?;
        let script = folder.join(format!("{name}.mjs"));
        if !script.is_file() {
            bail!("node has no benchmark named {name}");
        }
        run(Command::new("node").arg(script))
    }
}

/// The pinned tools, in `target/xtask/node`. Installed anew when the lock file
/// has changed.
fn install_tools(workspace: &Workspace) -> Result<PathBuf> {
    let environment = workspace.scratch("node");
    make_folder(&environment)?;
    let source = workspace.root.join("bindings-node").join("dev");
    let lock = fs::read(source.join("package-lock.json")).context("cannot read the lock file")?;
    let installed = environment.join("installed-lock.json");
    if fs::read(&installed).is_ok_and(|earlier| earlier == lock) {
        return Ok(environment);
    }
    for file in ["package.json", "package-lock.json"] {
        copy(&source.join(file), &environment.join(file))?;
    }
    run(&mut npm("ci", &environment))?;
    fs::write(&installed, lock).context("cannot note the lock file")?;
    Ok(environment)
}

/// The formatter and linter, in a folder of its own: an install into another
/// one would remove it again, as nothing there names it.
fn install_biome(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.scratch("node-biome");
    make_folder(&folder)?;
    run(install(&folder).arg(BIOME))?;
    Ok(folder)
}

/// The tools, and beside them the packages of `dist/npm` in their present state.
fn install_packages(workspace: &Workspace) -> Result<PathBuf> {
    let environment = install_tools(workspace)?;
    for package in ["hookseal", "@hookseal"] {
        remove(&environment.join("node_modules").join(package))?;
    }
    run(install(&environment).args(packed(workspace)?))?;
    Ok(environment)
}

/// The archives in `dist/npm`.
fn packed(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.dist().join("npm");
    let archives = files(&folder, |name| name.ends_with(".tgz"))?;
    if archives.len() != 2 {
        bail!(
            "{} does not hold the two packages: run dist first",
            folder.display()
        );
    }
    Ok(archives)
}

/// The package `hookseal`: the compiled TypeScript.
fn stage_main(workspace: &Workspace, tools: &Path, packages: &Path) -> Result<PathBuf> {
    let source = workspace.root.join("bindings-node");
    let folder = packages.join("hookseal");
    make_folder(&folder)?;
    for file in ["package.json", "README.md"] {
        copy(&source.join(file), &folder.join(file))?;
    }
    copy_licences(workspace, &OWN_LICENCES, &folder)?;
    // Comments are read in the declarations; the code need not carry them as well.
    for part in [
        &["--emitDeclarationOnly"][..],
        &["--declaration", "false", "--removeComments"],
    ] {
        let mut compiler = tsc(tools, &source);
        run(compiler.args(part).arg("--outDir").arg(folder.join("lib")))?;
    }
    Ok(folder)
}

/// The package with the native part for this platform.
fn stage_native(workspace: &Workspace, packages: &Path) -> Result<PathBuf> {
    let folder = packages.join("native");
    make_folder(&folder)?;
    let library = native::folder(workspace).join("libhookseal_node.so");
    copy(&library, &folder.join("hookseal.node"))?;
    copy_licences(workspace, &OWN_LICENCES, &folder)?;
    copy_licences(workspace, &[licences::FILE], &folder)?;
    let main = workspace.root.join("bindings-node").join("package.json");
    let manifest = native_manifest(&fs::read(main).context("cannot read package.json")?)?;
    fs::write(folder.join("package.json"), manifest).context("cannot write package.json")?;
    Ok(folder)
}

/// The native package's manifest, from the one of the package that needs it.
fn native_manifest(main: &[u8]) -> Result<String> {
    let main: Value = serde_json::from_slice(main).context("package.json is not JSON")?;
    let wanted = &main["optionalDependencies"][PLATFORM.package];
    if *wanted != main["version"] {
        bail!(
            "package.json wants {} {wanted}, not its own version",
            PLATFORM.package
        );
    }
    let manifest = json!({
        "name": PLATFORM.package,
        "version": main["version"],
        "description": format!("The native part of hookseal for {} {}.", PLATFORM.os, PLATFORM.cpu),
        "license": main["license"],
        "repository": main["repository"],
        "engines": main["engines"],
        "os": [PLATFORM.os],
        "cpu": [PLATFORM.cpu],
        "libc": [PLATFORM.libc],
        "main": "hookseal.node",
        "files": ["hookseal.node", "LICENSE-*", licences::FILE],
    });
    Ok(format!("{manifest:#}\n"))
}

fn copy_licences(workspace: &Workspace, names: &[&str], folder: &Path) -> Result<()> {
    for name in names {
        copy(&workspace.root.join(name), &folder.join(name))?;
    }
    Ok(())
}

/// npm without what an install may do besides installing.
fn npm(subcommand: &str, folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.args([
        subcommand,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ])
    .current_dir(folder);
    npm
}

/// Adds packages to what `package.json` names.
fn install(folder: &Path) -> Command {
    let mut install = npm("install", folder);
    install.args(["--no-package-lock", "--no-save"]);
    install
}

fn tsc(tools: &Path, source: &Path) -> Command {
    // By its path: an older compiler beside it has the same name among the tools.
    let mut tsc = Command::new("node");
    tsc.arg(tools.join("node_modules/typescript/bin/tsc"));
    tsc.arg("--project").arg(source);
    tsc.arg("--typeRoots")
        .arg(tools.join("node_modules/@types"));
    tsc
}

fn tool(tools: &Path, name: &str) -> PathBuf {
    tools.join("node_modules").join(".bin").join(name)
}

fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .file_name()
            .and_then(OsStr::to_str)
            .is_some_and(&wanted)
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads the totals at the end of a TAP report, `# pass 12`.
fn closing_lines(tap: &str) -> Counts {
    let total = |name: &str| {
        tap.lines()
            .filter_map(|line| {
                line.strip_prefix("# ")?
                    .strip_prefix(name)?
                    .trim()
                    .parse()
                    .ok()
            })
            .next_back()
            .unwrap_or(0)
    };
    Counts {
        passed: total("pass "),
        failed: total("fail ") + total("cancelled "),
        skipped: total("skipped ") + total("todo "),
    }
}

/// Copies a folder of source files, in the place of an older copy of it.
fn mirror(source: &Path, target: &Path) -> Result<()> {
    remove(target)?;
    make_folder(target)?;
    let entries =
        fs::read_dir(source).with_context(|| format!("cannot read {}", source.display()))?;
    for entry in entries {
        let entry = entry?;
        let to = target.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            mirror(&entry.path(), &to)?;
        } else {
            copy(&entry.path(), &to)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .map(drop)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
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
    fn totals_of_node_are_read() {
        let tap = "ok 1 - a\n# tests 9\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n";
        let expected = Counts {
            passed: 5,
            failed: 2,
            skipped: 2,
        };
        assert_eq!(closing_lines(tap), expected);
    }

    #[test]
    fn the_native_package_has_the_version_of_the_main_one() {
        let main = |wanted: &str| {
            let manifest = json!({
                "version": "1.2.3",
                "optionalDependencies": { PLATFORM.package: wanted },
            });
            native_manifest(manifest.to_string().as_bytes())
        };
        let manifest: Value = serde_json::from_str(&main("1.2.3").unwrap()).unwrap();
        assert_eq!(manifest["version"], "1.2.3");
        assert_eq!(manifest["name"], PLATFORM.package);
        assert!(main("1.2.2").is_err());
    }
}
