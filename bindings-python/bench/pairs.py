"""Compares two calls that do the same work, in one process.

They run in turns, so that whatever else the machine does hits both.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

PASSES = 400
# Slices of equal length: a long one would more often be hit by what else the
# machine does, to the other's advantage.
SLICE_MICROSECONDS = 2000


def compare(
    what: str,
    peer_name: str,
    peer: Callable[[], object],
    ours: Callable[[], object],
    target: float | None,
) -> None:
    """Prints both times and how many times as fast ours is."""
    gc.disable()
    peer_calls, our_calls = calls_per_slice(peer), calls_per_slice(ours)
    times = [
        (microseconds(peer, peer_calls), microseconds(ours, our_calls)) for _ in range(PASSES)
    ]
    gc.enable()
    best_peer, best_ours = (min(column) for column in zip(*times, strict=True))
    median = statistics.median(theirs / own for theirs, own in times)
    ratio = best_peer / best_ours
    print(f"python  {what}")
    print(f"python  {peer_name} {best_peer:.2f} us, hookseal {best_ours:.2f} us")
    print(
        f"python  ratio {ratio:.1f}x best of {PASSES} (median of pairs {median:.1f}x), "
        f"{verdict(ratio, target)}"
    )


def verdict(ratio: float, target: float | None) -> str:
    if target is None:
        return "no target"
    return f"target {target:g}x: {'reached' if ratio >= target else 'MISSED'}"


def calls_per_slice(call: Callable[[], object]) -> int:
    quickest = min(microseconds(call, 10) for _ in range(50))
    return max(1, round(SLICE_MICROSECONDS / quickest))


def microseconds(call: Callable[[], object], calls: int) -> float:
    started = time.perf_counter_ns()
    for _ in range(calls):
        call()
    return (time.perf_counter_ns() - started) / calls / 1000
