//! The core's own runner: every case through `Verifier`, without any binding.

use std::collections::HashMap;

use hookseal::{Error, HeaderSlots, Headers, Options, Request, Verifier};

use crate::format::{Case, DEFAULT_NOW, FormatError};
use crate::outcomes::{Outcome, Outcomes};

/// In which of its two forms the core gets the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderForm {
    /// All of them, as pairs.
    Pairs,
    /// Only those it asked for, as the bindings pass them.
    Slots,
}

/// Runs cases and keeps the verifiers, one for each scheme and its options.
#[derive(Debug, Default)]
pub struct Runner {
    verifiers: HashMap<String, Result<Verifier, Error>>,
}

impl Runner {
    /// A runner without verifiers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The verdict on one case.
    ///
    /// # Errors
    /// Where the case itself is not of the format.
    pub fn run(&mut self, case: &Case, form: HeaderForm) -> Result<Outcome, FormatError> {
        let options = serde_json::Value::Object(case.options.clone()).to_string();
        let verifier = self
            .verifiers
            .entry(format!("{}\n{options}", case.scheme))
            .or_insert_with(|| {
                Verifier::new(&case.scheme, Options::from_json(options.as_bytes())?)
            });
        match verifier {
            Ok(verifier) => verify(verifier, case, form),
            Err(error) => Ok(Outcome::of(Err(error.clone()))),
        }
    }

    /// The verdicts on many cases.
    ///
    /// # Errors
    /// Where a case itself is not of the format.
    pub fn run_all<'c>(
        &mut self,
        cases: impl IntoIterator<Item = &'c Case>,
        form: HeaderForm,
    ) -> Result<Outcomes, FormatError> {
        cases
            .into_iter()
            .map(|case| {
                let outcome = self
                    .run(case, form)
                    .map_err(|error| error.within(&case.id))?;
                Ok((case.id.clone(), outcome))
            })
            .collect()
    }
}

fn verify(verifier: &Verifier, case: &Case, form: HeaderForm) -> Result<Outcome, FormatError> {
    let data = &case.request;
    let body = data.body()?;
    let pairs: Vec<(&[u8], &[u8])> = data
        .headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let slots = pick(verifier, &pairs);
    let request = Request {
        method: data.method.as_bytes(),
        target: data.url.as_bytes(),
        authority: data.authority.as_deref().map(str::as_bytes),
        scheme: data.scheme.as_deref().map(str::as_bytes),
        headers: match form {
            HeaderForm::Pairs => Headers::Pairs(&pairs),
            HeaderForm::Slots => Headers::Slots(&slots),
        },
        body: &body,
        peer: data.peer_ip,
    };
    Ok(Outcome::of(
        verifier.verify_at(&request, case.now.unwrap_or(DEFAULT_NOW)),
    ))
}

/// What a binding's shim does: the wanted headers into their slots.
fn pick<'p>(verifier: &Verifier, pairs: &[(&[u8], &'p [u8])]) -> HeaderSlots<'p> {
    let mut slots = HeaderSlots::new();
    for (index, name) in verifier.header_names().iter().enumerate() {
        for (other, value) in pairs {
            if name.as_bytes().eq_ignore_ascii_case(other) {
                slots.set(index, value);
            }
        }
    }
    slots
}
