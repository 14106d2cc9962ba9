"""The default clock is `time.time()`, also where a test has replaced it."""

from __future__ import annotations

import json
import time

import flask
import freezegun
import jwt
import pytest
import time_machine

import hookseal
from conftest import NOW, Signed
from hookseal.flask import Webhook, token_endpoint

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"id":1}'


def frozen(moment):
    return freezegun.freeze_time(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)))


def travelled(moment):
    return time_machine.travel(moment, tick=False)


class Patched:
    """`time.time` replaced by hand, as `unittest.mock.patch` does."""

    def __init__(self, moment):
        self.moment = moment

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(time, "time", lambda: float(self.moment))

    def __exit__(self, *_):
        self.patch.undo()


@pytest.fixture(params=[frozen, travelled, Patched], ids=["freezegun", "time-machine", "patch"])
def at(request):
    """Something to enter, in which it is another time."""
    return request.param


@pytest.fixture(scope="module")
def verifier():
    return hookseal.Verifier("standard-webhooks", secret=SECRET)


@pytest.fixture(scope="module")
def request_of_the_past(verifier):
    url = "https://api.example.com/answer"
    headers = verifier.sign("POST", url, BODY, now=NOW, delivery_id="msg_1")
    return Signed(url=url, body=BODY, headers=headers)


def code(verifier, request):
    try:
        verifier.verify(**request.arguments())
    except hookseal.VerificationError as error:
        return error.code
    return "verified"


def test_a_fixture_of_the_past(at, verifier, request_of_the_past):
    assert code(verifier, request_of_the_past) == "timestamp_too_old"
    with at(NOW):
        assert code(verifier, request_of_the_past) == "verified"
    with at(NOW + 3600):
        assert code(verifier, request_of_the_past) == "timestamp_too_old"
    with at(NOW - 3600):
        assert code(verifier, request_of_the_past) == "timestamp_in_future"
    assert code(verifier, request_of_the_past) == "timestamp_too_old"


def test_a_time_that_is_given_counts(at, verifier, request_of_the_past):
    with at(NOW + 3600):
        event = verifier.verify(**request_of_the_past.arguments(), now=NOW)
    assert event.timestamp == NOW


def test_what_is_signed_is_signed_then(at, verifier):
    with at(NOW):
        headers = verifier.sign("POST", "https://h/", BODY)
    assert headers["webhook-timestamp"] == str(NOW)


def test_in_flask(at, verifier, request_of_the_past):
    app = flask.Flask("tests")
    app.post("/answer")(Webhook(verifier)(lambda event: event.scheme))
    client = app.test_client()
    arguments = {"headers": request_of_the_past.headers, "data": BODY}
    assert client.post("/answer", **arguments).status_code == 401
    with at(NOW):
        assert client.post("/answer", **arguments).text == "standard-webhooks"


def test_a_token_is_issued_then(at):
    issuer = hookseal.TokenIssuer(
        client_id="sender",
        client_secret="a-secret-of-the-tests",
        issuer="https://auth.example.com",
        audience="hooks",
        hmac_secret="a secret of 32 bytes, or of more than that",
    )
    app = flask.Flask("tests")
    app.post("/token")(token_endpoint(issuer))
    form = {
        "grant_type": "client_credentials",
        "client_id": "sender",
        "client_secret": "a-secret-of-the-tests",
    }
    with at(NOW):
        answered = app.test_client().post("/token", data=form)
    token = json.loads(answered.data)["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["iat"] == NOW


def test_a_clock_that_fails_is_no_verdict(verifier, request_of_the_past, monkeypatch):
    def broken():
        raise OSError("no clock")

    monkeypatch.setattr(time, "time", broken)
    with pytest.raises(OSError, match="no clock"):
        verifier.verify(**request_of_the_past.arguments())
