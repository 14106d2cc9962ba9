//! From a scheme file to a plan, with every promise checked: a file that claims
//! or allows more than it proves is rejected.

use crate::canonical::Components;
use crate::coverage::{Coverage, UrlCoverage};
use crate::error::Error;
use crate::primitives::time::{MAX_TOLERANCE_SECONDS, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::request::{Header, MAX_HEADER_NAMES, Needs};
use crate::scheme::boundaries::{Boundaries, IdRule};
use crate::scheme::check::check;
use crate::scheme::coverage::{check_no_weaker_variant, components, covers};
use crate::scheme::file::{
    DeliveryIdSection, Emptiness, ParseSection, Presence, SchemeFile, SignatureSection, Signed,
    VariantSection, WhenSection,
};
use crate::scheme::plan::{
    BodyDigest, Condition, Parse, Plan, SignaturePlan, TimestampRule, TimestampSource, Variant,
};
use crate::scheme::source::Source;
use crate::scheme::string_to_sign::Message;
use crate::scheme::template;

/// Bounds that no real provider comes near.
const MAX_VARIANTS: usize = 16;
const MAX_URL_FORMS: usize = 8;
const MAX_PUBLIC_KEY_URL_FORMS: usize = 4;
const MAX_BODIES: usize = 2;

/// Compiles a file to a plan, and to what the plan reads of a request. The error
/// says which file, which section and what is allowed.
pub(crate) fn compile(file: &SchemeFile) -> Result<(Plan, Needs), Error> {
    Compiler::default()
        .plan(file)
        .map_err(|what| Error::configuration(format!("scheme {}: {what}", file.id)))
}

/// Collects what the plan needs while it makes the plan.
#[derive(Default)]
struct Compiler {
    needs: Needs,
}

impl Compiler {
    fn plan(mut self, file: &SchemeFile) -> Result<(Plan, Needs), String> {
        check(file)?;
        let signature = match &file.signature {
            Some(section) => Some(self.signature(file, section)?),
            None => None,
        };
        let plan = Plan {
            id: file.id.clone(),
            methods: file.methods.clone(),
            signature,
        };
        Ok((plan, self.needs))
    }

    fn signature(
        &mut self,
        file: &SchemeFile,
        section: &SignatureSection,
    ) -> Result<SignaturePlan, String> {
        let parse = compile_parse(&section.parse)?;
        let timestamp = self.timestamp(file, &parse)?;
        let variants = self.variants(file, section)?;
        check_no_weaker_variant(file, &variants)?;
        if !section.url.is_empty() && !variants.iter().any(Variant::reads_url) {
            return Err("signature.url: nothing here reads the URL".to_owned());
        }
        let content_type = variants
            .iter()
            .any(Variant::reads_content_type)
            .then(|| self.needs.header("content-type"));
        if variants.iter().any(Variant::reads_url) {
            self.needs.url();
        }
        if variants.iter().any(Variant::looks_up_query) {
            self.needs.query();
        }
        if self.needs.header_names().len() > MAX_HEADER_NAMES {
            return Err(format!("more than {MAX_HEADER_NAMES} headers are read"));
        }
        let url_forms = url_forms(&section.url)?;
        if section.algorithm.mac().is_none() && url_forms.len() > MAX_PUBLIC_KEY_URL_FORMS {
            return Err(format!(
                "signature.url: at most {MAX_PUBLIC_KEY_URL_FORMS} forms with a public key"
            ));
        }
        Ok(SignaturePlan {
            algorithm: section.algorithm,
            parse,
            encoding: section.encoding,
            timestamp,
            variants,
            url_forms,
            content_type,
        })
    }

    fn timestamp(
        &mut self,
        file: &SchemeFile,
        parse: &Parse,
    ) -> Result<Option<TimestampRule>, String> {
        let Some(section) = &file.timestamp else {
            return Ok(None);
        };
        let source = match &section.from {
            Source::Header(name) => TimestampSource::Header(self.needs.header(name)),
            Source::Signature(name) if matches!(parse, Parse::Pairs { .. }) => {
                TimestampSource::Signature(name.as_bytes().into())
            }
            Source::Signature(_) => {
                return Err("timestamp.from: signature:… needs signature.parse.pairs".to_owned());
            }
            Source::Query(_) => {
                return Err("timestamp.from: expected header:… or signature:…".to_owned());
            }
        };
        let Tolerance { past, future } = section.tolerance;
        if past.max(future) > MAX_TOLERANCE_SECONDS {
            return Err(format!(
                "timestamp.tolerance: expected at most {MAX_TOLERANCE_SECONDS} seconds"
            ));
        }
        Ok(Some(TimestampRule {
            source,
            format: section.format,
            tolerance: section.tolerance,
        }))
    }

    fn variants(
        &mut self,
        file: &SchemeFile,
        signature: &SignatureSection,
    ) -> Result<Vec<Variant>, String> {
        if file.variant.is_empty() {
            let always = VariantSection {
                when: Default::default(),
                from: None,
                signed: None,
                delivery_id: None,
                body_digest: None,
                weaker: None,
            };
            return Ok(vec![self.variant(file, signature, &always, "signature")?]);
        }
        if file.variant.len() > MAX_VARIANTS {
            return Err(format!("more than {MAX_VARIANTS} variants"));
        }
        let last = file.variant.len() - 1;
        let mut variants = Vec::new();
        for (position, section) in file.variant.iter().enumerate() {
            let place = format!("variant[{position}]");
            let variant = self.variant(file, signature, section, &place)?;
            if variant.when.is_empty() && position < last {
                return Err(format!(
                    "{place} always holds, so none after it is ever taken"
                ));
            }
            variants.push(variant);
        }
        Ok(variants)
    }

    fn variant(
        &mut self,
        file: &SchemeFile,
        signature: &SignatureSection,
        section: &VariantSection,
        place: &str,
    ) -> Result<Variant, String> {
        let from = section.from.as_ref().unwrap_or(&signature.from);
        let from = self.signature_headers(from, place)?;
        let signed = section
            .signed
            .as_ref()
            .or(signature.signed.as_ref())
            .ok_or_else(|| format!("{place}.signed: what is signed is missing"))?;
        let message = match signed {
            Signed::Template(text) => Message::Template(
                template::parse(text).map_err(|what| format!("{place}.signed: {what}"))?,
            ),
            Signed::Canonical(canonical) => Message::Canonical(*canonical),
        };
        if message.bodies() > MAX_BODIES {
            return Err(format!(
                "{place}.signed: {{body}} stands there more than {MAX_BODIES} times"
            ));
        }
        let id_section = section.delivery_id.as_ref().or(file.delivery_id.as_ref());
        let delivery_id = self.delivery_id(id_section, place)?;
        let when = section
            .when
            .iter()
            .map(|when| self.conditions(when, place))
            .collect::<Result<_, _>>()?;

        let components = components(&message);
        let body_digest = compile_digest(section, components, place)?;
        let covers = covers(
            file,
            components,
            delivery_id.as_ref(),
            body_digest.is_some(),
            place,
        )?;
        let boundaries = Boundaries::of(&message);
        let id_rule = match (covers.delivery_id, id_section) {
            (Coverage::Signed, Some(section)) => Some(IdRule {
                characters: section.characters.as_bytes().into(),
                stops: Boundaries::of_id(&message),
            }),
            _ => None,
        };
        Ok(Variant {
            when,
            from,
            message,
            delivery_id,
            id_rule,
            boundaries,
            body_digest,
            covers,
        })
    }

    fn signature_headers(
        &mut self,
        sources: &[Source],
        place: &str,
    ) -> Result<Vec<Header>, String> {
        let header = |source: &Source| match source {
            Source::Header(name) => Ok(self.needs.header(name)),
            _ => Err(format!("{place}.from: expected header:…")),
        };
        let headers: Vec<Header> = sources.iter().map(header).collect::<Result<_, _>>()?;
        if headers.is_empty() {
            return Err(format!("{place}.from: at least one header is needed"));
        }
        Ok(headers)
    }

    fn delivery_id(
        &mut self,
        section: Option<&DeliveryIdSection>,
        place: &str,
    ) -> Result<Option<Header>, String> {
        match section.map(|section| &section.from) {
            None => Ok(None),
            Some(Source::Header(name)) => Ok(Some(self.needs.header(name))),
            Some(_) => Err(format!("{place}: delivery_id.from: expected header:…")),
        }
    }

    fn conditions(&mut self, when: &WhenSection, place: &str) -> Result<Vec<Condition>, String> {
        let mut conditions = Vec::new();
        if let Some(method) = when.method {
            conditions.push(Condition::Method(method));
        }
        if let Some(body) = when.body {
            conditions.push(Condition::BodyEmpty(body == Emptiness::Empty));
        }
        match when.content_type.as_deref() {
            None => {}
            Some("form") => conditions.push(Condition::ContentTypeForm),
            Some(essence) => conditions.push(Condition::ContentType(essence.into())),
        }
        for (source, presence) in &when.sources {
            let present = *presence == Presence::Present;
            conditions.push(match source {
                Source::Header(name) => Condition::Header {
                    header: self.needs.header(name),
                    present,
                },
                Source::Query(name) => Condition::Query {
                    name: name.as_bytes().into(),
                    present,
                },
                Source::Signature(_) => {
                    return Err(format!("{place}.when: expected header:… or query:…"));
                }
            });
        }
        if conditions.is_empty() {
            return Err(format!("{place}.when: a condition is missing"));
        }
        Ok(conditions)
    }
}

fn compile_parse(section: &ParseSection) -> Result<Parse, String> {
    let versions = || -> Result<Vec<Box<[u8]>>, String> {
        if section.versions.is_empty() || section.versions.iter().any(String::is_empty) {
            return Err(
                "signature.parse.versions: name the versions that are signatures".to_owned(),
            );
        }
        Ok(section
            .versions
            .iter()
            .map(|version| version.as_bytes().into())
            .collect())
    };
    match (
        &section.prefix,
        section.list,
        section.pairs,
        section.version,
    ) {
        (None, None, None, None) if section.versions.is_empty() => Ok(Parse::Whole),
        (Some(prefix), None, None, None) if section.versions.is_empty() && !prefix.is_empty() => {
            Ok(Parse::Prefix(prefix.as_bytes().into()))
        }
        (None, Some(separator), None, None) if section.versions.is_empty() => {
            Ok(Parse::List(separator.0))
        }
        (None, Some(separator), None, Some(version)) if separator != version => {
            Ok(Parse::VersionedList {
                separator: separator.0,
                version: version.0,
                versions: versions()?,
            })
        }
        (None, None, Some(separator), None) => Ok(Parse::Pairs {
            separator: separator.0,
            versions: versions()?,
        }),
        _ => Err(
            "signature.parse: expected { prefix }, { list }, { list, version, versions } \
                  or { pairs, versions }"
                .to_owned(),
        ),
    }
}

fn compile_digest(
    section: &VariantSection,
    components: Components,
    place: &str,
) -> Result<Option<BodyDigest>, String> {
    let Some(digest) = &section.body_digest else {
        return Ok(None);
    };
    match &digest.sha256 {
        Source::Query(name) if components.url == UrlCoverage::Full => Ok(Some(BodyDigest {
            query: name.as_bytes().into(),
            encoding: digest.encoding,
        })),
        Source::Query(_) => Err(format!(
            "{place}.body_digest.sha256: the query is not signed here, so the digest proves nothing"
        )),
        _ => Err(format!("{place}.body_digest.sha256: expected query:…")),
    }
}

fn url_forms(named: &[UrlForm]) -> Result<Vec<UrlForm>, String> {
    if named.len() > MAX_URL_FORMS {
        return Err(format!("signature.url: more than {MAX_URL_FORMS} forms"));
    }
    if named
        .iter()
        .enumerate()
        .any(|(position, form)| named[..position].contains(form))
    {
        return Err("signature.url: a form is given twice".to_owned());
    }
    Ok(if named.is_empty() {
        vec![UrlForm::AsIs]
    } else {
        named.to_vec()
    })
}
