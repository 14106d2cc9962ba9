from collections.abc import Coroutine, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, TypedDict, final

from typing_extensions import Buffer

from hookseal._types import FetchKeys, Headers, Introspect, Option

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

class _CoversDict(TypedDict):
    body: Literal["full", "fields", "none"]
    url: Literal["full", "without_query", "none"]
    method: bool
    timestamp: Literal["signed", "unsigned", "none"]
    delivery_id: Literal["signed", "unsigned", "none"]
    confidential: bool

@final
class Covers:
    @property
    def body(self) -> Literal["full", "fields", "none"]: ...
    @property
    def url(self) -> Literal["full", "without_query", "none"]: ...
    @property
    def method(self) -> bool: ...
    @property
    def timestamp(self) -> Literal["signed", "unsigned", "none"]: ...
    @property
    def delivery_id(self) -> Literal["signed", "unsigned", "none"]: ...
    @property
    def confidential(self) -> bool: ...
    def as_dict(self) -> _CoversDict: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Reply:
    def __new__(cls, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> Reply: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def body(self) -> bytes: ...
    def __getnewargs__(self) -> tuple[int, tuple[tuple[str, str], ...], bytes]: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class TokenIssuer:
    def __new__(cls, **options: Option) -> TokenIssuer: ...
    def respond(
        self,
        method: str | bytes,
        headers: Headers,
        body: Buffer,
        now: float | None = None,
    ) -> Reply: ...
    def jwks(self) -> str: ...
    @property
    def max_body_bytes(self) -> int: ...

@final
class VerifiedEvent:
    @property
    def payload(self) -> bytes: ...
    @property
    def scheme(self) -> str: ...
    @property
    def key_id(self) -> str: ...
    @property
    def timestamp(self) -> int | None: ...
    @property
    def delivery_id(self) -> str | None: ...
    @property
    def replay_key(self) -> str | None: ...
    @property
    def claims(self) -> MappingProxyType[str, Any]: ...
    @property
    def covers(self) -> Covers: ...
    @property
    def url_form(self) -> str: ...

@final
class Verifier:
    def __new__(
        cls,
        scheme: str | Mapping[str, Any],
        /,
        *,
        fetch_keys: FetchKeys | None = None,
        introspect: Introspect | None = None,
        **options: Option,
    ) -> Verifier: ...
    def verify(
        self,
        method: str | bytes,
        url: str | bytes,
        headers: Headers,
        body: Buffer,
        peer_ip: str | None = None,
        now: float | None = None,
    ) -> VerifiedEvent: ...
    def verify_async(
        self,
        method: str | bytes,
        url: str | bytes,
        headers: Headers,
        body: Buffer,
        peer_ip: str | None = None,
        now: float | None = None,
    ) -> Coroutine[Any, Any, VerifiedEvent]: ...
    def decrypt(
        self,
        ciphertext: Buffer,
        iv: Buffer | None = None,
        cipher: str | None = None,
    ) -> bytes: ...
    def refresh_keys(self) -> None: ...
    def _verify_without_asking(
        self,
        method: str | bytes,
        url: str | bytes,
        headers: Headers,
        body: Buffer,
        peer_ip: str | None = None,
        now: float | None = None,
    ) -> VerifiedEvent: ...
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
    ) -> dict[str, str]: ...
    @property
    def scheme(self) -> str: ...
    @property
    def header_names(self) -> tuple[str, ...]: ...
    @property
    def max_body_bytes(self) -> int: ...
