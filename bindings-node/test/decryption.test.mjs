/** Encrypted bodies: what the body decrypts to is the payload. */

import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
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
