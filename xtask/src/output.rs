//! Commands run in the foreground, and the counts in what they report.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::language::Counts;

/// Runs a command with its output shown; an exit code other than zero is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", describe(command));
    }
    Ok(())
}

/// Runs a command and returns what it printed; an exit code other than zero is
/// an error.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", describe(command), output.status);
    }
    Ok(output.stdout)
}

/// Runs `cargo test` with its output shown, and adds up its closing lines.
/// A failed test is counted; a run that fails for another reason is an error.
pub(crate) fn cargo_test(command: &mut Command) -> Result<Counts> {
    let mut counts = Counts::default();
    let status = each_line(command, |line| {
        println!("{line}");
        counts += closing_line(line).unwrap_or_default();
    })?;
    if !status.success() && counts.failed == 0 {
        bail!("{} ended with {status}", describe(command));
    }
    Ok(counts)
}

/// Runs a command and hands over each line that it prints.
pub(crate) fn each_line(command: &mut Command, mut visit: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            visit(&String::from_utf8_lossy(&line?));
        }
    }
    Ok(child.wait()?)
}

/// Reads the first `<testsuite tests="9" errors="0" failures="1" skipped="2" …>`
/// of a report in JUnit's form.
pub(crate) fn junit_counts(report: &str) -> Option<Counts> {
    let (_, suite) = report.split_once("<testsuite ")?;
    let (suite, _) = suite.split_once('>')?;
    let number = |name: &str| -> Option<usize> {
        let (_, value) = suite.split_once(&format!(" {name}=\""))?;
        value.split_once('"')?.0.parse().ok()
    };
    let failed = number("errors")? + number("failures")?;
    let skipped = number("skipped")?;
    Some(Counts {
        passed: number("tests")?.checked_sub(failed + skipped)?,
        failed,
        skipped,
    })
}

/// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn closing_line(line: &str) -> Option<Counts> {
    let (_, totals) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    for part in totals.split("; ") {
        match part.split_once(' ')? {
            (number, "passed") => counts.passed = number.parse().ok()?,
            (number, "failed") => counts.failed = number.parse().ok()?,
            (number, "ignored") => counts.skipped = number.parse().ok()?,
            _ => {}
        }
    }
    Some(counts)
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn describe(command: &Command) -> String {
    let mut words = vec![program(command)];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_cargo_are_read() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let expected = Counts {
            passed: 12,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(closing_line(line), Some(expected));
        assert_eq!(closing_line("test result was fine"), None);
        assert_eq!(closing_line("test core::a ... ok"), None);
    }

    #[test]
    fn reports_of_pytest_and_surefire_are_read() {
        let pytest = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests">
            <testsuite name="pytest" errors="1" failures="1" skipped="2" tests="7" time="1.5"
            timestamp="2026-01-01T00:00:00"><testcase name="a" /></testsuite></testsuites>"#;
        let surefire = r#"<?xml version="1.0"?><testsuite xmlns:xsi="x" name="A" time="1" tests="7" errors="1" skipped="2" failures="1"><testcase/></testsuite>"#;
        let expected = Counts {
            passed: 3,
            failed: 2,
            skipped: 2,
        };
        assert_eq!(junit_counts(pytest), Some(expected));
        assert_eq!(junit_counts(surefire), Some(expected));
        assert_eq!(junit_counts("<testsuites/>"), None);
        assert_eq!(junit_counts("<html>"), None);
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_is_an_error() {
        assert!(cargo_test(Command::new("sh").args(["-c", "exit 101"])).is_err());
        let line = "echo 'test result: FAILED. 0 passed; 1 failed; 0 ignored'; exit 101";
        let counts = cargo_test(Command::new("sh").args(["-c", line])).unwrap();
        assert_eq!(counts.failed, 1);
    }
}
