"""The mistakes that people make, and what the detail of each refusal names."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

import hookseal

FILE = json.loads((Path(__file__).parents[2] / "tests/diagnosis.json").read_text("utf-8"))
NOW = 1_700_000_000


def refusal(row) -> hookseal.HooksealError:
    request = row["request"]
    try:
        verifier = hookseal.Verifier(row["scheme"], **row["options"])
        if "parsed_body" in request:
            body = request["parsed_body"]
        elif "body_base64" in request:
            body = base64.b64decode(request["body_base64"], validate=True)
        else:
            body = request["body_utf8"].encode()
        verifier.verify(
            method=request["method"],
            url=request["url"],
            headers=request["headers"],
            body=body,
            peer_ip=request.get("peer_ip"),
            authority=request.get("authority"),
            scheme=request.get("scheme"),
            now=row.get("now", NOW),
        )
    except hookseal.HooksealError as error:
        return error
    raise AssertionError("it was verified")


def test_every_row_is_here():
    assert len(FILE["rows"]) == FILE["count"]


@pytest.mark.parametrize("row", FILE["rows"], ids=lambda row: row["id"])
def test_the_detail_names_the_cause(row):
    error, expected = refusal(row), row["expect"]
    assert error.code == expected["code"], error
    for text in expected["detail_contains"]:
        assert text in error.detail
    for text in expected["detail_lacks"]:
        assert text not in error.detail


def test_headers_that_can_be_read_once_are_enough():
    verifier = hookseal.Verifier("github", secret="Vd0yGhQ4mTnK7rZp2sXw")
    headers = iter([("Stripe-Signature", "t=1,v1=00")])
    with pytest.raises(hookseal.VerificationError, match="no signature header") as caught:
        verifier.verify("POST", "https://h/", headers, b"")
    assert caught.value.code == "missing_header"


def test_a_failure_to_read_them_again_changes_nothing_but_an_interrupt_passes():
    class Headers:
        def __init__(self, error):
            self.error, self.calls = error, 0

        def getlist(self, name):
            self.calls += 1
            if name == "content-encoding":
                raise self.error
            return []

    verifier = hookseal.Verifier("github", secret="Vd0yGhQ4mTnK7rZp2sXw")
    with pytest.raises(hookseal.VerificationError) as caught:
        verifier.verify("POST", "https://h/", Headers(RuntimeError()), b"")
    assert caught.value.code == "missing_header"
    with pytest.raises(KeyboardInterrupt):
        verifier.verify("POST", "https://h/", Headers(KeyboardInterrupt()), b"")
