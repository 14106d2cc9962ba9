//! The core's vector runner: all vectors, their tampered twins, and what can be
//! said of a signature only by trying all of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use conformance::format::{Case, Expect, VectorFolder, committed_folder};
use conformance::layout::SignatureLayout;
use conformance::mutate::{twins_of_file, with_signatures};
use conformance::outcomes::{self, Outcome};
use conformance::runner::{HeaderForm, Runner};
use hookseal::ErrorCode;

/// The cases to run: those of `HOOKSEAL_VECTORS`, which holds the twins as
/// well, or the committed ones and their twins.
fn cases() -> Vec<Case> {
    if let Some(folder) = std::env::var_os("HOOKSEAL_VECTORS") {
        let folder = VectorFolder::read(&PathBuf::from(folder)).unwrap();
        return folder.cases().cloned().collect();
    }
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    let twins = folder
        .files
        .values()
        .flat_map(|file| twins_of_file(file).unwrap().cases);
    folder.cases().cloned().chain(twins).collect()
}

fn committed_cases() -> Vec<Case> {
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    folder.cases().cloned().collect()
}

// Pitfalls BODY-5, BIND-1, BIND-3, BIND-4, BIND-7, BIND-9, BIND-10, BIND-11, DOWN-1,
// SIG-8, KEY-4, TIME-4.
#[test]
fn every_vector_and_every_twin_has_its_verdict() {
    let cases = cases();
    let outcomes = Runner::new().run_all(&cases, HeaderForm::Pairs).unwrap();
    if let Some(path) = std::env::var_os("HOOKSEAL_OUTCOMES") {
        outcomes::write(Path::new(&path), &outcomes).unwrap();
    }
    println!("vectors: {} run of {}", outcomes.len(), cases.len());
    assert_eq!(outcomes.len(), cases.len(), "every case ran, once");
    let disagreements: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let disagreement = outcomes[&case.id].disagreement(case)?;
            Some(format!("{}: {disagreement} ({})", case.id, case.comment))
        })
        .collect();
    assert!(
        disagreements.is_empty(),
        "{} of {} cases disagree:\n{}",
        disagreements.len(),
        cases.len(),
        disagreements.join("\n")
    );
}

#[test]
fn both_forms_of_the_headers_give_the_same_answer() {
    let cases = committed_cases();
    let mut runner = Runner::new();
    for case in &cases {
        let pairs = runner.run(case, HeaderForm::Pairs).unwrap();
        let slots = runner.run(case, HeaderForm::Slots).unwrap();
        assert_eq!(pairs, slots, "{}", case.id);
    }
}

#[test]
fn a_reversed_list_of_headers_gives_the_same_answer() {
    let mut runner = Runner::new();
    for mut case in committed_cases() {
        let before = runner.run(&case, HeaderForm::Pairs).unwrap();
        case.request.headers.reverse();
        let after = runner.run(&case, HeaderForm::Pairs).unwrap();
        assert_eq!(before, after, "{}", case.id);
    }
}

/// Verified cases with a signature, whose body is small enough to be verified a few hundred times.
fn small_signed_cases() -> Vec<(Case, SignatureLayout)> {
    let is_small = |case: &&Case| {
        case.expect == Expect::Verified && case.request.body().is_ok_and(|body| body.len() < 4096)
    };
    let folder = VectorFolder::read(&committed_folder()).unwrap();
    folder
        .files
        .values()
        .flat_map(|file| {
            let cases = file.cases.iter().filter(is_small);
            cases.filter_map(|case| {
                let layout = file.layout(case).unwrap().signature()?;
                Some((case.clone(), layout.clone()))
            })
        })
        .collect()
}

// Pitfall SIG-2.
#[test]
fn every_flipped_bit_of_a_signature_is_a_mismatch() {
    let mut runner = Runner::new();
    let expected = Outcome::rejected(ErrorCode::SignatureMismatch);
    // One case a scheme and URL form has the whole range; all have some bits in
    // their twins.
    let mut seen = BTreeSet::new();
    for (case, layout) in small_signed_cases() {
        let form = case
            .facts
            .as_ref()
            .and_then(|facts| facts.get("url_form"))
            .cloned();
        if !seen.insert((case.scheme.clone(), form.map(|form| form.to_string()))) {
            continue;
        }
        for bit in 0..longest_signature(&case, &layout) * 8 {
            let flipped = with_signatures(&case, &layout, |signature| {
                let bit = bit % (signature.len() * 8);
                signature[bit / 8] ^= 1 << (bit % 8);
            });
            let outcome = runner.run(&flipped, HeaderForm::Pairs).unwrap();
            assert_eq!(outcome, expected, "{} bit {bit}", case.id);
        }
    }
    assert!(seen.len() >= 10, "schemes and URL forms: {seen:?}");
}

#[test]
fn a_signature_of_a_length_that_none_has_is_malformed() {
    let mut runner = Runner::new();
    let expected = Outcome::rejected(ErrorCode::MalformedHeader);
    for (case, layout) in small_signed_cases() {
        let (fewest, most) = layout.signature.bytes.bounds();
        for other in (0..fewest).chain([most + 1, most * 2]) {
            let outcome = runner.run(&with_length(&case, &layout, other), HeaderForm::Pairs);
            assert_eq!(outcome.unwrap(), expected, "{} length {other}", case.id);
        }
    }
}

#[test]
fn a_signature_of_the_length_of_another_is_a_mismatch() {
    let mut runner = Runner::new();
    let expected = Outcome::rejected(ErrorCode::SignatureMismatch);
    let mut seen = BTreeSet::new();
    for (case, layout) in small_signed_cases() {
        // There the length is that of the algorithm, which an option says.
        if !layout.secret.others.is_empty() {
            continue;
        }
        let (fewest, most) = layout.signature.bytes.bounds();
        let own = longest_signature(&case, &layout);
        for other in (fewest..=most).filter(|other| *other != own) {
            let outcome = runner.run(&with_length(&case, &layout, other), HeaderForm::Pairs);
            assert_eq!(outcome.unwrap(), expected, "{} length {other}", case.id);
            seen.insert(case.scheme_id());
        }
    }
    assert!(seen.len() >= 4, "{seen:?}");
}

fn longest_signature(case: &Case, layout: &SignatureLayout) -> usize {
    let longest = Cell::new(0);
    let _ = with_signatures(case, layout, |one| {
        longest.set(longest.get().max(one.len()))
    });
    longest.get()
}

/// The case with its signatures cut, or repeated, to a length.
fn with_length(case: &Case, layout: &SignatureLayout, length: usize) -> Case {
    with_signatures(case, layout, |signature| {
        *signature = signature.iter().copied().cycle().take(length).collect();
    })
}

/// One token a scheme: each of its characters is changed to one that differs in
/// one bit.
#[test]
fn every_changed_character_of_a_token_is_rejected() {
    let mut runner = Runner::new();
    let mut seen = BTreeSet::new();
    for case in committed_cases() {
        let header = case.request.headers.iter().position(|(name, value)| {
            let is_token = value.contains("eyJ") && value.matches('.').count() == 2;
            let is_bearer = name.eq_ignore_ascii_case("authorization");
            is_token && value.starts_with(if is_bearer { "Bearer " } else { "eyJ" })
        });
        let (Expect::Verified, Some(header)) = (case.expect, header) else {
            continue;
        };
        if !seen.insert(case.scheme.clone()) {
            continue;
        }
        let value = &case.request.headers[header].1;
        for position in value.find("eyJ").unwrap()..value.len() {
            for bit in 0..5 {
                let mut changed = value.clone().into_bytes();
                changed[position] ^= 1 << bit;
                let mut twin = case.clone();
                twin.request.headers[header].1 = String::from_utf8(changed).unwrap();
                let outcome = runner.run(&twin, HeaderForm::Pairs).unwrap();
                let place = format!("{} character {position} bit {bit}", case.id);
                assert_ne!(outcome.as_str(), Expect::Verified.as_str(), "{place}");
            }
        }
    }
    assert!(seen.len() >= 6, "{seen:?}");
}

// Pitfall REPLAY-1.
#[test]
fn one_message_has_one_replay_key_however_it_is_written() {
    let keys = |ids: &[&str]| -> BTreeSet<String> {
        let cases = committed_cases();
        let mut runner = Runner::new();
        ids.iter()
            .map(|id| {
                let case = cases.iter().find(|case| case.id == *id);
                let case = case.unwrap_or_else(|| panic!("no case {id}"));
                match runner.run(case, HeaderForm::Pairs).unwrap() {
                    Outcome::Verified { facts } => facts["replay_key"].to_string(),
                    Outcome::Rejected { code, .. } => panic!("{id}: {code}"),
                }
            })
            .collect()
    };
    let same = [
        &[
            "plivo-worked-05",
            "plivo-ma-v3",
            "plivo-list-right-first",
            "plivo-list-right-last",
            "plivo-list-junk-first",
            "plivo-repeated-same",
            "plivo-body-reordered",
            "plivo-body-reencoded",
        ][..],
        &[
            "github-docs",
            "github-upper-hex",
            "github-mixed-hex",
            "github-url-other",
        ],
        &[
            "stripe-v1-first",
            "stripe-v1-last",
            "stripe-v1-upper",
            "stripe-window+300",
        ],
        &[
            "standard-webhooks-list-first",
            "standard-webhooks-list-last",
        ],
        &["rfc9421-hmac-sha256", "rfc9421-window+300"],
        &["telnyx-body", "telnyx-window+300", "telnyx-key-second"],
        &[
            "discord-body",
            "discord-upper",
            "discord-key-second",
            "discord-url-other",
        ],
        &[
            "sendgrid-body",
            "sendgrid-again",
            "sendgrid-minus-s",
            "sendgrid-key-labelled",
        ],
        &[
            "standard-webhooks-v1a-list-first",
            "standard-webhooks-v1a-list-last",
            "standard-webhooks-v1a-key-second",
        ],
        &[
            "custom-ecdsa-pem",
            "custom-ecdsa-again",
            "custom-ecdsa-minus-s",
            "custom-ecdsa-labelled",
        ],
        &[
            "custom-rsa-pss-pem",
            "custom-rsa-pss-again",
            "custom-rsa-pss-3072",
        ],
    ];
    for group in same {
        assert_eq!(keys(group).len(), 1, "{group:?}");
    }
    let different = [
        "plivo-worked-05",
        "plivo-worked-06",
        "plivo-messaging-v3",
        "github-docs",
    ];
    assert_eq!(keys(&different).len(), different.len());
}
