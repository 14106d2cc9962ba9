"""``Verifier.verify`` for event loops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hookseal.errors import VerificationError

if TYPE_CHECKING:
    from hookseal import VerifiedEvent, Verifier


async def verify(
    verifier: Verifier,
    method: Any,
    url: Any,
    headers: Any,
    body: Any,
    peer_ip: Any = None,
    now: Any = None,
    *,
    authority: Any = None,
    scheme: Any = None,
) -> VerifiedEvent:
    """Verifies at once where nobody has to be asked, and else in a thread."""
    request = (method, url, headers, body, peer_ip, now, authority, scheme)
    try:
        return verifier._verify_without_asking(request)
    except VerificationError as error:
        if error.code != "key_unavailable":
            raise
    return await asyncio.to_thread(
        verifier.verify, *request[:6], authority=authority, scheme=scheme
    )
