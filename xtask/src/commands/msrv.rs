//! `cargo xtask msrv`: what is shipped compiles with the oldest Rust that is promised.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::language::Workspace;
use crate::licences::SHIPPED;
use crate::output;

/// `rust-version` of the workspace.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut check = Command::new("rustup");
    check
        .args(["run", "--install", OLDEST, "cargo", "check", "--locked"])
        // Its own folder: another compiler would build everything there anew.
        .args(["--target-dir", "target/msrv"])
        .current_dir(&workspace.root)
        // What `cargo xtask` was started with would go before what is asked for.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO");
    for package in SHIPPED {
        check.args(["--package", package]);
    }
    output::run(&mut check)?;
    println!("msrv: Rust {OLDEST} compiles all that is shipped");
    Ok(ExitCode::SUCCESS)
}
