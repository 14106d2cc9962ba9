//! From a scheme file to a plan, with every promise checked: a file that claims
//! or allows more than it proves is rejected.

use crate::canonical::{ListFunction, Listing, rfc9421};
use crate::coverage::CoverageLevel;
use crate::error::Error;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::time::{MAX_TOLERANCE_SECONDS, TimeFormat, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::request::{Header, MAX_HEADER_NAMES, Needs, RequestPlace};
use crate::scheme::challenges::{ChallengeRule, DescribedSection};
use crate::scheme::check::check;
use crate::scheme::condition::{Condition, ConditionSection, Tables};
use crate::scheme::coverage::Draft;
use crate::scheme::demand::Demand;
use crate::scheme::file::{
    ConstantSection, DeliveryIdSection, ParseSection, SchemeFile, SignatureSection, Signed,
    VariantSection,
};
use crate::scheme::id_rule::IdRule;
use crate::scheme::listed::ListedSection;
use crate::scheme::option_specs::HEADERS;
use crate::scheme::pattern::{Pattern, PatternName};
use crate::scheme::place::{Kinds, Place};
use crate::scheme::plan::{
    BindingPlan, CertificatePlan, Grammar, Parse, Plan, SignaturePlan, TimeRule, Variant,
};
use crate::scheme::proofs::{JwtSection, TokenPlace};
use crate::scheme::segment::{FieldSource, Segment, Site, Slot};
use crate::scheme::shadows::Shadows;
use crate::scheme::string_to_sign::{Listed, Message};
use crate::scheme::template::{Around, Template};
use crate::scheme::variants;

/// Bounds that no real provider comes near.
const MAX_VARIANTS: usize = 16;
const MAX_URL_FORMS: usize = 8;
const MAX_PUBLIC_KEY_URL_FORMS: usize = 4;
const MAX_BODIES: usize = 2;
const MAX_PATTERNS: usize = 8;
const MAX_CHALLENGES: usize = 8;
const MAX_PATTERN_PARTS: usize = 4;

/// The part that holds the list as it is signed; no pattern can name it.
const LIST: &str = "@signature-params";

/// What a string to sign may mention.
const SIGNED_PLACES: &Kinds = &["header", "query", "form", "json", "signature", "option"];

/// Compiles a file to a plan, and to what the plan reads of a request. The error
/// says which file, which section and what is allowed.
pub(crate) fn compile(file: &SchemeFile) -> Result<(Plan, Needs), Error> {
    let mut compiler = Compiler {
        needs: Needs::default(),
        parts: Vec::new(),
        claims: has_claims(file).then(Vec::new),
        constants: &file.option,
        may_be_configured: file.variant.is_empty()
            && file.require.is_empty()
            && file.event_type.is_none()
            && file.challenge.described().is_empty(),
        around: Around {
            id_characters: file
                .delivery_id
                .as_ref()
                .map_or(&[], |it| it.characters.as_bytes()),
            has_rfc3339: file
                .timestamp
                .as_ref()
                .is_some_and(|it| it.format == TimeFormat::Rfc3339),
        },
    };
    compiler
        .plan(file)
        .map(|plan| (plan, compiler.needs))
        .map_err(|what| Error::configuration(format!("scheme {}: {what}", file.id)))
}

/// Collects what the plan needs while it makes the plan.
struct Compiler<'f> {
    needs: Needs,
    /// The parts that patterns name.
    parts: Vec<String>,
    /// Pointers to claims; `None` where no token is verified.
    claims: Option<Vec<String>>,
    constants: &'f [ConstantSection],
    around: Around<'f>,
    /// Nothing in the file relies on what is signed.
    may_be_configured: bool,
}

impl Compiler<'_> {
    fn plan(&mut self, file: &SchemeFile) -> Result<Plan, String> {
        check(file)?;
        let mut signature = match &file.signature {
            Some(section) => Some(self.signature(file, section)?),
            None => None,
        };
        let binding = match (&file.signature, &file.jwt) {
            (None, Some(jwt)) => self.binding(file, jwt)?,
            _ => None,
        };
        let challenges = self.challenges(file, signature.as_ref())?;
        if let Some(signature) = &mut signature {
            signature.answers_with_mac = challenges.iter().any(ChallengeRule::answers_with_mac);
        }
        if let Some(signature) = &mut signature {
            signature.reads_json = !self.needs.pointers().is_empty();
        }
        Ok(Plan {
            id: file.id.clone(),
            methods: file.methods.clone(),
            signature,
            binding,
            challenges,
        })
    }

    /// What a token says about the request, where the file asks for that.
    fn binding(
        &mut self,
        file: &SchemeFile,
        jwt: &JwtSection,
    ) -> Result<Option<BindingPlan>, String> {
        let is_body = jwt.from == TokenPlace::Body;
        let is_bound = !file.require.is_empty()
            || !file.variant.is_empty()
            || file.delivery_id.is_some()
            || file.event_type.is_some()
            || is_body
            || jwt.detached.is_some();
        if !is_bound {
            check_unbound(jwt, file.key.is_some())?;
            return Ok(None);
        }
        if jwt.group.is_some() {
            return Err(
                "jwt.group: a token that is bound to the request is always there".to_owned(),
            );
        }
        let variants = self.variants(file, None)?;
        variants::check(&file.variant, &variants, &self.around)?;
        check_bound(jwt, &variants)?;
        let content_type = self.content_type(&variants);
        if variants.iter().any(Variant::reads_url) {
            self.needs.url();
        }
        Ok(Some(BindingPlan {
            variants,
            claims: self.claims.take().unwrap_or_default(),
            content_type,
            is_body,
        }))
    }

    fn content_type(&mut self, variants: &[Variant]) -> Option<Header> {
        let mut variants = variants.iter();
        variants
            .any(Variant::reads_content_type)
            .then(|| self.needs.header("content-type"))
    }

    fn signature(
        &mut self,
        file: &SchemeFile,
        section: &SignatureSection,
    ) -> Result<SignaturePlan, String> {
        let parse = match grammar(file) {
            None => self.parse(file, &section.parse)?,
            Some(listed) => self.message_signature(file, section, listed)?,
        };
        let time = time_rule(file)?;
        let mut variants = self.variants(file, Some(section))?;
        variants::check(&file.variant, &variants, &self.around)?;
        variants::lower_what_can_be_exchanged(&mut variants, &self.around);
        if !section.url.is_empty() && !variants.iter().any(Variant::reads_url) {
            return Err("signature.url: nothing here reads the URL".to_owned());
        }
        let is_listed = |variant: &Variant| matches!(variant.message, Message::Listed(_));
        let has_date = time
            .as_ref()
            .is_some_and(|it| it.format == TimeFormat::HttpDate);
        if has_date && !variants.iter().all(is_listed) {
            return Err("timestamp.format: http-date belongs to signed.listed".to_owned());
        }
        if !section.url.is_empty() && variants.iter().any(is_listed) {
            return Err("signature.url: what is listed has the URL as it is".to_owned());
        }
        let content_type = self.content_type(&variants);
        if variants.iter().any(Variant::reads_url) {
            self.needs.url();
        }
        if self.needs.header_names().len() > MAX_HEADER_NAMES {
            return Err(format!("more than {MAX_HEADER_NAMES} headers are read"));
        }
        let certificate = match file.key.as_ref().and_then(|key| key.certificate.as_ref()) {
            None => None,
            Some(certificate) => Some(CertificatePlan {
                function: certificate.function,
                site: self.locate(certificate.from.clone())?,
            }),
        };
        let url_forms = url_forms(&section.url)?;
        let algorithms = section.algorithm_option.iter().flat_map(|it| &it.values);
        let is_public = [&section.algorithm]
            .into_iter()
            .chain(algorithms)
            .any(|it| matches!(it, SignatureAlgorithm::PublicKey(_)));
        if is_public && url_forms.len() > MAX_PUBLIC_KEY_URL_FORMS {
            return Err(format!(
                "signature.url: at most {MAX_PUBLIC_KEY_URL_FORMS} forms with a public key"
            ));
        }
        Ok(SignaturePlan {
            algorithm: section.algorithm,
            algorithm_option: section.algorithm_option.clone(),
            parse,
            encoding: section.encoding,
            time,
            variants,
            url_forms,
            content_type,
            reads_json: false,
            answers_with_mac: false,
            certificate,
        })
    }

    fn parse(&mut self, file: &SchemeFile, section: &ParseSection) -> Result<Parse, String> {
        let is_authorization = |place: &Place| *place == Place::Header("authorization".to_owned());
        let sections = file
            .variant
            .iter()
            .filter_map(|variant| variant.from.as_ref());
        let mut places = sections
            .flatten()
            .chain(file.signature.iter().flat_map(|it| &it.from));
        let from_authorization = places.any(is_authorization);
        if section.entries.is_empty() || section.entries.len() > MAX_PATTERNS {
            return Err(format!(
                "signature.parse.entries: expected 1 to {MAX_PATTERNS} patterns"
            ));
        }
        if section.split.is_none() && section.entries.len() > 1 {
            return Err("signature.parse: several entries need split".to_owned());
        }
        let mut patterns = Vec::new();
        for text in &section.entries {
            let pattern = Pattern::parse(text, from_authorization, &mut |name| match name {
                PatternName::Part(name) => Ok(position_or_new(&mut self.parts, name)),
                PatternName::Option(name) => constant(self.constants, name),
            });
            patterns.push(pattern.map_err(|what| format!("signature.parse: {what}"))?);
        }
        if self.parts.len() > MAX_PATTERN_PARTS {
            return Err(format!(
                "signature.parse: more than {MAX_PATTERN_PARTS} parts"
            ));
        }
        if !patterns.iter().any(Pattern::holds_signature) {
            return Err("signature.parse: no pattern holds {signature}".to_owned());
        }
        Ok(Parse {
            split: section.split.map(|separator| separator.0),
            patterns,
            parts: self.parts.clone(),
            grammar: Grammar::Patterns,
        })
    }

    /// The grammar of RFC 9421, in the place of patterns.
    fn message_signature(
        &mut self,
        file: &SchemeFile,
        section: &SignatureSection,
        listed: &ListedSection,
    ) -> Result<Parse, String> {
        let is_rfc = listed.function == ListFunction::Rfc9421;
        let is_one = match section.from.as_slice() {
            [Place::Header(_)] => true,
            [Place::Header(_), Place::Header(_)] => !is_rfc,
            _ => false,
        };
        let is_other =
            |variant: &VariantSection| variant.from.is_some() || variant.signed.is_some();
        if file.variant.iter().any(is_other) {
            return Err(
                "variant: with rfc9421 and cavage, all have one from and signed".to_owned(),
            );
        }
        if !is_one {
            return Err("signature.from: expected one header; with cavage one or two".to_owned());
        }
        let is_plain = section.parse.split.is_none() && section.parse.entries == ["{signature}"];
        if !is_plain || section.encoding != TextEncoding::Base64 {
            return Err(
                "signature: the function has a grammar of its own, so there is no parse, and \
                 signatures are base64"
                    .to_owned(),
            );
        }
        let grammar = match &listed.from {
            Place::Header(name) if is_rfc => Grammar::MessageSignature(self.needs.header(name)),
            Place::Signature(part) if !is_rfc && part == "headers" => Grammar::Parameters,
            _ => {
                return Err(
                    "signature.signed.from: expected the header of the input; with cavage \
                     signature:headers"
                        .to_owned(),
                );
            }
        };
        self.parts.extend(rfc9421::PARTS.map(str::to_owned));
        self.parts.push(LIST.to_owned());
        Ok(Parse {
            split: None,
            patterns: Vec::new(),
            parts: self.parts.clone(),
            grammar,
        })
    }

    /// What the request lists: it is read of the place that the grammar puts it in.
    fn listed(&mut self, section: &ListedSection) -> Result<Message, String> {
        let from = match section.function {
            ListFunction::Rfc9421 | ListFunction::Cavage => Place::Signature(LIST.to_owned()),
            ListFunction::Contentful | ListFunction::Hook0 => section.from.clone(),
        };
        let option = section.is_configurable.then(|| HEADERS.to_owned());
        let mut header = |name: &str| self.needs.header(name);
        let listing = Listing::new(
            section.function,
            &section.demands,
            &section.allows,
            option,
            &mut header,
        )?;
        if section.function.may_list_url() {
            self.needs.possible_url();
        }
        if !listing.covered().is_bound() {
            return Err(
                "demands: neither the body nor the URL has to be signed, so one signature would \
                 prove every delivery"
                    .to_owned(),
            );
        }
        if section.function == ListFunction::Contentful {
            let is_own = |name: &str| section.demands.iter().any(|demand| demand == name);
            if !section.from.as_header().is_some_and(is_own) {
                return Err("demands: the list has to list the header that it stands in".to_owned());
            }
        }
        if section.is_configurable && !self.may_be_configured {
            return Err(
                "configurable: nothing that users choose can be relied on, so there are no \
                 variants, no require, no event_type and no challenge"
                    .to_owned(),
            );
        }
        Ok(Message::Listed(Listed {
            from: self.locate(from)?,
            listing,
            configurable: section.is_configurable.then(|| section.clone()),
        }))
    }

    fn variants(
        &mut self,
        file: &SchemeFile,
        signature: Option<&SignatureSection>,
    ) -> Result<Vec<Variant>, String> {
        if file.variant.is_empty() {
            let always = VariantSection::default();
            let name = if signature.is_some() {
                "signature"
            } else {
                "jwt"
            };
            return Ok(vec![self.variant(file, signature, &always, name)?]);
        }
        if file.variant.len() > MAX_VARIANTS {
            return Err(format!("more than {MAX_VARIANTS} variants"));
        }
        let last = file.variant.len() - 1;
        let mut variants = Vec::new();
        for (position, section) in file.variant.iter().enumerate() {
            let name = format!("variant[{position}]");
            let variant = self.variant(file, signature, section, &name)?;
            if variant.when.is_empty() && position < last {
                return Err(format!(
                    "{name} always holds, so none after it is ever taken"
                ));
            }
            variants.push(variant);
        }
        Ok(variants)
    }

    fn variant(
        &mut self,
        file: &SchemeFile,
        signature: Option<&SignatureSection>,
        section: &VariantSection,
        name: &str,
    ) -> Result<Variant, String> {
        let inside = |part: &'static str| move |what: String| format!("{name}.{part}: {what}");
        let (from, message) = match signature {
            Some(signature) => self.signed(signature, section, name)?,
            None if section.from.is_some() || section.signed.is_some() => {
                return Err(format!("{name}: from and signed belong to a signature"));
            }
            None if file.jwt.as_ref().is_some_and(|jwt| jwt.detached.is_some()) => {
                let body = Signed::Template("{body}".to_owned());
                (Vec::new(), self.message(&body)?)
            }
            None => (Vec::new(), Message::Template(Template::empty())),
        };
        let timestamp = match &file.timestamp {
            None if section.timestamp.is_some() => {
                return Err(format!("{name}.timestamp: there is no [timestamp]"));
            }
            None => None,
            Some(time) => {
                let place = section.timestamp.as_ref().or(time.from.as_ref());
                let place = place.ok_or_else(|| format!("{name}.timestamp.from is missing"))?;
                Some(self.locate(place.clone()).map_err(inside("timestamp"))?)
            }
        };
        let id_place = section.delivery_id.as_ref();
        let id_section = file.delivery_id.as_ref();
        let id_place = id_place.or_else(|| id_section.and_then(|it| it.from.as_ref()));
        let delivery_id = match id_place {
            None => None,
            Some(place) => Some(self.locate(place.clone()).map_err(inside("delivery_id"))?),
        };
        let event_type = match &file.event_type {
            None => None,
            Some(place) => Some(self.locate(place.clone()).map_err(inside("event_type"))?),
        };
        let when = self.conditions(&section.when).map_err(inside("when"))?;
        let mut demands = Vec::new();
        for demand in file.require.iter().chain(&section.require) {
            let around = self.around;
            let demand = demand.compile(&around, &mut |place| self.locate(place));
            let demand = demand.map_err(inside("require"))?;
            check_demand(&demand, signature.is_some()).map_err(inside("require"))?;
            demands.push(demand);
        }
        let demanded = demands.iter().flat_map(|demand| &demand.sites);
        check_body_kind(
            &message,
            from.iter().chain(demanded),
            [&timestamp, &delivery_id, &event_type],
        )
        .map_err(|what| format!("{name}: {what}"))?;

        let draft = Draft {
            name,
            algorithm: signature.map(|signature| signature.algorithm),
            is_token_body: signature.is_none()
                && file
                    .jwt
                    .as_ref()
                    .is_some_and(|jwt| jwt.from == TokenPlace::Body),
            url_forms: signature.map_or(&[], |signature| &signature.url),
            from: &from,
            message: &message,
            timestamp: timestamp.as_ref(),
            delivery_id: delivery_id.as_ref(),
            event_type: event_type.as_ref(),
            demands: &demands,
        };
        let covers = draft.covers()?;
        check_pinned(file, &draft)?;
        let conditions = when.iter().flatten().filter_map(Condition::place);
        let asked = conditions.chain(file.challenge.places());
        let signed_places = asked.filter(|it| draft.is_covered(it)).cloned().collect();
        let id_characters = id_section.map(characters).unwrap_or_default();
        let id_rule = draft
            .mentions_id()
            .then(|| IdRule::new(id_characters, &message));
        let shadows = self.shadows(&draft, &when);
        Ok(Variant {
            when,
            from,
            timestamp,
            delivery_id,
            event_type,
            id_rule,
            demands,
            covers,
            signed_places,
            shadows,
            message,
        })
    }

    /// Where the signature stands, and what is signed.
    fn signed(
        &mut self,
        signature: &SignatureSection,
        section: &VariantSection,
        name: &str,
    ) -> Result<(Vec<Site>, Message), String> {
        let from = section.from.as_ref().unwrap_or(&signature.from);
        let from = self.sites(from.iter());
        let from = from.map_err(|what| format!("{name}.from: {what}"))?;
        if from.is_empty() {
            return Err(format!("{name}.from: at least one place is needed"));
        }
        let signed = section.signed.as_ref().or(signature.signed.as_ref());
        let signed = signed.ok_or_else(|| format!("{name}.signed: what is signed is missing"))?;
        let message = self.message(signed).and_then(|message| {
            check_message(&message, signature.algorithm)?;
            Ok(message)
        });
        let message = message.map_err(|what| format!("{name}.signed: {what}"))?;
        Ok((from, message))
    }

    fn message(&mut self, signed: &Signed) -> Result<Message, String> {
        let around = self.around;
        match signed {
            Signed::Canonical(canonical) => Ok(Message::Canonical(*canonical)),
            Signed::Listed(section) => self.listed(section),
            Signed::Template(text) => Template::parse(text, SIGNED_PLACES, &around, &mut |place| {
                self.locate(place)
            })
            .map(Message::Template),
        }
    }

    fn conditions(
        &mut self,
        tables: &Tables<ConditionSection>,
    ) -> Result<Tables<Condition>, String> {
        let mut compile = |condition: &ConditionSection| {
            if matches!(condition, ConditionSection::Query(_)) {
                self.needs.query();
            }
            condition.compile(&mut |place| self.locate(place))
        };
        let mut compile_table = |table: &Vec<ConditionSection>| {
            table.iter().map(&mut compile).collect::<Result<_, _>>()
        };
        tables.iter().map(&mut compile_table).collect()
    }

    fn challenges(
        &mut self,
        file: &SchemeFile,
        signature: Option<&SignaturePlan>,
    ) -> Result<Vec<ChallengeRule>, String> {
        let sections = file.challenge.described();
        if sections.len() > MAX_CHALLENGES {
            return Err(format!("more than {MAX_CHALLENGES} challenges"));
        }
        let mut rules = Vec::new();
        for (position, section) in sections.iter().enumerate() {
            let rule = self.challenge(section, signature, !file.token.is_empty());
            rules.push(rule.map_err(|what| format!("challenge[{position}].{what}"))?);
        }
        Ok(rules)
    }

    fn challenge(
        &mut self,
        section: &DescribedSection,
        signature: Option<&SignaturePlan>,
        has_token: bool,
    ) -> Result<ChallengeRule, String> {
        section.check(signature.is_some(), has_token)?;
        let variants: &[Variant] = signature.map_or(&[], |it| &it.variants);
        section.check_covered(|place| {
            let mut variants = variants.iter();
            variants.all(|variant| variant.signed_places.contains(place))
        })?;
        let when = self
            .conditions(&section.when)
            .map_err(|what| format!("when: {what}"))?;
        let reads_type = when.iter().flatten().any(Condition::reads_content_type);
        let around = self.around;
        let reply = section
            .reply
            .compile(&around, &mut |place| self.locate(place))?;
        let rule = ChallengeRule {
            content_type: reads_type.then(|| self.needs.header("content-type")),
            when,
            proof: section.proof,
            token: section.token.clone(),
            reply,
        };
        let has_secret = variants.iter().any(Variant::mentions_secret);
        let is_mac = signature.is_some_and(|it| it.algorithm.mac().is_some());
        if rule.answers_with_mac() && (!is_mac || has_secret) {
            return Err(
                "reply.json: a mac needs a scheme that signs with one, and whose string to sign \
                 does not hold the secret"
                    .to_owned(),
            );
        }
        Ok(rule)
    }

    fn sites<'p>(&mut self, places: impl Iterator<Item = &'p Place>) -> Result<Vec<Site>, String> {
        places.map(|place| self.locate(place.clone())).collect()
    }

    /// Gives a place the slot that its value is found in.
    fn locate(&mut self, place: Place) -> Result<Site, String> {
        let slot = match &place {
            Place::Header(name) => Slot::Request(RequestPlace::Header(self.needs.header(name))),
            Place::Query(name) => {
                self.needs.query();
                Slot::Request(RequestPlace::Query(name.as_bytes().into()))
            }
            Place::Form(name) => {
                self.needs.form();
                Slot::Request(RequestPlace::Form(name.as_bytes().into()))
            }
            Place::Json(pointer) => Slot::Request(RequestPlace::Json(self.needs.json(pointer))),
            Place::Signature(name) => {
                let position = self.parts.iter().position(|part| part == name);
                let position =
                    position.ok_or_else(|| format!("signature.parse names no part `{name}`"))?;
                Slot::Part(position)
            }
            Place::Claim(name) => Slot::Claim(self.claim(name)?),
            Place::Option(name) => Slot::Constant(constant(self.constants, name)?),
        };
        Ok(Site { place, slot })
    }

    /// The position of a claim's pointer.
    fn claim(&mut self, name: &str) -> Result<usize, String> {
        let claims = self.claims.as_mut();
        let claims = claims.ok_or_else(|| format!("claim:{name}: no token is verified here"))?;
        let pointer = if name.starts_with('/') {
            name.to_owned()
        } else {
            format!("/{}", name.replace('~', "~0"))
        };
        Ok(position_or_new(claims, &pointer))
    }

    fn shadows(&mut self, draft: &Draft<'_>, when: &Tables<Condition>) -> Option<Shadows> {
        let conditions = when.iter().flatten().filter_map(Condition::place);
        let demanded = draft.demands.iter().flat_map(|demand| &demand.sites);
        let sites = draft
            .from
            .iter()
            .chain(draft.timestamp)
            .chain(draft.delivery_id)
            .chain(draft.event_type)
            .chain(demanded);
        let places = sites.map(|site| &site.place).chain(conditions);
        let listed = match draft.message {
            Message::Listed(listed) => Some(listed.listing.covered()),
            Message::Template(_) | Message::Canonical(_) => None,
        };
        let shadows = Shadows::of(draft.segments(), listed.as_ref(), places)?;
        shadows.announce(&mut self.needs);
        Some(shadows)
    }
}

/// What brings a grammar of its own for the text of the signature.
fn grammar(file: &SchemeFile) -> Option<&ListedSection> {
    let variants = file.variant.iter().filter_map(|it| it.signed.as_ref());
    let signed = file.signature.iter().filter_map(|it| it.signed.as_ref());
    signed.chain(variants).find_map(|signed| match signed {
        Signed::Listed(section) => match section.function {
            ListFunction::Rfc9421 | ListFunction::Cavage => Some(section),
            ListFunction::Contentful | ListFunction::Hook0 => None,
        },
        _ => None,
    })
}

fn characters(section: &DeliveryIdSection) -> &str {
    &section.characters
}

fn constant(constants: &[ConstantSection], name: &str) -> Result<usize, String> {
    let position = constants.iter().position(|constant| constant.name == name);
    position.ok_or_else(|| format!("option:{name}: there is no such [[option]]"))
}

fn position_or_new(parts: &mut Vec<String>, name: &str) -> usize {
    let known = parts.iter().position(|part| part == name);
    known.unwrap_or_else(|| {
        parts.push(name.to_owned());
        parts.len() - 1
    })
}

fn time_rule(file: &SchemeFile) -> Result<Option<TimeRule>, String> {
    let Some(section) = &file.timestamp else {
        return Ok(None);
    };
    let Tolerance { past, future } = section.tolerance;
    if past.max(future) > MAX_TOLERANCE_SECONDS {
        return Err(format!(
            "timestamp.tolerance: expected at most {MAX_TOLERANCE_SECONDS} seconds"
        ));
    }
    Ok(Some(TimeRule {
        format: section.format,
        tolerance: section.tolerance,
    }))
}

/// What the algorithm asks of a string to sign.
fn check_message(message: &Message, algorithm: SignatureAlgorithm) -> Result<(), String> {
    if message.bodies() > MAX_BODIES {
        return Err(format!(
            "{{body}} stands there more than {MAX_BODIES} times"
        ));
    }
    let Message::Template(template) = message else {
        return Ok(());
    };
    let count = |is_it: &dyn Fn(&Segment) -> bool| {
        template.segments().iter().filter(|it| is_it(it)).count()
    };
    if count(&|segment| matches!(segment, Segment::Field(field) if field.is_any)) > 1 {
        return Err("one field may be `any`".to_owned());
    }
    let secrets = count(&|segment| segment.source() == Some(&FieldSource::Secret));
    match algorithm {
        SignatureAlgorithm::Hash(_) if secrets != 1 => {
            Err("a plain hash needs {secret} once".to_owned())
        }
        SignatureAlgorithm::Mac(_) if secrets > 1 => {
            Err("{secret} stands there more than once".to_owned())
        }
        SignatureAlgorithm::PublicKey(_) if secrets > 0 => {
            Err("a public key has no {secret}".to_owned())
        }
        _ => Ok(()),
    }
}

/// One variant reads its body as JSON or as a form.
fn check_body_kind<'s>(
    message: &'s Message,
    sites: impl Iterator<Item = &'s Site>,
    others: [&'s Option<Site>; 3],
) -> Result<(), String> {
    let segments = match message {
        Message::Template(template) => template.segments(),
        Message::Canonical(_) | Message::Listed(_) => &[],
    };
    let mentioned = segments
        .iter()
        .filter_map(|segment| match segment.source() {
            Some(FieldSource::Place(site, _)) => Some(site),
            _ => None,
        });
    let others = others.into_iter().flatten();
    let (mut has_json, mut has_form) = (false, message.reads_form());
    for site in mentioned.chain(sites).chain(others) {
        has_json |= matches!(site.place, Place::Json(_));
        has_form |= matches!(site.place, Place::Form(_));
    }
    if has_json && has_form {
        return Err("a body is read as JSON or as a form, not both".to_owned());
    }
    Ok(())
}

/// Who else has messages signed with a key that all customers share must not be
/// taken for the receiver.
fn check_pinned(file: &SchemeFile, draft: &Draft<'_>) -> Result<(), String> {
    if let Some(jwt) = file.jwt.as_ref().filter(|jwt| jwt.detached.is_some())
        && (jwt.jwks_uri.is_some() || jwt.metadata_uri.is_some())
        && !draft.is_pinned()
    {
        return Err(
            "jwt.jwks_uri: every customer can have messages signed with keys of one address, and \
             nothing says whose this one is; require an option that names the receiver, or leave \
             the address to the option"
                .to_owned(),
        );
    }
    let Some(key) = &file.key else {
        return Ok(());
    };
    let has_risk = key
        .risk
        .as_ref()
        .is_some_and(|risk| !risk.trim().is_empty());
    match (key.shared == Some(true), draft.is_pinned()) {
        (true, false) if !has_risk => Err(format!(
            "key.shared: every customer can have messages signed with this key, and nothing in \
             {} says whose this one is; sign or require an option that names the receiver, or \
             say in key.risk what that allows",
            draft.name
        )),
        _ => Ok(()),
    }
}

/// What a computed demand may mention: no secret, and beside a token nothing that only
/// a signature brings.
fn check_demand(demand: &Demand, is_signed: bool) -> Result<(), String> {
    let Some(Message::Template(template)) = demand.computed() else {
        return Ok(());
    };
    for (segment, _) in template.mentions() {
        let is_constant = matches!(segment.source(), Some(FieldSource::Place(site, _)) if matches!(site.place, Place::Option(_)));
        let name = segment.name().unwrap_or_default();
        match segment.source() {
            Some(FieldSource::Secret) => {
                return Err("{secret} is nothing to compare with".to_owned());
            }
            Some(FieldSource::Timestamp | FieldSource::DeliveryId) if !is_signed => {
                return Err(format!("{{{name}}} belongs to a signature"));
            }
            _ if is_constant && !is_signed => {
                return Err(format!("{{{name}}} belongs to a signature"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a token says something of its own.
fn has_claims(file: &SchemeFile) -> bool {
    let jwt = file.jwt.as_ref();
    jwt.is_some_and(|jwt| jwt.detached.is_none())
}

/// A token that says nothing of the request is for its audience, and has an end.
fn check_unbound(jwt: &JwtSection, has_key: bool) -> Result<(), String> {
    if jwt.audience_hint.is_none() {
        return Err("jwt.audience: without one, something of the request must be bound".to_owned());
    }
    if jwt.may_lack_exp && jwt.max_age.is_none() && has_key {
        return Err(NO_END.to_owned());
    }
    Ok(())
}

/// What a token without audience or end has to be bound to.
fn check_bound(jwt: &JwtSection, variants: &[Variant]) -> Result<(), String> {
    let signs_body = |variant: &Variant| variant.covers.body == CoverageLevel::Full;
    let signs_url = |variant: &Variant| variant.covers.url > CoverageLevel::None;
    let is_own_secret = jwt.algorithms.iter().all(|it| it.is_symmetric());
    // The key of a large issuer signs for everybody, so even a request without a body
    // needs its URL bound.
    let is_bound = |variant: &Variant| {
        let is_bodiless = variant.takes_no_body() && (is_own_secret || signs_url(variant));
        signs_body(variant) || is_bodiless
    };
    if jwt.audience_hint.is_none() {
        if !is_own_secret && !variants.iter().all(is_bound) {
            return Err(
                "jwt.audience: without one, the key must be the receiver's own secret, or every \
                 request be bound"
                    .to_owned(),
            );
        }
        if !variants.iter().all(|it| is_bound(it) || signs_url(it)) {
            return Err(
                "jwt.audience: without one, something of the request must be bound".to_owned(),
            );
        }
    }
    if jwt.may_lack_exp && jwt.max_age.is_none() && !variants.iter().all(signs_body) {
        return Err(NO_END.to_owned());
    }
    Ok(())
}

const NO_END: &str = "jwt.expiry: a token without end must be bound to the body, or have a max_age";

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
