//! HTTP Message Signatures: what a sender who is no friend may list, and what a signature
//! may say of itself. The examples of the standard are among the vectors.

mod common;

use common::{Delivery, NOW, SECRET, signing};
use hookseal::{Coverage, CoverageLevel, ErrorCode, OptionValue, Options, Signing, Verifier};
use ring::{digest, hmac};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const URL: &str = "https://Example.com:443/hooks/a%20b?id=1&b=x+y%21&b2";
const BODY: &[u8] = b"{\"a\":1}";

fn options() -> Options {
    Options::new()
        .with("algorithm", "hmac-sha256")
        .with("key", SECRET)
}

fn verifier(options: Options) -> Verifier {
    Verifier::new("rfc9421", options).unwrap()
}

fn texts(texts: &[&str]) -> OptionValue {
    OptionValue::List(texts.iter().map(|text| (*text).into()).collect())
}

fn sha256(body: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, body);
    format!("sha-256=:{}:", STANDARD.encode(digest))
}

fn mac(base: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    format!(":{}:", STANDARD.encode(hmac::sign(&key, base.as_bytes())))
}

/// What the usual components are of the usual request.
fn usual() -> Vec<(String, String)> {
    [
        ("\"@method\"", "POST"),
        ("\"@authority\"", "example.com"),
        ("\"@path\"", "/hooks/a%20b"),
        ("\"@query\"", "?id=1&b=x+y%21&b2"),
        ("\"content-digest\"", &sha256(BODY)),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// A signature under the secret over any lines, put together here.
fn signed(lines: &[(String, String)], parameters: &str) -> (String, String) {
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let list = format!("({}){parameters}", names.join(" "));
    let mut base: String = lines
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    base.push_str(&format!("\"@signature-params\": {list}"));
    (list, mac(&base))
}

fn created() -> String {
    format!(";created={NOW}")
}

fn request() -> Delivery {
    Delivery::new("POST", URL, BODY)
        .header("Content-Digest", sha256(BODY))
        .header("Content-Type", "application/json")
}

fn with(delivery: Delivery, lines: &[(String, String)], parameters: &str) -> Delivery {
    let (list, mac) = signed(lines, parameters);
    delivery
        .with("Signature-Input", format!("sig1={list}"))
        .with("Signature", format!("sig1={mac}"))
}

/// The usual lines and further ones.
fn and(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let more = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    usual().into_iter().chain(more).collect()
}

#[test]
fn what_is_demanded_is_verified_and_covered() {
    let verifier = verifier(options());
    let facts = with(request(), &usual(), &created())
        .verify(&verifier)
        .unwrap();
    assert_eq!(facts.timestamp, Some(NOW));
    assert_eq!(facts.delivery_id, None);
    let covers = &facts.covers;
    assert_eq!(
        (covers.body, covers.url),
        (CoverageLevel::Full, CoverageLevel::Part)
    );
    assert!(covers.method);
    assert_eq!(covers.timestamp, Coverage::Signed);
    assert_eq!(covers.delivery_id, Coverage::None);
    assert_eq!(
        covers.parts,
        ["method", "url.authority", "url.path", "url.query", "body"]
    );
    // Any order, further components, and what holds several of them whole.
    let mut reversed = usual();
    reversed.reverse();
    let more = and(&[
        ("\"content-type\"", "application/json"),
        ("\"@scheme\"", "https"),
        ("\"@request-target\"", "/hooks/a%20b?id=1&b=x+y%21&b2"),
        ("\"@query-param\";name=\"id\"", "1"),
        ("\"@query-param\";name=\"b\"", "x%20y%21"),
        ("\"@query-param\";name=\"b2\"", ""),
        ("\"content-type\";bs", ":YXBwbGljYXRpb24vanNvbg==:"),
        ("\"content-digest\";sf", &sha256(BODY)),
        ("\"content-digest\";key=\"sha-256\"", &sha256(BODY)[8..]),
    ]);
    let whole = vec![
        usual()[0].clone(),
        ("\"@target-uri\"".to_owned(), URL.to_owned()),
        usual()[4].clone(),
    ];
    for lines in [reversed, more, whole] {
        let other = with(request(), &lines, &created())
            .verify(&verifier)
            .unwrap();
        assert_eq!(other.covers, facts.covers, "{lines:?}");
        assert_ne!(other.replay_key, facts.replay_key);
    }
}

#[test]
fn what_is_demanded_has_to_be_listed_as_it_is_demanded() {
    let verifier = verifier(options());
    let rejection = |lines: &[(String, String)]| {
        let error = with(request(), lines, &created())
            .verify(&verifier)
            .unwrap_err();
        assert!(!error.detail().contains(&sha256(BODY)), "{error}");
        error.code()
    };
    for missing in 0..usual().len() {
        let mut lines = usual();
        lines.remove(missing);
        assert_eq!(rejection(&lines), ErrorCode::SignatureMismatch, "{missing}");
    }
    assert_eq!(rejection(&[]), ErrorCode::SignatureMismatch);
    // With a parameter it is another component: one of the request that a response answers,
    // a trailer, a member.
    for (position, parameter) in [
        (0, ";req"),
        (2, ";req"),
        (4, ";tr"),
        (4, ";sf"),
        (4, ";bs"),
        (4, ";key=\"sha-256\""),
    ] {
        let mut lines = usual();
        lines[position].0.push_str(parameter);
        assert_eq!(
            rejection(&lines),
            ErrorCode::SignatureMismatch,
            "{parameter}"
        );
    }
}

#[test]
fn what_is_listed_has_to_be_a_component_of_the_request() {
    let verifier = verifier(options());
    let rejection =
        |more: &[(&str, &str)]| with(request(), &and(more), &created()).rejection(&verifier);
    for (name, value) in [
        ("\"@status\"", "200"),
        ("\"@method\";req", "POST"),
        ("\"content-type\";tr", "application/json"),
        ("\"content-type\";sf", "application/json"),
        ("\"content-type\";sf;bs", "application/json"),
        ("\"content-type\";colour", "application/json"),
        ("\"content-type\";key=\"a\"", "1"),
        ("\"content-digest\";key=\"md5\"", ""),
        ("\"@signature-params\"", ""),
        ("\"@unknown\"", ""),
        ("\"Content-Type\"", "application/json"),
        ("\"\"", ""),
        ("content-type", "application/json"),
        ("\"@query-param\"", "1"),
        ("\"@query-param\";name=\"none\"", ""),
        ("\"@query-param\";name=\"id\";req", "1"),
        ("\"@method\"", "POST"),
        ("\"x-unknown\"", "1"),
    ] {
        assert_eq!(
            rejection(&[(name, value)]),
            ErrorCode::MalformedHeader,
            "{name}"
        );
    }
    assert_eq!(rejection(&[("\"date\"", "")]), ErrorCode::MissingHeader);
    // Named twice in the query, it has no one value.
    let twice = Delivery::new("POST", "https://example.com/hooks/a%20b?id=1&id=2", BODY)
        .header("Content-Digest", sha256(BODY));
    let mut lines = and(&[("\"@query-param\";name=\"id\"", "1")]);
    lines[3].1 = "?id=1&id=2".to_owned();
    assert_eq!(
        with(twice, &lines, &created()).rejection(&verifier),
        ErrorCode::MalformedHeader
    );
    // What may be listed is the receiver's to say.
    let unknown = with(
        request().header("x-unknown", "1"),
        &and(&[("\"x-unknown\"", "1")]),
        &created(),
    );
    let error = unknown.verify(&verifier).unwrap_err();
    assert_eq!(error.code(), ErrorCode::MalformedHeader);
    assert!(
        error.detail().contains("x-unknown") && error.detail().contains("option headers"),
        "{error}"
    );
    let wider = super_verifier(&["x-unknown"]);
    assert!(unknown.verify(&wider).is_ok());
}

fn super_verifier(headers: &[&str]) -> Verifier {
    verifier(options().with("headers", texts(headers)))
}

#[test]
fn the_value_of_a_header_is_one_line_without_blanks_around_it() {
    let verifier = super_verifier(&["x-a"]);
    let delivery = |value: &str, signed: &str| {
        with(
            request().header("X-A", value),
            &and(&[("\"x-a\"", signed)]),
            &created(),
        )
    };
    for (value, signed) in [
        ("1", "1"),
        (" \t1  2\t ", "1  2"),
        ("", ""),
        ("  ", ""),
        ("a: b", "a: b"),
    ] {
        assert!(
            delivery(value, signed).verify(&verifier).is_ok(),
            "{value:?}"
        );
    }
    assert_eq!(
        delivery(" 1", " 1").rejection(&verifier),
        ErrorCode::SignatureMismatch
    );
    for value in ["1\r\n 2", "1\n2", "1\n\"x\": 2", "\u{e4}", "1\0"] {
        assert_eq!(
            delivery(value, value).rejection(&verifier),
            ErrorCode::MalformedHeader,
            "{value:?}"
        );
    }
    // On several lines it may have been joined, or read as its first or last line.
    let (list, mac) = signed(&and(&[("\"x-a\"", "1, 1")]), &created());
    for second in ["1", "2"] {
        let twice = request()
            .header("X-A", "1")
            .header("x-a", second)
            .header("Signature-Input", format!("s={list}"))
            .header("Signature", format!("s={mac}"));
        assert_eq!(twice.rejection(&verifier), ErrorCode::AmbiguousHeader);
    }
}

#[test]
fn a_label_is_one_signature() {
    let usual_verifier = verifier(options());
    let labelled = verifier(options().with("label", "sig2"));
    let (list, good) = signed(&usual(), &created());
    let bad = mac("something else");
    let sent = |input: String, signature: String| {
        request()
            .header("Signature-Input", input)
            .header("Signature", signature)
    };
    let two = sent(
        format!("sig1={list}, sig2={list}"),
        format!("sig1={bad}, sig2={good}"),
    );
    assert_eq!(two.rejection(&usual_verifier), ErrorCode::MalformedHeader);
    assert!(two.verify(&labelled).is_ok());
    let swapped = sent(
        format!("sig1={list}, sig2={list}"),
        format!("sig1={good}, sig2={bad}"),
    );
    assert_eq!(swapped.rejection(&labelled), ErrorCode::SignatureMismatch);
    for (input, signature) in [
        (format!("sig1={list}"), format!("sig2={good}")),
        (format!("sig1={list}"), format!("sig1={good}, sig2={bad}")),
        (format!("sig1={list}, sig2={list}"), format!("sig1={good}")),
        (format!("sig1={list}, sig1={list}"), format!("sig1={good}")),
        (format!("sig1={list}"), format!("sig1={good}, sig1={good}")),
        (
            format!("sig1={list}"),
            format!("sig1={good};a=1, sig1={bad}"),
        ),
        (format!("SIG1={list}"), format!("SIG1={good}")),
        (format!("sig1=\"{}\"", NOW), format!("sig1={good}")),
        (
            format!("sig1={list}"),
            format!("sig1=\"{}\"", &good[1..good.len() - 1]),
        ),
        (format!("sig1={list}"), format!("sig1=({good})")),
        (format!("sig1={list}"), "sig1".to_owned()),
        (format!("sig1={list},"), format!("sig1={good}")),
        (format!("sig1={list};"), format!("sig1={good}")),
        (format!("sig1={list} x"), format!("sig1={good}")),
        (list.clone(), good.clone()),
    ] {
        let sent = sent(input.clone(), signature.clone());
        assert_eq!(
            sent.rejection(&usual_verifier),
            ErrorCode::MalformedHeader,
            "{input} {signature}"
        );
    }
    // One text for one value, in base64 as well.
    let encoded = &good[1..good.len() - 1];
    for text in [
        format!(":{}:", encoded.trim_end_matches('=')),
        format!(":{encoded}=:"),
        format!(":{}:", encoded.replace('=', "==")),
        format!(":{} {}:", &encoded[..8], &encoded[8..]),
        format!(":{encoded}"),
        "::".to_owned(),
    ] {
        let sent = sent(format!("s={list}"), format!("s={text}"));
        assert_eq!(
            sent.rejection(&usual_verifier),
            ErrorCode::MalformedHeader,
            "{text}"
        );
    }
    for name in ["Signature", "Signature-Input"] {
        let sent = with(request(), &usual(), &created());
        let value = sent.value(name).to_vec();
        assert_eq!(
            sent.clone().without(name).rejection(&usual_verifier),
            ErrorCode::MissingHeader
        );
        // The same line once more says nothing else.
        assert!(
            sent.clone()
                .header(name, &value)
                .verify(&usual_verifier)
                .is_ok()
        );
        let other = sent.header(name, [&value, &b";x"[..]].concat());
        assert_eq!(other.rejection(&usual_verifier), ErrorCode::AmbiguousHeader);
    }
}

#[test]
fn the_parameters_are_what_they_say() {
    let verifier = verifier(options());
    let verdict = |parameters: &str, now: i64| {
        let verdict = with(request(), &usual(), parameters).verify_at(&verifier, now);
        verdict.map(drop).map_err(|error| error.code())
    };
    assert_eq!(verdict(&created(), NOW), Ok(()));
    assert_eq!(verdict("", NOW), Err(ErrorCode::MalformedHeader));
    assert_eq!(verdict(&created(), NOW + 300), Ok(()));
    assert_eq!(
        verdict(&created(), NOW + 301),
        Err(ErrorCode::TimestampTooOld)
    );
    assert_eq!(verdict(&created(), NOW - 60), Ok(()));
    assert_eq!(
        verdict(&created(), NOW - 61),
        Err(ErrorCode::TimestampInFuture)
    );
    let expires = |expires: i64| format!("{};expires={expires}", created());
    assert_eq!(verdict(&expires(NOW + 5), NOW + 5), Ok(()));
    assert_eq!(
        verdict(&expires(NOW + 5), NOW + 6),
        Err(ErrorCode::TimestampTooOld)
    );
    for (parameters, expected) in [
        (";created=-5".to_owned(), ErrorCode::MalformedTimestamp),
        (
            ";created=999999999999999".to_owned(),
            ErrorCode::MalformedTimestamp,
        ),
        (
            ";created=9999999999999999999999".to_owned(),
            ErrorCode::MalformedHeader,
        ),
        (format!(";created=\"{NOW}\""), ErrorCode::MalformedHeader),
        (format!(";created={NOW}.0"), ErrorCode::MalformedHeader),
        (format!(";created=0{NOW}"), ErrorCode::MalformedHeader),
        (";created".to_owned(), ErrorCode::MalformedHeader),
        (format!("{0}{0}", created()), ErrorCode::MalformedHeader),
        (expires(-1), ErrorCode::MalformedTimestamp),
        (
            format!("{};expires=\"never\"", created()),
            ErrorCode::MalformedHeader,
        ),
        (
            format!("{};alg=\"hmac-sha512\"", created()),
            ErrorCode::SignatureMismatch,
        ),
        (
            format!("{};alg=\"\"", created()),
            ErrorCode::SignatureMismatch,
        ),
        (
            format!("{};alg=hmac-sha256", created()),
            ErrorCode::MalformedHeader,
        ),
        (
            format!("{};keyid=\"a\\\"b\"", created()),
            ErrorCode::MalformedHeader,
        ),
    ] {
        assert_eq!(verdict(&parameters, NOW), Err(expected), "{parameters}");
    }
    for parameters in [
        ";alg=\"hmac-sha256\"",
        ";keyid=\"k\"",
        ";nonce=\"n\"",
        ";tag=\"t\"",
        ";colour=blue",
    ] {
        assert_eq!(
            verdict(&format!("{}{parameters}", created()), NOW),
            Ok(()),
            "{parameters}"
        );
    }
}

#[test]
fn tag_and_nonce_count_where_an_option_says_so() {
    let tagged = verifier(options().with("tag", "acme"));
    let verdict = |verifier: &Verifier, parameters: &str| {
        let sent = with(request(), &usual(), &format!("{}{parameters}", created()));
        sent.verify(verifier).map_err(|error| error.code())
    };
    assert!(verdict(&tagged, ";tag=\"acme\"").is_ok());
    for parameters in ["", ";tag=\"other\"", ";tag=\"acme2\""] {
        assert_eq!(
            verdict(&tagged, parameters).unwrap_err(),
            ErrorCode::TokenMismatch
        );
    }
    let with_id = verifier(options().with("require_nonce", true));
    let facts = verdict(&with_id, ";nonce=\"n-1\"").unwrap();
    assert_eq!(facts.delivery_id.as_deref(), Some(&b"n-1"[..]));
    assert_eq!(facts.covers.delivery_id, Coverage::Signed);
    for parameters in ["", ";nonce=\"\""] {
        assert_eq!(
            verdict(&with_id, parameters).unwrap_err(),
            ErrorCode::MalformedHeader
        );
    }
}

#[test]
fn a_key_is_chosen_by_its_label_only_and_never_by_another_s() {
    let keys = |second: &str| {
        OptionValue::Object(
            [
                ("a".to_owned(), SECRET.into()),
                (second.to_owned(), "another secret of one's own".into()),
            ]
            .into_iter()
            .collect(),
        )
    };
    let labelled = verifier(
        Options::new()
            .with("algorithm", "hmac-sha256")
            .with("key", keys("b")),
    );
    let verdict = |verifier: &Verifier, keyid: &str| {
        let sent = with(
            request(),
            &usual(),
            &format!("{};keyid=\"{keyid}\"", created()),
        );
        sent.verify(verifier)
            .map(|facts| facts.key_id)
            .map_err(|error| error.code())
    };
    assert_eq!(verdict(&labelled, "a").unwrap(), "a");
    assert_eq!(verdict(&labelled, "b"), Err(ErrorCode::SignatureMismatch));
    assert_eq!(verdict(&labelled, "c").unwrap(), "a");
    // Labels that nobody gave choose nothing.
    let listed = OptionValue::List(vec![SECRET.into(), "another secret of one's own".into()]);
    let listed = verifier(
        Options::new()
            .with("algorithm", "hmac-sha256")
            .with("key", listed),
    );
    assert_eq!(verdict(&listed, "1").unwrap(), "0");
}

#[test]
fn the_body_is_what_the_covered_digest_says() {
    let verifier = verifier(options());
    let sent = with(request(), &usual(), &created());
    let changed = Delivery {
        body: b"{\"a\":2}".to_vec(),
        ..sent.clone()
    };
    assert_eq!(changed.rejection(&verifier), ErrorCode::BodyMismatch);
    let emptied = Delivery {
        body: Vec::new(),
        ..sent
    };
    assert_eq!(emptied.rejection(&verifier), ErrorCode::BodyMismatch);
    // A digest that is right and not covered is nothing.
    let mut uncovered = usual();
    uncovered.pop();
    let uncovered = with(request(), &uncovered, &created());
    assert_eq!(uncovered.rejection(&verifier), ErrorCode::SignatureMismatch);
    // Of a request without a body nothing need be covered, and no body can be added.
    let bodiless = Delivery {
        body: Vec::new(),
        ..uncovered
    }
    .without("Content-Digest");
    assert!(bodiless.verify(&verifier).is_ok());
    let grown = Delivery {
        body: BODY.to_vec(),
        ..bodiless
    }
    .header("Content-Digest", sha256(BODY));
    assert_eq!(grown.rejection(&verifier), ErrorCode::SignatureMismatch);
    let of_nothing = with(
        Delivery::new("POST", URL, b"").header("Content-Digest", sha256(b"")),
        &usual()
            .into_iter()
            .map(|(name, value)| {
                let value = if name == "\"content-digest\"" {
                    sha256(b"")
                } else {
                    value
                };
                (name, value)
            })
            .collect::<Vec<_>>(),
        &created(),
    );
    assert!(of_nothing.verify(&verifier).is_ok());
    for (header, code) in [
        ("md5=:AAAA:".to_owned(), ErrorCode::MalformedHeader),
        (
            format!("{0}, {0}", sha256(BODY)),
            ErrorCode::MalformedHeader,
        ),
        (
            format!("{}, sha-512=:AAAA:", sha256(BODY)),
            ErrorCode::BodyMismatch,
        ),
        (
            sha256(BODY).replace("sha-256", "SHA-256"),
            ErrorCode::MalformedHeader,
        ),
    ] {
        let mut lines = usual();
        lines[4].1.clone_from(&header);
        let sent = with(
            request().with("Content-Digest", &header),
            &lines,
            &created(),
        );
        assert_eq!(sent.rejection(&verifier), code, "{header}");
    }
    let both = format!("unixsum=5, {}", sha256(BODY));
    let mut lines = usual();
    lines[4].1.clone_from(&both);
    assert!(
        with(request().with("Content-Digest", both), &lines, &created())
            .verify(&verifier)
            .is_ok()
    );
}

/// One line for each component, as `components` names them.
fn lines(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    let lines = lines.iter();
    lines
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_parameter_of_the_query_has_one_spelling() {
    let verifier = verifier(options().with(
        "components",
        texts(&["@path", "@query-param;name=\"caller%20id\""]),
    ));
    let lines = lines(&[
        ("\"@path\"", "/h"),
        ("\"@query-param\";name=\"caller%20id\"", "1"),
    ]);
    let sent = |query: &str| {
        let url = format!("https://example.com/h?{query}");
        with(Delivery::new("POST", &url, b""), &lines, &created())
    };
    for fine in ["caller%20id=1", "caller+id=1&other=2", "a&c%61ller%20id=1"] {
        let facts = sent(fine).verify(&verifier).unwrap();
        assert_eq!(
            facts.covers.parts,
            ["url.path", "query:caller id"],
            "{fine}"
        );
    }
    for query in [
        "caller+id=1&+caller+id=2",
        "caller+id=1&Caller+ID=2",
        "caller+id=1&caller_id=2",
        "caller+id=1&caller.id[]=2",
        "[caller+id=2&caller+id=1",
        "caller+id%00x=2&caller+id=1",
        "caller+id=1&caller+id=1",
        "caller+id=1&caller+id=2",
        "caller_id=1",
        "",
    ] {
        let code = sent(query).rejection(&verifier);
        assert_eq!(code, ErrorCode::MalformedHeader, "{query}");
    }
}

#[test]
fn a_signed_parameter_stands_in_no_unsigned_form() {
    let sent = |body: &str| {
        let lines = lines(&[
            ("\"@method\"", "POST"),
            ("\"@path\"", "/h"),
            ("\"@query-param\";name=\"id\"", "1"),
        ]);
        with(
            Delivery::form("https://example.com/h?id=1", body),
            &lines,
            &created(),
        )
    };
    let demands = ["@method", "@path", "@query-param;name=\"id\""];
    let by_option = verifier(options().with("components", texts(&demands)));
    let file = serde_json::json!({
        "id": "acme",
        "key": {"option": "secret", "hint": "a secret"},
        "signature": {
            "algorithm": "hmac-sha256", "from": "header:signature", "encoding": "base64",
            "signed": {"listed": "rfc9421", "from": "header:signature-input", "demands": demands}
        }
    });
    let by_file = Options::new().with("secret", SECRET);
    let by_file = Verifier::new(&file.to_string(), by_file).unwrap();
    for verifier in [by_option, by_file] {
        assert!(sent("other=2").verify(&verifier).is_ok());
        for body in ["id=2", "id=1", "ID=2", "id[]=2"] {
            assert_eq!(
                sent(body).rejection(&verifier),
                ErrorCode::BodyMismatch,
                "{body}"
            );
        }
    }
    // Where the body is signed, its fields are.
    let whole = verifier(options().with("components", texts(&[demands[2], "content-digest"])));
    let body = "id=2";
    let digest = sha256(body.as_bytes());
    let lines = lines(&[
        ("\"@query-param\";name=\"id\"", "1"),
        ("\"content-digest\"", &digest),
    ]);
    let plain =
        Delivery::form("https://example.com/h?id=1", body).header("Content-Digest", &digest);
    assert!(with(plain, &lines, &created()).verify(&whole).is_ok());
}

#[test]
fn a_url_that_nothing_demands_need_not_be_one() {
    let verifier = verifier(options().with("components", "content-digest"));
    let digest = sha256(BODY);
    let sent = |url: &str, more: &[(&str, &str)]| {
        let mut components = vec![("\"content-digest\"", digest.as_str())];
        components.extend(more);
        let plain = Delivery::new("POST", url, BODY).header("Content-Digest", &digest);
        with(plain, &lines(&components), &created())
    };
    let path = [("\"@path\"", "/h")];
    for url in ["/h", "", "https://a b/h"] {
        assert!(sent(url, &[]).verify(&verifier).is_ok(), "{url}");
        let code = sent(url, &path).rejection(&verifier);
        assert_eq!(code, ErrorCode::MalformedHeader, "{url}");
    }
    assert!(
        sent("https://example.com/h", &path)
            .verify(&verifier)
            .is_ok()
    );
    let usual = super_verifier(&["x-a"]);
    assert_eq!(sent("/h", &[]).rejection(&usual), ErrorCode::MalformedUrl);
}

#[test]
fn few_parameters_of_the_query_are_looked_for() {
    let name = |at: usize| format!("\"@query-param\";name=\"a{at}\"");
    let query: Vec<String> = (0..9).map(|at| format!("a{at}=1")).collect();
    let url = format!("https://example.com/h?{}", query.join("&"));
    let verifier = verifier(options().with("components", "@path"));
    let sent = |count: usize| {
        let mut lines = lines(&[("\"@path\"", "/h")]);
        lines.extend((0..count).map(|at| (name(at), "1".to_owned())));
        with(Delivery::new("POST", &url, b""), &lines, &created()).verify(&verifier)
    };
    assert!(sent(8).is_ok());
    let error = sent(9).unwrap_err();
    assert_eq!(error.code(), ErrorCode::MalformedHeader);
    assert!(error.detail().contains("8 parameters"), "{error}");
    let demands: Vec<String> = (0..9)
        .map(|at| format!("@query-param;name=\"a{at}\""))
        .collect();
    let demands: Vec<&str> = demands.iter().map(String::as_str).collect();
    let made = |demands: &[&str]| {
        Verifier::new("rfc9421", options().with("components", texts(demands))).map(drop)
    };
    assert!(made(&demands[..8]).is_ok());
    assert!(
        made(&demands)
            .unwrap_err()
            .detail()
            .contains("8 parameters")
    );
}

#[test]
fn a_member_is_no_header() {
    let file = |demand: &str, edit: Edit<'_>| {
        let mut file = serde_json::json!({
            "id": "acme",
            "key": {"option": "secret", "hint": "a secret"},
            "signature": {
                "algorithm": "hmac-sha256", "from": "header:signature", "encoding": "base64",
                "signed": {
                    "listed": "rfc9421", "from": "header:signature-input",
                    "demands": ["@path", demand]
                }
            },
            "delivery_id": {"from": "header:x-meta"}
        });
        edit(&mut file);
        Verifier::new(&file.to_string(), Options::new().with("secret", SECRET))
    };
    let sent = |meta: &str, name: &str, value: &str| {
        let lines = lines(&[("\"@path\"", "/h"), (name, value)]);
        let plain = Delivery::new("POST", "https://example.com/h", b"").header("X-Meta", meta);
        with(plain, &lines, "")
    };
    let member = file("x-meta;key=\"a\"", &|_| {}).unwrap();
    let facts = sent("a=1, z=9", "\"x-meta\";key=\"a\"", "1")
        .verify(&member)
        .unwrap();
    assert_eq!(facts.delivery_id, None);
    assert_eq!(facts.covers.parts, ["url.path", "header:x-meta;key=\"a\""]);
    let typed: Edit<'_> = &|it| it["event_type"] = serde_json::json!({"from": "header:x-meta"});
    assert!(file("x-meta;key=\"a\"", typed).is_err());
    let bytes = format!(":{}:", STANDARD.encode("a=1"));
    for (demand, name, value) in [
        ("x-meta", "\"x-meta\"", "a=1"),
        ("x-meta;bs", "\"x-meta\";bs", &bytes),
    ] {
        let whole = file(demand, typed).unwrap();
        let facts = sent("a=1", name, value).verify(&whole).unwrap();
        assert_eq!(facts.delivery_id.as_deref(), Some(&b"a=1"[..]), "{demand}");
        assert_eq!(facts.covers.parts, ["url.path", "header:x-meta"]);
    }
}

#[test]
fn a_digest_is_compared_in_every_form() {
    for (form, is_member) in [
        ("", false),
        (";sf", false),
        (";bs", false),
        (";key=\"sha-256\"", true),
    ] {
        let demand = format!("content-digest{form}");
        let verifier = verifier(options().with("components", texts(&["@path", &demand])));
        let sent = |digest: &str, body: &[u8]| {
            let value = match form {
                ";bs" => format!(":{}:", STANDARD.encode(digest)),
                _ if is_member => digest["sha-256=".len()..].to_owned(),
                _ => digest.to_owned(),
            };
            let name = format!("\"content-digest\"{form}");
            let lines = lines(&[("\"@path\"", "/h"), (&name, &value)]);
            let plain = Delivery::new("POST", "https://example.com/h", body)
                .header("Content-Digest", digest);
            with(plain, &lines, &created())
        };
        let facts = sent(&sha256(BODY), BODY).verify(&verifier).unwrap();
        assert_eq!(facts.covers.body, CoverageLevel::Full, "{form}");
        assert_eq!(facts.covers.parts, ["url.path", "body"], "{form}");
        let wrong = sent(&sha256(b"another"), BODY).rejection(&verifier);
        assert_eq!(wrong, ErrorCode::BodyMismatch, "{form}");
        // Without a body there may be no digest.
        let none = with(
            Delivery::new("POST", "https://example.com/h", b""),
            &lines(&[("\"@path\"", "/h")]),
            &created(),
        );
        assert!(none.verify(&verifier).is_ok(), "{form}");
        let request = Delivery::new("POST", "https://example.com/h", BODY);
        let headers = request.request(|it| verifier.sign(it, &signing())).unwrap();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_ref()).collect();
        assert!(
            names
                .iter()
                .any(|it| it.eq_ignore_ascii_case("content-digest")),
            "{form}: {names:?}"
        );
    }
    // As a part besides what is demanded, too.
    let path = verifier(options().with("components", "@path"));
    let wrong = lines(&[
        ("\"@path\"", "/hooks/a%20b"),
        ("\"content-digest\";key=\"sha-256\"", &sha256(b"x")[8..]),
    ]);
    let sent = request().with("Content-Digest", sha256(b"x"));
    let code = with(sent, &wrong, &created()).rejection(&path);
    assert_eq!(code, ErrorCode::BodyMismatch);
}

#[test]
fn what_no_signature_can_hold_is_no_demand() {
    for component in [
        "@query-param;name=\"caller id\"",
        "@query-param;name=\"%c3%a4\"",
        "@query-param;name=\"a+b\"",
        "@query-param;name=\"%61\"",
        "@query-param;name=\"%FF\"",
        "x-thing;sf",
        "x-thing;key=\"a b\"",
        "x-thing;key=\"\"",
        "x-thing;key=\"A\"",
        "content-digest;key=\"md5\"",
    ] {
        let error = Verifier::new(
            "rfc9421",
            options().with("components", texts(&["@path", component])),
        )
        .unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{component}");
        assert!(error.detail().contains(component), "{error}");
    }
    for component in [
        "@query-param;name=\"caller%20id\"",
        "@query-param;name=\"%C3%A4\"",
        "priority;sf",
        "x-thing;key=\"a\"",
        "x-thing;bs",
    ] {
        verifier(options().with("components", texts(&["@path", component])));
    }
}

#[test]
fn lists_have_bounds() {
    let verifier = super_verifier(&["x-a"]);
    let many: Vec<(String, String)> = (0..5000)
        .map(|_| ("\"x-a\"".to_owned(), "1".to_owned()))
        .collect();
    let sent = with(request().header("X-A", "1"), &many, &created());
    assert_eq!(sent.rejection(&verifier), ErrorCode::MalformedHeader);
}

#[test]
fn what_is_long_is_not_copied_many_times() {
    let verifier = super_verifier(&["x-a"]);
    let long = "a".repeat(30_000);
    let once = with(
        request().header("X-A", &long),
        &and(&[("\"x-a\"", &long)]),
        &created(),
    );
    assert!(once.verify(&verifier).is_ok());
    let base64 = format!(":{}:", STANDARD.encode(&long));
    let twice = with(
        request().header("X-A", &long),
        &and(&[("\"x-a\"", &long), ("\"x-a\";bs", &base64)]),
        &created(),
    );
    assert_eq!(twice.rejection(&verifier), ErrorCode::MalformedHeader);
}

type Edit<'e> = &'e dyn Fn(&mut serde_json::Value);

#[test]
fn a_file_cannot_mix_what_is_listed() {
    let file = |edit: Edit<'_>| {
        let mut file = serde_json::json!({
            "id": "acme",
            "key": {"option": "secret", "hint": "a secret"},
            "signature": {
                "algorithm": "hmac-sha256", "from": "header:signature", "encoding": "base64",
                "signed": {"listed": "rfc9421", "from": "header:signature-input", "demands": ["@path"]}
            }
        });
        edit(&mut file);
        let options = Options::new().with("secret", SECRET);
        Verifier::new(&file.to_string(), options)
            .map(drop)
            .map_err(|error| error.detail().to_owned())
    };
    assert_eq!(file(&|_| {}), Ok(()));
    let faults: [(&str, Edit<'_>); 10] = [
        ("demands", &|it| {
            it["signature"]["signed"]["demands"] = serde_json::json!(["@method"])
        }),
        ("demands", &|it| {
            it["signature"]["signed"]["demands"] = serde_json::json!([])
        }),
        ("@path;req", &|it| {
            it["signature"]["signed"]["demands"] = serde_json::json!(["@path;req"])
        }),
        ("twice", &|it| {
            it["signature"]["signed"]["demands"] = serde_json::json!(["@path", "@path"])
        }),
        ("from", &|it| {
            it["signature"]["signed"]["from"] = serde_json::json!("query:a")
        }),
        ("from", &|it| {
            it["signature"]["from"] = serde_json::json!(["header:a", "header:b"])
        }),
        ("base64", &|it| {
            it["signature"]["encoding"] = serde_json::json!("hex")
        }),
        ("url", &|it| {
            it["signature"]["url"] = serde_json::json!(["no-port"])
        }),
        ("variant", &|it| {
            it["variant"] = serde_json::json!([{"signed": "{body}"}])
        }),
        ("configurable", &|it| {
            it["signature"]["signed"]["configurable"] = serde_json::json!(true);
            it["require"] = serde_json::json!({"signature:nonce": "present"});
        }),
    ];
    for (what, edit) in faults {
        let detail = file(edit).unwrap_err();
        assert!(detail.contains(what), "{what}: {detail}");
    }
}

#[test]
fn the_demands_are_the_receiver_s_and_cover_what_they_say() {
    let covers = |components: &[&str]| {
        let verifier = verifier(options().with("components", texts(components)));
        let lines = [
            ("\"@target-uri\"".to_owned(), URL.to_owned()),
            usual()[0].clone(),
            usual()[4].clone(),
            ("\"@query-param\";name=\"id\"".to_owned(), "1".to_owned()),
            ("\"content-type\"".to_owned(), "application/json".to_owned()),
        ];
        let facts = with(request(), &lines, &created())
            .verify(&verifier)
            .unwrap();
        facts.covers
    };
    let whole = covers(&["@target-uri", "content-digest"]);
    assert_eq!(
        (whole.url, whole.body, whole.method),
        (CoverageLevel::Full, CoverageLevel::Full, false)
    );
    let part = covers(&["@query-param;name=\"id\"", "content-type"]);
    assert_eq!(
        (part.url, part.body),
        (CoverageLevel::Part, CoverageLevel::None)
    );
    assert_eq!(part.parts, ["query:id", "header:content-type"]);
    // Without the URL a body is needed, or a signature would be one of every request.
    let body = verifier(options().with("components", texts(&["content-digest"])));
    let nothing = with(Delivery::new("POST", URL, b""), &[], &created());
    assert_eq!(nothing.rejection(&body), ErrorCode::SignatureMismatch);
    for components in [
        &["@method"][..],
        &["date"],
        &["@scheme"],
        &["@status"],
        &["@path;req"],
        &["@path", "@path"],
        &["Content-Digest"],
        &["content digest"],
        &["@query-param"],
        &["@path\" \"@method"],
        &[""],
    ] {
        let error =
            Verifier::new("rfc9421", options().with("components", texts(components))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{components:?}");
    }
    for (name, value) in [
        ("headers", "X-A"),
        ("headers", "a b"),
        ("label", "Sig"),
        ("label", ""),
        ("tag", "a\"b"),
    ] {
        let error = Verifier::new("rfc9421", options().with(name, value)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Configuration, "{name} {value}");
    }
}

#[test]
fn the_algorithm_is_bound_to_the_key() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n";
    let made = |algorithm: &str, key: &[u8]| {
        let key = match str::from_utf8(key) {
            Ok(text) => OptionValue::from(text),
            Err(_) => OptionValue::from(key),
        };
        Verifier::new(
            "rfc9421",
            Options::new().with("algorithm", algorithm).with("key", key),
        )
        .map(drop)
        .map_err(|error| error.detail().to_owned())
    };
    assert_eq!(made("ed25519", pem.as_bytes()), Ok(()));
    for (algorithm, key) in [
        // A public key is no secret, whatever it is written as.
        ("hmac-sha256", pem.as_bytes()),
        ("rsa-pss-sha512", pem.as_bytes()),
        ("ecdsa-p256-sha256", pem.as_bytes()),
        ("ed25519", b"a secret that is no public key"),
        ("rsa-v1_5-sha1", pem.as_bytes()),
        ("none", pem.as_bytes()),
    ] {
        assert!(made(algorithm, key).is_err(), "{algorithm}");
    }
    let error = Verifier::new("rfc9421", Options::new().with("key", SECRET)).unwrap_err();
    assert!(error.detail().contains("algorithm"), "{error}");
}

#[test]
fn what_is_signed_for_a_test_is_verified() {
    for (options, id) in [
        (options(), None),
        (
            options()
                .with("require_nonce", true)
                .with("tag", "t")
                .with("label", "mine"),
            Some("n-1"),
        ),
        (
            options().with(
                "components",
                texts(&["@target-uri", "content-digest", "content-type"]),
            ),
            None,
        ),
    ] {
        let verifier = verifier(options);
        let plain = Delivery::new("POST", URL, BODY).header("Content-Type", "text/plain");
        let delivery = plain.signed(&verifier);
        let facts = delivery.verify(&verifier).unwrap();
        assert_eq!(facts.delivery_id.as_deref(), id.map(|_| &b"delivery-1"[..]));
        assert_eq!(delivery.value("content-digest"), sha256(BODY).as_bytes());
    }
    let with_id = verifier(options().with("require_nonce", true));
    let bad = Signing {
        delivery_id: Some("a\"b"),
        ..signing()
    };
    let error = request().request(|request| with_id.sign(request, &bad).unwrap_err());
    assert_eq!(error.code(), ErrorCode::Configuration);
}
