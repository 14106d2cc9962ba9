//! Reading options by their schema. Reading consumes, and what nothing has read
//! is rejected: somebody believes that it does something.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, ErrorCode};
use crate::options::common::TOLERANCE;
use crate::options::fault::{wrong, wrong_kind};
use crate::options::nearest::nearest;
use crate::options::schema::{OptionKind, OptionSpec};
use crate::options::{OptionValue, Options};

/// Options on their way into what they configure.
#[must_use = "what was not read is rejected by `finish`"]
pub(crate) struct OptionReader {
    specs: Vec<OptionSpec>,
    /// What was not read yet.
    values: BTreeMap<String, OptionValue>,
    /// What was given, but for switches that are off.
    given: BTreeSet<String>,
    /// What an option lacks to do something, where a value decides that.
    lacking: BTreeMap<String, &'static str>,
}

impl Options {
    /// Begins to read. An unknown name is the first of all faults, since a
    /// misspelt one is also why another option is missing. `owner` is what takes
    /// the options.
    pub(crate) fn reader(self, specs: Vec<OptionSpec>, owner: &str) -> Result<OptionReader, Error> {
        let known: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
        let mut names = self.values.keys();
        if let Some(name) = names.find(|name| !known.contains(&name.as_str())) {
            return Err(unknown(name, &known, owner));
        }
        let is_off = |value: &OptionValue| matches!(value, OptionValue::Bool(false));
        let given = self.values.iter().filter(|(_, value)| !is_off(value));
        Ok(OptionReader {
            given: given.map(|(name, _)| name.clone()).collect(),
            values: self.values,
            specs,
            lacking: BTreeMap::new(),
        })
    }
}

impl OptionReader {
    /// Reads a value of whatever kind the option has.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<OptionValue>, Error> {
        let spec = self.spec(name)?;
        let Some(value) = self.values.get(name) else {
            return Ok(None);
        };
        spec.check(value)?;
        Ok(self.values.remove(name))
    }

    /// Reads one text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name)? {
            None => Ok(None),
            Some(OptionValue::Text(text)) => Ok(Some(text.as_str().to_owned())),
            Some(other) => Err(wrong_kind(name, "a text", &other)),
        }
    }

    /// Reads one text of those to choose from, or the default.
    pub(crate) fn choice(&mut self, name: &str) -> Result<Option<String>, Error> {
        if let Some(chosen) = self.text(name)? {
            return Ok(Some(chosen));
        }
        let default = self.spec(name)?.default.as_ref();
        Ok(default.and_then(|it| it.as_str()).map(str::to_owned))
    }

    /// Reads one text or a list of texts, at least one.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Error> {
        let list = match self.take(name)? {
            None => return Ok(None),
            Some(OptionValue::List(list)) => list,
            Some(one) => vec![one],
        };
        let text = |value: OptionValue| match value {
            OptionValue::Text(text) => Ok(text.as_str().to_owned()),
            other => Err(wrong_kind(name, "texts", &other)),
        };
        list.into_iter()
            .map(text)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Reads a switch, or its default.
    pub(crate) fn switch(&mut self, name: &str) -> Result<bool, Error> {
        if let Some(OptionValue::Bool(switch)) = self.take(name)? {
            return Ok(switch);
        }
        let default = self.spec(name)?.default.as_ref();
        Ok(default.and_then(|it| it.as_bool()).unwrap_or_default())
    }

    /// Reads a number within its range, or the default.
    pub(crate) fn number<N: TryFrom<i64>>(&mut self, name: &str) -> Result<Option<N>, Error> {
        let number = match self.take(name)? {
            Some(OptionValue::Integer(number)) => Some(number),
            _ => self.spec(name)?.default.as_ref().and_then(|it| it.as_i64()),
        };
        let fits = |number| N::try_from(number).map_err(|_| wrong(name, "is too large"));
        number.map(fits).transpose()
    }

    /// Reads a number that has a default.
    pub(crate) fn number_or_default<N: TryFrom<i64>>(&mut self, name: &str) -> Result<N, Error> {
        let number = self.number(name)?;
        number.ok_or_else(|| {
            let what = format!("option {name} is read as one with a default, and has none");
            Error::new(ErrorCode::Internal, what)
        })
    }

    /// Reads the options that the value of an option is made of.
    pub(crate) fn group(&mut self, name: &str) -> Result<Option<Self>, Error> {
        let Some(OptionValue::Object(values)) = self.take(name)? else {
            return Ok(None);
        };
        let members = match &self.spec(name)?.kind {
            OptionKind::Group(members) => members.clone(),
            _ => Vec::new(),
        };
        Options { values }
            .reader(members, &format!("option {name}"))
            .map(Some)
    }

    /// Notes what an option lacks that is not read for the value of another one.
    pub(crate) fn lacks(&mut self, name: &str, what: &'static str) {
        self.lacking.insert(name.to_owned(), what);
    }

    /// Rejects what nothing has read.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.values.keys().next() {
            None => Ok(()),
            Some(name) => Err(wrong(name, &self.why_idle(name)?)),
        }
    }

    fn why_idle(&self, name: &str) -> Result<String, Error> {
        let spec = self.spec(name)?;
        let is_given = |other: &&String| self.given.contains(*other);
        if let Some(other) = spec.excludes.iter().find(is_given) {
            return Ok(format!("does nothing beside {other}"));
        }
        if !spec.needs.is_empty() && !spec.needs.iter().any(|other| is_given(&other)) {
            return Ok(format!("does nothing without {}", spec.needs.join(" or ")));
        }
        Ok(match self.lacking.get(name) {
            Some(what) => format!("does nothing without {what}"),
            None => "does nothing beside the other options".to_owned(),
        })
    }

    fn spec(&self, name: &str) -> Result<&OptionSpec, Error> {
        let mut specs = self.specs.iter();
        specs.find(|spec| spec.name == name).ok_or_else(|| {
            let what = format!("option {name} is read, and no schema has it");
            Error::new(ErrorCode::Internal, what)
        })
    }
}

fn unknown(name: &str, known: &[&str], owner: &str) -> Error {
    if name == TOLERANCE {
        return wrong(
            TOLERANCE,
            "this scheme signs no timestamp, so there is no window",
        );
    }
    let meant = nearest(name, known.iter().copied());
    let meant = meant.map(|it| format!("; did you mean {it}?"));
    Error::configuration(format!(
        "option {} is unknown to {owner}{} allowed are {}",
        name.escape_debug(),
        meant.as_deref().unwrap_or(";"),
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(options: Options) -> OptionReader {
        let specs = vec![
            OptionSpec::new("first", OptionKind::Text, "the first"),
            OptionSpec::switch("second", "the second").needing(["first", "third"]),
            OptionSpec::switch("third", "the third").excluding(["first"]),
        ];
        options.reader(specs, "the test").unwrap()
    }

    #[test]
    fn what_was_read_is_gone_and_what_was_not_is_rejected() {
        let given = || Options::new().with("first", "x").with("second", true);
        let mut all_read = reader(given());
        assert_eq!(all_read.text("first").unwrap().as_deref(), Some("x"));
        assert!(all_read.switch("second").unwrap());
        assert_eq!(all_read.text("first").unwrap(), None);
        assert!(all_read.finish().is_ok());
        let mut one_read = reader(given());
        assert!(one_read.text("first").is_ok());
        let error = one_read.finish().unwrap_err();
        assert!(error.detail().starts_with("option second: does nothing"));
    }

    #[test]
    fn the_reason_is_what_stands_beside_it_or_does_not() {
        let idle = |options: Options| reader(options).finish().unwrap_err().detail().to_owned();
        let both = Options::new().with("third", true).with("second", true);
        for (options, expected) in [
            (
                Options::new().with("second", true),
                "option second: does nothing without first or third",
            ),
            // A switch that is off is as good as not given.
            (
                Options::new().with("second", true).with("third", false),
                "option second: does nothing without first or third",
            ),
            (both, "option second: does nothing beside the other options"),
        ] {
            assert_eq!(idle(options), expected);
        }
        let mut excluded = reader(Options::new().with("first", "x").with("third", true));
        assert!(excluded.text("first").is_ok());
        let error = excluded.finish().unwrap_err();
        assert_eq!(error.detail(), "option third: does nothing beside first");
        let mut lacking = reader(Options::new().with("third", true));
        lacking.lacks("third", "a reason");
        let error = lacking.finish().unwrap_err();
        assert_eq!(
            error.detail(),
            "option third: does nothing without a reason"
        );
    }

    #[test]
    fn nothing_is_read_that_no_schema_has() {
        let error = reader(Options::new()).take("fourth").unwrap_err();
        assert_eq!(error.code(), ErrorCode::Internal);
    }
}
