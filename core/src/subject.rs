//! A request prepared for the checks: limits, peer, method and URL.

use std::borrow::Cow;

use crate::diagnosis;
use crate::error::{Error, ErrorCode};
use crate::primitives::form::{self, Pairs};
use crate::primitives::mac::{Tag, sha256};
use crate::primitives::url::Url;
use crate::request::{HeaderSlots, HeaderValue, Request};
use crate::scheme::{BodyDigest, Condition, Input, MethodName, Plan, Signature, Variant};
use crate::verifier::Verifier;

/// A parameter that occurs more than once.
#[derive(Debug)]
pub(crate) struct Repeated;

/// A request with its URL resolved and its method normalised.
#[derive(Debug)]
pub(crate) struct Subject<'r, 'h> {
    method: Cow<'r, [u8]>,
    url: Option<Url<'r>>,
    query: Option<Pairs>,
    headers: &'h HeaderSlots<'r>,
    body: &'r [u8],
    /// What the issuer of the request's token says about it, where it was asked.
    introspection: Option<&'h [u8]>,
}

impl<'r, 'h> Subject<'r, 'h> {
    /// A request that [`admit`](Self::admit) has to look at before anything else.
    pub(crate) const fn new(
        request: &Request<'r>,
        headers: &'h HeaderSlots<'r>,
        introspection: Option<&'h [u8]>,
    ) -> Self {
        Self {
            method: Cow::Borrowed(request.method),
            url: None,
            query: None,
            headers,
            body: request.body,
            introspection,
        }
    }

    /// Everything that is refused before a proof is looked at, and without the
    /// body. Fills in the method, the URL and the query where they lie: a subject is too large to
    /// be handed around on the way that every delivery goes.
    pub(crate) fn admit(
        &mut self,
        verifier: &'r Verifier,
        request: &Request<'r>,
    ) -> Result<(), Error> {
        let (plan, config, headers) = (&verifier.plan, &verifier.config, self.headers);
        if let Some(allowed) = &config.allowed_ips {
            let client = config.url_policy.client(headers, request.peer)?;
            if !client.is_some_and(|client| allowed.contains(client)) {
                return Err(diagnosis::address_refused(client, request.peer));
            }
        }
        self.method = upper_case(request.method)?;
        let is_method = |name: &MethodName| name.as_str().as_bytes() == self.method.as_ref();
        if !plan.methods.is_empty() && !plan.methods.iter().any(is_method) {
            return Err(Error::new(
                ErrorCode::MethodNotAllowed,
                "the scheme is not defined for this HTTP method",
            ));
        }
        let policy = &config.url_policy;
        if config.require_https {
            policy.check_secure(request, headers)?;
        }
        if plan.reads_url || config.reads_url() {
            self.url = Some(policy.resolve(request, headers)?);
        }
        if plan.looks_up_query {
            let query = self.url.as_ref().map(Url::raw_query);
            self.query = Some(Pairs::parse(query.unwrap_or_default())?);
        }
        Ok(())
    }

    pub(crate) const fn introspection(&self) -> Option<&'h [u8]> {
        self.introspection
    }

    /// In upper case.
    pub(crate) fn method(&self) -> &[u8] {
        &self.method
    }

    pub(crate) const fn headers(&self) -> &'h HeaderSlots<'r> {
        self.headers
    }

    pub(crate) const fn body(&self) -> &'r [u8] {
        self.body
    }

    /// The one value of a query parameter, decoded; `Err` where the name occurs
    /// more than once.
    pub(crate) fn query_value(&self, name: &[u8]) -> Result<Option<&[u8]>, Repeated> {
        let Some(query) = &self.query else {
            return Ok(None);
        };
        let mut found = query.iter().filter(|(known, _)| *known == name);
        match (found.next(), found.next()) {
            (first, None) => Ok(first.map(|(_, value)| value)),
            (_, Some(_)) => Err(Repeated),
        }
    }

    /// Whether the query writes a parameter as a list or a map, as PHP reads
    /// `name[]=` and `name[key]=`.
    pub(crate) fn has_query_list(&self, name: &[u8]) -> bool {
        let is_list = |known: &[u8]| {
            known
                .strip_prefix(name)
                .is_some_and(|rest| rest.first() == Some(&b'['))
        };
        let mut query = self.query.iter().flat_map(Pairs::iter);
        query.any(|(known, _)| is_list(known))
    }

    /// The first variant whose conditions hold.
    pub(crate) fn choose_variant<'p>(
        &self,
        plan: &Plan,
        signature: &'p Signature,
    ) -> Result<(usize, &'p Variant), Error> {
        signature
            .variants
            .iter()
            .enumerate()
            .find(|(_, variant)| {
                variant.when.is_empty()
                    || variant
                        .when
                        .iter()
                        .any(|all| all.iter().all(|condition| self.holds(plan, condition)))
            })
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::BodyMismatch,
                    "the scheme signs nothing of a request of this kind: check method, content \
                     type and body",
                )
            })
    }

    fn holds(&self, plan: &Plan, condition: &Condition) -> bool {
        match condition {
            Condition::Method(method) => method.as_str().as_bytes() == self.method.as_ref(),
            Condition::BodyEmpty(empty) => self.body.is_empty() == *empty,
            Condition::ContentTypeForm => self.content_type(plan).is_some_and(form::is_form),
            Condition::ContentType(wanted) => self
                .content_type(plan)
                .is_some_and(|value| form::is_media_type(value, wanted.as_bytes())),
            Condition::Header { slot, present } => {
                (self.headers.get(*slot) != HeaderValue::Absent) == *present
            }
            Condition::Query { name, present } => {
                let query = self.query.as_ref();
                query.is_some_and(|query| query.values(name).next().is_some()) == *present
            }
        }
    }

    /// The content type, where it is there once. A conflicting one is no type.
    fn content_type(&self, plan: &Plan) -> Option<&'r [u8]> {
        match self.headers.get(plan.content_type?) {
            HeaderValue::One(value) => Some(value),
            HeaderValue::Absent | HeaderValue::Conflicting => None,
        }
    }

    /// A body that is read as a form must not be handed on as something else:
    /// an application would parse other values out of it than were signed.
    pub(crate) fn check_form(&self, plan: &Plan, variant: &Variant) -> Result<(), Error> {
        if self.body.is_empty() || !variant.message.reads_form() {
            return Ok(());
        }
        let unread = |what| Err(Error::new(ErrorCode::BodyMismatch, what));
        let Some(slot) = plan.content_type else {
            return Ok(());
        };
        match self.headers.get(slot) {
            HeaderValue::Absent => Ok(()),
            HeaderValue::One(_) if self.headers.is_repeated(slot) => {
                unread("the content type of a form is there more than once")
            }
            HeaderValue::One(value) if form::is_form(value) && form::is_utf8(value) => Ok(()),
            HeaderValue::One(value) if form::is_form(value) => unread(
                "the content type of a form names another character set than UTF-8, or cannot be \
                 read",
            ),
            HeaderValue::One(_) | HeaderValue::Conflicting => Err(Error::new(
                ErrorCode::SignatureMismatch,
                "the body is not form-encoded, and only form parameters are signed",
            )),
        }
    }

    pub(crate) fn input<'c>(&'c self, timestamp: &'c [u8], delivery_id: &'c [u8]) -> Input<'c> {
        Input {
            method: &self.method,
            url: self.url.as_ref(),
            body: self.body,
            timestamp,
            delivery_id,
        }
    }

    /// Compares the signed digest of the body with the body.
    pub(crate) fn check_body_digest(&self, digest: &BodyDigest) -> Result<(), Error> {
        let expected = sha256(&[self.body]);
        // Twilio repeats it in URLs that have it already; two different ones would
        // let the application see another one than is compared here.
        let mut values = self
            .query
            .iter()
            .flat_map(|query| query.values(&digest.query));
        let first = values.next();
        let signed = first
            .filter(|first| values.all(|value| value == *first))
            .and_then(|value| digest.encoding.decode_tag(value, expected.len()));
        let is_equal =
            signed.is_some_and(|signed| signed.ct_eq(&Tag::from_bytes(&expected)).into());
        if is_equal {
            Ok(())
        } else {
            Err(Error::new(
                ErrorCode::BodyMismatch,
                "the digest of the body is not the one that was signed",
            ))
        }
    }
}

/// Methods are compared in upper case, ASCII only.
fn upper_case(method: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    if method.is_empty() || method.len() > 32 || !method.iter().all(is_part) {
        return Err(Error::new(
            ErrorCode::MethodNotAllowed,
            "the HTTP method is empty or malformed",
        ));
    }
    Ok(if method.iter().any(u8::is_ascii_lowercase) {
        Cow::Owned(method.to_ascii_uppercase())
    } else {
        Cow::Borrowed(method)
    })
}
