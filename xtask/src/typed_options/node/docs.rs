//! What is said of an option and of a scheme, as JSDoc.

use std::collections::BTreeSet;

use serde_json::Value;

use super::WIDTH;
use crate::catalogue::{Kind, OptionSpec, Range, Scheme};
use crate::typed_options::spelling::{camel_case, capitalised};

/// Of an option: what it is, its default and range, and what it stands beside.
pub(super) fn of_option(option: &OptionSpec, respelled: &BTreeSet<String>) -> String {
    let help = capitalised(&option.help);
    let mut sentences = vec![respell(&help, respelled) + "."];
    sentences.extend(option.range.map(|range| of_range(range, option.kind)));
    sentences.extend(
        option
            .default
            .as_ref()
            .map(|it| of_default(it, option.kind)),
    );
    if !option.needs.is_empty() {
        sentences.push(format!("Rejected without {}.", any_of(&option.needs)));
    }
    if !option.excludes.is_empty() {
        sentences.push(format!("Rejected beside {}.", any_of(&option.excludes)));
    }
    comment(&[sentences.join(" ")], "  ")
}

/// Of the options of a scheme: what it is, and where to read about it.
pub(super) fn of_scheme(scheme: &Scheme) -> String {
    let Scheme {
        id, title, docs, ..
    } = scheme;
    comment(
        &[
            format!("Options of the scheme `{id}`: {title}."),
            format!("@see {{@link {docs}}}"),
        ],
        "",
    )
}

/// A comment of paragraphs, on one line where it fits.
pub(super) fn comment(paragraphs: &[String], indent: &str) -> String {
    let paragraphs: Vec<String> = paragraphs
        .iter()
        .map(|it| it.replace("*/", "*\\/"))
        .collect();
    if let [only] = paragraphs.as_slice() {
        let line = format!("{indent}/** {only} */\n");
        if line.trim_end().chars().count() <= WIDTH {
            return line;
        }
    }
    let mut text = format!("{indent}/**\n");
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            text += &format!("{indent} *\n");
        }
        for line in wrapped(paragraph, WIDTH - indent.len() - " * ".len()) {
            text += &format!("{indent} * {line}\n");
        }
    }
    text + indent + " */\n"
}

fn of_default(default: &Value, kind: Kind) -> String {
    let value = match default {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(Value::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        one => one.to_string(),
    };
    format!("Default: `{value}`{}.", unit(kind, default.as_i64()))
}

fn of_range(Range { min, max }: Range, kind: Kind) -> String {
    match max {
        Some(max) => format!("From {min} to {max}{}.", unit(kind, Some(max))),
        None => format!("At least {min}{}.", unit(kind, Some(min))),
    }
}

/// What is counted, behind so many.
fn unit(kind: Kind, number: Option<i64>) -> &'static str {
    match (kind, number) {
        (Kind::Seconds, Some(1)) => " second",
        (Kind::Seconds, _) => " seconds",
        (Kind::Size, Some(1)) => " byte",
        (Kind::Size, _) => " bytes",
        _ => "",
    }
}

/// `a`, `b` or `c`.
fn any_of(names: &[String]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|it| format!("`{}`", camel_case(it)))
        .collect();
    match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => quoted.concat(),
    }
}

/// With the names of options as JavaScript spells them.
fn respell(text: &str, respelled: &BTreeSet<String>) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let is_word = rest.starts_with(is_part);
        let end = rest
            .find(|letter| is_part(letter) != is_word)
            .unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        parts.push(match respelled.contains(part) {
            true => camel_case(part),
            false => part.to_owned(),
        });
        rest = behind;
    }
    parts.concat()
}

/// Lines of whole words; a word that is too long has a line of its own. A tag has one
/// line: editors find no link in two.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    if text.starts_with('@') {
        return vec![text.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_option_is_described_by_all_that_the_schema_says() {
        let option: OptionSpec = serde_json::from_value(json!({
            "name": "max_age", "kind": "seconds", "required": false, "secret": false,
            "common": false, "help": "seconds until key_set is old, not a.key_sets */ or so",
            "range": {"min": 1, "max": 60}, "default": 30,
            "needs": ["key_set", "b"], "excludes": ["c_d"],
        }))
        .unwrap();
        let text = of_option(&option, &BTreeSet::from(["key_set".to_owned()]));
        assert_eq!(
            text,
            "  /**\n   * Seconds until keySet is old, not a.key_sets *\\/ or so. From 1 to 60 \
             seconds. Default: `30`\n   * seconds. Rejected without `keySet` or `b`. Rejected \
             beside `cD`.\n   */\n"
        );
    }

    #[test]
    fn a_short_comment_has_one_line() {
        assert_eq!(comment(&["Short.".to_owned()], " "), " /** Short. */\n");
    }
}
