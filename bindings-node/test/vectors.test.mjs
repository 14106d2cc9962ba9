/** Runs every shared vector through the public API. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

import { errorCodes, HooksealError, Verifier } from "hookseal";

import { ROOT } from "./support.mjs";

const FOLDER = process.env.HOOKSEAL_VECTORS ?? join(ROOT, "tests", "vectors");
const DEFAULT_NOW = 1_700_000_000;

const STATUS = new Map(errorCodes().map(({ code, status }) => [code, status]));
const verifiers = new Map();

function verifierOf({ scheme, options }) {
  const key = JSON.stringify([scheme, options]);
  if (!verifiers.has(key)) {
    // `verify` asks nobody, but a verifier that would ask has to know whom.
    const settings = options.introspection === true ? { introspect: () => null } : {};
    verifiers.set(key, new Verifier(scheme, options, settings));
  }
  return verifiers.get(key);
}

/** The facts under the names that all languages compare. */
function factsOf({ payload, covers, ...event }) {
  const { deliveryId, ...rest } = covers;
  return {
    scheme: event.scheme,
    payload_base64: Buffer.from(payload).toString("base64"),
    key_id: event.keyId,
    timestamp: event.timestamp,
    delivery_id: event.deliveryId,
    event_type: event.eventType,
    replay_key: event.replayKey,
    claims: event.claims,
    covers: { ...rest, delivery_id: deliveryId },
    url_form: event.urlForm,
  };
}

/** How a refusal is answered, where that is more than the status of its code. */
function answerOf({ code, status, authenticate = null, reply = null }) {
  const isPlain = authenticate === null && reply === null && status === STATUS.get(code);
  return isPlain ? {} : { answer: { status, authenticate, reply } };
}

function outcomeOf(vector) {
  const { method, url, authority, scheme, body_utf8, body_base64, peer_ip } = vector.request;
  // As Node's server hands them over: a character for each byte.
  const headers = vector.request.headers.map(([name, value]) => [
    name,
    Buffer.from(value).toString("latin1"),
  ]);
  const body =
    body_base64 === undefined ? Buffer.from(body_utf8 ?? "") : Buffer.from(body_base64, "base64");
  const now = vector.now ?? DEFAULT_NOW;
  try {
    const request = { method, url, authority, scheme, headers, body, peerIp: peer_ip, now };
    return { verdict: "verified", facts: factsOf(verifierOf(vector).verify(request)) };
  } catch (error) {
    assert.ok(error instanceof HooksealError, `${vector.id}: ${error?.stack ?? error}`);
    return { verdict: "rejected", code: error.code, ...answerOf(error) };
  }
}

function differences(vector, outcome) {
  const verdict = outcome.verdict === "verified" ? "verified" : outcome.code;
  if (verdict !== vector.expect) {
    return [`${vector.id}: expected ${vector.expect}, got ${verdict}`];
  }
  if (vector.answer !== undefined && !isEqual(outcome.answer, vector.answer)) {
    return [`${vector.id}: the answer differs`];
  }
  return Object.entries(vector.facts ?? {})
    .filter(([name, value]) => !isEqual(outcome.facts?.[name], value))
    .map(([name]) => `${vector.id}: ${name} differs`);
}

function isEqual(actual, expected) {
  try {
    assert.deepStrictEqual(actual, expected);
    return true;
  } catch {
    return false;
  }
}

it("every vector has the outcome it expects", () => {
  const outcomes = {};
  const failures = [];
  let expected = 0;
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".json"))) {
    const { schema, count, cases } = JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
    assert.equal(schema, "hookseal-vectors-1", name);
    expected += count;
    for (const vector of cases) {
      assert.ok(!Object.hasOwn(outcomes, vector.id), `two vectors are named ${vector.id}`);
      outcomes[vector.id] = outcomeOf(vector);
      failures.push(...differences(vector, outcomes[vector.id]));
    }
  }
  const ran = Object.keys(outcomes).length;
  console.log(`vectors: ${ran} run of ${expected}`);
  if (process.env.HOOKSEAL_OUTCOMES !== undefined) {
    writeFileSync(process.env.HOOKSEAL_OUTCOMES, `${JSON.stringify(outcomes)}\n`);
  }
  assert.ok(ran > 0, "there are no vectors");
  assert.equal(ran, expected, "not every vector was run");
  assert.deepEqual(failures, []);
});
