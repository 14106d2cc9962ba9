"""Asks the issuer of an opaque token what it is (RFC 7662), by the user's hook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hookseal.errors import VerificationError

if TYPE_CHECKING:
    from hookseal._native import Verifier
    from hookseal._types import Introspect


class Introspection:
    """What a verifier asks where tokens are introspected."""

    def __init__(self, introspect: Introspect) -> None:
        self._introspect = introspect

    def ask(self, _verifier: Verifier, token: bytes) -> bytes:
        """The answer as JSON. Whatever goes wrong, the sender should try again."""
        try:
            answer = self._introspect(token.decode("utf-8", "replace"))
            if isinstance(answer, bytes):
                return answer
            text = answer if isinstance(answer, str) else json.dumps(dict(answer))
            return text.encode()
        except Exception as error:
            # The type alone: a text might hold the token.
            name = type(error).__name__
            raise VerificationError("key_unavailable", f"`introspect` raised {name}") from error

    def load(self, _verifier: Verifier) -> None:
        """Nothing can be fetched before a token is there."""
