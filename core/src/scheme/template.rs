//! The string to sign as a readable template:
//!
//! ```text
//! template = { literal | "{" field { "|" filter } "}" }
//! field    = body | method | timestamp | delivery_id | url | query | form
//! filter   = base                        after url: up to the query
//!          | sort | unique               after query, form: by name, then value
//!          | pairs 'template'            ends query, form: {name}, {value}
//! ```
//!
//! `{{` and `}}` are braces. There is nothing else: no loops, no conditions.

use crate::scheme::string_to_sign::{PairPart, Parameters, Segment};

/// Reads a template, or says where it goes wrong.
pub(crate) fn parse(text: &str) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, tail) = take_literal(rest)?;
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal.into_bytes().into()));
        }
        rest = match tail.strip_prefix('{') {
            Some(inner) => {
                let (field, tail) = take_field(inner)?;
                segments.push(parse_field(field)?);
                tail
            }
            None => tail,
        };
    }
    if segments.is_empty() {
        return Err("the template is empty".to_owned());
    }
    Ok(segments)
}

/// Text up to the next field, with doubled braces undone.
fn take_literal(text: &str) -> Result<(String, &str), String> {
    let mut literal = String::new();
    let mut rest = text;
    while let Some(brace) = rest.find(['{', '}']) {
        let (plain, tail) = rest.split_at(brace);
        literal.push_str(plain);
        if let Some(tail) = tail.strip_prefix("{{") {
            literal.push('{');
            rest = tail;
        } else if let Some(tail) = tail.strip_prefix("}}") {
            literal.push('}');
            rest = tail;
        } else if tail.starts_with('{') {
            return Ok((literal, tail));
        } else {
            return Err(format!(
                "`{text}`: a closing brace without an opening one; write }}}}"
            ));
        }
    }
    literal.push_str(rest);
    Ok((literal, ""))
}

/// Text up to the closing brace; braces inside quotes do not count.
fn take_field(text: &str) -> Result<(&str, &str), String> {
    let mut quoted = false;
    for (position, character) in text.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Ok((&text[..position], &text[position + 1..])),
            _ => {}
        }
    }
    Err(format!("`{{{text}`: the brace is never closed"))
}

fn parse_field(field: &str) -> Result<Segment, String> {
    let mut parts = split_filters(field).into_iter();
    let name = parts.next().unwrap_or_default();
    let filters: Vec<&str> = parts.collect();
    match (name, filters.as_slice()) {
        ("body", []) => Ok(Segment::Body),
        ("method", []) => Ok(Segment::Method),
        ("timestamp", []) => Ok(Segment::Timestamp),
        ("delivery_id", []) => Ok(Segment::DeliveryId),
        ("url", []) => Ok(Segment::Url),
        ("url", ["base"]) => Ok(Segment::UrlBase),
        ("query", filters) => parse_pairs(field, Parameters::Query, filters),
        ("form", filters) => parse_pairs(field, Parameters::Form, filters),
        ("body" | "method" | "timestamp" | "delivery_id", [filter, ..]) => Err(format!(
            "`{{{field}}}`: `{filter}` is no filter for `{name}`, which takes none"
        )),
        ("url", [filter, ..]) => Err(format!(
            "`{{{field}}}`: `{filter}` is no filter for `url`, which takes `base`"
        )),
        _ => Err(format!(
            "`{{{field}}}`: `{name}` is unknown; allowed are body, method, timestamp, \
             delivery_id, url, query and form"
        )),
    }
}

fn parse_pairs(field: &str, source: Parameters, filters: &[&str]) -> Result<Segment, String> {
    let wrong = |what: &str| Err(format!("`{{{field}}}`: {what}"));
    let (sort, unique, last) = match filters {
        [last] => (false, false, last),
        ["sort", last] => (true, false, last),
        ["sort", "unique", last] => (true, true, last),
        _ => return wrong("expected [sort [unique]] and then pairs '…'"),
    };
    let quoted = last
        .strip_prefix("pairs '")
        .and_then(|text| text.strip_suffix('\''));
    match quoted {
        Some(template) => Ok(Segment::Pairs {
            source,
            sort,
            unique,
            parts: parse_pair_template(template)?,
        }),
        None => wrong("the last filter must be pairs '…'"),
    }
}

fn parse_pair_template(template: &str) -> Result<Vec<PairPart>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix("{name}") {
            parts.push(PairPart::Name);
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("{value}") {
            parts.push(PairPart::Value);
            rest = tail;
        } else {
            let mut braces = rest.match_indices('{').map(|(position, _)| position);
            let end = braces.find(|&brace| brace > 0).unwrap_or(rest.len());
            let (literal, tail) = rest.split_at(end);
            if literal.contains(['{', '}']) {
                return Err(format!(
                    "pairs '{template}': only {{name}} and {{value}} are known"
                ));
            }
            parts.push(PairPart::Literal(literal.as_bytes().into()));
            rest = tail;
        }
    }
    if !parts.contains(&PairPart::Name) || !parts.contains(&PairPart::Value) {
        return Err(format!(
            "pairs '{template}': {{name}} and {{value}} must both be signed"
        ));
    }
    Ok(parts)
}

fn split_filters(field: &str) -> Vec<&str> {
    let mut quoted = false;
    field
        .split(|character| {
            quoted ^= character == '\'';
            character == '|' && !quoted
        })
        .map(str::trim)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_read_as_written() {
        assert_eq!(
            parse("{{v0}}:{timestamp}.{body}").unwrap(),
            [
                Segment::Literal(b"{v0}:".as_slice().into()),
                Segment::Timestamp,
                Segment::Literal(b".".as_slice().into()),
                Segment::Body,
            ]
        );
        let pairs = parse("{url|base}{form|sort|unique|pairs '&{name}={value}'}").unwrap();
        assert_eq!(pairs[0], Segment::UrlBase);
        assert_eq!(
            pairs[1],
            Segment::Pairs {
                source: Parameters::Form,
                sort: true,
                unique: true,
                parts: vec![
                    PairPart::Literal(b"&".as_slice().into()),
                    PairPart::Name,
                    PairPart::Literal(b"=".as_slice().into()),
                    PairPart::Value,
                ],
            }
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (template, expected) in [
            ("", "empty"),
            ("{body", "never closed"),
            ("a}b", "closing brace"),
            ("{secret}", "unknown"),
            ("{body|sort}", "takes none"),
            ("{url|sort}", "`base`"),
            ("{form}", "expected [sort"),
            ("{form|unique|pairs '{name}{value}'}", "expected [sort"),
            ("{form|sort|pairs '{name}'}", "must both"),
            ("{form|sort|pairs '{key}{value}'}", "only {name}"),
            ("{form|sort|pairs '{name}{value}", "never closed"),
        ] {
            let error = parse(template).unwrap_err();
            assert!(error.contains(expected), "{template}: {error}");
        }
    }
}
