//! Keys come, go, and are asked for no more often than they must be.

use std::thread;
use std::time::{Duration, Instant};

use hookseal::ErrorCode;
use serde_json::json;

use super::stage::{OWN, Stage};
use super::{Scenario, Verdict};
use crate::identity::{Answer, SigningKey, compact, key_set};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        // Longer than a client's patience, so that the last good keys are in use
        // when the wait for newer ones ends.
        Scenario::new("a server that hangs holds nobody up", &OWN, hangs)
            .with_max_age(1)
            .with_cooldown(6),
        Scenario::new("fifty deliveries fetch them once", &OWN, first_burst).with_cooldown(30),
        Scenario::new(
            "fifty deliveries with a new key fetch it once",
            &OWN,
            new_key,
        )
        .with_cooldown(4),
        Scenario::new(
            "a key that is lost for a fetch comes back",
            &OWN,
            lost_for_a_fetch,
        )
        .with_max_age(1),
        Scenario::new(
            "a stranger before a rotation costs no delivery",
            &OWN,
            stranger_before_a_rotation,
        )
        .with_cooldown(4),
        Scenario::new("another key under the same name is found", &OWN, same_name),
        Scenario::new("forgeries fetch nothing", &OWN, forgeries).with_cooldown(30),
    ]
}

fn first_burst(stage: &Stage<'_>) -> Verdict {
    // Slow enough that all of them come before the keys do.
    let keys = key_set([&stage.keys.old]);
    stage.serves(Answer::Late(Duration::from_millis(500), keys));
    stage.accepts_a_burst(&stage.keys.old)?;
    stage.was_asked(1)
}

fn new_key(stage: &Stage<'_>) -> Verdict {
    let keys = stage.keys;
    stage.publishes([&keys.old]);
    stage.accepts(&keys.old)?;
    let both = key_set([&keys.old, &keys.new]);
    stage.serves(Answer::Late(Duration::from_millis(500), both));
    stage.pause();
    stage.accepts_a_burst(&keys.new)?;
    stage.accepts(&keys.old)?;
    stage.was_asked(2)
}

/// A set that has lost a key looks like one that withdrew it: a token of that
/// key is not good, and not refused for good.
fn lost_for_a_fetch(stage: &Stage<'_>) -> Verdict {
    let keys = stage.keys;
    stage.publishes([&keys.old, &keys.new]);
    stage.accepts(&keys.old)?;
    stage.publishes([&keys.new]);
    stage.pause();
    stage.cannot_judge(&keys.old)?;
    stage.accepts(&keys.new)?;
    stage.was_asked(2)?;
    stage.publishes([&keys.old, &keys.new]);
    stage.pause();
    stage.accepts(&keys.old)?;
    stage.was_asked(3)
}

/// The stranger's token has the keys fetched just before the new one is there.
fn stranger_before_a_rotation(stage: &Stage<'_>) -> Verdict {
    let keys = stage.keys;
    stage.publishes([&keys.old]);
    stage.accepts(&keys.old)?;
    stage.pause();
    for kid in ["nobody's", keys.new.id()] {
        let header = json!({"alg": "EdDSA", "kid": kid});
        let forged = compact(&header, &stage.profile.claims(), |_| vec![1; 64]);
        stage.cannot_judge_token(&forged)?;
    }
    stage.was_asked(2)?;
    stage.publishes([&keys.old, &keys.new]);
    stage.cannot_judge(&keys.new)?;
    stage.accepts(&keys.old)?;
    stage.was_asked(2)?;
    stage.pause();
    stage.accepts(&keys.new)?;
    stage.was_asked(3)
}

fn same_name(stage: &Stage<'_>) -> Verdict {
    let before = &stage.keys.old;
    let after = SigningKey::new_ed25519(before.id()).map_err(|error| error.to_string())?;
    stage.publishes([before]);
    stage.accepts(before)?;
    stage.publishes([&after]);
    stage.pause();
    stage.accepts(&after)?;
    // Signed before, and delivered behind.
    stage.cannot_judge(before)?;
    stage.was_asked(2)
}

fn forgeries(stage: &Stage<'_>) -> Verdict {
    let keys = stage.keys;
    let claims = stage.profile.claims();
    stage.publishes([&keys.old]);
    // Malformed whatever the keys are.
    let unsigned = json!({"alg": "none", "kid": keys.old.id()});
    stage.refuses(
        &compact(&unsigned, &claims, |_| Vec::new()),
        ErrorCode::JwtMalformed,
    )?;
    stage.refuses("not a token", ErrorCode::JwtMalformed)?;
    stage.was_asked(0)?;
    stage.accepts(&keys.old)?;

    let header = json!({"alg": "EdDSA", "kid": keys.old.id()});
    let forged = compact(&header, &claims, |_| vec![1; 64]);
    stage.refuses(&forged, ErrorCode::SignatureMismatch)?;
    // Perhaps a new key, perhaps a forgery.
    stage.cannot_judge(&keys.new)?;
    stage.was_asked(1)
}

/// While one delivery waits for newer keys, others are judged with the last
/// good ones; in the end it is, too.
fn hangs(stage: &Stage<'_>) -> Verdict {
    stage.publishes([&stage.keys.old]);
    stage.accepts(&stage.keys.old)?;
    stage.serves(Answer::Stall);
    stage.pause();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| stage.accepts(&stage.keys.old));
        while stage.was_asked(2).is_err() && !waiting.is_finished() {
            thread::sleep(Duration::from_millis(20));
        }
        let started = Instant::now();
        for _ in 0..10 {
            stage.accepts(&stage.keys.old)?;
        }
        let others = (started.elapsed(), waiting.is_finished());
        waiting.join().expect("the harness failed")?;
        match others {
            (_, true) => Err("the server hung for nobody".to_owned()),
            (elapsed, _) if elapsed > Duration::from_secs(4) => {
                Err(format!("ten other deliveries took {elapsed:?}"))
            }
            _ => stage.was_asked(2),
        }
    })
}
