//! Embeds `schemes/*.toml` as compact JSON, so that no TOML parser ships.
//! Whether a file is a valid scheme is checked by a test, with its whole path
//! in the error.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("schemes");
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut schemes = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let id = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .ok_or("a scheme's file name is its id")?
            .to_owned();
        let text = fs::read_to_string(&path)?;
        let scheme: serde_json::Value =
            toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        schemes.push((id, scheme.to_string()));
    }
    schemes.sort();

    let output = PathBuf::from(env::var("OUT_DIR")?).join("schemes.rs");
    fs::write(output, format!("&{schemes:?}"))?;
    Ok(())
}
