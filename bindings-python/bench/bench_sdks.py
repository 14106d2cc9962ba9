"""hookseal against the SDKs of more providers: 1 KiB of JSON, or 20 parameters.

Each verifies and no more: no SDK parses the body into an event here, and Twilio's
gets the parameters parsed already. All get the same 15 headers, or the signature
taken out of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import standardwebhooks
import svix.webhooks
from stripe import WebhookSignature
from twilio.request_validator import RequestValidator

import hookseal
from bench_plivo import BODY as FORM
from bench_plivo import TOKEN, URL
from pairs import compare

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
JSON = json.dumps({"id": "evt_1", "text": "a" * 995}).encode()

Headers = dict[str, str]
Check = Callable[[], bool]


def by_standardwebhooks(headers: Headers) -> Check:
    webhook = standardwebhooks.Webhook(SECRET)
    return lambda: webhook.verify(JSON, headers, json_parse=False) is None


def by_svix(headers: Headers) -> Check:
    webhook = svix.webhooks.Webhook(SECRET)
    return lambda: webhook.verify(JSON, headers) is None


def by_stripe(headers: Headers) -> Check:
    signature = headers["stripe-signature"]
    return lambda: WebhookSignature.verify_header(JSON, signature, SECRET, 300)


def by_twilio(headers: Headers) -> Check:
    validator, parameters = RequestValidator(TOKEN), dict(parse_qsl(FORM.decode()))
    signature = headers["x-twilio-signature"]
    return lambda: validator.validate(URL, parameters, signature)


def main() -> None:
    standard_webhooks = hookseal.Verifier("standard-webhooks", secret=SECRET)
    stripe = hookseal.Verifier("stripe", secret=SECRET)
    twilio = hookseal.Verifier("twilio", auth_token=TOKEN)
    race("standardwebhooks", by_standardwebhooks, standard_webhooks, JSON, 7.0)
    race("svix", by_svix, standard_webhooks, JSON, 8.0)
    race("stripe SDK", by_stripe, stripe, JSON, 6.5)
    race("twilio SDK", by_twilio, twilio, FORM, 22.0)


def race(
    name: str,
    peer_of: Callable[[Headers], Check],
    verifier: hookseal.Verifier,
    body: bytes,
    target: float,
) -> None:
    kind = "json" if body is JSON else "x-www-form-urlencoded"
    headers = {"Content-Type": f"application/{kind}"}
    headers |= verifier.sign("POST", URL, body, headers=headers, delivery_id="msg_2KWPBgLlAf")
    headers |= {f"X-Other-{n}": "something of the proxy" for n in range(15 - len(headers))}
    peer = peer_of(headers)

    def ours() -> object:
        return verifier.verify("POST", URL, headers, body)

    if not peer() or not ours():
        raise SystemExit(f"{name} and hookseal do not agree on the request")
    compare(f"one delivery of {len(body)} bytes", name, peer, ours, target)


if __name__ == "__main__":
    main()
