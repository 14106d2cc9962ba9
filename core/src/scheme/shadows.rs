//! Names that are signed in one part of a request and must not stand in the other,
//! unsigned: frameworks mix the parameters of query and form, and take the first or
//! the last.

use crate::canonical::Covered;
use crate::coverage::CoverageLevel;
use crate::request::Needs;
use crate::scheme::place::Place;
use crate::scheme::segment::{FieldSource, Parameters, Segment, UrlPart};

/// What a variant signs of the form without the query, or of the query without the
/// form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shadows {
    /// Names of the form that an unsigned query must not have.
    pub(crate) fields: Shadow,
    /// Names of the query that an unsigned form must not have.
    pub(crate) parameters: Shadow,
}

/// Which names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shadow {
    /// All that are there.
    pub(crate) is_all: bool,
    pub(crate) names: Vec<Box<[u8]>>,
}

impl Shadow {
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_all && self.names.is_empty()
    }
}

impl Shadows {
    /// `places` are where signature, time and id stand; `segments` what is signed, or
    /// `listed` what a list covers.
    pub(crate) fn of<'s>(
        segments: impl Iterator<Item = &'s Segment>,
        listed: Option<&Covered>,
        places: impl Iterator<Item = &'s Place>,
    ) -> Option<Self> {
        let mut shadows = Self::default();
        let (mut signs_url, mut signs_body) = (false, false);
        for segment in segments {
            match segment {
                Segment::Literal(_) => {}
                Segment::List(list) => match list.source {
                    Parameters::Form => (signs_body, shadows.fields.is_all) = (true, true),
                    Parameters::Query => (signs_url, shadows.parameters.is_all) = (true, true),
                },
                Segment::Field(field) => match &field.source {
                    FieldSource::Body if field.cap() > CoverageLevel::None => signs_body = true,
                    FieldSource::Url(UrlPart::Full | UrlPart::Query | UrlPart::Target) => {
                        signs_url = true;
                    }
                    FieldSource::Place(site, _) => shadows.add(&site.place),
                    _ => {}
                },
            }
        }
        if let Some(covered) = listed {
            signs_body = covered.body > CoverageLevel::None;
            signs_url = covered.holds_query();
            let names = covered.parts.iter();
            for name in names.filter_map(|part| part.strip_prefix("query:")) {
                shadows.parameters.names.push(name.as_bytes().into());
            }
        }
        places.for_each(|place| shadows.add(place));
        if signs_url {
            shadows.fields = Shadow::default();
        }
        if signs_body {
            shadows.parameters = Shadow::default();
        }
        let has_some = !shadows.fields.is_empty() || !shadows.parameters.is_empty();
        has_some.then_some(shadows)
    }

    /// Has read what is compared.
    pub(crate) fn announce(&self, needs: &mut Needs) {
        if !self.fields.is_empty() {
            needs.query();
        }
        if !self.parameters.is_empty() {
            needs.query();
            needs.form();
        }
    }

    fn add(&mut self, place: &Place) {
        match place {
            Place::Form(name) => self.fields.names.push(name.as_bytes().into()),
            Place::Query(name) => self.parameters.names.push(name.as_bytes().into()),
            _ => {}
        }
    }
}
