//! Options by the kind of their value, and what is wrong with them.

use crate::error::Error;
use crate::options::{OptionValue, Options, TOLERANCE};

impl Options {
    /// Takes one text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(OptionValue::Text(text)) => Ok(Some(text.as_str().to_owned())),
            Some(other) => Err(wrong_kind(name, "a text", &other)),
        }
    }

    /// Takes one text or a list of texts, at least one.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Error> {
        let list = match self.take(name) {
            None => return Ok(None),
            Some(OptionValue::List(list)) => list,
            Some(one) => vec![one],
        };
        if list.is_empty() {
            return Err(wrong(name, "the list is empty"));
        }
        let text = |value: OptionValue| match value {
            OptionValue::Text(text) => Ok(text.as_str().to_owned()),
            other => Err(wrong_kind(name, "texts", &other)),
        };
        list.into_iter()
            .map(text)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Takes a whole number.
    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(OptionValue::Integer(number)) => Ok(Some(number)),
            Some(other) => Err(wrong_kind(name, "a whole number", &other)),
        }
    }

    /// Takes a switch that is off where it is not set.
    pub(crate) fn switch(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.switch_if_set(name)?.unwrap_or(false))
    }

    /// Takes a switch.
    pub(crate) fn switch_if_set(&mut self, name: &str) -> Result<Option<bool>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(OptionValue::Bool(switch)) => Ok(Some(switch)),
            Some(other) => Err(wrong_kind(name, "true or false", &other)),
        }
    }

    /// Takes an option whose value is an object of further options.
    pub(crate) fn group(&mut self, name: &str) -> Result<Option<Self>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(OptionValue::Object(values)) => Ok(Some(Self { values })),
            Some(other) => Err(wrong_kind(name, "an object of options", &other)),
        }
    }

    /// Takes the option `tolerance`, seconds of at most `longest`.
    pub(crate) fn tolerance(&mut self, longest: u32) -> Result<Option<u32>, Error> {
        let Some(seconds) = self.integer(TOLERANCE)? else {
            return Ok(None);
        };
        u32::try_from(seconds)
            .ok()
            .filter(|&seconds| seconds <= longest)
            .map(Some)
            .ok_or_else(|| wrong(TOLERANCE, &format!("expected 0 to {longest} seconds")))
    }

    /// Rejects an option that nothing reads.
    pub(crate) fn check_names(&self, known: &[&str], place: &str) -> Result<(), Error> {
        match self.names().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(unknown) => Err(Error::configuration(format!(
                "option {} is unknown to {place}; allowed are {}",
                unknown.escape_debug(),
                known.join(", ")
            ))),
        }
    }

    /// Rejects options of a part of the scheme that is not in use, since somebody
    /// believes that they do something.
    pub(crate) fn reject_idle<'n>(
        &self,
        idle: impl IntoIterator<Item = &'n str>,
        needed: &str,
    ) -> Result<(), Error> {
        let given = |name: &&str| self.names().any(|given| given == *name);
        match idle.into_iter().find(given) {
            None => Ok(()),
            Some(name) => Err(wrong(name, &format!("does nothing without {needed}"))),
        }
    }
}

/// What is wrong with an option.
pub(crate) fn wrong(name: &str, what: &str) -> Error {
    Error::configuration(format!("option {name}: {what}"))
}

pub(crate) fn wrong_kind(name: &str, expected: &str, value: &OptionValue) -> Error {
    wrong(name, &format!("expected {expected}, not {}", value.kind()))
}
