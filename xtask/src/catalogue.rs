//! The catalogue of schemes and their options as types, for what is generated of it.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// A scheme and its options.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Scheme {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) docs: String,
    pub(crate) options: Vec<OptionSpec>,
}

/// An option, see [`hookseal::schemes_json`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct OptionSpec {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    /// Whether all schemes take it.
    pub(crate) common: bool,
    /// What it is, without a full stop.
    pub(crate) help: String,
    pub(crate) default: Option<Value>,
    pub(crate) range: Option<Range>,
    /// Of a choice.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    /// Of a group.
    #[serde(default)]
    pub(crate) members: Vec<Self>,
    /// It does nothing unless one of these is given.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// It does nothing beside any of these.
    #[serde(default)]
    pub(crate) excludes: Vec<String>,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A text, bytes, a list of them, or an object of label and text or bytes.
    Secret,
    /// The same of what is no secret.
    PublicKey,
    /// A text or bytes.
    OneSecret,
    Text,
    TextOrBytes,
    /// A text or a list of texts.
    Texts,
    /// One of `values`.
    Choice,
    /// One of `values`, or a list of them.
    Choices,
    Switch,
    /// A whole number of seconds.
    Seconds,
    /// A whole number of bytes.
    Size,
    /// A whole number, or `*`.
    Rate,
    /// A JSON Web Key Set as JSON text, bytes or an object.
    KeySet,
    /// An object of claim and text, whole number, boolean, or a list of those.
    Claims,
    /// An object of `members`.
    Group,
}

/// Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Range {
    pub(crate) min: i64,
    pub(crate) max: Option<i64>,
}

impl OptionSpec {
    /// Of a common option: whether each scheme has a default of its own for it.
    pub(crate) fn has_own_default(&self) -> bool {
        self.common && self.default.as_ref().is_some_and(Value::is_number)
    }
}

/// All embedded schemes, sorted by id.
pub(crate) fn schemes() -> Result<Vec<Scheme>> {
    serde_json::from_str(hookseal::schemes_json()).context("the catalogue of schemes")
}

/// The options of a token issuer.
pub(crate) fn token_issuer_options() -> Result<Vec<OptionSpec>> {
    serde_json::from_str(hookseal::token_issuer_options_json())
        .context("the token issuer's options")
}

/// The options that all schemes take, each once: of `tolerance` without what only
/// one scheme says of it.
pub(crate) fn common_options(schemes: &[Scheme]) -> Vec<OptionSpec> {
    let mut common: Vec<OptionSpec> = Vec::new();
    for option in schemes.iter().flat_map(|scheme| &scheme.options) {
        if !option.common || common.iter().any(|known| known.name == option.name) {
            continue;
        }
        let mut option = option.clone();
        if option.has_own_default() {
            (option.default, option.range) = (None, None);
            option.needs.clear();
        }
        common.push(option);
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_catalogue_has_these_types() {
        let schemes = schemes().unwrap();
        assert!(schemes.len() > 10);
        let common = common_options(&schemes);
        assert!(common.iter().any(|option| option.name == "public_url"));
        assert!(token_issuer_options().unwrap().len() > 2);
    }
}
