from collections.abc import Coroutine, Sequence
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypedDict, final

from typing_extensions import Buffer, Unpack

from hookseal._by_scheme import VerifierByScheme
from hookseal._types import Headers
from hookseal.options import TokenIssuerOptions

__all__ = [
    "REJECTION_BODY",
    "REJECTION_CONTENT_TYPE",
    "VERSION",
    "Covers",
    "Reply",
    "TokenIssuer",
    "VerifiedEvent",
    "Verifier",
    "error_codes_json",
    "panic_self_test",
    "schemes_json",
]

VERSION: str
REJECTION_BODY: str
REJECTION_CONTENT_TYPE: str

def error_codes_json() -> str: ...
def schemes_json() -> str: ...
def panic_self_test(in_binding: bool) -> None: ...

_CoverageLevel: TypeAlias = Literal["none", "weak", "joined", "part", "full"]

class _CoversDict(TypedDict):
    body: _CoverageLevel
    url: _CoverageLevel
    method: bool
    timestamp: Literal["signed", "unsigned", "none"]
    delivery_id: Literal["signed", "unsigned", "none"]
    confidential: bool
    parts: list[str]

@final
class Covers:
    """What a scheme authenticates of a delivery.

    The levels of ``body`` and ``url``, from the weakest to the strongest:

    - ``"none"``: nothing is signed.
    - ``"weak"``: what is signed can be replaced by something of the same digest.
    - ``"joined"``: it is signed, but runs together with what stands beside it:
      whoever has a signed request can move text from one field to the next.
    - ``"part"``: named fields, or all but some, each kept apart.
    - ``"full"``: every byte, directly or through a digest that was compared.
    """

    @property
    def body(self) -> _CoverageLevel:
        """How much of the body is signed."""
    @property
    def url(self) -> _CoverageLevel:
        """How much of the URL is signed."""
    @property
    def method(self) -> bool:
        """Whether the HTTP method is signed."""
    @property
    def timestamp(self) -> Literal["signed", "unsigned", "none"]:
        """Whether the delivery has a time, and whether that is signed."""
    @property
    def delivery_id(self) -> Literal["signed", "unsigned", "none"]:
        """Whether the delivery has an id, and whether that is signed."""
    @property
    def confidential(self) -> bool:
        """Whether the body was encrypted on its way."""
    @property
    def parts(self) -> tuple[str, ...]:
        """The fields of the string to sign as the scheme writes them: ``"body"``,
        ``"url.path"``, ``"header:x-event"``, and a list with what it leaves out, as
        ``"query -signature"``.
        """
    def as_dict(self) -> _CoversDict:
        """The same as a dict, for logs and JSON."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Reply:
    """An HTTP response to send as it is: the answer to a challenge, or that of a
    token endpoint.
    """

    def __new__(cls, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> Reply: ...
    @property
    def status(self) -> int:
        """The HTTP status."""
    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Pairs of name and value, without ``Content-Length``."""
    @property
    def body(self) -> bytes:
        """The body, whose bytes must not be changed; empty where there is none."""
    def __getnewargs__(self) -> tuple[int, tuple[tuple[str, str], ...], bytes]: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class TokenIssuer:
    """A token endpoint (OAuth 2.0 client credentials, RFC 6749 section 4.4) for
    senders that ask for an access token first. Immutable, so any number of threads
    may share it.

    :class:`hookseal.options.TokenIssuerOptions` describes the options; a key is needed.
    A wrong one raises :class:`~hookseal.ConfigurationError`.
    """

    def __new__(cls, **options: Unpack[TokenIssuerOptions]) -> TokenIssuer: ...
    def respond(
        self,
        method: str | bytes,
        headers: Headers,
        body: Buffer,
        now: float | None = None,
    ) -> Reply:
        """Answers one request: with a token, or with an error of RFC 6749 section
        5.2. Nothing that a client sends raises anything. ``now`` is in unix
        seconds, ``time.time()`` by default.
        """
    def jwks(self) -> str:
        """The public keys that verify the tokens, as the text of a JWK set (RFC
        7517); an empty set where the key is a secret.
        """
    @property
    def max_body_bytes(self) -> int:
        """How many bytes of a body are accepted: what a framework may read."""

@final
class VerifiedEvent:
    """A verified delivery. Only :meth:`Verifier.verify` makes one."""

    @property
    def payload(self) -> bytes:
        """The body that was verified, which is the very object that was given if it
        was ``bytes``; or what that decrypts to.
        """
    @property
    def scheme(self) -> str:
        """The id of the scheme that verified it."""
    @property
    def key_id(self) -> str:
        """The key that matched: its position ("0", "1", …), its own label, or its
        ``kid`` in a key set.
        """
    @property
    def timestamp(self) -> int | None:
        """The signed time in unix seconds; ``None`` where the scheme signs none."""
    @property
    def delivery_id(self) -> str | None:
        """The signed id or nonce; ``None`` where the scheme signs none."""
    @property
    def event_type(self) -> str | None:
        """The signed type of the event as the provider names it, e.g.
        ``"call.completed"``; ``None`` where the scheme knows no signed place of it, or
        the delivery does not have it.
        """
    @property
    def replay_key(self) -> str | None:
        """64 hex digits, equal for two deliveries of the same signed message;
        ``None`` where the scheme signs no message.
        """
    @property
    def claims(self) -> MappingProxyType[str, Any]:
        """The claims of the token; empty for a scheme without one."""
    @property
    def covers(self) -> Covers:
        """What was authenticated."""
    @property
    def url_form(self) -> str:
        """Which form of the URL matched, e.g. "as-is"."""
    def text(self) -> str:
        """The payload as text. It must be UTF-8; a byte order mark in front is left
        out.

        Raises :class:`ValueError` where it is not, with nothing of it in the message.
        """
    def json(self) -> Any:
        """What the payload says as JSON, newly parsed at each call. Nobody has looked
        at what is in it.

        Raises :class:`ValueError` where it is not JSON, with nothing of it in the
        message.
        """

@final
class Verifier(VerifierByScheme):
    """Verifies that a delivery comes from its provider. Immutable, so any number of
    threads may share it.

    ``scheme`` is a scheme id, whose options :mod:`hookseal.providers` describes, or a
    custom scheme as a mapping; for an id that is known at run time only there is
    :func:`hookseal.verifier_from_config`. For a remote key set, ``fetch_keys``
    replaces the standard library's HTTP client; with the option ``introspection``,
    ``introspect`` asks the issuer of a token what it is.

    Raises :class:`~hookseal.ConfigurationError` for a wrong option.
    """

    def verify(
        self,
        method: str | bytes,
        url: str | bytes,
        headers: Headers,
        body: Buffer,
        peer_ip: str | None = None,
        now: float | None = None,
        *,
        authority: str | bytes | None = None,
        scheme: str | bytes | None = None,
    ) -> VerifiedEvent:
        """Verifies one request. Returns the event, or raises
        :class:`~hookseal.VerificationError`.

        ``url`` is absolute, as the provider called it; or the request target as
        sent, where there is a ``public_url``, or beside ``authority``, the ``Host``
        header or ``:authority`` as sent, and ``scheme``, that of the connection:
        "http" or "https". Never join the three yourself. ``peer_ip`` is the address
        of the socket's other end; ``now`` is in unix seconds, ``time.time()`` by
        default. It fetches a remote key set when that is due, and waits five seconds
        at most; it waits for ``introspect`` however long that takes.
        """
    def verify_async(
        self,
        method: str | bytes,
        url: str | bytes,
        headers: Headers,
        body: Buffer,
        peer_ip: str | None = None,
        now: float | None = None,
        *,
        authority: str | bytes | None = None,
        scheme: str | bytes | None = None,
    ) -> Coroutine[Any, Any, VerifiedEvent]:
        """:meth:`verify` for an event loop: a coroutine, which waits in a thread."""
    def decrypt(
        self,
        ciphertext: Buffer,
        iv: Buffer | None = None,
        cipher: str | None = None,
    ) -> bytes:
        """Decrypts what a delivery carried, where only that was kept: the bytes of
        the ciphertext, not their base64 or hex. It verifies nothing, and does not
        replace :meth:`verify`.

        ``iv`` is what the delivery said, ``None`` where it said nothing; ``cipher``
        is a name of OpenSSL, where each delivery names its own.
        """
    def refresh_keys(self) -> None:
        """Fetches the keys if that is due, e.g. when a program starts. Raises
        :class:`~hookseal.VerificationError` (``key_unavailable``) if that fails.
        """
    def _verify_without_asking(self, request: tuple[Any, ...]) -> VerifiedEvent: ...
    def _check_head(self, request: tuple[Any, ...]) -> None: ...
    def _key_request(self) -> str | None: ...
    def _supply_keys(self, document: bytes) -> str | None: ...
    def sign(
        self,
        method: str | bytes,
        url: str | bytes,
        body: Buffer,
        headers: Headers | None = None,
        delivery_id: str | None = None,
        now: float | None = None,
        key_id: str | None = None,
    ) -> dict[str, str]:
        """Signs a request as the provider would, for tests: the headers to add."""
    @property
    def scheme(self) -> str:
        """The id of the scheme."""
    @property
    def header_names(self) -> tuple[str, ...]:
        """The lower-case names of the headers that :meth:`verify` reads."""
    @property
    def max_body_bytes(self) -> int:
        """How many bytes of a body are accepted: what a framework may read."""
