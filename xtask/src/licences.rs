//! `THIRD-PARTY-LICENSES.txt`: the licences of every crate that is linked into the
//! native libraries. They demand that their text goes along with the binary, so the
//! file is in each package.
//!
//! It is made from `Cargo.lock` and the sources that Cargo has fetched, and depends
//! on nothing else: every machine writes the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spdx::{Expression, Licensee};

use crate::language::{Workspace, cargo};
use crate::output;

/// The file's name, at the top of the checkout and in every package.
pub(crate) const FILE: &str = "THIRD-PARTY-LICENSES.txt";

/// The crates that become native libraries. The core and the bridge are in each.
pub(crate) const SHIPPED: [&str; 4] = [
    "hookseal-python",
    "hookseal-node",
    "hookseal-java",
    "hookseal-csharp",
];

/// The platforms that packages are for, so that one list fits all of them.
const PLATFORMS: [&str; 8] = [
    "aarch64-apple-darwin",
    "aarch64-pc-windows-msvc",
    "aarch64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
];

const HEAD: &str = "\
The native libraries of hookseal are compiled from the crates below. Where a crate
leaves the choice between licences, the one that is shown was chosen. `cargo xtask
gen` writes this file.

The Rust standard library is in them as well, under MIT or Apache-2.0; the file
COPYRIGHT-library.html of each Rust release lists its parts. Libraries for Linux that
are linked with Zig hold parts of LLVM (Apache-2.0 WITH LLVM-exception) and of Zig
(MIT), which support the compiler.
";

/// The text of the file.
pub(crate) fn text(workspace: &Workspace) -> Result<String> {
    let accepted = accepted(workspace)?;
    let sources = sources(workspace)?;
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (package, expression) in shipped(workspace)? {
        let chosen =
            choose(&expression, &accepted).with_context(|| format!("the licence of {package}"))?;
        let source = sources
            .get(&package)
            .with_context(|| format!("Cargo has no sources of {package}"))?;
        for text in licence_texts(source, &chosen)? {
            texts
                .entry(text)
                .or_default()
                .insert(format!("{package} ({})", chosen.join(" AND ")));
        }
    }
    // By the first crate of each, which is what a reader looks for.
    let mut blocks: Vec<_> = texts.into_iter().collect();
    blocks.sort_by(|(_, one), (_, other)| one.cmp(other));

    let mut file = HEAD.to_owned();
    for (text, packages) in blocks {
        let rule = "=".repeat(80);
        let packages: Vec<_> = packages.into_iter().collect();
        // Writing to a String cannot fail.
        let _ = write!(file, "\n{rule}\n{}\n\n{text}\n", packages.join("\n"));
    }
    Ok(file)
}

/// What `deny.toml` allows, in its order, which is the order of preference.
fn accepted(workspace: &Workspace) -> Result<Vec<Licensee>> {
    let config = fs::read_to_string(workspace.root.join("deny.toml"))?;
    let config: toml::Table = config.parse().context("deny.toml")?;
    config["licenses"]["allow"]
        .as_array()
        .context("deny.toml allows no licence")?
        .iter()
        .map(|id| {
            let id = id.as_str().context("a licence in deny.toml is no text")?;
            Licensee::parse(id).with_context(|| format!("deny.toml: {id}"))
        })
        .collect()
}

/// The shipped crates of others as `name version`, each with its licence expression.
fn shipped(workspace: &Workspace) -> Result<BTreeMap<String, String>> {
    let mut tree = cargo(workspace);
    tree.args(["tree", "--locked", "--prefix", "none"]).args([
        "--edges",
        "normal,no-proc-macro",
        "--format",
        "{p}|{l}",
    ]);
    for package in SHIPPED {
        tree.args(["--package", package]);
    }
    for platform in PLATFORMS {
        tree.args(["--target", platform]);
    }
    let tree = String::from_utf8(output::capture(&mut tree)?)?;
    let mut crates = BTreeMap::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let (package, licence) = line.split_once('|').context("cargo tree: no licence")?;
        // A crate of the workspace has its folder behind its version.
        if let Some((name, version)) = package.split_once(" v")
            && !version.contains(' ')
        {
            let licence = licence.trim_end_matches(" (*)");
            crates.insert(format!("{name} {version}"), licence.to_owned());
        }
    }
    Ok(crates)
}

/// The folder of each crate's sources, by `name version`.
fn sources(workspace: &Workspace) -> Result<BTreeMap<String, PathBuf>> {
    let mut metadata = cargo(workspace);
    metadata.args(["metadata", "--locked", "--format-version", "1"]);
    let metadata: Value = serde_json::from_slice(&output::capture(&mut metadata)?)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata: no packages")?;
    let mut sources = BTreeMap::new();
    for package in packages {
        let field = |name: &str| {
            package[name]
                .as_str()
                .with_context(|| format!("cargo metadata: no {name}"))
        };
        let manifest = Path::new(field("manifest_path")?);
        let folder = manifest.parent().context("a manifest without a folder")?;
        let name = format!("{} {}", field("name")?, field("version")?);
        sources.insert(name, folder.to_owned());
    }
    Ok(sources)
}

/// The fewest licences that satisfy the expression, the preferred ones of several.
fn choose(expression: &str, accepted: &[Licensee]) -> Result<Vec<String>> {
    let requirements = Expression::parse(expression)
        .map_err(|error| anyhow::anyhow!("{expression}: {}", error.reason))?
        .minimized_requirements(accepted)
        .with_context(|| format!("{expression} is not allowed by deny.toml"))?;
    let mut chosen: Vec<_> = requirements.iter().map(ToString::to_string).collect();
    chosen.sort();
    Ok(chosen)
}

/// The texts that the crate brings along for these licences; for one without any,
/// the licence's own words.
fn licence_texts(source: &Path, chosen: &[String]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(source)? {
        names.push(entry?.file_name());
    }
    names.sort();
    let mut texts = Vec::new();
    for name in names.iter().filter(|name| is_for(name, chosen)) {
        let text = fs::read_to_string(source.join(name))
            .with_context(|| format!("cannot read {}", source.join(name).display()))?;
        texts.push(tidy(&text));
    }
    if texts.is_empty() {
        for id in chosen {
            texts.push(standard_text(id)?);
        }
    }
    Ok(texts)
}

/// Whether a file holds one of the licences: by the licence that it is named after,
/// or by being named after none.
fn is_for(name: &OsStr, chosen: &[String]) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    if !["license", "licence", "notice"]
        .iter()
        .any(|start| name.starts_with(start))
    {
        return false;
    }
    let family = |id: &str| id.split('-').next().unwrap_or_default().to_lowercase();
    let named = ["apache", "bsd", "mit", "isc", "unlicense", "zlib"]
        .into_iter()
        .find(|family| name.contains(family));
    named.is_none_or(|named| chosen.iter().any(|id| family(id) == named))
}

fn standard_text(id: &str) -> Result<String> {
    let licence = spdx::license_id(id).with_context(|| format!("there is no licence {id}"))?;
    let text = licence.text().replace(
        "<year> <copyright holders>",
        "the authors of this crate, which holds no licence text of its own",
    );
    if text.contains('<') {
        bail!("the text of {id} has blanks to be filled in");
    }
    Ok(tidy(&text))
}

/// One spelling of line ends, so that equal texts are shown once.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(ids: &[&str]) -> Vec<Licensee> {
        ids.iter().map(|id| Licensee::parse(id).unwrap()).collect()
    }

    #[test]
    fn of_alternatives_the_preferred_one_is_chosen() {
        let accepted = accepted(&["MIT", "ISC", "Apache-2.0"]);
        let chosen = |expression| choose(expression, &accepted).unwrap();
        assert_eq!(chosen("Apache-2.0 OR MIT"), ["MIT"]);
        assert_eq!(chosen("Apache-2.0 AND ISC"), ["Apache-2.0", "ISC"]);
        assert!(choose("GPL-3.0-only", &accepted).is_err());
        assert!(choose("MIT/", &accepted).is_err());
    }

    #[test]
    fn files_are_taken_by_their_name() {
        let takes = |name: &str, chosen: &str| is_for(OsStr::new(name), &[chosen.to_owned()]);
        assert!(takes("LICENSE-MIT", "MIT"));
        assert!(takes("license-mit.txt", "MIT"));
        assert!(takes("LICENSE", "BSD-3-Clause"));
        assert!(takes("LICENSE-other-bits", "ISC"));
        assert!(!takes("LICENSE-APACHE", "MIT"));
        assert!(!takes("UNLICENSE", "MIT"));
        assert!(!takes("README.md", "MIT"));
    }

    #[test]
    fn a_crate_without_a_text_has_that_of_its_licence() {
        let text = standard_text("MIT").unwrap();
        assert!(text.contains("Permission is hereby granted"), "{text}");
        assert!(!text.contains('<'), "{text}");
        assert!(standard_text("BSD-3-Clause").is_err());
    }
}
