//! Keys that live at an identity server: what a receiver answers while that
//! server rotates them, fails, stalls, floods or lies, and how often it is asked.
//!
//! Every framework has paths of its own at the server, so that requests can be
//! counted, and every scenario an entry of its own, so that nothing is cached.

mod faults;
mod metadata;
mod rotation;
mod stage;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use hookseal::ErrorCode;
use serde_json::json;

use self::stage::{Keys, Profile, Stage};
use super::Receiver;
use super::case::made;
use super::robustness::Check;
use super::webhooks::Webhooks;
use crate::format::{Case, DEFAULT_NOW, Expect};
use crate::identity::IdentityServer;

/// How many scenarios are played at a time: most of them wait most of the time,
/// but some receivers have four threads only, and a scenario may hold one.
const AT_A_TIME: usize = 5;

type Verdict = Result<(), String>;

/// A story of one entry.
struct Scenario {
    name: String,
    profile: &'static Profile,
    /// The option of that many seconds, where the story needs another than usual.
    max_age: Option<u32>,
    cooldown: u32,
    play: Box<dyn Fn(&Stage<'_>) -> Verdict + Send + Sync>,
}

impl Scenario {
    fn new(
        name: impl Into<String>,
        profile: &'static Profile,
        play: impl Fn(&Stage<'_>) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            profile,
            max_age: None,
            cooldown: stage::COOLDOWN,
            play: Box::new(play),
        }
    }

    const fn with_max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    const fn with_cooldown(mut self, seconds: u32) -> Self {
        self.cooldown = seconds;
        self
    }
}

/// The server, the keys, and the entries of every framework.
pub(super) struct RemoteKeys {
    server: IdentityServer,
    keys: BTreeMap<&'static str, Keys>,
    scenarios: Vec<Scenario>,
    /// By framework, one for each scenario.
    entries: BTreeMap<String, Vec<String>>,
}

impl RemoteKeys {
    /// Starts the server and adds the entries of these frameworks.
    pub(super) fn new(frameworks: &[&str], webhooks: &mut Webhooks) -> io::Result<Self> {
        let mut all = Self {
            server: IdentityServer::start()?,
            keys: stage::keys()?,
            scenarios: Vec::new(),
            entries: BTreeMap::new(),
        };
        all.scenarios.extend(rotation::scenarios());
        all.scenarios.extend(faults::scenarios());
        all.scenarios.extend(metadata::scenarios());
        for &framework in frameworks {
            let entry = |(number, scenario): (usize, &Scenario)| {
                let url = all.server.url(&path(framework, number));
                let options = stage::options(scenario, &url);
                webhooks.name(scenario.profile.scheme, &options, DEFAULT_NOW)
            };
            let entries = all.scenarios.iter().enumerate().map(entry).collect();
            all.entries.insert(framework.to_owned(), entries);
        }
        Ok(all)
    }

    /// Plays every scenario with one receiver.
    pub(super) fn check(&self, receiver: &Receiver) -> Vec<Check> {
        let Some(entries) = self.entries.get(&receiver.framework) else {
            let unknown = Err("the receiver has no entries whose keys are fetched".to_owned());
            return vec![("keys".to_owned(), unknown)];
        };
        let play = |number: usize, scenario: &Scenario, entry: &str| {
            let stage = Stage {
                receiver: receiver.address,
                entry,
                profile: scenario.profile,
                cooldown: scenario.cooldown,
                keys: &self.keys[scenario.profile.scheme],
                server: &self.server,
                path: path(&receiver.framework, number),
            };
            (scenario.play)(&stage)
        };
        let waiting = Mutex::new(self.scenarios.iter().zip(entries).enumerate());
        let next = || {
            waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next()
        };
        let play_some = || {
            let mut checks = Vec::new();
            while let Some((number, (scenario, entry))) = next() {
                let name = format!("keys: {}", scenario.name);
                checks.push((name, play(number, scenario, entry)));
            }
            checks
        };
        thread::scope(|scope| {
            let players: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(play_some)).collect();
            // A panic of this harness itself must not look like a pass.
            let played = players.into_iter().map(|player| player.join());
            played
                .flat_map(|checks| checks.expect("the harness failed"))
                .collect()
        })
    }
}

impl std::fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteKeys")
            .field("scenarios", &self.scenarios.len())
            .finish_non_exhaustive()
    }
}

fn path(framework: &str, number: usize) -> String {
    format!("/{framework}/{number}")
}

/// Addresses of keys that no verifier is made with.
pub(super) fn cases() -> Vec<Case> {
    let addresses = [
        ("without TLS", "http://identity.example/keys"),
        (
            "that only looks like this machine",
            "http://127.0.0.1.example/keys",
        ),
        ("with a password", "https://user:word@identity.example/keys"),
        ("of a file", "file:///etc/keys.json"),
    ];
    let case = |(what, url): (&str, &str)| {
        let id = format!("keys at an address {what}");
        let mut case = made(&id, "bearer-jwt", "POST", "/keys", b"{}");
        case.options.clear();
        for (name, value) in [
            ("issuer", "https://identity.test"),
            ("audience", "receiver"),
            ("jwks_uri", url),
        ] {
            case.options.insert(name.to_owned(), json!(value));
        }
        case.expect = Expect::Rejected(ErrorCode::Configuration);
        case
    };
    addresses.into_iter().map(case).collect()
}
