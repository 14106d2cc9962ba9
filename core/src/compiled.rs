//! A scheme compiled with its keys and options: what verifying and signing walk.

use std::sync::Arc;

use crate::challenge::{Challenge, DescribedChallenges};
use crate::config::Config;
use crate::error::Error;
use crate::names::Names;
use crate::options::{OptionReader, Options, TOLERANCE, nearest};
use crate::prepared_request::{Known, PreparedRequest};
use crate::primitives::json_pointer::Pointers;
use crate::primitives::url_form::UrlForm;
use crate::proof::{Binding, Proofs};
use crate::request::{Header, MAX_HEADER_NAMES, MethodName, Needs, Request};
use crate::scheme::{self, Constants};
use crate::signature::{ReplayKeys, SignatureProof};

pub(crate) struct Compiled {
    /// Empty: every method.
    methods: Vec<MethodName>,
    pub(crate) needs: Needs,
    /// Of JSON bodies.
    pointers: Pointers,
    pub(crate) config: Config,
    pub(crate) signature: Option<SignatureProof>,
    pub(crate) proofs: Proofs,
    /// What the token of a delivery says about it.
    pub(crate) binding: Option<Binding>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) described: DescribedChallenges,
    pub(crate) names: Arc<Names>,
    /// The longest body of any request.
    pub(crate) max_body_bytes: usize,
}

impl Compiled {
    /// Compiles an embedded scheme, or one that is given as JSON.
    pub(crate) fn new(scheme: &str, options: Options) -> Result<Self, Error> {
        let text = if scheme.trim_start().starts_with('{') {
            scheme
        } else {
            scheme::find(scheme).ok_or_else(|| unknown_scheme(scheme))?
        };
        let file = scheme::read(text)?;
        let (plan, mut needs) = scheme::compile(&file)?;
        let owner = format!("scheme {}", file.id);
        let mut reader = options.reader(scheme::option_specs(&file), &owner)?;
        let options = &mut reader;

        let mut key_ids = Vec::new();
        let mut signature = match (&file.key, plan.signature) {
            (Some(section), Some(plan)) => {
                let constants = &file.option;
                let (needs, labels) = (&mut needs, &mut key_ids);
                let proof = SignatureProof::new(plan, section, constants, options, needs, labels);
                Some(proof?)
            }
            _ => None,
        };
        let constants = Constants::choose(file.preset.as_ref(), options)?;
        let mut proofs = Proofs::new(&file, &constants, options, &mut needs, &mut key_ids)?;
        let binding = match plan.binding {
            Some(plan) => Some(Binding::new(plan, options)?),
            None => None,
        };
        let challenge = match file.challenge.function() {
            Some(section) => {
                let has_token = proofs.jwt().is_some();
                Challenge::new(section, &constants, options, &mut needs, has_token)?
            }
            None => None,
        };
        let described = DescribedChallenges::new(plan.challenges, options, &mut needs)?;
        let signed: Option<Vec<&Header>> = signature.as_ref().map(|it| it.headers().collect());
        proofs.check_complete(&file, signed.as_deref(), challenge.is_some())?;
        take_tolerance(options, signature.as_mut(), &mut proofs)?;
        let config = Config::new(options, &mut needs, &file.addresses)?;
        reader.finish()?;
        if needs.header_names().len() > MAX_HEADER_NAMES {
            return Err(Error::configuration("the scheme reads too many headers"));
        }
        let pointers: Vec<&str> = needs.pointers().iter().map(String::as_str).collect();
        let pointers = Pointers::new(&pointers).map_err(Error::configuration)?;
        let max_body_bytes = match &mut signature {
            Some(signature) => signature.limit_bodies(config.max_body_bytes),
            None => proofs.limit_bodies(config.max_body_bytes),
        };
        let (coverage, url_forms) = match &signature {
            Some(signature) => (signature.coverage(), signature.url_forms()),
            None => {
                let coverage = match &binding {
                    Some(binding) => binding.coverage(),
                    None => proofs.coverage(),
                };
                (coverage, vec![UrlForm::AsIs.name()])
            }
        };
        Ok(Self {
            methods: plan.methods,
            needs,
            pointers,
            config,
            signature,
            proofs,
            binding,
            challenge,
            described,
            names: Arc::new(Names {
                replay_keys: ReplayKeys::of_scheme(&plan.id),
                scheme: plan.id,
                key_ids,
                coverage,
                url_forms,
            }),
            max_body_bytes,
        })
    }

    /// Rejects what is rejected before any proof is checked.
    #[inline]
    pub(crate) fn prepare<'r>(
        &'r self,
        prepared: &mut PreparedRequest<'r, '_>,
        request: &Request<'r>,
    ) -> Result<(), Error> {
        prepared.prepare(
            &self.methods,
            &self.needs,
            &self.pointers,
            &self.config,
            request,
        )
    }

    /// Whether a request may be a challenge that proves nothing, for all that its head
    /// shows: one that shows a proof is a delivery.
    #[inline(never)]
    pub(crate) fn may_be_asked(&self, prepared: &PreparedRequest<'_, '_>) -> bool {
        self.described.may_be_asked(prepared) && !self.is_proof_shown(prepared, Known::Head)
    }

    /// Whether a request shows a signature, a token or a JSON Web Token, right or wrong.
    pub(crate) fn is_proof_shown(&self, prepared: &PreparedRequest<'_, '_>, known: Known) -> bool {
        let signature = self.signature.as_ref();
        signature.is_some_and(|it| it.is_shown(prepared, known))
            || self.proofs.are_shown(prepared, known)
    }

    /// Whether a challenge need not carry the token of deliveries.
    pub(crate) fn excuses_challenges(&self) -> bool {
        self.challenge.as_ref().is_some_and(Challenge::is_excused)
    }
}

/// The option `tolerance` is the window of a signed time, or the difference that
/// the clocks behind a token may have.
fn take_tolerance(
    options: &mut OptionReader,
    signature: Option<&mut SignatureProof>,
    proofs: &mut Proofs,
) -> Result<(), Error> {
    if let Some(signature) = signature
        && signature.take_tolerance(options)?
    {
        return Ok(());
    }
    if let Some(jwt) = proofs.jwt_mut()
        && jwt.has_claims()
        && let Some(seconds) = options.number(TOLERANCE)?
    {
        jwt.set_leeway(seconds);
    }
    Ok(())
}

fn unknown_scheme(id: &str) -> Error {
    let lower = id.to_ascii_lowercase();
    if scheme::find(&lower).is_some() {
        return Error::configuration(format!("scheme names are written in lower case: {lower}"));
    }
    // A secret passed by mistake in place of the id must not reach a log.
    let shown = if id.len() <= 64
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    {
        id
    } else {
        "(not shown: it might be a secret)"
    };
    let meant = meant(id).map(|it| format!("; did you mean {it}?"));
    Error::configuration(format!(
        "scheme {shown} is unknown{} the catalogue lists those there are",
        meant.as_deref().unwrap_or(";")
    ))
}

/// The scheme of a name that says too much (`plivo-v3`) or too little (`adyen`), or that
/// has a slip in it. Its newest version, where it has several: that has the shorter name.
fn meant(id: &str) -> Option<&'static str> {
    let words: Vec<&str> = id.split('-').collect();
    let of = |known: &'static str| (known, known.split('-').collect::<Vec<_>>());
    let known = || scheme::ids().map(of);
    let cut = known().filter(|(_, of_known)| words.starts_with(of_known));
    let whole = known().filter(|(_, of_known)| {
        let mut parts = of_known.windows(words.len());
        parts.any(|part| part == words)
    });
    let longest = cut.max_by_key(|(_, of_known)| of_known.len());
    let shortest = || whole.min_by_key(|(_, of_known)| of_known.len());
    let by_words = longest.or_else(shortest).map(|(known, _)| known);
    by_words.or_else(|| nearest(id, scheme::ids()))
}
