"""Opaque tokens: a hook asks their issuer."""

from __future__ import annotations

import asyncio
import threading

import flask
import pytest

import hookseal
from conftest import NOW, Signed, code_of
from hookseal.flask import Webhook

TOKEN = "2YotnFZFEjr1zCsicMWpAA"
ACTIVE = {"active": True, "scope": "webhooks.write", "client_id": "sender", "exp": NOW + 60}
DELIVERY = Signed(
    url="https://h/hooks", body=b"{}", headers={"Authorization": f"Bearer {TOKEN}"}
)
OPTIONS = {"introspection": True, "scope": "webhooks.write"}


class Issuer:
    """Knows one token, and notes who asked."""

    def __init__(self, answer=ACTIVE):
        self.answer = answer
        self.asked = []
        self.threads = set()

    def __call__(self, token):
        self.asked.append(token)
        self.threads.add(threading.get_ident())
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def introspecting(issuer):
    return hookseal.Verifier("bearer-jwt", introspect=issuer, **OPTIONS)


def test_the_answer_becomes_the_claims():
    issuer = Issuer()
    event = introspecting(issuer).verify(**DELIVERY.arguments(), now=NOW)
    assert event.claims == ACTIVE
    assert event.key_id == ""
    assert event.payload is DELIVERY.body
    assert event.replay_key is None
    assert issuer.asked == [TOKEN]


@pytest.mark.parametrize(
    "answer",
    ['{"active":true,"scope":"webhooks.write"}', b'{"active":true,"scope":"webhooks.write"}'],
)
def test_the_answer_may_be_json(answer):
    assert code_of(introspecting(Issuer(answer)), DELIVERY, now=NOW) == "verified"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"active": False}, "token_mismatch"),
        ({**ACTIVE, "active": "true"}, "token_mismatch"),
        ({}, "token_mismatch"),
        ({**ACTIVE, "exp": NOW - 100}, "jwt_expired"),
        ("no JSON", "key_unavailable"),
        (b"\xff", "key_unavailable"),
        (None, "key_unavailable"),
        (5, "key_unavailable"),
        ({"active": object()}, "key_unavailable"),
        (OSError("no way there"), "key_unavailable"),
    ],
)
def test_every_other_answer_is_a_refusal(answer, code):
    assert code_of(introspecting(Issuer(answer)), DELIVERY, now=NOW) == code


def test_a_failing_hook_shows_no_token():
    failure = OSError(f"no way to ask about {TOKEN}")
    with pytest.raises(hookseal.VerificationError) as caught:
        introspecting(Issuer(failure)).verify(**DELIVERY.arguments(), now=NOW)
    assert caught.value.status == 503
    assert caught.value.detail == "`introspect` raised OSError"
    assert caught.value.__cause__ is failure


def test_what_must_not_be_swallowed_passes():
    def introspect(token):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        introspecting(introspect).verify(**DELIVERY.arguments(), now=NOW)


def test_nobody_is_asked_about_what_is_refused_anyway():
    issuer = Issuer()
    verifier = hookseal.Verifier(
        "bearer-jwt", introspect=issuer, allowed_ips=["192.0.2.1"], **OPTIONS
    )
    assert code_of(verifier, DELIVERY, now=NOW) == "ip_not_allowed"
    for headers in (
        {},
        {"Authorization": "Basic x"},
        {"Authorization": ["Bearer a", "Bearer b"]},
    ):
        refused = DELIVERY.but(headers=headers)
        assert code_of(introspecting(issuer), refused, now=NOW) != "verified"
    assert issuer.asked == []


def test_the_option_needs_its_hook():
    with pytest.raises(hookseal.ConfigurationError, match="belong together"):
        hookseal.Verifier("bearer-jwt", **OPTIONS)


def test_a_hook_without_a_use_is_a_mistake(verifier):
    with pytest.raises(hookseal.ConfigurationError, match="introspect"):
        hookseal.Verifier("github", secret="a-secret-of-the-tests", introspect=Issuer())
    with pytest.raises(hookseal.ConfigurationError, match="introspect"):
        Webhook(verifier, introspect=Issuer())


def test_an_event_loop_asks_in_a_thread():
    issuer = Issuer()
    event = asyncio.run(introspecting(issuer).verify_async(**DELIVERY.arguments(), now=NOW))
    assert event.claims == ACTIVE
    assert issuer.asked == [TOKEN]
    assert threading.get_ident() not in issuer.threads


def test_a_view_gets_what_the_issuer_says():
    app = flask.Flask("tests")
    issuer = Issuer()

    @app.post("/hooks")
    @Webhook("bearer-jwt", introspect=issuer, clock=lambda: NOW, **OPTIONS)
    def hooks(event):
        return event.claims["client_id"]

    client = app.test_client()
    assert client.post("/hooks", headers=DELIVERY.headers).text == "sender"
    issuer.answer = {"active": False}
    assert client.post("/hooks", headers=DELIVERY.headers).status_code == 401
    issuer.answer = OSError()
    assert client.post("/hooks", headers=DELIVERY.headers).status_code == 503
