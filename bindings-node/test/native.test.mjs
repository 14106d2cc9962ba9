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

describe("the native part", () => {
  it("turns a panic into `internal`", () => {
    const error = failure(native.panicSelfTest());
    assert.equal(error.name, "VerificationError");
    assert.equal(error.code, "internal");
    assert.equal(error.status, 500);
    assert.equal(makeVerifier().scheme, "plivo", "the process goes on");
  });

  it("never looks like success when it gives no answer", () => {
    for (const answer of [undefined, null, "", 0, 1, true, {}, "\uffff", "\u00ffdetail"]) {
      assert.throws(() => succeeded(answer), { code: "internal" });
    }
  });

  it("has an error for every code, with its status", () => {
    for (const { code, number, status } of errorCodes()) {
      const error = failure(`${String.fromCharCode(number)}the detail`);
      assert.deepEqual([error.code, error.status, error.detail], [code, status, "the detail"]);
      const name = code === "configuration" ? "ConfigurationError" : "VerificationError";
      assert.equal(error.name, name);
    }
  });

  it("answers `internal` to arguments that the shim never passes", () => {
    const options = Buffer.from(JSON.stringify({ auth_token: TOKEN }));
    const { verify, sign } = native.compile("plivo", options);
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
    ];
    for (const call of calls) {
      assert.throws(() => succeeded(call()), { code: "internal" });
    }
    const many = Array.from({ length: 200 }, () => "x");
    const answer = verify("GET", "https://example.com/", Buffer.alloc(0), "", 1, ...many);
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
