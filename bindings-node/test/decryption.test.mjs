/** Encrypted bodies: what the body decrypts to is the payload. */

import assert from "node:assert/strict";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { inspect } from "node:util";

import { Verifier } from "hookseal";

import { thrown } from "./support.mjs";

const SECRET = "a secret of thirty-two bytes 012";
const URL = "https://api.example.com/hook";

const makeVerifier = (options = {}) =>
  new Verifier("vcc-live", { secret: SECRET, cipher: "aes-256-cbc", ...options });

/** A delivery as the sender makes it. */
function encrypted(plaintext, cipher = "aes-256-cbc", iv = randomBytes(16)) {
  const made = createCipheriv(cipher, SECRET, iv);
  const text = Buffer.concat([made.update(plaintext), made.final()]).toString("base64");
  const url = `${URL}?iv=${iv.toString("hex")}`;
  return { method: "POST", url, headers: {}, body: Buffer.from(text) };
}

const APP_ID = "5f3a1c9e8b7d2a0012c4e6f8";

/** A delivery of a sender whose text is in Latin-1. */
function ofEnablex(plaintext) {
  const md5 = (...parts) => createHash("md5").update(Buffer.concat(parts)).digest();
  const first = md5(Buffer.from(APP_ID));
  const second = md5(first, Buffer.from(APP_ID));
  const iv = md5(second, Buffer.from(APP_ID));
  const made = createCipheriv("aes-256-cbc", Buffer.concat([first, second]), iv);
  const text = Buffer.concat([made.update(plaintext), made.final()]).toString("base64");
  return {
    method: "POST",
    url: URL,
    headers: {
      "content-type": "application/json",
      "x-algorithm": "aes-256-cbc",
      "x-format": "base64",
      "x-encoding": "latin1",
    },
    body: Buffer.from(JSON.stringify({ encrypted_data: text })),
  };
}

describe("an encrypted body", () => {
  it("gives its plaintext, of any length", () => {
    const verifier = makeVerifier({ plaintext: "bytes" });
    for (const length of [0, 1, 15, 16, 17, 1000, 3000, 5000, 100_000, 1024 * 1024]) {
      const plaintext = randomBytes(length);
      const request = encrypted(plaintext);
      const body = Buffer.from(request.body);
      const { payload } = verifier.verify(request);
      assert.ok(Buffer.isBuffer(payload));
      assert.ok(payload.equals(plaintext), `${length} bytes`);
      assert.ok(request.body.equals(body), "the body stays as it was");
    }
  });

  it("gives each event its own bytes", () => {
    const verifier = makeVerifier({ plaintext: "text" });
    const [one, two] = ["one", "two"].map((text) => verifier.verify(encrypted(text)).payload);
    one.fill(0);
    assert.equal(String(two), "two");
  });

  it("keeps the bytes of many events apart, whatever their sizes", () => {
    const verifier = makeVerifier({ plaintext: "bytes" });
    const sizes = Array.from({ length: 200 }, (_, index) => (index * 997) % 12_000);
    const plaintexts = sizes.map((size) => randomBytes(size));
    const payloads = plaintexts.map((plaintext, index) => {
      thrown("decryption_failed", () => verifier.verify({ ...encrypted("x"), url: URL }));
      return verifier.verify(encrypted(plaintext, undefined, Buffer.alloc(16, index))).payload;
    });
    payloads.forEach((payload, index) => {
      assert.ok(payload.equals(plaintexts[index]), `${sizes[index]} bytes`);
      assert.equal(payload.byteOffset % 8, 0);
    });
  });

  it("may be longer as UTF-8 than it was on its way", () => {
    const verifier = new Verifier("enablex", { appId: APP_ID, plaintext: "text" });
    for (const length of [10, 1000, 6000, 100_000]) {
      const request = ofEnablex(Buffer.alloc(length, 0xe9));
      assert.ok(2 * length > request.body.length || length === 10);
      assert.equal(String(verifier.verify(request).payload), "é".repeat(length));
    }
  });

  it("tells what it proves, and what not", () => {
    const event = makeVerifier().verify(encrypted('{"name":"Jürgen"}'));
    assert.deepEqual(JSON.parse(event.payload), { name: "Jürgen" });
    assert.deepEqual([event.replayKey, event.timestamp, event.deliveryId], [null, null, null]);
    assert.deepEqual(event.claims, {});
    assert.equal(event.covers.confidential, true);
    assert.equal(event.covers.body, "none");
  });

  it("fails one way, and shows nothing of itself", () => {
    const verifier = makeVerifier();
    const marker = "what-a-customer-said";
    const genuine = encrypted(JSON.stringify({ text: marker }));
    const changed = Buffer.from(genuine.body);
    changed[changed.length - 8] ^= 1;
    const bodies = [changed, genuine.body.subarray(0, 40), Buffer.from("no base64!"), "", "{}"];
    const errors = bodies.map((body) =>
      thrown("decryption_failed", () => verifier.verify({ ...genuine, body: Buffer.from(body) })),
    );
    const noJson = thrown("decryption_failed", () => verifier.verify(encrypted(marker)));
    for (const error of [...errors, noJson]) {
      assert.equal(error.detail, noJson.detail);
      assert.equal(error.status, 401);
      assert.ok(!inspect(error, { depth: 9 }).includes(marker));
    }
    const event = verifier.verify(genuine);
    for (const text of [inspect(event), JSON.stringify(event), `${event}`]) {
      assert.ok(!text.includes(marker), text);
    }
  });

  it("is no matter of the memory that it came in", () => {
    const request = encrypted("[1]");
    const shared = new Uint8Array(new SharedArrayBuffer(request.body.length));
    shared.set(request.body);
    const body = Uint8Array.from(request.body).buffer;
    for (const given of [shared, body]) {
      assert.equal(String(makeVerifier().verify({ ...request, body: given }).payload), "[1]");
    }
  });
});
