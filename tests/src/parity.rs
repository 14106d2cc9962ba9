//! Compares the outcome files of all runners. The languages need not only
//! agree with the vectors, they must agree with each other in every fact, also
//! in those that no vector names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::outcomes::{Outcome, Outcomes};

/// One case on which the runners do not answer alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The case.
    pub case: String,
    /// What differs: `verdict`, or the name of a fact.
    pub what: String,
    /// The answer of each runner; `None` where it has none.
    pub answers: BTreeMap<String, Option<Value>>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} differs:", self.case, self.what)?;
        for (runner, answer) in &self.answers {
            match answer {
                Some(answer) => write!(f, " {runner}={answer}")?,
                None => write!(f, " {runner}=(none)")?,
            }
        }
        Ok(())
    }
}

/// All differences between runners, by case. A case that one runner did not
/// answer is a difference too.
#[must_use]
pub fn compare(runners: &BTreeMap<String, Outcomes>) -> Vec<Difference> {
    let cases: BTreeSet<&String> = runners.values().flat_map(BTreeMap::keys).collect();
    cases
        .into_iter()
        .flat_map(|case| compare_case(case, runners))
        .collect()
}

fn compare_case(case: &str, runners: &BTreeMap<String, Outcomes>) -> Vec<Difference> {
    let ask = |what: &str, answer: &dyn Fn(&Outcome) -> Option<Value>| {
        let answers: BTreeMap<_, _> = runners
            .iter()
            .map(|(runner, outcomes)| (runner.clone(), outcomes.get(case).and_then(answer)))
            .collect();
        let distinct = answers.values().collect::<Vec<_>>();
        let differ = distinct.windows(2).any(|pair| pair[0] != pair[1]);
        differ.then(|| Difference {
            case: case.to_owned(),
            what: what.to_owned(),
            answers,
        })
    };
    if let Some(difference) = ask("verdict", &|outcome| Some(outcome.as_str().into())) {
        return vec![difference];
    }
    let facts: BTreeSet<&String> = runners
        .values()
        .filter_map(|outcomes| match outcomes.get(case)? {
            Outcome::Verified { facts } => Some(facts.keys()),
            Outcome::Rejected { .. } => None,
        })
        .flatten()
        .collect();
    facts
        .into_iter()
        .filter_map(|name| {
            ask(name, &|outcome| match outcome {
                Outcome::Verified { facts } => facts.get(name).cloned(),
                Outcome::Rejected { .. } => None,
            })
        })
        .collect()
}
