//! What a verified token says about the request that carries it: a digest of its
//! body, its URL, an id.

use std::borrow::Cow;

use crate::canonical::Input;
use crate::coverage::{Coverage, Covers};
use crate::error::{Error, ErrorCode};
use crate::options::OptionReader;
use crate::prepared_request::PreparedRequest;
use crate::primitives::json_pointer::{Pointers, Unreadable};
use crate::primitives::jwt::ClaimValue;
use crate::primitives::url_form::FormedUrl;
use crate::scheme::BindingPlan;
use crate::signature::demands::{self, Expected};
use crate::signature::values::Values;
use crate::signature::{shadows, variant};

/// Demands on a request whose token is verified.
#[derive(Debug)]
pub(crate) struct Binding {
    plan: BindingPlan,
    claims: Pointers,
    /// What the options say that each variant's demands name.
    expected: Vec<Vec<Vec<ClaimValue>>>,
}

/// What a token proves of its request.
pub(crate) struct Bound<'r> {
    pub(crate) variant: usize,
    pub(crate) delivery_id: Option<Cow<'r, [u8]>>,
    pub(crate) event_type: Option<Cow<'r, [u8]>>,
}

impl Binding {
    /// Takes the options that demands name.
    pub(crate) fn new(plan: BindingPlan, options: &mut OptionReader) -> Result<Self, Error> {
        let pointers: Vec<&str> = plan.claims.iter().map(String::as_str).collect();
        Ok(Self {
            claims: Pointers::new(&pointers).map_err(Error::configuration)?,
            expected: demands::read_expected(&plan.variants, options)?,
            plan,
        })
    }

    /// The claims are what was delivered, not the body, which is the token.
    pub(crate) const fn delivers_claims(&self) -> bool {
        self.plan.is_body
    }

    /// What each variant covers.
    pub(crate) fn coverage(&self) -> Vec<Covers> {
        let variants = self.plan.variants.iter();
        variants.map(|variant| variant.covers.clone()).collect()
    }

    /// Holds the request against the claims of its token, unless that signs the body
    /// itself.
    pub(crate) fn check<'r>(
        &self,
        request: &PreparedRequest<'r, '_>,
        claims: Option<&str>,
    ) -> Result<Bound<'r>, Error> {
        let content_type = self.plan.content_type.as_ref();
        let (position, variant) = variant::choose(&self.plan.variants, content_type, request)?;
        variant::check_form(content_type, variant, request)?;
        let claims = claims.map(|claims| self.claims.read(claims.as_bytes()));
        let claims = claims.transpose().map_err(|Unreadable| {
            Error::new(
                ErrorCode::JwtMalformed,
                "the claims of the token cannot be read for what they say of the request",
            )
        })?;
        let values = Values {
            request,
            parts: &[],
            claims: claims.as_ref(),
            constants: &[],
        };
        let input = Input {
            method: request.method(),
            url: request.url(),
            body: request.body(),
            headers: request.headers(),
            parts: &[],
            timestamp: &[],
            delivery_id: &[],
            secret: &[],
        };
        let url = input.url.map(FormedUrl::as_is);
        let expected = Expected {
            input: &input,
            url: url.as_ref(),
            options: self
                .expected
                .get(position)
                .map(Vec::as_slice)
                .unwrap_or_default(),
        };
        demands::check(&variant.demands, &values, &expected)?;
        if let Some(shadows) = &variant.shadows {
            shadows::check(shadows, request)?;
        }
        let fact = |site: &Option<_>| match site {
            Some(site) => values.fact(site),
            None => Ok(None),
        };
        let delivery_id = fact(&variant.delivery_id)?;
        Ok(Bound {
            variant: position,
            delivery_id: delivery_id.filter(|_| variant.covers.delivery_id == Coverage::Signed),
            event_type: fact(&variant.event_type)?,
        })
    }
}
