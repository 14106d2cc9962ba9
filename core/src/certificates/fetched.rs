//! Certificates that are fetched: which address next, and what is kept of them.
//!
//! Whoever sends a request may name any address of the right form, so these are
//! the stranger's choice. What that can cost:
//!
//! - **Fetches** have a budget: a few at once, then one every two seconds.
//! - **An address** that was fetched is not fetched again for a minute, whatever
//!   came of it.
//! - **What is kept** are documents that were certificates of the provider's, a
//!   few of them. One that has verified a delivery is not displaced by one that
//!   has not, so no stranger can drive out a certificate in use, and deliveries
//!   that name it never wait.
//! - **A certificate that is new**, after a start or a change of keys, competes
//!   with what strangers ask for. Every other fetch is for the address that most
//!   requests name, the others for that of a request drawn by lot from all since
//!   the last draw. Until its turn comes, its deliveries are unavailable, and not
//!   rejected: their sender tries again.
//!
//! What bounds the wait of a new certificate is the lot, which nobody can steer: its
//! seed is secret, and neither the time of a request nor the name in it matters.
//! Where strangers send `R` requests for each delivery of the sender, each draw hits
//! the sender with a chance of `1 / (R + 1)`. With a draw in four seconds that is a
//! mean wait of `4 (R + 1)` seconds, and with a chance of 99 in 100 no more than
//! `19 (R + 1)`. No rule can do without `R`, for nothing else tells who is genuine.
//! The turn of the most named is usually much sooner, since an address that takes the
//! place of another takes its count over as well: names that are made up one by one
//! push a busy sender out of the list, but not out of its lead. Strangers who know
//! the rule can win those turns, so nothing is promised of them.

use core::fmt;
use core::hash::BuildHasher as _;
use std::hash::RandomState;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::certificates::unavailable;
use crate::error::Error;
use crate::primitives::x509::Chain;

/// A provider has one for each region, and another one while it changes them.
const MAX_KEPT: usize = 16;
/// Addresses that wait for a fetch. A sender leads those that are made up one by one
/// while there are fewer of them than this for each of its deliveries.
const MAX_WANTED: usize = 128;
/// How long an address waits that nobody names again.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// How long an address is not fetched again.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// How long a certificate is good until it is looked for anew: a provider may put
/// another one in its place.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// Fetches at once.
const BURST: u32 = 8;
/// The time that brings one more.
const REFILL: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Fetched {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    kept: Vec<Kept>,
    /// The one named last comes last.
    wanted: Vec<Wanted>,
    /// Within [`RETRY_AFTER`]; the budget bounds how many.
    tried: Vec<(String, Instant)>,
    budget: Budget,
    /// What the next document is of.
    expected: Option<String>,
    lot: Lot,
    /// The next fetch is for the address that was drawn.
    is_lot_next: bool,
}

/// A certificate in use.
struct Kept {
    address: String,
    chain: Arc<Chain>,
    at: Instant,
    /// It has verified a delivery.
    is_proved: AtomicBool,
}

/// An address that waits for a fetch.
struct Wanted {
    address: String,
    requests: u32,
    at: Instant,
}

/// One of the requests since the last draw, each with the same chance.
#[derive(Default)]
struct Lot {
    /// Secret, and of this verifier only.
    seed: RandomState,
    /// Of all requests ever, so that each has a number of its own to hash.
    count: u64,
    /// Since the last draw.
    requests: u64,
    drawn: Option<(String, Instant)>,
}

impl Lot {
    /// The n-th takes the place of the one before with a chance of 1 in n, so that in
    /// the end each has the same.
    fn add(&mut self, address: &str, now: Instant) {
        self.count = self.count.wrapping_add(1);
        self.requests = self.requests.saturating_add(1);
        if self.seed.hash_one(self.count).is_multiple_of(self.requests) {
            self.drawn = Some((address.to_owned(), now));
        }
    }

    fn draw(&mut self) -> Option<String> {
        self.requests = 0;
        self.drawn.take().map(|(address, _)| address)
    }
}

/// How many fetches are left.
struct Budget {
    left: u32,
    /// Since when the next one has been growing.
    since: Option<Instant>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: BURST,
            since: None,
        }
    }
}

impl Budget {
    /// What is left at that time, and since when the next one grows.
    fn at(&self, now: Instant) -> (u32, Instant) {
        let since = self.since.unwrap_or(now);
        let elapsed = now.saturating_duration_since(since).as_millis() / REFILL.as_millis();
        let grown = u32::try_from(elapsed).unwrap_or(u32::MAX);
        match self.left.saturating_add(grown) {
            full if full >= BURST => (BURST, now),
            left => (left, since + REFILL * grown),
        }
    }

    fn has_any(&self, now: Instant) -> bool {
        self.at(now).0 > 0
    }

    fn take(&mut self, now: Instant) {
        let (left, since) = self.at(now);
        self.left = left.saturating_sub(1);
        self.since = Some(since);
    }
}

impl Fetched {
    /// The certificate that was found at an address.
    ///
    /// # Errors
    /// `key_unavailable` where it is not there yet, or it is time to fetch it anew.
    /// An old one serves while that cannot be done.
    pub(super) fn find(&self, address: &str, now: Instant) -> Result<Arc<Chain>, Error> {
        let found = {
            let state = self.read();
            let kept = state.kept.iter().find(|kept| kept.address == address);
            kept.map(|kept| (Arc::clone(&kept.chain), kept.at))
        };
        match found {
            Some((chain, at)) if now.saturating_duration_since(at) <= MAX_AGE => Ok(chain),
            Some((chain, _)) if !self.want(address, now) => Ok(chain),
            Some(_) => Err(unavailable("it is time to fetch it anew")),
            None if self.want(address, now) => Err(unavailable("it has not been fetched yet")),
            None => Err(unavailable(
                "a fetch brought none, or others were fetched before it",
            )),
        }
    }

    /// Notes that somebody wants what is at an address. Returns whether it can be
    /// fetched now.
    pub(super) fn want(&self, address: &str, now: Instant) -> bool {
        let mut state = self.write();
        state.forget(now);
        if state.tried.iter().any(|(tried, _)| tried == address) {
            return false;
        }
        state.lot.add(address, now);
        state.add(address, now);
        state.budget.has_any(now)
    }

    pub(super) fn prove(&self, chain: &Arc<Chain>) {
        let state = self.read();
        let mut kept = state.kept.iter();
        if let Some(kept) = kept.find(|kept| Arc::ptr_eq(&kept.chain, chain)) {
            kept.is_proved.store(true, Ordering::Relaxed);
        }
    }

    /// The address to fetch now, while the budget lasts.
    pub(super) fn request(&self, now: Instant) -> Option<String> {
        let mut state = self.write();
        state.forget(now);
        if !state.budget.has_any(now) {
            return None;
        }
        let address = state.next()?;
        state.budget.take(now);
        state.tried.push((address.clone(), now));
        state.expected = Some(address.clone());
        Some(address)
    }

    /// Takes what was fetched; `read` says whether it is of any use.
    pub(super) fn supply(
        &self,
        now: Instant,
        read: impl FnOnce(&str) -> Result<Arc<Chain>, Error>,
    ) -> Result<(), Error> {
        let address = self.write().expected.take();
        let address =
            address.ok_or_else(|| unavailable("nothing was asked for that has not come yet"))?;
        // Without the lock: deliveries go on.
        let chain = read(&address)?;
        self.write().keep(Kept {
            address,
            chain,
            at: now,
            is_proved: AtomicBool::new(false),
        });
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops what is over.
    fn forget(&mut self, now: Instant) {
        let is_within = |at: Instant, most| now.saturating_duration_since(at) < most;
        self.wanted.retain(|wanted| is_within(wanted.at, MAX_WAIT));
        self.tried.retain(|(_, at)| is_within(*at, RETRY_AFTER));
        self.lot.drawn.take_if(|(_, at)| !is_within(*at, MAX_WAIT));
    }

    /// Counts a request. An address that finds no place takes that of the one with the
    /// fewest requests, of these the one that was named first, and goes on counting
    /// from there: what a sender has gathered is lost only to whoever has as much.
    fn add(&mut self, address: &str, now: Instant) {
        let mut wanted = self.wanted.iter();
        let same = wanted.position(|it| it.address == address);
        let place = same.or_else(|| {
            let places = self.wanted.iter().enumerate();
            let fewest = places.min_by_key(|(_, wanted)| wanted.requests);
            fewest
                .filter(|_| self.wanted.len() == MAX_WANTED)
                .map(|(position, _)| position)
        });
        let before = place.map_or(0, |position| self.wanted.remove(position).requests);
        self.wanted.push(Wanted {
            address: address.to_owned(),
            requests: before.saturating_add(1),
            at: now,
        });
    }

    /// Takes the address that comes next: what is in use before what may be anything,
    /// without a change of turns, so that nobody who asks for it can use up the lots.
    fn next(&mut self) -> Option<String> {
        if self.wanted.is_empty() {
            return None;
        }
        let position = self
            .wanted
            .iter()
            .position(|it| self.is_in_use(&it.address));
        if let Some(position) = position {
            return Some(self.take(position));
        }
        let is_lot = self.is_lot_next;
        self.is_lot_next = !is_lot;
        if is_lot && let Some(address) = self.lot.draw() {
            // It may have lost its place.
            self.wanted.retain(|wanted| wanted.address != address);
            return Some(address);
        }
        let wanted = self.wanted.iter().enumerate();
        let (position, _) = wanted.max_by_key(|(_, wanted)| wanted.requests)?;
        Some(self.take(position))
    }

    fn take(&mut self, position: usize) -> String {
        let address = self.wanted.remove(position).address;
        // It is not fetched twice.
        self.lot.drawn.take_if(|(drawn, _)| *drawn == address);
        address
    }

    /// One that has verified a delivery. Strangers can name any certificate that the
    /// provider ever had, so one that is merely kept does not come first.
    fn is_in_use(&self, address: &str) -> bool {
        let mut kept = self.kept.iter();
        kept.any(|kept| kept.address == address && kept.is_proved.load(Ordering::Relaxed))
    }

    /// Puts a certificate in the place of the one that was there, or of one that
    /// matters least.
    fn keep(&mut self, newer: Kept) {
        let same = self.kept.iter().position(|it| it.address == newer.address);
        if let Some(position) = same {
            let older = self.kept.remove(position);
            newer
                .is_proved
                .store(older.is_proved.load(Ordering::Relaxed), Ordering::Relaxed);
        } else if self.kept.len() == MAX_KEPT {
            let is_unproved = |kept: &Kept| !kept.is_proved.load(Ordering::Relaxed);
            let unproved = self.kept.iter().position(is_unproved);
            self.kept.remove(unproved.unwrap_or_default());
        }
        self.kept.push(newer);
    }
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetched")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const PEM: &str = include_str!("../../tests/data/certificates/leaf.pem");

    /// What is fetched, and a clock that is set by hand.
    struct Stage {
        fetched: Fetched,
        start: Instant,
    }

    impl Stage {
        fn new() -> Self {
            Self {
                fetched: Fetched::default(),
                start: Instant::now(),
            }
        }

        fn at(&self, seconds: u64) -> Instant {
            self.start + Duration::from_secs(seconds)
        }

        /// What a package does: look, fetch what is due, look again. All but `missing`
        /// have a certificate.
        fn deliver(&self, seconds: u64, address: &str) -> Option<Arc<Chain>> {
            let now = self.at(seconds);
            if let Ok(chain) = self.fetched.find(address, now) {
                return Some(chain);
            }
            self.fetch(seconds);
            self.fetched.find(address, now).ok()
        }

        fn fetch(&self, seconds: u64) -> Option<String> {
            let address = self.fetched.request(self.at(seconds))?;
            let read = |address: &str| match address.starts_with("missing") {
                true => Err(unavailable("it is missing")),
                false => Ok(chain()),
            };
            let _ = self.fetched.supply(self.at(seconds), read);
            Some(address)
        }

        fn kept(&self) -> Vec<String> {
            let state = self.fetched.read();
            state.kept.iter().map(|it| it.address.clone()).collect()
        }
    }

    fn chain() -> Arc<Chain> {
        Arc::new(Chain::read(PEM.as_bytes()).unwrap())
    }

    #[test]
    fn a_certificate_is_kept_for_a_day_and_longer_where_no_newer_one_comes() {
        let stage = Stage::new();
        let first = stage.deliver(0, "a").unwrap();
        let day = MAX_AGE.as_secs();
        let same = stage.fetched.find("a", stage.at(day)).unwrap();
        assert!(Arc::ptr_eq(&first, &same));
        let error = stage.fetched.find("a", stage.at(day + 1)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyUnavailable);
        // The fetch failed: nothing was supplied.
        assert_eq!(
            stage.fetched.request(stage.at(day + 1)).as_deref(),
            Some("a")
        );
        let old = stage.fetched.find("a", stage.at(day + 1)).unwrap();
        assert!(Arc::ptr_eq(&first, &old));
        // A minute later it does not.
        let newer = stage.deliver(day + 61, "a").unwrap();
        assert!(!Arc::ptr_eq(&first, &newer));
    }

    #[test]
    fn an_address_is_fetched_once_a_minute() {
        let stage = Stage::new();
        for seconds in 0..180 {
            assert!(stage.deliver(seconds, "missing").is_none());
        }
        let state = stage.fetched.read();
        assert!(state.tried.len() <= 1);
        drop(state);
        let mut fetches = 0;
        for seconds in 200..500 {
            stage.fetched.want("missing", stage.at(seconds));
            fetches += usize::from(stage.fetch(seconds).is_some());
        }
        assert_eq!(fetches, 5);
    }

    #[test]
    fn fetches_have_a_budget() {
        let stage = Stage::new();
        let mut fetches = 0;
        for number in 0..6000 {
            let seconds = number / 20;
            let address = format!("missing {number}");
            stage.fetched.want(&address, stage.at(seconds));
            fetches += usize::from(stage.fetch(seconds).is_some());
            let state = stage.fetched.read();
            assert!(state.wanted.len() <= MAX_WANTED);
            assert!(state.tried.len() <= 40, "{}", state.tried.len());
        }
        // Eight, and one for two of 300 seconds.
        assert_eq!(fetches, 8 + 149);
        // An hour later it is no more than at the beginning.
        for number in 0..10 {
            stage
                .fetched
                .want(&format!("later {number}"), stage.at(4000));
        }
        let at_once = (0..10).filter_map(|_| stage.fetch(4000)).count();
        assert_eq!(at_once, 8);
    }

    /// Whatever strangers name, and even where certificates are there.
    #[test]
    fn a_certificate_in_use_stays() {
        let stage = Stage::new();
        let genuine = stage.deliver(0, "genuine").unwrap();
        stage.fetched.prove(&genuine);
        for number in 0..400 {
            let seconds = 10 + number * 2;
            assert!(stage.deliver(seconds, &format!("old {number}")).is_some());
            let found = stage.fetched.find("genuine", stage.at(seconds)).unwrap();
            assert!(Arc::ptr_eq(&genuine, &found));
        }
        assert_eq!(stage.kept().len(), MAX_KEPT);
        // It is renewed while there is no end of them.
        let mut renewed = None;
        for tick in 0..600 {
            let seconds = MAX_AGE.as_secs() + 1 + tick / 10;
            stage
                .fetched
                .want(&format!("missing {tick}"), stage.at(seconds));
            stage.fetch(seconds);
            if tick % 10 == 0 {
                let found = stage.deliver(seconds, "genuine");
                assert!(found.is_some(), "an old one serves");
                renewed = found;
            }
        }
        assert!(!Arc::ptr_eq(&genuine, &renewed.unwrap()));
        // And it is still one that has verified a delivery.
        for number in 0..40 {
            let seconds = MAX_AGE.as_secs() + 200 + number * 2;
            assert!(stage.deliver(seconds, &format!("older {number}")).is_some());
        }
        assert!(stage.kept().contains(&"genuine".to_owned()));
    }

    /// A new certificate, while strangers name twenty addresses a second.
    #[test]
    fn a_sender_that_comes_again_wins_over_addresses_that_are_made_up() {
        let stage = Stage::new();
        // The budget is gone when it comes.
        for number in 0..200 {
            stage
                .fetched
                .want(&format!("missing {number}"), stage.at(0));
            stage.fetch(0);
        }
        let mut seconds = 0;
        let found = loop {
            for number in 0..10 {
                let address = format!("missing {seconds} {number}");
                stage.fetched.want(&address, stage.at(seconds));
                stage.fetch(seconds);
            }
            if let Some(found) = stage.deliver(seconds, "genuine") {
                break found;
            }
            for number in 0..10 {
                let address = format!("missing {seconds} {number} too");
                stage.fetched.want(&address, stage.at(seconds));
                stage.fetch(seconds);
            }
            seconds += 1;
            assert!(seconds < 60);
        };
        stage.fetched.prove(&found);
        assert!(seconds <= 8, "{seconds}");
    }

    /// How long a delivery every 1.4 seconds waits for its certificate while strangers
    /// send 38 requests a second, each with the name of its number.
    fn wait_among_strangers(name: impl Fn(u64) -> String) -> Duration {
        let stage = Stage::new();
        let ask = |elapsed: Duration, address: &str| {
            let now = stage.start + elapsed;
            stage.fetched.want(address, now);
            stage.fetched.request(now).as_deref() == Some("genuine")
        };
        // What there was at once is gone by then.
        let first = Duration::from_secs(10);
        let mut delivery = first;
        for tick in 0..60_000 {
            let elapsed = Duration::from_secs(tick) / 38;
            if ask(elapsed, &name(tick)) {
                return elapsed - first;
            }
            if elapsed >= delivery {
                delivery += Duration::from_millis(1400);
                if ask(elapsed, "genuine") {
                    return elapsed - first;
                }
            }
        }
        Duration::MAX
    }

    // Attack: addresses that are as new as can be, each named more often than the
    // genuine one before it is forgotten.
    #[test]
    fn a_sender_wins_over_addresses_that_are_named_a_few_times_each() {
        for _ in 0..3 {
            // 17 in two seconds, each four or five times in a row.
            let wait = wait_among_strangers(|tick| format!("missing {}", tick * 17 / 76));
            assert!(wait <= Duration::from_secs(60), "{wait:?}");
        }
    }

    /// Neither the most named nor the first nor the latest, it has its share of the
    /// lots: one request of ten, with the one whose turn came already.
    #[test]
    fn each_request_has_the_same_lot() {
        let trials = 1800;
        let is_drawn = |position: usize| {
            let stage = Stage::new();
            for number in 0..8 {
                stage
                    .fetched
                    .want(&format!("missing {number}"), stage.at(0));
                assert!(stage.fetched.request(stage.at(0)).is_some());
            }
            // A turn of the most named, then one of the lot.
            stage.fetched.want("often", stage.at(4));
            assert_eq!(stage.fetched.request(stage.at(4)).as_deref(), Some("often"));
            let mut names = ["b", "c", "b", "c", "b", "c", "b", "c"].to_vec();
            names.insert(position, "genuine");
            for name in names {
                stage.fetched.want(name, stage.at(4));
            }
            stage.fetched.request(stage.at(4)).as_deref() == Some("genuine")
        };
        for position in [0, 4, 8] {
            let drawn = (0..trials).filter(|_| is_drawn(position)).count();
            // 180, give or take six times the deviation.
            assert!((104..=256).contains(&drawn), "{drawn} at {position}");
        }
    }

    #[test]
    fn an_address_that_finds_no_place_counts_on_from_the_one_it_displaces() {
        let stage = Stage::new();
        let requests = |name: &str| {
            let state = stage.fetched.read();
            let mut wanted = state.wanted.iter();
            wanted.find(|it| it.address == name).map(|it| it.requests)
        };
        for _ in 0..2 {
            for number in 0..MAX_WANTED {
                stage.fetched.want(&format!("{number}"), stage.at(0));
            }
        }
        stage.fetched.want("newer", stage.at(0));
        assert_eq!(requests("newer"), Some(3));
        assert_eq!(requests("0"), None);
        assert_eq!(requests("1"), Some(2));
    }

    #[test]
    fn what_is_in_use_is_renewed_before_anything_else() {
        let stage = Stage::new();
        stage.fetched.prove(&stage.deliver(0, "in use").unwrap());
        assert!(stage.deliver(0, "kept").is_some());
        let later = MAX_AGE.as_secs() + 1;
        for _ in 0..9 {
            stage.fetched.want("often", stage.at(later));
        }
        assert!(stage.fetched.find("kept", stage.at(later)).is_err());
        assert!(stage.fetched.find("in use", stage.at(later)).is_err());
        let next = || stage.fetch(later);
        assert_eq!(next().as_deref(), Some("in use"));
        assert_eq!(next().as_deref(), Some("often"));
        assert_eq!(next().as_deref(), Some("kept"));
        assert_eq!(next(), None);
    }

    #[test]
    fn what_was_not_asked_for_is_not_taken() {
        let stage = Stage::new();
        let supply = || stage.fetched.supply(stage.at(0), |_| Ok(chain()));
        assert!(supply().is_err());
        stage.fetched.want("a", stage.at(0));
        assert!(supply().is_err(), "it was not given out yet");
        assert!(stage.fetched.request(stage.at(0)).is_some());
        assert!(supply().is_ok());
        assert!(supply().is_err(), "it came already");
    }

    #[test]
    fn whoever_went_away_is_not_waited_for() {
        let stage = Stage::new();
        stage.fetched.want("a", stage.at(0));
        assert_eq!(stage.fetched.request(stage.at(60)), None);
    }
}
