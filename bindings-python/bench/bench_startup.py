"""How long the library takes to load, and a verifier to be made. Compared with nothing."""

from __future__ import annotations

import time

start = time.perf_counter()
import hookseal  # noqa: E402

LOADED = time.perf_counter() - start

TIMES = 200
SCHEMES = {
    "plivo": {"auth_token": "f3c1a9d27b5e48c0a6d4", "public_url": "https://api.example.com"},
    "azure-event-grid": {"entra": {"tenant": "contoso", "audience": "api://hooks"}},
}


def microseconds(scheme: str, options: dict[str, object]) -> float:
    start = time.perf_counter()
    hookseal.verifier_from_config({"scheme": scheme, **options})
    return (time.perf_counter() - start) * 1e6


if __name__ == "__main__":
    print(f"{'load':<32} {LOADED * 1e6:9.0f} us")
    for scheme, options in SCHEMES.items():
        first, *others = (microseconds(scheme, options) for _ in range(TIMES))
        print(f"{scheme:<32} {first:9.0f} us, the best of {TIMES} {min(others):9.1f} us")
