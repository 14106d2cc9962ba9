//! Every requirement of `tests/pitfalls.md` is named by a test, or has the
//! reason why it is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that hold tests, and sources with tests in them.
const FOLDERS: [&str; 7] = [
    "bindings-csharp",
    "bindings-java",
    "bindings-node",
    "bindings-python",
    "bridge",
    "core",
    "tests",
];

/// What is built or installed there, and no source.
const LEFT_OUT: [&str; 6] = ["bin", "dist", "node_modules", "obj", "target", "vectors"];

const EXTENSIONS: [&str; 7] = ["c", "cs", "java", "mjs", "mts", "py", "rs"];

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("tests/ lies in the checkout")
        .to_owned()
}

/// The numbers of the page, with the reason why one is not tested yet.
fn requirements() -> BTreeMap<String, Option<String>> {
    let text = fs::read_to_string(root().join("tests/pitfalls.md")).expect("the page is there");
    let mut requirements = BTreeMap::new();
    for line in text.lines() {
        let Some((number, rest)) = line
            .strip_prefix("- **")
            .and_then(|line| line.split_once("** "))
        else {
            continue;
        };
        let reason = rest
            .split_once("*Not yet: ")
            .map(|(_, reason)| reason.trim_end_matches('*').to_owned());
        let earlier = requirements.insert(number.to_owned(), reason);
        assert!(earlier.is_none(), "{number} stands there twice");
    }
    requirements
}

/// Where each number is named.
fn named(numbers: &BTreeSet<&str>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut named: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut open: Vec<PathBuf> = FOLDERS.iter().map(|name| root().join(name)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)
            .expect("a folder can be read")
            .flatten()
        {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap_or_default();
            if path.is_dir() {
                if !LEFT_OUT.contains(&name.as_str()) && !name.starts_with('.') {
                    open.push(path);
                }
                continue;
            }
            let extension = path.extension().and_then(|extension| extension.to_str());
            if !extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            for number in numbers_in(&text, numbers) {
                named.entry(number).or_default().push(path.clone());
            }
        }
    }
    named
}

/// The numbers of the page that a comment names.
fn numbers_in(text: &str, numbers: &BTreeSet<&str>) -> BTreeSet<String> {
    let is_comment = |line: &&str| {
        let line = line.trim_start();
        ["//", "#", "*", "/*"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    text.lines()
        .filter(is_comment)
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
        .filter(|word| numbers.contains(word))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_requirement_is_named_by_a_test_or_says_why_not() {
    let requirements = requirements();
    assert!(requirements.len() > 100, "the page was not read");
    let numbers: BTreeSet<&str> = requirements.keys().map(String::as_str).collect();
    let named = named(&numbers);
    let mut without = Vec::new();
    let mut contradicting = Vec::new();
    for (number, reason) in &requirements {
        match (named.get(number), reason) {
            (None, None) => without.push(number),
            (Some(places), Some(_)) => contradicting.push((number, places)),
            _ => {}
        }
    }
    let reasons = requirements.values().flatten().count();
    println!(
        "pitfalls: {} requirements, {} named by tests, {reasons} not yet",
        requirements.len(),
        named.len()
    );
    assert!(without.is_empty(), "no test names {without:?}");
    assert!(
        contradicting.is_empty(),
        "a test names what is said not to be there yet: {contradicting:?}"
    );
}

#[test]
fn numbers_are_read_from_comments_only() {
    let numbers = BTreeSet::from(["BODY-1", "URL-2"]);
    let text = "// BODY-1, and more.\nlet x = \"URL-2\";\n    # (URL-2)\n// BODY-12\n";
    let found = numbers_in(text, &numbers);
    assert_eq!(
        found,
        BTreeSet::from(["BODY-1".to_owned(), "URL-2".to_owned()])
    );
    assert!(numbers_in("let x = \"URL-2\";", &numbers).is_empty());
}
