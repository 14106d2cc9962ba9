//! Proofs other than a signature over the request. Each is built from its
//! section of the scheme file and the options, and all that are configured must
//! hold.

mod basic;
mod binding;
mod decrypt;
mod jwt;
mod required_claims;
mod token;

use std::borrow::Cow;

use crate::body_limit::MAX_BODY_BYTES;
use crate::clock::Now;
use crate::coverage::Covers;
use crate::error::Error;
use crate::keyring::MatchedKey;
use crate::options::OptionReader;
use crate::prepared_request::{Known, PreparedRequest};
use crate::request::{Header, Needs};
use crate::scheme::{Constants, SchemeFile};
use crate::signature::MessageIdentity;

use basic::Basic;
use decrypt::Decryption;

pub(crate) use binding::Binding;
pub(crate) use jwt::Jwt;
pub(crate) use token::Token;

/// What a scheme asks for besides a signature.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    tokens: Vec<Token>,
    basic: Option<Basic>,
    jwt: Option<Jwt>,
    decryption: Option<Decryption>,
}

/// What the checks of a request have shown so far.
#[derive(Debug, Default)]
pub(crate) struct Authenticated {
    pub(crate) key: Option<MatchedKey>,
    pub(crate) claims: Option<String>,
    /// Of what a token signs.
    pub(crate) identity: Option<MessageIdentity>,
}

/// What a request carries.
#[derive(Debug)]
pub(crate) struct Payload<'r> {
    pub(crate) bytes: Cow<'r, [u8]>,
    /// The key that decrypted it.
    pub(crate) key: Option<MatchedKey>,
    /// The position in [`Proofs::coverage`].
    pub(crate) variant: usize,
}

impl Proofs {
    /// Takes the options of the file's sections, and adds the labels of its keys.
    pub(crate) fn new(
        file: &SchemeFile,
        constants: &Constants,
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut tokens = Vec::new();
        for section in &file.token {
            tokens.extend(Token::new(section, options, needs, labels)?);
        }
        Ok(Self {
            tokens,
            basic: match &file.basic {
                Some(section) => Basic::new(section, options, needs, labels)?,
                None => None,
            },
            jwt: match &file.jwt {
                Some(section) => {
                    // A key that signs the request signs no token.
                    let key = file.key.as_ref().filter(|_| file.signature.is_none());
                    Jwt::new(section, key, constants, options, needs, labels)?
                }
                None => None,
            },
            decryption: match &file.decrypt {
                Some(section) => Decryption::new(section, options, needs, labels)?,
                None => None,
            },
        })
    }

    /// Checks what proves a request without its body: tokens, passwords, and a
    /// JSON Web Token, unless the body may turn out to be a challenge that is
    /// `excused` from carrying one.
    #[inline]
    pub(crate) fn check_head(
        &self,
        request: &PreparedRequest<'_, '_>,
        now: Now,
        excused: bool,
    ) -> Result<Authenticated, Error> {
        if self.tokens.is_empty() && self.basic.is_none() && self.jwt.is_none() {
            return Ok(Authenticated::default());
        }
        self.check_credentials(request, now, excused)
    }

    /// Kept apart, so that schemes which only sign do not pay for its room on
    /// the stack.
    #[inline(never)]
    fn check_credentials(
        &self,
        request: &PreparedRequest<'_, '_>,
        now: Now,
        excused: bool,
    ) -> Result<Authenticated, Error> {
        let mut authenticated = Authenticated::default();
        self.check_secrets(request, &mut authenticated)
            .map_err(|error| self.challenge(error))?;
        match &self.jwt {
            Some(jwt) if jwt.reads_body() => jwt
                .check_detached(request)
                .map_err(|error| self.challenge(error))?,
            Some(_) if !excused => self.check_jwt(request, now, &mut authenticated)?,
            _ => {}
        }
        Ok(authenticated)
    }

    fn check_secrets(
        &self,
        request: &PreparedRequest<'_, '_>,
        authenticated: &mut Authenticated,
    ) -> Result<(), Error> {
        for token in self.tokens.iter().filter(|token| !token.is_in_body()) {
            authenticated.key = Some(token.check(request)?);
        }
        if let Some(basic) = &self.basic {
            authenticated.key = Some(basic.check(request)?);
        }
        Ok(())
    }

    /// Checks the tokens that stand in the body, are it, or sign it.
    #[inline]
    pub(crate) fn check_body(
        &self,
        request: &PreparedRequest<'_, '_>,
        now: Now,
        authenticated: &mut Authenticated,
    ) -> Result<(), Error> {
        for token in self.tokens.iter().filter(|token| token.is_in_body()) {
            let key = token
                .check(request)
                .map_err(|error| self.challenge(error))?;
            authenticated.key = Some(key);
        }
        if self.jwt.as_ref().is_some_and(Jwt::reads_body) {
            self.check_jwt(request, now, authenticated)?;
        }
        Ok(())
    }

    /// Whether a request shows a token or a JSON Web Token, right or wrong.
    pub(crate) fn are_shown(&self, request: &PreparedRequest<'_, '_>, known: Known) -> bool {
        let has_token = |jwt: &Jwt| match jwt.header() {
            Some(header) => !header.is_absent(request.headers()),
            None => known == Known::Whole && !request.body().is_empty(),
        };
        self.tokens
            .iter()
            .any(|token| token.is_shown(request, known))
            || self.jwt.as_ref().is_some_and(has_token)
    }

    /// Checks the password, where one is configured.
    pub(crate) fn check_password(&self, request: &PreparedRequest<'_, '_>) -> Result<(), Error> {
        match &self.basic {
            Some(basic) => basic
                .check(request)
                .map(drop)
                .map_err(|error| self.challenge(error)),
            None => Ok(()),
        }
    }

    /// A rejection with the challenge that belongs to what is configured. Where
    /// that is more than one proof, it must not tell which one failed: whoever
    /// guesses a token in the URL would learn when it is right.
    fn challenge(&self, error: Error) -> Error {
        if error.status() != 401 {
            return error;
        }
        match (&self.basic, &self.jwt) {
            (Some(_), _) => error.with_authenticate(basic::AUTHENTICATE),
            (None, Some(jwt)) if !self.tokens.is_empty() && jwt.is_bearer() => {
                error.with_authenticate(jwt::AUTHENTICATE)
            }
            _ => error,
        }
    }

    /// Checks the JSON Web Token, where one is configured.
    pub(crate) fn check_jwt(
        &self,
        request: &PreparedRequest<'_, '_>,
        now: Now,
        authenticated: &mut Authenticated,
    ) -> Result<(), Error> {
        if let Some(jwt) = &self.jwt {
            let checked = jwt.check(request, now);
            let checked = checked.map_err(|error| self.challenge(error))?;
            authenticated.key = Some(checked.key);
            authenticated.claims = checked.claims;
            authenticated.identity = checked.identity;
        }
        Ok(())
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
    pub(crate) fn payload<'r>(
        &self,
        request: &PreparedRequest<'r, '_>,
    ) -> Result<Payload<'r>, Error> {
        match &self.decryption {
            Some(decryption) => decryption.payload(request),
            None => Ok(Payload {
                bytes: Cow::Borrowed(request.body()),
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

    /// A verifier that asks for nothing would accept everything. `signed` holds the
    /// headers of the signature, if one is asked for; `answers` says whether
    /// challenges are answered.
    pub(crate) fn check_complete(
        &self,
        file: &SchemeFile,
        signed: Option<&[&Header]>,
        answers: bool,
    ) -> Result<(), Error> {
        let has_other = !self.tokens.is_empty() || self.basic.is_some() || self.jwt.is_some();
        let is_signed = signed.is_some();
        let signed = signed.unwrap_or_default();
        if !is_signed && !has_other && self.decryption.is_none() {
            return Err(Error::configuration(format!(
                "scheme {}: no proof is configured; set one of {}",
                file.id,
                proof_options(file).join(", ")
            )));
        }
        let mut headers: Vec<&Header> = self.tokens.iter().filter_map(Token::header).collect();
        headers.extend(self.basic.as_ref().map(Basic::header));
        headers.extend(self.jwt.as_ref().and_then(Jwt::header));
        let mut proofs = headers.iter().enumerate();
        let is_taken = |position: usize, header: &&Header| {
            signed.contains(header) || headers[..position].contains(header)
        };
        if let Some((_, header)) = proofs.find(|(position, header)| is_taken(*position, header)) {
            return Err(Error::configuration(format!(
                "two proofs that are configured stand in the same header, {}",
                header.name()
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
        if answers && !has_other {
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
