//! The native libraries as they go into packages.
//!
//! On Linux with glibc, Zig links them against the symbols of an old glibc, so that
//! they load on older systems than the one that builds them. Zig comes as a wheel.
//! On other platforms the linker of the platform does.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::language::{Workspace, cargo};
use crate::{output, venv};

/// The newest glibc that a package may ask for. 2.17 is the floor of manylinux2014:
/// what CentOS 7 has, and all that came later.
pub(crate) const GLIBC: (u32, u32) = (2, 17);

/// Builds the library of one crate, optimised, into [`folder`].
pub(crate) fn build(workspace: &Workspace, package: &str) -> Result<()> {
    output::run(&mut building(workspace, package)?)
}

/// The same beside something else, without a word: whatever goes wrong is told when
/// the library is built for its package.
pub(crate) fn build_ahead(workspace: &Workspace, package: &str) {
    if let Ok(mut command) = building(workspace, package) {
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn building(workspace: &Workspace, package: &str) -> Result<Command> {
    let mut command = if links_with_zig() {
        let mut zigbuild = with_zig(workspace, "cargo-zigbuild")?;
        let (major, minor) = GLIBC;
        zigbuild
            .args(["zigbuild", "--target"])
            .arg(format!("{}.{major}.{minor}", triple()));
        zigbuild
    } else {
        announce_own_linker();
        let mut build = cargo(workspace);
        build.arg("build");
        build
    };
    command.args(["--release", "--locked", "--package", package]);
    Ok(command)
}

/// The start of a command line that builds a wheel.
pub(crate) fn maturin_build(workspace: &Workspace) -> Result<Command> {
    let mut maturin = with_zig(workspace, "maturin")?;
    maturin.arg("build");
    if links_with_zig() {
        let (major, minor) = GLIBC;
        maturin
            .args(["--zig", "--target", &triple(), "--compatibility"])
            .arg(format!("manylinux_{major}_{minor}"))
            // maturin has another path to Zig than cargo-zigbuild, and Cargo takes that
            // for another linker: in one folder each would build everything anew.
            .arg("--target-dir")
            .arg(workspace.root.join("target/wheel"));
    }
    Ok(maturin)
}

/// Where the libraries lie that go into packages.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    let mut folder = workspace.root.join("target");
    if links_with_zig() {
        folder.push(triple());
    }
    folder.join("release")
}

/// A tool of the environment that has Zig.
fn with_zig(workspace: &Workspace, name: &str) -> Result<Command> {
    let python = venv::tools(workspace, "dist")?;
    let mut command = venv::tool(&python, name);
    command
        .current_dir(&workspace.root)
        .env("CARGO_ZIGBUILD_PYTHON_PATH", &python)
        .env("CARGO_ZIGBUILD_CACHE_DIR", workspace.scratch("zigbuild"));
    Ok(command)
}

fn links_with_zig() -> bool {
    cfg!(all(target_os = "linux", target_env = "gnu")) && venv::missing_tool().is_none()
}

fn announce_own_linker() {
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        println!(
            "\n!! THIS LIBRARY LOADS ONLY WHERE GLIBC IS AS NEW AS HERE: Zig links for older \
             ones, and is a wheel; install Python 3.10 or newer, with pip and venv\n"
        );
    }
}

/// This machine's target with glibc, as rustc names it.
fn triple() -> String {
    format!("{}-unknown-linux-gnu", env::consts::ARCH)
}
