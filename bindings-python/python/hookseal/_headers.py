"""Headers in objects of frameworks and in whatever else is not a dict or a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from hookseal.errors import VerificationError

Pairs = list[tuple[Any, Any]]


def pairs(headers: Any, names: tuple[str, ...]) -> Pairs | None:
    """The headers as pairs; one that came more than once may have a list of values.

    Returns None for an object that holds no headers. Raises ``internal`` where the
    object fails.
    """
    # Werkzeug and Starlette, httpx, aiohttp, the standard library.
    for method in ("getlist", "get_list", "getall", "get_all"):
        all_values = getattr(headers, method, None)
        if all_values is not None:
            return _guarded(partial(_look_up, all_values, names))
    if hasattr(headers, "keys"):
        return _guarded(partial(_of_mapping, headers, names))
    if isinstance(headers, (str, bytes)):
        return None
    try:
        items = iter(headers)
    except Exception:
        return None
    return _guarded(partial(list, items))


def _of_mapping(headers: Any, names: tuple[str, ...]) -> Pairs:
    found = _look_up(headers.__getitem__, names)
    if len(found) == len(names):
        return found
    # The mapping may tell upper from lower case.
    return [(name, headers[name]) for name in headers.keys() if _lower(name) in names]  # noqa: SIM118


def _look_up(get: Callable[[str], Any], names: Iterable[str]) -> Pairs:
    found = []
    for name in names:
        try:
            value = get(name)
        except LookupError:
            continue
        if value is not None:
            found.append((name, value))
    return found


def _lower(name: object) -> str | None:
    if isinstance(name, bytes):
        name = name.decode("latin-1")
    return name.lower() if isinstance(name, str) else None


def _guarded(work: Callable[[], Pairs]) -> Pairs:
    try:
        return work()
    except Exception as error:
        raise VerificationError("internal", "the headers object failed") from error
