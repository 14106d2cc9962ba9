//! Reads a template as a scheme file writes it.

use crate::primitives::digest::{DigestAlgorithm, DigestEncoding};
use crate::primitives::escape::Escape;
use crate::scheme::place::{Kinds, Place};
use crate::scheme::segment::{
    Digested, Field, FieldSource, List, Order, PairField, PairPart, Parameters, Segment, Site,
    UrlPart, ValueKind,
};

/// Each list keeps what it read, and an escape may triple what it is given.
const MAX_LISTS: usize = 2;
const MAX_ESCAPES: usize = 4;

/// Gives a place the slot that its value is found in.
pub(crate) type Locate<'f> = dyn FnMut(Place) -> Result<Site, String> + 'f;

/// Reads a template, or says where it goes wrong. Places of the allowed kinds only
/// may stand in it.
pub(super) fn parse(
    text: &str,
    allowed: &Kinds,
    locate: &mut Locate<'_>,
) -> Result<Vec<Segment>, String> {
    Parser {
        allowed,
        locate,
        places: 0,
        lists: 0,
    }
    .parse(text)
}

struct Parser<'f, 'l> {
    allowed: &'f Kinds,
    locate: &'f mut Locate<'l>,
    places: usize,
    lists: usize,
}

impl Parser<'_, '_> {
    fn parse(&mut self, text: &str) -> Result<Vec<Segment>, String> {
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
                    let segment = self.segment(field);
                    segments.push(segment.map_err(|what| format!("`{{{field}}}`: {what}"))?);
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

    fn segment(&mut self, field: &str) -> Result<Segment, String> {
        let words = split_filters(field);
        let (name, filters) = words.split_first().ok_or("a name is missing")?;
        match *name {
            "query" => self.list(Parameters::Query, filters).map(Segment::List),
            "form" => self.list(Parameters::Form, filters).map(Segment::List),
            name => self.field(name, filters).map(Segment::Field),
        }
    }

    fn field(&mut self, name: &str, filters: &[&str]) -> Result<Field, String> {
        let source = self.source(name)?;
        let mut field = Field {
            source,
            is_any: false,
            is_optional: false,
            kind: ValueKind::Text,
            escapes: Box::default(),
            digest: None,
        };
        let takes_filters = !matches!(
            field.source,
            FieldSource::Method
                | FieldSource::Timestamp
                | FieldSource::DeliveryId
                | FieldSource::Secret
        );
        if let (false, Some(filter)) = (takes_filters, filters.first()) {
            return Err(format!("`{name}` takes no filter, not `{filter}` either"));
        }
        let mut rest = filters;
        while let [word, tail @ ..] = rest
            && field.qualify(word)?
        {
            rest = tail;
        }
        let (escapes, rest) = take_escapes(rest)?;
        field.escapes = escapes;
        field.digest = take_digest(rest)?;
        Ok(field)
    }

    fn source(&mut self, name: &str) -> Result<FieldSource, String> {
        Ok(match name {
            "body" => FieldSource::Body,
            "method" => FieldSource::Method,
            "timestamp" => FieldSource::Timestamp,
            "delivery_id" => FieldSource::DeliveryId,
            "secret" => FieldSource::Secret,
            "url" => FieldSource::Url(UrlPart::Full),
            "url.base" => FieldSource::Url(UrlPart::Base),
            "url.path" => FieldSource::Url(UrlPart::Path),
            "url.query" => FieldSource::Url(UrlPart::Query),
            "url.target" => FieldSource::Url(UrlPart::Target),
            name if name.contains(':') => {
                let place = Place::parse_one_of(name, self.allowed)?;
                let site = (self.locate)(place)?;
                self.places += 1;
                FieldSource::Place(site, self.places - 1)
            }
            _ => {
                return Err(format!(
                    "`{name}` is unknown; allowed are body, method, timestamp, delivery_id, \
                     secret, url, url.base, url.path, url.query, url.target, query, form and \
                     places"
                ));
            }
        })
    }

    fn list(&mut self, source: Parameters, filters: &[&str]) -> Result<List, String> {
        if self.lists == MAX_LISTS {
            return Err(format!("more than {MAX_LISTS} lists"));
        }
        let Some((last, filters)) = filters.split_last() else {
            return Err("a list ends with pairs '…'".to_owned());
        };
        let (item, joiner) = pairs_of(last)?;
        let mut list = List {
            source,
            position: self.lists,
            without: Box::default(),
            order: Order::AsSent,
            is_unique: false,
            parts: parse_item(item)?,
            joiner: joiner.as_bytes().into(),
        };
        self.lists += 1;
        let mut without: Vec<Box<str>> = Vec::new();
        for filter in filters {
            let mut words = filter.split_ascii_whitespace();
            let is_unsorted = list.order == Order::AsSent;
            match (words.next(), words.next()) {
                (Some("without"), Some(name)) if is_unsorted => {
                    without.extend([name].into_iter().chain(words).map(Box::from));
                }
                (Some("sort"), None) if is_unsorted => list.order = Order::Sorted,
                (Some("sort-names"), None) if is_unsorted => list.order = Order::SortedNames,
                (Some("unique"), None) if list.order == Order::Sorted && !list.is_unique => {
                    list.is_unique = true;
                }
                _ => {
                    return Err(format!(
                        "`{filter}`: expected [without names] [sort [unique] | sort-names] \
                         pairs '…' ['…']"
                    ));
                }
            }
        }
        list.without = without.into();
        Ok(list)
    }
}

impl Field {
    /// Takes what stands in front of escapes; `false` where it is none.
    fn qualify(&mut self, word: &str) -> Result<bool, String> {
        let is_json = matches!(&self.source, FieldSource::Place(site, _) if matches!(site.place, Place::Json(_)));
        match word {
            "any" if !self.is_any => self.is_any = true,
            "optional" if !self.is_optional => {
                if !matches!(self.source, FieldSource::Place(..)) {
                    return Err(format!("{} is always there", self.source.name()));
                }
                self.is_optional = true;
            }
            "number" | "boolean" if self.kind == ValueKind::Text => {
                if !is_json {
                    return Err(format!("`{word}` belongs to json:"));
                }
                self.kind = match word {
                    "number" => ValueKind::Number,
                    _ => ValueKind::Boolean,
                };
            }
            "any" | "optional" | "number" | "boolean" => {
                return Err(format!(
                    "`{word}` stands there twice, or beside another kind"
                ));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
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

/// The escapes in front, and what follows them.
fn take_escapes<'s, 't>(filters: &'s [&'t str]) -> Result<(Box<[Escape]>, &'s [&'t str]), String> {
    let mut escapes = Vec::new();
    let mut rest = filters;
    while let [word, tail @ ..] = rest
        && let Some(escape) = escape(word)?
    {
        if escapes.len() == MAX_ESCAPES {
            return Err(format!("more than {MAX_ESCAPES} escapes of one value"));
        }
        escapes.push(escape);
        rest = tail;
    }
    Ok((escapes.into(), rest))
}

fn escape(word: &str) -> Result<Option<Escape>, String> {
    let words: Vec<&str> = word.split_ascii_whitespace().collect();
    Ok(Some(match words.as_slice() {
        ["replace", from, to] => Escape::replace(from, to)
            .ok_or_else(|| format!("`{word}`: expected replace, ASCII characters, and one more"))?,
        ["replace", ..] => {
            return Err(format!(
                "`{word}`: expected replace, characters, and one more"
            ));
        }
        [name] => return Ok(Escape::from_name(name)),
        _ => return Ok(None),
    }))
}

/// The digest at the end, with its encoding.
fn take_digest(filters: &[&str]) -> Result<Option<Digested>, String> {
    let (word, rest) = match filters {
        [] => return Ok(None),
        [word, rest @ ..] => (*word, rest),
    };
    let Some(algorithm) = DigestAlgorithm::from_name(word) else {
        return Err(match word {
            "any" | "optional" | "number" | "boolean" => {
                format!("`{word}` stands in front of escapes and digests")
            }
            _ if DigestEncoding::from_name(word).is_some() => {
                format!("`{word}` has no digest in front of it to encode")
            }
            _ => format!("`{word}` is no filter"),
        });
    };
    let encoding = match rest {
        [] => Some(DigestEncoding::Raw),
        [word] => DigestEncoding::from_name(word),
        _ => None,
    };
    let encoding = encoding.ok_or_else(|| {
        let rest = rest.join("|");
        format!("`{rest}` cannot follow a digest; expected hex, base64, base64url or decimal")
    })?;
    let is_crc = algorithm == DigestAlgorithm::Crc32;
    if is_crc != (encoding == DigestEncoding::Decimal) {
        return Err("`decimal` belongs to crc32, and crc32 needs it".to_owned());
    }
    Ok(Some(Digested {
        algorithm,
        encoding,
    }))
}

/// `pairs 'item'`, or `pairs 'item' 'joiner'`.
fn pairs_of(filter: &str) -> Result<(&str, &str), String> {
    let expected = || format!("`{filter}`: the last filter must be pairs '…'");
    let quoted = filter.strip_prefix("pairs").ok_or_else(expected)?;
    let pieces: Vec<&str> = quoted.split('\'').collect();
    match pieces.as_slice() {
        [before, item, after] if before.trim().is_empty() && after.trim().is_empty() => {
            Ok((item, ""))
        }
        [before, item, between, joiner, after]
            if [before, between, after]
                .iter()
                .all(|it| it.trim().is_empty()) =>
        {
            Ok((item, joiner))
        }
        _ => Err(expected()),
    }
}

/// How a pair is written.
fn parse_item(text: &str) -> Result<Vec<PairPart>, String> {
    let mut parts = Vec::new();
    let (mut names, mut values) = (0, 0);
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, tail) = take_literal(rest)?;
        if !literal.is_empty() {
            parts.push(PairPart::Literal(literal.into_bytes().into()));
        }
        rest = match tail.strip_prefix('{') {
            None => tail,
            Some(inner) => {
                let (field, tail) = take_field(inner)?;
                let words = split_filters(field);
                let (name, filters) = words.split_first().ok_or("a name is missing")?;
                let field = pair_field(filters)?;
                parts.push(match *name {
                    "name" => {
                        names += 1;
                        PairPart::Name(field)
                    }
                    "value" => {
                        values += 1;
                        PairPart::Value(field)
                    }
                    _ => {
                        return Err(format!(
                            "pairs '{text}': only {{name}} and {{value}} are known"
                        ));
                    }
                });
                tail
            }
        };
    }
    if (names, values) != (1, 1) {
        return Err(format!(
            "pairs '{text}': {{name}} and {{value}} must both be signed, once each"
        ));
    }
    Ok(parts)
}

fn pair_field(filters: &[&str]) -> Result<PairField, String> {
    let (is_any, filters) = match filters {
        ["any", rest @ ..] => (true, rest),
        filters => (false, filters),
    };
    match take_escapes(filters)? {
        (escapes, []) => Ok(PairField { is_any, escapes }),
        (_, [filter, ..]) => Err(format!("`{filter}` is no filter of names and values")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::encoding::TextEncoding;
    use crate::request::RequestPlace;
    use crate::scheme::segment::Slot;

    fn read(text: &str) -> Result<Vec<Segment>, String> {
        parse(text, &["header", "query", "json"], &mut |place| {
            let slot = Slot::Request(RequestPlace::Query(place.name().as_bytes().into()));
            Ok(Site { place, slot })
        })
    }

    fn plain(source: FieldSource) -> Segment {
        Segment::Field(Field {
            source,
            is_any: false,
            is_optional: false,
            kind: ValueKind::Text,
            escapes: Box::default(),
            digest: None,
        })
    }

    #[test]
    fn templates_read_as_written() {
        assert_eq!(
            read("{{v0}}:{timestamp}.{body}").unwrap(),
            [
                Segment::Literal(b"{v0}:".as_slice().into()),
                plain(FieldSource::Timestamp),
                Segment::Literal(b".".as_slice().into()),
                plain(FieldSource::Body),
            ]
        );
        let segments = read(
            "{url.base}{query|without a b|sort|unique|pairs '{name|percent}={value}' '&'}\
             {json:/a|any|optional|number}{body|crlf|sha256|hex}",
        )
        .unwrap();
        let [
            base,
            Segment::List(list),
            Segment::Field(json),
            Segment::Field(body),
        ] = segments.as_slice()
        else {
            panic!("{segments:?}");
        };
        assert_eq!(base, &plain(FieldSource::Url(UrlPart::Base)));
        assert_eq!(*list.without, [Box::from("a"), Box::from("b")]);
        assert_eq!((list.order, list.is_unique), (Order::Sorted, true));
        assert_eq!(&*list.joiner, b"&");
        assert!(
            matches!(&list.parts[0], PairPart::Name(name) if *name.escapes == [Escape::Percent])
        );
        assert!(json.is_any && json.is_optional && json.kind == ValueKind::Number);
        assert_eq!(*body.escapes, [Escape::Crlf]);
        assert_eq!(
            body.digest.map(|it| it.encoding),
            Some(DigestEncoding::Text(TextEncoding::Hex))
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (template, expected) in [
            ("", "empty"),
            ("{body", "never closed"),
            ("a}b", "closing brace"),
            ("{secrets}", "unknown"),
            ("{timestamp|hex}", "takes no filter"),
            ("{body|sort}", "no filter"),
            ("{body|hex}", "no digest"),
            ("{body|sha256|crlf}", "cannot follow"),
            ("{body|sha256|hex|hex}", "cannot follow"),
            ("{body|crc32|hex}", "`decimal`"),
            ("{body|sha256|decimal}", "`decimal`"),
            ("{body|percent|any}", "in front"),
            ("{body|any|any}", "twice"),
            ("{body|optional}", "always there"),
            ("{header:a|number}", "json:"),
            ("{header:A}", "lower case"),
            ("{form:a}", "cannot stand here"),
            ("{form}", "pairs"),
            ("{form|unique|pairs '{name}{value}'}", "expected [without"),
            (
                "{form|sort|without a|pairs '{name}{value}'}",
                "expected [without",
            ),
            ("{form|sort|pairs '{name}'}", "must both"),
            ("{form|sort|pairs '{name}{value}{name}'}", "must both"),
            ("{form|sort|pairs '{key}{value}'}", "only {name}"),
            (
                "{form|sort|pairs '{name|sha256}{value}'}",
                "no filter of names",
            ),
            ("{form|sort|pairs '{name}{value}", "never closed"),
            ("{header:a|replace ab}", "replace"),
        ] {
            let error = read(template).unwrap_err();
            assert!(error.contains(expected), "{template}: {error}");
        }
    }
}
