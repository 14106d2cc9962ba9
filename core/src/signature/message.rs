//! HTTP Message Signatures: what a receiver says of the signature that counts, and what
//! a signature says of itself.

use crate::canonical::{ListFunction, Listing, cavage, rfc9421};
use crate::coverage::Coverage;
use crate::error::{Error, ErrorCode};
use crate::options::{OptionReader, wrong};
use crate::primitives::time::TimeFormat;
use crate::request::Needs;
use crate::scheme::{
    COMPONENTS, Grammar, HEADERS, LABEL, Message, REQUIRE_NONCE, Shadows, SignaturePlan, TAG,
    of_list,
};

/// The longest label or tag.
const MAX_TEXT: usize = 256;

/// What the options say.
#[derive(Debug, Default)]
pub(super) struct MessageRules {
    pub(super) label: Option<String>,
    tag: Option<String>,
    needs_nonce: bool,
}

/// The parts of one signature, by their names.
pub(super) struct Parts<'p>(&'p [Option<&'p [u8]>]);

impl<'p> Parts<'p> {
    /// `None` where a signature has no parameters.
    pub(super) fn of(plan: &SignaturePlan, parts: &'p [Option<&'p [u8]>]) -> Option<Self> {
        (!matches!(plan.parse.grammar, Grammar::Patterns)).then_some(Self(parts))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'p [u8]> {
        let position = rfc9421::PARTS.iter().position(|part| *part == name)?;
        self.0.get(position).copied().flatten()
    }
}

impl MessageRules {
    /// Takes the options of a scheme whose users say what is signed, and has the plan
    /// cover that.
    pub(super) fn take(
        plan: &mut SignaturePlan,
        options: &mut OptionReader,
        needs: &mut Needs,
    ) -> Result<Self, Error> {
        let mut rules = Self::default();
        for variant in &mut plan.variants {
            let Message::Listed(listed) = &mut variant.message else {
                continue;
            };
            let Some(section) = &listed.configurable else {
                continue;
            };
            let demands = match section.function.has_open_demands() {
                true => options.texts(COMPONENTS)?,
                false => None,
            };
            let allows = options.texts(HEADERS)?;
            listed.listing = Listing::new(
                section.function,
                demands.as_deref().unwrap_or(&section.demands),
                allows.as_deref().unwrap_or(&section.allows),
                Some(HEADERS.to_owned()),
                &mut |name| needs.header(name),
            )
            .map_err(|what| match demands {
                Some(_) => wrong(COMPONENTS, &what),
                None => wrong(HEADERS, &what),
            })?;
            if listed.listing.needs_url() {
                needs.url();
            }
            let covered = listed.listing.covered();
            if !covered.is_bound() {
                let what = "neither the body nor the URL is signed, so one signature would prove \
                            every delivery";
                return Err(wrong(COMPONENTS, what));
            }
            if section.function == ListFunction::Rfc9421 {
                rules = Self {
                    label: text(LABEL, options)?,
                    tag: text(TAG, options)?,
                    needs_nonce: options.switch(REQUIRE_NONCE)?,
                };
            }
            if let Some(site) = &variant.timestamp
                && !listed.covers(&site.place)
            {
                let what = format!(
                    "lacks what stands at {}, the time of a delivery",
                    site.place
                );
                return Err(wrong(COMPONENTS, &what));
            }
            let sites = variant.from.iter().chain(&variant.timestamp);
            let places = sites.map(|site| &site.place);
            variant.shadows = Shadows::of(core::iter::empty(), Some(&covered), places);
            if let Some(shadows) = &variant.shadows {
                shadows.announce(needs);
            }
            let covers = of_list(covered);
            variant.covers.body = covers.body;
            variant.covers.url = covers.url;
            variant.covers.method = covers.method;
            variant.covers.parts = covers.parts;
            if !rules.needs_nonce {
                variant.delivery_id = None;
                variant.covers.delivery_id = Coverage::None;
            }
        }
        Ok(rules)
    }

    /// Checks what a signature says of itself. All of it is signed; the algorithm is
    /// that of the key whatever it says.
    ///
    /// # Errors
    /// `signature_mismatch` where it names another algorithm; `token_mismatch` where it
    /// has another tag; `malformed_header` without a nonce that is needed.
    pub(super) fn check(&self, parts: &Parts<'_>, plan: &SignaturePlan) -> Result<(), Error> {
        let algorithm = plan.algorithm;
        let is_other = |alg: &[u8]| match plan.parse.grammar {
            Grammar::Parameters => !cavage::is_named(algorithm, alg),
            Grammar::MessageSignature(_) | Grammar::Patterns => alg != algorithm.name().as_bytes(),
        };
        if parts.get("alg").is_some_and(is_other) {
            let detail = format!(
                "the signature names another algorithm than {}",
                algorithm.name()
            );
            return Err(Error::new(ErrorCode::SignatureMismatch, detail));
        }
        if let Some(tag) = &self.tag
            && parts.get("tag") != Some(tag.as_bytes())
        {
            return Err(Error::new(
                ErrorCode::TokenMismatch,
                "the parameter tag of the signature is not that of the option tag",
            ));
        }
        if self.needs_nonce && parts.get("nonce").is_none_or(<[u8]>::is_empty) {
            return Err(Error::new(
                ErrorCode::MalformedHeader,
                "the signature has no parameter nonce",
            ));
        }
        Ok(())
    }

    /// The parameters that a sender writes.
    pub(super) fn written_tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }
}

/// # Errors
/// `timestamp_too_old` where a signature has ended.
pub(super) fn check_expiry(parts: &Parts<'_>, now: i64) -> Result<(), Error> {
    let Some(expires) = parts.get("expires") else {
        return Ok(());
    };
    if now > TimeFormat::Unix.parse(expires)? {
        return Err(Error::new(
            ErrorCode::TimestampTooOld,
            "the signature has expired, as its parameter expires says",
        ));
    }
    Ok(())
}

/// A text as a parameter or a label can hold it.
fn text(name: &str, options: &mut OptionReader) -> Result<Option<String>, Error> {
    let Some(text) = options.text(name)? else {
        return Ok(None);
    };
    let is_key =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte);
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte);
    let fits = match name {
        LABEL => {
            let starts = |first: &u8| first.is_ascii_lowercase() || *first == b'*';
            text.as_bytes().first().is_some_and(starts) && text.bytes().all(is_key)
        }
        _ => text.bytes().all(is_plain),
    };
    if text.is_empty() || text.len() > MAX_TEXT || !fits {
        return Err(wrong(name, "is none that a signature can have"));
    }
    Ok(Some(text))
}
