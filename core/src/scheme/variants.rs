//! A sender chooses its variant: none may sign less than another, or be taken for
//! another, unless the file says in `risk` what that allows.

use crate::coverage::{Coverage, CoverageLevel, Covers};
use crate::primitives::digest::DigestEncoding;
use crate::primitives::jwt::ClaimValue;
use crate::scheme::condition::{Condition, Test};
use crate::scheme::demand::{Demand, Wanted};
use crate::scheme::file::VariantSection;
use crate::scheme::place::Place;
use crate::scheme::plan::Variant;
use crate::scheme::segment::{FieldSource, Segment};
use crate::scheme::string_to_sign::Message;
use crate::scheme::template::{Around, End, Side, Template, shown_end};

/// # Errors
/// What a variant allows without saying so, or a reason for nothing.
pub(super) fn check(
    sections: &[VariantSection],
    variants: &[Variant],
    around: &Around<'_>,
) -> Result<(), String> {
    for (position, (section, variant)) in sections.iter().zip(variants).enumerate() {
        let mut reasons = variants.iter().enumerate().flat_map(|(other, against)| {
            if other == position {
                return Vec::new();
            }
            let mut reasons = lacking(variant, against, other);
            // A token has one message, whatever the request is.
            let is_signed = !variant.from.is_empty();
            if is_signed && other < position && !are_distinct(variant, against, around) {
                reasons.push(format!(
                    "a message of variant[{other}] can be taken for one of this kind"
                ));
            }
            if !is_signed && demands_less(variant, against) {
                reasons.push(format!("demands less of the token than variant[{other}]"));
            }
            reasons
        });
        let risk = section
            .risk
            .as_deref()
            .filter(|risk| !risk.trim().is_empty());
        match (reasons.next(), risk) {
            (Some(reason), None) => {
                return Err(format!(
                    "variant[{position}] {reason}: separate them, or say in `risk` what that allows"
                ));
            }
            (None, Some(_)) => {
                return Err(format!("variant[{position}].risk: there is none"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where a message of one variant can be taken for one of another, each may be made of
/// what was signed as the other: their fields run together over that boundary.
pub(super) fn lower_what_can_be_exchanged(variants: &mut [Variant], around: &Around<'_>) {
    let exchanged: Vec<usize> = (0..variants.len())
        .filter(|position| {
            let variant = &variants[*position];
            let mut others = variants.iter().enumerate();
            others.any(|(other, against)| {
                other != *position
                    && !variant.from.is_empty()
                    && variant.message != against.message
                    && !are_distinct(variant, against, around)
            })
        })
        .collect();
    for position in exchanged {
        let covers = &mut variants[position].covers;
        covers.body = covers.body.min(CoverageLevel::Joined);
        covers.url = covers.url.min(CoverageLevel::Joined);
    }
}

/// What another variant signs and this one does not.
fn lacking(variant: &Variant, against: &Variant, other: usize) -> Vec<String> {
    let mut reasons = Vec::new();
    let (own, others) = (&variant.covers, &against.covers);
    if own.body < others.body && !variant.takes_no_body() && !excuses(variant, others, is_of_body) {
        reasons.push(format!("signs less of the body than variant[{other}]"));
    }
    if own.url < others.url && !excuses(variant, others, is_of_url) {
        reasons.push(format!("signs less of the URL than variant[{other}]"));
    }
    if others.method && !own.method {
        reasons.push(format!("does not sign the method, variant[{other}] does"));
    }
    reasons
}

/// Whether a token that says what another variant demands may say something else here.
fn demands_less(variant: &Variant, against: &Variant) -> bool {
    let is_of_receiver =
        |demand: &&Demand| matches!(demand.wanted, Wanted::Is(_) | Wanted::Option(_));
    let mut of_receiver = against.demands.iter().filter(is_of_receiver);
    of_receiver.any(|demand| !variant.demands.contains(demand))
}

/// Whether all that the other one signs besides has to be absent here.
fn excuses(variant: &Variant, others: &Covers, is_of: fn(&str) -> bool) -> bool {
    let own = &variant.covers.parts;
    let mut lacking = others.parts.iter();
    let mut lacking = lacking
        .by_ref()
        .filter(|part| is_of(part) && !own.contains(part))
        .peekable();
    lacking.peek().is_some() && lacking.all(|part| variant.demands_absence_of(part))
}

fn is_of_body(part: &str) -> bool {
    ["body", "form", "json"].contains(&kind_of(part))
}

fn is_of_url(part: &str) -> bool {
    ["query", "url"].contains(&kind_of(part))
}

/// `json` of `json:/a`, `url` of `url.path`, `query` of `query -signature`.
fn kind_of(part: &str) -> &str {
    part.split([' ', ':', '.']).next().unwrap_or_default()
}

impl Variant {
    /// It is taken for requests without a body only.
    pub(super) fn takes_no_body(&self) -> bool {
        self.always_asks(|condition| *condition == Condition::BodyEmpty(true))
    }

    fn demands_absence_of(&self, part: &str) -> bool {
        self.always_asks(|condition| match condition {
            Condition::At(site, Test::Absent) => site.place.to_string() == part,
            Condition::Query(false) => part.starts_with("query"),
            _ => false,
        })
    }

    /// Whether each of its tables has such a condition.
    fn always_asks(&self, is_it: impl Fn(&Condition) -> bool) -> bool {
        !self.when.is_empty() && self.when.iter().all(|table| table.iter().any(&is_it))
    }

    /// What a place has to be for this variant.
    fn values_at(&self, place: &Place) -> Option<&[ClaimValue]> {
        let [table] = self.when.as_slice() else {
            return None;
        };
        table.iter().find_map(|condition| match condition {
            Condition::At(site, Test::Is(values)) if site.place == *place => Some(&**values),
            _ => None,
        })
    }
}

/// Whether no string to sign of one can be one of the other.
fn are_distinct(one: &Variant, other: &Variant, around: &Around<'_>) -> bool {
    let (Message::Template(left), Message::Template(right)) = (&one.message, &other.message) else {
        return false;
    };
    if left == right && one.demands == other.demands {
        return read_one_time_and_id(one, other)
            && are_chosen_by_signed_places(one)
            && are_chosen_by_signed_places(other);
    }
    [Side::Right, Side::Left].into_iter().any(|side| {
        Walk {
            side,
            around,
            one: Walker::new(one, left, side),
            other: Walker::new(other, right, side),
        }
        .finds_a_difference()
    })
}

/// Whether two fields of a fixed form have the same one.
fn are_as_wide(one: &Segment, other: &Segment) -> bool {
    match (one, other) {
        (Segment::Field(one), Segment::Field(other)) => {
            one == other || (one.digest.is_some() && one.digest == other.digest)
        }
        _ => false,
    }
}

/// Otherwise what was signed at one place may move to another: a token of a JSON body
/// into a form.
fn read_one_time_and_id(one: &Variant, other: &Variant) -> bool {
    let time = |variant: &Variant| variant.timestamp.as_ref().map(|site| site.place.clone());
    let id = |variant: &Variant| {
        let site = variant.delivery_id.as_ref();
        site.filter(|_| variant.covers.delivery_id == Coverage::Signed)
            .map(|site| site.place.clone())
    };
    time(one) == time(other) && id(one) == id(other)
}

/// A sender who cannot change what decides cannot change the decision.
fn are_chosen_by_signed_places(variant: &Variant) -> bool {
    variant
        .when
        .iter()
        .flatten()
        .all(|condition| match condition {
            Condition::At(_, Test::Absent) => true,
            Condition::At(site, _) => variant.signed_places.contains(&site.place),
            Condition::Query(_) => variant.covers.url == CoverageLevel::Full,
            Condition::Method(_)
            | Condition::BodyEmpty(_)
            | Condition::ContentTypeForm
            | Condition::ContentType(_) => true,
        })
}

/// Two templates side by side, from one end.
struct Walk<'v> {
    side: Side,
    around: &'v Around<'v>,
    one: Walker<'v>,
    other: Walker<'v>,
}

/// One of them.
struct Walker<'v> {
    variant: &'v Variant,
    segments: &'v [Segment],
    /// Counted from the end that the walk begins at.
    walked: usize,
    /// What is left of a literal.
    literal: &'v [u8],
    side: Side,
}

enum Next<'v> {
    End,
    Literal(&'v [u8]),
    /// A field or list, by its position.
    Value(usize, &'v Segment),
}

impl<'v> Walker<'v> {
    fn new(variant: &'v Variant, template: &'v Template, side: Side) -> Self {
        Self {
            variant,
            segments: template.segments(),
            walked: 0,
            literal: &[],
            side,
        }
    }

    fn next(&self) -> Next<'v> {
        if !self.literal.is_empty() {
            return Next::Literal(self.literal);
        }
        let position = match self.side {
            Side::Right => self.walked,
            Side::Left => match self.segments.len().checked_sub(self.walked + 1) {
                Some(position) => position,
                None => return Next::End,
            },
        };
        match self.segments.get(position) {
            None => Next::End,
            Some(Segment::Literal(text)) => Next::Literal(text),
            Some(segment) => Next::Value(position, segment),
        }
    }

    /// Goes past so much of a literal.
    fn pass(&mut self, literal: &'v [u8], bytes: usize) {
        self.literal = match self.side {
            Side::Right => literal.get(bytes..),
            Side::Left => literal.get(..literal.len().saturating_sub(bytes)),
        }
        .unwrap_or_default();
        if self.literal.is_empty() {
            self.walked += 1;
        }
    }
}

impl Walk<'_> {
    /// Whether some position holds one thing in one template and cannot hold it in
    /// the other.
    fn finds_a_difference(mut self) -> bool {
        loop {
            match (self.one.next(), self.other.next()) {
                (Next::End, Next::Literal(_)) | (Next::Literal(_), Next::End) => return true,
                (Next::End, _) | (_, Next::End) => return false,
                (Next::Literal(one), Next::Literal(other)) => {
                    let bytes = one.len().min(other.len());
                    let begins = |text: &[u8]| match self.side {
                        Side::Right => text.get(..bytes).map(<[u8]>::to_vec),
                        Side::Left => text.get(text.len() - bytes..).map(<[u8]>::to_vec),
                    };
                    if begins(one) != begins(other) {
                        return true;
                    }
                    self.one.pass(one, bytes);
                    self.other.pass(other, bytes);
                }
                (Next::Literal(literal), Next::Value(_, value))
                | (Next::Value(_, value), Next::Literal(literal)) => {
                    return cannot_hold(value, literal, self.side);
                }
                (Next::Value(one_at, one), Next::Value(other_at, other)) => {
                    let end = |walker: &Walker<'_>, at: usize| {
                        let is_joined = matches!(&walker.variant.message, Message::Template(template) if template.boundaries().is_joined(at));
                        shown_end(walker.segments, at, self.side, self.around)
                            .filter(|_| !is_joined)
                    };
                    // Where one goes on behind the end of the other, nothing is known.
                    let end_alike = match (end(&self.one, one_at), end(&self.other, other_at)) {
                        (Some(End::Stop(one)), Some(End::Stop(other))) => one == other,
                        (Some(End::Fixed), Some(End::Fixed)) => are_as_wide(one, other),
                        _ => false,
                    };
                    if !end_alike {
                        return false;
                    }
                    if self.are_of_other_values(one, other) {
                        return true;
                    }
                    self.one.walked += 1;
                    self.other.walked += 1;
                }
            }
        }
    }

    /// Whether both are one place, of which the variants demand different values.
    fn are_of_other_values(&self, one: &Segment, other: &Segment) -> bool {
        let (Some(FieldSource::Place(one, _)), Some(FieldSource::Place(other, _))) =
            (one.source(), other.source())
        else {
            return false;
        };
        let place = &one.place;
        let values = (
            self.one.variant.values_at(place),
            self.other.variant.values_at(place),
        );
        match values {
            // They are written without their kind.
            (Some(one), Some(others)) if *place == other.place => {
                let written = |values: &[ClaimValue]| -> Vec<String> {
                    values.iter().map(ClaimValue::to_string).collect()
                };
                let others = written(others);
                !written(one).iter().any(|value| others.contains(value))
            }
            _ => false,
        }
    }
}

/// Digests are written in letters that the literal does not begin with.
fn cannot_hold(value: &Segment, literal: &[u8], side: Side) -> bool {
    let Segment::Field(field) = value else {
        return false;
    };
    let byte = match side {
        Side::Right => literal.first(),
        Side::Left => literal.last(),
    };
    let is_of_text = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    field
        .digest
        .is_some_and(|digest| digest.encoding != DigestEncoding::Raw)
        && byte.is_some_and(|byte| !is_of_text(byte))
}
