//! Members, fields and parameters that custom schemes name, and lists in which each
//! value is rewritten.

use serde_json::{Value, json};

use super::{Case, FORM, KIB, MIB, Size, repeated, repeated_text, secrets, url};

/// Room for what a body holds beside its filling.
const REST: usize = 100;

pub(super) fn add(cases: &mut Vec<Case>, size: Size) {
    let facts = json!({
        "delivery_id": { "from": "json:/event/id" }, "event_type": { "from": "json:/event/type" },
        "require": { "json:/event/account": "present" },
    });
    for (id, signed, sections) in [
        (
            "custom-json",
            "{json:/event/account|json|sha256|hex}.{json:/event/type|percent|js-percent}.{body}",
            facts,
        ),
        (
            "custom-json-list",
            "{json:/list/*/name}:{json:/event/count|number|optional}:{json:/event/live|boolean|optional}",
            json!({}),
        ),
    ] {
        let scheme = Scheme::new(id, signed, sections);
        for (input, body) in json_bodies(scheme.longest_body(size)) {
            cases.push(scheme.case(&input, url(""), size).body(body));
        }
    }
    for (id, signed) in [
        (
            "custom-fields",
            "{form:caller|any}\n{form:called}\n{query:tenant}",
        ),
        (
            "custom-rewritten-lists",
            "{url.base}?{query|sort|unique|pairs '{name|percent}={value|form-percent|js-percent}' '&'}\n\
             {form|without signature|sort-names|pairs '{name|percent|percent}={value|percent|percent}' '&'}",
        ),
        (
            "custom-list-and-fields",
            "{form|sort|pairs '{name}={value}' '&'}\n{query:tenant}\n{form:caller|optional}",
        ),
    ] {
        let scheme = Scheme::new(id, signed, json!({}));
        for (input, body) in form_bodies(scheme.longest_body(size)) {
            for query in ["", &"&a".repeat(1000)] {
                let target = url(&format!("?tenant=1{query}"));
                let input = format!("{input}, {} more of the query", query.len());
                let case = scheme.case(&input, target, size);
                cases.push(case.header("content-type", FORM).body(body.clone()));
            }
        }
    }
}

struct Scheme {
    id: &'static str,
    file: String,
}

impl Scheme {
    fn new(id: &'static str, signed: &str, sections: Value) -> Self {
        let mut file = json!({
            "id": id, "key": { "option": "secret", "hint": "the secret" },
            "signature": {
                "algorithm": "hmac-sha256", "from": "header:x-signature", "encoding": "hex",
                "signed": signed,
            },
        });
        if signed.contains("{url") {
            file["signature"]["url"] = json!(["as-is", "no-port", "websocket-http"]);
        }
        for (name, section) in sections.as_object().unwrap() {
            file[name] = section.clone();
        }
        Self {
            id,
            file: file.to_string(),
        }
    }

    fn case(&self, input: &str, target: Vec<u8>, size: Size) -> Case {
        let options = json!({ "secret": secrets("", size.keys) });
        let mut case = Case::new(&self.file, input, options, target);
        self.id.clone_into(&mut case.scheme);
        case.header("x-signature", "5a".repeat(32))
    }

    fn longest_body(&self, size: Size) -> usize {
        let longest = self.case("", url(""), size).verifier.max_body_bytes();
        longest.min(size.body).min(MIB) - REST
    }
}

fn json_bodies(length: usize) -> Vec<(String, String)> {
    let event = |members: &str| {
        format!(
            r#"{{"list":[{{"name":"n"}}],"event":{{"account":"a","id":"b",{members}"count":1}}}}"#
        )
    };
    let text = |name: &str, piece: &str| {
        let value = repeated_text(piece, length - REST);
        event(&format!(r#""{name}":"{value}","#))
    };
    let many = |piece: &str| repeated_text(piece, length - REST);
    let bodies = [
        ("a long member", text("other", "a")),
        ("a long escaped member", text("other", r"\u0041")),
        ("a long type", text("type", "a")),
        ("a long escaped type", text("type", r"\u00fc")),
        ("a long type to escape", text("type", "\u{fc}")),
        ("members of one spelling", event(&many(r#""ID":"b","#))),
        ("escaped members", event(&many(r#""\u0069d\u0020":0,"#))),
        (
            "elements",
            format!(r#"{{"list":[{}{{}}]}}"#, many(r#"{"name":"b"},"#)),
        ),
        (
            "elements without",
            format!(r#"{{"list":[{}{{}}]}}"#, many("{},")),
        ),
        ("depth", many(r#"{"event":"#)),
    ];
    let named = bodies.map(|(input, body)| (input.to_owned(), body));
    named.into()
}

fn form_bodies(length: usize) -> Vec<(String, Vec<u8>)> {
    let field = |piece: &str| [&b"caller="[..], &repeated(piece, length - REST)].concat();
    let many = |piece: &str| repeated(piece, length);
    let bodies = [
        ("one field", field("a")),
        ("one escaped field", field("%fc")),
        ("one field to escape", field("\u{fc}")),
        ("1000 short fields", repeated("a&", 2000)),
        ("short fields, too many", many("a&")),
        ("spellings", repeated("Caller[]=1&", 10 * KIB)),
        ("long fields", many(&format!("{}&", "a".repeat(63)))),
        ("escapes", many("%41")),
    ];
    let named = bodies.map(|(input, body)| (input.to_owned(), [b"called=1&", &*body].concat()));
    named.into()
}
