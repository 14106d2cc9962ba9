/** The default clock is that of JavaScript, at the time of each call. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { afterEach, beforeEach, it, mock } from "node:test";

import { TokenIssuer, Verifier } from "hookseal";
import { webhook } from "hookseal/express";

import { closed, exchange, listening, request } from "./sockets.mjs";
import { thrown } from "./support.mjs";

const THEN = 1_600_000_000;
const URL = "https://api.example.com/x";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const verifier = new Verifier("standard-webhooks", { secret: SECRET });
const body = Buffer.from("{}");
/** A delivery that was recorded long ago. */
const headers = verifier.sign({ method: "POST", url: URL, body, now: THEN });
const recorded = { method: "POST", url: URL, headers, body };

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: THEN * 1000 }));
afterEach(() => mock.timers.reset());

it("verifies what was recorded, while it is then", async () => {
  assert.equal(verifier.verify(recorded).timestamp, THEN);
  assert.equal((await verifier.verifyAsync(recorded)).timestamp, THEN);
  mock.timers.setTime((THEN + 3600) * 1000);
  thrown("timestamp_too_old", () => verifier.verify(recorded));
  mock.timers.setTime((THEN - 3600) * 1000);
  thrown("timestamp_in_future", () => verifier.verify(recorded));
  mock.timers.reset();
  thrown("timestamp_too_old", () => verifier.verify(recorded));
});

it("counts a clock that was replaced by hand", () => {
  mock.timers.reset();
  const now = Date.now;
  Date.now = () => THEN * 1000;
  try {
    assert.equal(verifier.verify(recorded).timestamp, THEN);
  } finally {
    Date.now = now;
  }
  thrown("timestamp_too_old", () => verifier.verify(recorded));
});

it("counts a clock that was replaced before it was loaded", () => {
  const script = `
    const { now } = Date;
    Date.now = () => ${THEN * 1000};
    const { Verifier } = require("hookseal");
    const verifier = new Verifier("standard-webhooks", { secret: ${JSON.stringify(SECRET)} });
    const url = "https://api.example.com/x";
    const signed = verifier.sign({ method: "POST", url });
    console.log(verifier.verify({ method: "POST", url, headers: signed, body: Buffer.alloc(0) }).timestamp);
    Date.now = now;
    const fresh = verifier.sign({ method: "POST", url });
    console.log(verifier.verify({ method: "POST", url, headers: fresh, body: Buffer.alloc(0) }).timestamp);
  `;
  const lines = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).split("\n");
  assert.equal(lines[0], String(THEN));
  assert.ok(Number(lines[1]) > THEN + 3600);
});

it("signs and issues at that time", () => {
  assert.equal(verifier.sign({ method: "POST", url: URL })["webhook-timestamp"], String(THEN));
  const issuer = new TokenIssuer({
    ...{ clientId: "one", clientSecret: "a client secret of some length" },
    ...{ issuer: "https://a.example", audience: "https://a.example/hooks" },
    hmacSecret: "a secret of the tokens, of 32 bytes and more",
  });
  const { body: answer } = issuer.respond({
    method: "POST",
    headers: {
      authorization: `Basic ${btoa("one:a client secret of some length")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: Buffer.from("grant_type=client_credentials"),
  });
  const [, claims] = JSON.parse(answer).access_token.split(".");
  assert.equal(JSON.parse(Buffer.from(claims, "base64url")).iat, THEN);
});

it("guards routes at that time", async (context) => {
  const guard = webhook(verifier, { logger: { warn() {} } });
  const server = createServer((req, res) => guard(req, res, () => res.end()));
  context.after(() => closed(server));
  const port = await listening(server);
  const sent = request("POST", "/x", [["host", "a"], ...Object.entries(headers)], body);
  assert.equal((await exchange(port, sent)).status, 200);
  mock.timers.setTime((THEN + 3600) * 1000);
  assert.equal((await exchange(port, sent)).status, 401);
});
