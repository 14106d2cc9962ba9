"""hookseal against the provider's own SDK: one V3 POST with 20 parameters.

The SDK gets the parameters parsed already, which its users pay for on top;
hookseal gets the raw body and all 15 headers.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from plivo.utils.signature_v3 import validate_v3_signature

import hookseal
from pairs import compare

TARGET = 25.0

TOKEN = "f3c1a9d27b5e48c0a6d4"
NONCE = "05429567804466091622"
URL = "https://api.example.com/plivo/answer?campaign=spring&agent=7"
# The fields of a voice call, as the provider sends them, and some SIP headers.
FIELDS = {
    "ALegRequestUUID": "6fa5a8f8-9a5c-4d07-8e3b-2f1a4c3d9b10",
    "ALegUUID": "97ceeb52-58b6-11e1-86da-77300b68f8bb",
    "BillRate": "0.002",
    "CallStatus": "in-progress",
    "CallUUID": "97ceeb52-58b6-11e1-86da-77300b68f8bb",
    "CallerName": "+14156667777",
    "Direction": "inbound",
    "Event": "StartApp",
    "From": "+14156667777",
    "ParentAuthID": "MAXXXXXXXXXXXXXXXXXX",
    "ParentCallUUID": "0b2d4f1e-58b7-11e1-86da-77300b68f8bb",
    "RequestUUID": "6fa5a8f8-9a5c-4d07-8e3b-2f1a4c3d9b10",
    "RouteType": "InternalApplication",
    "STIRAttestation": "A",
    "STIRVerification": "Verified",
    "SIP-H-Contact": "<sip:agent7@198.51.100.12:5060;transport=udp>;expires=3600",
    "SIP-H-To": "<sip:+14158889999@198.51.100.11;transport=udp>;tag=1",
    "SessionStart": "2020-04-08 11:34:33.238707",
    "To": "sip:agent7204938475938475@phone.voice.plivo.com",
    "X-PH-Campaign": "spring-2020 " + "customer record 0000001 " * 12,
}
BODY = urlencode(FIELDS).encode()


def headers(verifier: hookseal.Verifier) -> dict[str, str]:
    """The headers of the request, as a framework hands them over."""
    content_type = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = verifier.sign("POST", URL, BODY, headers=content_type, delivery_id=NONCE)
    others = {f"X-Other-{number}": "something of the proxy" for number in range(12)}
    return {**others, **content_type, **signed}


def main() -> None:
    verifier = hookseal.Verifier("plivo", auth_token=TOKEN)
    request_headers = headers(verifier)
    signature = request_headers["x-plivo-signature-v3"]
    parameters = dict(parse_qsl(BODY.decode(), keep_blank_values=True))

    def ours() -> object:
        return verifier.verify("POST", URL, request_headers, BODY)

    def peer() -> object:
        return validate_v3_signature("POST", URL, NONCE, TOKEN, signature, parameters)

    if peer() is not True or not ours():
        raise SystemExit("the two do not agree on the request")

    sizes = f"{len(FIELDS)} parameters, {len(BODY)} bytes, {len(request_headers)} headers"
    compare(f"one request: {sizes}", "plivo SDK", peer, ours, TARGET)


if __name__ == "__main__":
    main()
