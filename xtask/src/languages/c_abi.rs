//! The test of the C ABI: `bindings-csharp/tests/smoke.c`, compiled against the
//! header and the library of `dist`. It runs three times: as it is, instrumented by
//! AddressSanitizer, and under valgrind, which sees the library's memory as well.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::language::{Counts, Workspace, has_program};
use crate::native;
use crate::output::run;

/// Makes the compiler instrument a program, and the program stop at the first error.
const SANITIZE: [&str; 2] = ["-fsanitize=address", "-fno-omit-frame-pointer"];

/// All runs. One for which a tool is missing is named and counted as skipped.
pub(crate) fn test(workspace: &Workspace) -> Result<Counts> {
    let mut runs = Runs {
        libraries: native::folder(workspace),
        counts: Counts::default(),
    };
    if !has_program("cc") {
        for name in [PLAIN, SANITIZED, UNDER_VALGRIND] {
            runs.skip(name, "cc");
        }
        return Ok(runs.counts);
    }
    let folder = workspace.scratch("c-abi");
    fs::create_dir_all(&folder).context("cannot make a folder for the test of the C ABI")?;

    let plain = folder.join("smoke");
    run(&mut runs.compile(workspace, &plain))?;
    runs.run(PLAIN, &mut Command::new(&plain))?;

    if has_sanitizer(&folder) {
        let sanitized = folder.join("smoke-asan");
        run(runs.compile(workspace, &sanitized).args(SANITIZE))?;
        let mut program = Command::new(&sanitized);
        runs.run(SANITIZED, program.env("ASAN_OPTIONS", "detect_leaks=1"))?;
    } else {
        runs.skip(SANITIZED, "AddressSanitizer of cc");
    }

    if has_program("valgrind") {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=1", "--leak-check=full"]);
        runs.run(UNDER_VALGRIND, valgrind.arg(&plain))?;
    } else {
        runs.skip(UNDER_VALGRIND, "valgrind");
    }
    Ok(runs.counts)
}

const PLAIN: &str = "smoke test";
const SANITIZED: &str = "smoke test with AddressSanitizer";
const UNDER_VALGRIND: &str = "smoke test under valgrind";

struct Runs {
    libraries: PathBuf,
    counts: Counts,
}

impl Runs {
    /// Compiles the program to `program`.
    fn compile(&self, workspace: &Workspace, program: &Path) -> Command {
        let folder = workspace.root.join("bindings-csharp");
        let mut compiler = Command::new("cc");
        compiler
            .args([
                "-std=c11",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-g",
            ])
            .arg("-I")
            .arg(folder.join("include"))
            .arg(folder.join("tests/smoke.c"))
            .arg("-L")
            .arg(&self.libraries)
            .arg("-lhookseal_ffi")
            .arg(format!("-Wl,-rpath,{}", self.libraries.display()))
            .arg("-o")
            .arg(program);
        compiler
    }

    fn run(&mut self, name: &str, program: &mut Command) -> Result<()> {
        let status = program
            // Cargo lets programs find the libraries of its own profile first, and
            // one of an older build may lie there.
            .env("LD_LIBRARY_PATH", &self.libraries)
            // One check panics on purpose: its message is enough.
            .env("RUST_BACKTRACE", "0")
            .status()
            .with_context(|| format!("cannot start the {name}"))?;
        if status.success() {
            self.counts.passed += 1;
            println!("c abi: {name}: passed");
        } else {
            self.counts.failed += 1;
            println!("c abi: {name}: FAILED, {status}");
        }
        Ok(())
    }

    fn skip(&mut self, name: &str, missing: &str) {
        self.counts.skipped += 1;
        println!("c abi: {name}: skipped, {missing} is missing");
    }
}

/// Whether the compiler can link a program with AddressSanitizer: its library is a
/// package of its own in some distributions.
fn has_sanitizer(folder: &Path) -> bool {
    let source = folder.join("empty.c");
    fs::write(&source, "int main(void) { return 0; }\n").is_ok()
        && Command::new("cc")
            .args(SANITIZE)
            .arg(&source)
            .arg("-o")
            .arg(folder.join("empty"))
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}
