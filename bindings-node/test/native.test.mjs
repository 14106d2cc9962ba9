/** The native part, which is private to the package: faults, codes, exports. */

import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
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

/** A room of that size, and the memory around it, which is none of its business. */
function roomOf(size) {
  const memory = Buffer.alloc(size + 16, ".");
  return { room: memory.subarray(8, 8 + size), memory };
}

/** That memory where the room is filled: a text, and zeros behind it. */
const filled = (text, size) => `${".".repeat(8)}${text.padEnd(size, "\0")}${".".repeat(8)}`;

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
    const [key, blanks] = ["ab".repeat(32), " ".repeat(64)];
    const none = "\0".repeat(8);
    const noLengths = "\0".repeat(12);
    const answer = (bits, { time = none, replayKey = blanks, lengths = noLengths, rest = "" }) =>
      `\0\u0001\u0002\u0001\u0000${String.fromCharCode(bits)}${time}${replayKey}${lengths}${rest}`;
    const expected = {
      variant: 1,
      urlForm: 2,
      key: 256,
      timestamp: null,
      replayKey: null,
      payloadLength: null,
      deliveryId: null,
      eventType: null,
      token: null,
    };
    assert.deepEqual(readFacts(answer(0, {})), expected);
    const signed = answer(2, { replayKey: key });
    assert.deepEqual(readFacts(signed), { ...expected, replayKey: key });

    const times = [0, 1, -1, -5, 1_700_000_000, 2 ** 32, -(2 ** 40) - 1, 2 ** 53 - 1];
    for (const timestamp of times) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(BigInt(timestamp));
      const time = bytes.toString("latin1");
      assert.deepEqual(readFacts(answer(1, { time })), { ...expected, timestamp });
    }

    const [noType, aType] = [none.slice(4), "\0\0\0\u0003"];
    const someLengths = "\u0000\u00ff\u0080\u0001\0\0\0\u0004";
    const lengths = someLengths + noType;
    const payloadLength = 0xff8001;
    assert.deepEqual(readFacts(answer(4, { lengths })), { ...expected, payloadLength });
    const id = answer(12, { lengths, rest: ";\0{x" });
    assert.deepEqual(readFacts(id), { ...expected, payloadLength, deliveryId: ";\0{x" });
    const huge = readFacts(answer(4, { lengths: `\u00ff\u00ff\u00ff\u00ff${none}` }));
    assert.equal(huge.payloadLength, 2 ** 32 - 1);

    const token = { key_id: ";", claims: { name: "J\0ü;", list: [{ deep: 1 }] } };
    const facts = readFacts(answer(24, { lengths, rest: `idid${JSON.stringify(token)}` }));
    assert.deepEqual(facts, { ...expected, deliveryId: "idid", token });
    const typed = answer(56, {
      lengths: someLengths + aType,
      rest: `ididtyp${JSON.stringify(token)}`,
    });
    const eventType = "typ";
    assert.deepEqual(readFacts(typed), { ...expected, deliveryId: "idid", eventType, token });
    for (const part of [facts.token.claims, facts.token.claims.list, facts.token.claims.list[0]]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it("fills a room with a payload that fits, and writes nowhere else", () => {
    const key = Buffer.alloc(32, "k");
    const options = { secret: key.toString(), cipher: "aes-256-cbc", plaintext: "bytes" };
    const { verify } = native.compile("vcc-live", Buffer.from(JSON.stringify(options)));
    const made = createCipheriv("aes-256-cbc", key, Buffer.alloc(16));
    const body = Buffer.from(made.update("payload", "utf8", "base64") + made.final("base64"));
    const url = `https://example.com/?iv=${"00".repeat(16)}`;
    const write = (room) => verify("POST", url, body, undefined, undefined, undefined, room);

    for (const size of [7, 8, 20]) {
      const { room, memory } = roomOf(size);
      const { payloadLength } = readFacts(succeeded(write(room)));
      assert.equal(payloadLength, 7);
      assert.equal(String(memory), filled("payload", size));
    }
    for (const size of [0, 1, 6]) {
      const { room, memory } = roomOf(size);
      assert.equal(readFacts(succeeded(write(room))).payloadLength, 7);
      assert.equal(String(memory), ".".repeat(size + 16));
    }
    const shared = new Uint8Array(new SharedArrayBuffer(20));
    for (const room of [undefined, "room", shared]) {
      assert.throws(() => succeeded(write(room)), { code: "internal" });
    }
    assert.ok(shared.every((byte) => byte === 0));
  });

  it("fills a room with what it decrypts, if that fits, and writes nowhere else", () => {
    const key = Buffer.alloc(32, "k");
    const options = { secret: key.toString(), cipher: "aes-256-ctr", plaintext: "bytes" };
    const { decrypt } = native.compile("vcc-live", Buffer.from(JSON.stringify(options)));
    const iv = Buffer.alloc(16, 1);
    const ciphertext = createCipheriv("aes-256-ctr", key, iv).update("payload");

    for (const size of [7, 20]) {
      const { room, memory } = roomOf(size);
      assert.equal(decrypt(ciphertext, iv, undefined, room), 7);
      assert.equal(String(memory), filled("payload", size));
    }
    for (const size of [0, 6]) {
      const { room, memory } = roomOf(size);
      assert.equal(failure(decrypt(ciphertext, iv, undefined, room)).code, "internal");
      assert.equal(String(memory), ".".repeat(size + 16));
    }
    const room = Buffer.alloc(20, ".");
    const shared = new Uint8Array(new SharedArrayBuffer(20));
    for (const given of [
      [],
      [ciphertext, iv, undefined],
      [ciphertext, iv, undefined, shared],
      [shared, iv, undefined, room],
      ["text", iv, undefined, room],
      [ciphertext, shared.subarray(0, 16), undefined, room],
      [ciphertext, null, undefined, room],
      [ciphertext, "iv", undefined, room],
      [ciphertext, iv, null, room],
      [ciphertext, iv, 5, room],
    ]) {
      assert.equal(failure(decrypt(...given)).code, "internal");
    }
    assert.equal(String(room), ".".repeat(20));
    assert.ok(shared.every((byte) => byte === 0));
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
    const answer = verify(
      "GET",
      "https://example.com/",
      Buffer.alloc(0),
      "",
      1,
      "",
      "",
      "",
      "",
      ...many,
    );
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
