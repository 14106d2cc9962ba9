//! Servers that a command starts and that must not outlive it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use conformance::http::{Client, Request};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::language::Workspace;

/// A JVM with an application framework needs most of this on a busy machine.
const START_UP: Duration = Duration::from_secs(90);

/// The process groups of all running services.
static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// Makes Ctrl-C and termination stop every service before this process ends:
/// they run in groups of their own, which a terminal's signal does not reach.
pub(crate) fn stop_all_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        for &group in groups().iter() {
            kill_group(group);
        }
        std::process::exit(130);
    })
    .context("cannot handle Ctrl-C")
}

/// A running server, killed with all its children when dropped.
#[derive(Debug)]
pub(crate) struct Service {
    name: String,
    child: Child,
    group: i32,
    address: SocketAddr,
    log: PathBuf,
}

impl Service {
    /// Starts `command` with `PORT` set to `port`, or to a free one. Its output
    /// goes to a log file of that name.
    pub(crate) fn start(
        workspace: &Workspace,
        name: &str,
        mut command: Command,
        port: Option<u16>,
    ) -> Result<Self> {
        let port = match port {
            Some(port) => port,
            None => free_port()?,
        };
        let logs = workspace.scratch("logs");
        fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
        let log = logs.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .env("PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}: {command:?}"))?;
        let group = i32::try_from(child.id()).context("a process id out of range")?;
        groups().insert(group);
        Ok(Self {
            name: name.to_owned(),
            child,
            group,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            log,
        })
    }

    /// Waits until it answers HTTP.
    pub(crate) fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        let probe = Request {
            method: b"GET".to_vec(),
            target: b"/".to_vec(),
            ..Request::default()
        }
        .header("Host", self.address.to_string())
        .header("Connection", "close");
        while Client::new(self.address).send(&probe).is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}\n{}", self.name, self.log_tail());
            }
            if started.elapsed() > START_UP {
                bail!(
                    "{} did not answer within {} s\n{}",
                    self.name,
                    START_UP.as_secs(),
                    self.log_tail()
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> Result<()> {
        let status = self.child.wait()?;
        bail!("{} ended with {status}\n{}", self.name, self.log_tail())
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its output goes.
    pub(crate) const fn log(&self) -> &PathBuf {
        &self.log
    }

    fn log_tail(&self) -> String {
        const LINES: usize = 30;
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.split_at(lines.len().saturating_sub(LINES)).1;
        format!("--- {}\n{}", self.log.display(), tail.join("\n"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        kill_group(self.group);
        groups().remove(&self.group);
        // Reaps it; a process that was killed cannot fail to end.
        let _ = self.child.wait();
    }
}

fn kill_group(group: i32) {
    // It fails only where the group has ended already.
    let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
}

fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A port of the loopback that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> Workspace {
        Workspace {
            root: std::env::temp_dir().join(format!("xtask-service-{}", std::process::id())),
        }
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_dropped_service_takes_its_children_along() {
        let workspace = scratch();
        let service = Service::start(
            &workspace,
            "children",
            shell("sleep 1000 & echo $!; wait"),
            None,
        )
        .unwrap();
        let log = service.log().clone();
        let child: i32 = loop {
            match fs::read_to_string(&log).unwrap().trim().parse() {
                Ok(child) => break child,
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        };
        drop(service);
        let is_alive = || {
            let state = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            !state.is_empty() && !state.contains(") Z ")
        };
        for _ in 0..200 {
            if !is_alive() {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the child outlived its service");
    }

    #[test]
    fn a_service_that_ends_early_shows_its_log() {
        let workspace = scratch();
        let command = shell("echo no such module >&2; exit 3");
        let mut service = Service::start(&workspace, "early", command, None).unwrap();
        let error = format!("{:#}", service.wait_until_ready().unwrap_err());
        assert!(error.contains("no such module"), "{error}");
    }
}
