//! A class of options, and the enumerations that its options choose from.

use std::fmt::Write as _;

use super::docs::{self, Scope};
use super::names::singular;
use super::property::Property;
use crate::catalogue::{Kind, OptionSpec, Scheme};
use crate::typed_options::Source;
use crate::typed_options::spelling::{capitalised, pascal_case};

pub(super) struct Class<'s> {
    pub(super) namespace: &'static str,
    pub(super) name: String,
    pub(super) role: Role<'s>,
    summary: String,
    pub(super) properties: Vec<Property<'s>>,
    pub(super) choices: Vec<Choice<'s>>,
    scope: Scope,
}

/// What a class is for.
pub(super) enum Role<'s> {
    /// The base of all schemes.
    Common,
    /// A scheme, by its id.
    Scheme(&'s str),
    /// Options within an option.
    Group,
    TokenIssuer,
}

/// The values that one option chooses from.
pub(super) struct Choice<'s> {
    pub(super) name: String,
    pub(super) option: String,
    pub(super) values: &'s [String],
}

impl<'s> Class<'s> {
    /// What every scheme takes.
    pub(super) fn common(source: &'s Source) -> Self {
        let options = source.common.iter().filter(|it| is_universal(it, source));
        let mut class = Self::new(
            "SchemeOptions",
            Role::Common,
            options.collect(),
            &Scope::default(),
        );
        class.namespace = "Hookseal";
        class
    }

    pub(super) fn token_issuer(source: &'s Source) -> Self {
        let options = source.token_issuer.iter().collect();
        let mut class = Self::new(
            "TokenIssuerOptions",
            Role::TokenIssuer,
            options,
            &Scope::default(),
        );
        class.namespace = "Hookseal";
        class.summary = "The options of a <see cref=\"TokenIssuer\"/>.".to_owned();
        class
    }

    /// The class of a scheme, and those of its groups.
    pub(super) fn of_scheme(scheme: &'s Scheme, source: &'s Source) -> Vec<Self> {
        let inherited = Self::common(source).scope;
        let own = |option: &&OptionSpec| !(option.common && is_universal(option, source));
        let options: Vec<&OptionSpec> = scheme.options.iter().filter(own).collect();
        let groups = options.iter().filter(|option| option.kind == Kind::Group);
        let prefix = pascal_case(&scheme.id);
        let groups: Vec<Self> = groups
            .map(|group| {
                let name = format!("{prefix}{}Options", pascal_case(&group.name));
                let members = group.members.iter().collect();
                let mut class = Self::new(&name, Role::Group, members, &Scope::default());
                class.summary = format!("{}.", capitalised(&docs::escaped(&group.help)));
                class
            })
            .collect();
        let name = format!("{prefix}Options");
        let mut class = Self::new(&name, Role::Scheme(&scheme.id), options, &inherited);
        class.summary = format!(
            "The options of <see href=\"{}\">{}</see>.",
            docs::escaped(&scheme.docs),
            docs::escaped(&scheme.title)
        );
        [class].into_iter().chain(groups).collect()
    }

    fn new(name: &str, role: Role<'s>, options: Vec<&'s OptionSpec>, inherited: &Scope) -> Self {
        let prefix = name.strip_suffix("Options").unwrap_or(name);
        let choices = options.iter().filter(|option| !option.values.is_empty());
        Self {
            namespace: "Hookseal.Providers",
            name: name.to_owned(),
            role,
            summary: String::new(),
            choices: choices
                .map(|option| Choice {
                    name: format!("{prefix}{}", singular(&option.name)),
                    option: pascal_case(&option.name),
                    values: &option.values,
                })
                .collect(),
            scope: inherited.with(&options),
            properties: options
                .into_iter()
                .map(|option| Property::new(prefix, option))
                .collect(),
        }
    }

    /// The class, and the enumerations behind it.
    pub(super) fn declarations(&self) -> Vec<String> {
        let choices = self.choices.iter();
        [self.declaration()]
            .into_iter()
            .chain(choices.flat_map(|choice| choice.declarations(&self.name)))
            .collect()
    }

    fn declaration(&self) -> String {
        let mut text = String::new();
        let name = &self.name;
        // Writing to a String cannot fail.
        let _ = match self.role {
            Role::Common => writeln!(text, "public abstract partial class {name}\n{{"),
            Role::Scheme(id) => writeln!(
                text,
                "{}public sealed class {name} : SchemeOptions\n{{\n    \
                 /// <summary>Makes options of which none is set.</summary>\n    \
                 public {name}()\n        : base(\"{id}\")\n    {{\n    }}\n",
                docs::summary(0, &self.summary)
            ),
            Role::Group | Role::TokenIssuer => writeln!(
                text,
                "{}public sealed class {name}\n{{",
                docs::summary(0, &self.summary)
            ),
        };
        for property in &self.properties {
            let _ = writeln!(text, "{}", property.declaration(&self.scope));
        }
        text.push_str(&self.writer());
        text.push_str("}\n");
        text
    }

    /// The method that hands the options to the library.
    fn writer(&self) -> String {
        let lines = |options: &str| -> String {
            let assignments = self.properties.iter();
            assignments
                .map(|property| format!("        {}\n", property.assignment(options)))
                .collect()
        };
        match self.role {
            Role::Common => format!(
                "    internal virtual void AddTo(VerifierOptions options)\n    {{\n{}    }}\n",
                lines("options")
            ),
            Role::Scheme(_) => format!(
                "    internal override void AddTo(VerifierOptions options)\n    {{\n        \
                 base.AddTo(options);\n{}    }}\n",
                lines("options")
            ),
            Role::Group => format!(
                "    internal VerifierOptions ToOptions()\n    {{\n        \
                 var options = new VerifierOptions();\n{}        return options;\n    }}\n",
                lines("options")
            ),
            Role::TokenIssuer => format!(
                "    /// <summary>The options by name.</summary>\n    \
                 /// <param name=\"typed\">The options.</param>\n    \
                 public static implicit operator VerifierOptions({0} typed)\n    {{\n        \
                 ArgumentNullException.ThrowIfNull(typed);\n        \
                 return typed.ToOptions();\n    }}\n\n    \
                 internal VerifierOptions ToOptions()\n    {{\n        \
                 var options = new VerifierOptions();\n{1}        return options;\n    }}\n",
                self.name,
                lines("options")
            ),
        }
    }
}

impl Choice<'_> {
    fn declarations(&self, class: &str) -> [String; 2] {
        let (name, option) = (&self.name, &self.option);
        let mut values = String::new();
        let mut texts = String::new();
        for (position, value) in self.values.iter().enumerate() {
            let member = pascal_case(value);
            let gap = if position == 0 { "" } else { "\n" };
            // Writing to a String cannot fail.
            let _ = write!(
                values,
                "{gap}    /// <summary><c>{}</c>.</summary>\n    {member},\n",
                docs::escaped(value)
            );
            let _ = writeln!(texts, "        {name}.{member} => \"{value}\",");
        }
        [
            format!(
                "/// <summary>What <see cref=\"{class}.{option}\"/> chooses from.</summary>\n\
                 public enum {name}\n{{\n{values}}}\n"
            ),
            format!(
                "internal static class {name}Texts\n{{\n    \
                 // What is no member is rejected by name, as any other wrong text.\n    \
                 internal static string ToText(this {name} value) => value switch\n    {{\n\
                 {texts}        _ => value.ToString(),\n    }};\n}}\n"
            ),
        ]
    }
}

/// Whether every scheme takes a common option, so that the base class has it.
fn is_universal(option: &OptionSpec, source: &Source) -> bool {
    source.schemes.iter().all(|scheme| {
        let mut options = scheme.options.iter();
        options.any(|other| other.common && other.name == option.name)
    })
}
