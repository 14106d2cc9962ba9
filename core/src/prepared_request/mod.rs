//! A request prepared for the checks: limits, peer, method and URL.

mod places;

use std::borrow::Cow;

use crate::config::Config;
use crate::detail;
use crate::error::{Error, ErrorCode};
use crate::primitives::form::Pairs;
use crate::primitives::json_pointer::Pointers;
use crate::primitives::url::Url;
use crate::request::{HeaderSlots, MethodName, Needs, Request, normalise};

use places::Places;

pub(crate) use places::{Known, Unread, of_json};

/// A parameter that occurs more than once.
#[derive(Debug)]
pub(crate) struct Repeated;

/// A request with its URL resolved and its method normalised.
#[derive(Debug)]
pub(crate) struct PreparedRequest<'r, 'h> {
    method: Cow<'r, [u8]>,
    url: Option<Url<'r>>,
    query: Option<Pairs>,
    headers: &'h HeaderSlots<'r>,
    body: &'r [u8],
    places: Places<'r>,
    /// What the issuer of the request's token says about it, where it was asked.
    introspection: Option<&'h [u8]>,
}

impl<'r, 'h> PreparedRequest<'r, 'h> {
    /// A request that [`prepare`](Self::prepare) has to look at before anything else.
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
            places: Places::new(),
            introspection,
        }
    }

    /// Rejects what is rejected before any proof is checked, and without the body.
    /// Fills in method, URL and query in place: a prepared request is too large to
    /// move on the way that every delivery goes.
    pub(crate) fn prepare(
        &mut self,
        methods: &[MethodName],
        needs: &'r Needs,
        pointers: &'r Pointers,
        config: &'r Config,
        request: &Request<'r>,
    ) -> Result<(), Error> {
        let headers = self.headers;
        if let Some(allowed) = &config.allowed_ips {
            let client = config.url_policy.client(headers, request.peer)?;
            if !client.is_some_and(|client| allowed.contains(client)) {
                return Err(detail::address_rejected(client, request.peer));
            }
        }
        self.method = normalise(request.method)?;
        if !methods.is_empty() && !methods.iter().any(|method| method.is(&self.method)) {
            return Err(Error::new(
                ErrorCode::MethodNotAllowed,
                "the scheme is not defined for this HTTP method",
            ));
        }
        let policy = &config.url_policy;
        if config.require_https {
            policy.check_secure(request, headers)?;
        }
        if needs.reads_url() || config.reads_url() {
            self.url = Some(policy.resolve(request, headers)?);
        } else if needs.may_read_url() {
            self.url = policy.resolve(request, headers).ok();
        }
        if needs.looks_up_query() {
            let query = self.url.as_ref().map(Url::raw_query);
            self.query = Some(Pairs::parse(query.unwrap_or_default())?);
        }
        self.places.prepare(needs, pointers);
        Ok(())
    }

    pub(crate) const fn introspection(&self) -> Option<&'h [u8]> {
        self.introspection
    }

    /// In upper case.
    pub(crate) fn method(&self) -> &[u8] {
        &self.method
    }

    /// As resolved; `None` where nothing reads it.
    pub(crate) const fn url(&self) -> Option<&Url<'r>> {
        self.url.as_ref()
    }

    /// The parameters of the query, decoded, where something looks them up.
    pub(crate) const fn query(&self) -> Option<&Pairs> {
        self.query.as_ref()
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
}
