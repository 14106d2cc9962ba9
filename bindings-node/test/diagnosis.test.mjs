/** The mistakes that people make, and what the detail of each refusal names. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { Verifier } from "hookseal";

import { ROOT } from "./support.mjs";

const file = JSON.parse(readFileSync(join(ROOT, "tests", "diagnosis.json")));
const NOW = 1_700_000_000;

function body(request) {
  if ("parsed_body" in request) {
    return request.parsed_body;
  }
  return "body_base64" in request
    ? Buffer.from(request.body_base64, "base64")
    : Buffer.from(request.body_utf8);
}

async function refusal({ scheme, options, request, now = NOW }) {
  try {
    const logger = { warn() {} };
    const verifier = new Verifier(scheme, options, { logger });
    await verifier.verifyAsync({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: body(request),
      peerIp: request.peer_ip,
      now,
    });
  } catch (error) {
    return error;
  }
  assert.fail("verified");
}

describe("the detail of a refusal", () => {
  it("is told for every row", () => {
    assert.equal(file.rows.length, file.count);
  });

  for (const row of file.rows) {
    it(`names the cause: ${row.id}`, async () => {
      const error = await refusal(row);
      assert.equal(error.code, row.expect.code, error.message);
      for (const text of row.expect.detail_contains) {
        assert.ok(error.detail.includes(text), `${text} is not in: ${error.detail}`);
      }
      for (const text of row.expect.detail_lacks) {
        assert.ok(!error.detail.includes(text), `${text} is in: ${error.detail}`);
      }
    });
  }

  it("needs no headers that can be read twice", () => {
    const verifier = new Verifier("github", { secret: "Vd0yGhQ4mTnK7rZp2sXw" });
    const headers = [["Stripe-Signature", "t=1,v1=00"]].values();
    const input = { method: "POST", url: "https://h/", headers, body: Buffer.alloc(0) };
    assert.throws(() => verifier.verify(input), { code: "missing_header" });
  });
});
