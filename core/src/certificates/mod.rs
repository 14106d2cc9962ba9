//! Certificates that requests point to. The address in a request is a wish of
//! whoever sent it: it has to be one of the provider's own, and what is found
//! there has to be a certificate of the provider's.
//!
//! One file each for a function that a scheme may name. It states the hosts, the
//! paths and the names of a provider; how certificates are fetched, kept and
//! checked is the same for all.

mod address;
mod alexa;
mod aws_sns;
mod fetched;
mod paypal;

use std::sync::Arc;
use std::time::Instant;

use crate::error::{Error, ErrorCode};
use crate::options::{OptionReader, wrong};
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::x509::{Chain, Roots};
use crate::scheme::{CERTIFICATE_ROOTS, CERTIFICATES, CertificateFunction, SANDBOX};

use fetched::Fetched;

/// What results call the key of a certificate.
pub(crate) const LABEL: &str = "certificate";

/// Each is tried with every signature.
const MAX_GIVEN: usize = 8;

/// A host of a provider, and what is there.
#[derive(Debug)]
struct Source {
    host: String,
    /// Whether the path is that of a certificate.
    is_path: fn(&str) -> bool,
    /// Of the subject; any one of them.
    names: Vec<String>,
    /// How the topics begin whose messages are signed there, where it is a host of
    /// topics.
    topics: Option<String>,
}

impl Source {
    /// Whether a certificate from here says anything about a message of the topic.
    fn is_for(&self, topic: Option<&str>) -> bool {
        let Some(start) = &self.topics else {
            return true;
        };
        topic.is_some_and(|topic| topic.starts_with(start.as_str()))
    }
}

/// The certificates of a provider.
#[derive(Debug)]
pub(crate) struct Certificates {
    sources: Vec<Source>,
    algorithm: SignatureAlgorithm,
    roots: Roots,
    /// A leaf without its intermediates counts, since the provider publishes no
    /// more: then the host that it was fetched from vouches for it.
    takes_leaf: bool,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Given(Vec<Arc<Chain>>),
    Fetched(Fetched),
}

impl Certificates {
    /// Takes the options. `topics` are what the receiver expects, where the
    /// function is one of topics.
    pub(crate) fn new(
        function: CertificateFunction,
        algorithm: SignatureAlgorithm,
        topics: &[&str],
        options: &mut OptionReader,
    ) -> Result<Self, Error> {
        let sources = match function {
            CertificateFunction::AwsSns => aws_sns::sources(topics)?,
            CertificateFunction::Paypal => vec![paypal::source(options.switch(SANDBOX)?)],
            CertificateFunction::Alexa => vec![alexa::source()],
        };
        let roots = match options.texts(CERTIFICATE_ROOTS)? {
            None => None,
            Some(texts) => {
                let roots = Roots::read(&texts);
                Some(roots.map_err(|what| wrong(CERTIFICATE_ROOTS, what))?)
            }
        };
        let mut certificates = Self {
            sources,
            algorithm,
            // Who names roots wants them asked.
            takes_leaf: function == CertificateFunction::AwsSns && roots.is_none(),
            roots: roots.unwrap_or(Roots::Public),
            held: Held::Fetched(Fetched::default()),
        };
        if let Some(texts) = options.texts(CERTIFICATES)? {
            if texts.is_empty() || texts.len() > MAX_GIVEN {
                return Err(wrong(CERTIFICATES, "expected 1 to 8 of them"));
            }
            let given = texts.iter().map(|text| {
                let chain = certificates.read(text.as_bytes(), &certificates.sources);
                chain.map_err(|what| wrong(CERTIFICATES, what))
            });
            certificates.held = Held::Given(given.collect::<Result<_, Error>>()?);
        }
        Ok(certificates)
    }

    /// The certificates that the address may stand for, at this time. `topic` is what
    /// the request says that it is of, where the function is one of topics.
    ///
    /// # Errors
    /// `malformed_header` where the address is none of the provider's, or at a host of
    /// other topics: it is never fetched. `key_unavailable` where nothing that was
    /// found there is good.
    pub(crate) fn find(
        &self,
        address: &str,
        topic: Option<&str>,
        now: i64,
    ) -> Result<Vec<Arc<Chain>>, Error> {
        let source = self.source(address)?;
        if !source.is_for(topic) {
            return Err(Error::new(
                ErrorCode::MalformedHeader,
                "the address of the certificate is at the host of another region than the topic's",
            ));
        }
        let held = match &self.held {
            Held::Given(given) => given.clone(),
            Held::Fetched(fetched) => vec![fetched.find(address, Instant::now())?],
        };
        let mut reason = "none is for this host";
        let is_good = |chain: &Arc<Chain>| match self.check(chain, source, now) {
            Ok(()) => true,
            Err(what) => {
                reason = what;
                false
            }
        };
        let good: Vec<_> = held.into_iter().filter(is_good).collect();
        if !good.is_empty() {
            return Ok(good);
        }
        if let Held::Fetched(fetched) = &self.held {
            // Another one may be there by now.
            fetched.want(address, Instant::now());
        }
        Err(unavailable(reason))
    }

    /// Notes that a certificate has verified a delivery: no other displaces it
    /// that has not.
    pub(crate) fn prove(&self, chain: &Arc<Chain>) {
        if let Held::Fetched(fetched) = &self.held {
            fetched.prove(chain);
        }
    }

    /// Whether a signature that matches no certificate may match one that is there
    /// by now, so that it is no forgery yet.
    pub(crate) fn may_be_newer(&self, address: &str) -> bool {
        match &self.held {
            Held::Given(_) => false,
            Held::Fetched(fetched) => fetched.want(address, Instant::now()),
        }
    }

    pub(crate) const fn are_fetched(&self) -> bool {
        matches!(self.held, Held::Fetched(_))
    }

    /// The address to fetch now.
    pub(crate) fn request(&self) -> Option<String> {
        match &self.held {
            Held::Given(_) => None,
            Held::Fetched(fetched) => fetched.request(Instant::now()),
        }
    }

    /// Takes what was fetched from there.
    ///
    /// # Errors
    /// `key_unavailable` where it is no certificate of the provider's.
    pub(crate) fn supply(&self, document: &[u8]) -> Result<(), Error> {
        let Held::Fetched(fetched) = &self.held else {
            return Err(Error::configuration("this verifier has its own keys"));
        };
        fetched.supply(Instant::now(), |address| {
            let source = self.source(address)?;
            self.read(document, core::slice::from_ref(source))
                .map_err(unavailable)
        })
    }

    fn source(&self, address: &str) -> Result<&Source, Error> {
        let found = address::split(address).and_then(|(host, path)| {
            let mut sources = self.sources.iter();
            sources.find(|source| source.host == host && (source.is_path)(path))
        });
        found.ok_or_else(|| {
            let hosts: Vec<_> = self.sources.iter().map(|it| it.host.as_str()).collect();
            Error::new(
                ErrorCode::MalformedHeader,
                format!(
                    "the address of the certificate is no https address of one at {}",
                    hosts.join(" or ")
                ),
            )
        })
    }

    /// What is wrong with a document at any time.
    fn read(&self, document: &[u8], sources: &[Source]) -> Result<Arc<Chain>, &'static str> {
        let chain = Chain::read(document)?;
        if !chain.key().fits(self.algorithm) {
            return Err("the key of the certificate is of another algorithm");
        }
        if !sources.iter().any(|source| chain.is_for(&source.names)) {
            return Err(OTHER_NAME);
        }
        Ok(Arc::new(chain))
    }

    fn check(&self, chain: &Chain, source: &Source, now: i64) -> Result<(), &'static str> {
        if !chain.is_for(&source.names) {
            return Err(OTHER_NAME);
        }
        if self.takes_leaf && chain.is_leaf_alone() {
            chain.check_issuer()?;
            return chain.check_dates(now);
        }
        chain.check_path(&self.roots, now)
    }
}

const OTHER_NAME: &str = "the certificate is for another name than the provider's";

#[cold]
fn unavailable(what: &str) -> Error {
    Error::new(
        ErrorCode::KeyUnavailable,
        format!("no certificate to verify with: {what}"),
    )
}
