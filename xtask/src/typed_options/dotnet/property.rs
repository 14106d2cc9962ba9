//! One option as a property.

use super::docs::{self, Scope};
use super::names::singular;
use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::pascal_case;

pub(super) struct Property<'s> {
    pub(super) option: &'s OptionSpec,
    pub(super) name: String,
    /// The start of the names of types that belong to it.
    prefix: String,
}

impl<'s> Property<'s> {
    pub(super) fn new(prefix: &str, option: &'s OptionSpec) -> Self {
        Self {
            option,
            name: pascal_case(&option.name),
            prefix: prefix.to_owned(),
        }
    }

    /// A setting that is missing must not switch a restriction off, so null is no
    /// value, though what is left out reads as null.
    pub(super) fn declaration(&self, scope: &Scope) -> String {
        let (docs, name) = (docs::of_option(self.option, scope), &self.name);
        let kind = self.type_name();
        if self.option.required {
            return format!("{docs}    public required {kind} {name} {{ get; init; }}\n");
        }
        format!(
            "{docs}    [DisallowNull]\n    \
             public {kind}? {name} {{ get; init => field = TypedValue.Given(value); }}\n"
        )
    }

    /// Sets the option by name: a required one also where it is null, which is
    /// rejected.
    pub(super) fn assignment(&self, options: &str) -> String {
        let (name, property) = (&self.option.name, &self.name);
        let value = match self.option.kind {
            // A value, and never null.
            Kind::Choice if self.option.required => format!("{property}.ToText()"),
            Kind::Choice => format!("{property}?.ToText()"),
            Kind::Choices => format!("{property}?.Select(value => value.ToText())"),
            Kind::Group => format!("{property}?.ToOptions()"),
            _ => property.clone(),
        };
        if self.option.required {
            format!("{options}[\"{name}\"] = TypedValue.Of({value});")
        } else {
            format!("{options}.Add(\"{name}\", TypedValue.Of({value}));")
        }
    }

    /// The type without `?`, as the sources write it.
    fn type_name(&self) -> String {
        match self.option.kind {
            Kind::Secret => "Secrets".to_owned(),
            Kind::PublicKey => "PublicKeys".to_owned(),
            Kind::OneSecret | Kind::TextOrBytes => "TextOrBytes".to_owned(),
            Kind::Text => "string".to_owned(),
            Kind::Texts => "IReadOnlyList<string>".to_owned(),
            Kind::Choice => self.choice(),
            Kind::Choices => format!("IReadOnlyList<{}>", self.choice()),
            Kind::Switch => "bool".to_owned(),
            Kind::Seconds => "TimeSpan".to_owned(),
            Kind::Size => "long".to_owned(),
            Kind::Rate => "Rate".to_owned(),
            Kind::KeySet => "KeySet".to_owned(),
            Kind::Claims => "RequiredClaims".to_owned(),
            Kind::Group => format!("{}{}Options", self.prefix, self.name),
        }
    }

    /// The type in the list of the public interface, where names are whole and
    /// references say whether they may be null.
    pub(super) fn listed_type(&self, namespace: &str) -> String {
        let name = self.type_name();
        let (whole, is_reference) = match self.option.kind {
            Kind::Texts => (
                "System.Collections.Generic.IReadOnlyList<string!>".to_owned(),
                true,
            ),
            Kind::Choices => (
                format!(
                    "System.Collections.Generic.IReadOnlyList<{namespace}.{}>",
                    self.choice()
                ),
                true,
            ),
            Kind::Choice => (format!("{namespace}.{name}"), false),
            Kind::Group => (format!("{namespace}.{name}"), true),
            Kind::Seconds => (format!("System.{name}"), false),
            Kind::Switch | Kind::Size => (name, false),
            Kind::Text => (name, true),
            _ => (format!("Hookseal.{name}"), true),
        };
        match (self.option.required, is_reference) {
            (false, _) => format!("{whole}?"),
            (true, true) => format!("{whole}!"),
            (true, false) => whole,
        }
    }

    pub(super) fn choice(&self) -> String {
        format!("{}{}", self.prefix, singular(&self.option.name))
    }

    /// The class of a group.
    pub(super) fn group(&self) -> String {
        self.type_name()
    }
}
