"""Fetches remote key sets, and certificates that deliveries point to.

What to fetch, and when, the core decides. Here is the way there: one request at
a time however many ask, bounded in time and size.
"""

from __future__ import annotations

import logging
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

from hookseal._native import VERSION, Verifier

if TYPE_CHECKING:
    from hookseal._types import FetchKeys

_LOGGER = logging.getLogger("hookseal")
_READ_SIZE = 16 * 1024
# A key set, or a certificate, which has no one type.
_ACCEPTED = "application/json, */*;q=0.1"


class KeyLoader:
    """Loads the keys of one verifier."""

    def __init__(self, timeout_ms: int, max_bytes: int, fetch: FetchKeys | None) -> None:
        self._timeout = timeout_ms / 1000
        self._max_bytes = max_bytes
        self._fetch = fetch or _fetch
        self._lock = threading.Lock()
        self._attempt: _Attempt | None = None

    def ask(self, verifier: Verifier, _token: None) -> None:
        """Loads the keys, or leaves it at those of the last time."""
        self.load(verifier)

    def load(self, verifier: Verifier) -> str | None:
        """Loads the keys if that is due, or waits for the caller that is loading them.

        Returns the reason if that failed.
        """
        with self._lock:
            attempt = self._attempt
            is_ours = attempt is None or attempt.is_over()
            if attempt is None or is_ours:
                url = verifier._key_request()
                if url is None:
                    return None
                attempt = self._attempt = _Attempt(url, self._timeout)
        if is_ours:
            self._start(verifier, attempt)
        failure = attempt.wait()
        if is_ours and failure:
            _LOGGER.warning("%s", failure)
        return failure

    def _start(self, verifier: Verifier, attempt: _Attempt) -> None:
        # A thread of its own also bounds the look-up of the host's name, which
        # no time-out of a socket does.
        arguments = (verifier, attempt)
        thread = threading.Thread(target=self._run, args=arguments, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread left
            attempt.end(error)

    def _run(self, verifier: Verifier, attempt: _Attempt) -> None:
        try:
            url: str | None = attempt.url
            while url:
                attempt.url = url
                document = self._fetch(url, attempt.seconds_left(), self._max_bytes)
                # With the lock no other address is handed out in between, which
                # the document would be taken for.
                with self._lock:
                    if attempt.is_over():
                        return  # nobody waits any more, and the next may be on its way
                    url = verifier._supply_keys(document)
        except Exception as error:
            attempt.end(error)
        else:
            attempt.end(None)


class _Attempt:
    """One way to the keys: for a set that a directory names, two requests."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self._deadline = time.monotonic() + timeout
        self._ended = threading.Event()
        self._error: Exception | None = None

    def wait(self) -> str | None:
        """Waits for the end, or the deadline. Returns the reason of a failure."""
        in_time = self._ended.wait(self.seconds_left())
        error = self._error if in_time else TimeoutError("no answer in time")
        if error is None:
            return None
        # Without the query, which may hold a key of an API.
        place = self.url.partition("?")[0]
        return f"no keys from {place}: {type(error).__name__}: {error}"

    def end(self, error: Exception | None) -> None:
        self._error = error
        self._ended.set()

    def is_over(self) -> bool:
        return self._ended.is_set() or self.seconds_left() == 0

    def seconds_left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())


def _fetch(url: str, timeout: float, max_bytes: int) -> bytes:
    """Gets one document with the standard library's client.

    Proxies are those of the environment (``https_proxy``, ``no_proxy``).
    """
    deadline = time.monotonic() + timeout
    headers = {"Accept": _ACCEPTED, "User-Agent": f"hookseal/{VERSION}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310, the core checks it
    document = bytearray()
    with _opener().open(request, timeout=timeout) as response:
        if response.status != 200:
            raise OSError(f"HTTP status {response.status}")
        while chunk := response.read1(_READ_SIZE):
            document += chunk
            if len(document) > max_bytes:
                raise OSError(f"the document is larger than {max_bytes} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError("the document came too slowly")
    return bytes(document)


def _opener() -> urllib.request.OpenerDirector:
    """A client that follows no redirect: it has no handler for them."""
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(urllib.request.HTTPHandler())
    opener.add_handler(urllib.request.HTTPSHandler())
    return opener
