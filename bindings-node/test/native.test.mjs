/** The native part, which is private to the package: faults, codes, exports. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";

import { errorCodes } from "hookseal";

import { makeVerifier, ROOT, TOKEN } from "./support.mjs";

const require = createRequire(import.meta.url);
const library = dirname(require.resolve("hookseal"));
const { native } = require(join(library, "native.js"));
const { failure, succeeded } = require(join(library, "answer.js"));
const { readFacts } = require(join(library, "facts.js"));

describe("the native part", () => {
  it("turns a panic into `internal`", () => {
    const error = failure(native.panicSelfTest());
    assert.equal(error.name, "VerificationError");
    assert.equal(error.code, "internal");
    assert.equal(error.status, 500);
    assert.equal(makeVerifier().scheme, "plivo", "the process goes on");
  });

  it("never looks like success when it gives no answer", () => {
    for (const answer of [
      undefined,
      null,
      "",
      0,
      1,
      true,
      {},
      "\uffff",
      "\u00ff\0detail",
      "\u0001",
    ]) {
      assert.throws(() => succeeded(answer), { code: "internal" });
    }
  });

  it("has an error for every code, with its status", () => {
    for (const { code, number, status } of errorCodes()) {
      const error = failure(`${String.fromCharCode(number)}\0the detail`);
      assert.deepEqual([error.code, error.status, error.detail], [code, status, "the detail"]);
      const name = code === "configuration" ? "ConfigurationError" : "VerificationError";
      assert.equal(error.name, name);
    }
  });

  it("tells how an error is answered, where that is more than its status", () => {
    const plain = failure("\u0001\0the \0 detail");
    assert.deepEqual([plain.authenticate, plain.reply], [null, null]);
    assert.equal(plain.detail, "the \0 detail");

    const scope = { status: 403, authenticate: 'X error="insufficient_scope"', reply: null };
    const error = failure(`\u000e${JSON.stringify(scope)}\0the detail`);
    assert.equal(error.code, "jwt_claim_mismatch");
    assert.deepEqual({ ...error }, { code: error.code, detail: "the detail", ...scope });

    const reply = { status: 200, headers: [["Allow", "POST"]], body: '{"ü":1}' };
    const answer = { status: 200, authenticate: null, reply };
    const challenge = failure(`\u001a${JSON.stringify(answer)}\0a handshake`);
    assert.equal(challenge.code, "challenge");
    assert.deepEqual(challenge.reply, reply);
  });

  it("tells facts in one text", () => {
    const head = `\0\u0001\u0002\u0001\u0000`;
    const [key, blanks] = ["ab".repeat(32), " ".repeat(64)];
    const expected = {
      variant: 1,
      urlForm: 2,
      key: 256,
      replayKey: key,
      timestamp: null,
      decrypted: null,
      token: null,
      deliveryId: null,
    };
    const read = (rest) => readFacts(head + rest);
    assert.deepEqual(read(`${key};;`), expected);
    assert.deepEqual(read(`${key}-5;;\0;\0x`), { ...expected, timestamp: -5, deliveryId: ";\0x" });
    const unsigned = { ...expected, replayKey: null };
    for (const payload of ["", ";\0;{", "\u00ff\u0080"]) {
      const decrypted = Buffer.from(payload, "latin1");
      const answer = `${blanks};${payload.length};${payload}`;
      assert.deepEqual(read(answer), { ...unsigned, decrypted });
      assert.deepEqual(read(`${answer}\0id`), { ...unsigned, decrypted, deliveryId: "id" });
    }
    const token = { key_id: ";", claims: { name: "J\0ü;", list: [{ deep: 1 }] } };
    const facts = read(`${blanks}7;2;\0{${JSON.stringify(token)}\0id`);
    assert.deepEqual(facts.token, token);
    assert.deepEqual(
      [facts.timestamp, facts.deliveryId, String(facts.decrypted)],
      [7, "id", "\0{"],
    );
    for (const part of [facts.token.claims, facts.token.claims.list, facts.token.claims.list[0]]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it("answers `internal` to arguments that the shim never passes", () => {
    const options = Buffer.from(JSON.stringify({ auth_token: TOKEN }));
    const { verify, sign, supplyKeys } = native.compile("plivo", options);
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    const calls = [
      () => verify(),
      () => verify(1, 2, 3),
      () => verify("GET", "https://example.com/", "body"),
      () => verify("GET", "https://example.com/", new Uint16Array(2)),
      () => verify("GET", "https://example.com/", shared),
      () => verify("GET", {}, Buffer.alloc(0)),
      () => sign(),
      () => sign("GET", "https://example.com/", Buffer.alloc(0), "headers"),
      () => supplyKeys(),
      () => supplyKeys("{}"),
    ];
    for (const call of calls) {
      assert.throws(() => succeeded(call()), { code: "internal" });
    }
    const many = Array.from({ length: 200 }, () => "x");
    const answer = verify("GET", "https://example.com/", Buffer.alloc(0), "", 1, "", ...many);
    assert.equal(typeof answer, "string");
  });

  it("guards every export", () => {
    const source = join(ROOT, "bindings-node", "src");
    const attributes = readdirSync(source)
      .flatMap((file) => readFileSync(join(source, file), "utf8").split("\n"))
      .filter((line) => /^\s*#\[napi\b/.test(line));
    assert.ok(attributes.length > 0);
    for (const attribute of attributes) {
      assert.match(attribute, /catch_unwind|object,/);
    }
  });
});
