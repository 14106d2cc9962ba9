//! Documentation comments, laid out as google-java-format does it.

use serde_json::Value;

use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::{camel_case, capitalised};

const WIDTH: usize = 100;

/// What is said about one declaration.
pub(super) struct Javadoc {
    /// HTML.
    text: String,
    /// Block tags with their text, such as `@return this`.
    tags: Vec<String>,
}

impl Javadoc {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tags: Vec::new(),
        }
    }

    pub(super) fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// The comment, with a line break behind it.
    pub(super) fn at(&self, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let line = format!("{margin}/** {} */", self.text);
        if self.tags.is_empty() && line.chars().count() <= WIDTH {
            return line + "\n";
        }
        let mut lines = wrapped(&self.text, indent, 0);
        if !self.tags.is_empty() {
            lines.push(String::new());
            lines.extend(self.tags.iter().flat_map(|tag| wrapped(tag, indent, 4)));
        }
        let body = lines.iter().map(|line| {
            let line = format!("{margin} * {line}");
            line.trim_end().to_owned() + "\n"
        });
        format!("{margin}/**\n{}{margin} */\n", body.collect::<String>())
    }
}

/// As many words a line as fit; all lines but the first are `hanging` deeper.
fn wrapped(text: &str, indent: usize, hanging: usize) -> Vec<String> {
    let room = WIDTH - indent - " * ".len();
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(" ".repeat(hanging) + word),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// All that the schema says about an option, as HTML.
pub(super) fn about(option: &OptionSpec, beside: &[OptionSpec]) -> String {
    let name = |name: &str| format!("{{@code {}}}", camel_case(name));
    with_names(&sentences(option), beside, name)
}

/// A text in which the names of options are spelt as `spell` does it.
pub(super) fn with_names(
    text: &str,
    beside: &[OptionSpec],
    spell: impl Fn(&str) -> String,
) -> String {
    let words = text.split(' ').map(|word| {
        let bare = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let is_option = bare.contains('_') && beside.iter().any(|other| other.name == bare);
        if is_option {
            word.replace(bare, &spell(bare))
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The same with each option's own name, and HTML in it.
fn sentences(option: &OptionSpec) -> String {
    let mut sentences = vec![sentence(&html(&option.help))];
    if option.required {
        sentences.push("Required.".to_owned());
    }
    if let Some(default) = &option.default {
        sentences.push(format!("Default: {}{}.", shown(default), unit(option.kind)));
    }
    if let Some(range) = range(option) {
        sentences.push(sentence(&range));
    }
    let names = |others: &[String], last: &str| {
        let others = others
            .iter()
            .map(|it| format!("{{@code {}}}", camel_case(it)));
        others.collect::<Vec<_>>().join(&format!(" {last} "))
    };
    if !option.needs.is_empty() {
        sentences.push(format!("Needs {}.", names(&option.needs, "or")));
    }
    if !option.excludes.is_empty() {
        sentences.push(format!("Not beside {}.", names(&option.excludes, "or")));
    }
    sentences.join(" ")
}

/// What an option takes that is a number, with its unit.
pub(super) fn range(option: &OptionSpec) -> Option<String> {
    let unit = unit(option.kind);
    let range = option.range?;
    Some(match range.max {
        Some(max) => format!("from {} to {max}{unit}", range.min),
        None if range.min == 1 => format!("at least 1{}", unit.trim_end_matches('s')),
        None => format!("at least {}{unit}", range.min),
    })
}

const fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::Seconds => " seconds",
        Kind::Size => " bytes",
        _ => "",
    }
}

/// A default as a reader takes it.
fn shown(default: &Value) -> String {
    let code = |text: &str| format!("{{@code {text}}}");
    match default {
        Value::String(text) => code(text),
        Value::Array(texts) => {
            let texts = texts.iter().filter_map(Value::as_str).map(code);
            texts.collect::<Vec<_>>().join(", ")
        }
        other => code(&other.to_string()),
    }
}

/// With a capital in front and a full stop behind.
pub(super) fn sentence(text: &str) -> String {
    capitalised(text) + "."
}

/// Text in which no tag and no entity stands.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('@', "&#64;")
        .replace("*/", "*&#47;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_one_is_one_line() {
        assert_eq!(Javadoc::new("Short.").at(2), "  /** Short. */\n");
        let tagged = Javadoc::new("Short.").tag("@return this").at(0);
        assert_eq!(tagged, "/**\n * Short.\n *\n * @return this\n */\n");
    }

    #[test]
    fn no_line_is_too_long() {
        let text = "word ".repeat(60);
        let doc = Javadoc::new(text.trim()).tag(format!("@param a {}", text.trim()));
        assert!(doc.at(4).lines().all(|line| line.len() <= WIDTH));
        assert!(doc.at(4).contains("\n     *     word"));
    }

    #[test]
    fn html_is_text() {
        assert_eq!(html("a<b> & */ @c"), "a&lt;b&gt; &amp; *&#47; &#64;c");
    }
}
