/**
 * hookseal against the npm package `standardwebhooks`: a message of 1 KiB, from
 * the received headers and bytes to the verdict. Neither parses the JSON.
 */

import assert from "node:assert/strict";

import { Verifier } from "hookseal";
import { Webhook } from "standardwebhooks";

import { race } from "./race.mjs";

const TARGET = 17;
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = Buffer.from(JSON.stringify({ type: "contact.created", text: "a".repeat(980) }));

const verifier = new Verifier("standard-webhooks", { secret: SECRET });
const url = "https://example.com/hook";
const headers = {
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`x-other-${index}`, "something of the proxy"]),
  ),
  ...verifier.sign({ method: "POST", url, body }),
};
const webhook = new Webhook(SECRET);

const contenders = {
  hookseal: () => verifier.verify({ method: "POST", url, headers, body }).payload === body,
  // Throws where it refuses.
  standardwebhooks: () => webhook.verify(body, headers, { jsonParse: false }) === undefined,
};

for (const [name, verify] of Object.entries(contenders)) {
  assert.equal(verify(), true, `${name} must accept the delivery`);
}
await race(`a message of ${body.length} bytes`, contenders, TARGET);
