//! What an option's documentation says: its help, default, unit and range, and what
//! it stands beside.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::{capitalised, pascal_case};

/// How wide a line may be.
const WIDTH: usize = 116;

/// Stands for a blank that no line breaks at.
const FIRM: char = '\u{a0}';

/// The options that a text may point at.
#[derive(Clone, Default)]
pub(super) struct Scope(BTreeSet<String>);

impl Scope {
    pub(super) fn with(&self, options: &[&OptionSpec]) -> Self {
        let names = options.iter().map(|option| option.name.clone());
        Self(self.0.iter().cloned().chain(names).collect())
    }

    fn link(&self, name: &str) -> String {
        let property = pascal_case(name);
        if self.0.contains(name) {
            format!("<see{FIRM}cref=\"{property}\"/>")
        } else {
            format!("<c>{property}</c>")
        }
    }

    /// Points at the options that a text names. A name without `_` may as well be
    /// an ordinary word.
    fn linked(&self, text: &str) -> String {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let mut linked = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.contains('_') && self.0.contains(word) {
                linked.push_str(&self.link(word));
            } else {
                linked.push_str(word);
            }
            let gap = after.find(is_name).unwrap_or(after.len());
            linked.push_str(&escaped(&after[..gap]));
            rest = &after[gap..];
        }
        linked
    }
}

pub(super) fn of_option(option: &OptionSpec, scope: &Scope) -> String {
    let mut text = format!("{}.", capitalised(&scope.linked(&option.help)));
    let mut say = |sentence: String| {
        text.push(' ');
        text.push_str(&sentence);
    };
    if let Some(default) = &option.default {
        say(default_of(option, default));
    }
    if let Some(range) = option.range {
        let unit = match option.kind {
            Kind::Seconds => " seconds",
            Kind::Size if range.min == 1 && range.max.is_none() => " byte",
            Kind::Size => " bytes",
            _ => "",
        };
        say(match range.max {
            Some(max) => format!("From {} to {max}{unit}.", range.min),
            None => format!("At least {}{unit}.", range.min),
        });
    }
    let links = |names: &[String]| -> String {
        let links: Vec<String> = names.iter().map(|name| scope.link(name)).collect();
        links.join(" or ")
    };
    if !option.needs.is_empty() {
        say(format!("Does nothing without {}.", links(&option.needs)));
    }
    if !option.excludes.is_empty() {
        say(format!("Does nothing beside {}.", links(&option.excludes)));
    }
    summary(4, &text)
}

fn default_of(option: &OptionSpec, default: &Value) -> String {
    let code = |value: &Value| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        format!("<c>{}</c>", escaped(&text))
    };
    match (option.kind, default) {
        (Kind::Switch, Value::Bool(true)) => "On by default.".to_owned(),
        (Kind::Switch, _) => "Off by default.".to_owned(),
        (Kind::Seconds, seconds) => format!("The default is {seconds} seconds."),
        (Kind::Size, bytes) => format!("The default is {bytes} bytes."),
        (_, Value::Array(values)) => {
            let values: Vec<String> = values.iter().map(code).collect();
            format!("The default is {}.", values.join(", "))
        }
        (_, value) => format!("The default is {}.", code(value)),
    }
}

/// A summary as a comment, in as many lines as it takes.
pub(super) fn summary(indent: usize, text: &str) -> String {
    let start = format!("{}/// ", " ".repeat(indent));
    let one_line = format!("{start}<summary>{text}</summary>");
    if one_line.chars().count() <= WIDTH {
        return format!("{}\n", one_line.replace(FIRM, " "));
    }
    let mut lines = vec![format!("{start}<summary>")];
    let mut line = start.clone();
    for word in text.split(' ') {
        let is_first = line.len() == start.len();
        if !is_first && line.chars().count() + word.chars().count() >= WIDTH {
            lines.push(line.trim_end().to_owned());
            line.clone_from(&start);
        }
        line.push_str(word);
        line.push(' ');
    }
    lines.push(line.trim_end().to_owned());
    lines.push(format!("{start}</summary>\n"));
    lines.join("\n").replace(FIRM, " ")
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
