//! `cargo xtask test`: sets everything up, then runs everything.
//!
//! A part that fails does not stop the others: one run shows all there is to
//! see, and the sum at its end counts every failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result, bail};
use conformance::e2e::{Receiver, Suite};
use conformance::format::{VectorFolder, committed_folder};
use conformance::mutate::twins_of_file;
use conformance::{outcomes, parity, write};

use super::{announce_missing, cargo, heading, readme, scheme, select};
use crate::language::{Counts, Language, Vectors, Workspace};
use crate::native;
use crate::output;
use crate::packages;
use crate::proxies::PROXIES;
use crate::service::Service;
use crate::signers::SIGNERS;
use crate::summary::Summary;

pub(crate) fn run(workspace: &Workspace, require_all: bool, names: &[String]) -> Result<ExitCode> {
    let mut summary = Summary::new(require_all);
    let mut languages = present(names, require_all, &mut summary)?;
    let places = Places::prepare(workspace)?;

    // Linking a library takes one processor for minutes, and so do these tests.
    let crates: Vec<&str> = languages
        .iter()
        .filter_map(|it| it.native_crate())
        .collect();
    thread::scope(|scope| {
        scope.spawn(|| {
            for name in &crates {
                native::build_ahead(workspace, name);
            }
        });
        heading("core");
        summary.record("core", core(workspace, &places, names.is_empty()));
        heading("scheme language");
        scheme::compare(workspace, &mut summary);
    });
    build(workspace, &mut languages, &mut summary);
    heading("packages");
    summary.record("packages", check_packages(workspace, &languages));
    for language in &languages {
        heading(&format!("test {}", language.name()));
        let counts = language.test(workspace, &places.vectors(language.name()));
        summary.record(language.name(), counts);
    }
    heading("parity of the runners");
    let counts = compare_outcomes(&places, &languages, &mut summary);
    summary.record("parity", counts);
    heading("end to end over HTTP");
    let counts = end_to_end(workspace, &places, &languages, &mut summary);
    summary.record("e2e", counts);
    readme::run(workspace, &languages, &mut summary);
    if names.is_empty() {
        heading("demo");
        summary.record("demo", readme::run_demo(workspace));
    }
    Ok(summary.conclude())
}

/// `cargo xtask e2e`: the last part alone.
pub(crate) fn run_e2e(workspace: &Workspace, names: &[String]) -> Result<ExitCode> {
    let mut summary = Summary::default();
    let mut languages = present(names, false, &mut summary)?;
    let places = Places::prepare(workspace)?;
    build(workspace, &mut languages, &mut summary);
    let counts = end_to_end(workspace, &places, &languages, &mut summary);
    summary.record("e2e", counts);
    Ok(summary.conclude())
}

/// `cargo xtask readme`: the programs of the first page alone.
pub(crate) fn run_readme(workspace: &Workspace, names: &[String]) -> Result<ExitCode> {
    let mut summary = Summary::default();
    let mut languages = present(names, false, &mut summary)?;
    build(workspace, &mut languages, &mut summary);
    readme::run(workspace, &languages, &mut summary);
    Ok(summary.conclude())
}

/// The languages whose toolchain is here. One that is missing is a skip, or an
/// error where all are required.
fn present(
    names: &[String],
    require_all: bool,
    summary: &mut Summary,
) -> Result<Vec<Box<dyn Language>>> {
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
    Ok(languages)
}

/// Builds the packages; a language whose packages cannot be built fails and
/// takes no further part.
fn build(workspace: &Workspace, languages: &mut Vec<Box<dyn Language>>, summary: &mut Summary) {
    languages.retain(|language| {
        heading(&format!("dist {}", language.name()));
        let built = language.dist(workspace);
        if let Err(error) = &built {
            println!("{error:#}");
            summary.broken(&format!("dist {}", language.name()), error);
        }
        built.is_ok()
    });
}

/// What each package must hold, whatever its language.
fn check_packages(workspace: &Workspace, languages: &[Box<dyn Language>]) -> Result<Counts> {
    let mut counts = Counts::default();
    for language in languages {
        counts += packages::check(workspace, &language.packages(workspace)?)?;
    }
    Ok(counts)
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
        println!(
            "vectors: {} cases and {} twins",
            written.cases, written.twins
        );
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
fn compare_outcomes(
    places: &Places,
    languages: &[Box<dyn Language>],
    summary: &mut Summary,
) -> Result<Counts> {
    let names = languages.iter().map(|language| language.name());
    let mut runners = BTreeMap::new();
    for runner in ["core"].into_iter().chain(names) {
        match outcomes::read(&places.vectors(runner).outcomes) {
            Ok(outcomes) => {
                println!("{runner}: {} outcomes", outcomes.len());
                runners.insert(runner.to_owned(), outcomes);
            }
            Err(error) => summary.broken(&format!("outcomes of {runner}"), &error.into()),
        }
    }
    let cases = runners.values().map(BTreeMap::len).max().unwrap_or(0);
    let differences = parity::compare(&runners);
    for difference in &differences {
        println!("PARITY  {difference}");
    }
    let differing: BTreeSet<_> = differences
        .iter()
        .map(|difference| &difference.case)
        .collect();
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
    let frameworks = languages.iter().flat_map(|language| language.frameworks());
    suite.add_remote_keys(&frameworks.copied().collect::<Vec<_>>())?;
    for case in VectorFolder::read(&places.vectors)?.cases() {
        suite.add(case)?;
    }
    for signer in SIGNERS {
        if let Some(tool) = signer.missing_tool() {
            summary.skipped(signer.name, &format!("{tool} is missing"));
            continue;
        }
        let file = signer.sign(workspace).context(signer.name)?;
        let twins = twins_of_file(&file)?;
        println!(
            "{}: {} deliveries, {} twins",
            signer.name, file.count, twins.count
        );
        for case in file.cases.iter().chain(&twins.cases) {
            suite.add(case)?;
        }
    }

    let folder = workspace.scratch("e2e");
    fs::create_dir_all(&folder)?;
    let webhooks = folder.join("webhooks.json");
    fs::write(&webhooks, suite.webhooks_json()).context("cannot write the entries")?;
    let services = start_receivers(workspace, &webhooks, languages, summary);
    if services.is_empty() {
        bail!("there is no receiver to send anything to");
    }
    let mut receivers: Vec<Receiver> = services
        .iter()
        .map(|(framework, service)| Receiver {
            framework: (*framework).to_owned(),
            address: service.address(),
            proxies: Vec::new(),
        })
        .collect();
    let proxies = start_proxies(workspace, &mut receivers, summary)?;
    let report = suite.run(&receivers);
    drop(proxies);
    println!("{report}");
    Ok(Counts {
        passed: report.passed,
        failed: report.failures.len(),
        skipped: 0,
    })
}

/// Puts each proxy that is installed in front of all receivers.
fn start_proxies(
    workspace: &Workspace,
    receivers: &mut [Receiver],
    summary: &mut Summary,
) -> Result<Vec<Service>> {
    let servers: Vec<_> = receivers.iter().map(|receiver| receiver.address).collect();
    let mut services = Vec::new();
    for proxy in PROXIES {
        if !proxy.is_installed() {
            summary.skipped(proxy.name, "it is not installed; receivers run without it");
            continue;
        }
        let (service, routes) = proxy.start(workspace, &servers).context(proxy.name)?;
        services.push(service);
        for (receiver, route) in receivers.iter_mut().zip(routes) {
            receiver.proxies.push((proxy.name, route.address()));
        }
    }
    Ok(services)
}

/// Starts the receivers of all frameworks side by side. One that does not start
/// is a failure of its own; the others go on.
fn start_receivers(
    workspace: &Workspace,
    webhooks: &Path,
    languages: &[Box<dyn Language>],
    summary: &mut Summary,
) -> Vec<(&'static str, Service)> {
    let start = |language: &dyn Language, framework: &str| {
        let mut command = language.receiver(workspace, framework)?;
        command.env("HOOKSEAL_WEBHOOKS", webhooks);
        Service::start(workspace, &format!("receiver-{framework}"), command, None)
    };
    let mut started = Vec::new();
    for language in languages {
        for &framework in language.frameworks() {
            started.push((framework, start(language.as_ref(), framework)));
        }
    }
    let mut ready = Vec::new();
    for (framework, service) in started {
        let service = service.and_then(|mut service| {
            service.wait_until_ready()?;
            Ok(service)
        });
        match service {
            Ok(service) => ready.push((framework, service)),
            Err(error) => {
                println!("{error:#}");
                summary.broken(&format!("receiver {framework}"), &error);
            }
        }
    }
    ready
}
