//! The options of `[key.certificate]`.

use crate::options::{OptionKind, OptionSpec};
use crate::scheme::certificate::{CERTIFICATE_ROOTS, CERTIFICATES, CertificateFunction, SANDBOX};

/// Their names, each of which does nothing beside a key that is given.
pub(super) fn names(function: CertificateFunction) -> Vec<&'static str> {
    let mut names = vec![CERTIFICATES, CERTIFICATE_ROOTS];
    if function == CertificateFunction::Paypal {
        names.push(SANDBOX);
    }
    names
}

pub(super) fn specs(function: CertificateFunction, key: &str) -> Vec<OptionSpec> {
    let spec = |name: &str| match name {
        CERTIFICATES => OptionSpec::new(
            CERTIFICATES,
            OptionKind::Texts,
            "the certificates of the sender in PEM, each with its intermediates, in the place of \
             fetching them",
        ),
        CERTIFICATE_ROOTS => OptionSpec::new(
            CERTIFICATE_ROOTS,
            OptionKind::Texts,
            "who vouches for certificates, in PEM, in the place of the public roots",
        ),
        _ => OptionSpec::switch(
            SANDBOX,
            "deliveries come from the sandbox, and from nowhere else",
        ),
    };
    let specs = names(function).into_iter().map(spec);
    specs.map(|spec| spec.excluding([key])).collect()
}
