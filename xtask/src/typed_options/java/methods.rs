//! The methods of one option, and the types that belong to it alone.

use super::javadoc::{Javadoc, about, html, sentence};
use super::names::{constant, quoted};
use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::{camel_case, pascal_case};

const WIDTH: usize = 100;

/// The class that options are written for.
pub(super) struct Owner<'o> {
    /// What each method returns.
    pub(super) returns: &'o str,
    /// What stands in front of that, such as `public final`.
    pub(super) modifiers: &'o str,
    pub(super) indent: usize,
    /// All options that a sentence may name.
    pub(super) beside: &'o [OptionSpec],
}

/// How a value is given to one of an option's methods.
pub(super) struct Form {
    /// Behind the option's name.
    suffix: &'static str,
    /// As in the declaration; nothing of a method that takes none.
    parameters: String,
    /// What is said of each parameter.
    described: Vec<(String, String)>,
    /// What the option is set to.
    value: String,
    /// An expression of that type, for a program that only has to compile.
    pub(super) example: String,
}

impl Form {
    fn one(type_name: &str, option: &OptionSpec, described: &str, example: &str) -> Self {
        let name = camel_case(&option.name);
        Self {
            suffix: "",
            parameters: format!("{type_name} {name}"),
            described: vec![(name.clone(), described.to_owned())],
            value: name,
            example: example.to_owned(),
        }
    }

    /// At least one, in a row. Two parameters: a lone `null` is then no array.
    fn row(type_name: &str, example: String) -> Self {
        let described = [("first", "one"), ("more", "any others")];
        Self {
            suffix: "",
            parameters: format!("{type_name} first, {type_name}... more"),
            described: described
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .to_vec(),
            value: "listOf(first, more)".to_owned(),
            example,
        }
    }
}

/// Every way in which an option can be given.
pub(super) fn forms(option: &OptionSpec, class: &str) -> Vec<Form> {
    let one = |type_name: &str, described: &str, example: &str| {
        Form::one(type_name, option, described, example)
    };
    let text = || one("String", "as text", "\"text\"");
    let bytes = || one("byte[]", "as bytes", "new byte[] {1}");
    let own = format!("{class}.{}", pascal_case(&option.name));
    let own_type = pascal_case(&option.name);
    let first = option.values.first().map(|value| constant(value));
    let choice = format!("{own}.{}", first.unwrap_or_default());
    match option.kind {
        Kind::Secret | Kind::PublicKey => vec![
            text(),
            bytes(),
            one(
                "Collection<?>",
                "several, each a String or a byte[], while one replaces another",
                "List.of(\"text\")",
            ),
            one(
                "Map<String, ?>",
                "several by label, each a String or a byte[]; the label is the key id of what it\
                 \x20verifies",
                "Map.of(\"label\", \"text\")",
            ),
        ],
        Kind::OneSecret | Kind::TextOrBytes => vec![text(), bytes()],
        Kind::Text => vec![text()],
        Kind::Texts => vec![
            Form::row("String", "\"text\", \"text\"".to_owned()),
            one("Collection<String>", "at least one", "List.of(\"text\")"),
        ],
        Kind::Choice => vec![one(&own_type, "which one", &choice)],
        Kind::Choices => vec![
            Form::row(&own_type, choice.clone()),
            one(
                &format!("Collection<{own_type}>"),
                "at least one",
                &format!("List.of({choice})"),
            ),
        ],
        Kind::Switch => vec![one("boolean", "whether that is so", "true")],
        Kind::Seconds => vec![one("Duration", "whole seconds", "Duration.ofSeconds(1)")],
        Kind::Size => vec![one("long", "in bytes", "1L")],
        Kind::Rate => vec![
            one("long", "a whole number", "1L"),
            Form {
                suffix: "Unlimited",
                parameters: String::new(),
                described: Vec::new(),
                value: "\"*\"".to_owned(),
                example: String::new(),
            },
        ],
        Kind::KeySet => vec![
            text_of_keys(option),
            bytes(),
            one(
                "Map<String, ?>",
                "as nested maps and lists",
                "Map.of(\"keys\", List.of())",
            ),
        ],
        Kind::Claims => vec![one(
            "Map<String, ?>",
            "by name of a claim a String, a whole number, a Boolean, or a collection of those",
            "Map.of(\"claim\", \"text\")",
        )],
        Kind::Group => vec![Form {
            value: format!("new {own_type}(), {}", camel_case(&option.name)),
            ..one(
                &format!("Consumer<{own_type}>"),
                "sets the options in it",
                "",
            )
        }],
    }
}

fn text_of_keys(option: &OptionSpec) -> Form {
    Form::one("String", option, "as JSON text", "\"{}\"")
}

/// The name of the method behind a form.
pub(super) fn method_name(option: &OptionSpec, form: &Form) -> String {
    camel_case(&option.name) + form.suffix
}

/// All methods of an option, with a blank line in front of each.
pub(super) fn methods(option: &OptionSpec, owner: &Owner<'_>) -> String {
    let forms = forms(option, owner.returns);
    let full = forms.iter().map(|form| method(option, form, owner));
    full.collect()
}

fn method(option: &OptionSpec, form: &Form, owner: &Owner<'_>) -> String {
    let Owner {
        returns, modifiers, ..
    } = owner;
    let margin = " ".repeat(owner.indent);
    let name = method_name(option, form);
    let text = match form.suffix {
        "" => about(option, owner.beside),
        _ => format!(
            "Any number: see {{@link #{}(long)}}.",
            camel_case(&option.name)
        ),
    };
    let mut doc = Javadoc::new(text);
    for (parameter, described) in &form.described {
        doc = doc.tag(format!("@param {parameter} {described}"));
    }
    let doc = doc.tag("@return this").at(owner.indent);
    let parameters = &form.parameters;
    let line = format!("{margin}{modifiers} {returns} {name}({parameters}) {{");
    let line = if line.chars().count() <= WIDTH {
        line
    } else {
        format!("{margin}{modifiers} {returns} {name}(\n{margin}    {parameters}) {{")
    };
    let set = if option.kind == Kind::Group {
        "group"
    } else {
        "set"
    };
    let key = quoted(&option.name);
    let value = &form.value;
    format!("\n{doc}{line}\n{margin}  return {set}({key}, {value});\n{margin}}}\n")
}

/// The enum or the class of an option that needs one of its own.
pub(super) fn own_type(option: &OptionSpec, indent: usize) -> Option<String> {
    match option.kind {
        Kind::Choice | Kind::Choices => Some(choices(option, indent)),
        Kind::Group => Some(group(option, indent)),
        _ => None,
    }
}

fn choices(option: &OptionSpec, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let class = pascal_case(&option.name);
    let about = format!("What {{@code {}}} can be.", camel_case(&option.name));
    let constants = option.values.iter().map(|value| {
        let doc = Javadoc::new(format!("{{@code {value}}}.")).at(indent + 2);
        format!("{doc}{margin}  {}({})", constant(value), quoted(value))
    });
    let constants = constants.collect::<Vec<_>>().join(",\n");
    let doc = Javadoc::new(about).at(indent);
    format!(
        "\n{doc}{margin}public enum {class} {{\n{constants};\n\n\
         {margin}  private final String text;\n\n\
         {margin}  {class}(String text) {{\n{margin}    this.text = text;\n{margin}  }}\n\n\
         {margin}  /** As the schema has it. */\n{margin}  @Override\n\
         {margin}  public String toString() {{\n{margin}    return text;\n{margin}  }}\n\
         {margin}}}\n"
    )
}

fn group(option: &OptionSpec, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let class = pascal_case(&option.name);
    let about = format!(
        "The options of {{@code {}}}: {}",
        camel_case(&option.name),
        sentence(&html(&option.help)).trim_start()
    );
    let owner = Owner {
        returns: &class,
        modifiers: "public",
        indent: indent + 2,
        beside: &option.members,
    };
    let methods: String = option
        .members
        .iter()
        .map(|it| methods(it, &owner))
        .collect();
    let types = option
        .members
        .iter()
        .filter_map(|it| own_type(it, indent + 2));
    let types: String = types.collect();
    let doc = Javadoc::new(about).at(indent);
    format!(
        "\n{doc}{margin}public static final class {class} extends OptionSet<{class}> {{\n\
         {margin}  private {class}() {{}}\n{methods}{types}{margin}}}\n"
    )
}
