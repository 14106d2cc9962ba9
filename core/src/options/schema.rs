//! What an option is: its name, what it takes, and what it stands beside. All
//! that is said about options anywhere is made of this: the errors, the
//! catalogue, the tables of the documentation and the types of each language.

use serde_json::{Map, Value, json};

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OptionSpec {
    pub(crate) name: String,
    pub(crate) kind: OptionKind,
    /// Without it nothing can be made, whatever else is given.
    pub(crate) is_required: bool,
    /// It is one of those that every scheme takes.
    pub(crate) is_common: bool,
    /// What counts where the option is not given, if that is one value.
    pub(crate) default: Option<Value>,
    /// It does nothing unless one of these is given as well.
    pub(crate) needs: Vec<String>,
    /// It does nothing beside any of these.
    pub(crate) excludes: Vec<String>,
    pub(crate) help: String,
}

/// What an option takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OptionKind {
    /// A secret, several, or several with a label each; a text or bytes.
    Secret,
    /// One secret; a text or bytes.
    OneSecret,
    /// The same as a secret, and none.
    PublicKey,
    Text,
    TextOrBytes,
    /// A text or several.
    Texts,
    /// One of these texts.
    Choice(Vec<String>),
    /// One of these texts or several.
    Choices(Vec<String>),
    Switch,
    /// A whole number of seconds.
    Seconds(Range),
    /// A whole number of bytes.
    Size(Range),
    /// A whole number, or `*` for any.
    Rate(Range),
    /// A JSON Web Key Set, as JSON text, bytes or an object.
    KeySet {
        /// Keys that sign may stand in it, and those are secrets.
        may_hold_secrets: bool,
    },
    /// An object of claims: a text, a whole number or a boolean each, or a list of
    /// those.
    Claims,
    /// An object of further options.
    Group(Vec<OptionSpec>),
}

/// The numbers that an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) min: i64,
    pub(crate) max: Option<i64>,
}

impl OptionSpec {
    pub(crate) fn new(name: &str, kind: OptionKind, help: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            is_required: false,
            is_common: false,
            default: None,
            needs: Vec::new(),
            excludes: Vec::new(),
            help: help.into(),
        }
    }

    /// One that is off where it is not given.
    pub(crate) fn switch(name: &str, help: impl Into<String>) -> Self {
        Self::new(name, OptionKind::Switch, help).with_default(false)
    }

    pub(crate) fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    pub(crate) fn with_default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// The same, if there is one.
    pub(crate) fn with_any_default(self, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with_default(value),
            None => self,
        }
    }

    /// The texts that count where the option is not given, if there are any.
    pub(crate) fn with_default_texts(self, texts: &[String]) -> Self {
        self.with_any_default((!texts.is_empty()).then_some(texts))
    }

    pub(crate) fn needing<T: ToString>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.needs
            .extend(names.into_iter().map(|it| it.to_string()));
        self
    }

    pub(crate) fn excluding<T: ToString>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.excludes
            .extend(names.into_iter().map(|it| it.to_string()));
        self
    }

    /// Whether the value must not be shown to anybody.
    pub(crate) const fn is_secret(&self) -> bool {
        match self.kind {
            OptionKind::Secret | OptionKind::OneSecret => true,
            OptionKind::KeySet { may_hold_secrets } => may_hold_secrets,
            _ => false,
        }
    }

    /// The entry of the catalogue, as [`schemes_json`](crate::schemes_json) tells.
    pub(crate) fn to_json(&self) -> Value {
        let mut entry = Map::new();
        let mut set = |name: &str, value: Value| drop(entry.insert(name.to_owned(), value));
        set("name", json!(self.name));
        set("kind", json!(self.kind.name()));
        set("required", json!(self.is_required));
        set("secret", json!(self.is_secret()));
        set("group", json!(matches!(self.kind, OptionKind::Group(_))));
        set("common", json!(self.is_common));
        if let Some(default) = &self.default {
            set("default", default.clone());
        }
        if let Some(range) = self.kind.range() {
            set("range", range.to_json());
        }
        match &self.kind {
            OptionKind::Choice(values) | OptionKind::Choices(values) => {
                set("values", json!(values));
            }
            OptionKind::Group(members) => {
                set("members", members.iter().map(Self::to_json).collect());
            }
            _ => {}
        }
        for (name, others) in [("needs", &self.needs), ("excludes", &self.excludes)] {
            if !others.is_empty() {
                set(name, json!(others));
            }
        }
        set("help", json!(self.help));
        Value::Object(entry)
    }
}

impl OptionKind {
    /// What the catalogue calls it.
    const fn name(&self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::OneSecret => "one_secret",
            Self::PublicKey => "public_key",
            Self::Text => "text",
            Self::TextOrBytes => "text_or_bytes",
            Self::Texts => "texts",
            Self::Choice(_) => "choice",
            Self::Choices(_) => "choices",
            Self::Switch => "switch",
            Self::Seconds(_) => "seconds",
            Self::Size(_) => "size",
            Self::Rate(_) => "rate",
            Self::KeySet { .. } => "key_set",
            Self::Claims => "claims",
            Self::Group(_) => "group",
        }
    }

    const fn range(&self) -> Option<Range> {
        match self {
            Self::Seconds(range) | Self::Size(range) | Self::Rate(range) => Some(*range),
            _ => None,
        }
    }
}

impl Range {
    pub(crate) const fn new(min: i64, max: i64) -> Self {
        Self {
            min,
            max: Some(max),
        }
    }

    pub(crate) const fn from(min: i64) -> Self {
        Self { min, max: None }
    }

    fn to_json(self) -> Value {
        match self.max {
            Some(max) => json!({"min": self.min, "max": max}),
            None => json!({"min": self.min}),
        }
    }
}
