"""A verifier from configuration: a mapping of ``scheme`` and its options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hookseal._unset import verifier
from hookseal.errors import ConfigurationError

if TYPE_CHECKING:
    from hookseal._native import Verifier


def verifier_from(config: object, hooks: Mapping[str, Any]) -> Verifier:
    """Raises :class:`~hookseal.ConfigurationError` for what is no configuration."""
    arguments: dict[str, Any] = {}
    for key, value in _items(config):
        # Variables of an environment are upper-case.
        name = key.lower()
        if name in arguments:
            raise ConfigurationError(f"{name!r} is given twice")
        arguments[name] = value
    if "scheme" not in arguments:
        raise ConfigurationError("`scheme` is missing")
    scheme = arguments.pop("scheme")
    both = sorted(arguments.keys() & hooks.keys())
    if both:
        raise ConfigurationError(f"`{both[0]}` is a function and no part of a configuration")
    given = {name: hook for name, hook in hooks.items() if hook is not None}
    return verifier(scheme, {**arguments, **given})


def section(config: object, name: str) -> object:
    """What is configured under a name, in any case, of which a ``-`` may be a ``_``."""
    found = [value for key, value in _items(config) if _folded(key) == _folded(name)]
    if not found:
        raise ConfigurationError("there is nothing of this name")
    if len(found) > 1:
        raise ConfigurationError("this name is there twice")
    return found[0]


def _items(config: object) -> list[tuple[str, Any]]:
    if not isinstance(config, Mapping):
        raise ConfigurationError(f"a mapping is needed, not {type(config).__name__}")
    if not all(isinstance(key, str) for key in config):
        raise ConfigurationError("a key of the mapping is no text")
    return list(config.items())


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")
