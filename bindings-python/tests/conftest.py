"""What the tests share: one scheme with a known key, and requests signed with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

import hookseal

TOKEN = "f3c1a9d27b5e48c0a6d4"
PUBLIC_URL = "https://api.example.com"
FORM = "application/x-www-form-urlencoded"
NOW = 1_700_000_000


@dataclass(frozen=True)
class Signed:
    """The arguments of a genuine ``verify`` call."""

    method: str = "POST"
    url: str = "/answer?campaign=spring"
    body: Any = b"From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1234"
    headers: Any = field(default_factory=dict)

    def but(self, **changes: Any) -> Signed:
        return replace(self, **changes)

    def arguments(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "url": self.url,
            "headers": self.headers,
            "body": self.body,
        }


def sign(verifier: hookseal.Verifier, unsigned: Signed) -> Signed:
    content_type = {"content-type": FORM}
    headers = verifier.sign(
        unsigned.method, unsigned.url, unsigned.body, headers=content_type, now=NOW
    )
    return unsigned.but(headers={**content_type, **headers})


def code_of(verifier: hookseal.Verifier, request: Signed, **more: Any) -> str:
    """``verified``, or the code of the refusal. Anything else fails the test."""
    try:
        event = verifier.verify(**request.arguments(), **more)
    except hookseal.HooksealError as error:
        assert error.status == hookseal.errors.STATUS_BY_CODE[error.code]
        assert str(error) == f"{error.code}: {error.detail}"
        return error.code
    assert type(event) is hookseal.VerifiedEvent
    return "verified"


@pytest.fixture(scope="session")
def verifier() -> hookseal.Verifier:
    return hookseal.Verifier("plivo", auth_token=TOKEN, public_url=PUBLIC_URL)


@pytest.fixture(scope="session")
def signed(verifier: hookseal.Verifier) -> Signed:
    return sign(verifier, Signed())
