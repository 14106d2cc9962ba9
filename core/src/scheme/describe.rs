//! What the compiler found out about a scheme file, for its author: most mistakes
//! of an author are no errors.

use core::fmt;

use crate::coverage::Covers;
use crate::error::Error;
use crate::primitives::byte_set::ByteSet;
use crate::primitives::jwt::ClaimValue;
use crate::request::MethodName;
use crate::scheme::catalogue::read;
use crate::scheme::compile::compile;
use crate::scheme::condition::{Condition, Test};
use crate::scheme::demand::{Demand, Wanted};
use crate::scheme::file::SchemeFile;
use crate::scheme::plan::Variant;
use crate::scheme::segment::Segment;
use crate::scheme::string_to_sign::Message;
use crate::scheme::template::Template;

/// What a scheme file signs, and what it refuses; see [`describe_scheme`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeDescription {
    /// The id of the scheme.
    pub id: String,
    /// Its variants, in the order in which they are tried. A scheme that signs
    /// nothing has one, which covers nothing.
    pub variants: Vec<VariantDescription>,
}

/// One variant of a scheme; texts are for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantDescription {
    /// When it is taken, as `query:id present and content_type is form`; `None`:
    /// always.
    pub when: Option<String>,
    /// The string to sign with its fields in angle brackets, as
    /// `<timestamp>.<body>`; `None` where a token or nothing is signed.
    pub signed: Option<String>,
    /// What is demanded besides the signature, as `claim:body_hash <body> (sha256)`.
    pub required: Vec<String>,
    /// What it covers.
    pub covers: Covers,
    /// The fields that run together, which nothing can tell apart.
    pub joined: Vec<String>,
    /// The values that are refused although their signature is right, as
    /// `a query:id that holds ';'`.
    pub refused: Vec<String>,
    /// What the file says that this variant allows.
    pub risk: Option<String>,
}

/// Compiles a scheme file, given as JSON, and tells what it signs.
///
/// # Errors
/// [`Configuration`](crate::ErrorCode::Configuration): what is wrong with the file,
/// and where.
pub fn describe_scheme(text: &str) -> Result<SchemeDescription, Error> {
    let file = read(text)?;
    let (plan, _) = compile(&file)?;
    let signed = plan.signature.map(|signature| signature.variants);
    let bound = plan.binding.map(|binding| binding.variants);
    let variants = match signed.or(bound) {
        Some(variants) => {
            let variants = variants.iter().enumerate();
            variants
                .map(|(position, variant)| describe(&file, position, variant))
                .collect()
        }
        None => vec![unsigned(file.decrypt.is_some())],
    };
    Ok(SchemeDescription {
        id: plan.id,
        variants,
    })
}

fn unsigned(is_encrypted: bool) -> VariantDescription {
    VariantDescription {
        when: None,
        signed: None,
        required: Vec::new(),
        covers: Covers::nothing(is_encrypted),
        joined: Vec::new(),
        refused: Vec::new(),
        risk: None,
    }
}

fn describe(file: &SchemeFile, position: usize, variant: &Variant) -> VariantDescription {
    let template = match &variant.message {
        Message::Template(template) => Some(template),
        Message::Canonical(_) | Message::Listed(_) => None,
    };
    let section = file.variant.get(position);
    VariantDescription {
        when: when(variant),
        signed: file.signature.as_ref().map(|_| shown(&variant.message)),
        required: variant.demands.iter().map(required).collect(),
        covers: variant.covers.clone(),
        joined: template.map(joined).unwrap_or_default(),
        refused: template.map(refused).unwrap_or_default(),
        risk: section.and_then(|section| section.risk.clone()),
    }
}

fn when(variant: &Variant) -> Option<String> {
    let tables = variant.when.iter();
    let tables = tables.map(|table| separated(table.iter().map(condition), " and "));
    (!variant.when.is_empty()).then(|| separated(tables, " or "))
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Method(methods) => is_one_of(
            "method",
            methods.iter().map(|method| MethodName::as_str(*method)),
        ),
        Condition::BodyEmpty(true) => "body is empty".to_owned(),
        Condition::BodyEmpty(false) => "body is not-empty".to_owned(),
        Condition::ContentTypeForm => "content_type is form".to_owned(),
        Condition::ContentType(essence) => format!("content_type is {essence}"),
        Condition::Query(true) => "query present".to_owned(),
        Condition::Query(false) => "query absent".to_owned(),
        Condition::At(site, Test::Present) => format!("{} present", site.place),
        Condition::At(site, Test::Absent) => format!("{} absent", site.place),
        Condition::At(site, Test::Is(values)) => is_one_of(&site.place, values.iter().map(value)),
    }
}

fn required(demand: &Demand) -> String {
    let places = demand.sites.iter().map(|site| &site.place);
    let places = separated(places, " or ");
    match &demand.wanted {
        Wanted::Present => format!("{places} present"),
        Wanted::Absent => format!("{places} absent"),
        Wanted::Is(values) => is_one_of(places, values.iter().map(value)),
        Wanted::Option(option) => format!("{places} = option {}", option.name),
        Wanted::Equals(of) => format!("{places} {} (equals)", shown(of)),
        Wanted::Digest { algorithm, of, .. } => {
            format!("{places} {} ({})", shown(of), algorithm.name())
        }
    }
}

fn value(value: &ClaimValue) -> String {
    match value {
        ClaimValue::Text(text) => text.clone(),
        ClaimValue::Number(number) => number.to_string(),
        ClaimValue::Switch(switch) => switch.to_string(),
    }
}

/// A string to sign with its fields in angle brackets.
fn shown(message: &Message) -> String {
    let template = match message {
        Message::Canonical(canonical) => return format!("<{}>", canonical.name()),
        Message::Listed(listed) => return format!("<{}>", listed.listing.function.name()),
        Message::Template(template) => template,
    };
    let segments = template.segments().iter().map(|segment| match segment {
        Segment::Literal(text) => escaped(text),
        Segment::List(_) => format!("<{}>", name(segment)),
        Segment::Field(field) => match field.digest {
            None => format!("<{}>", name(segment)),
            Some(digest) => format!("<{}|{}>", name(segment), digest.algorithm.name()),
        },
    });
    segments.collect()
}

fn joined(template: &Template) -> Vec<String> {
    let mentions = template.mentions().filter(|(_, is_joined)| *is_joined);
    mentions.map(|(segment, _)| name(segment)).collect()
}

fn refused(template: &Template) -> Vec<String> {
    let segments = template.segments();
    let fields = segments
        .iter()
        .enumerate()
        .filter_map(|(position, segment)| {
            let stops = template.boundaries().stops(position)?;
            Some(format!("a {} that holds {}", name(segment), any_of(stops)))
        });
    let lists = segments.iter().flat_map(|segment| {
        let (of_name, of_value) = match segment {
            Segment::List(list) => list.stops(),
            Segment::Literal(_) | Segment::Field(_) => (None, None),
        };
        [("name", of_name), ("value", of_value)]
            .into_iter()
            .filter_map(move |(what, stop)| {
                let stop = ByteSet::of(&[stop?]);
                Some(format!(
                    "a {what} of {} that holds {}",
                    name(segment),
                    any_of(&stop)
                ))
            })
    });
    fields.chain(lists).collect()
}

fn any_of(stops: &ByteSet) -> String {
    let stops = stops.bytes().map(|byte| format!("'{}'", escaped(&[byte])));
    separated(stops, " or ")
}

fn name(segment: &Segment) -> String {
    segment.name().unwrap_or_default().into_owned()
}

/// Texts as they are, and what is no text or breaks the line escaped.
fn escaped(text: &[u8]) -> String {
    let mut escaped = String::new();
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                escaped.extend(character.escape_default());
            } else {
                escaped.push(character);
            }
        }
        escaped.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    escaped
}

/// `place is value`, or `place is one of value, value`.
fn is_one_of<T: fmt::Display>(
    place: impl fmt::Display,
    values: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
) -> String {
    let values = values.into_iter();
    let is = if values.len() == 1 { "is" } else { "is one of" };
    format!("{place} {is} {}", separated(values, ", "))
}

fn separated<T: fmt::Display>(items: impl Iterator<Item = T>, separator: &str) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    items.join(separator)
}
