//! What every package has to hold, read from the archives as they are published: the
//! licences, and libraries that load on the Linux systems that are promised.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use object::Endianness;
use object::read::elf::{ElfFile64, FileHeader as _};
use tar::Archive;
use zip::ZipArchive;

use crate::language::{Counts, Workspace};
use crate::{licences, native};

/// The licences of this project, by the names that the files have in the checkout.
pub(crate) const OWN_LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Checks one language's packages, and prints what is wrong with them.
pub(crate) fn check(workspace: &Workspace, archives: &[PathBuf]) -> Result<Counts> {
    let read = |name| -> Result<_> { Ok((name, fs::read(workspace.root.join(name))?)) };
    let own: Vec<_> = OWN_LICENCES.into_iter().map(read).collect::<Result<_>>()?;
    let of_others = read(licences::FILE)?;
    let mut counts = Counts::default();
    let mut libraries = 0;
    let mut note = |archive: &Path, what: &str, holds: bool| {
        let (count, verdict) = match holds {
            true => (&mut counts.passed, "ok"),
            false => (&mut counts.failed, "FAILED"),
        };
        *count += 1;
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        println!("packages: {name}: {what}: {verdict}");
    };
    for archive in archives {
        let files = files(archive).with_context(|| format!("cannot read {}", archive.display()))?;
        // Those of what is linked in lie beside it.
        let is_native = files.values().any(|content| is_elf(content));
        for (name, text) in own.iter().chain(is_native.then_some(&of_others)) {
            note(archive, name, holds(&files, name, text));
        }
        for (path, content) in files.iter().filter(|(_, content)| is_elf(content)) {
            let newest = newest_glibc(content).with_context(|| path.clone())?;
            let (major, minor) = newest;
            let what = format!("{path} asks for glibc {major}.{minor}");
            note(archive, &what, newest <= native::GLIBC);
            libraries += 1;
        }
    }
    // A check that finds nothing to look at must not pass.
    if cfg!(target_os = "linux") && libraries == 0 {
        bail!("no package holds a native library");
    }
    Ok(counts)
}

/// The files of a wheel, jar or NuGet package, which are zips, or of an npm package.
fn files(archive: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let packed = fs::read(archive)?;
    let mut files = BTreeMap::new();
    let mut add = |path: String, file: &mut dyn Read| -> Result<()> {
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        files.insert(path, content);
        Ok(())
    };
    if archive
        .extension()
        .is_some_and(|extension| extension == "tgz")
    {
        for entry in Archive::new(GzDecoder::new(packed.as_slice())).entries()? {
            let mut entry = entry?;
            add(entry.path()?.display().to_string(), &mut entry)?;
        }
    } else {
        let mut zip = ZipArchive::new(Cursor::new(packed))?;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index)?;
            add(entry.name()?.into_owned(), &mut entry)?;
        }
    }
    Ok(files)
}

fn holds(files: &BTreeMap<String, Vec<u8>>, name: &str, text: &[u8]) -> bool {
    files
        .iter()
        .any(|(path, content)| path.rsplit('/').next() == Some(name) && content == text)
}

fn is_elf(content: &[u8]) -> bool {
    content.starts_with(&object::elf::ELFMAG)
}

/// The newest version of glibc among those of the symbols that a library asks for.
fn newest_glibc(library: &[u8]) -> Result<(u32, u32)> {
    let elf = ElfFile64::<Endianness>::parse(library)?;
    let endian = elf.endian();
    let sections = elf.elf_header().sections(endian, library)?;
    let (mut libraries, link) = sections
        .gnu_verneed(endian, library)?
        .context("it asks for no version of any library")?;
    let strings = sections.strings(endian, library, link)?;
    let mut newest = None;
    while let Some((_, mut versions)) = libraries.next()? {
        while let Some(version) = versions.next()? {
            let name = String::from_utf8_lossy(version.name(endian, strings)?).into_owned();
            newest = newest.max(glibc_version(&name)?);
        }
    }
    newest.context("it asks for no version of glibc")
}

/// Reads `GLIBC_2.17`, and `GLIBC_2.2.5` as 2.2; other libraries have other names.
fn glibc_version(name: &str) -> Result<Option<(u32, u32)>> {
    let Some(version) = name.strip_prefix("GLIBC_") else {
        return Ok(None);
    };
    let mut parts = version.split('.').map(str::parse);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else {
        bail!("{name} is no public version");
    };
    Ok(Some((major, minor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_glibc_are_read() {
        let read = |name| glibc_version(name).unwrap();
        assert_eq!(read("GLIBC_2.17"), Some((2, 17)));
        assert_eq!(read("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(read("GCC_3.0"), None);
        assert!(read("GLIBC_2.34") > Some(native::GLIBC));
        assert!(glibc_version("GLIBC_PRIVATE").is_err());
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn a_program_of_this_machine_asks_for_its_glibc() {
        // Rust's own tests ask for functions that 2.17 did not have.
        let program = fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(is_elf(&program));
        assert!(newest_glibc(&program).unwrap() > native::GLIBC);
    }

    #[test]
    fn a_licence_counts_by_its_text() {
        let files = BTreeMap::from([("META-INF/LICENSE-MIT".to_owned(), b"text".to_vec())]);
        assert!(holds(&files, "LICENSE-MIT", b"text"));
        assert!(!holds(&files, "LICENSE-MIT", b"another"));
        assert!(!holds(&files, "LICENSE-APACHE", b"text"));
        assert!(!holds(&files, "MIT", b"text"));
    }
}
