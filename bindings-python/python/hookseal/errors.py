"""The exceptions of hookseal, and the table of their codes.

Both derive from :class:`HooksealError`, so one ``except`` clause catches
everything that the library raises on purpose.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hookseal._native import Reply
    from hookseal._types import ErrorCode

#: HTTP status by code. Codes are frozen: they never change their meaning.
STATUS_BY_CODE: dict[ErrorCode, int] = {
    "missing_header": 401,
    "malformed_header": 401,
    "ambiguous_header": 401,
    "signature_mismatch": 401,
    "token_mismatch": 401,
    "timestamp_too_old": 401,
    "timestamp_in_future": 401,
    "malformed_timestamp": 401,
    "body_mismatch": 401,
    "decryption_failed": 401,
    "cipher_not_allowed": 401,
    "jwt_malformed": 401,
    "jwt_expired": 401,
    "jwt_claim_mismatch": 401,
    "key_unavailable": 503,
    "ip_not_allowed": 403,
    "insecure_transport": 403,
    "body_too_large": 413,
    "body_already_parsed": 500,
    "replayed": 200,
    "configuration": 500,
    "internal": 500,
    "method_not_allowed": 405,
    "malformed_url": 400,
    "host_not_allowed": 400,
    "challenge": 200,
}


class HooksealError(Exception):
    """The base of everything that hookseal raises.

    ``code`` is one of the frozen codes, ``status`` the HTTP status that belongs
    to it, and ``detail`` a sentence for the log of the receiver. The detail
    never holds a secret, an expected signature or a part of the body, yet it
    must not be sent to the caller: it would tell a forger what to change.
    """

    code: ErrorCode
    status: int
    detail: str

    def __init__(self, code: ErrorCode, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.status = STATUS_BY_CODE[code]
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class VerificationError(HooksealError):
    """A delivery was rejected; or, with the code ``challenge``, there is none.

    A ``challenge`` is a request of the provider for an answer: send ``reply``, a
    :class:`~hookseal.Reply`, as it is. It is ``None`` for every other code.

    ``status`` differs from the code's own where a standard asks for that: a
    token without the scope is answered with 403 (RFC 6750 section 3.1).
    ``authenticate`` is the value of the header ``WWW-Authenticate`` to answer
    with (RFC 9110 section 11.6.1), or ``None``.
    """

    authenticate: str | None
    reply: Reply | None

    def __init__(
        self,
        code: ErrorCode,
        detail: str,
        status: int | None = None,
        authenticate: str | None = None,
        reply: Reply | None = None,
    ) -> None:
        super().__init__(code, detail)
        if status is not None:
            self.status = status
        self.authenticate = authenticate
        self.reply = reply


class ConfigurationError(HooksealError):
    """An option or an argument is wrong: a mistake of the program, not of a caller.

    Raised when a verifier is made; its code is always ``configuration``.
    """

    args: tuple[Any, ...]

    def __init__(self, detail: str) -> None:
        super().__init__("configuration", detail)
        # What `pickle` and `copy` hand to the constructor.
        self.args = (detail,)
