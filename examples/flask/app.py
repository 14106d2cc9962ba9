"""Answers phone calls, and only genuine ones."""

from __future__ import annotations

import os

from flask import Flask, Response

from hookseal import VerifiedEvent
from hookseal.flask import Webhook

app = Flask(__name__)
app.logger.setLevel("INFO")

plivo = Webhook(
    "plivo",
    auth_token=[token.strip() for token in os.environ["PLIVO_AUTH_TOKEN"].split(",")],
    public_url=os.environ["PUBLIC_URL"],
)


@app.route("/plivo/answer", methods=["GET", "POST"])
@plivo
def answer(event: VerifiedEvent) -> Response:
    app.logger.info("call %s, signed with key %s", event.delivery_id, event.key_id)
    return Response("<Response><Speak>Hello</Speak></Response>", content_type="application/xml")
