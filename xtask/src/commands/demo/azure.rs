//! Azure: callbacks of Communication Services with a token each, and events of
//! Event Grid, which signs nothing but asks for consent first.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use conformance::identity::{Answer, IdentityServer, SigningKey, compact, key_set};
use serde_json::{Value, json};

use super::delivery::{Delivery, Sender};

const KEYS: &str = "/calling/keys";
const ISSUER: &str = "https://acscallautomation.communication.azure.com";
const RESOURCE: &str = "a46cfa6a-73ce-4b07-9cfd-c3c28496ca08";
const CALLBACK: &str = r#"[{"type":"Microsoft.Communication.CallConnected","specversion":"1.0"}]"#;

/// What publishes the keys of tokens.
pub(super) struct Identity {
    server: IdentityServer,
    key: SigningKey,
}

impl Identity {
    pub(super) fn start() -> Result<Self> {
        let server = IdentityServer::start()?;
        let key = SigningKey::test_rsa(1, "published")?;
        server.set(KEYS, Answer::Document(key_set([&key])));
        Ok(Self { server, key })
    }

    pub(super) fn callbacks(&self) -> Result<Sender> {
        let delivery = |case, status, token: &str| {
            Delivery::new(case, status, "/azure/callback")
                .with_header("Authorization", format!("Bearer {token}"))
                .with_json(CALLBACK)
        };
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
        let claims = |audience: &str, expires: i64| json!({"iss": ISSUER, "aud": audience, "iat": expires - 300, "exp": expires});
        let good = claims(RESOURCE, now + 300);
        // Its id is that of the published one.
        let forger = SigningKey::test_rsa(2, self.key.id())?;
        let unsigned = json!({"alg": "none", "kid": self.key.id()});
        let other_resource = claims("00000000-73ce-4b07-9cfd-c3c28496ca08", now + 300);
        Ok(Sender {
            system: "azure communication",
            environment: vec![
                ("AZURE_ACS_AUDIENCE", RESOURCE.to_owned()),
                ("AZURE_ACS_JWKS_URI", self.server.url(KEYS)),
            ],
            deliveries: vec![
                delivery("genuine", 200, &self.key.token(&good)),
                delivery("forged with another key", 401, &forger.token(&good)),
                delivery(
                    "not signed",
                    401,
                    &compact(&unsigned, &good, |_| Vec::new()),
                ),
                delivery("another resource", 401, &self.key.token(&other_resource)),
                delivery(
                    "expired",
                    401,
                    &self.key.token(&claims(RESOURCE, now - 120)),
                ),
                Delivery::new("no token", 401, "/azure/callback").with_json(CALLBACK),
            ],
        })
    }
}

pub(super) fn event_grid() -> Sender {
    const SUBSCRIPTION: &str = "incoming-calls";
    const CODE: &str = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6";
    const ORIGIN: &str = "eventgrid.azure.net";
    const TARGET: &str = "/azure/events?token=v9Jx3Rk6Wd2n";
    const WITHOUT_SECRET: &str = "/azure/events?token=another";

    let event = |kind: &str, data: Value| json!([{"eventType": kind, "data": data}]).to_string();
    let post = |case, status, target, kind: &str, subscription: &str, body: &str| {
        Delivery::new(case, status, target)
            .with_header("aeg-event-type", kind)
            .with_header("aeg-subscription-name", subscription)
            .with_json(body)
    };
    let validation = event(
        "Microsoft.EventGrid.SubscriptionValidationEvent",
        json!({"validationCode": CODE}),
    );
    let call = event(
        "Microsoft.Communication.IncomingCall",
        json!({"to": {"kind": "PhoneNumber"}}),
    );
    let validate = |case, status, target, subscription: &str| {
        post(
            case,
            status,
            target,
            "SubscriptionValidation",
            subscription,
            &validation,
        )
    };
    let deliver =
        |case, status, target| post(case, status, target, "Notification", SUBSCRIPTION, &call);
    let options = |case, status, origin: &str| {
        Delivery::new(case, status, TARGET)
            .with_method("OPTIONS")
            .with_header("WebHook-Request-Origin", origin)
    };
    Sender {
        system: "azure event grid",
        environment: vec![
            ("AZURE_EVENT_GRID_TOKEN", "v9Jx3Rk6Wd2n".to_owned()),
            ("AZURE_EVENT_GRID_SUBSCRIPTION", SUBSCRIPTION.to_owned()),
        ],
        deliveries: vec![
            deliver("genuine", 200, TARGET),
            deliver("wrong secret", 401, WITHOUT_SECRET),
            validate("validation", 200, TARGET, SUBSCRIPTION).with_echo(CODE),
            validate(
                "validation, wrong secret",
                401,
                WITHOUT_SECRET,
                SUBSCRIPTION,
            ),
            validate("validation of another", 403, TARGET, "another"),
            options("OPTIONS", 200, ORIGIN).with_echo(ORIGIN),
            options("OPTIONS of another origin", 405, "evil.example"),
        ],
    }
}
