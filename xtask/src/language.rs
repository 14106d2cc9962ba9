//! What every language of the project has to answer for: one implementation a
//! language, in `languages/`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

/// One language: how its packages are built, checked, tested and run.
pub(crate) trait Language {
    /// The name on the command line and in reports, e.g. `python`.
    fn name(&self) -> &'static str;

    /// The frameworks that have a receiver and an example, e.g. `flask`.
    fn frameworks(&self) -> &'static [&'static str];

    /// The first tool that is missing, as a sentence that says what to install.
    fn missing_tool(&self) -> Option<String>;

    /// The crate whose native library the packages hold, where `dist` builds it by
    /// Cargo alone.
    fn native_crate(&self) -> Option<&'static str> {
        None
    }

    /// Builds the packages into `dist/`.
    fn dist(&self, workspace: &Workspace) -> Result<()>;

    /// The archives that `dist` left there.
    fn packages(&self, workspace: &Workspace) -> Result<Vec<PathBuf>>;

    /// Format, lint and type checks. Fails on the first finding.
    fn check(&self, workspace: &Workspace) -> Result<()>;

    /// Installs the packages from `dist/` into a clean environment and runs the
    /// language's own tests and its vector runner there, printing what the
    /// test runner prints. A failed test is counted; `Err` is for a run that
    /// could not be made.
    fn test(&self, workspace: &Workspace, vectors: &Vectors) -> Result<Counts>;

    /// Installs the packages from `dist/` and returns the command that starts
    /// `tests/receivers/<framework>`; the caller adds `PORT` and
    /// `HOOKSEAL_WEBHOOKS` to its environment.
    fn receiver(&self, workspace: &Workspace, framework: &str) -> Result<Command>;

    /// The same for `examples/<framework>`; the caller adds `PORT`, `PUBLIC_URL`
    /// and the variables of the systems that it is to take deliveries of.
    fn example(&self, workspace: &Workspace, framework: &str) -> Result<Command>;

    /// What must be set for commands that a user would type, so that they take
    /// the packages from `dist/` as they are now, and leave the user's own
    /// caches alone.
    fn user_environment(&self, _workspace: &Workspace) -> Result<Vec<(&'static str, OsString)>> {
        Ok(Vec::new())
    }

    /// Runs the benchmark of that name against the language's peer, in one
    /// process, and prints ratios.
    fn bench(&self, workspace: &Workspace, name: &str) -> Result<()>;
}

/// The checkout.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Its top folder, absolute.
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// Where the built packages go.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A folder for clean environments and other scratch, below `target/`.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.root.join("target").join("xtask").join(name)
    }
}

/// Where a vector runner reads and writes.
#[derive(Debug)]
pub(crate) struct Vectors {
    /// `HOOKSEAL_VECTORS`: the folder of vector files, tampered twins included.
    pub(crate) folder: PathBuf,
    /// `HOOKSEAL_OUTCOMES`: the file the runner writes its outcomes to.
    pub(crate) outcomes: PathBuf,
}

impl Vectors {
    /// Sets both variables on a test runner's command.
    pub(crate) fn apply<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("HOOKSEAL_VECTORS", &self.folder)
            .env("HOOKSEAL_OUTCOMES", &self.outcomes)
    }
}

/// How many tests a runner ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

/// `cargo` in the workspace, of the toolchain that runs this program.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(&workspace.root);
    command
}

/// True when `program` can be started.
pub(crate) fn has_program(program: impl AsRef<Path>) -> bool {
    Command::new(program.as_ref())
        .arg("--version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
