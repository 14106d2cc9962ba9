//! A choice between known values: an option names one of several sets of texts,
//! which other texts of the file mention as `{name}`. The clouds of one vendor
//! are such sets.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Error;
use crate::options::OptionReader;
use crate::scheme::reader::{self, SchemeError, map, object};

/// What an option chooses between.
#[derive(Debug)]
pub(crate) struct PresetSection {
    /// The option; a text.
    pub(crate) option: String,
    /// What is chosen; shown in the catalogue.
    pub(crate) hint: String,
    /// The choice where the option is not given.
    pub(crate) default: String,
    /// By choice, texts by name. Where one has no text that another has, what
    /// mentions it is not known for that choice, and an option must say it.
    pub(crate) values: BTreeMap<String, BTreeMap<String, String>>,
}

/// Texts that others mention by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constants {
    /// Without a value the name is known, but not what it stands for.
    by_name: BTreeMap<String, Option<String>>,
}

impl PresetSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                option: fields.required("option", reader::text)?,
                hint: fields.required("hint", reader::text)?,
                default: fields.required("default", reader::text)?,
                values: fields.required("values", |value| {
                    map(value, |value| map(value, reader::text))
                })?,
            })
        })
    }

    /// The names of the choices.
    pub(crate) fn choices(&self) -> String {
        let names: Vec<&str> = self.values.keys().map(String::as_str).collect();
        names.join(", ")
    }

    /// The texts of one choice; `None` where there is none of that name.
    pub(crate) fn constants(&self, choice: &str) -> Option<Constants> {
        let chosen = self.values.get(choice)?;
        let names = self.values.values().flat_map(BTreeMap::keys);
        Some(Constants {
            by_name: names
                .map(|name| (name.clone(), chosen.get(name).cloned()))
                .collect(),
        })
    }
}

impl Constants {
    /// Takes the option of the preset.
    pub(crate) fn choose(
        preset: Option<&PresetSection>,
        options: &mut OptionReader,
    ) -> Result<Self, Error> {
        let Some(preset) = preset else {
            return Ok(Self::default());
        };
        let choice = options.choice(&preset.option)?;
        let choice = choice.as_deref().unwrap_or(&preset.default);
        Ok(preset.constants(choice).unwrap_or_default())
    }

    /// Adds a text, or replaces it.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.by_name.insert(name.to_owned(), Some(value));
    }

    /// The text with what it mentions in its place; `None` where that is not
    /// known.
    pub(crate) fn fill(&self, text: &str) -> Option<String> {
        let mut filled = text.to_owned();
        for (name, value) in &self.by_name {
            let mention = format!("{{{name}}}");
            if filled.contains(&mention) {
                filled = filled.replace(&mention, value.as_deref()?);
            }
        }
        Some(filled)
    }

    /// Those of the texts that are known.
    pub(crate) fn fill_all(&self, texts: &[String]) -> Vec<String> {
        texts.iter().filter_map(|text| self.fill(text)).collect()
    }
}
