//! No scheme without vectors, no vectors without a scheme.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use conformance::format::{Case, Expect, Flag, VectorFolder, committed_folder};
use conformance::layout::Layout;
use hookseal::ErrorCode;

fn schemes_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/schemes")
}

/// All scheme files, by the id that stands in them.
fn schemes() -> BTreeMap<String, toml::Table> {
    fs::read_dir(schemes_folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            let file: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
            let id = file["id"].as_str().unwrap().to_owned();
            assert_eq!(path.file_stem().unwrap().to_str(), Some(id.as_str()));
            (id, file)
        })
        .collect()
}

fn scheme_ids() -> BTreeSet<String> {
    schemes().into_keys().collect()
}

/// The verdicts that a scheme with a section in its file must have vectors for.
fn needed(section: &str, file: &toml::Table) -> &'static [ErrorCode] {
    use ErrorCode as Code;
    match section {
        "signature" => &[
            Code::SignatureMismatch,
            Code::MalformedHeader,
            Code::MissingHeader,
        ],
        "token" => &[Code::TokenMismatch],
        "basic" => &[Code::MissingHeader, Code::TokenMismatch],
        // Its key is configured, and never fetched.
        "jwt" if file.contains_key("key") => &[
            Code::MissingHeader,
            Code::JwtMalformed,
            Code::SignatureMismatch,
            Code::JwtExpired,
            Code::JwtClaimMismatch,
        ],
        // It has no claims, so no time.
        "jwt" if file["jwt"].get("detached").is_some() => &[
            Code::MissingHeader,
            Code::JwtMalformed,
            Code::SignatureMismatch,
            Code::KeyUnavailable,
        ],
        "jwt" => &[
            Code::MissingHeader,
            Code::JwtMalformed,
            Code::SignatureMismatch,
            Code::JwtExpired,
            Code::JwtClaimMismatch,
            Code::KeyUnavailable,
        ],
        "decrypt" => &[Code::DecryptionFailed, Code::Configuration],
        "challenge" => &[Code::Challenge, Code::BodyMismatch],
        _ => &[],
    }
}

#[test]
fn every_scheme_has_vectors_of_each_kind() {
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    let mut verdicts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in folder.cases() {
        verdicts
            .entry(&case.scheme)
            .or_default()
            .insert(case.expect.as_str());
    }
    let schemes = schemes();
    assert!(!schemes.is_empty());
    for (id, file) in &schemes {
        let found = verdicts.get(id.as_str()).cloned().unwrap_or_default();
        // A scheme that extends another one has the sections of that.
        let base = file
            .get("extends")
            .and_then(|base| schemes.get(base.as_str()?));
        let sections = file
            .keys()
            .chain(base.into_iter().flat_map(|base| base.keys()));
        let sections = sections.flat_map(|section| needed(section, file));
        let codes: Vec<_> = sections.map(|code| code.as_str()).collect();
        assert!(!codes.is_empty(), "scheme {id} has no proof");
        for verdict in codes.into_iter().chain([Expect::Verified.as_str()]) {
            assert!(
                found.contains(verdict),
                "scheme {id} has no vector for {verdict}"
            );
        }
    }
}

#[test]
fn every_vector_has_a_scheme() {
    let ids = scheme_ids();
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    for case in folder.cases() {
        let is_refused = case.flags.contains(&Flag::Configuration);
        let is_custom = case.scheme.starts_with('{');
        assert!(
            ids.contains(&case.scheme) || is_custom || is_refused,
            "{}: {}",
            case.id,
            case.scheme
        );
    }
}

/// Cases are added and not lost: ids are never reused, and a file's own count
/// would not notice an edit that changes both. A new file needs no line here.
#[test]
fn no_file_has_lost_cases() {
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    for (name, fewest) in [
        ("alexa", 33),
        ("audiohook", 21),
        ("aws-sns", 103),
        ("azure-communication-services", 104),
        ("azure-event-grid", 115),
        ("custom", 192),
        ("discord", 89),
        ("enablex", 126),
        ("enablex-core", 67),
        ("enablex-extended", 194),
        ("enablex-legacy", 120),
        ("enablex-refused", 93),
        ("github", 42),
        ("google-pubsub", 26),
        ("kaisa-basic", 96),
        ("kaisa-oauth2", 159),
        ("paypal", 33),
        ("mailchannels", 17),
        ("plivo", 65),
        ("plivo-constructed", 254),
        ("plivo-differential", 114),
        ("request", 45),
        ("rfc9421", 70),
        ("sendgrid", 109),
        ("standard-webhooks", 66),
        ("standard-webhooks-v1a", 115),
        ("stripe", 76),
        ("telnyx", 87),
        ("twilio", 66),
        ("vcc-live", 120),
        ("vcc-live-core", 84),
        ("vcc-live-extended", 165),
        ("vcc-live-legacy", 71),
        ("vcc-live-refused", 95),
    ] {
        let count = folder.files.get(name).map(|file| file.cases.len());
        assert!(count >= Some(fewest), "{name}.json has {count:?} cases");
    }
    assert_eq!(folder.declared(), folder.cases().count());
}

#[test]
fn every_layout_is_used_and_the_files_agree_on_it() {
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    let mut known = BTreeMap::new();
    for (name, file) in &folder.files {
        let verified: BTreeSet<String> = file
            .cases
            .iter()
            .filter(|case| case.expect == Expect::Verified)
            .map(Case::scheme_id)
            .collect();
        let described: BTreeSet<String> = file.twins.keys().cloned().collect();
        assert_eq!(described, verified, "{name}.json: twins");
        for (id, layouts) in &file.twins {
            let first = known.entry(id).or_insert(layouts);
            assert_eq!(*first, layouts, "{name}.json: twins.{id}");
        }
    }
}

/// Lists of changes are many, and one that no case names makes no twin.
#[test]
fn every_list_of_changes_is_named_by_a_case() {
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    let mut listed = BTreeSet::new();
    for (id, layouts) in folder.files.values().flat_map(|file| &file.twins) {
        for layout in layouts {
            if let Layout::Changes(changes) = layout {
                listed.insert((id.clone(), changes.name.clone()));
            }
        }
    }
    let named: BTreeSet<_> = folder
        .cases()
        .filter_map(|case| Some((case.scheme_id(), case.layout.clone()?)))
        .collect();
    assert_eq!(listed, named);
}

#[test]
fn a_scheme_can_be_added_without_a_change_of_this_crate() {
    let ids = scheme_ids();
    let mut sources = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .peekable();
    assert!(sources.peek().is_some());
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        let named = ids.iter().find(|id| text.contains(&format!("\"{id}\"")));
        assert_eq!(named, None, "{}", path.display());
    }
}

#[test]
fn every_file_has_its_provenance() {
    let provenance = fs::read_to_string(committed_folder().join("PROVENANCE.md")).unwrap();
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    for (name, file) in &folder.files {
        assert!(
            provenance.contains(&format!("`{name}.json`")),
            "{name}.json"
        );
        let repositories = file.cases.iter().flat_map(|case| &case.source.files);
        for repository in repositories.map(|source| &source.repo) {
            assert!(provenance.contains(repository.as_str()), "{repository}");
        }
    }
}
