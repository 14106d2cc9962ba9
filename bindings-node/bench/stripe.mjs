/**
 * hookseal against the npm package `stripe`: an event of 1 KiB, from the
 * received headers and bytes to the verdict. Neither parses the JSON.
 */

import assert from "node:assert/strict";

import { Verifier } from "hookseal";
import Stripe from "stripe";

import { race } from "./race.mjs";

const TARGET = 5;
const SECRET = "whsec_0123456789abcdefghijklmnopqrstuv";
const TOLERANCE = 300;
const body = Buffer.from(JSON.stringify({ object: "event", text: "a".repeat(990) }));

const verifier = new Verifier("stripe", { secret: SECRET });
const url = "https://example.com/stripe";
const headers = {
  ...Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [`x-other-${index}`, "something of the proxy"]),
  ),
  ...verifier.sign({ method: "POST", url, body }),
};
const { signature } = new Stripe("sk_test_nothing").webhooks;

const contenders = {
  hookseal: () => verifier.verify({ method: "POST", url, headers, body }).payload === body,
  stripe: () => signature.verifyHeader(body, headers["stripe-signature"], SECRET, TOLERANCE),
};

for (const [name, verify] of Object.entries(contenders)) {
  assert.equal(verify(), true, `${name} must accept the delivery`);
}
await race(`an event of ${body.length} bytes`, contenders, TARGET);
