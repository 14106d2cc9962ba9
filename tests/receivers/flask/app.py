"""The conformance receiver for Flask: every method and every path, one scheme an entry.

``HOOKSEAL_WEBHOOKS`` names a JSON file ``{name: {"scheme": …, option: …, "now": …}}``;
the request header ``Hookseal-Webhook`` names the entry. It uses only the public
integration.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, jsonify, request

from hookseal import ConfigurationError, HooksealError, VerifiedEvent
from hookseal.flask import Webhook

Receiver = Callable[[], Response]

app = Flask(__name__)


def show(event: VerifiedEvent) -> Response:
    """The view: what was verified, as JSON."""
    return jsonify(
        scheme=event.scheme,
        payload_base64=base64.b64encode(event.payload).decode(),
        key_id=event.key_id,
        timestamp=event.timestamp,
        delivery_id=event.delivery_id,
        event_type=event.event_type,
        replay_key=event.replay_key,
        claims=dict(event.claims),
        covers=event.covers.as_dict(),
        url_form=event.url_form,
    )


def show_code(error: HooksealError, _request: Request, response: Response) -> None:
    """The rejection hook: adds the code that callers never get to see."""
    response.headers["Hookseal-Code"] = error.code


def receiver(entry: dict[str, Any]) -> Receiver:
    """The verified view for one entry; a refused configuration answers 500."""
    now = entry.pop("now", None)
    scheme = entry.pop("scheme")
    try:
        webhook = Webhook(
            scheme,
            clock=None if now is None else lambda: now,
            on_rejected=show_code,
            **entry,
        )
    except ConfigurationError as error:
        code = error.code
        return lambda: Response("", 500, headers={"Hookseal-Code": code})
    return webhook(show)


def receivers() -> dict[str, Receiver]:
    entries = json.loads(Path(os.environ["HOOKSEAL_WEBHOOKS"]).read_text("utf-8"))
    return {name: receiver(entry) for name, entry in entries.items()}


RECEIVERS = receivers()


@app.before_request
def dispatch() -> Response:
    """Answers ahead of the URL map, which would redirect or refuse odd paths."""
    name = request.headers.get("Hookseal-Webhook")
    if name is None and request.path == "/":
        return Response("ready")
    chosen = RECEIVERS.get(name or "")
    return chosen() if chosen else Response("", 404)
