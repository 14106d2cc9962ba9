//! Every case through every framework over real HTTP. All receivers must give
//! the verdict, the code and the facts that the core gives without a network.
//!
//! ```text
//! cases ──carry──▶ requests + one file of entries ──▶ receivers ──▶ answers ──▶ report
//!        └─▶ not carried: named, with the reason
//! ```

mod answer;
mod carry;
mod case;
mod handshakes;
mod hostile;
mod joined;
mod limits;
mod peers;
mod proxied;
mod refusals;
mod remote_keys;
mod report;
mod robustness;
mod targets;
mod webhooks;

#[cfg(test)]
mod mock;

use std::io;
use std::net::SocketAddr;
use std::thread;

pub use carry::Reason;
pub use report::Report;

use crate::format::{Case, DEFAULT_NOW, FormatError};
use crate::http::{Body, Client, Request};
use crate::outcomes::Outcome;
use crate::runner::{HeaderForm, Runner};
use answer::Answer;
use hostile::Hostile;
use proxied::Proxied;
use remote_keys::RemoteKeys;
use webhooks::Webhooks;

/// How many receivers are driven at a time: each keeps a core busy.
const AT_A_TIME: usize = 2;

/// A running conformance receiver.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// E.g. `flask`.
    pub framework: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// The proxies in front of it: what they are, and where they listen.
    pub proxies: Vec<(&'static str, SocketAddr)>,
}

/// All requests to send, and the file of entries they are for.
#[derive(Debug, Default)]
pub struct Suite {
    core: Runner,
    webhooks: Webhooks,
    remote_keys: Option<RemoteKeys>,
    hostile: Hostile,
    proxied: Proxied,
    probes: Vec<Probe>,
    not_carried: Vec<(String, Reason)>,
    /// Cases on which the core does not answer what they demand.
    unmet: Vec<String>,
}

/// One request with the answer it must get.
#[derive(Debug)]
struct Probe {
    name: String,
    request: Request,
    expected: Outcome,
    /// The answer where a header is repeated and the framework shows the
    /// application one header with all values.
    joined: Option<Outcome>,
}

impl Probe {
    /// What a framework must answer.
    fn expected_of(&self, framework: &str) -> &Outcome {
        match &self.joined {
            Some(joined) if joined::FRAMEWORKS.contains(&framework) => joined,
            _ => &self.expected,
        }
    }
}

/// What one receiver made of every probe.
#[derive(Debug)]
struct Run {
    framework: String,
    answers: Vec<Answer>,
    /// What no vector expresses: the checks of robustness and of fetched keys.
    checks: Vec<(String, Result<(), String>)>,
}

impl Suite {
    /// A suite with the requests that no vector file holds: odd request targets,
    /// peers and proxies, the limits of bodies, handshakes, and requests that
    /// contradict themselves.
    ///
    /// # Errors
    /// Where the core cannot sign them.
    pub fn new() -> Result<Self, FormatError> {
        let unsigned = |error: hookseal::Error| FormatError::new(error.to_string());
        let mut suite = Self::default();
        for case in targets::cases().map_err(unsigned)? {
            suite.add(&case)?;
        }
        for case in peers::cases().map_err(unsigned)? {
            suite.add(&case)?;
        }
        for case in handshakes::cases().into_iter().chain(remote_keys::cases()) {
            suite.add(&case)?;
        }
        for case in limits::cases().map_err(unsigned)? {
            suite.add(&case)?;
            suite.add_chunked(&case)?;
        }
        suite.hostile = Hostile::new(&mut suite.webhooks).map_err(unsigned)?;
        suite.proxied = Proxied::new(&mut suite.webhooks).map_err(unsigned)?;
        Ok(suite)
    }

    /// Adds the checks of keys that are fetched, for receivers of these
    /// frameworks, and starts the server that they are fetched from.
    ///
    /// # Errors
    /// Where the server cannot be started.
    pub fn add_remote_keys(&mut self, frameworks: &[&str]) -> io::Result<()> {
        self.remote_keys = Some(RemoteKeys::new(frameworks, &mut self.webhooks)?);
        Ok(())
    }

    /// Adds a case, with its body's length told in advance.
    ///
    /// # Errors
    /// Where the case is not of the format.
    pub fn add(&mut self, case: &Case) -> Result<(), FormatError> {
        let body = match case.request.body()? {
            body if body.is_empty() && case.request.method == "GET" => Body::None,
            body => Body::Sized(body),
        };
        self.add_framed(case, &case.id, body)
    }

    /// Adds a case whose body is sent in chunks, so that its length is not known
    /// before its end.
    fn add_chunked(&mut self, case: &Case) -> Result<(), FormatError> {
        let body = Body::Chunked(case.request.body()?);
        self.add_framed(case, &format!("{} (chunked)", case.id), body)
    }

    fn add_framed(&mut self, case: &Case, name: &str, body: Body) -> Result<(), FormatError> {
        if let Some(disagreement) = self.core.run(case, HeaderForm::Pairs)?.disagreement(case) {
            self.unmet.push(format!("core, {name}: {disagreement}"));
        }
        match self.probe(case, name, body)? {
            Ok(probe) => self.probes.push(probe),
            Err(reason) => self.not_carried.push((name.to_owned(), reason)),
        }
        Ok(())
    }

    fn probe(
        &mut self,
        case: &Case,
        name: &str,
        body: Body,
    ) -> Result<Result<Probe, Reason>, FormatError> {
        let carried = match carry::carry(case, body) {
            Ok(carried) => carried,
            Err(reason) => return Ok(Err(reason)),
        };
        let expected = self.core.run(case, HeaderForm::Pairs)?;
        let mut on_the_wire = case.clone();
        on_the_wire.options.clone_from(&carried.options);
        on_the_wire.scheme = webhooks::through_entry(&case.scheme);
        if self.core.run(&on_the_wire, HeaderForm::Pairs)? != expected {
            return Ok(Err(Reason::Entry));
        }
        let joined = match joined::headers(&case.request.headers) {
            None => None,
            Some(headers) => {
                on_the_wire.request.headers = headers;
                Some(self.core.run(&on_the_wire, HeaderForm::Pairs)?)
            }
        };
        let now = case.now.unwrap_or(DEFAULT_NOW);
        let entry = self.webhooks.name(&case.scheme, &carried.options, now);
        Ok(Ok(Probe {
            name: name.to_owned(),
            request: carried.request.header("Hookseal-Webhook", entry),
            expected,
            joined,
        }))
    }

    /// The text of the file that `HOOKSEAL_WEBHOOKS` names.
    #[must_use]
    pub fn webhooks_json(&self) -> String {
        self.webhooks.to_json()
    }

    /// Sends every request to every receiver and judges the answers.
    #[must_use]
    pub fn run(&self, receivers: &[Receiver]) -> Report {
        let mut runs = Vec::new();
        for few in receivers.chunks(AT_A_TIME) {
            thread::scope(|scope| {
                let mut started = Vec::new();
                for receiver in few {
                    started.push(scope.spawn(|| self.drive(receiver)));
                }
                for run in started {
                    // A panic of this harness itself must not look like a pass.
                    runs.push(run.join().expect("the harness failed"));
                }
            });
        }
        report::judge(self, &runs)
    }

    fn drive(&self, receiver: &Receiver) -> Run {
        let mut client = Client::new(receiver.address);
        let ask = |probe: &Probe| {
            let expected = probe.expected_of(&receiver.framework);
            Answer::of(client.send(&probe.request), expected)
        };
        let answers = self.probes.iter().map(ask).collect();
        let mut checks = robustness::check(receiver.address, &self.probes);
        checks.extend(self.hostile.check(&mut client));
        for (proxy, address) in &receiver.proxies {
            let mut client = Client::new(*address);
            let proxied = &self.proxied;
            checks.extend(proxied.check(proxy, &receiver.framework, &mut client));
        }
        if let Some(remote_keys) = &self.remote_keys {
            checks.extend(remote_keys.check(receiver));
        }
        Run {
            framework: receiver.framework.clone(),
            answers,
            checks,
        }
    }
}
