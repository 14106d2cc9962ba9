/** Tokens that only their issuer can tell of, asked by a hook. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { HooksealError, Verifier } from "hookseal";

import { delivery } from "./key-server.mjs";
import { thrown } from "./support.mjs";

const TOKEN = "an-opaque-token-5f2c";
const ACTIVE = Object.freeze({ active: true, scope: "hooks", client_id: "Jürgen 😀" });

const warnings = [];
const logger = { warn: (message) => warnings.push(message) };
const make = (introspect, options = {}) =>
  new Verifier("bearer-jwt", { introspection: true, ...options }, { introspect, logger });

async function rejected(code, promise) {
  const error = await promise.then(
    (value) => assert.fail(`nothing was thrown, but ${value} returned`),
    (reason) => reason,
  );
  assert.ok(error instanceof HooksealError, `a foreign error: ${error?.stack ?? error}`);
  assert.equal(error.code, code, error.message);
  assert.ok(!error.message.includes(TOKEN));
  return error;
}

describe("introspection", () => {
  it("asks about each delivery, and what it is told are facts", async () => {
    const asked = [];
    const verifier = make(async (token) => {
      asked.push(token);
      return ACTIVE;
    });
    assert.equal(verifier.isAsync, true);
    const request = delivery(TOKEN);
    const event = await verifier.verifyAsync(request);
    assert.equal(event.payload, request.body);
    assert.equal(event.claims.client_id, ACTIVE.client_id);
    assert.ok(Object.isFrozen(event.claims));
    await verifier.verifyAsync(request);
    assert.deepEqual(asked, [TOKEN, TOKEN]);
    thrown("key_unavailable", () => verifier.verify(request));
  });

  it("takes an answer that is there at once", async () => {
    assert.equal((await make(() => ACTIVE).verifyAsync(delivery(TOKEN))).claims.scope, "hooks");
  });

  it("refuses a token that is not active, or not for this", async () => {
    const request = delivery(TOKEN);
    await rejected("token_mismatch", make(() => ({ active: false })).verifyAsync(request));
    const scoped = make(() => ACTIVE, { scope: "admin" });
    const error = await rejected("jwt_claim_mismatch", scoped.verifyAsync(request));
    assert.equal(error.status, 403);
    const old = make(() => ({ ...ACTIVE, exp: 5 }));
    await rejected("jwt_expired", old.verifyAsync(request));
  });

  it("is key_unavailable where the hook fails or says nothing of use", async () => {
    const hooks = [
      () => Promise.reject(new Error("no way out")),
      () => {
        throw undefined;
      },
      () => undefined,
      () => null,
      () => "active",
      () => [],
      () => 5n,
    ];
    for (const hook of hooks) {
      const error = await rejected("key_unavailable", make(hook).verifyAsync(delivery(TOKEN)));
      assert.equal(error.status, 503);
    }
    assert.ok(warnings.includes("hookseal: could not introspect a token: no way out"));
    assert.ok(!warnings.join().includes(TOKEN));
  });

  it("does not ask about what is refused anyway", async () => {
    let asked = 0;
    const hook = () => {
      asked += 1;
      return ACTIVE;
    };
    const verifier = make(hook, { allowedIps: ["192.0.2.0/24"] });
    const peerIp = "203.0.113.1";
    await rejected("ip_not_allowed", verifier.verifyAsync({ ...delivery(TOKEN), peerIp }));
    const request = { ...delivery(TOKEN), peerIp: "192.0.2.1" };
    await rejected("missing_header", verifier.verifyAsync({ ...request, headers: {} }));
    assert.equal(asked, 0);
    await verifier.verifyAsync(request);
    assert.equal(asked, 1);
  });

  it("needs its hook, and the hook needs it", async () => {
    const lacking = make(undefined);
    assert.equal(lacking.isAsync, false);
    await rejected("key_unavailable", lacking.verifyAsync(delivery(TOKEN)));
    thrown("configuration", () => make("hook"));
    const jwt = { introspection: false, issuer: "x", audience: "y", hmacSecret: "x".repeat(32) };
    thrown("configuration", () => make(() => ACTIVE, jwt));
  });
});
