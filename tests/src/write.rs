//! Puts the vectors and their twins where every runner finds them.

use std::fs;
use std::path::Path;

use crate::format::{FormatError, SCHEMA, VectorFile, VectorFolder};
use crate::mutate::twins_of_file;

/// How many cases were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The committed ones.
    pub cases: usize,
    /// Their tampered twins.
    pub twins: usize,
}

/// Reads the vectors of `from` and writes them, and a file `<name>.twins.json`
/// beside each, into `to`. Vectors that an earlier run left there are removed,
/// so that no runner reads a case that is gone.
///
/// # Errors
/// Where a vector is not of the format or a file cannot be written.
pub fn write_all(from: &Path, to: &Path) -> Result<Written, FormatError> {
    let folder = VectorFolder::read(from)?;
    let inaccessible =
        |error: std::io::Error| FormatError::new(format!("{}: {error}", to.display()));
    fs::create_dir_all(to).map_err(inaccessible)?;
    if fs::canonicalize(from).ok() == fs::canonicalize(to).ok() {
        return Err(FormatError::new(
            "the committed vectors must not be overwritten",
        ));
    }
    clear(to).map_err(inaccessible)?;
    let mut written = Written::default();
    for (name, file) in &folder.files {
        let twins = twins_of_file(file)?;
        written.cases += file.count;
        written.twins += twins.count;
        write_file(&to.join(format!("{name}.json")), file)?;
        if twins.count > 0 {
            write_file(&to.join(format!("{name}.twins.json")), &twins)?;
        }
    }
    Ok(written)
}

/// Removes what an earlier run wrote, and nothing else that may lie there.
fn clear(folder: &Path) -> std::io::Result<()> {
    let written_here = format!("{{\"schema\":\"{SCHEMA}\"");
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if is_json && fs::read_to_string(&path)?.starts_with(&written_here) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn write_file(path: &Path, file: &VectorFile) -> Result<(), FormatError> {
    let text = serde_json::to_string(file).map_err(|error| FormatError::new(error.to_string()))?;
    fs::write(path, text)
        .map_err(|error| FormatError::new(error.to_string()).within(&path.display().to_string()))
}
