//! A string to sign is read in every way that the checks allow: a field that is not
//! called joined reads the same in all of them.
//!
//! The checks of a value are stated anew here, from what each source can be, and
//! the stop bytes are those of [`Boundaries`](super::Boundaries): so a stop byte
//! that is missing, or a field that is wrongly kept apart, shows as a second reading.

use core::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

use crate::primitives::digest::{DigestAlgorithm, DigestEncoding};
use crate::primitives::encoding::TextEncoding;
use crate::primitives::escape::Escape;
use crate::primitives::time::TimeFormat;
use crate::scheme::compile::compile;
use crate::scheme::file::SchemeFile;
use crate::scheme::place::Place;
use crate::scheme::plan::Variant;
use crate::scheme::segment::{Field, FieldSource, PairPart, Segment, UrlPart};
use crate::scheme::string_to_sign::Message;
use crate::scheme::template::Template;
use crate::scheme::{catalogue, find};

/// How many strings are written of each template.
const STRINGS: u32 = 150;

/// How many readings of one string are looked at.
const READINGS: usize = 400;

/// What no request chooses.
const SECRET: &[u8] = b"\x01SECRET\x01";

/// A string to sign whose values are looked at.
struct Text<'t> {
    template: &'t Template,
    time_format: TimeFormat,
    id_characters: &'t [u8],
}

#[test]
fn fields_that_are_not_joined_always_read_the_same() {
    let mut rereadable = Vec::new();
    let mut strings = 0;
    for (name, text) in schemes() {
        let Ok(file) = SchemeFile::from_json(&text, find) else {
            continue;
        };
        let Ok((plan, _)) = compile(&file) else {
            continue;
        };
        let variants = plan
            .signature
            .iter()
            .flat_map(|signature| &signature.variants);
        for (position, variant) in variants.enumerate() {
            let Some(text) = Text::of(&file, variant) else {
                continue;
            };
            let (written, is_rereadable) =
                text.read_all_ways(&format!("{name} variant {position}"));
            strings += written;
            if is_rereadable {
                rereadable.push(name.clone());
            }
        }
    }
    assert!(strings > 1_000, "only {strings} strings were written");
    assert!(
        rereadable.iter().any(|name| name == "twilio"),
        "{rereadable:?}"
    );
}

/// The embedded schemes, and the files of the language's own cases.
fn schemes() -> Vec<(String, String)> {
    let embedded = catalogue::ids().filter_map(|id| Some((id.to_owned(), find(id)?.to_owned())));
    let cases = include_str!("../../../tests/scheme_language/cases.json");
    let cases: Value = serde_json::from_str(cases).unwrap();
    let requests = cases["requests"].as_array().unwrap().iter();
    let files = requests.map(|case| {
        let file: Value = toml::from_str(case["file"].as_str().unwrap()).unwrap();
        (
            format!("{} {}", case["rule"], case["attack"]),
            file.to_string(),
        )
    });
    embedded.chain(files).collect()
}

impl<'t> Text<'t> {
    fn of(file: &'t SchemeFile, variant: &'t Variant) -> Option<Self> {
        let Message::Template(template) = &variant.message else {
            return None;
        };
        let time = file.timestamp.as_ref();
        let id = file.delivery_id.as_ref();
        Some(Self {
            template,
            time_format: time.map_or(TimeFormat::Unix, |section| section.format),
            id_characters: id.map_or(&[], |section| section.characters.as_bytes()),
        })
    }

    /// Writes strings and reads each in every way. Returns how many were written,
    /// and whether one had a second reading.
    fn read_all_ways(&self, name: &str) -> (u32, bool) {
        let config = Config {
            cases: STRINGS,
            rng_seed: RngSeed::Fixed(4711),
            failure_persistence: None,
            ..Config::default()
        };
        let (written, is_rereadable) = (Cell::new(0), Cell::new(false));
        let outcome = TestRunner::new(config).run(&self.values(), |values| {
            let is_allowed = |(position, value): (usize, &Vec<u8>)| self.allows(position, value);
            if !values.iter().enumerate().all(is_allowed) {
                return Ok(());
            }
            written.set(written.get() + 1);
            let text = values.concat();
            for reading in self.readings(&text) {
                for (position, (value, read)) in values.iter().zip(&reading).enumerate() {
                    if value == read {
                        continue;
                    }
                    is_rereadable.set(true);
                    prop_assert!(
                        self.template.boundaries().is_joined(position),
                        "{name}: {:?} is {value:?}, and reads as {read:?} in {text:?}",
                        self.template.segments()[position].name()
                    );
                }
            }
            Ok(())
        });
        if let Err(fault) = outcome {
            panic!("{fault}");
        }
        (written.get(), is_rereadable.get())
    }

    /// Values of all segments, made of what could be taken for a separator.
    fn values(&self) -> BoxedStrategy<Vec<Vec<u8>>> {
        let literals = self
            .template
            .segments()
            .iter()
            .filter_map(|segment| match segment {
                Segment::Literal(text) => Some(text.to_vec()),
                _ => None,
            });
        let mut letters: Vec<u8> = literals.flatten().take(6).collect();
        letters.extend(b"a1.&=\n{\"/");
        let segments = self.template.segments().iter();
        let values: Vec<_> = segments
            .map(|segment| self.value(segment, &letters))
            .collect();
        values.boxed()
    }

    fn value(&self, segment: &Segment, letters: &[u8]) -> BoxedStrategy<Vec<u8>> {
        let some = |most: usize| {
            proptest::collection::vec(proptest::sample::select(letters.to_vec()), 0..=most)
        };
        let behind = |start: &'static [u8]| {
            some(5)
                .prop_map(move |rest| [start, &rest].concat())
                .boxed()
        };
        let field = match segment {
            Segment::Literal(text) => return Just(text.to_vec()).boxed(),
            Segment::List(_) => return some(8).boxed(),
            Segment::Field(field) => field,
        };
        if let Some(length) = digest_length(field) {
            let digits = proptest::sample::select(b"0123456789".to_vec());
            return proptest::collection::vec(digits, length).boxed();
        }
        match &field.source {
            FieldSource::Timestamp => proptest::sample::select(self.times()).boxed(),
            FieldSource::Secret => Just(SECRET.to_vec()).boxed(),
            FieldSource::Place(site, _) if matches!(site.place, Place::Option(_)) => {
                Just(SECRET.to_vec()).boxed()
            }
            FieldSource::Method => {
                proptest::sample::select(vec![b"GET".to_vec(), b"POST".to_vec()]).boxed()
            }
            FieldSource::Url(UrlPart::Full | UrlPart::Base) => behind(b"https://h/"),
            FieldSource::Url(UrlPart::Path | UrlPart::Target) => behind(b"/"),
            FieldSource::Body
            | FieldSource::Place(..)
            | FieldSource::DeliveryId
            | FieldSource::Url(_) => {
                let times = proptest::sample::select(self.times());
                let with_time = (some(4), times, some(3)).prop_map(|(a, b, c)| [a, b, c].concat());
                let escapes = field.escapes.clone();
                prop_oneof![some(6), with_time]
                    .prop_map(move |value| escaped(&escapes, &value))
                    .boxed()
            }
        }
    }

    fn times(&self) -> Vec<Vec<u8>> {
        let times: [&[u8]; 2] = match self.time_format {
            TimeFormat::Unix => [b"1700000000", b"1700000100"],
            TimeFormat::UnixMs => [b"1700000000000", b"1700000100123"],
            TimeFormat::HttpDate => [b"Tue, 14 Nov 2023 22:13:20 GMT"; 2],
            TimeFormat::Rfc3339 => [b"2023-11-14T22:13:20Z", b"2023-11-14T22:13:20.5+00:00"],
        };
        times.map(<[u8]>::to_vec).to_vec()
    }

    /// Whether the checks let a value stand there.
    fn allows(&self, position: usize, value: &[u8]) -> bool {
        let stops = self.template.boundaries().stops(position);
        if stops.is_some_and(|stops| stops.has_any_of(value)) {
            return false;
        }
        let field = match &self.template.segments()[position] {
            Segment::Literal(text) => return value == &**text,
            Segment::List(list) => {
                let mut literals = list.joiner.to_vec();
                for part in &list.parts {
                    if let PairPart::Literal(text) = part {
                        literals.extend(text);
                    }
                }
                let is_written = |byte: &u8| is_percent_encoded(byte) || literals.contains(byte);
                return self.template.segments()[position].is_open()
                    || value.iter().all(is_written);
            }
            Segment::Field(field) => field,
        };
        if let Some(length) = digest_length(field) {
            return value.len() == length;
        }
        let is_url = |byte: &u8| *byte >= b' ' && *byte != 0x7f && *byte != b'#';
        match field.escapes.last() {
            Some(Escape::Json) => {
                return serde_json::from_slice::<String>(value)
                    .is_ok_and(|text| serde_json::to_vec(&text).unwrap() == value);
            }
            Some(Escape::Percent | Escape::JsPercent | Escape::FormPercent) => {
                return value.iter().all(is_percent_encoded);
            }
            Some(Escape::Crlf | Escape::Replace(_)) | None => {}
        }
        match &field.source {
            FieldSource::Timestamp => self.times().iter().any(|time| time == value),
            FieldSource::Secret => value == SECRET,
            FieldSource::Method => value == b"GET" || value == b"POST",
            FieldSource::DeliveryId => value.iter().all(|byte| {
                byte.is_ascii_alphanumeric()
                    || b"-_".contains(byte)
                    || self.id_characters.contains(byte)
            }),
            FieldSource::Url(part) => {
                let start: &[u8] = match part {
                    UrlPart::Full | UrlPart::Base => b"https://h/",
                    UrlPart::Path | UrlPart::Target => b"/",
                    UrlPart::Query => b"",
                };
                let has_query = value.contains(&b'?');
                let is_before_query = matches!(part, UrlPart::Base | UrlPart::Path);
                value.starts_with(start)
                    && value.iter().all(is_url)
                    && !(is_before_query && has_query)
            }
            FieldSource::Place(site, _) => match site.place {
                Place::Option(_) => value == SECRET,
                Place::Header(_) | Place::Signature(_) => {
                    value.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
                }
                Place::Query(_) | Place::Form(_) | Place::Json(_) | Place::Claim(_) => true,
            },
            FieldSource::Body => true,
        }
    }

    fn readings(&self, text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut readings = Vec::new();
        self.read(text, &mut Vec::new(), &mut readings);
        readings
    }

    /// Continues a reading in every way.
    fn read(&self, rest: &[u8], reading: &mut Vec<Vec<u8>>, readings: &mut Vec<Vec<Vec<u8>>>) {
        let position = reading.len();
        if readings.len() >= READINGS {
            return;
        }
        if position == self.template.segments().len() {
            if rest.is_empty() {
                readings.push(reading.clone());
            }
            return;
        }
        let lengths = match &self.template.segments()[position] {
            Segment::Literal(text) => text.len()..=text.len(),
            _ => 0..=rest.len(),
        };
        for length in lengths {
            let Some((value, behind)) = rest.split_at_checked(length) else {
                return;
            };
            if self.allows(position, value) {
                reading.push(value.to_vec());
                self.read(behind, reading, readings);
                reading.pop();
            }
        }
    }
}

/// How long the text of a digest is.
fn digest_length(field: &Field) -> Option<usize> {
    let digest = field.digest?;
    let bytes = match digest.algorithm {
        DigestAlgorithm::Md5 => 16,
        DigestAlgorithm::Sha1 => 20,
        DigestAlgorithm::Sha256 => 32,
        DigestAlgorithm::Sha512 => 64,
        DigestAlgorithm::Crc32 => 4,
    };
    Some(match digest.encoding {
        DigestEncoding::Raw => bytes,
        DigestEncoding::Text(TextEncoding::Hex) => bytes * 2,
        DigestEncoding::Text(_) => bytes.div_ceil(3) * 4,
        DigestEncoding::Decimal => 5,
    })
}

fn escaped(escapes: &[Escape], value: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    Escape::apply(escapes, &mut written, &mut |sink| sink.write(value));
    written
}

fn is_percent_encoded(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%+*!'()".contains(byte)
}
