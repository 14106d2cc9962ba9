"""hookseal against `cryptography`: an encrypted delivery of 1 KiB, in two cases.

With encryption alone both do what a receiver does: the IV from hexadecimal, the
body from base64, AES-256, the padding. The peer gets the IV parsed out of the
query, hookseal the URL.

The whole verification also checks the token in the URL and that the plaintext
is JSON. The peer does no more than before, and even gets the IV as bytes.
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
URL = f"https://api.example.com/vcc-live?iv={IV.hex()}"
URL_WITH_TOKEN = f"{URL}&secret-key={TOKEN}"
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


def by_cryptography(
    mode: str, body: bytes, read_iv: Callable[[], bytes]
) -> Callable[[], bytes]:
    key = KEY.encode()

    def decrypt() -> bytes:
        decryptor = Cipher(algorithms.AES(key), MODES[mode](read_iv())).decryptor()
        plain = decryptor.update(base64.b64decode(body)) + decryptor.finalize()
        if mode == "ctr":
            return plain
        unpadder = padding.PKCS7(128).unpadder()
        return unpadder.update(plain) + unpadder.finalize()

    return decrypt


def by_hookseal(url: str, body: bytes, **options: str) -> Callable[[], bytes]:
    verifier = hookseal.Verifier("vcc-live", secret=KEY, **options)
    return lambda: verifier.verify("POST", url, HEADERS, body).payload


def main() -> None:
    query = {"iv": IV.hex()}
    for mode in MODES:
        body, cipher = encrypted(mode), f"aes-256-{mode}"
        what = f"{len(PLAIN)} bytes in {cipher.upper()}"
        race(
            f"encryption alone: {what}",
            by_cryptography(mode, body, lambda: bytes.fromhex(query["iv"])),
            by_hookseal(URL, body, cipher=cipher, plaintext="bytes"),
        )
        race(
            f"whole verification: {what}",
            by_cryptography(mode, body, lambda: IV),
            by_hookseal(URL_WITH_TOKEN, body, cipher=cipher, url_token=TOKEN),
        )


def race(what: str, peer: Callable[[], bytes], ours: Callable[[], bytes]) -> None:
    if not peer() == ours() == PLAIN:
        raise SystemExit("the two do not agree on the plaintext")
    compare(what, "cryptography", peer, ours, TARGET)


if __name__ == "__main__":
    main()
