//! The judgement on all answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::answer::Answer;
use super::carry::Reason;
use super::refusals::Refusal;
use super::{Probe, Run, Suite};
use crate::outcomes::Outcome;

/// How many failures are shown before the rest is only counted.
const SHOWN: usize = 60;

/// What the run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Answers that are as they must be, one for each request and framework,
    /// and checks of each framework.
    pub passed: usize,
    /// The others, each as a sentence.
    pub failures: Vec<String>,
    frameworks: usize,
    requests: usize,
    entries: usize,
    refused: BTreeMap<String, usize>,
    joined: BTreeMap<String, usize>,
    not_carried: BTreeMap<Reason, Vec<String>>,
}

pub(super) fn judge(suite: &Suite, runs: &[Run]) -> Report {
    let mut report = Report {
        frameworks: runs.len(),
        requests: suite.probes.len(),
        entries: suite.webhooks.len(),
        failures: suite.unmet.clone(),
        ..Report::default()
    };
    for (name, reason) in &suite.not_carried {
        let names = report.not_carried.entry(*reason).or_default();
        names.push(name.clone());
    }
    for run in runs {
        report.judge_run(run, &suite.probes);
    }
    report.judge_agreement(runs, &suite.probes);
    report
}

impl Report {
    fn note(&mut self, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(sentence) => self.failures.push(sentence),
        }
    }

    fn judge_run(&mut self, run: &Run, probes: &[Probe]) {
        let framework = run.framework.as_str();
        let mut exercised = BTreeSet::new();
        for (probe, answer) in probes.iter().zip(&run.answers) {
            let listed = Refusal::of(framework, &probe.request);
            if let Some(refusal) = listed {
                exercised.insert(refusal.kind);
                *self.refused.entry(refusal.to_string()).or_default() += 1;
            }
            let expected = probe.expected_of(framework);
            if *expected != probe.expected {
                *self.joined.entry(framework.to_owned()).or_default() += 1;
            }
            let outcome = judge_answer(expected, answer, listed);
            self.note(outcome.map_err(|why| format!("{framework}, {}: {why}", probe.name)));
        }
        for refusal in Refusal::listed(framework) {
            if !exercised.contains(refusal.kind) {
                self.note(Err(format!("no request shows that {refusal}")));
            }
        }
        for (name, outcome) in &run.checks {
            self.note(
                outcome
                    .clone()
                    .map_err(|why| format!("{framework}, {name}: {why}")),
            );
        }
        self.judge_rejections(run, probes);
    }

    /// Within a framework, no two rejections of a status may be told apart.
    fn judge_rejections(&mut self, run: &Run, probes: &[Probe]) {
        let mut seen = BTreeMap::new();
        for (probe, answer) in probes.iter().zip(&run.answers) {
            if let Answer::Verdict(Outcome::Rejected { code, .. }, rejection) = answer
                && code != "configuration"
            {
                let of_status: &mut BTreeMap<_, _> = seen.entry(rejection.status).or_default();
                of_status.entry(rejection).or_insert((code, &probe.name));
            }
        }
        for (status, variants) in seen {
            let outcome = match variants.len() {
                1 => Ok(()),
                _ => Err(format!(
                    "{}: rejections with {status} differ: {variants:?}",
                    run.framework
                )),
            };
            self.note(outcome);
        }
    }

    /// All frameworks that see the same request must agree, also where the
    /// expectation itself is wrong.
    fn judge_agreement(&mut self, runs: &[Run], probes: &[Probe]) {
        for (number, probe) in probes.iter().enumerate() {
            let verdicts: Vec<(&str, &Outcome)> = runs
                .iter()
                .filter(|run| *probe.expected_of(&run.framework) == probe.expected)
                .filter_map(|run| match run.answers.get(number) {
                    Some(Answer::Verdict(outcome, _)) => Some((run.framework.as_str(), outcome)),
                    _ => None,
                })
                .collect();
            if verdicts.windows(2).any(|pair| pair[0].1 != pair[1].1) {
                let each: Vec<_> = verdicts
                    .iter()
                    .map(|(framework, outcome)| format!("{framework}: {}", outcome.as_str()))
                    .collect();
                self.note(Err(format!(
                    "{}: they disagree: {}",
                    probe.name,
                    each.join("; ")
                )));
            }
        }
    }
}

fn judge_answer(
    expected: &Outcome,
    answer: &Answer,
    listed: Option<&Refusal>,
) -> Result<(), String> {
    match (answer, listed) {
        (Answer::Refused(status), Some(refusal)) if *status == refusal.status => Ok(()),
        (Answer::Refused(status), _) => Err(format!(
            "the server itself answers it with {status}, which is not listed"
        )),
        (Answer::Broken(why), _) => Err(why.clone()),
        (Answer::Verdict(..), Some(refusal)) => Err(format!(
            "it is answered, although it is listed that {refusal}"
        )),
        (Answer::Verdict(outcome, _), None) if outcome == expected => Ok(()),
        (Answer::Verdict(outcome, _), None) => Err(difference(expected, outcome)),
    }
}

/// What sets two verdicts apart.
pub(super) fn difference(expected: &Outcome, outcome: &Outcome) -> String {
    let (Outcome::Verified { facts: expected }, Outcome::Verified { facts }) = (expected, outcome)
    else {
        return if outcome.as_str() == expected.as_str() {
            format!(
                "answered with {:?} instead of {:?}",
                outcome.answer(),
                expected.answer()
            )
        } else {
            format!("{} instead of {}", outcome.as_str(), expected.as_str())
        };
    };
    let names: BTreeSet<&String> = expected.keys().chain(facts.keys()).collect();
    let differing: Vec<_> = names
        .into_iter()
        .filter(|name| expected.get(*name) != facts.get(*name))
        .map(|name| {
            format!(
                "{name} is {:?} instead of {:?}",
                facts.get(name),
                expected.get(name)
            )
        })
        .collect();
    format!("facts differ: {}", differing.join(", "))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "e2e: {} requests of {} entries to each of {} frameworks",
            self.requests, self.entries, self.frameworks
        )?;
        for (refusal, count) in &self.refused {
            writeln!(f, "e2e: as listed, {refusal}: {count} requests")?;
        }
        for (framework, count) in &self.joined {
            writeln!(
                f,
                "e2e: {framework} joins repeated headers, which makes another answer right: \
                 {count} requests"
            )?;
        }
        for (reason, names) in &self.not_carried {
            let (twins, cases): (Vec<&String>, Vec<_>) =
                names.iter().partition(|name| name.contains('~'));
            writeln!(
                f,
                "e2e: not carried, {reason}: {} cases and {} twins of such: {cases:?}",
                cases.len(),
                twins.len()
            )?;
        }
        // A twin fails mostly for the reason of its original, which tells more.
        let (twins, originals): (Vec<&String>, Vec<_>) =
            self.failures.iter().partition(|name| name.contains('~'));
        for failure in originals.into_iter().chain(twins).take(SHOWN) {
            writeln!(f, "e2e: FAILED  {failure}")?;
        }
        if let Some(hidden) = self.failures.len().checked_sub(SHOWN + 1) {
            writeln!(f, "e2e: … and {} more failures", hidden + 1)?;
        }
        let not_carried: usize = self.not_carried.values().map(Vec::len).sum();
        write!(
            f,
            "e2e: {} passed, {} failed; {not_carried} cases not carried by HTTP",
            self.passed,
            self.failures.len()
        )
    }
}
