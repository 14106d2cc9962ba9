//! The licences lie beside the manifest of every package that is built from its own
//! folder; `cargo package` and maturin take nothing from outside of it. What the
//! finished archives hold is looked at by `cargo xtask test`.

use std::fs;
use std::path::Path;

/// A folder and what of the checkout's top has to be in it.
const COPIES: [(&str, &[&str]); 2] = [
    ("core", &["LICENSE-APACHE", "LICENSE-MIT"]),
    (
        "bindings-python",
        &["LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES.txt"],
    ),
];

#[test]
fn every_copy_of_a_licence_is_the_original() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &Path| {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    for (folder, names) in COPIES {
        for name in names {
            let copy = root.join(folder).join(name);
            let same = read(&copy) == read(&root.join(name));
            assert!(same, "{} differs from {name}", copy.display());
        }
    }
}
