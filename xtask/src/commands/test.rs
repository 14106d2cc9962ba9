//! `cargo xtask test`: sets everything up, then runs everything.
//!
//! A part that fails does not stop the others: one run shows all there is to
//! see, and the sum at its end counts every failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use conformance::e2e::{Receiver, Suite};
use conformance::format::{VectorFolder, committed_folder};
use conformance::{outcomes, parity, write};

use super::{announce_missing, cargo, heading, select};
use crate::language::{Counts, Language, Vectors, Workspace};
use crate::output;
use crate::service::Service;
use crate::signers::SIGNERS;
use crate::summary::Summary;

pub(crate) fn run(workspace: &Workspace, require_all: bool, names: &[String]) -> Result<ExitCode> {
    let mut summary = Summary::default();
    let mut languages = Vec::new();
    for language in select(names)? {
        match language.missing_tool() {
            None => languages.push(language),
            Some(sentence) if require_all => bail!("{}: {sentence}", language.name()),
            Some(sentence) => {
                announce_missing(language.as_ref(), &sentence);
                summary.skipped(language.name(), &sentence);
            }
        }
    }
    let places = Places::prepare(workspace)?;

    heading("core");
    summary.record("core", core(workspace, &places, names.is_empty()));
    languages.retain(|language| {
        heading(&format!("dist {}", language.name()));
        let built = language.dist(workspace);
        if let Err(error) = &built {
            println!("{error:#}");
            summary.broken(&format!("dist {}", language.name()), error);
        }
        built.is_ok()
    });
    for language in &languages {
        heading(&format!("test {}", language.name()));
        let counts = language.test(workspace, &places.vectors(language.name()));
        summary.record(language.name(), counts);
    }
    heading("parity of the runners");
    summary.record("parity", compare_outcomes(&places, &languages));
    heading("end to end over HTTP");
    let counts = end_to_end(workspace, &places, &languages, &mut summary);
    summary.record("e2e", counts);

    summary.print();
    Ok(if summary.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where the vectors and the outcomes of this run lie.
struct Places {
    vectors: PathBuf,
    outcomes: PathBuf,
}

impl Places {
    /// Writes the vectors with their tampered twins and removes the outcomes of
    /// an earlier run, which must not pass for those of this one.
    fn prepare(workspace: &Workspace) -> Result<Self> {
        let target = workspace.root.join("target");
        let places = Self {
            vectors: target.join("vectors"),
            outcomes: target.join("outcomes"),
        };
        let written = write::write_all(&committed_folder(), &places.vectors)?;
        println!("vectors: {} cases and {} twins", written.cases, written.twins);
        if places.outcomes.exists() {
            fs::remove_dir_all(&places.outcomes).context("cannot remove earlier outcomes")?;
        }
        fs::create_dir_all(&places.outcomes).context("cannot make the folder of outcomes")?;
        Ok(places)
    }

    fn vectors(&self, runner: &str) -> Vectors {
        Vectors {
            folder: self.vectors.clone(),
            outcomes: self.outcomes.join(format!("{runner}.json")),
        }
    }
}

/// The tests in Rust: all of them, or where languages are named only the
/// core's vector runner, with whose outcomes theirs are compared.
fn core(workspace: &Workspace, places: &Places, all: bool) -> Result<Counts> {
    let mut command = cargo(workspace);
    command.arg("test");
    if all {
        command.arg("--workspace");
    } else {
        command.args(["--package", "conformance"]);
    }
    command.arg("--no-fail-fast");
    output::cargo_test(places.vectors("core").apply(&mut command))
}

/// All runners against each other, case by case, fact by fact.
fn compare_outcomes(places: &Places, languages: &[Box<dyn Language>]) -> Result<Counts> {
    let mut runners = BTreeMap::new();
    for runner in ["core"].into_iter().chain(languages.iter().map(|language| language.name())) {
        let outcomes = outcomes::read(&places.vectors(runner).outcomes)?;
        println!("{runner}: {} outcomes", outcomes.len());
        runners.insert(runner.to_owned(), outcomes);
    }
    let cases = runners.values().map(BTreeMap::len).max().unwrap_or(0);
    let differences = parity::compare(&runners);
    for difference in &differences {
        println!("PARITY  {difference}");
    }
    let differing: BTreeSet<_> =
        differences.iter().map(|difference| &difference.case).collect();
    println!(
        "parity: {cases} cases, {} runners, {} differing",
        runners.len(),
        differing.len()
    );
    Ok(Counts {
        passed: cases - differing.len(),
        failed: differing.len(),
        skipped: 0,
    })
}

/// Every case through every framework.
fn end_to_end(
    workspace: &Workspace,
    places: &Places,
    languages: &[Box<dyn Language>],
    summary: &mut Summary,
) -> Result<Counts> {
    let mut suite = Suite::new()?;
    for case in VectorFolder::read(&places.vectors)?.cases() {
        suite.add(case)?;
    }
    for signer in SIGNERS {
        if let Some(tool) = signer.missing_tool() {
            summary.skipped(signer.name, &format!("{tool} is missing"));
            continue;
        }
        let file = signer.sign(workspace).context(signer.name)?;
        println!("{}: {} deliveries signed", signer.name, file.count);
        for case in &file.cases {
            suite.add(case)?;
        }
    }

    let folder = workspace.scratch("e2e");
    fs::create_dir_all(&folder)?;
    let webhooks = folder.join("webhooks.json");
    fs::write(&webhooks, suite.webhooks_json()).context("cannot write the entries")?;
    let mut services = Vec::new();
    for language in languages {
        for framework in language.frameworks() {
            let mut command = language
                .receiver(workspace, framework)
                .with_context(|| format!("the receiver {framework}"))?;
            command.env("HOOKSEAL_WEBHOOKS", &webhooks);
            let name = format!("receiver-{framework}");
            services.push((*framework, Service::start(workspace, &name, command, None)?));
        }
    }
    let mut receivers = Vec::new();
    for (framework, service) in &mut services {
        service.wait_until_ready()?;
        receivers.push(Receiver {
            framework: (*framework).to_owned(),
            address: service.address(),
        });
    }
    let report = suite.run(&receivers);
    println!("{report}");
    Ok(Counts {
        passed: report.passed,
        failed: report.failures.len(),
        skipped: 0,
    })
}
