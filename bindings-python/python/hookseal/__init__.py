"""Verify every webhook that your server accepts.

::

    verifier = hookseal.providers.scheme_id(secret=SECRET)
    event = verifier.verify(method=method, url=url, headers=headers, body=body)
    event.payload, event.key_id, event.covers

:mod:`hookseal.providers` has a function for each provider; ``hookseal.Verifier("scheme-id",
secret=SECRET)`` is the same, and takes custom schemes too.

A verifier is made once and shared; :meth:`Verifier.verify` returns a
:class:`VerifiedEvent` or raises a :class:`VerificationError`. A
:class:`TokenIssuer` hands out the tokens that a sender asks for first.
"""

from __future__ import annotations

try:
    import hookseal._native as _native
except ImportError as _cause:
    raise ImportError(
        f"the native part of hookseal cannot be loaded ({_cause}): reinstall the package for "
        "this Python and this platform; it runs in every interpreter that shares the GIL of "
        "the main one, not in an isolated one"
    ) from _cause

from hookseal._native import Covers, Reply, TokenIssuer, VerifiedEvent, Verifier
from hookseal.errors import ConfigurationError, HooksealError, VerificationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from hookseal import providers
    from hookseal._types import ErrorCodeRow, FetchKeys, Introspect, SchemeRow

__all__ = [
    "ConfigurationError",
    "Covers",
    "HooksealError",
    "Reply",
    "TokenIssuer",
    "VerificationError",
    "VerifiedEvent",
    "Verifier",
    "__version__",
    "error_codes",
    "providers",
    "schemes",
    "verifier_from_config",
]

__version__ = "0.1.0"

if _native.VERSION != __version__:
    raise ImportError(
        f"hookseal {__version__} found a native library of version {_native.VERSION}; "
        "reinstall the package"
    )


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Loads ``hookseal.providers`` where it is used."""
        if name == "providers":
            import hookseal.providers as loaded

            return loaded
        raise AttributeError(f"module 'hookseal' has no attribute {name!r}")


def verifier_from_config(
    config: Mapping[str, Any],
    /,
    *,
    fetch_keys: FetchKeys | None = None,
    introspect: Introspect | None = None,
) -> Verifier:
    """A verifier from configuration that is known at run time only: a mapping of
    ``scheme`` (an id, or a custom scheme) and the options of that scheme, with names in
    upper or lower case.

    Raises :class:`ConfigurationError` for what a :class:`Verifier` does not take.
    """
    from hookseal._config import verifier_from  # loaded on use, as most have no need of it

    return verifier_from(config, {"fetch_keys": fetch_keys, "introspect": introspect})


def schemes() -> list[SchemeRow]:
    """The catalogue: one dict for each built-in scheme.

    Keys: ``id``, ``title``, ``docs`` (a link), ``status`` (``stable`` or
    ``unconfirmed``), ``signs`` (whether requests are signed), ``can_sign`` (whether
    :meth:`Verifier.sign` works), ``notes``, ``options``.
    """
    rows: list[SchemeRow] = _parse(_native.schemes_json())
    return rows


def error_codes() -> list[ErrorCodeRow]:
    """The frozen table of codes: dicts of ``code``, ``number`` and ``status``."""
    rows: list[ErrorCodeRow] = _parse(_native.error_codes_json())
    return rows


def _parse(text: str) -> Any:
    import json  # imported on use: it would double the time this package takes to load

    return json.loads(text)
