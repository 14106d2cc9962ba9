"""Webhooks whose scheme and options the application's configuration has."""

from __future__ import annotations

import json

import flask
import pytest

import hookseal
from conftest import PUBLIC_URL, TOKEN
from hookseal.flask import Webhook

CONFIG = {"scheme": "plivo", "auth_token": TOKEN, "public_url": PUBLIC_URL}

#: Made before any application, as in a module of blueprints.
calls = Webhook(name="calls")
blueprint = flask.Blueprint("webhooks", __name__)


@blueprint.post("/answer")
@calls
def answer(event):
    return event.key_id


def application(config, webhook=calls):
    app = flask.Flask("tests")
    app.config["HOOKSEAL"] = config
    webhook.init_app(app)
    app.register_blueprint(blueprint)
    return app


def send(app, request):
    headers = list(request.headers.items())
    return app.test_client().post(request.url, headers=headers, data=request.body)


def test_the_configuration_makes_the_verifier(signed):
    app = application({"calls": CONFIG})
    answered = send(app, signed)
    assert (answered.status_code, answered.text) == (200, "0")
    assert send(app, signed.but(body=b"From=1")).status_code == 401
    with app.app_context():
        assert calls.verifier.scheme == "plivo"
    assert calls.name == "calls"


def test_each_application_has_its_own(signed):
    other = {**CONFIG, "auth_token": {"another": "another-token-of-ours", "main": TOKEN}}
    first, second = application({"calls": CONFIG}), application({"calls": other})
    assert send(first, signed).text == "0"
    assert send(second, signed).text == "main"
    assert send(first, signed).text == "0"


def test_the_environment_configures_it(signed, monkeypatch):
    for name, value in CONFIG.items():
        monkeypatch.setenv(f"FLASK_HOOKSEAL__CALLS__{name.upper()}", value)
    monkeypatch.setenv("FLASK_HOOKSEAL__CALLS__MAX_BODY_BYTES", "70")
    monkeypatch.setenv("FLASK_HOOKSEAL__CALLS__REQUIRE_HTTPS", "false")
    app = flask.Flask("tests")
    app.config.from_prefixed_env()
    calls.init_app(app)
    app.register_blueprint(blueprint)
    assert send(app, signed).status_code == 200
    assert send(app, signed.but(body=bytes(71))).status_code == 413


def test_nothing_is_served_without_init_app(signed):
    app = flask.Flask("tests")
    app.register_blueprint(blueprint)
    assert send(app, signed).status_code == 500
    for context in (app.app_context(), app.test_request_context()):
        with context, pytest.raises(hookseal.ConfigurationError, match=r"init_app\(app\)"):
            _ = calls.verifier
    with pytest.raises(hookseal.ConfigurationError, match="calls is not configured here"):
        _ = calls.verifier


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({}, "there is nothing of this name"),
        ({"call": CONFIG, "Hooks": CONFIG}, "nothing of this name; there is 'Hooks', 'call'"),
        (
            {"calls": CONFIG, "CALLS": CONFIG},
            "'CALLS.scheme' is given twice, as 'calls.scheme'",
        ),
        ({"calls": {**CONFIG, "Scheme": "plivo"}}, "'Scheme' is given twice, as 'scheme'"),
        ("calls", "a mapping is needed, not str"),
        ({"calls": None}, "a mapping is needed, not NoneType"),
        ({"calls": {"auth_token": TOKEN}}, "`scheme` is missing"),
        ({"calls": {**CONFIG, "auth_tokn": TOKEN}}, "auth_tokn .* mean auth_token\\?"),
        ({"calls": {"SCHEME": "plivo", "AUTH_TOKN": TOKEN}}, "AUTH_TOKN .* mean AUTH_TOKEN\\?"),
        ({"calls": {"SCHEME": "plivo", "AUTH_TOKEN": ""}}, "option AUTH_TOKEN"),
        ({"calls": {**CONFIG, "ALLOWED_IPS": ["::1", "x"]}}, "option ALLOWED_IPS: entry 1 is"),
        ({"calls": {"scheme": "plivo", "auth_token": 123456}}, "auth_token .*in quotes"),
        ({"calls": {**CONFIG, "auth_token": None}}, "auth_token is None"),
        ({"calls": {**CONFIG, "fetch_keys": None}}, "`fetch_keys` is a function"),
    ],
)
def test_a_mistake_names_webhook_and_option(config, why):
    with pytest.raises(hookseal.ConfigurationError, match=why) as caught:
        application(config)
    assert caught.value.detail.startswith('app.config["HOOKSEAL"]["calls"]: ')
    assert TOKEN not in str(caught.value)


def test_variables_add_to_what_a_file_says_in_another_case(signed, monkeypatch):
    labelled = json.dumps({"main": TOKEN, "shop": "another-token-of-ours"})
    monkeypatch.setenv("FLASK_HOOKSEAL__CALLS__AUTH_TOKEN", labelled)
    monkeypatch.setenv("FLASK_HOOKSEAL__CALLS__PUBLIC_URL", PUBLIC_URL)
    webhook = Webhook(name="calls")
    app = flask.Flask("tests")
    app.config["HOOKSEAL"] = {"calls": {"scheme": "plivo"}}
    app.config.from_prefixed_env()
    webhook.init_app(app)
    app.add_url_rule("/answer", view_func=webhook(lambda event: event.key_id), methods=["POST"])
    assert send(app, signed).text == "main"


def test_a_name_with_a_hyphen_fits_a_variable():
    webhook = Webhook(name="voice-calls")
    app = application({"VOICE_CALLS": CONFIG}, webhook)
    with app.app_context():
        assert webhook.verifier.scheme == "plivo"


def test_the_hooks_are_in_the_code():
    asked = []
    webhook = Webhook(name="hooks", introspect=asked.append)
    config = {"scheme": "bearer-jwt", "introspection": True, "scope": "hooks.write"}
    with application({"hooks": config}, webhook).app_context():
        assert webhook.verifier.scheme == "bearer-jwt"
    with pytest.raises(hookseal.ConfigurationError, match="belong together"):
        application({"hooks": config}, Webhook(name="hooks"))


def test_a_scheme_is_given_once():
    app = flask.Flask("tests")
    with pytest.raises(hookseal.ConfigurationError, match="has its scheme already"):
        Webhook("plivo", auth_token=TOKEN).init_app(app)
    with pytest.raises(hookseal.ConfigurationError, match="given without a scheme"):
        Webhook(name="calls", auth_token=TOKEN)
    with pytest.raises(hookseal.ConfigurationError, match="needs a scheme"):
        Webhook()
    with pytest.raises(hookseal.ConfigurationError, match="the scheme must be"):
        Webhook(None, name="calls")  # a variable that is not set
