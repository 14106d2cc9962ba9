"""Remote key sets, from a real server to a verdict."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time

import flask
import pytest

import hookseal
from conftest import NOW, Signed, code_of
from hookseal.flask import Webhook
from key_server import Key, KeyServer, document, key_set

ISSUER = "https://auth.example.com"
AUDIENCE = "https://example.com/hooks"
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 300}
OPTIONS = {"issuer": ISSUER, "audience": AUDIENCE}
REJECTION = b'{"error":"webhook_rejected"}'


@pytest.fixture(scope="module")
def keys():
    return [Key("first"), Key("second")]


@pytest.fixture
def server():
    running = KeyServer()
    yield running
    running.stop()


def verifier_of(server, **options):
    return hookseal.Verifier("bearer-jwt", jwks_uri=f"{server.url}/keys", **OPTIONS, **options)


def bearing(key) -> Signed:
    headers = {"Authorization": f"Bearer {key.token(**CLAIMS)}"}
    return Signed(url="https://example.com/hooks", body=b"{}", headers=headers)


def verdict(verifier, key):
    return code_of(verifier, bearing(key), now=NOW)


def test_keys_are_fetched_once_and_kept(server, keys):
    server.answers["/keys"] = document(key_set(keys[0]))
    verifier = verifier_of(server)
    assert [verdict(verifier, keys[0]) for _ in range(5)] == ["verified"] * 5
    assert server.paths() == ["/keys"]
    event = verifier.verify(**bearing(keys[0]).arguments(), now=NOW)
    assert event.key_id == "first"


def test_keys_can_be_fetched_at_the_start(server, keys):
    server.answers["/keys"] = document(key_set(keys[0]))
    verifier = verifier_of(server)
    verifier.refresh_keys()
    verifier.refresh_keys()
    assert server.paths() == ["/keys"]
    server.answers.clear()
    assert verdict(verifier, keys[0]) == "verified"


def test_a_failure_at_the_start_is_told(server):
    server.answers["/keys"] = document(b"", status=500)
    with pytest.raises(hookseal.VerificationError) as caught:
        verifier_of(server).refresh_keys()
    assert (caught.value.code, caught.value.status) == ("key_unavailable", 503)
    assert "HTTP status 500" in caught.value.detail


def test_a_rotated_key_is_fetched_once(server, keys):
    server.answers["/keys"] = document(key_set(keys[0]))
    verifier = verifier_of(server, jwks_cooldown=2)
    assert verdict(verifier, keys[0]) == "verified"
    server.answers["/keys"] = document(key_set(*keys))
    # A fetch a moment ago does not tell a new key from a forged one.
    assert verdict(verifier, keys[1]) == "key_unavailable"
    time.sleep(2.1)
    assert verdict(verifier, keys[1]) == "verified"
    assert verdict(verifier, keys[0]) == "verified"
    assert len(server.requests) == 2


def test_unknown_keys_cause_one_request(server, keys):
    server.answers["/keys"] = document(key_set(keys[0]))
    verifier = verifier_of(server)
    assert verdict(verifier, keys[0]) == "verified"
    for _ in range(100):
        assert verdict(verifier, keys[1]) == "key_unavailable"
    assert server.paths() == ["/keys"]


def test_the_last_good_keys_are_kept(server, keys, caplog):
    server.answers["/keys"] = document(key_set(keys[0]))
    verifier = verifier_of(server, jwks_max_age=1, jwks_cooldown=1)
    assert verdict(verifier, keys[0]) == "verified"
    for number, answer in enumerate((document(b"", status=500), document(b"garbage")), 1):
        server.answers["/keys"] = answer
        time.sleep(1.1)
        assert verdict(verifier, keys[0]) == "verified"
        assert len(server.requests) == number + 1
        assert len(caplog.messages) == number


@pytest.mark.parametrize(
    "answer",
    [
        document(b"{}", status=500),
        document(b"garbage"),
        document({"keys": []}),
        document({"keys": [{"kty": "oct", "k": "AAAA"}]}),
        document(b"", status=302, Location="/elsewhere"),
        document(b" " * (50 * 1024 * 1024)),
    ],
    ids=["500", "garbage", "no keys", "a secret", "redirect", "50 MiB"],
)
def test_without_keys_the_provider_should_try_again(server, keys, answer, caplog):
    server.answers = {"/keys": answer, "/elsewhere": document(key_set(keys[0]))}
    verifier = verifier_of(server)
    with caplog.at_level(logging.WARNING, "hookseal"):
        for _ in range(10):
            with pytest.raises(hookseal.VerificationError) as caught:
                verifier.verify(**bearing(keys[0]).arguments(), now=NOW)
            assert (caught.value.code, caught.value.status) == ("key_unavailable", 503)
    assert server.paths() == ["/keys"]
    assert len(caplog.messages) == 1


def test_a_server_that_stalls_costs_five_seconds_once(server, keys):
    server.answers["/keys"] = server.stall
    verifier = verifier_of(server)
    started = time.monotonic()
    verdicts = in_threads(lambda: verdict(verifier, keys[0]), 8)
    assert 4.9 < time.monotonic() - started < 8
    assert verdicts == ["key_unavailable"] * 8
    assert server.paths() == ["/keys"]
    started = time.monotonic()
    assert verdict(verifier, keys[0]) == "key_unavailable"
    assert time.monotonic() - started < 0.5


def in_threads(work, count):
    results = []
    barrier = threading.Barrier(count)

    def run():
        barrier.wait()
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_herd_makes_one_request(server, keys):
    def slow(handler):
        time.sleep(0.2)
        document(key_set(keys[0]))(handler)

    server.answers["/keys"] = slow
    verifier = verifier_of(server)
    assert in_threads(lambda: verdict(verifier, keys[0]), 20) == ["verified"] * 20
    assert server.paths() == ["/keys"]


def test_a_directory_names_the_keys(server, keys):
    server.answers["/metadata"] = document({"jwks_uri": f"{server.url}/keys"})
    server.answers["/keys"] = document(key_set(keys[0]))
    verifier = hookseal.Verifier("bearer-jwt", metadata_uri=f"{server.url}/metadata", **OPTIONS)
    assert verdict(verifier, keys[0]) == "verified"
    assert server.paths() == ["/metadata", "/keys"]


def test_a_directory_cannot_name_another_host(server, keys):
    server.answers["/keys"] = document(key_set(keys[0]))
    other = server.url.replace("127.0.0.1", "localhost")
    for named in (f"{other}/keys", "https://evil.example/keys", "file:///etc/passwd", 5, None):
        server.answers["/metadata"] = document({"jwks_uri": named})
        verifier = hookseal.Verifier(
            "bearer-jwt", metadata_uri=f"{server.url}/metadata", **OPTIONS
        )
        assert verdict(verifier, keys[0]) == "key_unavailable"
    assert set(server.paths()) == {"/metadata"}


@pytest.mark.parametrize(
    "url", ["http://auth.example.com/keys", "ftp://h/keys", "file:///keys", "/keys", "", 5]
)
def test_keys_come_over_https_or_from_this_machine(url):
    with pytest.raises(hookseal.ConfigurationError, match="jwks_uri"):
        hookseal.Verifier("bearer-jwt", jwks_uri=url, **OPTIONS)


def test_a_client_of_ones_own(keys):
    calls = []

    def fetch(url, timeout, max_bytes):
        calls.append(url)
        return json.dumps(key_set(keys[0])).encode()

    url = "https://auth.example.com/keys"
    verifier = hookseal.Verifier("bearer-jwt", jwks_uri=url, fetch_keys=fetch, **OPTIONS)
    assert verdict(verifier, keys[0]) == "verified"
    assert calls == [url]


# Event loops.


def test_an_event_loop_goes_on_meanwhile(server, keys):
    def slow(handler):
        time.sleep(0.3)
        document(key_set(keys[0]))(handler)

    server.answers["/keys"] = slow
    verifier = verifier_of(server)
    ticks = []

    async def tick():
        while True:
            ticks.append(time.monotonic())
            await asyncio.sleep(0.02)

    async def main():
        ticking = asyncio.create_task(tick())
        requests = [
            verifier.verify_async(**bearing(keys[0]).arguments(), now=NOW) for _ in range(8)
        ]
        events = await asyncio.gather(*requests)
        ticking.cancel()
        return events

    events = asyncio.run(main())
    assert [event.key_id for event in events] == ["first"] * 8
    assert server.paths() == ["/keys"]
    assert len(ticks) > 8


def test_an_event_loop_sees_the_same_errors(server, keys, verifier, signed):
    server.answers["/keys"] = document(b"", status=500)

    async def code(verifier, request, **more):
        try:
            event = await verifier.verify_async(**request.arguments(), **more)
        except hookseal.VerificationError as error:
            return error.code
        return event.scheme

    remote = verifier_of(server)
    assert asyncio.run(code(remote, bearing(keys[0]), now=NOW)) == "key_unavailable"
    assert asyncio.run(code(remote, bearing(keys[0]).but(headers={}))) == "missing_header"
    assert asyncio.run(code(verifier, signed)) == "plivo"
    assert asyncio.run(code(verifier, signed.but(body=b"x"))) == "signature_mismatch"


# Flask.


def test_a_view_gets_the_event_when_the_keys_are_there(server, keys):
    app = flask.Flask("tests")

    @app.post("/hooks")
    @Webhook(verifier_of(server, jwks_cooldown=1), clock=lambda: NOW)
    def hooks(event):
        return event.key_id

    def send():
        return app.test_client().post("/hooks", headers=bearing(keys[0]).headers, data=b"{}")

    server.answers["/keys"] = document(b"", status=500)
    answered = send()
    assert (answered.status_code, answered.data) == (503, REJECTION)
    server.answers["/keys"] = document(key_set(keys[0]))
    time.sleep(1.1)
    assert send().text == "first"
