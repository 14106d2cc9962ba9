"""hookseal against `cryptography`: an encrypted delivery of 1 KiB.

The peer does what a receiver writes by hand, and no more: base64, AES-256 with
a given key and IV, the padding. hookseal does the same, and besides takes the
IV out of the URL, checks the token there, and that the plaintext is JSON.
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
TOKEN = "f3c1a9d27b5e48c0a6d4"
IV = bytes(range(16))
URL = f"https://api.example.com/vcc-live?secret-key={TOKEN}&iv={IV.hex()}"
PLAIN = json.dumps({"uuid": "97ceeb52-58b6-11e1-86da-77300b68f8bb", "text": "a" * 965}).encode()
MODES = {"cbc": modes.CBC, "ctr": modes.CTR}
HEADERS = {f"X-Other-{number}": "something of the proxy" for number in range(15)}


def encrypted(mode: str) -> bytes:
    plain = PLAIN
    if mode == "cbc":
        padder = padding.PKCS7(128).padder()
        plain = padder.update(plain) + padder.finalize()
    encryptor = Cipher(algorithms.AES(KEY.encode()), MODES[mode](IV)).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize())


def by_cryptography(mode: str, body: bytes) -> Callable[[], bytes]:
    key = KEY.encode()

    def decrypt() -> bytes:
        decryptor = Cipher(algorithms.AES(key), MODES[mode](IV)).decryptor()
        plain = decryptor.update(base64.b64decode(body)) + decryptor.finalize()
        if mode == "ctr":
            return plain
        unpadder = padding.PKCS7(128).unpadder()
        return unpadder.update(plain) + unpadder.finalize()

    return decrypt


def by_hookseal(mode: str, body: bytes) -> Callable[[], bytes]:
    verifier = hookseal.Verifier(
        "vcc-live", url_token=TOKEN, secret=KEY, cipher=f"aes-256-{mode}"
    )
    return lambda: verifier.verify("POST", URL, HEADERS, body).payload


def main() -> None:
    for mode in MODES:
        body = encrypted(mode)
        peer, ours = by_cryptography(mode, body), by_hookseal(mode, body)
        if not peer() == ours() == PLAIN:
            raise SystemExit("the two do not agree on the plaintext")
        what = f"one delivery: {len(PLAIN)} bytes in AES-256-{mode.upper()}"
        compare(what, "cryptography", peer, ours, TARGET)


if __name__ == "__main__":
    main()
