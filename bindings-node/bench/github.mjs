/**
 * hookseal against a check by hand, and against `@octokit/webhooks-methods`: a
 * delivery of GitHub with a body of 1 KiB, HMAC-SHA256 over the body.
 */

import assert from "node:assert/strict";
import { createHmac, timingSafeEqual } from "node:crypto";

import { verify } from "@octokit/webhooks-methods";
import { Verifier } from "hookseal";

import { race } from "./race.mjs";

const SECRET = "It's a Secret to Everybody";
const NAME = "x-hub-signature-256";
const body = Buffer.from(JSON.stringify({ action: "opened", body: "a".repeat(992) }));

const verifier = new Verifier("github", { secret: SECRET });
const url = "https://example.com/github";
const headers = {
  ...Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [`x-other-${index}`, "something of the proxy"]),
  ),
  ...verifier.sign({ method: "POST", url, body }),
};

function byHand() {
  const header = headers[NAME];
  if (typeof header !== "string" || !/^sha256=[0-9a-f]{64}$/.test(header)) {
    return false;
  }
  const expected = createHmac("sha256", SECRET).update(body).digest();
  return timingSafeEqual(Buffer.from(header.slice(7), "hex"), expected);
}

function hookseal() {
  return verifier.verify({ method: "POST", url, headers, body }).payload === body;
}

for (const [name, call, target] of [
  ["createHmac", byHand, 2.8],
  ["octokit", () => verify(SECRET, body.toString(), headers[NAME]), 3.2],
]) {
  for (const check of [hookseal, call]) {
    assert.equal(await check(), true, `${name} must accept the delivery`);
  }
  await race(`a delivery of ${body.length} bytes`, { hookseal, [name]: call }, target);
}
