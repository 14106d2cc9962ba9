"""The Flask integration inside one process."""

from __future__ import annotations

import io
import logging

import flask
import pytest

import hookseal
from conftest import FORM, NOW, PUBLIC_URL, TOKEN, Signed, sign
from hookseal.flask import Webhook

REJECTION = b'{"error":"webhook_rejected"}'
OPTIONS = {"auth_token": TOKEN, "public_url": PUBLIC_URL}


class Application:
    """One protected route, and a list of the events that reached its view."""

    def __init__(self, scheme="plivo", before=None, **options):
        self.events = []
        self.app = flask.Flask("tests")

        @self.app.before_request
        def call_before():
            if before:
                before()

        self.webhook = Webhook(scheme, **(options or OPTIONS))

        @self.app.route("/answer", methods=["GET", "POST", "PUT"])
        @self.webhook
        def answer(event):
            self.events.append(event)
            return {
                "data": flask.request.get_data().decode("latin-1"),
                "form": flask.request.form.to_dict(),
            }

    def send(self, request, **more):
        return self.app.test_client().open(
            request.url,
            method=request.method,
            headers=list(request.headers.items()),
            data=request.body,
            **more,
        )


def forged(signed: Signed) -> Signed:
    return signed.but(headers={**signed.headers, "x-plivo-signature-v3": "A" * 43 + "="})


def test_a_genuine_delivery_reaches_the_view(signed):
    application = Application()
    answered = application.send(signed)
    assert answered.status_code == 200
    # The body can be read again, in both ways.
    assert answered.json["data"].encode("latin-1") == signed.body
    assert answered.json["form"]["CallUUID"] == "abcd-1234"
    (event,) = application.events
    assert event.payload == signed.body
    assert event.key_id == "0"


def test_a_forged_one_does_not(signed, caplog):
    application = Application()
    with caplog.at_level(logging.WARNING):
        answers = [
            application.send(forged(signed)),
            application.send(signed.but(body=signed.body + b"&a=b")),
            application.send(signed.but(headers={"Content-Type": FORM})),
            application.send(signed.but(method="GET", body=b"")),
        ]
    assert application.events == []
    for answered in answers:
        assert answered.status_code == 401
        assert answered.data == REJECTION
        assert dict(answered.headers) == {
            "Content-Type": "application/json",
            "Content-Length": str(len(REJECTION)),
        }
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == len(answers)
    assert messages[0].startswith("webhook refused: signature_mismatch: ")
    assert all(record.levelno == logging.WARNING for record in caplog.records)
    assert TOKEN not in caplog.text


def test_other_statuses(signed):
    application = Application()
    assert application.send(signed.but(method="PUT")).status_code == 405
    limited = Application(**OPTIONS, max_body_bytes=10)
    assert limited.send(signed).status_code == 413
    assert limited.events == []


def test_a_wrong_option_stops_the_program():
    for options in ({}, {"auth_token": ""}, {**OPTIONS, "secrets": "x"}):
        with pytest.raises(hookseal.ConfigurationError):
            Webhook("plivo", **options)


def test_a_ready_verifier_can_be_shared(signed, verifier):
    application = Application(scheme=verifier, clock=None)
    assert application.webhook.verifier is verifier
    assert application.send(signed).status_code == 200
    with pytest.raises(hookseal.ConfigurationError, match="max_body_bytes"):
        Webhook(verifier, max_body_bytes=1)


def test_the_clock_is_used():
    options = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    verifier = hookseal.Verifier("standard-webhooks", **options)
    headers = verifier.sign("POST", "http://localhost/answer", b"{}", now=NOW)
    request = Signed(url="/answer", body=b"{}", headers=headers)
    for now, status in ((NOW, 200), (NOW + 3600, 401)):
        application = Application("standard-webhooks", clock=lambda now=now: now, **options)
        assert application.send(request).status_code == status


def test_the_arguments_of_the_rule_follow_the_event(signed, verifier):
    app = flask.Flask("tests")

    @app.post("/calls/<int:number>")
    @Webhook(verifier)
    def call(event, number):
        """Documented."""
        return f"{number} {event.scheme}"

    assert call.__name__ == "call"
    assert call.__doc__ == "Documented."
    request = sign(verifier, Signed(url="/calls/7"))
    answered = app.test_client().post("/calls/7", headers=request.headers, data=request.body)
    assert answered.text == "7 plivo"


def test_a_view_may_be_async(signed, verifier):
    app = flask.Flask("tests")

    @app.post("/answer")
    @Webhook(verifier)
    async def answer(event):
        return event.scheme

    answered = app.test_client().post(signed.url, headers=signed.headers, data=signed.body)
    assert answered.text == "plivo"
    assert app.test_client().post(signed.url, data=signed.body).status_code == 401


def test_the_url_without_public_url_is_the_requests_own():
    verifier = hookseal.Verifier("plivo", auth_token=TOKEN)
    request = sign(verifier, Signed(url="https://api.example.com:8443/answer?x=%2F"))
    application = Application(auth_token=TOKEN)
    target = request.but(url="/answer?x=%2F")
    assert application.send(target, base_url="https://api.example.com:8443").status_code == 200
    assert application.send(target, base_url="https://api.example.com").status_code == 401
    assert application.send(target, base_url="http://api.example.com:8443").status_code == 401
    for host in ("", "a/b", "a b", "a?b", "a@b", "é"):
        answered = application.send(target, environ_overrides={"HTTP_HOST": host})
        assert answered.status_code == 400
        assert answered.data == REJECTION
    assert len(application.events) == 1


def test_a_server_without_a_raw_target(verifier):
    request = sign(verifier, Signed(url="/answer?a=%2F&b=+c"))
    application = Application()
    without = {"RAW_URI": "", "REQUEST_URI": ""}
    assert application.send(request, environ_overrides=without).status_code == 200
    uwsgi = {"RAW_URI": "", "REQUEST_URI": "/answer?a=%2F&b=+c"}
    assert application.send(request, environ_overrides=uwsgi).status_code == 200


# The rejection hook.


def test_the_hook_may_add_a_header(signed):
    seen = []

    def hook(error, request, response):
        seen.append((error.code, request.path, response.status_code))
        response.headers["X-Code"] = error.code

    application = Application(**OPTIONS, on_rejected=hook)
    answered = application.send(forged(signed))
    assert answered.headers["X-Code"] == "signature_mismatch"
    assert (answered.status_code, answered.data) == (401, REJECTION)
    assert seen == [("signature_mismatch", "/answer", 401)]
    assert application.send(signed).status_code == 200
    assert len(seen) == 1


@pytest.mark.parametrize(
    "replacement", [("gone", 410), flask.Response("gone", 410), ({"a": 1}, 410)]
)
def test_the_hook_may_replace_the_response(signed, replacement):
    application = Application(**OPTIONS, on_rejected=lambda *_: replacement)
    assert application.send(forged(signed)).status_code == 410
    assert application.events == []


# Pitfall MW-1.
def test_a_hook_that_fails_rejects_all_the_same(signed, caplog):
    def hook(error, request, response):
        response.status_code = 200
        response.headers["X-Half"] = "done"
        raise RuntimeError("hook")

    for broken in (hook, lambda: None, lambda *_: object()):
        application = Application(**OPTIONS, on_rejected=broken)
        answered = application.send(forged(signed))
        assert (answered.status_code, answered.data) == (401, REJECTION)
        assert "X-Half" not in answered.headers
        assert application.events == []
    assert "on_rejected failed" in caplog.text


# Bodies that somebody reads first.


@pytest.mark.parametrize(
    "read",
    [
        lambda: flask.request.get_data(),
        lambda: flask.request.get_json(silent=True),
        lambda: (flask.request.get_data(), flask.request.form),
        lambda: flask.request.args,
        lambda: flask.request.stream,
    ],
    ids=["get_data", "get_json", "get_data and form", "args", "stream untouched"],
)
def test_readers_that_keep_the_bytes_do_no_harm(signed, read):
    application = Application(before=read)
    answered = application.send(signed)
    assert answered.status_code == 200
    assert answered.json["form"]["CallUUID"] == "abcd-1234"


# Pitfall BODY-1.
@pytest.mark.parametrize(
    "read",
    [
        lambda: flask.request.form,
        lambda: flask.request.values,
        lambda: flask.request.files,
        lambda: flask.request.get_data(parse_form_data=True),
        lambda: flask.request.get_data(cache=False),
        lambda: flask.request.stream.read(),
        lambda: flask.request.stream.read(5),
    ],
    ids=["form", "values", "files", "get_data parsing", "no cache", "stream", "5 bytes"],
)
def test_readers_that_lose_the_bytes_are_named(signed, read, caplog):
    application = Application(before=read)
    answered = application.send(signed)
    assert answered.status_code == 500
    assert answered.data == REJECTION
    assert application.events == []
    assert "body_already_parsed" in caplog.text
    assert "request.get_data()" in caplog.text


def test_a_parsed_body_over_the_limit(signed):
    application = Application(
        **OPTIONS, max_body_bytes=10, before=lambda: flask.request.get_data()
    )
    assert application.send(signed).status_code == 413


def test_flasks_own_limit_answers_alike(signed):
    application = Application()
    application.app.config["MAX_CONTENT_LENGTH"] = 10
    answered = application.send(signed)
    assert (answered.status_code, answered.data) == (413, REJECTION)


def test_a_chunked_body_needs_a_server_that_ends_it(signed):
    application = Application()
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    stream = {"wsgi.input": io.BytesIO(signed.body)}
    without_body = signed.but(body=None)
    answered = application.send(without_body, environ_overrides={**chunked, **stream})
    assert answered.status_code == 500
    stream = {"wsgi.input": io.BytesIO(signed.body), "wsgi.input_terminated": True}
    answered = application.send(without_body, environ_overrides={**chunked, **stream})
    assert answered.status_code == 200


def test_a_stream_that_is_shorter_than_declared(signed, caplog):
    application = Application(before=lambda: flask.request.environ["wsgi.input"].read())
    answered = application.send(signed)
    assert (answered.status_code, answered.data) == (401, REJECTION)
    assert "body_mismatch" in caplog.text
    assert "wsgi.input" in caplog.text


def test_a_connection_that_ends_early(signed):
    application = Application()
    for ends in ({}, {"wsgi.input_terminated": True}):
        short = {"CONTENT_LENGTH": str(len(signed.body) + 5), **ends}
        answered = application.send(signed, environ_overrides=short)
        assert (answered.status_code, answered.data) == (401, REJECTION)
    assert application.events == []


def test_any_bytes_are_a_body():
    github = hookseal.Verifier("github", secret="a-secret-of-the-tests")
    application = Application(scheme=github, clock=None)
    for body in (b"", b"\x00\xff\xfe\x80\xc3\x28", bytes(range(256)) * 4000):
        headers = github.sign("POST", "/answer", body)
        request = Signed(url="/answer", body=body, headers=headers)
        answered = application.send(request)
        assert answered.status_code == 200
        assert answered.json["data"].encode("latin-1") == body
