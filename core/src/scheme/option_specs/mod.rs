//! The options that a scheme file brings, read from its sections.

mod certificate;
mod decrypt;
mod jwt;
mod listed;

pub(crate) use listed::{COMPONENTS, HEADERS, LABEL, REQUIRE_NONCE, TAG};

use crate::options::{OptionKind, OptionSpec, Range, common_options, tolerance};
use crate::primitives::jwt::{ClaimValue, MAX_LEEWAY_SECONDS};
use crate::primitives::time::MAX_TOLERANCE_SECONDS;
use crate::scheme::demand::DemandTest;
use crate::scheme::file::{ConstantSection, SchemeFile};
use crate::scheme::place::Place;
use crate::scheme::preset::{Constants, PresetSection};
use crate::scheme::proofs::{
    BasicSection, ChallengeFunction, ChallengeSection, JwtSection, TokenSection,
};

/// All options of a file, its own first.
pub(crate) fn option_specs(file: &SchemeFile) -> Vec<OptionSpec> {
    let mut specs = own_options(file);
    specs.extend(common_options(tolerance_of(file)));
    specs
}

/// The names that no option of a file's own may have.
pub(super) fn common_names() -> Vec<String> {
    let all = common_options(Some(tolerance(0, None)));
    all.into_iter().map(|spec| spec.name).collect()
}

/// The options of a file without those that every scheme takes.
pub(super) fn own_options(file: &SchemeFile) -> Vec<OptionSpec> {
    let mut specs = Vec::new();
    if let Some(key) = &file.key {
        let kind = if key.is_public() {
            OptionKind::PublicKey
        } else {
            OptionKind::Secret
        };
        let spec = OptionSpec::new(&key.option, kind, &*key.hint);
        match &key.certificate {
            None => specs.push(spec.required()),
            Some(certificate) => {
                specs.push(spec.excluding(certificate::names(certificate.function)));
                specs.extend(certificate::specs(certificate.function, &key.option));
            }
        }
    }
    specs.extend(of_algorithm(file));
    specs.extend(listed::specs(file));
    specs.extend(file.option.iter().map(of_constant));
    specs.extend(of_demands(file));
    if let Some(section) = &file.decrypt {
        specs.extend(decrypt::specs(section, &credentials(file)));
    }
    for token in &file.token {
        specs.extend(of_token(token));
    }
    if let Some(basic) = &file.basic {
        specs.extend(of_basic(basic));
    }
    let usual = usual_constants(file);
    if let Some(section) = &file.jwt {
        let section = section.filled(&usual);
        let members = jwt::specs(&section, file.key.is_some());
        match &section.group {
            None => specs.extend(members),
            Some(group) => specs.push(OptionSpec::new(
                group,
                OptionKind::Group(members),
                "a JSON Web Token as bearer token, and what it must be",
            )),
        }
    }
    if let Some(challenge) = file.challenge.function() {
        specs.extend(of_challenge(challenge, file, &usual));
    }
    let described = file.challenge.described().iter();
    let tokens = described.filter_map(|it| it.token.as_ref());
    specs.extend(tokens.flat_map(of_token));
    specs.extend(file.preset.iter().map(of_preset));
    specs
}

/// The option `tolerance`, where something has a time: the request, or a token.
fn tolerance_of(file: &SchemeFile) -> Option<OptionSpec> {
    if let Some(timestamp) = &file.timestamp {
        let window = timestamp.tolerance;
        let default = (window.past == window.future).then_some(window.past);
        return Some(tolerance(MAX_TOLERANCE_SECONDS, default));
    }
    let jwt = file.jwt.as_ref().filter(|jwt| jwt.detached.is_none())?;
    let leeway = jwt.leeway.min(MAX_LEEWAY_SECONDS);
    Some(tolerance(MAX_LEEWAY_SECONDS, Some(leeway)).needing(&jwt.group))
}

/// What texts mention where nothing else is chosen.
fn usual_constants(file: &SchemeFile) -> Constants {
    let preset = file.preset.as_ref();
    preset
        .and_then(|preset| preset.constants(&preset.default))
        .unwrap_or_default()
}

/// The options of which one at least asks for a token, a password or a JSON Web
/// Token; none where one of these is always asked for.
fn credentials(file: &SchemeFile) -> Vec<&str> {
    let needs_jwt = file.jwt.as_ref().is_some_and(|it| it.group.is_none());
    let needs_basic = file.basic.as_ref().is_some_and(|it| !it.optional);
    if needs_jwt || needs_basic {
        return Vec::new();
    }
    let mut names: Vec<&str> = file.token.iter().map(|it| it.option.as_str()).collect();
    if file.basic.is_some() {
        names.extend(["username", "header_value"]);
    }
    names.extend(file.jwt.iter().filter_map(|it| it.group.as_deref()));
    names
}

fn of_algorithm(file: &SchemeFile) -> Option<OptionSpec> {
    let option = file.signature.as_ref()?.algorithm_option.as_ref()?;
    let names = option.values.iter().map(|it| it.name().to_owned());
    let kind = OptionKind::Choice(names.collect());
    Some(OptionSpec::new(&option.option, kind, &*option.hint).required())
}

fn of_constant(constant: &ConstantSection) -> OptionSpec {
    OptionSpec::new(&constant.name, OptionKind::Text, &*constant.hint).required()
}

/// The options that demands name, each once.
fn of_demands(file: &SchemeFile) -> Vec<OptionSpec> {
    let variants = file.variant.iter().flat_map(|variant| &variant.require);
    let mut specs: Vec<OptionSpec> = Vec::new();
    for demand in file.require.iter().chain(variants) {
        let DemandTest::Option(option) = &demand.test else {
            continue;
        };
        if specs.iter().any(|spec| spec.name == option.name) {
            continue;
        }
        let spec = OptionSpec::new(&option.name, OptionKind::Texts, &*option.hint);
        let usual: Vec<String> = option.usual.iter().filter_map(text_of).collect();
        specs.push(if option.usual.is_empty() {
            spec.required()
        } else {
            spec.with_default_texts(&usual)
        });
    }
    specs
}

fn text_of(value: &ClaimValue) -> Option<String> {
    match value {
        ClaimValue::Text(text) => Some(text.clone()),
        ClaimValue::Number(_) | ClaimValue::Switch(_) => None,
    }
}

fn of_token(token: &TokenSection) -> Vec<OptionSpec> {
    let mut specs = vec![OptionSpec::new(
        &token.option,
        OptionKind::Secret,
        &*token.hint,
    )];
    if let Some(option) = &token.name_option {
        let help = match &token.from {
            Place::Header(_) => "the name of the header that the token stands in",
            _ => "the name of the parameter that the token stands in",
        };
        specs.push(
            OptionSpec::new(option, OptionKind::Text, help)
                .with_default(token.from.name())
                .needing([&token.option]),
        );
    }
    specs
}

fn of_basic(basic: &BasicSection) -> Vec<OptionSpec> {
    vec![
        OptionSpec::new("username", OptionKind::TextOrBytes, &*basic.hint)
            .needing(["password"])
            .excluding(["header_value"]),
        OptionSpec::new("password", OptionKind::Secret, &*basic.hint)
            .needing(["username"])
            .excluding(["header_value"]),
        OptionSpec::new(
            "header_value",
            OptionKind::Secret,
            "the whole value of the Authorization header, compared as it is, in the place of \
             username and password",
        )
        .excluding(["username", "password"]),
        OptionSpec::switch(
            "allow_bare_base64",
            "take base64 without the word Basic in front, or without padding",
        )
        .needing(["username"]),
        OptionSpec::switch("allow_empty_password", "the password may be empty")
            .needing(["username"]),
    ]
}

fn of_challenge(
    challenge: &ChallengeSection,
    file: &SchemeFile,
    usual: &Constants,
) -> Vec<OptionSpec> {
    match challenge.function {
        ChallengeFunction::EventGrid => {
            let origins = usual.fill_all(&challenge.origins);
            of_event_grid(&origins, file.jwt.as_ref())
        }
        ChallengeFunction::EmptyBody => vec![
            OptionSpec::switch(
                "answer_empty_body",
                "answer a request without a body with 200",
            )
            .needing(credentials(file)),
        ],
    }
}

fn of_event_grid(origins: &[String], jwt: Option<&JwtSection>) -> Vec<OptionSpec> {
    let mut specs = vec![
        OptionSpec::new(
            "subscription_names",
            OptionKind::Texts,
            "the event subscriptions whose handshakes are answered, compared without case; \
             otherwise every one",
        ),
        OptionSpec::new(
            "allowed_origins",
            OptionKind::Texts,
            "the origins whose handshakes are answered",
        )
        .with_default_texts(origins),
        OptionSpec::new(
            "allowed_rate",
            OptionKind::Rate(Range::from(1)),
            "the requests a minute that a handshake grants; otherwise what is asked for",
        ),
    ];
    specs.extend(jwt.map(|jwt| {
        OptionSpec::switch(
            "handshake_requires_proof",
            "whether a handshake must carry the JSON Web Token that deliveries carry; other proofs \
             are always asked for",
        )
        .with_default(true)
        .needing(&jwt.group)
    }));
    specs
}

fn of_preset(preset: &PresetSection) -> OptionSpec {
    let choices = preset.values.keys().cloned().collect();
    OptionSpec::new(&preset.option, OptionKind::Choice(choices), &*preset.hint)
        .with_default(&*preset.default)
}
