"""JSON Web Tokens as proof, made with PyJWT."""

from __future__ import annotations

import json
import pickle
from types import MappingProxyType

import jwt
import pytest

import hookseal
from conftest import NOW, Signed, code_of
from key_server import Key, key_set

SECRET = "a secret of 32 bytes, or of more than that"
ISSUER = "https://auth.example.com"
AUDIENCE = "https://example.com/hooks"
BODY = b'{"event":"call.ended"}'
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 300}
OPTIONS = {"issuer": ISSUER, "audience": AUDIENCE}


def hmac_token(**claims) -> str:
    return jwt.encode({**CLAIMS, **claims}, SECRET, "HS256")


def bearing(token: str) -> Signed:
    headers = {"Authorization": f"Bearer {token}"}
    return Signed(url="https://example.com/hooks", body=BODY, headers=headers)


@pytest.fixture
def by_secret():
    return hookseal.Verifier("bearer-jwt", hmac_secret=SECRET, **OPTIONS)


@pytest.fixture(scope="module")
def key():
    return Key("2026-11")


def test_the_claims_are_facts(by_secret):
    token = hmac_token(sub="customer-7", roles=["a", "b"], nested={"deep": [1, None]})
    event = by_secret.verify(**bearing(token).arguments(), now=NOW)
    assert event.claims == {
        **CLAIMS,
        "sub": "customer-7",
        "roles": ["a", "b"],
        "nested": {"deep": [1, None]},
    }
    assert event.key_id == "0"
    assert event.payload is BODY
    assert event.replay_key is None
    assert event.covers.body == "none"


def test_nobody_can_change_the_claims(by_secret):
    event = by_secret.verify(**bearing(hmac_token(roles=["a"])).arguments(), now=NOW)
    assert type(event.claims) is MappingProxyType
    with pytest.raises(TypeError):
        event.claims["sub"] = "forged"
    event.claims["roles"].append("admin")
    assert event.claims["roles"] == ["a"]


def test_odd_claims_are_read_as_they_are(by_secret):
    odd = {"big": 2**80, "float": 1.5, "text": "é😀\u2028", "": True, "deep": [[[[{}]]]]}
    event = by_secret.verify(**bearing(hmac_token(**odd)).arguments(), now=NOW)
    assert {name: event.claims[name] for name in odd} == odd


def test_the_key_id_is_the_kid(key):
    for jwks in (key_set(key), json.dumps(key_set(key)), json.dumps(key_set(key)).encode()):
        verifier = hookseal.Verifier("bearer-jwt", jwks=jwks, **OPTIONS)
        event = verifier.verify(**bearing(key.token(**CLAIMS)).arguments(), now=NOW)
        assert event.key_id == "2026-11"
        assert "2026-11" in repr(event)


def test_several_secrets():
    other = {"old": "another secret of more than 32 bytes", "new": SECRET}
    verifier = hookseal.Verifier("bearer-jwt", hmac_secret=other, **OPTIONS)
    event = verifier.verify(**bearing(hmac_token()).arguments(), now=NOW)
    assert event.key_id == "new"


@pytest.mark.parametrize(
    ("token", "code", "status", "authenticate"),
    [
        ("", "jwt_malformed", 401, 'Bearer error="invalid_token"'),
        ("a.b.c", "jwt_malformed", 401, 'Bearer error="invalid_token"'),
        (hmac_token(exp=NOW - 100), "jwt_expired", 401, 'Bearer error="invalid_token"'),
        (hmac_token(aud="x"), "jwt_claim_mismatch", 401, 'Bearer error="invalid_token"'),
        (
            jwt.encode(CLAIMS, SECRET + "x", "HS256"),
            "signature_mismatch",
            401,
            'Bearer error="invalid_token"',
        ),
        (
            jwt.encode(CLAIMS, None, "none"),
            "jwt_malformed",
            401,
            'Bearer error="invalid_token"',
        ),
        (hmac_token(), "jwt_claim_mismatch", 403, 'Bearer error="insufficient_scope"'),
    ],
)
def test_what_a_refusal_is_answered_with(token, code, status, authenticate):
    verifier = hookseal.Verifier(
        "bearer-jwt", hmac_secret=SECRET, scope="webhooks.write", **OPTIONS
    )
    with pytest.raises(hookseal.VerificationError) as caught:
        verifier.verify(**bearing(token).arguments(), now=NOW)
    error = caught.value
    assert (error.code, error.status, error.authenticate) == (code, status, authenticate)
    assert error.reply is None
    twin = pickle.loads(pickle.dumps(error))
    assert vars(twin) == vars(error)


def test_no_token_at_all(by_secret):
    with pytest.raises(hookseal.VerificationError) as caught:
        by_secret.verify(**bearing("").but(headers={}).arguments(), now=NOW)
    assert (caught.value.code, caught.value.authenticate) == ("missing_header", "Bearer")


def test_nothing_shows_the_token_or_its_claims(by_secret):
    marker = "customer-7-of-ours"
    token = hmac_token(sub=marker)
    event = by_secret.verify(**bearing(token).arguments(), now=NOW)
    for shown in (repr(event), repr(by_secret)):
        for hidden in (marker, token, SECRET):
            assert hidden not in shown
    for expired in (NOW + 1000, NOW - 1_000_000):
        try:
            by_secret.verify(**bearing(token).arguments(), now=expired)
        except hookseal.VerificationError as error:
            shown = f"{error!r} {vars(error)} {pickle.dumps(error)!r}"
            for hidden in (marker, token, SECRET):
                assert hidden not in shown


def test_keys_given_leave_nothing_to_fetch(by_secret):
    by_secret.refresh_keys()
    with pytest.raises(hookseal.ConfigurationError, match="fetch_keys"):
        hookseal.Verifier(
            "bearer-jwt", hmac_secret=SECRET, fetch_keys=lambda *_: b"", **OPTIONS
        )


@pytest.mark.parametrize("jwks", [{"keys": [{"kty": None}]}, {"keys": 1}, "{", "", 5, []])
def test_a_key_set_that_is_none(jwks):
    with pytest.raises(hookseal.ConfigurationError, match="jwks"):
        hookseal.Verifier("bearer-jwt", jwks=jwks, **OPTIONS)


def test_basic_and_its_challenge():
    verifier = hookseal.Verifier("basic", username="user", password="pa:ss:word of ours")
    request = Signed(
        url="https://h/",
        headers={"Authorization": "Basic dXNlcjpwYTpzczp3b3JkIG9mIG91cnM="},
    )
    event = verifier.verify(**request.arguments())
    assert event.key_id == "0"
    assert event.replay_key is None
    assert code_of(verifier, request.but(headers={"Authorization": "Basic eDp5"})) == (
        "token_mismatch"
    )
    with pytest.raises(hookseal.VerificationError) as caught:
        verifier.verify(**request.but(headers={}).arguments())
    assert caught.value.authenticate.startswith("Basic realm=")
