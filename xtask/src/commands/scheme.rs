//! `cargo xtask scheme`: what the compiler found out about scheme files.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use hookseal::{Covers, SchemeDescription, VariantDescription, describe_scheme};
use serde_json::{Map, Value, json};

use crate::language::{Counts, Workspace};
use crate::summary::Summary;
use crate::{output, venv};

/// Fails where a file does not compile.
pub(crate) fn run(files: &[PathBuf], as_json: bool) -> Result<ExitCode> {
    let mut described = Vec::new();
    for file in files {
        let name = file.file_name().context("no file")?.to_string_lossy();
        described.push((name.into_owned(), describe(file)?));
    }
    if as_json {
        let by_name = described
            .iter()
            .map(|(name, outcome)| (name.clone(), to_json(outcome)));
        println!("{}", Value::Object(by_name.collect::<Map<_, _>>()));
    } else {
        let texts: Vec<String> = described.iter().map(to_text).collect();
        print!("{}", texts.join("\n"));
    }
    let all_compile = described.iter().all(|(_, outcome)| outcome.is_ok());
    Ok(if all_compile {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The core against the specification of the language that can be executed.
pub(crate) fn compare(workspace: &Workspace, summary: &mut Summary) {
    const PART: &str = "scheme language";
    let usable = ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"];
    let is_there = Command::new("python3")
        .args(usable)
        .stderr(Stdio::null())
        .status();
    if is_there.is_ok_and(|status| status.success()) && venv::missing_tool().is_none() {
        summary.record(PART, run_comparison(workspace));
    } else {
        summary.skipped(PART, "install Python 3.11 or newer, with pip and venv");
    }
}

fn run_comparison(workspace: &Workspace) -> Result<Counts> {
    let python = venv::tools(workspace, "scheme-language")?;
    let script = workspace.root.join("tests/scheme-language/compare.py");
    let mut command = venv::command(&python);
    command
        .arg(script)
        .arg(env::current_exe()?)
        .args(["scheme", "--json"]);
    let mut counts = None;
    let status = output::each_line(&mut command, |line| {
        println!("{line}");
        counts = closing_counts(line);
    })?;
    match counts {
        Some(counts) if status.success() || counts.failed > 0 => Ok(counts),
        _ => bail!("compare.py ended with {status}"),
    }
}

/// Reads `{"passed": 9, "failed": 0, "skipped": 1}`.
fn closing_counts(line: &str) -> Option<Counts> {
    let counts: Value = serde_json::from_str(line).ok()?;
    let count = |name: &str| usize::try_from(counts.get(name)?.as_u64()?).ok();
    Some(Counts {
        passed: count("passed")?,
        failed: count("failed")?,
        skipped: count("skipped")?,
    })
}

/// What a file says, or why it does not compile.
type Outcome = Result<SchemeDescription, String>;

fn describe(file: &Path) -> Result<Outcome> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(match toml::from_str::<Value>(&text) {
        Ok(scheme) => {
            describe_scheme(&scheme.to_string()).map_err(|error| error.detail().to_owned())
        }
        Err(error) => Err(error.to_string()),
    })
}

fn to_text((name, outcome): &(String, Outcome)) -> String {
    let description = match outcome {
        Ok(description) => description,
        Err(error) => return format!("{name}: {error}\n"),
    };
    let mut text = format!("{name}: compiles\n");
    for (position, variant) in description.variants.iter().enumerate() {
        text.push_str(&variant_text(position, variant));
    }
    text
}

fn variant_text(position: usize, variant: &VariantDescription) -> String {
    let mut text = format!("\nvariant {position}");
    if let Some(when) = &variant.when {
        text.push_str(&format!(": {when}"));
    }
    text.push('\n');
    let mut add = |label: &str, what: &str| text.push_str(&format!("  {label:<15} {what}\n"));
    if let Some(signed) = &variant.signed {
        add("string to sign", signed);
    }
    for demand in &variant.required {
        add("required", demand);
    }
    add("covers", &covers_text(&variant.covers));
    if !variant.joined.is_empty() {
        add("runs together", &variant.joined.join(", "));
    }
    for value in &variant.refused {
        add("refused", value);
    }
    if let Some(risk) = &variant.risk {
        add("risk", risk);
    }
    text
}

fn covers_text(covers: &Covers) -> String {
    let method = if covers.method { "yes" } else { "no" };
    let confidential = if covers.confidential {
        " · confidential"
    } else {
        ""
    };
    format!(
        "body {} · url {} · method {method} · timestamp {} · delivery_id {}{confidential}",
        covers.body.as_str(),
        covers.url.as_str(),
        covers.timestamp.as_str(),
        covers.delivery_id.as_str(),
    )
}

fn to_json(outcome: &Outcome) -> Value {
    match outcome {
        Ok(description) => {
            let variants = description.variants.iter().map(variant_json);
            json!({ "id": description.id, "variants": variants.collect::<Vec<_>>() })
        }
        Err(error) => json!({ "error": error }),
    }
}

fn variant_json(variant: &VariantDescription) -> Value {
    let covers = &variant.covers;
    json!({
        "when": variant.when,
        "signed": variant.signed,
        "required": variant.required,
        "covers": {
            "body": covers.body.as_str(),
            "url": covers.url.as_str(),
            "method": covers.method,
            "timestamp": covers.timestamp.as_str(),
            "delivery_id": covers.delivery_id.as_str(),
            "confidential": covers.confidential,
            "parts": covers.parts,
        },
        "joined": variant.joined,
        "refused": variant.refused,
        "risk": variant.risk,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_described_as_its_author_reads_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let described = ["standard-webhooks.toml", "twilio.toml"].map(|name| {
            let outcome = describe(&root.join("core/schemes").join(name)).unwrap();
            to_text(&(name.to_owned(), outcome))
        });
        let expected = fs::read_to_string(root.join("tests/scheme-language/described.txt"));
        assert_eq!(described.join("\n"), expected.unwrap());
    }

    #[test]
    fn only_the_closing_line_counts() {
        assert_eq!(closing_counts("DIFFERS  acme"), None);
        assert_eq!(closing_counts("{}"), None);
        let counts = closing_counts(r#"{"passed": 9, "failed": 0, "skipped": 1}"#).unwrap();
        assert_eq!((counts.passed, counts.failed, counts.skipped), (9, 0, 1));
    }

    #[test]
    fn a_fault_names_its_place() {
        let scheme = json!({"id": "acme", "title": "Acme", "docs": "https://acme.example",
            "status": "stable", "signature": {"algorithm": "rot13"}});
        let outcome = describe_scheme(&scheme.to_string()).map_err(|it| it.detail().to_owned());
        let text = to_text(&("acme.toml".to_owned(), outcome));
        assert!(
            text.starts_with("acme.toml: scheme: signature.algorithm: "),
            "{text}"
        );
    }
}
