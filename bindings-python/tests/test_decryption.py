"""Bodies that arrive encrypted: the payload is what they decrypt to."""

from __future__ import annotations

import base64
import pickle

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import hookseal
from conftest import Signed, code_of

SECRET = "0123456789abcdefghijklmnopqrstuv"
URL_TOKEN = "a-token-of-the-url-of-ours"
IV = bytes(range(16))
PLAIN = b'{"uuid":"97ceeb52","phone":"+36201234567"}'


def encrypt(plain: bytes, mode: str = "cbc") -> bytes:
    """As the sender does: base64 of AES-256, the secret's text being the key."""
    if mode == "cbc":
        padder = padding.PKCS7(128).padder()
        plain = padder.update(plain) + padder.finalize()
    chosen = modes.CBC(IV) if mode == "cbc" else modes.CTR(IV)
    encryptor = Cipher(algorithms.AES(SECRET.encode()), chosen).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize())


def encrypted(body: bytes) -> Signed:
    url = f"https://h/vcc?secret-key={URL_TOKEN}&iv={IV.hex()}"
    return Signed(url=url, body=body, headers={"Content-Type": "text/plain"})


@pytest.fixture(params=["cbc", "ctr"])
def mode(request):
    return request.param


@pytest.fixture
def decrypting(mode):
    return hookseal.Verifier(
        "vcc-live", url_token=URL_TOKEN, secret=SECRET, cipher=f"aes-256-{mode}"
    )


def test_the_payload_is_the_plaintext(decrypting, mode):
    request = encrypted(encrypt(PLAIN, mode))
    event = decrypting.verify(**request.arguments())
    assert type(event.payload) is bytes
    assert event.payload == PLAIN
    assert event.payload is event.payload
    assert event.covers.confidential is True
    assert event.covers.body == "none"
    assert event.replay_key is None
    assert event.delivery_id is None
    assert event.timestamp is None
    assert dict(event.claims) == {}


def test_large_bodies(decrypting, mode):
    for size in (1, 1000, 2048, 3000, 1_000_000):
        plain = b'{"text":"' + b"a" * size + b'"}'
        request = encrypted(encrypt(plain, mode))
        assert decrypting.verify(**request.arguments()).payload == plain


def test_all_failures_are_one(decrypting, mode):
    good = base64.b64decode(encrypt(PLAIN, mode))
    bodies = [
        b"",
        b"no base64 at all!",
        PLAIN,
        base64.b64encode(good[:-1]),
        base64.b64encode(good[:-16]),
        base64.b64encode(bytes([good[0] ^ 1]) + good[1:]),
        base64.b64encode(good[:-1] + bytes([good[-1] ^ 1])),
        encrypt(b"no JSON", mode),
        encrypt(b"\xff\xfe", mode),
    ]
    details = set()
    for body in bodies:
        with pytest.raises(hookseal.VerificationError) as caught:
            decrypting.verify(**encrypted(body).arguments())
        error = caught.value
        assert error.authenticate is None
        assert error.reply is None
        details.add((error.code, error.status, error.detail))
    assert len(details) == 1
    assert details.pop()[:2] == ("decryption_failed", 401)


def test_nothing_shows_what_was_decrypted(decrypting, mode):
    event = decrypting.verify(**encrypted(encrypt(PLAIN, mode)).arguments())
    marker = "+36201234567"
    assert marker in event.payload.decode()
    for shown in (repr(event), str(event), repr(event.covers), repr(decrypting)):
        assert marker not in shown
        assert SECRET not in shown
        assert URL_TOKEN not in shown
    with pytest.raises(TypeError):
        pickle.dumps(event)
    with pytest.raises(hookseal.VerificationError) as caught:
        decrypting.verify(**encrypted(encrypt(b"no JSON, " + PLAIN, mode)).arguments())
    shown = f"{caught.value!r} {pickle.dumps(caught.value)!r}"
    for hidden in (marker, SECRET, URL_TOKEN):
        assert hidden not in shown


def test_a_wrong_url_token(decrypting, mode):
    request = encrypted(encrypt(PLAIN, mode))
    wrong = request.but(url=request.url.replace(URL_TOKEN, "another-token-of-ours"))
    assert code_of(decrypting, wrong) == "token_mismatch"
