"""A scheme of the caller's own, as the JSON that the core reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hookseal.errors import ConfigurationError


def text(scheme: object) -> str:
    """The JSON of a mapping. Raises :class:`~hookseal.ConfigurationError`."""
    if not isinstance(scheme, Mapping):
        raise ConfigurationError(
            "the scheme must be an id (str) or a custom scheme (mapping), "
            f"not {type(scheme).__name__}"
        )
    try:
        return json.dumps(dict(scheme))
    except Exception as error:
        raise ConfigurationError("the custom scheme cannot be written as JSON") from error
