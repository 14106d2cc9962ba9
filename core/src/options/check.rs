//! Whether a value is one that its option takes. A value may be a secret in the
//! wrong option, so none is quoted.

use crate::error::Error;
use crate::options::OptionValue;
use crate::options::fault::{wrong, wrong_kind};
use crate::options::schema::{OptionKind, OptionSpec, Range};

impl OptionSpec {
    /// # Errors
    /// What is wrong with the value, but for what is wrong with a secret: its
    /// keyring looks into that.
    pub(super) fn check(&self, value: &OptionValue) -> Result<(), Error> {
        let kind = |expected| Err(wrong_kind(&self.name, expected, value));
        match (&self.kind, value) {
            (OptionKind::Secret | OptionKind::PublicKey, _) => Ok(()),
            (OptionKind::OneSecret | OptionKind::TextOrBytes, value) => match value {
                OptionValue::Text(_) | OptionValue::Bytes(_) => Ok(()),
                _ => kind("a text or bytes"),
            },
            (OptionKind::Text, OptionValue::Text(_)) => Ok(()),
            (OptionKind::Text, _) => kind("a text"),
            (OptionKind::Texts, _) => self.check_texts(value, |_| Ok(())),
            (OptionKind::Choice(values), OptionValue::Text(text)) => {
                self.check_choice(values, text)
            }
            (OptionKind::Choice(_), _) => kind("a text"),
            (OptionKind::Choices(values), _) => {
                self.check_texts(value, |text| self.check_choice(values, text))
            }
            (OptionKind::Switch, OptionValue::Bool(_)) => Ok(()),
            (OptionKind::Switch, _) => kind("true or false"),
            (OptionKind::Rate(_), OptionValue::Text(text)) if text.as_str() == "*" => Ok(()),
            (
                OptionKind::Seconds(range) | OptionKind::Size(range) | OptionKind::Rate(range),
                OptionValue::Integer(number),
            ) => self.check_range(*range, *number),
            (OptionKind::Rate(_), _) => kind("a whole number, or *"),
            (OptionKind::Seconds(_) | OptionKind::Size(_), _) => kind("a whole number"),
            (
                OptionKind::KeySet { .. },
                OptionValue::Text(_) | OptionValue::Bytes(_) | OptionValue::Object(_),
            ) => Ok(()),
            (OptionKind::KeySet { .. }, _) => kind("a JSON text or an object"),
            (OptionKind::Claims | OptionKind::Group(_), OptionValue::Object(_)) => Ok(()),
            (OptionKind::Claims, _) => kind("an object of claims"),
            (OptionKind::Group(_), _) => kind("an object of options"),
        }
    }

    fn check_texts(
        &self,
        value: &OptionValue,
        check: impl Fn(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let list = match value {
            OptionValue::List(list) if list.is_empty() => {
                return Err(wrong(&self.name, "the list is empty"));
            }
            OptionValue::List(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        list.iter().try_for_each(|value| match value {
            OptionValue::Text(text) => check(text),
            other => Err(wrong_kind(&self.name, "texts", other)),
        })
    }

    fn check_choice(&self, values: &[String], text: &str) -> Result<(), Error> {
        if values.iter().any(|value| value == text) {
            return Ok(());
        }
        let what = match values {
            [only] => format!("expected {only}"),
            _ => format!("expected one of {}", values.join(", ")),
        };
        Err(wrong(&self.name, &what))
    }

    fn check_range(&self, range: Range, number: i64) -> Result<(), Error> {
        if number >= range.min && range.max.is_none_or(|max| number <= max) {
            return Ok(());
        }
        let unit = match self.kind {
            OptionKind::Seconds(_) => "seconds",
            OptionKind::Size(_) => "bytes",
            _ => "as a number, or *",
        };
        let what = match range.max {
            Some(max) => format!("expected {} to {max} {unit}", range.min),
            None => format!("expected at least {} {unit}", range.min),
        };
        Err(wrong(&self.name, &what))
    }
}
