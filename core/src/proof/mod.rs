//! Proofs that are no signature over the request. Each is built from its
//! section of the scheme file and the options, and all that are configured must
//! hold.

mod basic;
mod decrypt;
mod jwt;
mod required_claims;
mod token;

use std::borrow::Cow;

use crate::body_limit::MAX_BODY_BYTES;
use crate::clock::Now;
use crate::error::Error;
use crate::handshake::Challenges;
use crate::options::Options;
use crate::outcome::{Covers, MatchedKey};
use crate::scheme::{Constants, Plan, SchemeFile};
use crate::subject::Subject;

use basic::Basic;
use decrypt::Decryption;
use token::Token;

pub(crate) use jwt::Jwt;

/// What a scheme asks for besides a signature.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    tokens: Vec<Token>,
    basic: Option<Basic>,
    jwt: Option<Jwt>,
    decryption: Option<Decryption>,
    challenges: Option<Challenges>,
}

/// What the checks of a request have shown so far.
#[derive(Debug, Default)]
pub(crate) struct Proven {
    pub(crate) key: Option<MatchedKey>,
    pub(crate) claims: Option<String>,
}

/// What a request delivers.
#[derive(Debug)]
pub(crate) struct Delivered<'r> {
    pub(crate) payload: Cow<'r, [u8]>,
    /// The key that decrypted it.
    pub(crate) key: Option<MatchedKey>,
    /// The position in [`Proofs::coverage`].
    pub(crate) variant: usize,
}

impl Proofs {
    /// Takes the options of the file's sections, adds the labels of its keys,
    /// and lets `plan` read what the checks need.
    pub(crate) fn new(
        file: &SchemeFile,
        options: &mut Options,
        plan: &mut Plan,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let constants = Constants::choose(file.preset.as_ref(), options)?;
        let mut tokens = Vec::new();
        for section in &file.token {
            tokens.extend(Token::new(section, options, plan, labels)?);
        }
        let basic = match &file.basic {
            Some(section) => Basic::new(section, options, plan, labels)?,
            None => None,
        };
        let jwt = match &file.jwt {
            Some(section) => Jwt::new(section, &constants, options, plan, labels)?,
            None => None,
        };
        let has_jwt = jwt.is_some();
        let proofs = Self {
            tokens,
            basic,
            jwt,
            decryption: match &file.decrypt {
                Some(section) => Decryption::new(section, options, plan, labels)?,
                None => None,
            },
            challenges: match &file.challenge {
                Some(section) => Challenges::new(section, &constants, options, plan, has_jwt)?,
                None => None,
            },
        };
        proofs.check_complete(file, plan)?;
        Ok(proofs)
    }

    /// Checks what proves a request without its body: tokens, passwords, and a
    /// JSON Web Token, unless the body may turn out to be a handshake that need
    /// not carry one.
    #[inline]
    pub(crate) fn check_head(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        now: Now,
    ) -> Result<Proven, Error> {
        if self.tokens.is_empty() && self.basic.is_none() && self.jwt.is_none() {
            return Ok(Proven::default());
        }
        self.check_credentials(plan, subject, now)
    }

    /// Kept apart, so that schemes which only sign do not pay for its room on
    /// the stack.
    #[inline(never)]
    fn check_credentials(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        now: Now,
    ) -> Result<Proven, Error> {
        let mut proven = Proven::default();
        self.check_secrets(plan, subject, &mut proven)
            .map_err(|error| self.challenge(error))?;
        if !self.may_excuse() {
            self.check_jwt(plan, subject, now, &mut proven)?;
        }
        Ok(proven)
    }

    fn check_secrets(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        proven: &mut Proven,
    ) -> Result<(), Error> {
        for token in &self.tokens {
            proven.key = Some(token.check(plan, subject)?);
        }
        if let Some(basic) = &self.basic {
            proven.key = Some(basic.check(plan, subject)?);
        }
        Ok(())
    }

    /// A refusal with the challenge that belongs to what is configured. Where
    /// that is more than one proof, it must not tell which one failed: whoever
    /// guesses a token in the URL would learn when it is right.
    fn challenge(&self, error: Error) -> Error {
        if error.status() != 401 {
            return error;
        }
        match (&self.basic, &self.jwt) {
            (Some(_), _) => error.with_authenticate(basic::AUTHENTICATE),
            (None, Some(_)) if !self.tokens.is_empty() => {
                error.with_authenticate(jwt::AUTHENTICATE)
            }
            _ => error,
        }
    }

    /// Checks what depends on the body. A handshake that passes ends here, as
    /// the error that holds its reply.
    #[inline]
    pub(crate) fn check_rest(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        now: Now,
        proven: Proven,
    ) -> Result<Proven, Error> {
        match &self.challenges {
            None => Ok(proven),
            Some(challenges) => self.check_challenge(challenges, plan, subject, now, proven),
        }
    }

    #[inline(never)]
    fn check_challenge(
        &self,
        challenges: &Challenges,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        now: Now,
        mut proven: Proven,
    ) -> Result<Proven, Error> {
        let reply = challenges.recognise(plan, subject)?;
        if self.may_excuse() && reply.is_none() {
            self.check_jwt(plan, subject, now, &mut proven)?;
        }
        match reply {
            Some(reply) => Err(Error::challenge(reply?)),
            None => Ok(proven),
        }
    }

    fn check_jwt(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        now: Now,
        proven: &mut Proven,
    ) -> Result<(), Error> {
        if let Some(jwt) = &self.jwt {
            let checked = jwt.check(plan, subject, now.seconds()?);
            let (key, claims) = checked.map_err(|error| self.challenge(error))?;
            proven.key = Some(key);
            proven.claims = Some(claims);
        }
        Ok(())
    }

    /// Whether a handshake need not carry the token of deliveries.
    fn may_excuse(&self) -> bool {
        self.challenges.as_ref().is_some_and(Challenges::is_excused)
    }

    /// Sets how long bodies may be: what the user chose, or what they may cost.
    /// Gives the longest of all.
    pub(crate) fn limit_bodies(&mut self, chosen: Option<usize>) -> usize {
        match &mut self.decryption {
            Some(decryption) => decryption.limit_bodies(chosen),
            None => chosen.unwrap_or(MAX_BODY_BYTES),
        }
    }

    /// Decrypts the body, where the scheme does.
    pub(crate) fn deliver<'r>(
        &self,
        plan: &Plan,
        subject: &Subject<'r, '_>,
    ) -> Result<Delivered<'r>, Error> {
        match &self.decryption {
            Some(decryption) => decryption.deliver(plan, subject),
            None => Ok(Delivered {
                payload: Cow::Borrowed(subject.body()),
                key: None,
                variant: 0,
            }),
        }
    }

    /// Decrypts what a delivery carried, without the delivery.
    pub(crate) fn decrypt<'t>(
        &self,
        text: &'t mut [u8],
        iv: Option<&[u8]>,
        cipher: Option<&str>,
    ) -> Result<&'t [u8], Error> {
        let decryption = self.decryption.as_ref().ok_or_else(|| {
            Error::configuration("this verifier has no secret to decrypt anything with")
        })?;
        decryption.decrypt_alone(text, iv, cipher)
    }

    /// What a delivery covers, by variant.
    pub(crate) fn coverage(&self) -> Vec<Covers> {
        match &self.decryption {
            Some(_) => vec![Covers::nothing(true), Covers::nothing(false)],
            None => vec![Covers::nothing(false)],
        }
    }

    pub(crate) const fn decrypts(&self) -> bool {
        self.decryption.is_some()
    }

    pub(crate) const fn jwt(&self) -> Option<&Jwt> {
        self.jwt.as_ref()
    }

    pub(crate) const fn jwt_mut(&mut self) -> Option<&mut Jwt> {
        self.jwt.as_mut()
    }

    /// A verifier that asks for nothing would accept everything.
    fn check_complete(&self, file: &SchemeFile, plan: &Plan) -> Result<(), Error> {
        let has_other = !self.tokens.is_empty() || self.basic.is_some() || self.jwt.is_some();
        if plan.signature.is_none() && !has_other && self.decryption.is_none() {
            return Err(Error::configuration(format!(
                "scheme {}: no proof is configured; set one of {}",
                file.id,
                proof_options(file).join(", ")
            )));
        }
        let mut slots: Vec<usize> = self.tokens.iter().filter_map(Token::header_slot).collect();
        slots.extend(self.basic.as_ref().map(Basic::header_slot));
        slots.extend(self.jwt.as_ref().map(Jwt::header_slot));
        let mut proofs = slots.iter().enumerate();
        if let Some((_, slot)) = proofs.find(|(position, slot)| slots[..*position].contains(slot)) {
            return Err(Error::configuration(format!(
                "two proofs that are configured stand in the same header, {}",
                plan.header_name(*slot)
            )));
        }
        let lets_plain_through = self
            .decryption
            .as_ref()
            .is_some_and(Decryption::allows_plaintext);
        if lets_plain_through && !has_other {
            return Err(Error::configuration(
                "option allow_plaintext: anybody could send a plain delivery; configure another \
                 proof as well",
            ));
        }
        if self.challenges.is_some() && !has_other {
            return Err(Error::configuration(
                "option answer_empty_body: anybody would be answered; configure another proof as \
                 well",
            ));
        }
        Ok(())
    }
}

/// The options of which one at least makes a proof.
fn proof_options(file: &SchemeFile) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    names.extend(file.decrypt.iter().map(|section| section.option.as_str()));
    names.extend(file.token.iter().map(|section| section.option.as_str()));
    if file.basic.is_some() {
        names.extend(["username and password", "header_value"]);
    }
    names.extend(
        file.jwt
            .iter()
            .filter_map(|section| section.group.as_deref()),
    );
    names
}
