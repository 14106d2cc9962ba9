"""hookseal against `cryptography`: 1 KiB of AES-256, by itself and as a delivery.

By itself both get the ciphertext and the IV as bytes and have the key prepared,
and the padding is removed.

A delivery is measured in two cases. With encryption alone both do what a receiver
does: the IV from hexadecimal, the body from base64, AES-256, the padding. The peer
gets the IV parsed out of the query, hookseal the URL. The whole verification also
checks the token in the URL and that the plaintext is JSON. The peer does no more
than before, and even gets the IV as bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import hookseal
from pairs import compare

TARGET = 12.0
KEY = "0123456789abcdefghijklmnopqrstuv"
AES = algorithms.AES(KEY.encode())
PADDING = padding.PKCS7(128)
TOKEN = "f3c1a9d27b5e48c0a6d4"
IV = bytes(range(16))
QUERY = {"iv": IV.hex()}
URL = f"https://api.example.com/vcc-live?iv={IV.hex()}"
URL_WITH_TOKEN = f"{URL}&secret-key={TOKEN}"
PLAIN = json.dumps({"uuid": "97ceeb52-58b6-11e1-86da-77300b68f8bb", "text": "a" * 964}).encode()
HEADERS = {f"X-Other-{number}": "something of the proxy" for number in range(15)}

Mode = type[modes.CBC] | type[modes.CTR]


def main() -> None:
    for mode in (modes.CBC, modes.CTR):
        race_all(mode, f"aes-256-{mode.name.lower()}")


def race_all(mode: Mode, cipher: str) -> None:
    what = f"{cipher} of {len(PLAIN)} bytes"
    ciphertext = encrypt(mode)
    body = base64.b64encode(ciphertext)
    unchecked = hookseal.Verifier("vcc-live", secret=KEY, cipher=cipher, plaintext="bytes")
    whole = hookseal.Verifier("vcc-live", secret=KEY, cipher=cipher, url_token=TOKEN)
    race(
        f"{what}, decrypt",
        lambda: decrypt(mode, ciphertext, IV),
        lambda: unchecked.decrypt(ciphertext, IV),
        TARGET,
    )
    race(
        f"{what}, a delivery, encryption alone",
        lambda: decrypt(mode, base64.b64decode(body), bytes.fromhex(QUERY["iv"])),
        lambda: unchecked.verify("POST", URL, HEADERS, body).payload,
    )
    race(
        f"{what}, a delivery, whole verification",
        lambda: decrypt(mode, base64.b64decode(body), IV),
        lambda: whole.verify("POST", URL_WITH_TOKEN, HEADERS, body).payload,
    )


def encrypt(mode: Mode) -> bytes:
    plain = PLAIN
    if mode is modes.CBC:
        padder = PADDING.padder()
        plain = padder.update(plain) + padder.finalize()
    encryptor = Cipher(AES, mode(IV)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def decrypt(mode: Mode, ciphertext: bytes, iv: bytes) -> bytes:
    decryptor = Cipher(AES, mode(iv)).decryptor()
    plain = decryptor.update(ciphertext) + decryptor.finalize()
    if mode is modes.CTR:
        return plain
    unpadder = PADDING.unpadder()
    return unpadder.update(plain) + unpadder.finalize()


def race(
    what: str,
    peer: Callable[[], bytes],
    ours: Callable[[], bytes],
    target: float | None = None,
) -> None:
    if not peer() == ours() == PLAIN:
        raise SystemExit("the two do not agree on the plaintext")
    compare(what, "cryptography", peer, ours, target)


if __name__ == "__main__":
    main()
