//! The options of a scheme whose users say what a request has to list.

use crate::canonical::ListFunction;
use crate::options::{OptionKind, OptionSpec};
use crate::scheme::file::{SchemeFile, Signed};
use crate::scheme::listed::ListedSection;

/// What has to be listed.
pub(crate) const COMPONENTS: &str = "components";
/// The headers that may be listed besides.
pub(crate) const HEADERS: &str = "headers";
/// Which of several signatures counts.
pub(crate) const LABEL: &str = "label";
/// What the signature is for.
pub(crate) const TAG: &str = "tag";
/// Whether each signature needs a nonce, which is the id of the delivery then.
pub(crate) const REQUIRE_NONCE: &str = "require_nonce";

pub(super) fn specs(file: &SchemeFile) -> Vec<OptionSpec> {
    match file.signature.iter().find_map(|it| it.signed.as_ref()) {
        Some(Signed::Listed(section)) if section.is_configurable => all(section),
        _ => Vec::new(),
    }
}

fn all(section: &ListedSection) -> Vec<OptionSpec> {
    let mut specs = of_list(section);
    if section.function == ListFunction::Rfc9421 {
        specs.extend(of_parameters());
    }
    specs
}

fn of_list(section: &ListedSection) -> Vec<OptionSpec> {
    let components = section.function.has_open_demands().then(|| {
        OptionSpec::new(
            COMPONENTS,
            OptionKind::Texts,
            "what has to be signed, as the standard names it; covers says what that proves",
        )
        .with_default_texts(&section.demands)
    });
    let headers = OptionSpec::new(
        HEADERS,
        OptionKind::Texts,
        "the headers, in lower case, that may be signed besides those that have to be",
    )
    .with_default_texts(&section.allows);
    components.into_iter().chain([headers]).collect()
}

fn of_parameters() -> Vec<OptionSpec> {
    vec![
        OptionSpec::new(
            LABEL,
            OptionKind::Text,
            "the label of the signature that counts, where requests may have several; otherwise \
             there is one",
        ),
        OptionSpec::new(
            TAG,
            OptionKind::Text,
            "what the parameter tag of a signature has to be",
        ),
        OptionSpec::switch(
            REQUIRE_NONCE,
            "whether each signature needs the parameter nonce, which is the id of the delivery then",
        ),
    ]
}
