//! `cargo run -p conformance --bin vectors -- <folder>`: writes all committed
//! vectors and the tampered twins of the verified ones into a folder, for the
//! runners of all languages. The twins are many, so they are made, not kept.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: vectors <folder>");
        return ExitCode::FAILURE;
    };
    if folder.as_encoded_bytes().starts_with(b"-") {
        eprintln!("usage: vectors <folder>");
        return ExitCode::FAILURE;
    }
    let folder = PathBuf::from(folder);
    match conformance::write::write_all(&conformance::format::committed_folder(), &folder) {
        Ok(written) => {
            println!(
                "vectors: {} cases and {} twins in {}",
                written.cases,
                written.twins,
                folder.display()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("vectors: {error}");
            ExitCode::FAILURE
        }
    }
}
