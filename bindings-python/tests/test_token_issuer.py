"""The token endpoint, used by real OAuth 2.0 clients over loopback HTTP."""

from __future__ import annotations

import json
import threading

import authlib.integrations.requests_client
import flask
import jwt
import oauthlib.oauth2
import pytest
import requests
import requests_oauthlib
from werkzeug.serving import make_server

import hookseal
from conftest import NOW
from hookseal.flask import Webhook, token_endpoint

CLIENT_ID = "kaisa-client"
CLIENT_SECRET = "s3cr:t+/ %25 of ours"
HMAC_SECRET = "a secret of 32 bytes, or of more than that"
ISSUER = "https://auth.example.com"
AUDIENCE = "https://api.example.com/hooks"
SCOPE = "webhooks.write"
OPTIONS = {
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "issuer": ISSUER,
    "audience": AUDIENCE,
    "scope": SCOPE,
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REQUEST = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}


def encoded(**parameters) -> bytes:
    return requests.models.RequestEncodingMixin._encode_params(parameters).encode()


def keys(algorithm):
    if algorithm == "HS256":
        return {"hmac_secret": HMAC_SECRET}
    return {"ed25519_seed": bytes(range(32))}


def verifying(issuer, algorithm):
    proof = {"hmac_secret": HMAC_SECRET} if algorithm == "HS256" else {"jwks": issuer.jwks()}
    return {"issuer": ISSUER, "audience": AUDIENCE, "scope": SCOPE, **proof}


@pytest.fixture(params=["HS256", "EdDSA"])
def algorithm(request):
    return request.param


@pytest.fixture
def issuer(algorithm):
    return hookseal.TokenIssuer(**OPTIONS, **keys(algorithm))


class Server:
    """A token endpoint and a webhook that takes its tokens, in one application."""

    def __init__(self, issuer, algorithm):
        self.events = []
        app = flask.Flask("tests")
        app.post("/oauth2/token")(token_endpoint(issuer))

        @app.post("/hooks")
        @Webhook("kaisa-oauth2", **verifying(issuer, algorithm))
        def hooks(event):
            self.events.append(event)
            return event.scheme

        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.token_url = f"{self.url}/oauth2/token"

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server(issuer, algorithm, monkeypatch):
    # Both clients insist on HTTPS even on this machine.
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    running = Server(issuer, algorithm)
    yield running
    running.stop()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_gets_a_token_and_delivers(server, method):
    with authlib.integrations.requests_client.OAuth2Session(
        CLIENT_ID, CLIENT_SECRET, token_endpoint_auth_method=method, scope=SCOPE
    ) as client:
        token = client.fetch_token(server.token_url, grant_type="client_credentials")
        assert token["token_type"] == "Bearer"
        assert token["expires_in"] == 300
        assert token["scope"] == SCOPE
        answered = client.post(f"{server.url}/hooks", data=b'{"event":"call"}')
    assert (answered.status_code, answered.text) == (200, "kaisa-oauth2")
    (event,) = server.events
    assert event.payload == b'{"event":"call"}'
    assert event.claims["iss"] == ISSUER
    assert event.claims["scope"] == SCOPE
    assert event.replay_key is None


@pytest.mark.parametrize("in_body", [False, True], ids=["basic", "post"])
def test_requests_oauthlib_gets_a_token_and_delivers(server, in_body):
    backend = oauthlib.oauth2.BackendApplicationClient(CLIENT_ID, scope=SCOPE)
    with requests_oauthlib.OAuth2Session(client=backend) as client:
        how = (
            {"include_client_id": True, "client_secret": CLIENT_SECRET}
            if in_body
            else {"auth": requests.auth.HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET)}
        )
        token = client.fetch_token(server.token_url, **how)
        assert token["scope"] == [SCOPE]
        answered = client.post(f"{server.url}/hooks", data=b"{}")
    assert (answered.status_code, answered.text) == (200, "kaisa-oauth2")


def test_a_wrong_secret_is_refused_in_the_words_of_the_standard(server, caplog):
    with authlib.integrations.requests_client.OAuth2Session(CLIENT_ID, "wrong") as client:
        answered = client.request(
            "POST",
            server.token_url,
            data={"grant_type": "client_credentials"},
            auth=(CLIENT_ID, "wrong"),
            withhold_token=True,
        )
    assert answered.status_code == 401
    assert answered.json() == {"error": "invalid_client"}
    assert "issued no token: 401" in caplog.text
    assert "wrong" not in caplog.text
    assert answered.headers["WWW-Authenticate"].startswith("Basic")
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.headers["Content-Length"] == str(len(answered.content))


def test_what_else_comes_to_the_endpoint(server):
    def post(**more):
        return requests.post(server.token_url, timeout=5, **more)

    answered = post(data={**REQUEST, "grant_type": "password"})
    assert (answered.status_code, answered.json()) == (400, {"error": "unsupported_grant_type"})
    answered = post(data={**REQUEST, "scope": "admin"})
    assert (answered.status_code, answered.json()) == (400, {"error": "invalid_scope"})
    assert post(json=REQUEST).status_code == 400
    assert post(data=b"a" * 20_000, headers=FORM).status_code == 413
    assert post(data=iter([b"a" * 20_000]), headers=FORM).status_code == 413
    assert requests.get(server.token_url, timeout=5).status_code == 405
    assert requests.post(f"{server.url}/hooks", timeout=5).status_code == 401


def test_the_api_alone(issuer, algorithm):
    reply = issuer.respond("POST", FORM, encoded(**REQUEST), now=NOW)
    assert reply.status == 200
    assert ("Cache-Control", "no-store") in reply.headers
    answer = json.loads(reply.body)
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 300)
    assert claims["scope"] == SCOPE
    assert jwt.get_unverified_header(answer["access_token"])["alg"] == algorithm
    verifier = hookseal.Verifier("bearer-jwt", **verifying(issuer, algorithm))
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    event = verifier.verify("POST", "https://h/", bearer, b"{}", now=NOW)
    assert event.claims == claims


def test_the_public_key_is_enough(issuer, algorithm):
    jwks = json.loads(issuer.jwks())
    if algorithm == "HS256":
        assert jwks == {"keys": []}
        return
    reply = issuer.respond("POST", FORM, encoded(**REQUEST))
    token = json.loads(reply.body)["access_token"]
    public = jwt.PyJWK(jwks["keys"][0])
    claims = jwt.decode(token, public, ["EdDSA"], audience=AUDIENCE, issuer=ISSUER)
    assert claims["scope"] == SCOPE
    assert "d" not in jwks["keys"][0]


def test_odd_requests_are_answered(issuer):
    for method in ("", "GET", "OPTIONS", b"\xff", "POST"):
        for headers in ({}, FORM, {"Authorization": "\xff"}, [("authorization", b"\xff")] * 2):
            for body in (b"", b"\xff" * 100, b"&" * 16_384, b"a" * 16_385):
                assert 400 <= issuer.respond(method, headers, body).status < 500
    with pytest.raises(hookseal.HooksealError):
        issuer.respond("POST", FORM, "a str")


def test_a_wrong_option_stops_the_program(algorithm):
    for options, named in (
        ({"client_id": ""}, "client_id"),
        ({"client_secret": None}, "client_secret"),
        ({"scopes": "x"}, "scopes"),
        ({"lifetime": 0}, "lifetime"),
    ):
        with pytest.raises(hookseal.ConfigurationError, match=named):
            hookseal.TokenIssuer(**{**OPTIONS, **keys(algorithm), **options})
    with pytest.raises(hookseal.ConfigurationError):
        hookseal.TokenIssuer(**OPTIONS)
    with pytest.raises(hookseal.ConfigurationError):
        hookseal.TokenIssuer()


def test_an_issuer_shows_no_secret(issuer):
    reply = issuer.respond("POST", FORM, encoded(**REQUEST))
    token = json.loads(reply.body)["access_token"]
    for shown in (repr(issuer), str(issuer), repr(dir(issuer)), repr(reply)):
        for hidden in (CLIENT_SECRET, HMAC_SECRET, bytes(range(32)).hex(), token):
            assert hidden not in shown
