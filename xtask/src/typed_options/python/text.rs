//! What people read of an option.

use serde_json::Value;

use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::capitalised;

/// The longest line.
const WIDTH: usize = 92;

/// All that is to say: what it is, its default, its range, and what it stands beside.
pub(super) fn description(option: &OptionSpec) -> String {
    let mut sentences = vec![format!("{}.", capitalised(&option.help))];
    sentences.extend(option.default.as_ref().map(default));
    sentences.extend(range(option));
    if !option.needs.is_empty() {
        sentences.push(format!("Needs {}.", one_of(&option.needs)));
    }
    if !option.excludes.is_empty() {
        sentences.push(format!("Not beside {}.", one_of(&option.excludes)));
    }
    sentences.join(" ")
}

/// A docstring; its further lines are indented.
pub(super) fn docstring(indent: usize, text: &str) -> String {
    let margin = " ".repeat(indent);
    let lines = wrapped(indent, indent, &format!("\"\"\"{}", escaped(text)));
    // The closing quotes stand alone below several lines.
    let end = if lines.contains('\n') {
        format!("\n{margin}")
    } else {
        String::new()
    };
    format!("{lines}{end}\"\"\"\n")
}

/// Words in lines of at most [`WIDTH`]; those after the first have their own indent.
pub(super) fn wrapped(first: usize, others: usize, text: &str) -> String {
    let mut lines = vec![" ".repeat(first)];
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let line = &lines[lines.len() - 1];
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(" ".repeat(others));
            is_empty = true;
        }
        let last = lines.len() - 1;
        if !is_empty {
            lines[last].push(' ');
        }
        lines[last].push_str(word);
        is_empty = false;
    }
    lines.join("\n")
}

/// What may stand within a docstring.
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('\\', r"\\");
    text.replace("\"\"\"", r#"\"\"\""#)
}

fn default(value: &Value) -> String {
    match value {
        Value::Bool(true) => "On by default.".to_owned(),
        Value::Bool(false) => "Off by default.".to_owned(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(code).collect();
            format!("Default: {}.", items.join(", "))
        }
        value => format!("Default: {}.", code(value)),
    }
}

fn range(option: &OptionSpec) -> Option<String> {
    let range = option.range?;
    let unit = match option.kind {
        Kind::Seconds => " seconds",
        Kind::Size => " bytes",
        _ => "",
    };
    Some(match range.max {
        Some(max) => format!("Range: {} to {max}{unit}.", range.min),
        None => format!("Range: {} or more.", range.min),
    })
}

fn code(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    format!("``{}``", text.unwrap_or_else(|| value.to_string()))
}

fn one_of(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("``{name}``")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
