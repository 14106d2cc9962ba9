"""Takes the webhooks of five systems, and only genuine ones.

Each is mounted where its variables are set; see README.md.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, Response

from hookseal import VerifiedEvent
from hookseal.flask import Webhook

app = Flask(__name__)
app.logger.setLevel("INFO")

PUBLIC_URL = os.environ["PUBLIC_URL"]


def several(name: str) -> list[str]:
    """The values of a comma-separated variable: during a rotation, two secrets."""
    return [value.strip() for value in os.environ[name].split(",")]


def received(event: VerifiedEvent) -> Response:
    """Answers 200 without a body, and soon: the work itself belongs into a queue."""
    app.logger.info("%s: %d bytes, key %s", event.scheme, len(event.payload), event.key_id)
    return Response()


if "PLIVO_AUTH_TOKEN" in os.environ:
    plivo = Webhook("plivo", auth_token=several("PLIVO_AUTH_TOKEN"), public_url=PUBLIC_URL)

    @app.route("/plivo/answer", methods=["GET", "POST"])
    @plivo
    def answer(event: VerifiedEvent) -> Response:
        app.logger.info("call %s, signed with key %s", event.delivery_id, event.key_id)
        speak = "<Response><Speak>Hello</Speak></Response>"
        return Response(speak, content_type="application/xml")


if "ENABLEX_APP_ID" in os.environ:
    enablex = Webhook("enablex", app_id=several("ENABLEX_APP_ID"), public_url=PUBLIC_URL)
    app.post("/enablex", endpoint="enablex")(enablex(received))

if "VCC_LIVE_SECRET" in os.environ:
    vcc_live = Webhook(
        "vcc-live",
        url_token=several("VCC_LIVE_URL_TOKEN"),
        secret=several("VCC_LIVE_SECRET"),
        cipher=os.environ["VCC_LIVE_CIPHER"],
        public_url=PUBLIC_URL,
    )
    app.post("/vcc-live", endpoint="vcc-live")(vcc_live(received))

if "KAISA_USERNAME" in os.environ:
    kaisa = Webhook(
        "kaisa-basic",
        username=os.environ["KAISA_USERNAME"],
        password=several("KAISA_PASSWORD"),
        public_url=PUBLIC_URL,
    )
    app.post("/kaisa", endpoint="kaisa")(kaisa(received))

if "AZURE_ACS_AUDIENCE" in os.environ:
    keys: dict[str, Any] = {}  # found by the metadata that Microsoft publishes
    if "AZURE_ACS_JWKS_URI" in os.environ:
        keys["jwks_uri"] = os.environ["AZURE_ACS_JWKS_URI"]
    callbacks = Webhook(
        "azure-communication-services",
        audience=os.environ["AZURE_ACS_AUDIENCE"],
        public_url=PUBLIC_URL,
        **keys,
    )
    app.post("/azure/callback", endpoint="callback")(callbacks(received))

if "AZURE_EVENT_GRID_TOKEN" in os.environ:
    events = Webhook(
        "azure-event-grid",
        url_token=several("AZURE_EVENT_GRID_TOKEN"),
        subscription_names=several("AZURE_EVENT_GRID_SUBSCRIPTION"),
        public_url=PUBLIC_URL,
    )
    # OPTIONS is the handshake of subscriptions in the CloudEvents schema.
    app.route("/azure/events", methods=["POST", "OPTIONS"], endpoint="events")(events(received))
