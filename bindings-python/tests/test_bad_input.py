"""Whatever comes in, only the library's own errors come out, and soon."""

from __future__ import annotations

import base64
import random
import time

import pytest

import hookseal
from conftest import PUBLIC_URL, TOKEN, code_of

SIGNATURE = "x-plivo-signature-v3"
NONCE = "x-plivo-signature-v3-nonce"
UNAUTHENTIC = {"missing_header", "malformed_header", "signature_mismatch"}


@pytest.fixture(autouse=True)
def bounded_time():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 20


# Configuration.


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "auth_token"),
        ({"auth_token": TOKEN, "tollerance": 1}, "tollerance"),
        ({"auth_token": TOKEN, "scheme": "x"}, "scheme"),
        ({"auth_token": ""}, "auth_token"),
        ({"auth_token": "  \t"}, "auth_token"),
        ({"auth_token": b""}, "auth_token"),
        ({"auth_token": []}, "auth_token"),
        ({"auth_token": {}}, "auth_token"),
        ({"auth_token": [TOKEN, ""]}, "auth_token"),
        ({"auth_token": {"main": ""}}, "auth_token"),
        ({"auth_token": None}, "auth_token"),
        ({"auth_token": 5}, "auth_token"),
        ({"auth_token": True}, "auth_token"),
        ({"auth_token": 1.5}, "auth_token"),
        ({"auth_token": object()}, "auth_token"),
        ({"auth_token": {1: TOKEN}}, "auth_token"),
        ({"auth_token": {TOKEN}}, "auth_token"),
        ({"auth_token": "\ud800" * 20}, "auth_token"),
        ({"auth_token": TOKEN, "max_body_bytes": 2**70}, "max_body_bytes"),
        ({"auth_token": TOKEN, "max_body_bytes": "many"}, "max_body_bytes"),
        ({"auth_token": TOKEN, "public_url": "api.example.com"}, "public_url"),
        ({"auth_token": TOKEN, "allowed_ips": ["nowhere"]}, "allowed_ips"),
        ({"auth_token": TOKEN, "require_https": "yes"}, "require_https"),
    ],
)
def test_a_wrong_option_is_named(options, named):
    with pytest.raises(hookseal.ConfigurationError) as caught:
        hookseal.Verifier("plivo", **options)
    assert named in caught.value.detail
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "scheme", ["", "nope", "Plivo", "../plivo", "{", "\ud800", None, 1, b"x", []]
)
def test_an_unknown_scheme_is_refused(scheme):
    with pytest.raises(hookseal.ConfigurationError):
        hookseal.Verifier(scheme, auth_token=TOKEN)


def test_a_key_set_may_hold_what_no_option_is():
    key = {
        "kty": "oct",
        "kid": "a",
        "alg": "HS256",
        "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i",
        "issued": None,
        "weight": 1.5,
    }
    options = {"issuer": "https://issuer.example", "audience": "receiver"}
    hookseal.Verifier("bearer-jwt", jwks={"keys": [key], "note": None}, **options)
    for value in (None, 1.5, {"main": None}, {"main": 1.5}):
        with pytest.raises(hookseal.ConfigurationError):
            hookseal.Verifier("plivo", auth_token=value)


def test_an_endless_option_is_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(hookseal.ConfigurationError, match="auth_token"):
        hookseal.Verifier("plivo", auth_token=endless)
    endless_scheme: dict = {}
    endless_scheme["id"] = endless_scheme
    with pytest.raises(hookseal.ConfigurationError):
        hookseal.Verifier(endless_scheme)


# Bodies.


@pytest.mark.parametrize(
    "body", ["From=1", "", None, {"From": "1"}, [("From", "1")], 5, object()]
)
def test_a_body_that_is_no_bytes_says_why(verifier, signed, body):
    with pytest.raises(hookseal.VerificationError) as caught:
        verifier.verify(**signed.but(body=body).arguments())
    assert caught.value.code == "body_already_parsed"
    assert caught.value.status == 500
    assert "raw bytes" in caught.value.detail


def test_any_bytes_are_a_body():
    verifier = hookseal.Verifier("github", secret="a-secret-of-the-tests")
    for body in (b"", b"\x00\xff\xfe\x80\xc3\x28", random.Random(1).randbytes(65536)):
        headers = verifier.sign("POST", "https://h/", body)
        event = verifier.verify("POST", "https://h/", headers, body)
        assert event.payload == body
        for changed in (body + b"\n", body + b"\0", b" " + body):
            with pytest.raises(hookseal.VerificationError):
                verifier.verify("POST", "https://h/", headers, changed)


@pytest.mark.parametrize(
    "body",
    [
        b"&" * (1024 * 1024),
        b"%" * 100_000,
        b"%zz=%f&%=%1",
        b"\x00" * 1000,
        b"a=1&" * 100_000,
        b"=" * 100_000,
        bytes(range(256)) * 100,
    ],
    ids=["1 MiB of &", "percent", "invalid escapes", "NUL", "100,000 fields", "equals", "all"],
)
def test_odd_bodies(verifier, signed, body):
    assert code_of(verifier, signed.but(body=body)) in {"signature_mismatch", "body_too_large"}


def test_a_body_over_the_limit(signed):
    verifier = hookseal.Verifier(
        "plivo", auth_token=TOKEN, public_url=PUBLIC_URL, max_body_bytes=10
    )
    for size in (11, 1000, 5000):
        assert code_of(verifier, signed.but(body=b"a" * size)) == "body_too_large"
    # What needs no body comes first.
    assert code_of(verifier, signed.but(body=b"a" * 11, headers={})) == "missing_header"


# Methods and URLs.


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https:///answer",
        "//",
        "answer",
        "http:answer",
        "https://h/\0",
        "https://h/ a",
        "https://h/\n",
        "https://\ud800/",
        "https://h/é",
        "https://h/%",
        "https://h/%zz",
        "wss://h/a",
        "https://h:99999999/",
        "https://[::1/",
        "https://h/" + "a" * 1_000_000,
        b"\xff\xfe",
        b"",
    ],
)
def test_odd_urls(signed, url):
    without_public_url = hookseal.Verifier("plivo", auth_token=TOKEN)
    assert code_of(without_public_url, signed.but(url=url)) in {
        "malformed_url",
        "signature_mismatch",
    }


@pytest.mark.parametrize(
    "method", ["", "PUT", "get ", "\0", "é", "\ud800", "P" * 100_000, b"\xff"]
)
def test_odd_methods(verifier, signed, method):
    assert code_of(verifier, signed.but(method=method)) in {
        "method_not_allowed",
        "signature_mismatch",
    }


@pytest.mark.parametrize("name", ["method", "url"])
@pytest.mark.parametrize("value", [None, 1, object(), ["POST"]])
def test_a_method_or_url_of_another_type_is_the_programs_mistake(verifier, signed, name, value):
    with pytest.raises(hookseal.ConfigurationError, match=name):
        verifier.verify(**signed.but(**{name: value}).arguments())


@pytest.mark.parametrize(
    "now", ["1700000000", float("nan"), float("inf"), 1e300, 2**70, object()]
)
def test_a_wrong_clock_is_the_programs_mistake(verifier, signed, now):
    with pytest.raises(hookseal.ConfigurationError, match="now"):
        verifier.verify(**signed.arguments(), now=now)


# Headers.


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "é" * 44,
        "\x00",
        "\ud800",
        "a" * 1_000_000,
        b"\xff" * 44,
        b"",
        ",",
        ",,,",
        "=" * 44,
    ],
)
@pytest.mark.parametrize("name", [SIGNATURE, NONCE])
def test_odd_headers(verifier, signed, name, value):
    headers = {**signed.headers, name: value}
    assert code_of(verifier, signed.but(headers=headers)) in UNAUTHENTIC


def test_every_truncated_signature(verifier, signed):
    whole = signed.headers[SIGNATURE]
    raw = base64.b64decode(whole)
    shorter = [whole[:length] for length in range(len(whole))]
    shorter += [base64.b64encode(raw[:length]).decode() for length in range(len(raw))]
    for value in [*shorter, whole + "A", whole + "=", base64.b64encode(raw + b"\0").decode()]:
        headers = {**signed.headers, SIGNATURE: value}
        assert code_of(verifier, signed.but(headers=headers)) in UNAUTHENTIC


def test_every_flipped_bit_of_the_signature(verifier, signed):
    raw = base64.b64decode(signed.headers[SIGNATURE])
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        headers = {**signed.headers, SIGNATURE: base64.b64encode(flipped).decode()}
        assert code_of(verifier, signed.but(headers=headers)) == "signature_mismatch"


def test_base64_that_is_not_canonical(verifier, signed):
    whole = signed.headers[SIGNATURE]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    trailing_bit = whole[:-2] + alphabet[alphabet.index(whole[-2]) ^ 1] + "="
    junk = [
        whole.rstrip("="),
        whole[:10] + "\n" + whole[10:],
        whole[:10] + "!" + whole[10:],
        trailing_bit,
        "*" * 44,
        whole[:10] + " " + whole[10:],
    ]
    for value in junk:
        headers = {**signed.headers, SIGNATURE: value}
        assert code_of(verifier, signed.but(headers=headers)) in UNAUTHENTIC


def test_a_thousand_signatures(verifier, signed):
    wrong = base64.b64encode(b"\1" * 32).decode()
    for position in (0, 500, 999):
        values = [wrong] * 1000
        values[position] = signed.headers[SIGNATURE]
        headers = {**signed.headers, SIGNATURE: ",".join(values)}
        assert code_of(verifier, signed.but(headers=headers)) in {"verified", *UNAUTHENTIC}
    headers = {**signed.headers, SIGNATURE: ",".join([wrong] * 1000)}
    assert code_of(verifier, signed.but(headers=headers)) in UNAUTHENTIC


def test_random_input_raises_nothing_else(verifier, signed):
    choose = random.Random(20)
    for _ in range(3000):
        headers = dict(signed.headers)
        for name in list(headers):
            if choose.random() < 0.5:
                headers[name] = choose.randbytes(choose.randrange(60))
        changed = signed.but(
            headers=headers,
            url=choose.randbytes(choose.randrange(30)) if choose.random() < 0.3 else signed.url,
            body=choose.randbytes(choose.randrange(100)),
        )
        assert code_of(verifier, changed) != "internal"


def test_public_url_decides_the_origin(signed):
    elsewhere = hookseal.Verifier("plivo", auth_token=TOKEN, public_url="https://other.example")
    assert code_of(elsewhere, signed) == "signature_mismatch"
    absolute = signed.but(url="http://10.0.0.5:8080" + signed.url)
    public = hookseal.Verifier("plivo", auth_token=TOKEN, public_url=PUBLIC_URL)
    assert code_of(public, absolute) == "verified"
