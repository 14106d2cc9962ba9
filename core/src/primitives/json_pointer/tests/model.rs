//! The rules of reading once more, over a tree that keeps repeated members.

use std::borrow::Cow;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::Value;

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// Few names, in spellings that are easily mistaken for each other.
const NAMES: [&str; 12] = [
    "a", "A", "b", "s", "S", "\u{17f}", "ss", "\u{df}", "k", "\u{212a}", "i", "\u{131}",
];

/// Their simplest spellings, which pointers name.
const STEPS: [&str; 7] = ["a", "A", "b", "s", "ss", "k", "i"];

pub(super) fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Boolean),
        select(vec![
            "0",
            "-0",
            "7",
            "-12",
            "1.0",
            "1e2",
            "9999999999999999999",
            "18446744073709551615"
        ])
        .prop_map(|number| Tree::Number(number.to_owned())),
        "[a\u{e9}\"\\\\\n/\u{1f600}]{0,3}".prop_map(Tree::Text),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let member = (select(&NAMES[..]).prop_map(str::to_owned), inner.clone());
        prop_oneof![
            1 => vec(inner, 0..3).prop_map(Tree::List),
            3 => vec(member, 0..5).prop_map(Tree::Object),
        ]
    })
}

pub(super) fn pointer() -> impl Strategy<Value = String> {
    let step = || select(&STEPS[..]);
    let steps = vec(step(), 1..4).prop_map(|steps| format!("/{}", steps.join("/")));
    prop_oneof![
        2 => steps.clone(),
        1 => (vec(step(), 0..2), steps).prop_map(|(before, after)| {
            let before: String = before.iter().map(|step| format!("/{step}")).collect();
            format!("{before}/*{after}")
        }),
    ]
}

impl Tree {
    /// As JSON, with some characters escaped and some blanks added.
    pub(super) fn print(&self, noise: &mut impl Iterator<Item = u8>, json: &mut String) {
        let mut blank = |json: &mut String| match noise.next() {
            Some(0) => json.push_str(" \n"),
            Some(1) => json.push_str("\t\r"),
            _ => {}
        };
        blank(json);
        match self {
            Self::Null => json.push_str("null"),
            Self::Boolean(value) => json.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => json.push_str(number),
            Self::Text(text) => print_text(text, noise, json),
            Self::List(elements) => {
                json.push('[');
                for (position, element) in elements.iter().enumerate() {
                    json.push_str(if position == 0 { "" } else { "," });
                    element.print(noise, json);
                }
                json.push(']');
            }
            Self::Object(members) => {
                json.push('{');
                for (position, (name, value)) in members.iter().enumerate() {
                    json.push_str(if position == 0 { "" } else { "," });
                    print_text(name, noise, json);
                    json.push(':');
                    value.print(noise, json);
                }
                json.push('}');
            }
        }
    }

    /// What stands at a pointer. A list that it leads through has one element.
    pub(super) fn at(&self, pointer: &str) -> Value<'static> {
        let mut here = self;
        for step in pointer[1..].split('/') {
            here = match (here, step) {
                (Self::Null, _) => return Value::Absent,
                (Self::List(elements), "*") => match elements.as_slice() {
                    [] => return Value::NoElement,
                    [element] => element,
                    _ => return Value::Elements,
                },
                (_, "*") => return Value::NotAList,
                (Self::Object(members), _) => match member(members, step) {
                    Ok(value) => value,
                    Err(why) => return why,
                },
                _ => return Value::Absent,
            };
        }
        match here {
            Self::Null => Value::Absent,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Number(number) => match number.parse::<u64>().ok().map(Value::number) {
                Some(value) => value,
                None if number == "-12" => Value::number(-12),
                None => Value::Other,
            },
            Self::Text(text) => Value::Text(Cow::Owned(text.clone())),
            Self::List(_) | Self::Object(_) => Value::Other,
        }
    }
}

fn member<'t>(members: &'t [(String, Tree)], step: &str) -> Result<&'t Tree, Value<'static>> {
    let alike = members
        .iter()
        .filter(|(name, _)| plain(name) == plain(step));
    match alike.collect::<Vec<_>>().as_slice() {
        [(name, value)] if name == step => Ok(value),
        [] | [_] => Err(Value::Absent),
        _ => Err(Value::Ambiguous),
    }
}

/// A table, where the reader computes.
fn plain(name: &str) -> String {
    match name {
        "A" => "a",
        "S" | "\u{17f}" => "s",
        "\u{df}" => "ss",
        "\u{212a}" => "k",
        "\u{131}" => "i",
        other => other,
    }
    .to_owned()
}

fn print_text(text: &str, noise: &mut impl Iterator<Item = u8>, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match noise.next() {
            Some(0..=3) => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ if matches!(character, '"' | '\\') => json.extend(['\\', character]),
            _ if character == '\n' => json.push_str("\\n"),
            _ => json.push(character),
        }
    }
    json.push('"');
}
