"""hookseal against the four lines that a careful user writes: HMAC-SHA256 of 1 KiB."""

from __future__ import annotations

import hashlib
import hmac

import hookseal
from pairs import compare

TARGET = 2.5
SECRET = "a-secret-that-nobody-else-knows"
URL = "https://api.example.com/github"
BODY = b"a" * 1024


def main() -> None:
    verifier = hookseal.Verifier("github", secret=SECRET)
    others = {f"X-Other-{number}": "something of the proxy" for number in range(14)}
    headers = {**others, **verifier.sign("POST", URL, BODY)}
    key = SECRET.encode()

    def ours() -> object:
        return verifier.verify("POST", URL, headers, BODY)

    def peer() -> bool:
        digest = hmac.new(key, BODY, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"sha256={digest}", headers["x-hub-signature-256"])

    if not peer() or not ours():
        raise SystemExit("the two do not agree on the request")
    compare("one delivery: HMAC-SHA256 of 1 KiB", "by hand", peer, ours, TARGET)


if __name__ == "__main__":
    main()
