//! `cargo xtask fuzz`: builds all fuzz targets and runs each for a while.
//!
//! libFuzzer comes with a crate, and the compiler that is here can instrument,
//! so that neither a nightly compiler nor `cargo-fuzz` is needed.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use anyhow::{Context, Result, bail};
use conformance::fuzz::write_seeds;

use super::{cargo, heading};
use crate::language::{Counts, Workspace};
use crate::output;
use crate::summary::Summary;

/// What tells libFuzzer which code an input reached, as `cargo-fuzz` has it.
const INSTRUMENTATION: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// An input that takes longer hangs; one that takes more memory is a leak.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=8192"];

pub(crate) fn run(workspace: &Workspace, seconds: u32, names: &[String]) -> Result<ExitCode> {
    let mut summary = Summary::default();
    if let Some(sentence) = missing_tool() {
        println!("\n!! THE FUZZ TARGETS ARE SKIPPED: {sentence}\n");
        summary.skipped("fuzz", sentence);
        summary.conclude();
        return Ok(ExitCode::SUCCESS);
    }
    let places = Places::new(workspace);
    let targets = targets(workspace, names)?;
    let seeds = write_seeds(&places.seeds)?;
    println!("fuzz: {} targets, {seeds} seeds", targets.len());
    heading("build the fuzz targets");
    let programs = build(workspace, &places)?;
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    for group in targets.chunks(at_once) {
        heading(&format!("fuzz {}", group.join(", ")));
        for (target, counts) in group.iter().zip(places.fuzz_all(&programs, group, seconds)) {
            summary.record(&format!("fuzz {target}"), counts);
        }
    }
    Ok(summary.conclude())
}

/// What libFuzzer, which is in C++, needs.
pub(super) fn missing_tool() -> Option<&'static str> {
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| OsString::from("c++"));
    let is_there = Command::new(compiler)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    (!is_there).then_some("install a C++ compiler, such as g++")
}

/// The named targets, or all.
fn targets(workspace: &Workspace, names: &[String]) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(workspace.root.join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        all.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    all.sort();
    if let Some(unknown) = names.iter().find(|name| !all.contains(name)) {
        bail!(
            "there is no fuzz target `{unknown}`, only {}",
            all.join(", ")
        );
    }
    all.retain(|name| names.is_empty() || names.contains(name));
    Ok(all)
}

/// Builds the programs, and gives the folder that they are in.
fn build(workspace: &Workspace, places: &Places) -> Result<PathBuf> {
    let host = host()?;
    let mut command = cargo(workspace);
    // With a target, build scripts and macros are not instrumented.
    command
        .args([
            "build",
            "--release",
            "--locked",
            "--manifest-path",
            "fuzz/Cargo.toml",
        ])
        .args(["--target", &host, "--target-dir"])
        .arg(&places.target)
        .env("RUSTFLAGS", INSTRUMENTATION);
    output::run(&mut command)?;
    Ok(places.target.join(host).join("release"))
}

/// The machine that this is.
fn host() -> Result<String> {
    let version = output::capture(Command::new("rustc").arg("-vV"))?;
    let version = String::from_utf8_lossy(&version);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc names no host")
}

/// Everything lies in `target/`: what was found stays for the next run.
struct Places {
    target: PathBuf,
    seeds: PathBuf,
    corpus: PathBuf,
    artifacts: PathBuf,
}

impl Places {
    fn new(workspace: &Workspace) -> Self {
        let target = workspace.root.join("target/fuzz");
        Self {
            seeds: target.join("seeds"),
            corpus: target.join("corpus"),
            artifacts: target.join("artifacts"),
            target,
        }
    }

    /// Runs targets side by side.
    fn fuzz_all(&self, programs: &Path, targets: &[String], seconds: u32) -> Vec<Result<Counts>> {
        thread::scope(|scope| {
            let mut runs = Vec::new();
            for target in targets {
                runs.push(scope.spawn(move || self.fuzz(programs, target, seconds)));
            }
            let mut results = Vec::new();
            for run in runs {
                let result = run.join();
                results.push(result.unwrap_or_else(|_| bail!("the run of a target panicked")));
            }
            results
        })
    }

    /// Runs one target on its corpus, and then on for so many seconds.
    fn fuzz(&self, programs: &Path, target: &str, seconds: u32) -> Result<Counts> {
        let folder = |parent: &Path| -> Result<PathBuf> {
            let folder = parent.join(target);
            fs::create_dir_all(&folder)?;
            Ok(folder)
        };
        let artifacts = folder(&self.artifacts)?;
        let mut command = Command::new(programs.join(target));
        command
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args(["-print_final_stats=1", "-verbosity=0"])
            .arg(folder(&self.corpus)?)
            .arg(folder(&self.seeds)?)
            .current_dir(&artifacts);
        let output = command
            .output()
            .with_context(|| format!("cannot start {target}"))?;
        let log = String::from_utf8_lossy(&output.stderr);
        let executions = log
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        println!(
            "fuzz {target}: {} executions in {seconds} s",
            executions.unwrap_or("?").trim()
        );
        let mut counts = Counts::default();
        if output.status.success() {
            counts.passed = 1;
        } else {
            println!("{log}");
            counts.failed = 1;
        }
        Ok(counts)
    }
}
