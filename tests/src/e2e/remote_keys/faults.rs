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

/// One way to fail.
struct Fault {
    name: &'static str,
    answer: fn(&Stage<'_>) -> Answer,
    /// Whether a client has to lose patience.
    is_slow: bool,
}

const fn quick(name: &'static str, answer: fn(&Stage<'_>) -> Answer) -> Fault {
    Fault {
        name,
        answer,
        is_slow: false,
    }
}

const fn slow(name: &'static str, answer: fn(&Stage<'_>) -> Answer) -> Fault {
    Fault {
        name,
        answer,
        is_slow: true,
    }
}

/// Failures that are tried with keys in use, too.
static OUTAGES: [Fault; 4] = [
    quick("answers 500", |_| Answer::Status(500)),
    quick("hangs up", |_| Answer::HangUp),
    quick("sends garbage", |_| Answer::Document(vec![0xff, 0, b'{'])),
    quick("sends 50 MiB of untold length", |_| Answer::Flood {
        length_told: false,
    }),
];

static OTHERS: [Fault; 8] = [
    quick("answers 404", |_| Answer::Status(404)),
    quick("sends 50 MiB", |_| Answer::Flood { length_told: true }),
    quick("sends a page", |_| {
        Answer::Document(b"<!doctype html><title>Sign in</title>".to_vec())
    }),
    quick("sends no keys", |_| Answer::Document(key_set([]))),
    quick("sends a secret", |_| {
        let secret =
            json!({"kty": "oct", "kid": "old", "k": "dGhpcyB3b3VsZCBiZSBhIHNlY3JldCBvZiAzMiBieXQ"});
        Answer::Document(json!({"keys": [secret]}).to_string().into_bytes())
    }),
    quick("redirects to the keys", |stage| {
        let keys = Answer::Document(key_set([&stage.keys.old]));
        stage.server.set(&elsewhere(stage), keys);
        Answer::Redirect(stage.server.url(&elsewhere(stage)))
    }),
    slow("says nothing", |_| Answer::Stall),
    slow("sends a byte now and then", |stage| {
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
    if !fault.is_slow {
        // Within the cooldown.
        stage.cannot_judge(key)?;
    }
    stage.was_asked(1)?;
    is_bounded(stage)?;
    stage.publishes([key]);
    stage.pause();
    stage.accepts(key)?;
    stage.was_asked(2)
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
