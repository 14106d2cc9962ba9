//! Certificates (RFC 5280): a leaf and what stands behind it in one document of
//! PEM (RFC 7468). webpki reads and checks them, with ring; what it does not tell,
//! when a certificate begins and ends, is read here.

use core::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
};
use spki::der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use spki::der::{self, Decode as _, SliceReader, Tag, Tagged as _};
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath, anchor_from_trusted_cert, ring};

use crate::primitives::signature::SignatureKey;
use crate::primitives::spki::parse;

/// A leaf with its intermediates takes 8 KiB.
pub(crate) const MAX_PEM_BYTES: usize = 64 * 1024;

/// More than any provider sends; it bounds how many paths there can be.
const MAX_CERTIFICATES: usize = 6;

/// How many roots may be given.
const MAX_ROOTS: usize = 16;

/// What issuers sign with, but for SHA-1.
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
];

/// Who vouches for certificates.
pub(crate) enum Roots {
    /// Mozilla's list.
    Public,
    /// Those of the user, and no others.
    Own(Vec<TrustAnchor<'static>>),
}

impl Roots {
    /// Roots in PEM, any number of them in each text.
    pub(crate) fn read(texts: &[String]) -> Result<Self, &'static str> {
        let mut anchors = Vec::new();
        for text in texts {
            let certificates = read_pem(text.as_bytes(), MAX_ROOTS)?;
            for der in &certificates {
                let anchor = anchor_from_trusted_cert(der).map_err(|_| UNREADABLE)?;
                anchors.push(anchor.to_owned());
            }
        }
        if anchors.is_empty() || anchors.len() > MAX_ROOTS {
            return Err("expected 1 to 16 certificates");
        }
        Ok(Self::Own(anchors))
    }

    fn anchors(&self) -> &[TrustAnchor<'static>] {
        match self {
            Self::Public => webpki_roots::TLS_SERVER_ROOTS,
            Self::Own(anchors) => anchors,
        }
    }
}

/// A leaf, and the certificates that came with it.
pub(crate) struct Chain {
    leaf: CertificateDer<'static>,
    dates: Dates,
    names: Vec<String>,
    key: SignatureKey,
    /// Its issuer has another name than it has itself.
    has_issuer: bool,
    rest: Vec<(CertificateDer<'static>, Dates)>,
    /// The dates between which a path that was found holds.
    path: OnceLock<Dates>,
}

/// In unix seconds, both inside.
#[derive(Clone, Copy)]
struct Dates {
    first: i64,
    last: i64,
}

impl Dates {
    /// The member `validity` of what is signed (RFC 5280 section 4.1).
    fn of(certificate: &CertificateDer<'_>) -> Result<Self, &'static str> {
        let read = || {
            let mut certificate = inside(AnyRef::from_der(certificate)?)?;
            let mut signed = inside(AnyRef::decode(&mut certificate)?)?;
            // Of version 3, as webpki takes no other: version, serial number,
            // algorithm, issuer.
            for _ in 0..4 {
                AnyRef::decode(&mut signed)?;
            }
            let mut validity = inside(AnyRef::decode(&mut signed)?)?;
            let first = seconds(AnyRef::decode(&mut validity)?)?;
            let last = seconds(AnyRef::decode(&mut validity)?)?;
            Ok::<_, der::Error>(Self { first, last })
        };
        read().map_err(|_| UNREADABLE)
    }

    const fn holds(self, now: i64) -> bool {
        self.first <= now && now <= self.last
    }

    fn within(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }
}

const UNREADABLE: &str = "a certificate cannot be read";

impl Chain {
    /// Reads a document whose first certificate is the leaf.
    pub(crate) fn read(pem: &[u8]) -> Result<Self, &'static str> {
        let mut certificates = read_pem(pem, MAX_CERTIFICATES)?.into_iter();
        let der = certificates.next().ok_or("there is no certificate in it")?;
        let dates = Dates::of(&der)?;
        let leaf = EndEntityCert::try_from(&der).map_err(|_| UNREADABLE)?;
        // Whoever trusts no root learns what is wrong with the leaf itself.
        match verify(&leaf, &[], &[], dates.first) {
            Err(Error::UnknownIssuer) => {}
            Err(Error::CaUsedAsEndEntity) => {
                return Err("its first certificate is that of an authority, and no leaf");
            }
            Err(Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension) => {
                return Err("its first certificate is for another purpose than a server's");
            }
            _ => return Err(UNREADABLE),
        }
        // A wildcard is the name of no server.
        let is_name = |name: &&str| {
            let server = ServerName::try_from(*name);
            server.is_ok_and(|server| leaf.verify_is_valid_for_subject_name(&server).is_ok())
        };
        let names = leaf.valid_dns_names().filter(is_name);
        let names = names.map(str::to_owned).collect();
        let key = parse(&leaf.subject_public_key_info())?;
        let has_issuer = leaf.issuer() != leaf.subject();
        let rest = certificates
            .map(|der| Dates::of(&der).map(|dates| (der, dates)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            leaf: der,
            dates,
            names,
            key,
            has_issuer,
            rest,
            path: OnceLock::new(),
        })
    }

    pub(crate) const fn key(&self) -> &SignatureKey {
        &self.key
    }

    /// Whether the document holds nothing but the leaf.
    pub(crate) fn is_leaf_alone(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether the certificate is for one of these names, letter by letter: a
    /// wildcard stands for none of them.
    pub(crate) fn is_for(&self, names: &[String]) -> bool {
        let mut own = self.names.iter();
        own.any(|own| names.iter().any(|name| name.eq_ignore_ascii_case(own)))
    }

    /// Whether the leaf is valid at that time, by its own account.
    pub(crate) fn check_dates(&self, now: i64) -> Result<(), &'static str> {
        match self.dates.holds(now) {
            true => Ok(()),
            false if now < self.dates.first => Err("the certificate is not valid yet"),
            false => Err("the certificate has expired"),
        }
    }

    /// Whether somebody else has issued the leaf, as far as it says so itself.
    pub(crate) fn check_issuer(&self) -> Result<(), &'static str> {
        match self.has_issuer {
            true => Ok(()),
            false => Err("the certificate was issued by nobody but itself"),
        }
    }

    /// Whether a root vouches for the leaf at that time.
    pub(crate) fn check_path(&self, roots: &Roots, now: i64) -> Result<(), &'static str> {
        const NO_PATH: &str = "no root that is trusted vouches for the certificate";
        self.check_dates(now)?;
        if self.path.get().is_some_and(|dates| dates.holds(now)) {
            return Ok(());
        }
        let leaf = EndEntityCert::try_from(&self.leaf).map_err(|_| UNREADABLE)?;
        let rest: Vec<CertificateDer<'_>> = self.rest.iter().map(|(der, _)| der.clone()).collect();
        let path = verify(&leaf, roots.anchors(), &rest, now).map_err(|_| NO_PATH)?;
        let dates = path
            .intermediate_certificates()
            .filter_map(|one| self.rest.iter().find(|(der, _)| *der == one.der()))
            .fold(self.dates, |dates, (_, of_one)| dates.within(*of_one));
        // A root has no dates, so the path holds for all of these.
        let _ = self.path.set(dates);
        Ok(())
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "Roots(Public)",
            Self::Own(_) => "Roots(Own)",
        })
    }
}

/// The certificates of a document. What stands around them is no part of PEM.
fn read_pem(pem: &[u8], most: usize) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    if pem.len() > MAX_PEM_BYTES {
        return Err("it is longer than 64 KiB");
    }
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        if certificates.len() == most {
            return Err("it holds too many certificates");
        }
        certificates.push(certificate.map_err(|_| "it is no PEM")?);
    }
    Ok(certificates)
}

fn verify<'p>(
    leaf: &'p EndEntityCert<'p>,
    roots: &'p [TrustAnchor<'_>],
    rest: &'p [CertificateDer<'p>],
    now: i64,
) -> Result<VerifiedPath<'p>, Error> {
    let seconds = u64::try_from(now).map_err(|_| Error::CertNotValidYet {
        time: UnixTime::since_unix_epoch(Duration::ZERO),
        not_before: UnixTime::since_unix_epoch(Duration::ZERO),
    })?;
    leaf.verify_for_usage(
        ALGORITHMS,
        roots,
        rest,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        KeyUsage::server_auth(),
        None,
        None,
    )
}

/// What stands in a value that is made of others.
fn inside(value: AnyRef<'_>) -> der::Result<SliceReader<'_>> {
    SliceReader::new(value.value())
}

fn seconds(time: AnyRef<'_>) -> der::Result<i64> {
    let elapsed = match time.tag() {
        Tag::UtcTime => time.decode_as::<UtcTime>()?.to_unix_duration(),
        _ => time.decode_as::<GeneralizedTime>()?.to_unix_duration(),
    };
    Ok(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}
