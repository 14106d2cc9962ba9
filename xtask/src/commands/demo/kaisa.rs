//! Kaisa sends user and password (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::delivery::{Delivery, Sender};

const USERNAME: &str = "kaisa";
const PASSWORD: &str = "Pa55:with-a-colon-4Kq7";

pub(super) fn sender() -> Sender {
    let anonymous = |case, status| {
        Delivery::new(case, status, "/kaisa")
            .with_json(r#"{"event":"conversation.closed","id":17}"#)
    };
    let delivery = |case, status, password: &str| {
        let credentials = STANDARD.encode(format!("{USERNAME}:{password}"));
        anonymous(case, status).with_header("Authorization", format!("Basic {credentials}"))
    };
    Sender {
        system: "kaisa",
        environment: vec![
            ("KAISA_USERNAME", USERNAME.to_owned()),
            ("KAISA_PASSWORD", PASSWORD.to_owned()),
        ],
        deliveries: vec![
            delivery("genuine", 200, PASSWORD),
            delivery("wrong password", 401, "Pa55"),
            anonymous("no password", 401),
        ],
    }
}
