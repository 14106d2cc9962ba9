//! What the catalogue says about options: programs are generated from it.

use std::collections::{BTreeMap, BTreeSet};

use hookseal::{schemes_json, token_issuer_options_json};
use serde_json::Value;

/// Each list of options that stands somewhere, with the place.
fn lists() -> Vec<(String, Vec<Value>)> {
    let schemes: Vec<Value> = serde_json::from_str(schemes_json()).unwrap();
    let issuer = serde_json::from_str(token_issuer_options_json()).unwrap();
    let mut lists = vec![("token issuer".to_owned(), issuer)];
    for scheme in &schemes {
        let options = scheme["options"].as_array().unwrap();
        lists.push((text(&scheme["id"]).to_owned(), options.clone()));
        for group in options.iter().filter(|option| option["group"] == true) {
            let place = format!("{} {}", scheme["id"], group["name"]);
            lists.push((place, group["members"].as_array().unwrap().clone()));
        }
    }
    assert!(lists.len() > schemes.len() + 1, "no group");
    lists
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(text).collect()
}

#[test]
fn every_option_is_described_in_full() {
    for (place, options) in lists() {
        for option in options {
            let place = format!("{place} {}", option["name"]);
            let kind = text(&option["kind"]);
            for member in ["required", "secret", "group", "common"] {
                assert!(option[member].is_boolean(), "{place}: {member}");
            }
            let help = text(&option["help"]);
            assert!(!help.is_empty() && !help.ends_with('.'), "{place}: {help}");
            let has_range = ["seconds", "size", "rate"].contains(&kind);
            assert_eq!(option["range"]["min"].is_i64(), has_range, "{place}");
            let has_values = ["choice", "choices"].contains(&kind);
            assert_eq!(!texts(&option["values"]).is_empty(), has_values, "{place}");
            assert_eq!(option["members"].is_array(), kind == "group", "{place}");
            assert_eq!(option["group"], kind == "group", "{place}");
            if kind.ends_with("secret") {
                assert_eq!(option["secret"], true, "{place}");
            }
            assert!(
                option["required"] == false || option.get("default").is_none(),
                "{place}"
            );
        }
    }
}

#[test]
fn every_default_is_a_value_of_its_option() {
    for (place, options) in lists() {
        for option in options {
            let Some(default) = option.get("default") else {
                assert_ne!(option["kind"], "switch", "{place} {}", option["name"]);
                continue;
            };
            let is_right = match text(&option["kind"]) {
                "text" => default.is_string(),
                "texts" => default.as_array().is_some_and(|it| !it.is_empty()),
                "choice" => texts(&option["values"]).contains(&text(default)),
                "switch" => default.is_boolean(),
                "seconds" => {
                    let range = &option["range"];
                    let number = default.as_i64().unwrap();
                    range["min"].as_i64() <= Some(number)
                        && range["max"].as_i64().is_none_or(|max| number <= max)
                }
                other => panic!("{place}: {other} has a default"),
            };
            assert!(is_right, "{place} {}: {default}", option["name"]);
        }
    }
}

/// A group stands in the same list as what its members need beside it.
#[test]
fn options_refer_to_options() {
    for (place, options) in lists() {
        let names: Vec<&str> = options.iter().map(|option| text(&option["name"])).collect();
        let distinct: BTreeSet<&&str> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{place}");
        for option in &options {
            for member in ["needs", "excludes"] {
                for other in texts(&option[member]) {
                    assert!(names.contains(&other), "{place} {option}: {other}");
                    assert_ne!(other, text(&option["name"]), "{place}");
                }
            }
        }
    }
}

/// So that one type of a language can hold them, whatever the scheme is.
#[test]
fn the_common_options_are_the_same_in_every_scheme() {
    let schemes: Vec<Value> = serde_json::from_str(schemes_json()).unwrap();
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    for scheme in &schemes {
        let options = scheme["options"].as_array().unwrap();
        let mut common = BTreeSet::new();
        for option in options.iter().filter(|option| option["common"] == true) {
            let mut option = option.clone();
            // The window of a signed time is the scheme's own.
            if option["name"] == "tolerance" {
                for own in ["default", "range", "needs"] {
                    option.as_object_mut().unwrap().remove(own);
                }
            }
            let name = text(&option["name"]).to_owned();
            let first = known.entry(name.clone()).or_insert_with(|| option.clone());
            assert_eq!(*first, option, "{}", scheme["id"]);
            common.insert(name);
        }
        common.insert("tolerance".to_owned());
        assert!(known.keys().all(|name| common.contains(name)), "{scheme}");
    }
    assert_eq!(known.len(), 7);
}
