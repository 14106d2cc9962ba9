"""What an argument is that was not given, for the functions of ``hookseal.providers``."""

from __future__ import annotations

from hookseal._native import Verifier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class _Unset:
    """Not ``None``, which is what an environment variable is that is not set."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()


def verifier(scheme: str | Mapping[str, Any], arguments: dict[str, Any]) -> Verifier:
    """A verifier with the arguments that were given."""
    given = {name: value for name, value in arguments.items() if value is not UNSET}
    by_id: Any = Verifier  # whose type knows no id but a literal
    made: Verifier = by_id(scheme, **given)
    return made
