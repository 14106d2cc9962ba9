"""The shared vectors, through the public API.

``HOOKSEAL_VECTORS`` names another folder; ``HOOKSEAL_OUTCOMES`` a file to write
what each case gave, for comparison with the other languages.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import hookseal
from hookseal.errors import STATUS_BY_CODE

FOLDER = Path(os.environ.get("HOOKSEAL_VECTORS") or Path(__file__).parents[2] / "tests/vectors")
DEFAULT_NOW = 1_700_000_000


class Verifiers:
    """Makes each verifier once."""

    def __init__(self):
        self.made = {}

    def get(self, case) -> hookseal.Verifier:
        key = json.dumps([case["scheme"], case["options"]], sort_keys=True)
        if key not in self.made:
            self.made[key] = hookseal.Verifier(case["scheme"], **case["options"])
        return self.made[key]


def outcome(case: dict[str, Any], verifiers: Verifiers) -> dict[str, Any]:
    request = case["request"]
    if "body_base64" in request:
        body = base64.b64decode(request["body_base64"], validate=True)
    else:
        body = request.get("body_utf8", "").encode()
    now = case.get("now")
    try:
        event = verifiers.get(case).verify(
            method=request["method"],
            url=request["url"],
            headers=request["headers"],
            body=body,
            peer_ip=request.get("peer_ip"),
            now=DEFAULT_NOW if now is None else now,
            authority=request.get("authority"),
            scheme=request.get("scheme"),
        )
    except hookseal.HooksealError as error:
        return {"verdict": "rejected", "code": error.code, **answer(error)}
    facts = {
        "scheme": event.scheme,
        "payload_base64": base64.b64encode(event.payload).decode(),
        "key_id": event.key_id,
        "timestamp": event.timestamp,
        "delivery_id": event.delivery_id,
        "event_type": event.event_type,
        "replay_key": event.replay_key,
        "claims": dict(event.claims),
        "covers": event.covers.as_dict(),
        "url_form": event.url_form,
    }
    return {"verdict": "verified", "facts": facts}


def answer(error: hookseal.HooksealError) -> dict[str, Any]:
    """What a refusal is answered with, where that is more than the status of its code."""
    authenticate = getattr(error, "authenticate", None)
    reply = getattr(error, "reply", None)
    if error.status == STATUS_BY_CODE[error.code] and authenticate is None and reply is None:
        return {}
    shown = reply and {
        "status": reply.status,
        "headers": [list(header) for header in reply.headers],
        "body": reply.body.decode(),
    }
    return {"answer": {"status": error.status, "authenticate": authenticate, "reply": shown}}


def difference(case: dict[str, Any], got: dict[str, Any]) -> str | None:
    verdict = "verified" if got["verdict"] == "verified" else got["code"]
    if verdict != case["expect"]:
        return (
            f"{case['id']}: {verdict} instead of {case['expect']} ({case.get('comment', '')})"
        )
    if verdict == "verified":
        for name, expected in case.get("facts", {}).items():
            if got["facts"].get(name) != expected:
                return f"{case['id']}: {name} is {got['facts'].get(name)!r}, not {expected!r}"
    elif "answer" in case and got.get("answer") != case["answer"]:
        return f"{case['id']}: answered with {got.get('answer')}, not {case['answer']}"
    return None


def test_all_vectors(capsys):
    files = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    files = [file for file in files if file.get("schema") == "hookseal-vectors-1"]
    verifiers = Verifiers()
    outcomes: dict[str, Any] = {}
    differences = []
    for file in files:
        assert file["count"] == len(file["cases"])
        for case in file["cases"]:
            assert case["id"] not in outcomes, f"{case['id']} is there twice"
            outcomes[case["id"]] = got = outcome(case, verifiers)
            differences.append(difference(case, got))
    if target := os.environ.get("HOOKSEAL_OUTCOMES"):
        Path(target).write_text(json.dumps(outcomes, indent=1, sort_keys=True), "utf-8")

    total = sum(file["count"] for file in files)
    with capsys.disabled():
        print(f"\nvectors: {len(outcomes)} run of {total}")
    assert total > 0
    assert len(outcomes) == total
    wrong = [text for text in differences if text]
    assert not wrong, "\n".join(wrong[:50])
