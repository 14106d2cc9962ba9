"""Handshakes of a provider: the core makes the reply, Flask sends it."""

from __future__ import annotations

import copy
import json
import logging
import pickle

import flask
import pytest

import hookseal
from conftest import TOKEN, Signed
from hookseal.flask import Webhook, error_response

OPTIONS = {
    "url_token": TOKEN,
    "subscription_names": ["calls"],
    "public_url": "https://api.example.com",
}
URL = f"/events?token={TOKEN}"
CODE = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"
REJECTION = b'{"error":"webhook_rejected"}'
VALIDATION = Signed(
    url=URL,
    headers={
        "aeg-event-type": "SubscriptionValidation",
        "aeg-subscription-name": "CALLS",
        "Content-Type": "application/json; charset=utf-8",
    },
    body=json.dumps(
        [
            {
                "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
                "topic": "/subscriptions/x",
                "subject": "",
                "data": {"validationCode": CODE, "validationUrl": "https://h/"},
                "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
                "eventTime": "2022-10-28T04:23:35.1981776Z",
                "metadataVersion": "1",
                "dataVersion": "1",
            }
        ]
    ).encode(),
)
PERMISSION = Signed(
    method="OPTIONS",
    url=URL,
    headers={"WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "120"},
    body=b"",
)
DELIVERY = Signed(
    url=URL,
    headers={"aeg-event-type": "Notification", "aeg-subscription-name": "CALLS"},
    body=b'[{"id":"1","eventType":"Microsoft.Communication.IncomingCall","data":{}}]',
)


@pytest.fixture(scope="module")
def events():
    return hookseal.Verifier("azure-event-grid", **OPTIONS)


def refusal(verifier, request):
    with pytest.raises(hookseal.VerificationError) as caught:
        verifier.verify(**request.arguments())
    return caught.value


def test_a_handshake_is_an_error_with_a_reply(events):
    error = refusal(events, VALIDATION)
    assert (error.code, error.status, error.authenticate) == ("challenge", 200, None)
    reply = error.reply
    assert type(reply) is hookseal.Reply
    assert reply.status == 200
    assert ("Content-Type", "application/json") in reply.headers
    assert json.loads(reply.body) == {"validationResponse": CODE}


def test_a_reply_without_a_body(events):
    reply = refusal(events, PERMISSION).reply
    headers = {name.lower(): value for name, value in reply.headers}
    assert (reply.status, reply.body) == (200, b"")
    assert headers["webhook-allowed-origin"] == "eventgrid.azure.net"
    assert headers["webhook-allowed-rate"] == "120"


def test_errors_with_a_reply_travel(events):
    error = refusal(events, VALIDATION)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert vars(twin) == vars(error)
        assert twin.reply == error.reply
        assert twin.reply.headers == error.reply.headers


def test_a_reply_is_a_value():
    reply = hookseal.Reply(200, [("A", "b")], b"{}")
    assert reply == hookseal.Reply(200, (("A", "b"),), b"{}")
    assert reply != hookseal.Reply(200, (("A", "b"),), b"{} ")
    assert reply.headers == (("A", "b"),)
    with pytest.raises(AttributeError):
        reply.status = 500


def test_a_reply_keeps_its_body_out_of_logs():
    assert "access_token" not in repr(hookseal.Reply(200, [], b"access_token"))


def test_refused_handshakes_have_their_own_status(events):
    wrong_name = {**VALIDATION.headers, "aeg-subscription-name": "others"}
    error = refusal(events, VALIDATION.but(headers=wrong_name))
    assert (error.code, error.status, error.reply) == ("token_mismatch", 403, None)
    wrong_origin = {"WebHook-Request-Origin": "evil.example"}
    error = refusal(events, PERMISSION.but(headers=wrong_origin))
    assert (error.code, error.status, error.reply) == ("token_mismatch", 405, None)
    error = refusal(events, VALIDATION.but(url="/events?token=another-token"))
    assert (error.code, error.status, error.reply) == ("token_mismatch", 401, None)


# Flask.


class Application:
    def __init__(self, **options):
        self.events = []
        self.refused = []
        self.app = flask.Flask("tests")
        webhook = Webhook(
            "azure-event-grid",
            on_rejected=lambda error, *_: self.refused.append(error.code),
            **{**OPTIONS, **options},
        )

        @self.app.route("/events", methods=["POST", "OPTIONS"])
        @webhook
        def received(event):
            self.events.append(event)
            return ""

    def send(self, request):
        return self.app.test_client().open(
            request.url, method=request.method, headers=request.headers, data=request.body
        )


@pytest.mark.parametrize("request_", [VALIDATION, PERMISSION], ids=["validation", "OPTIONS"])
def test_flask_sends_the_reply_as_it_is(events, request_, caplog):
    application = Application()
    reply = refusal(events, request_).reply
    with caplog.at_level(logging.DEBUG):
        answered = application.send(request_)
    assert answered.status_code == reply.status
    assert answered.data == reply.body
    assert dict(answered.headers) == {
        **dict(reply.headers),
        "Content-Length": str(len(reply.body)),
    }
    # It is neither a delivery nor a refusal.
    assert application.events == []
    assert application.refused == []
    assert "refused" not in caplog.text


def test_flask_refuses_handshakes_alike():
    application = Application()
    wrong_name = {**VALIDATION.headers, "aeg-subscription-name": "others"}
    wrong_origin = {"WebHook-Request-Origin": "evil.example"}
    for request, status in (
        (VALIDATION.but(headers=wrong_name), 403),
        (PERMISSION.but(headers=wrong_origin), 405),
        (VALIDATION.but(url="/events?token=another-token"), 401),
        (PERMISSION.but(url="/events"), 401),
    ):
        answered = application.send(request)
        assert (answered.status_code, answered.data) == (status, REJECTION)
        assert CODE.encode() not in answered.data
    assert len(application.refused) == 4
    assert application.events == []


def test_deliveries_reach_the_view():
    application = Application()
    assert application.send(DELIVERY).status_code == 200
    assert application.events[0].payload == DELIVERY.body


def test_a_refusal_says_how_to_authenticate():
    app = flask.Flask("tests")

    @app.post("/hooks")
    @Webhook("basic", username="user", password="a password of ours")
    def hooks(event):
        return event.key_id

    client = app.test_client()
    answered = client.post("/hooks")
    assert (answered.status_code, answered.data) == (401, REJECTION)
    assert answered.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert client.post("/hooks", auth=("user", "a password of ours")).text == "0"
    assert client.post("/hooks", auth=("user", "another one")).status_code == 401


def test_error_response_serves_other_places(events):
    app = flask.Flask("tests")
    webhook = Webhook(events)

    @app.before_request
    def guard():
        try:
            webhook.verify(flask.request)
        except hookseal.VerificationError as error:
            return error_response(error)
        return "verified"

    client = app.test_client()
    answered = client.post(URL, headers=VALIDATION.headers, data=VALIDATION.body)
    assert answered.json == {"validationResponse": CODE}
    assert client.post(URL, headers=DELIVERY.headers, data=DELIVERY.body).text == "verified"
    assert client.post("/events", data=b"").status_code == 401
