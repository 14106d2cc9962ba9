"""The public interface, used as documented."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import time

import pytest

import hookseal
from conftest import FORM, NOW, PUBLIC_URL, TOKEN, Signed, code_of, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_documented_example_verifies():
    # Example 5 of the protocol notes: signed by the provider's own SDK.
    verifier = hookseal.Verifier("plivo", auth_token="my_auth_token")
    event = verifier.verify(
        method="POST",
        url="https://example.com/answer",
        headers={
            "X-Plivo-Signature-V3": "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=",
            "X-Plivo-Signature-V3-Nonce": "12345",
            "Content-Type": FORM,
        },
        body=b"From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1234",
    )
    assert event.scheme == "plivo"
    assert event.key_id == "0"
    assert event.delivery_id == "12345"
    assert event.timestamp is None
    assert dict(event.claims) == {}
    assert event.url_form == "as-is"
    assert event.covers.as_dict() == {
        "body": "joined",
        "url": "joined",
        "method": False,
        "timestamp": "none",
        "delivery_id": "signed",
        "confidential": False,
        "parts": ["url.base", "query", "form", "delivery_id"],
    }
    assert event.covers.body == "joined"
    assert event.covers.url == "joined"
    assert event.covers.parts == ("url.base", "query", "form", "delivery_id")
    assert event.covers.method is False
    assert len(event.replay_key) == 64
    assert set(event.replay_key) <= set("0123456789abcdef")


def test_the_payload_is_the_very_bytes_object(verifier, signed):
    assert verifier.verify(**signed.arguments()).payload is signed.body


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_other_buffers_are_copied(verifier, signed, kind):
    event = verifier.verify(**signed.but(body=kind(signed.body)).arguments())
    assert type(event.payload) is bytes
    assert event.payload == signed.body


def test_positional_arguments_work(verifier, signed):
    event = verifier.verify(signed.method, signed.url, signed.headers, signed.body)
    assert event.payload == signed.body


def test_method_and_url_may_be_bytes(verifier, signed):
    as_bytes = signed.but(method=b"POST", url=signed.url.encode())
    assert code_of(verifier, as_bytes) == "verified"


@pytest.mark.parametrize(
    "change",
    [
        {"method": "GET"},
        {"url": "/answer?campaign=autumn"},
        {"url": "/answer"},
        {"body": b"From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1235"},
        {"body": b""},
    ],
)
def test_any_change_is_refused(verifier, signed, change):
    assert code_of(verifier, signed.but(**change)) == "signature_mismatch"


def test_several_secrets_tell_which_one_matched(signed):
    by_position = hookseal.Verifier(
        "plivo", auth_token=["another-token-of-ours", TOKEN], public_url=PUBLIC_URL
    )
    assert by_position.verify(**signed.arguments()).key_id == "1"
    by_label = hookseal.Verifier(
        "plivo",
        auth_token={"main": "another-token-of-ours", "sub": TOKEN.encode()},
        public_url=PUBLIC_URL,
    )
    assert by_label.verify(**signed.arguments()).key_id == "sub"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_secret_may_be_bytes(signed, kind):
    secret = kind(TOKEN.encode())
    verifier = hookseal.Verifier("plivo", auth_token=secret, public_url=PUBLIC_URL)
    assert code_of(verifier, signed) == "verified"


def test_the_clock_can_be_set():
    verifier = hookseal.Verifier("standard-webhooks", secret=SECRET)
    body = b'{"type":"user.created"}'
    headers = verifier.sign("POST", "https://h/", body, delivery_id="msg_1", now=NOW)
    request = Signed(url="https://h/", body=body, headers=headers)
    event = verifier.verify(**request.arguments(), now=NOW)
    assert event.timestamp == NOW
    assert event.delivery_id == "msg_1"
    assert verifier.verify(**request.arguments(), now=NOW + 0.9).timestamp == NOW
    assert code_of(verifier, request, now=NOW + 3600) == "timestamp_too_old"
    assert code_of(verifier, request, now=NOW - 3600) == "timestamp_in_future"
    assert code_of(verifier, request) == "timestamp_too_old"
    fresh = verifier.sign("POST", "https://h/", body)
    assert verifier.verify(**request.but(headers=fresh).arguments()).timestamp is not None
    assert abs(int(time.time()) - int(fresh["webhook-timestamp"])) < 60


def test_sign_can_be_told_everything(verifier):
    two = hookseal.Verifier(
        "plivo",
        auth_token={"old": "another-token-of-ours", "new": TOKEN},
        public_url=PUBLIC_URL,
    )
    content_type = [("Content-Type", FORM)]
    nonce = "05429567804466091622"
    with_new = two.sign(
        "POST", "/a", b"x=1", headers=content_type, delivery_id=nonce, key_id="new"
    )
    assert with_new == verifier.sign("POST", "/a", b"x=1", content_type, nonce)
    assert with_new["x-plivo-signature-v3-nonce"] == nonce
    assert with_new != two.sign("POST", "/a", b"x=1", content_type, nonce, key_id="old")
    with pytest.raises(hookseal.HooksealError):
        two.sign("POST", "/a", b"x=1", content_type, nonce, key_id="nobody")


def test_a_custom_scheme_is_a_mapping(verifier, signed):
    for wrong in ({}, {"id": "mine"}, {"id": object()}):
        with pytest.raises(hookseal.ConfigurationError):
            hookseal.Verifier(wrong, secret=SECRET)


def test_the_peer_address_is_checked(signed):
    verifier = hookseal.Verifier(
        "plivo",
        auth_token=TOKEN,
        public_url=PUBLIC_URL,
        allowed_ips=["192.0.2.0/24", "fe80::/10"],
    )
    assert code_of(verifier, signed, peer_ip="192.0.2.7") == "verified"
    assert code_of(verifier, signed, peer_ip="fe80::1%eth0") == "verified"
    for outside in ("198.51.100.1", "", "/run/app.sock", "192.0.2.7, 1.2.3.4", "\ud800", None):
        assert code_of(verifier, signed, peer_ip=outside) == "ip_not_allowed"
    address = ipaddress.ip_address("192.0.2.7")
    assert code_of(verifier, signed, peer_ip=address) == "configuration"


def test_the_verifier_tells_what_it_reads(verifier):
    assert verifier.scheme == "plivo"
    assert "x-plivo-signature-v3-nonce" in verifier.header_names
    assert verifier.max_body_bytes == 1024 * 1024
    assert hookseal.Verifier("github", secret="Jq7fX2vN9sLw4TzB8mRc").max_body_bytes == 10 << 20


def test_the_catalogue():
    schemes = {row["id"]: row for row in hookseal.schemes()}
    assert {"plivo", "plivo-messaging", "plivo-v2", "plivo-v1"} <= schemes.keys()
    for row in schemes.values():
        assert row["docs"].startswith("https://")
        assert row["title"]
        assert {option["name"] for option in row["options"]} >= {"public_url", "max_body_bytes"}


def test_nothing_but_verify_makes_an_event(verifier, signed):
    event = verifier.verify(**signed.arguments())
    for kind in (hookseal.VerifiedEvent, hookseal.Covers):
        with pytest.raises(TypeError):
            kind()
        with pytest.raises(TypeError):
            kind.__new__(kind)
        with pytest.raises(TypeError):
            type("Forged", (kind,), {})
    for name in ("payload", "key_id", "covers", "new_attribute"):
        with pytest.raises(AttributeError):
            setattr(event, name, b"forged")
    with pytest.raises(TypeError):
        event.claims["sub"] = "forged"
    with pytest.raises(AttributeError):
        event.covers.body = "full"


def test_covers_compare_by_value(verifier, signed):
    first = verifier.verify(**signed.arguments())
    other = hookseal.Verifier("plivo-v2", auth_token=TOKEN)
    content = sign(other, Signed(url="https://h/"))
    second = other.verify(**content.arguments())
    assert first.covers == verifier.verify(**signed.arguments()).covers
    assert first.covers != second.covers
    assert second.covers.body == "none"
    assert second.covers.url == "joined"
    assert second.covers.parts == ("url.base", "delivery_id")
    assert second.delivery_id is None, "it runs together with the URL"


def test_fields_that_run_together_are_joined(signed):
    twilio = hookseal.Verifier("twilio", auth_token=TOKEN)
    content = sign(twilio, signed.but(url="https://h/"))
    covers = twilio.verify(**content.arguments()).covers
    assert (covers.body, covers.url) == ("joined", "joined")
    assert covers.parts == ("url", "form")


def test_the_signature_is_that_of_the_standard_library(verifier):
    nonce = "12345"
    headers = verifier.sign("GET", "/a?b=2&a=1", b"", delivery_id=nonce)
    text = f"{PUBLIC_URL}/a?a=1&b=2.{nonce}".encode()
    expected = base64.b64encode(hmac.digest(TOKEN.encode(), text, "sha256")).decode()
    assert headers["x-plivo-signature-v3"] == expected


def delivery_of(body):
    verifier = hookseal.Verifier("github", secret="a secret of the test of text and JSON")
    headers = verifier.sign("POST", "https://h/", body)
    return verifier.verify("POST", "https://h/", headers, body)


def test_the_payload_is_read_as_text_and_as_json():
    event = delivery_of('\ufeff{"name":"Zoë"}'.encode())
    assert event.text() == '{"name":"Zoë"}'
    assert event.json() == {"name": "Zoë"}
    assert event.json() is not event.json()


@pytest.mark.parametrize("body", [b"\xffmarker", b"{marker", b"", b"marker"])
def test_what_is_no_json_raises_without_showing_it(body):
    event = delivery_of(body)
    with pytest.raises(ValueError, match=r"^the payload is not (JSON|UTF-8)$") as raised:
        event.json()
    assert raised.value.__context__ is None
    if body.startswith(b"\xff"):
        with pytest.raises(ValueError, match=r"^the payload is not UTF-8$"):
            event.text()
