//! An identity server that fails: deliveries are answered with 503, within
//! bounds of time and size, and are verified once the server has recovered. Keys
//! that were good stay in use.

use serde_json::json;

use super::stage::{OWN, Stage};
use super::{Scenario, Verdict};
use crate::identity::{Answer, key_set};

/// How much of an endless document may leave the server: what the buffers of
/// two sockets and of a client hold, not what a receiver keeps.
const MAX_TAKEN: usize = 24 << 20;

/// How often a client may ask, instead of once, where it asks again by itself.
const MAX_TRIES: usize = 4;

/// One way to fail.
struct Fault {
    name: &'static str,
    answer: fn(&Stage<'_>) -> Answer,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A client notices at once.
    Quick,
    /// A client has to lose patience.
    Slow,
    /// A client may ask again at once: HTTP clients do so by themselves where a
    /// connection ends before the first byte of a response (RFC 9110, 9.2.2).
    Retried,
}

const fn fault(kind: Kind, name: &'static str, answer: fn(&Stage<'_>) -> Answer) -> Fault {
    Fault { name, answer, kind }
}

/// Failures that are tried with keys in use, too.
static OUTAGES: [Fault; 4] = [
    fault(Kind::Quick, "answers 500", |_| Answer::Status(500)),
    fault(Kind::Quick, "breaks off", |stage| {
        Answer::BreakOff(key_set([&stage.keys.old]))
    }),
    fault(Kind::Quick, "sends garbage", |_| {
        Answer::Document(vec![0xff, 0, b'{'])
    }),
    fault(Kind::Quick, "sends 50 MiB of untold length", |_| {
        Answer::Flood { length_told: false }
    }),
];

static OTHERS: [Fault; 9] = [
    fault(Kind::Retried, "hangs up", |_| Answer::HangUp),
    fault(Kind::Quick, "answers 404", |_| Answer::Status(404)),
    fault(Kind::Quick, "sends 50 MiB", |_| Answer::Flood {
        length_told: true,
    }),
    fault(Kind::Quick, "sends a page", |_| {
        Answer::Document(b"<!doctype html><title>Sign in</title>".to_vec())
    }),
    fault(Kind::Quick, "sends no keys", |_| {
        Answer::Document(key_set([]))
    }),
    fault(Kind::Quick, "sends a secret", |_| {
        let secret =
            json!({"kty": "oct", "kid": "old", "k": "dGhpcyB3b3VsZCBiZSBhIHNlY3JldCBvZiAzMiBieXQ"});
        Answer::Document(json!({"keys": [secret]}).to_string().into_bytes())
    }),
    fault(Kind::Quick, "redirects to the keys", |stage| {
        let keys = Answer::Document(key_set([&stage.keys.old]));
        stage.server.set(&elsewhere(stage), keys);
        Answer::Redirect(stage.server.url(&elsewhere(stage)))
    }),
    fault(Kind::Slow, "says nothing", |_| Answer::Stall),
    fault(Kind::Slow, "sends a byte now and then", |stage| {
        Answer::Drip(key_set([&stage.keys.old]))
    }),
];

pub(super) fn scenarios() -> Vec<Scenario> {
    let recovery = |fault: &'static Fault| {
        let name = format!("503 while the server {}, and recovery", fault.name);
        Scenario::new(name, &OWN, |stage| recovers(stage, fault))
    };
    let keeping = |fault: &'static Fault| {
        let name = format!("the last good ones stay while the server {}", fault.name);
        Scenario::new(name, &OWN, |stage| keeps(stage, fault)).with_max_age(1)
    };
    let all = OUTAGES.iter().chain(&OTHERS);
    all.map(recovery)
        .chain(OUTAGES.iter().map(keeping))
        .collect()
}

fn elsewhere(stage: &Stage<'_>) -> String {
    format!("{}/elsewhere", stage.path)
}

fn recovers(stage: &Stage<'_>, fault: &Fault) -> Verdict {
    let key = &stage.keys.old;
    stage.serves((fault.answer)(stage));
    stage.cannot_judge(key)?;
    if fault.kind == Kind::Quick {
        // Within the cooldown.
        stage.cannot_judge(key)?;
    }
    let asked = match fault.kind {
        Kind::Quick | Kind::Slow => 1,
        Kind::Retried => stage.times_asked().clamp(1, MAX_TRIES),
    };
    stage.was_asked(asked)?;
    is_bounded(stage)?;
    stage.publishes([key]);
    stage.pause();
    stage.accepts(key)?;
    stage.was_asked(asked + 1)
}

fn keeps(stage: &Stage<'_>, fault: &Fault) -> Verdict {
    let keys = stage.keys;
    stage.publishes([&keys.old]);
    stage.accepts(&keys.old)?;
    stage.serves((fault.answer)(stage));
    stage.pause();
    stage.accepts(&keys.old)?;
    // Perhaps a new key, perhaps a forgery: nobody can tell.
    stage.cannot_judge(&keys.new)?;
    stage.was_asked(2)?;
    is_bounded(stage)?;
    stage.publishes([&keys.old, &keys.new]);
    stage.pause();
    stage.accepts(&keys.new)?;
    stage.accepts(&keys.old)?;
    stage.was_asked(3)
}

/// Nothing too large was read, and nothing was read elsewhere.
fn is_bounded(stage: &Stage<'_>) -> Verdict {
    let taken = stage.server.taken(&stage.path);
    if taken > MAX_TAKEN {
        return Err(format!("{taken} bytes of a flood were read"));
    }
    match stage.server.requests(&elsewhere(stage)).len() {
        0 => Ok(()),
        _ => Err("the redirect was followed".to_owned()),
    }
}
