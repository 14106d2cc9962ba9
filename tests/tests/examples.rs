//! The worked examples of docs/scheme-language.md are the schemes of vectors, so that
//! every language verifies deliveries with them as they are printed there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use conformance::format::{VectorFolder, committed_folder};
use serde_json::Value;

const EXAMPLES: [&str; 3] = ["acme", "beta", "gamma"];

/// The TOML blocks of the page that are whole files, by their id.
fn printed() -> BTreeMap<String, Value> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scheme-language.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("```").map(|(block, _)| block));
    let files = blocks.filter_map(|block| toml::from_str::<Value>(block).ok());
    files
        .filter_map(|file| Some((file["id"].as_str()?.to_owned(), file)))
        .collect()
}

#[test]
fn every_worked_example_verifies_deliveries_in_all_languages() {
    let printed = printed();
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    let cases = &folder.files["scheme-examples"].cases;
    for id in EXAMPLES {
        let mut of_example = cases
            .iter()
            .filter(|case| case.scheme_id() == id)
            .peekable();
        assert!(of_example.peek().is_some(), "{id}");
        for case in of_example {
            let scheme: Value = serde_json::from_str(&case.scheme).unwrap();
            assert_eq!(scheme, printed[id], "{}", case.id);
        }
    }
    assert!(
        cases
            .iter()
            .all(|case| EXAMPLES.contains(&&*case.scheme_id()))
    );
}
