mod model;
mod properties;

use std::borrow::Cow;

use super::{Pointers, Unreadable, Value};

fn pointers(places: &[&str]) -> Pointers {
    Pointers::new(places).unwrap()
}

fn read_one<'b>(place: &str, body: &'b str) -> Result<Value<'b>, Unreadable> {
    let found = pointers(&[place]).read(body.as_bytes())?;
    Ok(found[0].clone())
}

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

#[test]
fn a_value_has_a_kind() {
    for (written, expected) in [
        (r#""x""#, text("x")),
        (r#""""#, text("")),
        (r#""\u00e9\ud83d\ude00\n""#, text("\u{e9}\u{1f600}\n")),
        ("0", Value::number(0)),
        ("-7", Value::number(-7)),
        (
            "9999999999999999999",
            Value::number(9_999_999_999_999_999_999_u64),
        ),
        (
            "-999999999999999999",
            Value::number(-999_999_999_999_999_999_i64),
        ),
        ("-9223372036854775808", Value::Other),
        ("10000000000000000000", Value::Other),
        ("18446744073709551616", Value::Other),
        ("-0", Value::Other),
        ("1.0", Value::Other),
        ("1e3", Value::Other),
        ("0.5", Value::Other),
        ("true", Value::Boolean(true)),
        ("false", Value::Boolean(false)),
        ("null", Value::Absent),
        ("[]", Value::Other),
        (r#"["x"]"#, Value::Other),
        (r#"{"a":"x"}"#, Value::Other),
    ] {
        let body = format!(r#" {{"b":0,"a": {written} ,"c":[{{"a":1}}]}} "#);
        assert_eq!(read_one("/a", &body), Ok(expected), "{written}");
    }
}

#[test]
fn numbers_are_written_as_they_stand() {
    for number in ["0", "-1", "1000", "9999999999999999999"] {
        let body = format!(r#"{{"a":{number}}}"#);
        let Ok(Value::Number(text)) = read_one("/a", &body) else {
            panic!("{number}")
        };
        assert_eq!(text.as_str(), number);
    }
}

#[test]
fn a_text_without_escapes_is_borrowed() {
    let body = br#"{"a":{"b":"plain","c":"\u0061"}}"#;
    let found = pointers(&["/a/b", "/a/c"]).read(body).unwrap();
    assert!(matches!(&found[0], Value::Text(Cow::Borrowed("plain"))));
    assert!(matches!(&found[1], Value::Text(Cow::Owned(owned)) if owned == "a"));
}

#[test]
fn pointers_may_share_steps_and_ends() {
    let places = ["/a/b", "/a", "/a/b/c", "/a/b", "/d"];
    let found = pointers(&places)
        .read(br#"{"a":{"b":{"c":"x"}},"d":1}"#)
        .unwrap();
    assert_eq!(found[0], Value::Other);
    assert_eq!(found[1], Value::Other);
    assert_eq!(found[2], text("x"));
    assert_eq!(found[3], Value::Other);
    assert_eq!(found[4], Value::number(1));
    let found = pointers(&places).read(br#"{"a":{"b":"\n"}}"#).unwrap();
    assert_eq!((&found[0], &found[3]), (&text("\n"), &text("\n")));
    assert_eq!((&found[2], &found[4]), (&Value::Absent, &Value::Absent));
}

#[test]
fn a_step_through_something_else_is_absent() {
    for body in [
        "null",
        "1",
        "\"a\"",
        "[]",
        r#"[{"a":{"b":1}}]"#,
        "{}",
        r#"{"a":null}"#,
        r#"{"a":"b"}"#,
        r#"{"a":[{"b":1}]}"#,
        r#"{"a":{}}"#,
        r#"{"b":1}"#,
    ] {
        assert_eq!(read_one("/a/b", body), Ok(Value::Absent), "{body}");
    }
}

#[test]
fn names_may_hold_what_pointers_escape() {
    let body = r#"{"a/b":{"~1":"x","m\u0061n":"y","*x":"z"}}"#;
    assert_eq!(read_one("/a~1b/~01", body), Ok(text("x")));
    assert_eq!(read_one("/a~1b/man", body), Ok(text("y")));
    assert_eq!(read_one("/a~1b/*x", body), Ok(text("z")));
}

/// Rule R2.
#[test]
fn a_second_spelling_makes_a_member_ambiguous() {
    for body in [
        r#"{"msg":{"id":"1"},"msg":{"id":"1"}}"#,
        r#"{"msg":{"id":"1"},"Msg":{}}"#,
        r#"{"MSG":null,"msg":{"id":"1"}}"#,
        r#"{"msg":{"id":"1"},"m\u0073g":null}"#,
        r#"{"msg":{"id":"1"},"m\u017fg":null}"#,
        "{\"msg\":{\"id\":\"1\"},\"m\u{17f}g\":null}",
        r#"{"mSg":1,"Msg":2}"#,
        r#"{"msg":{"id":"1","ID":"2"}}"#,
        r#"{"msg":{"\u0131d":"1","id":"2"}}"#,
        r#"{"msg":{"id":null,"id":null}}"#,
    ] {
        assert_eq!(read_one("/msg/id", body), Ok(Value::Ambiguous), "{body}");
    }
    for body in [
        r#"{"Msg":{"id":"1","id":"1"}}"#,
        r#"{"msg":{"ID":"1"}}"#,
        r#"{"msg":{"other":1,"other":2},"x":[],"x":[]}"#,
    ] {
        assert_eq!(read_one("/msg/id", body), Ok(Value::Absent), "{body}");
    }
}

#[test]
fn two_places_may_differ_in_case() {
    let pointers = pointers(&["/id", "/Id"]);
    let found = pointers.read(br#"{"id":1}"#).unwrap();
    assert_eq!((&found[0], &found[1]), (&Value::number(1), &Value::Absent));
    let found = pointers.read(br#"{"id":1,"Id":2}"#).unwrap();
    assert_eq!(
        (&found[0], &found[1]),
        (&Value::Ambiguous, &Value::Ambiguous)
    );
}

/// Rule R10.
#[test]
fn a_list_has_one_element() {
    let read = |body| read_one("/items/*/id", body).unwrap();
    assert_eq!(read(r#"{"items":[{"id":"x"}]}"#), text("x"));
    assert_eq!(read(r#"{"items":[{"id":"x","Id":1}]}"#), Value::Ambiguous);
    assert_eq!(read(r#"{"items":[null]}"#), Value::Absent);
    assert_eq!(read(r#"{"items":[7]}"#), Value::Absent);
    assert_eq!(read(r#"{"items":null}"#), Value::Absent);
    assert_eq!(read(r#"{"ITEMS":[]}"#), Value::Absent);
    assert_eq!(read(r#"{"items":[]}"#), Value::NoElement);
    assert_eq!(read(r#"{"items":[{"id":"x"},null]}"#), Value::Elements);
    assert_eq!(read(r#"{"items":{"0":{"id":"x"}}}"#), Value::NotAList);
    assert_eq!(read(r#"{"items":"x"}"#), Value::NotAList);
    assert_eq!(read(r#"{"items":"\n"}"#), Value::NotAList);
    assert_eq!(
        read(r#"{"items":[{"id":"x"}],"items":[]}"#),
        Value::Ambiguous
    );
    assert_eq!(read_one("/*/id", r#"[{"id":"x"}]"#), Ok(text("x")));
}

#[test]
fn each_element_is_shown() {
    let pointers = pointers(&["/items/*/id", "/items/*/at", "/name", "/items"]);
    let shown = |body: &'static str| {
        let mut shown = Vec::new();
        let found = pointers.each(body.as_bytes(), |place, value| {
            shown.push((place, value.clone()));
        });
        let found = found.unwrap();
        assert_eq!(found[0], found[1]);
        (found[0].clone(), shown)
    };
    let body = r#"{"items":[{"id":"x","at":1},{"id":true},{"ID":1,"id":2},{}, 5],"name":"n"}"#;
    let expected = [
        (text("x"), Value::number(1)),
        (Value::Boolean(true), Value::Absent),
        (Value::Ambiguous, Value::Absent),
        (Value::Absent, Value::Absent),
        (Value::Absent, Value::Absent),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .flat_map(|(id, at)| [(0, id), (1, at)])
        .collect();
    assert_eq!(shown(body), (Value::Elements, expected));
    assert_eq!(shown(r#"{"items":[]}"#), (Value::NoElement, vec![]));
    assert_eq!(shown(r#"{"items":{}}"#), (Value::NotAList, vec![]));
    assert_eq!(shown(r#"{"items":null}"#), (Value::Absent, vec![]));
    let one = vec![(0, text("x")), (1, Value::Absent)];
    assert_eq!(
        shown(r#"{"items":[{"id":"x"}]}"#),
        (Value::Elements, one.clone())
    );
    let twice = r#"{"items":[{"id":"x"}],"items":[{"id":"y"}]}"#;
    assert_eq!(shown(twice), (Value::Ambiguous, one));
    assert!(
        pointers
            .each(br#"{"items":[{"id":"x"}]"#, |_, _| ())
            .is_err()
    );
}

/// Rule L3.
#[test]
fn a_pointer_leads_through_members_of_objects() {
    for pointer in ["/items/0/id", "/0", "/a/*/b/*/c", "/a/*", "/*"] {
        let expected = format!("`{pointer}`: no positions in lists; one `*` for a list's elements");
        assert_eq!(Pointers::new(&[pointer]).unwrap_err(), expected);
    }
    let long = "/a".repeat(33);
    for pointer in [
        "", "a", "a/b", "/", "/a/", "/a//b", "/~", "/~2", "/a~", "/a b", "/a'", "/{a}", "/a|b",
        "/\u{e9}", "/a\u{b2}", "/\t", "#/a", &long,
    ] {
        let error = Pointers::new(&[pointer]).unwrap_err();
        assert!(error.starts_with(&format!("`{pointer}`: ")), "{error}");
    }
    assert!(Pointers::new(&["/a/*/b", "/a/*/c", "/a/b", "/0x", "/**", "/$ref", "/@id"]).is_ok());
    assert!(Pointers::new(&[&long[2..]]).is_ok());
    let many: Vec<_> = (0..65).map(|number| format!("/a{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert!(Pointers::new(&many[..64]).is_ok());
    assert!(Pointers::new(&many).is_err());
}

#[test]
fn what_parsers_do_not_read_alike_is_unreadable() {
    let pointers = pointers(&["/a"]);
    for body in [
        "",
        " ",
        "\u{feff}{}",
        "{} {}",
        "{}x",
        "{}\0",
        r#"{"a":1"#,
        r#"{"a":"#,
        r#"{"a":1,}"#,
        r#"{"b":[1,],"a":1}"#,
        r#"{"b":01,"a":1}"#,
        r#"{"b":+1,"a":1}"#,
        r#"{"b":NaN,"a":1}"#,
        r#"{"b":'x',"a":1}"#,
        r#"{b:1,"a":1}"#,
        "{\"b\":\"\n\",\"a\":1}",
        "{\"b\n\":1,\"a\":1}",
        r#"{"b":"\x","a":1}"#,
        r#"{"b":"\u12g4","a":1}"#,
        "{/**/}",
    ] {
        assert_eq!(
            pointers.read(body.as_bytes()).err(),
            Some(Unreadable),
            "{body}"
        );
    }
    assert!(pointers.read(b"{\"b\":\"\xff\",\"a\":1}").is_err());
    assert!(pointers.read(b"{\"b\xed\xa0\x80\":1,\"a\":1}").is_err());
}

#[test]
fn what_nobody_names_may_be_anything() {
    for rest in [
        r#""b":"\ud800""#,
        r#""\ud800":1,"\ud800":2,"\udc00a":[]"#,
        r#""b":1e999,"c":-0,"d":123456789012345678901234567890"#,
        r#""b":{"a":1,"a":2,"A":3}"#,
        "\"b\":\"\u{0}\"".replace('\0', r"\u0000").as_str(),
    ] {
        let body = format!(r#"{{{rest},"a":"x",{rest}}}"#);
        assert_eq!(read_one("/a", &body), Ok(text("x")), "{body}");
    }
    for surrogate in [
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\udc00\ud800"}"#,
        r#"{"a":1e999}"#,
    ] {
        assert_eq!(read_one("/a", surrogate), Err(Unreadable), "{surrogate}");
    }
}

#[test]
fn depth_has_a_bound_wherever_it_is() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for name in ["a", "b"] {
        let body = |levels| format!(r#"{{"{name}":{}}}"#, nested(levels));
        assert!(read_one("/a", &body(127)).is_ok());
        for levels in [128, 1_000_000] {
            assert_eq!(read_one("/a", &body(levels)), Err(Unreadable));
        }
    }
    assert_eq!(read_one("/a", &"[".repeat(1_000_000)), Err(Unreadable));
    assert_eq!(
        read_one("/a", &r#"{"a":"#.repeat(1_000_000)),
        Err(Unreadable)
    );
    let deepest = "/a".repeat(32);
    let body = format!("{}1{}", r#"{"a":"#.repeat(32), "}".repeat(32));
    assert_eq!(read_one(&deepest, &body), Ok(Value::number(1)));
}

#[test]
fn debug_shows_no_value() {
    let found = pointers(&["/a", "/b"]).read(br#"{"a":"secret","b":12345}"#);
    assert_eq!(
        format!("{:?}", found.unwrap()),
        "Found([Text(…), Number(…)])"
    );
}
