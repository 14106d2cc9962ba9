"""Types for checkers. Nothing but ``hookseal.options`` imports this module at run time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict, TypeVar

if TYPE_CHECKING:
    from typing_extensions import NotRequired

    from hookseal.options import SchemeId

_T = TypeVar("_T")

#: What an option may be. A list holds several secrets (rotation), a mapping
#: gives each secret a label; ``{"hex": "…"}`` stands for bytes.
Option: TypeAlias = (
    str
    | bytes
    | bytearray
    | memoryview
    | bool
    | int
    | Sequence["Option"]
    | Mapping[str, "Option"]
)

#: A secret: text, bytes, or ``{"hex": "…"}``.
OneSecret: TypeAlias = str | bytes | bytearray | memoryview | Mapping[str, str]

#: A secret; a list of several, of which any may match (rotation); or a mapping
#: that gives each its label.
Secret: TypeAlias = OneSecret | Sequence[OneSecret] | Mapping[str, OneSecret]

#: A public key, several, or several by label.
PublicKey: TypeAlias = Secret

#: Text, or the bytes that it is in another character set.
TextOrBytes: TypeAlias = OneSecret

#: A text, or a list of them, at least one.
Texts: TypeAlias = str | Sequence[str]

#: One of these, or a list of them.
OneOrMore: TypeAlias = _T | Sequence[_T]

#: A JSON Web Key Set (RFC 7517): its text, or what that says.
KeySet: TypeAlias = str | bytes | bytearray | memoryview | Mapping[str, Any]

#: What the claims of a token must say, by their names: a list means any of its items.
Claims: TypeAlias = Mapping[str, str | int | bool | Sequence[str | int | bool]]


#: The frozen codes, see :func:`hookseal.error_codes`.
ErrorCode: TypeAlias = Literal[
    "missing_header",
    "malformed_header",
    "ambiguous_header",
    "signature_mismatch",
    "token_mismatch",
    "timestamp_too_old",
    "timestamp_in_future",
    "malformed_timestamp",
    "body_mismatch",
    "decryption_failed",
    "cipher_not_allowed",
    "jwt_malformed",
    "jwt_expired",
    "jwt_claim_mismatch",
    "key_unavailable",
    "ip_not_allowed",
    "insecure_transport",
    "body_too_large",
    "body_already_parsed",
    "replayed",
    "configuration",
    "internal",
    "method_not_allowed",
    "malformed_url",
    "host_not_allowed",
    "challenge",
]


class HeaderMapping(Protocol):
    """A mapping of headers, such as a dict or the headers of any framework."""

    def keys(self) -> Iterable[Any]: ...
    def __getitem__(self, name: Any, /) -> Any: ...


#: A mapping, or pairs of name and value; text or bytes.
Headers: TypeAlias = HeaderMapping | Iterable[Sequence[str | bytes]]


#: Gets a document of keys by its URL, within that many seconds and bytes. It
#: must follow no redirect, and raise for every status but 200.
FetchKeys: TypeAlias = Callable[[str, float, int], bytes]

#: Asks the issuer of a token what it is, and returns the answer (RFC 7662
#: section 2.2) as a mapping or as JSON.
Introspect: TypeAlias = Callable[[str], Mapping[str, Any] | str | bytes]


class OptionRange(TypedDict):
    """The whole numbers that an option takes; both ends belong to it."""

    min: int
    max: NotRequired[int]


class OptionRow(TypedDict):
    """An option of a scheme, as the catalogue describes it."""

    name: str
    kind: str
    required: bool
    secret: bool
    group: bool
    common: bool
    help: str
    default: NotRequired[Any]
    range: NotRequired[OptionRange]
    values: NotRequired[list[str]]
    members: NotRequired[list[OptionRow]]
    needs: NotRequired[list[str]]
    excludes: NotRequired[list[str]]


class SchemeRow(TypedDict):
    """One scheme of the catalogue."""

    id: SchemeId
    title: str
    docs: str
    status: Literal["stable", "unconfirmed"]
    signs: bool
    can_sign: bool
    notes: list[str]
    options: list[OptionRow]


class ErrorCodeRow(TypedDict):
    """One row of the frozen error table."""

    code: ErrorCode
    number: int
    status: int
