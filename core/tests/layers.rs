//! The plan of the house: no module of the core imports one that stands above
//! it, and files import each other in a circle only within one folder, three at
//! most.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The modules of the crate, from the ground up.
const LAYERS: [&str; 28] = [
    // The ground: a request, an answer, and what is said about both.
    "reply",
    "error",
    "clock",
    "body_limit",
    "coverage",
    "request",
    // What schemes are made of.
    "primitives",
    "placeholder",
    "detail",
    // What a user chooses.
    "options",
    "public_url",
    // A provider as data.
    "canonical",
    "scheme",
    "keyring",
    "config",
    // What proves a request, and what may stand in the place of a delivery.
    "prepared_request",
    "remote_keys",
    "certificates",
    "signature",
    "proof",
    "challenge",
    // All of it together.
    "names",
    "verified",
    "compiled",
    "diagnosis",
    "verify",
    "verifier",
    // The other side: who issues tokens.
    "token_issuer",
];

const LONGEST_CIRCLE: usize = 3;

#[test]
fn no_import_runs_up() {
    let modules = modules();
    let position = |module: &str| LAYERS.iter().position(|known| *known == module);
    for (file, imports) in &modules {
        let own = room(file);
        let Some(layer) = position(own) else {
            panic!("{file}: its layer is not listed here");
        };
        for import in imports {
            let other = room(import);
            let other_layer = position(other).unwrap_or_else(|| panic!("{other} has no layer"));
            assert!(
                other_layer <= layer,
                "{file} imports {import}, which stands above it"
            );
        }
    }
    let rooms: BTreeSet<&str> = modules.keys().map(|file| room(file)).collect();
    assert_eq!(rooms, LAYERS.into_iter().collect());
}

#[test]
fn circles_are_short_and_stay_in_one_folder() {
    let modules = modules();
    let reachable: BTreeMap<&str, BTreeSet<&str>> = modules
        .keys()
        .map(|file| (file.as_str(), reachable(&modules, file)))
        .collect();
    for file in modules.keys() {
        let is_mutual = |other: &&&str| reachable[**other].contains(file.as_str());
        let circle: BTreeSet<&str> = reachable[file.as_str()]
            .iter()
            .filter(is_mutual)
            .copied()
            .collect();
        assert!(circle.len() <= LONGEST_CIRCLE, "a circle: {circle:?}");
        let rooms: BTreeSet<&str> = circle.iter().map(|file| room(file)).collect();
        assert!(rooms.len() <= 1, "a circle between folders: {circle:?}");
    }
}

/// The folder or file directly below `src`.
fn room(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

fn reachable<'m>(modules: &'m BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'m str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = modules[from].iter().map(String::as_str).collect();
    while let Some(module) = open.pop() {
        let (known, imports) = modules.get_key_value(module).unwrap();
        if found.insert(known.as_str()) {
            open.extend(imports.iter().map(String::as_str));
        }
    }
    found
}

/// Every module but tests, and the modules that it imports.
fn modules() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = BTreeMap::new();
    read(&root, "", &mut sources);
    let names: BTreeSet<&String> = sources.keys().collect();
    let re_exports: BTreeMap<&String, Vec<String>> = sources
        .iter()
        .map(|(module, source)| (module, paths(module, source, "pub")))
        .collect();
    let resolve = |module: &str, path: &str| -> Option<String> {
        let mut path = path.to_owned();
        loop {
            let found = ancestors(&path).find(|name| names.contains(&name.to_string()))?;
            let found = found.to_owned();
            let item = path[found.len()..].trim_start_matches("::");
            let item = item.split("::").next().unwrap_or_default();
            let mut exported = re_exports[&found].iter();
            match exported.find(|path| path.rsplit("::").next() == Some(item)) {
                Some(real) if !item.is_empty() && *real != path => path.clone_from(real),
                _ => return (found != module).then_some(found),
            }
        }
    };
    sources
        .iter()
        .filter(|(module, _)| !module.is_empty())
        .map(|(module, source)| {
            let imports = paths(module, source, "");
            let imports = imports.iter().filter_map(|path| resolve(module, path));
            // The root exports what others hold.
            (
                module.clone(),
                imports.filter(|it| !it.is_empty()).collect(),
            )
        })
        .collect()
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.rsplit_once("::").map(|(front, _)| front)
    })
}

fn read(folder: &Path, prefix: &str, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let name = if prefix.is_empty() {
            stem.to_owned()
        } else {
            format!("{prefix}::{stem}")
        };
        match stem {
            "tests" | "lib" => {}
            "mod" => drop(sources.insert(prefix.to_owned(), code(&path))),
            _ if path.is_dir() => read(&path, &name, sources),
            _ => drop(sources.insert(name, code(&path))),
        }
    }
}

/// A file without comments and without its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths of `use` items with that visibility, or without any, from the root
/// of the crate; one for each name.
fn paths(module: &str, source: &str, visibility: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut items = source.split(';').filter_map(|item| {
        let line = item.rfind("use ")?;
        let before = item[..line].rsplit('\n').next().unwrap_or_default();
        let before = before.trim();
        // What a module exports of its children it does not use.
        let is_wanted = match visibility {
            "" => before.is_empty(),
            visibility => before.starts_with(visibility),
        };
        is_wanted.then(|| &item[line + 4..])
    });
    let mut add = |path: &str| {
        let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        let mut segments = path.splitn(2, "::");
        let (first, rest) = (segments.next().unwrap_or_default(), segments.next());
        let rest = rest.unwrap_or_default();
        match first {
            "crate" => paths.push(rest.to_owned()),
            "super" => paths.push(joined(parent, rest)),
            // `use child::Name` of a module that has the child.
            _ => paths.push(joined(module, path)),
        }
    };
    items.by_ref().for_each(|item| {
        let item: String = item.split_whitespace().collect();
        expand(&item, &mut add);
    });
    // Paths that are written out where they are used.
    if visibility.is_empty() {
        for path in source.split("crate::").skip(1) {
            let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let end = path.find(|c| !is_part(c)).unwrap_or(path.len());
            paths.push(path[..end].trim_end_matches(':').to_owned());
        }
    }
    paths
}

fn joined(prefix: &str, rest: &str) -> String {
    match (prefix, rest) {
        ("", rest) => rest.to_owned(),
        (prefix, "") => prefix.to_owned(),
        (prefix, rest) => format!("{prefix}::{rest}"),
    }
}

/// Calls with each path of `a::{b, c::{d}}`.
fn expand(item: &str, add: &mut impl FnMut(&str)) {
    let Some((front, rest)) = item.split_once('{') else {
        let path = item.trim_end_matches("::self");
        return add(path);
    };
    let inner = rest.strip_suffix('}').unwrap_or(rest);
    let mut depth = 0;
    let is_end = |c: char| {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    };
    for part in inner.split(is_end).filter(|part| !part.is_empty()) {
        expand(&format!("{front}{part}"), add);
    }
}
