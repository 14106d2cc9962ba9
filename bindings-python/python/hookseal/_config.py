"""A verifier from configuration: a mapping of ``scheme`` and its options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hookseal._unset import verifier
from hookseal.errors import ConfigurationError

if TYPE_CHECKING:
    from hookseal._native import Verifier


def verifier_from(config: object, hooks: Mapping[str, Any]) -> Verifier:
    """Raises :class:`~hookseal.ConfigurationError` for what is no configuration."""
    arguments: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    for key, value in _items(config):
        # Variables of an environment are upper-case.
        name = key.lower()
        if name in arguments:
            raise ConfigurationError(_twice(key, spelled[name]))
        arguments[name] = value
        spelled[name] = key
    if "scheme" not in arguments:
        raise ConfigurationError("`scheme` is missing")
    scheme = arguments.pop("scheme")
    both = sorted(arguments.keys() & hooks.keys())
    if both:
        raise ConfigurationError(
            f"`{spelled[both[0]]}` is a function and no part of a configuration"
        )
    given = {name: hook for name, hook in hooks.items() if hook is not None}
    try:
        return verifier(scheme, {**arguments, **given})
    except ConfigurationError as error:
        detail = _respelled(error.detail, spelled) + _advice(error.detail, arguments)
        raise ConfigurationError(detail) from None


def section(config: object, name: str) -> object:
    """What is configured under a name, in any case, of which a ``-`` may be a ``_``.

    It may be there in several cases: a file has ``calls``, and variables of the
    environment add to ``CALLS``. What is in one of them is not in another.
    """
    everything = _items(config)
    found = [(key, value) for key, value in everything if _folded(key) == _folded(name)]
    if not found:
        there = ", ".join(sorted(repr(key) for key, _ in everything)) or "nothing"
        raise ConfigurationError(f"there is nothing of this name; there is {there}")
    if len(found) == 1:
        return found[0][1]
    whole: dict[str, Any] = {}
    places: dict[str, str] = {}
    for place, part in found:
        for key, value in _items(part):
            earlier = places.setdefault(key.lower(), f"{place}.{key}")
            if earlier != f"{place}.{key}":
                raise ConfigurationError(_twice(f"{place}.{key}", earlier))
            whole[key] = value
    return whole


def _twice(key: str, earlier: str) -> str:
    as_well = "" if key == earlier else f", as {earlier!r} as well"
    return f"{key!r} is given twice{as_well}"


#: Where a message names an option, or one that may be meant.
_NAMED = re.compile(r"(?<=\boption )\w+|(?<=did you mean )\w+(?=\?)")


def _respelled(detail: str, spelled: Mapping[str, str]) -> str:
    """The message with options as the configuration spells them."""
    is_upper = False

    def respell(match: re.Match[str]) -> str:
        nonlocal is_upper
        name = match.group()
        key = spelled.get(name, name.upper() if is_upper else name)
        is_upper = key.isupper()
        return key

    return _NAMED.sub(respell, detail)


def _advice(detail: str, arguments: Mapping[str, Any]) -> str:
    """What to do about a number where a text belongs: a secret of digits, most likely."""
    option = _NAMED.search(detail)
    value = arguments.get(option.group()) if option else None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and "not a number" in detail:
        return "; write it in quotes, also within the value of an environment variable"
    return ""


def _items(config: object) -> list[tuple[str, Any]]:
    if not isinstance(config, Mapping):
        raise ConfigurationError(f"a mapping is needed, not {type(config).__name__}")
    if not all(isinstance(key, str) for key in config):
        raise ConfigurationError("a key of the mapping is no text")
    return list(config.items())


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")
