//! README.md, done as a reader would do it: each quick start is typed in, built
//! from `dist/`, started, and sent a genuine delivery and a forged one. Then the
//! tests of handlers that `docs/testing.md` shows, which send those themselves.
//!
//! A section of a page is the program of a language. In it
//!
//! - a fenced block below a line such as `` `app.py`: `` is that file;
//! - the lines of the `sh` blocks are commands, and the last one starts the
//!   application, or runs the tests.
//!
//! They run in a folder beside one that is called `hookseal` and holds `dist/`,
//! as the page tells its reader.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use conformance::http::Client;

use super::{demo, heading};
use crate::language::{Counts, Language, Workspace};
use crate::output;
use crate::service::Service;
use crate::summary::Summary;

/// The heading of each language's quick start.
const SECTIONS: [(&str, &str); 4] = [
    ("python", "Python with Flask"),
    ("node", "Node with Express"),
    ("java", "Java with Spring Boot"),
    ("dotnet", ".NET with ASP.NET Core"),
];

/// The page that shows how a handler is tested, with a section for each language too.
const TESTING: &str = "docs/testing.md";

/// Runs the quick starts of these languages, and the tests that the documentation
/// shows, from the packages in `dist/`.
pub(super) fn run(workspace: &Workspace, languages: &[Box<dyn Language>], summary: &mut Summary) {
    for language in languages {
        for (name, program) in [
            ("readme", quick_start as Program),
            ("testing", handler_test),
        ] {
            let part = format!("{name} {}", language.name());
            heading(&part);
            summary.record(&part, program(workspace, language.as_ref()));
        }
    }
}

type Program = fn(&Workspace, &dyn Language) -> Result<Counts>;

/// Runs the demo, which the page promises as well. It shows every language.
pub(super) fn run_demo(workspace: &Workspace) -> Result<Counts> {
    let mut counts = Counts::default();
    if demo::run(workspace, None)? == ExitCode::SUCCESS {
        counts.passed += 1;
    } else {
        counts.failed += 1;
    }
    Ok(counts)
}

/// The test of a handler: its commands end well where the tests in it pass.
fn handler_test(workspace: &Workspace, language: &dyn Language) -> Result<Counts> {
    let page = Page::read(&workspace.root.join(TESTING))?;
    let section = section_of(language.name()).context("there is no section for it")?;
    let folder = application_folder(workspace, &format!("{}-tests", language.name()))?;
    page.write_files(section, &folder)?;
    let environment = language.user_environment(workspace)?;
    for line in page.commands(section) {
        println!("$ {line}");
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(&folder);
        output::run(shell.envs(environment.iter().map(|(name, value)| (name, value))))?;
    }
    Ok(Counts {
        passed: 1,
        ..Counts::default()
    })
}

fn quick_start(workspace: &Workspace, language: &dyn Language) -> Result<Counts> {
    let page = Page::read(&workspace.root.join("README.md"))?;
    let section = section_of(language.name()).context("README.md has no section for it")?;
    let folder = application_folder(workspace, &format!("{}-application", language.name()))?;
    page.write_files(section, &folder)?;

    let environment = language.user_environment(workspace)?;
    let first_steps = demo::first_steps()?;
    let shell = |line: &str| {
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(&folder)
            .envs(first_steps.environment)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        command
    };
    let commands = page.commands(section);
    let Some((start, set_up)) = commands.split_last() else {
        bail!("the section `{section}` has no commands");
    };
    for line in set_up {
        println!("$ {line}");
        output::run(&mut shell(line))?;
    }
    println!("$ {start}");
    let name = format!("readme-{}", language.name());
    let mut service = Service::start(workspace, &name, shell(&format!("exec {start}")), None)?;
    service.wait_until_ready()?;

    let mut client = Client::new(service.address());
    let mut counts = Counts::default();
    for delivery in &first_steps.deliveries {
        let outcome = delivery.send(&mut client)?;
        println!("{}: {}", delivery.case, outcome.status);
        if outcome.is_expected {
            counts.passed += 1;
        } else {
            println!("  expected {}", delivery.status);
            counts.failed += 1;
        }
    }
    Ok(counts)
}

fn section_of(language: &str) -> Option<&'static str> {
    SECTIONS
        .iter()
        .find(|(name, _)| *name == language)
        .map(|&(_, section)| section)
}

/// An empty folder, beside `hookseal/dist`.
fn application_folder(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let parent = workspace.scratch("readme");
    let checkout = parent.join("hookseal");
    fs::create_dir_all(&checkout)?;
    // Not a link to the checkout itself, which would be a circle.
    if let Err(error) = symlink(workspace.dist(), checkout.join("dist"))
        && error.kind() != ErrorKind::AlreadyExists
    {
        return Err(error).context("cannot link to dist");
    }
    let folder = parent.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove an earlier application")?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The fenced blocks of a Markdown page.
#[derive(Debug)]
struct Page {
    blocks: Vec<Block>,
}

#[derive(Debug, Default)]
struct Block {
    /// The heading above it.
    section: String,
    /// What stands behind the opening fence, e.g. `sh`.
    kind: String,
    /// The name in a line `` `name`: `` above it.
    file: Option<String>,
    text: String,
}

impl Page {
    fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let mut blocks = Vec::new();
        let (mut section, mut line_above) = ("", "");
        let mut open: Option<Block> = None;
        for line in text.lines() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(kind)) => {
                    let name = line_above.strip_prefix('`');
                    open = Some(Block {
                        section: section.to_owned(),
                        kind: kind.to_owned(),
                        file: name
                            .and_then(|name| name.strip_suffix("`:"))
                            .map(str::to_owned),
                        text: String::new(),
                    });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {
                    if line.starts_with('#') {
                        section = line.trim_start_matches('#').trim();
                    }
                }
            }
            if !line.is_empty() {
                line_above = line;
            }
        }
        Self { blocks }
    }

    /// Name and text of the files of a section.
    fn files(&self, section: &str) -> Vec<(&str, &str)> {
        let blocks = self.blocks.iter().filter(|block| block.section == section);
        blocks
            .filter_map(|block| Some((block.file.as_deref()?, block.text.as_str())))
            .collect()
    }

    /// Writes the files of a section into a folder.
    fn write_files(&self, section: &str, folder: &Path) -> Result<()> {
        for (name, text) in self.files(section) {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// The commands of a section, without comments.
    fn commands(&self, section: &str) -> Vec<&str> {
        let blocks = self.blocks.iter().filter(|block| block.section == section);
        blocks
            .filter(|block| block.kind == "sh")
            .flat_map(|block| block.text.lines())
            .map(|line| line.split(" #").next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use conformance::format::VectorFile;
    use conformance::mutate::twins_of_file;
    use conformance::runner::{HeaderForm, Runner};
    use hookseal::{ErrorCode, Options, Verifier, schemes_json};
    use serde_json::Value;

    use super::*;
    use crate::args;
    use crate::languages;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn page(name: &str) -> Page {
        Page::read(&root().join(name)).unwrap()
    }

    fn text(name: &str) -> String {
        fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every page that this file answers for.
    fn pages() -> Vec<String> {
        let mut pages: Vec<String> = [
            "README.md",
            "ARCHITECTURE.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "CODE_OF_CONDUCT.md",
            "RELEASING.md",
            "core/README.md",
        ]
        .map(str::to_owned)
        .into();
        for entry in fs::read_dir(root().join("docs")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            pages.push(format!("docs/{name}"));
        }
        pages
    }

    /// The first cell of each row of a table, where it is `` `code` ``.
    fn first_cells(text: &str) -> Vec<&str> {
        text.lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect()
    }

    #[test]
    fn blocks_files_and_commands_are_read() {
        let page = Page::parse(
            "# A\n\n`a/b.txt`:\n\n```text\none\n\n# two\n```\n\n## B\n\n```sh\nx --y  # why\n# no\n\nz\n```\n",
        );
        assert_eq!(page.files("A"), [("a/b.txt", "one\n\n# two\n")]);
        assert_eq!(page.commands("B"), ["x --y", "z"]);
        assert!(page.files("B").is_empty() && page.commands("A").is_empty());
    }

    #[test]
    fn every_language_has_its_quick_start() {
        for name in ["README.md", TESTING] {
            let page = page(name);
            for language in languages::all() {
                let section = section_of(language.name()).unwrap();
                assert!(
                    !page.files(section).is_empty(),
                    "{name}, {section}: no program"
                );
                assert!(
                    !page.commands(section).is_empty(),
                    "{name}, {section}: no commands"
                );
            }
        }
        let page = page("README.md");
        // What the reader sets is what `quick_start` and `Service` set.
        let settings = page.commands("Quick start").into_iter();
        let settings = settings.filter_map(|line| line.strip_prefix("export ")?.split('=').next());
        assert_eq!(
            settings.collect::<Vec<_>>(),
            ["PLIVO_AUTH_TOKEN", "PUBLIC_URL", "PORT"]
        );
    }

    #[test]
    fn every_command_of_the_pages_is_one() {
        let mut seen = BTreeSet::new();
        for name in pages() {
            for block in page(&name).blocks {
                for line in block.text.lines() {
                    let Some(line) = line.trim().strip_prefix("cargo xtask") else {
                        continue;
                    };
                    let line = line.split(" #").next().unwrap_or_default();
                    let parsed = args::tests::parse(line);
                    assert!(parsed.is_ok(), "{name}: cargo xtask{line}: {parsed:?}");
                    seen.insert(format!("{name}:{}", line.trim()));
                }
            }
        }
        // `cargo xtask test` does the first, is the last, and calls `run_demo`.
        let readme = ["README.md:dist", "README.md:demo", "README.md:test"];
        assert!(
            readme.iter().all(|command| seen.contains(*command)),
            "{seen:?}"
        );
    }

    #[test]
    fn the_table_of_providers_is_the_catalogue() {
        let schemes: Value = serde_json::from_str(schemes_json()).unwrap();
        let catalogue: BTreeSet<&str> = schemes
            .as_array()
            .unwrap()
            .iter()
            .map(|scheme| scheme["id"].as_str().unwrap())
            .collect();
        let readme = text("README.md");
        let (_, after) = readme.split_once("## Providers").unwrap();
        let (table, _) = after.split_once("\n\nA secret").unwrap();
        assert_eq!(
            first_cells(table).into_iter().collect::<BTreeSet<_>>(),
            catalogue
        );
        for scheme in schemes.as_array().unwrap() {
            let id = scheme["id"].as_str().unwrap();
            let row = table
                .lines()
                .find(|line| line.starts_with(&format!("| `{id}`")));
            let row = row.unwrap();
            assert!(row.contains(scheme["docs"].as_str().unwrap()), "{id}: link");
            let options = scheme["options"].as_array().unwrap();
            let is_key =
                |option: &&Value| option["secret"] == true || option["kind"] == "public_key";
            for key in options.iter().filter(is_key) {
                let name = format!("`{}`", key["name"].as_str().unwrap());
                assert!(row.contains(&name), "{id}: {name}");
            }
        }
    }

    #[test]
    fn the_table_of_errors_is_the_frozen_one() {
        let errors = text("docs/errors.md");
        let documented: Vec<&str> = first_cells(&errors);
        let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(documented, codes);
        for code in ErrorCode::ALL {
            let start = format!(
                "| `{}` | {} | {} |",
                code.as_str(),
                code.number(),
                code.status()
            );
            assert!(errors.contains(&start), "{start}");
        }
    }

    #[test]
    fn every_scheme_of_the_pages_compiles() {
        let mut compiled = 0;
        for name in pages() {
            for block in page(&name).blocks {
                let scheme: Value = match block.kind.as_str() {
                    "json" => serde_json::from_str(&block.text).unwrap(),
                    "toml" => toml::from_str(&block.text)
                        .unwrap_or_else(|error| panic!("{name}: {error}")),
                    _ => continue,
                };
                let Some(option) = scheme["key"]["option"].as_str() else {
                    continue;
                };
                let key = match scheme["key"]["shared"].as_bool() {
                    None => "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
                    // That of RFC 8032 section 7.1.
                    Some(_) => "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                };
                let options = Options::new().with(option, key);
                let verifier = Verifier::new(&scheme.to_string(), options);
                assert!(verifier.is_ok(), "{name}: {verifier:?}");
                compiled += 1;
            }
        }
        assert!(compiled >= 2, "{compiled}");
    }

    #[test]
    fn the_provider_of_the_guide_works_as_it_is_told() {
        let guide = page("CONTRIBUTING.md");
        let text = |kind: &str| {
            let mut blocks = guide.blocks.iter().filter(|block| block.kind == kind);
            blocks.next().map(|block| block.text.as_str()).unwrap()
        };
        let scheme: Value = toml::from_str(text("toml")).unwrap();
        let file = VectorFile::parse(text("json")).unwrap();
        let twins = twins_of_file(&file).unwrap();
        assert!(twins.cases.len() > file.cases.len());
        let mut runner = Runner::new();
        for mut case in file.cases.into_iter().chain(twins.cases) {
            // It is no scheme of the library, so it is one of our own.
            assert_eq!(case.scheme, scheme["id"]);
            case.scheme = scheme.to_string();
            let outcome = runner.run(&case, HeaderForm::Pairs).unwrap();
            assert_eq!(outcome.disagreement(&case), None, "{}", case.id);
        }
    }

    #[test]
    fn every_link_leads_somewhere() {
        for name in pages() {
            let folder = root().join(&name).parent().unwrap().to_owned();
            let text = text(&name);
            for target in text.split("](").skip(1) {
                let target = target.split(')').next().unwrap_or_default();
                if target.contains("://") || target.is_empty() {
                    continue;
                }
                let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
                let file = if path.is_empty() {
                    root().join(&name)
                } else {
                    folder.join(path)
                };
                assert!(file.exists(), "{name}: {target}");
                if !fragment.is_empty() {
                    let linked = fs::read_to_string(&file).unwrap();
                    let anchors = linked.lines().filter(|line| line.starts_with('#'));
                    let mut anchors = anchors.map(anchor);
                    assert!(anchors.any(|anchor| anchor == fragment), "{name}: {target}");
                }
            }
        }
    }

    #[test]
    fn pages_within_packages_link_by_whole_addresses() {
        let manifest: Value = toml::from_str(&text("Cargo.toml")).unwrap();
        let repository = manifest["workspace"]["package"]["repository"].as_str();
        let checkout = format!("{}/blob/main/", repository.unwrap());
        for language in ["python", "node", "java", "csharp"] {
            let name = format!("bindings-{language}/README.md");
            for target in text(&name).split("](").skip(1) {
                let target = target.split(')').next().unwrap_or_default();
                assert!(target.starts_with("https://"), "{name}: {target}");
                if let Some(path) = target.strip_prefix(&checkout) {
                    assert!(root().join(path).exists(), "{name}: {target}");
                }
            }
        }
    }

    /// The anchor that a heading gets.
    fn anchor(heading: &str) -> String {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        text.chars()
            .filter(|character| character.is_alphanumeric() || " -_".contains(*character))
            .map(|character| if character == ' ' { '-' } else { character })
            .collect()
    }
}
