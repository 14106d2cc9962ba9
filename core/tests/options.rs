//! Every option of the catalogue is read, none is ignored, and what is wrong with
//! one is told by the catalogue's own words.

mod common;

use std::collections::BTreeMap;

use common::option_values::{public_key, value};
use hookseal::{Error, ErrorCode, OptionValue, Options, Verifier, schemes_json};
use serde_json::Value;

/// Options that make a proof together.
const PROOFS: [&[&str]; 16] = [
    &[],
    &["audience"],
    &["url_token"],
    &["header_token"],
    &["username", "password"],
    &["header_value"],
    &["secret", "cipher"],
    &["entra"],
    &["issuer", "audience", "jwks_uri"],
    &["issuer", "audience", "metadata_uri"],
    &["issuer", "audience", "jwks"],
    &["issuer", "audience", "hmac_secret"],
    &["introspection"],
    &["jwks"],
    &["jwks_uri"],
    &["metadata_uri"],
];

type Given = BTreeMap<String, OptionValue>;

/// Where options are given: to a scheme, or as members of a group of one.
struct Place {
    scheme: String,
    group: Option<String>,
    options: Vec<Value>,
}

impl Place {
    fn all() -> Vec<Self> {
        let schemes: Vec<Value> = serde_json::from_str(schemes_json()).unwrap();
        let mut places = Vec::new();
        for scheme in &schemes {
            let id = text(&scheme["id"]);
            let options = scheme["options"].as_array().unwrap();
            for group in options.iter().filter(|option| option["group"] == true) {
                places.push(Self {
                    scheme: id.to_owned(),
                    group: Some(text(&group["name"]).to_owned()),
                    options: group["members"].as_array().unwrap().clone(),
                });
            }
            places.push(Self {
                scheme: id.to_owned(),
                group: None,
                options: options.clone(),
            });
        }
        assert!(places.len() > schemes.len());
        places
    }

    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|option| option["name"] == *name)
    }

    /// The values of these options.
    fn given<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Given {
        let option = |name: &str| self.options.iter().find(|it| it["name"] == *name).unwrap();
        let value = |name: &str| match text(&option(name)["kind"]) {
            "public_key" => public_key(&self.scheme),
            _ => value(&self.scheme, name),
        };
        let names = names.into_iter();
        let mut given: Given = names.map(|name| (name.to_owned(), value(name))).collect();
        // A permission does something only where what it permits is there.
        if given.contains_key("allow_empty_password")
            && let Some(password) = given.get_mut("password")
        {
            *password = "".into();
        }
        if given.contains_key("allow_legacy_ciphers") {
            let cipher = ["cipher", "ciphers"].into_iter().find(|it| self.has(it));
            given.insert(cipher.unwrap().to_owned(), "bf-cbc".into());
        }
        given
    }

    fn verifier(&self, given: Given) -> Result<Verifier, Error> {
        let options = match &self.group {
            Some(group) => Options::new().with(group, OptionValue::Object(given)),
            None => {
                let given = given.into_iter();
                given.fold(Options::new(), |options, (name, value)| {
                    options.with(&name, value)
                })
            }
        };
        Verifier::new(&self.scheme, options)
    }

    /// All ways to ask for proofs that the scheme knows.
    fn bases(&self) -> Vec<Vec<&str>> {
        let required = self.options.iter().filter(|it| it["required"] == true);
        let required: Vec<&str> = required.map(|it| text(&it["name"])).collect();
        let known = PROOFS
            .iter()
            .filter(|proof| proof.iter().all(|it| self.has(it)));
        let with_required = known.map(|proof| [&required, *proof].concat());
        let bases: Vec<_> = with_required
            .filter(|names| self.verifier(self.given(names.iter().copied())).is_ok())
            .collect();
        assert!(!bases.is_empty(), "{}", self.scheme);
        bases
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.options.iter().map(|option| text(&option["name"]))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The sentence of a rejection.
fn rejected(verifier: Result<Verifier, Error>) -> String {
    let error = verifier.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Configuration, "{}", error.detail());
    error.detail().to_owned()
}

#[test]
fn every_option_is_read_beside_what_it_needs() {
    for place in Place::all() {
        let bases = place.bases();
        for option in &place.options {
            let name = text(&option["name"]);
            let needs: Vec<&str> = match option["needs"].as_array() {
                Some(needs) => needs.iter().map(text).collect(),
                None => vec![name],
            };
            let is_read = bases.iter().any(|base| {
                needs.iter().any(|needed| {
                    let names = base.iter().chain([&name, needed]).copied();
                    place.verifier(place.given(names)).is_ok()
                })
            });
            assert!(is_read, "{} {:?}: {name}", place.scheme, place.group);
        }
    }
}

#[test]
fn an_option_is_read_or_rejected_by_its_name() {
    let mut idle = 0;
    for place in Place::all() {
        for base in place.bases() {
            for name in place.names().filter(|name| !base.contains(name)) {
                let names = base.iter().copied().chain([name]);
                let verifier = place.verifier(place.given(names));
                if verifier.is_ok() {
                    continue;
                }
                let detail = rejected(verifier);
                let shown = format!("{} {base:?} {name}: {detail}", place.scheme);
                let others = ["in the same header", "option cipher: is missing"];
                let is_told = detail.contains(name) || others.iter().any(|it| detail.contains(it));
                assert!(is_told, "{shown}");
                idle += usize::from(detail.contains("does nothing"));
            }
        }
    }
    assert!(idle > 100, "{idle}");
}

/// What the catalogue says of kind, range and values is what is taken.
#[test]
fn the_catalogue_tells_what_an_option_takes() {
    for place in Place::all() {
        let base = &place.bases()[0];
        for option in place.options.iter().filter(|it| it["common"] == true) {
            let name = text(&option["name"]);
            let given = |value: OptionValue| {
                let mut given = place.given(base.iter().copied());
                given.insert(name.to_owned(), value);
                place.verifier(given)
            };
            let wrong: Vec<OptionValue> = match text(&option["kind"]) {
                "switch" => vec!["true".into(), 1.into()],
                "text" => vec![1.into(), true.into(), vec!["x"].into()],
                "texts" => vec![1.into(), Vec::<&str>::new().into(), vec![1].into()],
                "seconds" | "size" => {
                    let range = &option["range"];
                    let mut wrong = vec!["1".into(), true.into()];
                    wrong.push((range["min"].as_i64().unwrap() - 1).into());
                    wrong.extend(range["max"].as_i64().map(|max| (max + 1).into()));
                    let min = given(range["min"].as_i64().unwrap().into());
                    let needed = format!("option {name}: does nothing");
                    assert!(min.is_ok() || rejected(min).contains(&needed));
                    wrong
                }
                other => panic!("{other}"),
            };
            for value in wrong {
                let detail = rejected(given(value));
                assert!(detail.starts_with(&format!("option {name}: ")), "{detail}");
            }
        }
    }
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    for place in Place::all() {
        for name in place.names() {
            let slip = format!("{}{}", &name[..1], &name[2..]);
            let mut given = place.given(place.bases()[0].iter().copied());
            given.insert(slip.clone(), true.into());
            let detail = rejected(place.verifier(given));
            let owner = match &place.group {
                Some(group) => format!("option {group}"),
                None => format!("scheme {}", place.scheme),
            };
            let expected =
                format!("option {slip} is unknown to {owner}; did you mean {name}? allowed are ");
            assert!(detail.starts_with(&expected), "{detail}");
        }
    }
    let schemes: Vec<Value> = serde_json::from_str(schemes_json()).unwrap();
    for id in schemes.iter().map(|scheme| text(&scheme["id"])) {
        let slip = id.replacen(&id[1..3], &id[2..3], 1);
        let detail = rejected(Verifier::new(&slip, Options::new()));
        assert!(detail.contains(&format!("did you mean {id}?")), "{detail}");
    }
    for (written, id) in [
        ("plivo-v3", "plivo"),
        ("aws-sns-v2", "aws-sns"),
        ("linear-webhooks", "linear"),
        ("adyen", "adyen-payment"),
        ("sns", "aws-sns"),
        ("event-grid", "azure-event-grid"),
    ] {
        let detail = rejected(Verifier::new(written, Options::new()));
        assert!(detail.contains(&format!("did you mean {id}?")), "{detail}");
    }
    let detail = rejected(Verifier::new("acme", Options::new()));
    assert!(!detail.contains("did you mean"), "{detail}");
}

#[test]
fn why_an_option_does_nothing() {
    let sentence = |scheme: &str, options: Options| rejected(Verifier::new(scheme, options));
    let vcc = || Options::new().with("url_token", common::SECRET);
    assert_eq!(
        sentence("vcc-live", vcc().with("cipher", "aes-256-cbc")),
        "option cipher: does nothing without secret"
    );
    let jwt = || {
        Options::new()
            .with("issuer", "https://issuer.example")
            .with("audience", "me")
    };
    assert_eq!(
        sentence(
            "bearer-jwt",
            jwt().with("introspection", true).with("jwks_max_age", 9)
        ),
        "option jwks_max_age: does nothing beside introspection"
    );
    let decrypt = vcc()
        .with("secret", common::SECRET)
        .with("cipher", "aes-256-cbc")
        .with("random_iv", "disabled")
        .with("lenient_iv", true);
    assert_eq!(
        sentence("vcc-live", decrypt),
        "option lenient_iv: does nothing without an IV: random_iv is disabled"
    );
    assert_eq!(
        sentence(
            "enablex",
            Options::new()
                .with("app_id", common::SECRET)
                .with("allow_legacy_ciphers", true)
        ),
        "option allow_legacy_ciphers: does nothing without such a cipher in ciphers"
    );
    let basic = Options::new()
        .with("username", "u")
        .with("password", common::SECRET);
    assert_eq!(
        sentence("basic", basic.with("allow_empty_password", true)),
        "option allow_empty_password: does nothing without an empty password"
    );
    let github = Options::new().with("secret", common::SECRET);
    let both = github
        .with("public_url", "https://a.example")
        .with("allowed_hosts", "a.example");
    assert_eq!(
        sentence("github", both),
        "option allowed_hosts: does nothing beside public_url"
    );
}
