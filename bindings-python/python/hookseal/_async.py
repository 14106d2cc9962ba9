"""``Verifier.verify`` for event loops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hookseal.errors import VerificationError

if TYPE_CHECKING:
    from hookseal import VerifiedEvent, Verifier


async def verify(
    verifier: Verifier, arguments: tuple[Any, ...], parts: dict[str, Any]
) -> VerifiedEvent:
    """Verifies at once where nobody has to be asked, and else in a thread."""
    try:
        return verifier._verify_without_asking(*arguments, **parts)
    except VerificationError as error:
        if error.code != "key_unavailable":
            raise
    return await asyncio.to_thread(verifier.verify, *arguments, **parts)
