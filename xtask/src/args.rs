//! The command line, parsed into one value that holds no wrong combination.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
Usage: cargo xtask <command>

  dist [language…]                     build the packages into dist/
  check                                formatting, lints, types, docs, generated files
  gen [--check]                        write the generated files, or say which are stale
  test [--require-all] [language…]     build, install and test everything that is here
  e2e [language…]                      of these tests only those over real HTTP
  readme [language…]                   of these tests only the programs of README.md
  serve <framework> --port N [--webhooks FILE]
                                       start one conformance receiver and wait
  demo [--serve FRAMEWORK]             genuine and forged deliveries through every example
  bench [name]                         benchmarks against each language's peer (default: plivo)
  bench limits                         what a stranger's request costs in memory and time
  fuzz [--seconds N] [target…]         run the fuzz targets, each for N seconds (default: 20)

Languages: python, node, java, dotnet.
Frameworks: flask, express, spring-boot, aspnet.
";

/// One command with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Invocation {
    Help,
    Dist {
        languages: Vec<String>,
    },
    Check,
    Gen {
        check: bool,
    },
    Test {
        require_all: bool,
        languages: Vec<String>,
    },
    E2e {
        languages: Vec<String>,
    },
    Readme {
        languages: Vec<String>,
    },
    Serve {
        framework: String,
        port: u16,
        webhooks: Option<PathBuf>,
    },
    Demo {
        serve: Option<String>,
    },
    Bench {
        name: String,
    },
    Fuzz {
        seconds: u32,
        targets: Vec<String>,
    },
}

impl Invocation {
    /// Reads the arguments of this process.
    pub(crate) fn from_command_line() -> Result<Self> {
        Self::parse(std::env::args_os().skip(1).collect())
    }

    /// Reads arguments; the error says what is wrong with them.
    pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Self> {
        let mut arguments = Arguments::from_vec(arguments);
        if arguments.contains(["-h", "--help"]) {
            return Ok(Self::Help);
        }
        let Some(command) = arguments.subcommand()? else {
            return Ok(Self::Help);
        };
        let invocation = match command.as_str() {
            "help" => Self::Help,
            "check" => Self::Check,
            "gen" => Self::Gen {
                check: arguments.contains("--check"),
            },
            "serve" => Self::Serve {
                port: arguments
                    .value_from_str("--port")
                    .context("serve needs --port N")?,
                webhooks: arguments.opt_value_from_str("--webhooks")?,
                framework: arguments
                    .free_from_str()
                    .context("serve needs the name of a framework")?,
            },
            "demo" => Self::Demo {
                serve: arguments.opt_value_from_str("--serve")?,
            },
            "bench" => Self::Bench {
                name: arguments
                    .opt_free_from_str()?
                    .unwrap_or_else(|| "plivo".to_owned()),
            },
            "fuzz" => {
                let seconds = arguments
                    .opt_value_from_str("--seconds")
                    .context("fuzz takes --seconds N")?;
                return Ok(Self::Fuzz {
                    seconds: seconds.unwrap_or(20),
                    targets: remaining(arguments)?,
                });
            }
            "dist" => {
                return Ok(Self::Dist {
                    languages: remaining(arguments)?,
                });
            }
            "e2e" => {
                return Ok(Self::E2e {
                    languages: remaining(arguments)?,
                });
            }
            "readme" => {
                return Ok(Self::Readme {
                    languages: remaining(arguments)?,
                });
            }
            "test" => {
                return Ok(Self::Test {
                    require_all: arguments.contains("--require-all"),
                    languages: remaining(arguments)?,
                });
            }
            other => bail!("there is no command `{other}`\n\n{USAGE}"),
        };
        let rest = remaining(arguments)?;
        if let Some(surplus) = rest.first() {
            bail!("`{command}` takes no argument `{surplus}`");
        }
        Ok(invocation)
    }
}

/// The free arguments that are left; an option among them is unknown.
fn remaining(arguments: Arguments) -> Result<Vec<String>> {
    arguments
        .finish()
        .into_iter()
        .map(|argument| match argument.into_string() {
            Ok(text) if !text.starts_with('-') => Ok(text),
            Ok(text) => bail!("there is no option `{text}`"),
            Err(_) => bail!("an argument is not UTF-8"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Invocation> {
        Invocation::parse(line.split_whitespace().map(OsString::from).collect())
    }

    #[test]
    fn commands_with_their_arguments() {
        assert_eq!(parse("").unwrap(), Invocation::Help);
        assert_eq!(parse("test --help").unwrap(), Invocation::Help);
        assert_eq!(
            parse("gen --check").unwrap(),
            Invocation::Gen { check: true }
        );
        assert_eq!(
            parse("test node --require-all java").unwrap(),
            Invocation::Test {
                require_all: true,
                languages: vec!["node".to_owned(), "java".to_owned()],
            }
        );
        assert_eq!(
            parse("serve flask --port 8080").unwrap(),
            Invocation::Serve {
                framework: "flask".to_owned(),
                port: 8080,
                webhooks: None,
            }
        );
        assert_eq!(
            parse("fuzz verify --seconds 5").unwrap(),
            Invocation::Fuzz {
                seconds: 5,
                targets: vec!["verify".to_owned()],
            }
        );
        assert_eq!(
            parse("bench").unwrap(),
            Invocation::Bench {
                name: "plivo".to_owned()
            }
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (line, expected) in [
            ("tset", "no command `tset`"),
            ("test --all", "no option `--all`"),
            ("check twice", "no argument `twice`"),
            ("serve flask", "--port"),
            ("serve --port 80", "framework"),
            ("serve flask --port 80000", "--port"),
            ("fuzz --seconds soon", "--seconds"),
        ] {
            let error = format!("{:#}", parse(line).unwrap_err());
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
