//! One version number for all packages: that of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// Each place that states the version: a file, the texts that stand before the
/// number one after the other, and what ends it.
const PLACES: [(&str, &[&str], char); 6] = [
    ("Cargo.toml", &["[workspace.package]", "version = \""], '"'),
    (
        "bindings-python/python/hookseal/__init__.py",
        &["__version__ = \""],
        '"',
    ),
    ("bindings-node/package.json", &["\"version\": \""], '"'),
    (
        "bindings-java/pom.xml",
        &["<groupId>io.hookseal</groupId>", "<version>"],
        '<',
    ),
    (
        "bindings-java/hookseal/pom.xml",
        &["<parent>", "<groupId>io.hookseal</groupId>", "<version>"],
        '<',
    ),
    (
        "bindings-java/hookseal-spring-boot-starter/pom.xml",
        &["<parent>", "<groupId>io.hookseal</groupId>", "<version>"],
        '<',
    ),
];

/// Places that take it from the workspace, and the text by which they do.
const DERIVED: [(&str, &str); 3] = [
    ("bindings-python/pyproject.toml", "dynamic = [\"version\"]"),
    ("bindings-csharp/Directory.Build.props", "$(CargoToml)"),
    (
        "bindings-java/hookseal/src/main/resources/io/hookseal/version.properties",
        "${project.version}",
    ),
];

fn read(file: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn version_in<'t>(text: &'t str, before: &[&str], end: char) -> Option<&'t str> {
    let rest = before
        .iter()
        .try_fold(text, |rest, mark| Some(rest.split_once(mark)?.1))?;
    Some(rest.split_once(end)?.0)
}

#[test]
fn every_package_has_the_version_of_the_workspace() {
    for (file, before, end) in PLACES {
        let text = read(file);
        let version = version_in(&text, before, end);
        assert_eq!(version, Some(env!("CARGO_PKG_VERSION")), "{file}");
    }
    for (file, text) in DERIVED {
        assert!(
            read(file).contains(text),
            "{file} does not take its version by {text}"
        );
    }
}

#[test]
fn every_crate_takes_the_version_of_the_workspace() {
    let workspace: toml::Table = read("Cargo.toml").parse().unwrap();
    for member in workspace["workspace"]["members"].as_array().unwrap() {
        let file = format!("{}/Cargo.toml", member.as_str().unwrap());
        let manifest: toml::Table = read(&file).parse().unwrap();
        let inherits = manifest["package"]["version"].get("workspace");
        assert_eq!(
            inherits.and_then(toml::Value::as_bool),
            Some(true),
            "{file}"
        );
    }
}
