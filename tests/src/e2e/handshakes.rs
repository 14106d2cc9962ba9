//! Handshakes: the reply of the core must reach the caller as it is, and a
//! refused one must not look like consent.

use hookseal::ErrorCode;
use serde_json::{Value, json};

use super::case::made;
use crate::format::{Case, Expect};

const CODE: &str = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6";

/// Text that is longer in UTF-8 than in characters: lengths count bytes.
const ODD_CODE: &str = "codé \u{1f680} \"<&>\" \\ \n";

pub(super) fn cases() -> Vec<Case> {
    let genuine = "/events?token=a-random-text-in-the-query";
    let origin = ("WebHook-Request-Origin", "eventgrid.azure.net");
    let rate = ("WebHook-Request-Rate", "120");
    let validation = ("aeg-event-type", "SubscriptionValidation");
    let subscription = ("aeg-subscription-name", "CALLS");
    let notification = ("aeg-event-type", "Notification");
    let is_answered = Expect::Rejected(ErrorCode::Challenge);
    let is_no_token = Expect::Rejected(ErrorCode::TokenMismatch);
    let post = |id, target, headers: &[_], events, expect| {
        case(id, "POST", target, headers, Some(events), expect)
    };
    let options =
        |id, target, headers: &[_], expect| case(id, "OPTIONS", target, headers, None, expect);
    let ours = [validation, subscription];
    vec![
        post(
            "validation",
            genuine,
            &ours,
            json!([event(CODE)]),
            is_answered,
        ),
        post(
            "validation of odd text",
            genuine,
            &ours,
            json!([event(ODD_CODE)]),
            is_answered,
        ),
        post(
            "validation of somebody else's subscription",
            genuine,
            &[validation, ("aeg-subscription-name", "another")],
            json!([event(CODE)]),
            is_no_token,
        ),
        post(
            "validation without the secret",
            "/events?token=another",
            &ours,
            json!([event(CODE)]),
            is_no_token,
        ),
        post(
            "validation beside another event",
            genuine,
            &ours,
            json!([event(CODE), call()]),
            Expect::Rejected(ErrorCode::BodyMismatch),
        ),
        post(
            "validation that is announced as a delivery",
            genuine,
            &[notification, subscription],
            json!([event(CODE)]),
            Expect::Rejected(ErrorCode::BodyMismatch),
        ),
        post(
            "delivery after the validation",
            genuine,
            &[notification, subscription],
            json!([call()]),
            Expect::Verified,
        ),
        options("OPTIONS", genuine, &[origin], is_answered),
        options("OPTIONS with a rate", genuine, &[origin, rate], is_answered),
        options(
            "OPTIONS of another origin",
            genuine,
            &[("WebHook-Request-Origin", "evil.example")],
            is_no_token,
        ),
        options("OPTIONS without an origin", genuine, &[], is_no_token),
        options(
            "OPTIONS without the secret",
            "/events",
            &[origin],
            is_no_token,
        ),
        // What a browser asks before it posts is no handshake.
        options(
            "OPTIONS of a browser",
            genuine,
            &[
                ("Origin", "https://evil.example"),
                ("Access-Control-Request-Method", "POST"),
            ],
            is_no_token,
        ),
    ]
}

fn event(code: &str) -> Value {
    json!({
        "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
        "topic": "/subscriptions/x",
        "subject": "",
        "data": {"validationCode": code, "validationUrl": "https://eventgrid.example/validate"},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": "2022-10-28T04:23:35.1981776Z",
        "metadataVersion": "1",
        "dataVersion": "1",
    })
}

fn call() -> Value {
    json!({
        "id": "d5546be8-227a-4db8-b2c3-4f06fd675fd6",
        "subject": "/caller/x/recipient/y",
        "data": {"to": {"kind": "PhoneNumber"}},
        "eventType": "Microsoft.Communication.IncomingCall",
        "dataVersion": "1.0",
    })
}

fn case(
    id: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    events: Option<Value>,
    expect: Expect,
) -> Case {
    let body = events.map_or_else(String::new, |events| events.to_string());
    let id = format!("handshake: {id}");
    let mut case = made(&id, "azure-event-grid", method, target, body.as_bytes());
    case.options.clear();
    case.options
        .insert("url_token".to_owned(), json!("a-random-text-in-the-query"));
    case.options
        .insert("subscription_names".to_owned(), json!(["calls"]));
    case.expect = expect;
    case.request.headers.clear();
    for (name, value) in [("Content-Type", "application/json")].iter().chain(headers) {
        case.request
            .headers
            .push(((*name).to_owned(), (*value).to_owned()));
    }
    case
}
