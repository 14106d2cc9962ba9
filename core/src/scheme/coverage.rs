//! What a variant covers: computed from what it signs, never declared, and rejected
//! where it proves nothing.

use crate::canonical::{Components, Covered};
use crate::coverage::{Coverage, CoverageLevel, Covers};
use crate::primitives::digest::DigestAlgorithm;
use crate::primitives::escape::Escape;
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::url_form::UrlForm;
use crate::scheme::demand::{Demand, Wanted};
use crate::scheme::place::Place;
use crate::scheme::segment::{
    Field, FieldSource, List, PairPart, Parameters, Segment, Site, UrlPart,
};
use crate::scheme::string_to_sign::{Listed, Message};

/// A variant whose coverage is not known yet.
#[derive(Clone, Copy)]
pub(super) struct Draft<'v> {
    /// What to call it in an error.
    pub(super) name: &'v str,
    /// `None` where a token is what is signed.
    pub(super) algorithm: Option<SignatureAlgorithm>,
    /// The body is the token.
    pub(super) is_token_body: bool,
    pub(super) url_forms: &'v [UrlForm],
    pub(super) from: &'v [Site],
    pub(super) message: &'v Message,
    pub(super) timestamp: Option<&'v Site>,
    pub(super) delivery_id: Option<&'v Site>,
    pub(super) event_type: Option<&'v Site>,
    pub(super) demands: &'v [Demand],
}

impl<'v> Draft<'v> {
    /// What it covers.
    pub(super) fn covers(&self) -> Result<Covers, String> {
        self.check_names()?;
        self.check_demands()?;
        let mut covers = match self.message {
            Message::Canonical(canonical) => of_components(canonical.components()),
            Message::Listed(listed) => of_list(listed.listing.covered()),
            Message::Template(_) => Covers::nothing(false),
        };
        for (segment, is_joined) in self.mentions(self.demands) {
            self.add(&mut covers, segment, is_joined);
        }
        if self.is_token_body {
            covers.body = CoverageLevel::Full;
        }
        covers.timestamp = self.timestamp(&covers)?;
        covers.delivery_id = self.delivery_id(&covers)?;
        if let Some(site) = self.event_type
            && !self.is_covered(&site.place)
        {
            return Err(format!(
                "{}: the type at {} is not signed here, so it is no fact",
                self.name, site.place
            ));
        }
        let is_bound = covers.body != CoverageLevel::None
            || covers.url != CoverageLevel::None
            || self.signs(&FieldSource::DeliveryId)
            || matches!(self.message, Message::Canonical(_))
            || self.algorithm.is_none();
        if is_bound {
            Ok(covers)
        } else {
            Err(format!(
                "{}.signed: neither the body nor the URL nor an id is signed, so one \
                 signature would prove every delivery",
                self.name
            ))
        }
    }

    /// Whether the value at a place cannot be changed without the key.
    pub(super) fn is_covered(&self, place: &Place) -> bool {
        self.is_covered_with(place, self.demands)
    }

    /// Whether the string to sign mentions the id.
    pub(super) fn mentions_id(&self) -> bool {
        match self.message {
            Message::Canonical(canonical) => canonical.components().delivery_id,
            Message::Listed(_) => false,
            Message::Template(_) => {
                let mut mentions = self.mentions(self.demands);
                mentions.any(|(segment, _)| segment.source() == Some(&FieldSource::DeliveryId))
            }
        }
    }

    /// What is signed.
    pub(super) fn segments(&self) -> impl Iterator<Item = &'v Segment> {
        self.mentions(self.demands).map(|(segment, _)| segment)
    }

    /// The fields and lists that are signed, and whether they run together. A digest
    /// that stands at a signed place signs what it is made of.
    fn mentions(&self, demands: &'v [Demand]) -> impl Iterator<Item = (&'v Segment, bool)> {
        let computed = demands.iter().filter_map(Demand::computed);
        [self.message]
            .into_iter()
            .chain(computed)
            .filter_map(|message| match message {
                Message::Template(template) => Some(template.mentions()),
                Message::Canonical(_) | Message::Listed(_) => None,
            })
            .flatten()
    }

    /// Whether the string to sign itself mentions that.
    fn signs(&self, wanted: &FieldSource) -> bool {
        let mut mentions = self.mentions(&[]);
        mentions.any(|(segment, _)| segment.source() == Some(wanted))
    }

    fn is_covered_with(&self, place: &Place, demands: &'v [Demand]) -> bool {
        if matches!(place, Place::Option(_) | Place::Claim(_)) {
            return true;
        }
        if let Message::Listed(listed) = self.message {
            return listed.covers(place);
        }
        let stands_at = |site: Option<&Site>| site.is_some_and(|site| site.place == *place);
        if matches!(self.message, Message::Canonical(_))
            && self.mentions_id()
            && stands_at(self.delivery_id)
        {
            return true;
        }
        self.mentions(demands).any(|(segment, is_joined)| {
            if is_joined {
                return false;
            }
            match segment {
                Segment::Literal(_) => false,
                Segment::List(list) => {
                    let is_signature = self.from.iter().any(|site| site.place == *place);
                    !is_signature && list.covers(place)
                }
                Segment::Field(field) => match &field.source {
                    FieldSource::Timestamp => stands_at(self.timestamp),
                    FieldSource::DeliveryId => stands_at(self.delivery_id),
                    _ => field.covers(place),
                },
            }
        })
    }

    /// Time and id are written by their names, and a list leaves out no time.
    fn check_names(&self) -> Result<(), String> {
        let name = self.name;
        for (segment, _) in self.mentions(&[]) {
            match segment {
                Segment::Field(Field {
                    source: FieldSource::Place(site, _),
                    ..
                }) => {
                    for (other, named) in [
                        (self.timestamp, "timestamp"),
                        (self.delivery_id, "delivery_id"),
                    ] {
                        if other.is_some_and(|other| other.place == site.place) {
                            return Err(format!(
                                "{name}.signed: write {{{named}}} for {}",
                                site.place
                            ));
                        }
                    }
                }
                Segment::List(list) => {
                    if let Some(site) = self.timestamp
                        && site.place.kind() == list.source.name()
                        && list.leaves_out(site.place.name())
                    {
                        return Err(format!(
                            "{name}.signed: the time at {} is left out of what is signed",
                            site.place
                        ));
                    }
                }
                Segment::Literal(_) | Segment::Field(_) => {}
            }
        }
        Ok(())
    }

    /// A computed demand compares a signed place with something of the request.
    fn check_demands(&self) -> Result<(), String> {
        let name = self.name;
        for (position, demand) in self.demands.iter().enumerate() {
            let Some(Message::Template(template)) = demand.computed() else {
                continue;
            };
            let places: Vec<String> = demand.sites.iter().map(|it| it.place.to_string()).collect();
            let places = places.join(" | ");
            let is_of_request = |segment: &Segment| match segment.source() {
                Some(FieldSource::Place(site, _)) => !matches!(site.place, Place::Option(_)),
                Some(FieldSource::Secret) => false,
                _ => true,
            };
            if !template
                .mentions()
                .any(|(segment, _)| is_of_request(segment))
            {
                return Err(format!(
                    "{name}.require.{places}: it mentions nothing of the request; write is"
                ));
            }
            let (before, _) = self.demands.split_at(position);
            for site in &demand.sites {
                if !self.is_covered_with(&site.place, before) {
                    return Err(format!(
                        "{name}.require: {} is not signed here, so what it says proves nothing",
                        site.place
                    ));
                }
            }
        }
        Ok(())
    }

    fn add(&self, covers: &mut Covers, segment: &Segment, is_joined: bool) {
        let mut level = if is_joined {
            CoverageLevel::Joined
        } else {
            CoverageLevel::Full
        };
        if self.algorithm.is_some_and(SignatureAlgorithm::is_weak) {
            level = level.min(CoverageLevel::Weak);
        }
        let part = CoverageLevel::Part;
        match segment {
            Segment::Literal(_) => return,
            Segment::List(list) => {
                let level = level.min(list.cap());
                match list.source {
                    Parameters::Form => covers.body = covers.body.max(level),
                    Parameters::Query => covers.url = covers.url.max(level),
                }
            }
            Segment::Field(field) => {
                level = level.min(field.cap());
                match &field.source {
                    FieldSource::Body => covers.body = covers.body.max(level),
                    FieldSource::Url(UrlPart::Full) => covers.url = covers.url.max(level),
                    FieldSource::Url(_) => covers.url = covers.url.max(level.min(part)),
                    FieldSource::Place(site, _) => match site.place {
                        Place::Form(_) | Place::Json(_) => {
                            covers.body = covers.body.max(level.min(part));
                        }
                        Place::Query(_) => covers.url = covers.url.max(level.min(part)),
                        Place::Header(_)
                        | Place::Signature(_)
                        | Place::Claim(_)
                        | Place::Option(_) => {}
                    },
                    FieldSource::Method => {
                        covers.method |= !is_joined && level > CoverageLevel::None;
                    }
                    FieldSource::Secret => return,
                    FieldSource::Timestamp | FieldSource::DeliveryId => {}
                }
                if level == CoverageLevel::None {
                    return;
                }
            }
        }
        if self.url_forms.contains(&UrlForm::QueryDecoded) {
            covers.url = covers.url.min(part);
        }
        covers.parts.extend(segment.name().map(String::from));
    }

    fn timestamp(&self, covers: &Covers) -> Result<Coverage, String> {
        let name = self.name;
        let is_written = covers.parts.iter().any(|part| part == "timestamp");
        let runs_together = self.mentions(&[]).any(|(segment, is_joined)| {
            is_joined && segment.source() == Some(&FieldSource::Timestamp)
        });
        if runs_together {
            return Err(format!(
                "{name}.signed: nothing separates the time from what stands beside it, so it \
                 can be cut out elsewhere"
            ));
        }
        match self.timestamp {
            None if is_written => Err(format!(
                "{name}.signed: {{timestamp}} is signed, but there is no [timestamp]"
            )),
            None => Ok(Coverage::None),
            Some(_) if is_written => Ok(Coverage::Signed),
            Some(site) if self.is_covered(&site.place) => Ok(Coverage::Signed),
            Some(site) => Err(format!(
                "{name}: the time at {} is not signed here, so it proves nothing",
                site.place
            )),
        }
    }

    fn delivery_id(&self, covers: &Covers) -> Result<Coverage, String> {
        let is_written = covers.parts.iter().any(|part| part == "delivery_id");
        match self.delivery_id {
            None if is_written => Err(format!(
                "{}.signed: {{delivery_id}} is signed, but there is no [delivery_id]",
                self.name
            )),
            None => Ok(Coverage::None),
            Some(site) if self.is_covered(&site.place) => Ok(Coverage::Signed),
            Some(_) => Ok(Coverage::Unsigned),
        }
    }

    /// Whether a signed place equals what the receiver chose.
    pub(super) fn is_pinned(&self) -> bool {
        let mut mentions = self.mentions(&[]);
        let names_option = mentions.any(|(segment, is_joined)| {
            !is_joined && matches!(segment.source(), Some(FieldSource::Place(site, _)) if matches!(site.place, Place::Option(_)))
        });
        let is_pin = |demand: &Demand| {
            matches!(demand.wanted, Wanted::Option(_))
                && demand.sites.iter().all(|site| self.is_covered(&site.place))
        };
        names_option || self.demands.iter().any(is_pin)
    }
}

fn of_components(components: Components) -> Covers {
    let parts = components.parts.iter().map(|part| (*part).to_owned());
    Covers {
        body: components.body,
        url: components.url,
        method: components.method,
        parts: parts.collect(),
        ..Covers::nothing(false)
    }
}

/// What a list covers that holds what is demanded, without time and id.
pub(crate) fn of_list(covered: Covered) -> Covers {
    Covers {
        body: covered.body,
        url: covered.url,
        method: covered.method,
        parts: covered.parts,
        ..Covers::nothing(false)
    }
}

impl Listed {
    /// Whether the value at a place is signed.
    pub(crate) fn covers(&self, place: &Place) -> bool {
        match place {
            Place::Signature(part) => self.listing.signs_part(part),
            Place::Json(_) | Place::Form(_) => self.listing.covered().body == CoverageLevel::Full,
            place => {
                let covered = self.listing.covered();
                let is_in_query = matches!(place, Place::Query(_)) && covered.holds_query();
                is_in_query || covered.parts.contains(&place.to_string())
            }
        }
    }
}

impl Field {
    /// The most that it covers, through what is done to it.
    pub(crate) fn cap(&self) -> CoverageLevel {
        let escapes = of_escapes(&self.escapes);
        match self.digest.map(|digest| digest.algorithm) {
            // Whoever changes a text can mend its checksum.
            Some(DigestAlgorithm::Crc32) => CoverageLevel::None,
            Some(DigestAlgorithm::Md5 | DigestAlgorithm::Sha1) => escapes.min(CoverageLevel::Weak),
            Some(DigestAlgorithm::Sha256 | DigestAlgorithm::Sha512) | None => escapes,
        }
    }

    fn covers(&self, place: &Place) -> bool {
        let cap = self.cap();
        match (&self.source, place) {
            (FieldSource::Place(site, _), place) if site.place == *place => {
                cap > CoverageLevel::None
            }
            (
                FieldSource::Url(UrlPart::Full | UrlPart::Query | UrlPart::Target),
                Place::Query(_),
            ) => cap > CoverageLevel::None,
            (FieldSource::Body, Place::Form(_) | Place::Json(_)) => cap > CoverageLevel::Weak,
            _ => false,
        }
    }
}

impl List {
    /// The most that it covers.
    fn cap(&self) -> CoverageLevel {
        let usual = if self.is_exact() {
            CoverageLevel::Part
        } else {
            CoverageLevel::Joined
        };
        let parts = self.parts.iter().filter_map(|part| match part {
            PairPart::Literal(_) => None,
            PairPart::Name(field) | PairPart::Value(field) => Some(of_escapes(&field.escapes)),
        });
        parts.fold(usual, CoverageLevel::min)
    }

    fn covers(&self, place: &Place) -> bool {
        self.source.name() == place.kind() && self.is_exact() && !self.leaves_out(place.name())
    }

    fn leaves_out(&self, name: &str) -> bool {
        self.without.iter().any(|it| **it == *name)
    }
}

fn of_escapes(escapes: &[Escape]) -> CoverageLevel {
    let caps = escapes.iter().map(|escape| match escape {
        Escape::Crlf => CoverageLevel::Part,
        Escape::Replace(_) => CoverageLevel::Weak,
        Escape::Percent | Escape::JsPercent | Escape::FormPercent | Escape::Json => {
            CoverageLevel::Full
        }
    });
    caps.fold(CoverageLevel::Full, CoverageLevel::min)
}
