"""Bodies that arrive encrypted: the payload is what they decrypt to."""

from __future__ import annotations

import base64
import json
import pickle
import random
import sys
import threading
from pathlib import Path

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
    """As the sender does: base64 of the ciphertext."""
    return base64.b64encode(ciphertext_of(plain, mode))


def ciphertext_of(plain: bytes, mode: str) -> bytes:
    """AES-256, the secret's text being the key."""
    if mode == "cbc":
        padder = padding.PKCS7(128).padder()
        plain = padder.update(plain) + padder.finalize()
    chosen = modes.CBC(IV) if mode == "cbc" else modes.CTR(IV)
    encryptor = Cipher(algorithms.AES(SECRET.encode()), chosen).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


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


# What was kept of a delivery: `decrypt`.


def outcome(verifier: hookseal.Verifier, ciphertext: object, **more: object) -> bytes | str:
    """The plaintext, or the code of the refusal. Anything else fails the test."""
    try:
        plain = verifier.decrypt(ciphertext, **more)
    except hookseal.HooksealError as error:
        return error.code
    assert type(plain) is bytes
    return plain


def test_all_ciphertexts(capsys):
    file = Path(__file__).parents[2] / "tests/ciphertexts.json"
    ciphertexts = json.loads(file.read_text("utf-8"))
    run = 0
    for case in ciphertexts["cases"]:
        verifier = hookseal.Verifier(case["scheme"], **case["options"])
        more = {"cipher": case["cipher"]} if "cipher" in case else {}
        if "iv" in case:
            more["iv"] = bytes.fromhex(case["iv"])
        got = outcome(verifier, bytes.fromhex(case["ciphertext"]), **more)
        expected = bytes.fromhex(case["plaintext"]) if "plaintext" in case else case["code"]
        assert got == expected, case["name"]
        run += 1
    with capsys.disabled():
        print(f"\nciphertexts: {run} run of {ciphertexts['count']}")
    assert run == ciphertexts["count"] > 0


def test_it_is_the_payload_of_the_delivery(decrypting, mode):
    for size in (0, 1, 1000, 2048, 3000, 1_000_000):
        plain = b'{"text":"' + b"a" * size + b'"}'
        ciphertext = ciphertext_of(plain, mode)
        assert decrypting.decrypt(ciphertext, iv=IV) == plain
        request = encrypted(base64.b64encode(ciphertext))
        assert decrypting.verify(**request.arguments()).payload == plain


def test_no_iv_may_be_said_in_two_ways(mode):
    zeros = bytes(16)
    verifier = hookseal.Verifier(
        "vcc-live",
        secret=SECRET,
        cipher=f"aes-256-{mode}",
        random_iv="optional",
        plaintext="bytes",
    )
    ciphertext = ciphertext_of(PLAIN, mode)
    plain = verifier.decrypt(ciphertext, iv=zeros)
    assert plain != PLAIN
    assert verifier.decrypt(ciphertext) == plain
    for absent in (None, b"", bytearray(), memoryview(b"")):
        assert verifier.decrypt(ciphertext, iv=absent, cipher=None) == plain


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_is_taken(decrypting, mode, kind):
    ciphertext, iv = kind(ciphertext_of(PLAIN, mode)), kind(IV)
    assert decrypting.decrypt(ciphertext, iv=iv, cipher=f"AES-256-{mode}") == PLAIN
    assert ciphertext == ciphertext_of(PLAIN, mode)
    assert iv == IV


@pytest.mark.parametrize("ciphertext", ["00" * 16, "", None, [0] * 16, {}, 16, object()])
def test_a_ciphertext_that_is_no_bytes_says_why(decrypting, ciphertext):
    with pytest.raises(hookseal.VerificationError) as caught:
        decrypting.decrypt(ciphertext, iv=IV)
    assert caught.value.code == "body_already_parsed"
    assert caught.value.status == 500
    assert "raw bytes" in caught.value.detail
    assert "0000" not in caught.value.detail


@pytest.mark.parametrize(
    ("name", "value"),
    [("iv", value) for value in (IV.hex(), "", 16, 0, [0] * 16, object())]
    + [("cipher", value) for value in (b"aes-256-cbc", 5, 0, ["aes-256-cbc"], object())],
)
def test_an_iv_or_a_cipher_of_another_type_is_the_programs_mistake(decrypting, name, value):
    with pytest.raises(hookseal.ConfigurationError, match=f"`{name}`") as caught:
        decrypting.decrypt(bytes(16), **{"iv": IV, name: value})
    assert IV.hex() not in caught.value.detail


@pytest.mark.parametrize(
    "cipher", ["", "aes", "aes-256-gcm", "\0", "é", "\ud800", "aes-256-cbc\0", "a" * 1_000_000]
)
def test_odd_names_of_ciphers(decrypting, cipher):
    assert outcome(decrypting, bytes(16), iv=IV, cipher=cipher) == "cipher_not_allowed"


def test_random_ciphertexts_raise_nothing_else(decrypting):
    choose = random.Random(21)
    for _ in range(3000):
        ciphertext = choose.randbytes(choose.randrange(100))
        iv = choose.choice([None, IV, choose.randbytes(choose.randrange(40))])
        got = outcome(decrypting, ciphertext, iv=iv)
        # A few bytes may by chance be JSON, such as one digit.
        if got != "decryption_failed":
            json.loads(got)


def test_all_failures_of_decrypt_are_one(decrypting, mode):
    good = ciphertext_of(PLAIN, mode)
    marked = ciphertext_of(b"no JSON, " + PLAIN, mode)
    shown = set()
    for ciphertext, iv in [
        (b"", IV),
        (good[:-1], IV),
        (good[:-16], IV),
        (bytes([good[0] ^ 1]) + good[1:], IV),
        (good[:-1] + bytes([good[-1] ^ 1]), IV),
        (marked, IV),
        (good, IV[:-1]),
        (good, IV + b"\0"),
        (good, None),
    ]:
        with pytest.raises(hookseal.VerificationError) as caught:
            decrypting.decrypt(ciphertext, iv=iv)
        shown.add(f"{caught.value!r} {caught.value.status} {pickle.dumps(caught.value)!r}")
    assert len(shown) == 1
    only = shown.pop()
    assert "decryption_failed" in only
    for hidden in ("+36201234567", SECRET, URL_TOKEN):
        assert hidden not in only


def test_a_ciphertext_that_changes_during_the_call_is_decrypted_as_it_was(decrypting, mode):
    plains = [b'"' + letter * 200_000 + b'"' for letter in (b"a", b"b")]
    first, second = (ciphertext_of(plain, mode) for plain in plains)
    shared = bytearray(first)
    done = threading.Event()

    def change():
        while not done.is_set():
            shared[:] = second
            shared[:] = first

    changer = threading.Thread(target=change)
    changer.start()
    try:
        for _ in range(200):
            assert decrypting.decrypt(shared, iv=IV) in plains
    finally:
        done.set()
        changer.join()


def test_decrypt_leaks_nothing(decrypting, mode):
    ciphertext, iv, cipher = ciphertext_of(PLAIN, mode), bytes(IV), f"aes-256-{mode}"
    given = (decrypting, ciphertext, iv, cipher)
    before = [sys.getrefcount(item) for item in given]
    for _ in range(1000):
        decrypting.decrypt(ciphertext, iv=iv, cipher=cipher)
        outcome(decrypting, ciphertext[1:], iv=iv)
        outcome(decrypting, None, iv=iv)
        outcome(decrypting, ciphertext, iv=5)
    assert [sys.getrefcount(item) for item in given] == before
