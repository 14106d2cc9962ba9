"""Prints a vector file of deliveries signed by the vendor's Python SDK.

The strings to sign and the signatures are made by the SDK's own functions;
only the request around them is made here.
"""

import json
import pathlib
import sys
from importlib.metadata import version as installed_version
from urllib.parse import urlencode

import plivo.utils
from plivo.utils import signature_v3

TOKEN = "a token of the vendor's SDKs"
LANGUAGE = "python"
INPUTS = json.loads(pathlib.Path(__file__).with_name("inputs.json").read_text("utf-8"))


def sign_v3(method: str, url: str, params: dict, nonce: str) -> str:
    """As `validate_v3_signature` does before it compares."""
    construct = signature_v3.construct_get_url if method == "GET" else signature_v3.construct_post_url
    base = construct(url, params).decode("utf-8")
    return signature_v3.get_signature_v3(TOKEN.encode(), base, nonce.encode()).decode()


def sign_v2(url: str, nonce: str) -> str:
    """The SDK has no function that only signs: what it encodes is its signature."""
    encode = plivo.utils.base64_encode
    encoded = []
    plivo.utils.base64_encode = lambda digest: encoded.append(encode(digest)) or encoded[-1]
    try:
        plivo.utils.validate_signature(url, nonce, "", TOKEN)
    finally:
        plivo.utils.base64_encode = encode
    return encoded[0].decode().strip()


def grouped(pairs: list) -> dict:
    """As web frameworks hand forms to the SDK: a list where a name repeats."""
    values: dict = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: several if len(several) > 1 else several[0] for name, several in values.items()}


def listed(kind: str, given: dict, version: str) -> str | None:
    """What the inputs say of this SDK: how it differs, or why it raises."""
    entry = given.get(kind, {}).get(LANGUAGE)
    return entry["how"] if entry and version in entry["in"] else None


def case(version: str, given: dict, nonce: str, signature: str) -> dict:
    difference = listed("differs", given, version)
    prefix = f"X-Plivo-Signature-{version}"
    result = {
        "id": f"sdk-{LANGUAGE}-{version.lower()}-{given['id']}",
        "comment": difference or "signed by the vendor's SDK",
        "flags": ["sdk-divergence"] if difference else [],
        "scheme": "plivo" if version == "V3" else "plivo-v2",
        "options": {"auth_token": TOKEN},
        "request": {
            "method": given["method"],
            "url": given["url"],
            "headers": [[prefix, signature], [f"{prefix}-Nonce", nonce]],
            "body_utf8": urlencode([tuple(pair) for pair in given["params"]]),
        },
        "now": None,
        "expect": "signature_mismatch" if difference else "verified",
        "source": {"kind": "vendor-sdk", "note": f"plivo for Python {installed_version('plivo')}"},
    }
    if given["method"] == "POST":
        result["request"]["headers"].append(["Content-Type", "application/x-www-form-urlencoded"])
    if not difference:
        covers = INPUTS["covers"][version]
        is_fact = covers["delivery_id"] == "signed"
        result["facts"] = {"delivery_id": nonce if is_fact else None, "covers": covers}
    return result


def main() -> None:
    cases = []
    for number, given in enumerate(INPUTS["cases"], start=1):
        nonce = f"{number:020}"
        try:
            signature = sign_v3(given["method"], given["url"], grouped(given["params"]), nonce)
            cases.append(case("V3", given, nonce, signature))
            raised = None
        except ValueError as error:
            raised = error
        if bool(raised) != bool(listed("raises", given, "V3")):
            sys.exit(f"{given['id']}: raising is not as listed: {raised!r}")
        cases.append(case("V2", given, nonce, sign_v2(given["url"], nonce)))
    file = {
        "schema": "hookseal-vectors-1",
        "provider": "Plivo",
        "source": {"url": "https://github.com/plivo/plivo-python", "note": "Signed by the vendor's SDK."},
        "twins": INPUTS["twins"],
        "count": len(cases),
        "cases": cases,
    }
    print(json.dumps(file))


main()
