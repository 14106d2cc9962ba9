//! What a whole test run adds up to.

use std::process::ExitCode;

use crate::language::Counts;

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The parts of a run with their counts, in the order they ran.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    parts: Vec<(String, Counts)>,
    /// Sentences to repeat at the end, where they cannot be overlooked.
    notes: Vec<String>,
    /// Whether a part that cannot run here is a failure.
    requires_all: bool,
}

impl Summary {
    /// Of a run in which, where `requires_all`, a skip is a failure.
    pub(crate) fn new(requires_all: bool) -> Self {
        Self {
            requires_all,
            ..Self::default()
        }
    }

    /// Adds what one part counted, or that it could not be run.
    pub(crate) fn record(&mut self, part: &str, outcome: anyhow::Result<Counts>) {
        match outcome {
            Ok(counts) => self.add(part, counts),
            Err(error) => {
                println!("{part}: {error:#}");
                self.broken(part, &error);
            }
        }
    }

    fn add(&mut self, part: &str, counts: Counts) {
        self.parts.push((part.to_owned(), counts));
    }

    /// A part that could not be run at all counts as one failure.
    pub(crate) fn broken(&mut self, part: &str, error: &anyhow::Error) {
        self.notes.push(format!("BROKEN   {part}: {error:#}"));
        let counts = Counts {
            failed: 1,
            ..Counts::default()
        };
        self.add(part, counts);
    }

    /// A part that cannot run on this machine counts as one skip.
    pub(crate) fn skipped(&mut self, part: &str, reason: &str) {
        if self.requires_all {
            self.broken(part, &anyhow::anyhow!("{reason}"));
            return;
        }
        self.notes.push(format!("SKIPPED  {part}: {reason}"));
        let counts = Counts {
            skipped: 1,
            ..Counts::default()
        };
        self.add(part, counts);
    }

    fn total(&self) -> Counts {
        let mut total = Counts::default();
        for &(_, counts) in &self.parts {
            total += counts;
        }
        total
    }

    /// Prints the closing report, and says how the run went.
    pub(crate) fn conclude(&self) -> ExitCode {
        self.print();
        if self.is_success() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// True when something ran and nothing failed.
    fn is_success(&self) -> bool {
        let total = self.total();
        total.failed == 0 && total.passed > 0
    }

    /// Its last line is the sum of everything.
    fn print(&self) {
        println!("\n== summary");
        for (part, counts) in &self.parts {
            println!("{part}: {}", sentence(*counts));
        }
        for note in &self.notes {
            println!("{note}");
        }
        println!("{}", sentence(self.total()));
    }
}

fn sentence(counts: Counts) -> String {
    format!(
        "{} passed, {} failed, {} skipped",
        counts.passed, counts.failed, counts.skipped
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize, skipped: usize) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn everything_is_summed() {
        let mut summary = Summary::default();
        summary.add("core", counts(3, 0, 1));
        summary.add("python", counts(4, 0, 0));
        summary.skipped("dotnet", "install the SDK");
        assert_eq!(summary.total(), counts(7, 0, 2));
        assert!(summary.is_success());

        let mut strict = Summary::new(true);
        strict.add("core", counts(3, 0, 0));
        strict.skipped("nginx", "install it");
        assert!(!strict.is_success());
    }

    #[test]
    fn a_broken_part_and_an_empty_run_are_failures() {
        assert!(!Summary::default().is_success());
        let mut summary = Summary::default();
        summary.add("core", counts(3, 0, 0));
        summary.broken("java", &anyhow::anyhow!("no jar"));
        assert!(!summary.is_success());
        assert_eq!(summary.total(), counts(3, 1, 0));
    }
}
