//! The tables of options in README.md and `docs/`, made of the catalogue. Each
//! stands between two comments:
//!
//! ```markdown
//! <!-- options: plivo plivo-messaging -->
//! <!-- /options -->
//! ```
//!
//! What is named there is a scheme, several that have the same options, a group
//! of one (`scheme.group`), `common` for the options of every scheme, or
//! `token-issuer`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::catalogue::{self, Kind, OptionSpec, Range};
use crate::language::Workspace;

const BEGIN: &str = "<!-- options: ";
const BEGIN_END: &str = " -->\n";
const END: &str = "<!-- /options -->";

/// Every page that has tables, with the text that it must have.
pub(crate) fn pages(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let lists = lists()?;
    let mut missing = lists_with_more_than_a_key(&lists);
    let mut pages = Vec::new();
    for path in paths(workspace)? {
        let text = fs::read_to_string(&path)?;
        let filled = fill(&text, |names| {
            missing.retain(|name| !names.contains(name));
            table(&lists, names)
        });
        let filled = filled.with_context(|| path.display().to_string())?;
        if filled.contains(BEGIN) {
            pages.push((path, filled));
        }
    }
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.into_iter().collect();
        bail!("no page has the options of {}", missing.join(", "));
    }
    Ok(pages)
}

fn paths(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut paths = vec![workspace.root.join("README.md")];
    for entry in fs::read_dir(workspace.root.join("docs"))? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The text with what `table` makes of the names between each pair of comments.
fn fill(text: &str, mut table: impl FnMut(&[&str]) -> Result<String>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (names, after) = after.split_once(BEGIN_END).context("a comment goes on")?;
        let (_, after) = after.split_once(END).context("a table has no end")?;
        let listed: Vec<&str> = names.split(' ').collect();
        let rows = table(&listed).with_context(|| format!("options: {names}"))?;
        filled += &format!("{before}{BEGIN}{names}{BEGIN_END}{rows}{END}");
        rest = after;
    }
    Ok(filled + rest)
}

/// Lists of options by what a comment names.
type Lists = BTreeMap<String, Vec<OptionSpec>>;

fn lists() -> Result<Lists> {
    let schemes = catalogue::schemes()?;
    let mut lists = Lists::new();
    lists.insert(
        "token-issuer".to_owned(),
        catalogue::token_issuer_options()?,
    );
    lists.insert("common".to_owned(), catalogue::common_options(&schemes));
    for scheme in schemes {
        let mut own = Vec::new();
        for option in scheme.options {
            if option.kind == Kind::Group {
                let name = format!("{}.{}", scheme.id, option.name);
                lists.insert(name, option.members.clone());
            }
            // What differs between schemes stands in the table of each.
            if !option.common || option.has_own_default() {
                own.push(option);
            }
        }
        own.sort_by_key(|option| option.common);
        lists.insert(scheme.id, own);
    }
    Ok(lists)
}

/// The lists that some page must have. Keys stand in README.md, in the row of their
/// scheme.
fn lists_with_more_than_a_key(lists: &Lists) -> BTreeSet<&str> {
    let is_key = |option: &OptionSpec| option.secret || option.kind == Kind::PublicKey;
    let has_more = |options: &[OptionSpec]| {
        let mut more = options.iter().filter(|option| !is_key(option));
        more.any(|option| !option.has_own_default())
    };
    let with_more = lists.iter().filter(|(_, options)| has_more(options));
    with_more.map(|(name, _)| name.as_str()).collect()
}

fn table(lists: &Lists, names: &[&str]) -> Result<String> {
    let list = |name: &str| {
        lists
            .get(name)
            .with_context(|| format!("{name} has no options"))
    };
    let [first, others @ ..] = names else {
        bail!("nothing is named");
    };
    let first = list(first)?;
    for other in others {
        if shape(list(other)?) != shape(first) {
            bail!("{other} has other options than {}", names[0]);
        }
    }
    let rows: String = first.iter().map(row).collect();
    Ok(format!(
        "| Option | Takes | Default | Meaning |\n|---|---|---|---|\n{rows}"
    ))
}

/// What must be the same in schemes that share a table: all but the words.
fn shape(options: &[OptionSpec]) -> Vec<[String; 3]> {
    let shape = |option: &OptionSpec| [option.name.clone(), kind(option), default(option)];
    options.iter().map(shape).collect()
}

fn row(option: &OptionSpec) -> String {
    let meaning = format!("{}{}", option.help, beside(option));
    let cells = [
        code(&option.name),
        kind(option),
        default(option),
        meaning.replace('|', "\\|"),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn kind(option: &OptionSpec) -> String {
    let one_of = || codes(&option.values, " or ");
    let range = || match option.range {
        Some(Range {
            min,
            max: Some(max),
        }) => format!(", {min} to {max}"),
        Some(Range { min, max: None }) => format!(", at least {min}"),
        None => String::new(),
    };
    match option.kind {
        Kind::Secret => "secret, or several".to_owned(),
        Kind::OneSecret => "secret".to_owned(),
        Kind::PublicKey => "public key, or several".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::TextOrBytes => "text or bytes".to_owned(),
        Kind::Texts => "text, or several".to_owned(),
        Kind::Choices if option.values.len() > 1 => format!("{}; one, or several", one_of()),
        Kind::Choice | Kind::Choices => one_of(),
        Kind::Switch => "true or false".to_owned(),
        Kind::Seconds => format!("seconds{}", range()),
        Kind::Size => format!("bytes{}", range()),
        Kind::Rate => format!("number{}, or `*`", range()),
        Kind::KeySet => "key set".to_owned(),
        Kind::Claims => "object of claims".to_owned(),
        Kind::Group => "object of options".to_owned(),
    }
}

fn default(option: &OptionSpec) -> String {
    match &option.default {
        Some(Value::Array(texts)) => {
            let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
            codes(&texts, ", ")
        }
        Some(Value::String(text)) => code(text),
        Some(other) => other.to_string(),
        None if option.required => "needed".to_owned(),
        None => String::new(),
    }
}

/// What an option needs, and what it does nothing beside.
fn beside(option: &OptionSpec) -> String {
    let mut parts = String::new();
    if !option.needs.is_empty() {
        parts += &format!("; needs {}", codes(&option.needs, " or "));
    }
    if !option.excludes.is_empty() {
        parts += &format!("; not beside {}", codes(&option.excludes, " or "));
    }
    parts
}

/// Texts as code: `a`, `b` or `c`.
fn codes<T: AsRef<str>>(texts: &[T], last: &str) -> String {
    let codes: Vec<String> = texts.iter().map(|text| code(text.as_ref())).collect();
    match codes.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [front @ .., end] => format!("{}{last}{end}", front.join(", ")),
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_tables_of_the_pages_are_current() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let pages = pages(&Workspace { root }).unwrap();
        assert!(pages.len() > 10);
        for (path, text) in pages {
            let is_current = fs::read_to_string(&path).unwrap() == text;
            assert!(is_current, "{}: run `cargo xtask gen`", path.display());
        }
    }

    #[test]
    fn what_stands_between_the_comments_is_replaced_and_nothing_else() {
        let page = "a\n<!-- options: one two -->\nold\n<!-- /options -->\nb\n";
        let filled = fill(page, |names| Ok(format!("{}\n", names.join("+")))).unwrap();
        let expected = "a\n<!-- options: one two -->\none+two\n<!-- /options -->\nb\n";
        assert_eq!(filled, expected);
        assert_eq!(fill("no table", |_| Ok(String::new())).unwrap(), "no table");
        assert!(fill("<!-- options: one -->\n", |_| Ok(String::new())).is_err());
    }

    fn option(entry: Value) -> OptionSpec {
        serde_json::from_value(entry).unwrap()
    }

    #[test]
    fn a_row_says_all_that_the_catalogue_does() {
        let cipher = option(json!({
            "name": "cipher", "kind": "choice", "values": ["a", "b"], "default": "a",
            "required": false, "secret": false, "common": false, "help": "a|b",
            "needs": ["x", "y", "z"], "excludes": ["v"],
        }));
        assert_eq!(
            row(&cipher),
            "| `cipher` | `a` or `b` | `a` | a\\|b; needs `x`, `y` or `z`; not beside `v` |\n"
        );
        let age = option(json!({
            "name": "age", "kind": "seconds", "range": {"min": 1, "max": 9}, "required": true,
            "secret": false, "common": false, "help": "how old",
        }));
        assert_eq!(
            row(&age),
            "| `age` | seconds, 1 to 9 | needed | how old |\n"
        );
    }

    #[test]
    fn a_table_is_shared_by_equal_options_only() {
        let lists = lists().unwrap();
        assert!(table(&lists, &["basic", "kaisa-basic"]).is_ok());
        assert!(table(&lists, &["basic", "github"]).is_err());
        assert!(table(&lists, &["acme"]).is_err());
    }
}
