//! The command line, parsed into one value that holds no wrong combination.

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand};

/// Everything that is more than one cargo call.
#[derive(Debug, Parser)]
#[command(
    bin_name = "cargo xtask",
    after_help = "\
Languages: python, node, java, dotnet.
Frameworks: flask, express, spring-boot, aspnet."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Invocation>,
}

/// One command with its arguments.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Invocation {
    /// Build the packages into dist/
    Dist {
        /// All where none is named
        #[arg(value_name = "LANGUAGE")]
        languages: Vec<String>,
    },
    /// Formatting, lints, types, docs, licences, spelling, generated files
    Check,
    /// Write the generated files, or say which are stale
    Gen {
        /// Write nothing
        #[arg(long)]
        check: bool,
    },
    /// Build, install and test everything that is here
    Test {
        /// Fail where a toolchain is missing
        #[arg(long)]
        require_all: bool,
        /// All where none is named
        #[arg(value_name = "LANGUAGE")]
        languages: Vec<String>,
    },
    /// Of these tests only those over real HTTP
    E2e {
        /// All where none is named
        #[arg(value_name = "LANGUAGE")]
        languages: Vec<String>,
    },
    /// Of these tests only the programs of README.md
    Readme {
        /// All where none is named
        #[arg(value_name = "LANGUAGE")]
        languages: Vec<String>,
    },
    /// Start one conformance receiver and wait
    Serve {
        framework: String,
        #[arg(long)]
        port: u16,
        /// What it mounts, in place of its own
        #[arg(long, value_name = "FILE")]
        webhooks: Option<PathBuf>,
    },
    /// Genuine and forged deliveries through every example
    Demo {
        /// Start this example and wait
        #[arg(long, value_name = "FRAMEWORK")]
        serve: Option<String>,
    },
    /// Benchmarks against each language's peer; `limits`: what a stranger's
    /// request costs in memory and time; `startup`: how long it takes to load, and to
    /// make a verifier
    Bench {
        #[arg(default_value = "plivo")]
        name: String,
    },
    /// What scheme files sign, cover and refuse, or what is wrong with them
    Scheme {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Compile what is shipped with the oldest Rust that is promised
    Msrv,
    /// Run the fuzz targets
    Fuzz {
        /// For each target
        #[arg(long, default_value_t = 20)]
        seconds: u32,
        /// All where none is named
        #[arg(value_name = "TARGET")]
        targets: Vec<String>,
    },
}

impl Invocation {
    /// Reads the arguments of this process, and ends it where they ask for help
    /// or are wrong. `None` where there is no command.
    pub(crate) fn from_command_line() -> Option<Self> {
        Arguments::parse().command
    }
}

/// Prints what there is to call.
pub(crate) fn print_help() -> std::io::Result<()> {
    Arguments::command().print_help()
}

#[cfg(test)]
pub(crate) mod tests {
    use clap::error::ErrorKind;

    use super::*;

    /// Reads what stands behind `cargo xtask`.
    pub(crate) fn parse(line: &str) -> Result<Option<Invocation>, clap::Error> {
        let words = ["cargo xtask"].into_iter().chain(line.split_whitespace());
        Arguments::try_parse_from(words).map(|arguments| arguments.command)
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn commands_with_their_arguments() {
        let parsed = |line| parse(line).unwrap().unwrap();
        assert_eq!(parse("").unwrap(), None);
        assert_eq!(parsed("gen --check"), Invocation::Gen { check: true });
        assert_eq!(
            parsed("test node --require-all java"),
            Invocation::Test {
                require_all: true,
                languages: vec!["node".to_owned(), "java".to_owned()],
            }
        );
        assert_eq!(
            parsed("serve flask --port 8080"),
            Invocation::Serve {
                framework: "flask".to_owned(),
                port: 8080,
                webhooks: None,
            }
        );
        assert_eq!(
            parsed("fuzz verify --seconds 5"),
            Invocation::Fuzz {
                seconds: 5,
                targets: vec!["verify".to_owned()],
            }
        );
        let name = "plivo".to_owned();
        assert_eq!(parsed("bench"), Invocation::Bench { name });
    }

    #[test]
    fn help_lists_the_commands() {
        for line in ["help", "--help", "-h"] {
            let help = parse(line).unwrap_err();
            assert_eq!(help.kind(), ErrorKind::DisplayHelp);
            let text = help.to_string();
            for command in Arguments::command().get_subcommands() {
                assert!(text.contains(command.get_name()), "{text}");
            }
            assert!(text.contains("spring-boot"), "{text}");
        }
        let of_one = parse("test --help").unwrap_err().to_string();
        assert!(of_one.contains("--require-all"), "{of_one}");
    }

    #[test]
    fn mistakes_are_named() {
        for (line, expected) in [
            ("tset", "'tset'"),
            ("test --all", "'--all'"),
            ("check twice", "'twice'"),
            ("serve flask", "--port"),
            ("serve --port 80", "<FRAMEWORK>"),
            ("serve flask --port 80000", "--port"),
            ("fuzz --seconds soon", "--seconds"),
            ("scheme --json", "<FILE>"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
