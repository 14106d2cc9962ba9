//! The vector files are of their schema, also for readers that are not Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use conformance::format::{VectorFolder, committed_folder};
use conformance::write::write_all;
use hookseal::ErrorCode;
use jsonschema::Validator;
use serde_json::Value;

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors.schema.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn assert_valid(validator: &Validator, folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        files += 1;
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&file)
            .take(5)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{}:\n{}",
            path.display(),
            errors.join("\n")
        );
    }
    files
}

#[test]
fn every_file_is_valid() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    assert!(assert_valid(&validator, &committed_folder()) > 0);
}

#[test]
fn the_generated_twins_are_valid_and_have_ids_of_their_own() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema-twins");
    let written = write_all(&committed_folder(), &folder).unwrap();
    assert!(written.twins > written.cases);
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    assert_valid(&validator, &folder);
    // Reading rejects an id that occurs twice and a count that is not right.
    let all = VectorFolder::read(&folder).unwrap();
    assert_eq!(all.declared(), written.cases + written.twins);
}

#[test]
fn writing_never_touches_the_committed_vectors() {
    let error = write_all(&committed_folder(), &committed_folder()).unwrap_err();
    assert!(error.to_string().contains("overwritten"));
}

#[test]
fn the_schema_knows_every_code_and_no_other() {
    let schema = schema();
    let listed = schema["$defs"]["expect"]["enum"].as_array().unwrap();
    let listed: BTreeSet<&str> = listed.iter().map(|code| code.as_str().unwrap()).collect();
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str());
    assert_eq!(listed, codes.chain(["verified"]).collect());
}

#[test]
fn what_is_not_of_the_format_is_invalid() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let path = committed_folder().join("github.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(validator.is_valid(&file));
    let changes: [fn(&mut Value); 6] = [
        |file| file["schema"] = "hookseal-vectors-2".into(),
        |file| file["cases"][0]["expect"] = "fine".into(),
        |file| file["cases"][0]["flags"] = serde_json::json!(["new"]),
        |file| file["cases"][0]["surprise"] = 1.into(),
        |file| file["cases"][0]["request"]["body_base64"] = "".into(),
        |file| file["cases"][0]["facts"] = Value::Null,
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = file.clone();
        change(&mut changed);
        assert!(!validator.is_valid(&changed), "change {index}");
    }
}
