//! A binding knows no scheme: adding a provider changes no binding. So no
//! scheme id stands in the code of a binding or of the bridge, and no provider
//! is named there, not even in a comment. The options of each scheme are
//! generated, and these files are known by name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the sources of the bindings are; each must exist.
const SOURCES: [&str; 10] = [
    "bridge/src",
    "bindings-python/src",
    "bindings-python/python",
    "bindings-node/src",
    "bindings-node/lib",
    "bindings-java/src",
    "bindings-java/hookseal/src/main",
    "bindings-java/hookseal-spring-boot-starter/src/main",
    "bindings-csharp/src",
    "bindings-csharp/dotnet",
];

/// Folders that are no sources of the binding: what is built, and its tests.
const SKIPPED: [&str; 8] = [
    "node_modules",
    "target",
    "bin",
    "obj",
    "__pycache__",
    "tests",
    "test",
    "bench",
];

const EXTENSIONS: [&str; 12] = [
    "rs", "py", "pyi", "ts", "mts", "cts", "js", "mjs", "cjs", "java", "cs", "h",
];

/// The options of all schemes, in one file each.
const GENERATED: [&str; 4] = [
    "bindings-node/lib/scheme-options.ts",
    "bindings-python/python/hookseal/_by_scheme.pyi",
    "bindings-python/python/hookseal/options.py",
    "bindings-python/python/hookseal/providers.py",
];

/// The options of one scheme a file, with how its name ends behind the scheme's.
const GENERATED_BY_SCHEME: [(&str, &str); 2] = [
    (
        "bindings-java/hookseal/src/main/java/io/hookseal/providers",
        ".java",
    ),
    ("bindings-csharp/dotnet/Hookseal/Providers", "Options.cs"),
];

/// Schemes that are public standards, not providers; comments may name them.
const STANDARDS: [&str; 4] = [
    "basic",
    "bearer-jwt",
    "standard-webhooks",
    "standard-webhooks-v1a",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn scheme_ids() -> BTreeSet<String> {
    let files = fs::read_dir(root().join("core/schemes")).unwrap();
    let paths = files.map(|entry| entry.unwrap().path());
    let is_scheme = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    };
    paths
        .filter(is_scheme)
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// What `cargo xtask gen` writes. It compares each file with what it would write, so
/// nothing else can hide in one.
fn generated(ids: &BTreeSet<String>) -> BTreeSet<PathBuf> {
    let one_for_all = GENERATED.iter().map(|file| root().join(file));
    let by_scheme = GENERATED_BY_SCHEME.iter().flat_map(|(folder, end)| {
        ids.iter()
            .map(move |id| root().join(folder).join(pascal_case(id) + end))
    });
    one_for_all.chain(by_scheme).collect()
}

fn pascal_case(id: &str) -> String {
    let capitalised = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split('-').map(capitalised).collect()
}

/// The first word of each id that is no standard: `plivo-v2` belongs to `plivo`.
/// Providers whose names are words of code: metadata, `request.META`.
const WORDS: [&str; 1] = ["meta"];

fn providers(ids: &BTreeSet<String>) -> BTreeSet<String> {
    ids.iter()
        .filter(|id| !STANDARDS.contains(&id.as_str()))
        .filter_map(|id| id.split('-').next())
        .filter(|provider| !WORDS.contains(provider))
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_test = name.contains(".Tests") || name.contains(".Benchmarks");
            if !SKIPPED.contains(&name.as_str()) && !is_test {
                sources(&path, found);
            }
        } else if path
            .extension()
            .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
        {
            found.push(path);
        }
    }
}

fn is_comment(line: &str) -> bool {
    ["//", "/*", "*", "#"]
        .iter()
        .any(|start| line.trim_start().starts_with(start))
}

/// What a text says that it must not.
fn findings(text: &str, ids: &BTreeSet<String>, providers: &BTreeSet<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let lower = line.to_lowercase().replace("github.com", "");
        let quoted = |id: &&String| {
            ['"', '\'', '`']
                .iter()
                .any(|quote| lower.contains(&format!("{quote}{id}{quote}")))
        };
        let named = |provider: &&String| {
            lower
                .split(|character: char| !character.is_ascii_alphanumeric())
                .any(|word| word.starts_with(provider.as_str()))
        };
        if let Some(id) = ids.iter().find(quoted).filter(|_| !is_comment(line)) {
            findings.push(format!("line {}: scheme id {id}", number + 1));
        } else if let Some(provider) = providers.iter().find(named) {
            findings.push(format!("line {}: provider {provider}", number + 1));
        }
    }
    findings
}

#[test]
fn no_binding_names_a_scheme_or_a_provider() {
    let ids = scheme_ids();
    let providers = providers(&ids);
    let generated = generated(&ids);
    assert!(ids.len() >= 8, "{ids:?}");
    let mut all = Vec::new();
    for folder in SOURCES.map(|source| root().join(source)) {
        if !folder.is_dir() {
            all.push(format!("{} is not there", folder.display()));
            continue;
        }
        let mut files = Vec::new();
        sources(&folder, &mut files);
        assert!(!files.is_empty(), "no sources in {}", folder.display());
        for file in files.iter().filter(|file| !generated.contains(*file)) {
            let text = fs::read_to_string(file).unwrap();
            let place = file.display().to_string();
            all.extend(
                findings(&text, &ids, &providers)
                    .into_iter()
                    .map(|finding| format!("{place}: {finding}")),
            );
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn what_is_excepted_is_generated() {
    for file in generated(&scheme_ids()) {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let place = file.display();
        assert!(first.contains("Generated by `cargo xtask gen`"), "{place}");
    }
}

#[test]
fn the_check_itself_sees_what_it_must() {
    let ids = BTreeSet::from(["acme-v2".to_owned(), "standard-webhooks".to_owned()]);
    let providers = providers(&ids);
    let found = |text: &str| findings(text, &ids, &providers).len();
    assert_eq!(found("if scheme == \"acme-v2\" {"), 1);
    assert_eq!(found("// as Acme does"), 1);
    assert_eq!(found("const ACME_HEADER: &str"), 1);
    assert_eq!(found("match scheme { 'standard-webhooks' => 1 }"), 1);
    assert_eq!(found("/// Verifier::new(\"standard-webhooks\")"), 0);
    assert_eq!(found("let place = macmetal;"), 0);
}
