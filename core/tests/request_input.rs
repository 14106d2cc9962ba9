//! Requests that could be read in two ways, by the library and by the
//! application behind it, or by the key and by the library.

mod common;

use common::{Delivery, NOW, signing};
use hookseal::{ErrorCode, Options, Signing, Verifier};

const URL: &str = "https://example.com/hook";
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

fn verifier(scheme: &str, option: &str) -> Verifier {
    let options = Options::new().with(option, "a secret of no provider");
    Verifier::new(scheme, options).unwrap()
}

/// A scheme of one's own that signs this.
fn custom(signed: &str, more: &str) -> Verifier {
    let scheme = format!(
        r#"{{"id": "own", "title": "Own", "docs": "https://docs.example.com/", "status": "unconfirmed",
            "key": {{"option": "secret", "hint": "the secret"}},
            "signature": {{"algorithm": "hmac-sha256", "from": "header:x-signature", "encoding": "hex",
                          "signed": "{signed}"}}{more}}}"#
    );
    verifier(&scheme, "secret")
}

const TIME: &str = r#", "timestamp": {"from": "header:x-time", "format": "unix", "tolerance": {"past": 300, "future": 300}}"#;
const ID: &str = r#", "delivery_id": {"from": "header:x-id"}"#;

/// Signs with an id, and looks at the error.
fn signing_error(verifier: &Verifier, delivery: &Delivery, id: &str) -> ErrorCode {
    let signing = Signing {
        delivery_id: Some(id),
        ..signing()
    };
    delivery.request(|request| verifier.sign(request, &signing).unwrap_err().code())
}

#[test]
fn a_nonce_takes_nothing_of_what_stands_in_front_of_it() {
    let voice = verifier("plivo", "auth_token");
    let form = Delivery::form(URL, "Amount=10.50").signed(&voice);
    assert!(form.verify(&voice).is_ok());
    let mut forged = form.with("x-plivo-signature-v3-nonce", "50.delivery-1");
    forged.body = b"Amount=10".to_vec();
    assert_eq!(forged.rejection(&voice), ErrorCode::MalformedHeader);

    let report = Delivery::new("GET", "https://example.com/calls/report.xml", b"").signed(&voice);
    assert!(report.verify(&voice).is_ok());
    let mut forged = report.with("x-plivo-signature-v3-nonce", "xml.delivery-1");
    forged.url = b"https://example.com/calls/report".to_vec();
    assert_eq!(forged.rejection(&voice), ErrorCode::MalformedHeader);

    for scheme in ["plivo-v2", "plivo-messaging"] {
        let legacy = verifier("plivo-v2", "auth_token");
        let sms = Delivery::form("https://example.com/hooks/sms/inbound", "a=b").signed(&legacy);
        let verifier = verifier(scheme, "auth_token");
        assert!(sms.verify(&verifier).is_ok(), "{scheme}");
        let mut forged = sms.with("x-plivo-signature-v2-nonce", "/sms/inbounddelivery-1");
        forged.url = b"https://example.com/hooks".to_vec();
        assert_eq!(
            forged.rejection(&verifier),
            ErrorCode::MalformedHeader,
            "{scheme}"
        );
    }
}

#[test]
fn an_id_takes_nothing_of_what_stands_behind_it() {
    let options = Options::new().with("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let verifier = Verifier::new("standard-webhooks", options).unwrap();
    let body = format!("{NOW}.{{\"a\":1}}");
    let genuine = Delivery::new("POST", URL, body.as_bytes()).signed(&verifier);
    assert!(genuine.verify(&verifier).is_ok());
    let mut forged = genuine.with("webhook-id", format!("delivery-1.{NOW}"));
    forged.body = b"{\"a\":1}".to_vec();
    assert_eq!(forged.rejection(&verifier), ErrorCode::MalformedHeader);
    for id in ["msg.1", "msg/1", "msg_1.1700000000"] {
        let delivery = Delivery::new("POST", URL, b"{}");
        let code = signing_error(&verifier, &delivery, id);
        assert_eq!(code, ErrorCode::MalformedHeader, "{id}");
    }
}

#[test]
fn a_scheme_of_ones_own_keeps_ids_apart_too() {
    let more = format!("{TIME}{ID}");
    for signed in [
        "{delivery_id}.{timestamp}.{body}",
        "{timestamp}:{delivery_id}:{body}",
        "{timestamp}.{delivery_id}{body}",
    ] {
        let own = custom(signed, &more);
        let delivery = Delivery::new("POST", URL, b"{}");
        assert!(
            delivery.clone().signed(&own).verify(&own).is_ok(),
            "{signed}"
        );
        for id in ["a.b", "a:b", "a/b", "{\"a\":1}"] {
            assert_eq!(
                signing_error(&own, &delivery, id),
                ErrorCode::MalformedHeader,
                "{signed} {id}"
            );
            let forged = delivery.clone().signed(&own).with("x-id", id);
            assert_eq!(
                forged.rejection(&own),
                ErrorCode::MalformedHeader,
                "{signed} {id}"
            );
        }
    }
    // What such ids hold besides can be said, but never the separator.
    let more = format!(r#"{TIME}, "delivery_id": {{"from": "header:x-id", "characters": "=.:"}}"#);
    let own = custom("{delivery_id}.{timestamp}.{body}", &more);
    let delivery = Delivery::new("POST", URL, b"{}");
    let signing = Signing {
        delivery_id: Some("a:b="),
        ..signing()
    };
    assert!(delivery.request(|request| own.sign(request, &signing).is_ok()));
    assert_eq!(
        signing_error(&own, &delivery, "a.b"),
        ErrorCode::MalformedHeader
    );
}

#[test]
fn a_url_takes_nothing_of_the_body_behind_it() {
    let own = custom("{url}|{body}", "");
    let genuine = Delivery::new("POST", URL, b"a|b").signed(&own);
    assert!(genuine.verify(&own).is_ok());
    let mut forged = genuine;
    forged.url = format!("{URL}|a").into_bytes();
    forged.body = b"b".to_vec();
    assert_eq!(forged.rejection(&own), ErrorCode::BodyMismatch);
    assert_eq!(signing_error(&own, &forged, "x"), ErrorCode::BodyMismatch);
}

#[test]
fn parameters_take_nothing_of_each_other() {
    let own = custom("{query|sort|pairs '{name}={value}&'}{body}", "");
    let genuine = Delivery::new("POST", "https://example.com/?a=1&b=2", b"").signed(&own);
    assert!(genuine.verify(&own).is_ok());
    for query in ["a=1%26b=2", "a%3D1%26b=2"] {
        let mut forged = genuine.clone();
        forged.url = format!("https://example.com/?{query}").into_bytes();
        let code = forged.rejection(&own);
        assert!([ErrorCode::BodyMismatch, ErrorCode::SignatureMismatch].contains(&code));
        assert_eq!(
            signing_error(&own, &forged, "x"),
            ErrorCode::BodyMismatch,
            "{query}"
        );
    }
}

#[test]
fn a_method_is_a_word() {
    let own = custom("{method}:{url}", "");
    for method in ["POST:http", "A B", "GET/", "a.b", ""] {
        let delivery = Delivery::new(method, URL, b"");
        assert_eq!(
            signing_error(&own, &delivery, "x"),
            ErrorCode::MethodNotAllowed,
            "{method}"
        );
    }
}

#[test]
fn a_webhook_is_called_over_http() {
    let options = || Options::new().with("auth_token", "a secret of no provider");
    let plain = Verifier::new("plivo", options()).unwrap();
    let configured = options().with("public_url", "https://example.com");
    let configured = Verifier::new("plivo", configured).unwrap();
    for url in ["ftp://example.com/hook", "gopher://h/", "javascript://h/"] {
        for verifier in [&plain, &configured] {
            let delivery = Delivery::new("GET", url, b"");
            let rejected = signing_error(verifier, &delivery, "x");
            assert_eq!(rejected, ErrorCode::MalformedUrl, "{url}");
        }
    }
}

/// Other character sets make other fields of the same bytes.
#[test]
fn a_form_is_one_in_utf_8() {
    for scheme in ["twilio", "plivo", "plivo-v1", "plivo-messaging"] {
        let verifier = verifier(scheme, "auth_token");
        let signed = Delivery::form(URL, "From=1&To=2").signed(&verifier);
        for fine in ["; charset=utf-8", ";charset=\"UTF-8\"", ";"] {
            let delivery = signed
                .clone()
                .with("content-type", format!("{FORM_TYPE}{fine}"));
            assert!(delivery.verify(&verifier).is_ok(), "{scheme} {fine}");
        }
        for other in [
            "; charset=utf-16",
            "; charset=utf-7",
            "; charset=latin1",
            "; charset=utf-8; charset=utf-16",
            "; charset*=utf-16''",
            "; charset=utf-8, text/plain",
        ] {
            let delivery = signed
                .clone()
                .with("content-type", format!("{FORM_TYPE}{other}"));
            assert_eq!(
                delivery.rejection(&verifier),
                ErrorCode::BodyMismatch,
                "{scheme} {other}"
            );
            let error = delivery.request(|it| verifier.sign(it, &signing()).unwrap_err());
            assert_eq!(error.code(), ErrorCode::BodyMismatch, "{scheme} {other}");
        }
        let twice = signed.clone().header("Content-Type", FORM_TYPE);
        assert_eq!(
            twice.rejection(&verifier),
            ErrorCode::BodyMismatch,
            "{scheme}"
        );
        let two = signed.header("Content-Type", "application/json");
        assert!(two.verify(&verifier).is_err(), "{scheme}");
    }
}

#[test]
fn a_digest_may_be_repeated_but_not_contradicted() {
    let verifier = verifier("twilio", "auth_token");
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let url = |query: String| format!("{URL}?{query}");
    let json =
        |url: &str| Delivery::new("POST", url, b"{}").header("Content-Type", "application/json");
    let twice = json(&url(format!("bodySHA256={digest}&bodySHA256={digest}"))).signed(&verifier);
    assert!(twice.verify(&verifier).is_ok());
    for other in ["00", "", &digest.to_uppercase()] {
        let delivery = json(&url(format!("bodySHA256={digest}&bodySHA256={other}")));
        let error = delivery.request(|it| verifier.sign(it, &signing()).unwrap_err());
        assert_eq!(error.code(), ErrorCode::BodyMismatch, "{other}");
    }
}

/// DocuSign numbers its signature headers, one for each key of the account.
#[test]
fn a_scheme_may_have_thirty_two_signature_headers() {
    let own = |count: usize| {
        let names: Vec<String> = (1..=count)
            .map(|it| format!("\"header:x-signature-{it}\""))
            .collect();
        let scheme = format!(
            r#"{{"id": "own", "title": "Own", "docs": "https://docs.example.com/", "status": "unconfirmed",
                "key": {{"option": "secret", "hint": "the secret"}},
                "signature": {{"algorithm": "hmac-sha256", "from": [{}], "encoding": "base64",
                              "signed": "{{body}}"}}}}"#,
            names.join(", ")
        );
        let options = Options::new()
            .with("secret", "a secret of no provider")
            .with("trusted_proxies", "10.0.0.0/8")
            .with("allowed_hosts", "example.com");
        Verifier::new(&scheme, options)
    };
    let verifier = own(32).unwrap();
    let signed = Delivery::new("POST", URL, b"{}").signed(&verifier);
    let signature = signed.value("x-signature-1").to_vec();
    let mut all = Delivery::new("POST", URL, b"{}");
    for number in 1..32 {
        let other = format!("{}=", "A".repeat(43));
        all = all.header(&format!("X-Signature-{number}"), other);
    }
    assert_eq!(all.rejection(&verifier), ErrorCode::SignatureMismatch);
    assert!(
        all.header("X-Signature-32", signature)
            .verify(&verifier)
            .is_ok()
    );
    assert!(own(64).is_err());
}

#[test]
fn blanks_after_the_separators_of_a_signature_header_do_not_count() {
    let options = Options::new().with("secret", "whsec_test_secret");
    let stripe = Verifier::new("stripe", options).unwrap();
    let signed = Delivery::new("POST", URL, b"{}").signed(&stripe);
    let value = String::from_utf8(signed.value("stripe-signature").to_vec()).unwrap();
    for spaced in [
        value.replace(',', ", "),
        value.replace(',', " ,\t"),
        format!(" {value} "),
    ] {
        let delivery = signed.clone().with("stripe-signature", &spaced);
        assert!(delivery.verify(&stripe).is_ok(), "{spaced}");
    }
}
