/** Encrypted bodies: what the body decrypts to is the payload. */

import assert from "node:assert/strict";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inspect } from "node:util";

import { ConfigurationError, VerificationError, Verifier } from "hookseal";

import { ROOT, makeVerifier as signing, thrown } from "./support.mjs";

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

/** The same bytes in memory that other threads can write to. */
function inSharedMemory(bytes) {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
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

  it("gives each event memory that no other has", () => {
    const verifier = makeVerifier({ plaintext: "text" });
    const texts = ["one", "two", "three", "x".repeat(5000), ""];
    const payloads = texts.flatMap((text) => {
      const { ciphertext, iv } = kept(text);
      return [verifier.verify(encrypted(text)).payload, verifier.decrypt(ciphertext, { iv })];
    });
    assert.equal(new Set(payloads.map(({ buffer }) => buffer)).size, payloads.length);
    for (const [index, { buffer, byteOffset, length }] of payloads.entries()) {
      const others = Buffer.from(buffer).fill(0, byteOffset, byteOffset + length);
      assert.ok(others.every((byte) => byte === 0));
      structuredClone(buffer, { transfer: [buffer] });
      assert.equal(payloads[index].length, 0);
      const rest = payloads.slice(index + 1).map(String);
      assert.deepEqual(rest, texts.flatMap((text) => [text, text]).slice(index + 1));
    }
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
    assert.deepEqual(event.json(), { name: "Jürgen" });
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
    const body = Uint8Array.from(request.body).buffer;
    for (const given of [inSharedMemory(request.body), body]) {
      assert.equal(String(makeVerifier().verify({ ...request, body: given }).payload), "[1]");
    }
  });
});

/** What the text of a delivery is encrypted to, and the IV. */
function kept(plaintext, cipher = "aes-256-cbc", iv = randomBytes(16)) {
  const { body } = encrypted(plaintext, cipher, iv);
  return { ciphertext: Buffer.from(String(body), "base64"), iv };
}

describe("what was kept of a delivery", () => {
  it("decrypts, or is refused with the code that all languages tell", () => {
    const text = readFileSync(join(ROOT, "tests", "ciphertexts.json"), "utf8");
    const { count, cases } = JSON.parse(text);
    assert.equal(cases.length, count);
    assert.ok(count > 0);
    for (const { name, scheme, options, ciphertext, iv, cipher, plaintext, code } of cases) {
      const bytes = (hex) => (hex === undefined ? undefined : Buffer.from(hex, "hex"));
      const decrypt = () =>
        new Verifier(scheme, options).decrypt(bytes(ciphertext), { iv: bytes(iv), cipher });
      assert.notEqual(plaintext === undefined, code === undefined, name);
      if (code === undefined) {
        assert.equal(decrypt().toString("hex"), plaintext, name);
      } else {
        const error = thrown(undefined, decrypt);
        assert.equal(error.code, code, name);
        assert.equal(error instanceof ConfigurationError, code === "configuration", name);
      }
    }
  });

  it("gives its plaintext, of any length, and stays as it was", () => {
    for (const cipher of ["aes-256-cbc", "aes-256-ctr"]) {
      const verifier = makeVerifier({ cipher, plaintext: "bytes" });
      for (const length of [0, 1, 15, 16, 17, 1000, 8192, 8193, 100_000, 1024 * 1024]) {
        const plaintext = randomBytes(length);
        const { ciphertext, iv } = kept(plaintext, cipher);
        const given = Buffer.from(ciphertext);
        const decrypted = verifier.decrypt(ciphertext, { iv });
        assert.ok(Buffer.isBuffer(decrypted));
        assert.ok(decrypted.equals(plaintext), `${length} bytes`);
        assert.ok(ciphertext.equals(given));
      }
    }
  });

  it("keeps the bytes of many apart, whatever comes in between", () => {
    const verifier = makeVerifier({ plaintext: "bytes" });
    const plaintexts = Array.from({ length: 200 }, (_, index) =>
      randomBytes((index * 997) % 12_000),
    );
    const results = plaintexts.map((plaintext) => {
      const { ciphertext, iv } = kept(plaintext);
      thrown("decryption_failed", () => verifier.decrypt(ciphertext.subarray(1), { iv }));
      verifier.verify(encrypted(plaintext));
      return verifier.decrypt(ciphertext, { iv });
    });
    results.forEach((result, index) => {
      assert.ok(result.equals(plaintexts[index]));
      assert.equal(result.byteOffset % 8, 0);
    });
  });

  it("may be an ArrayBuffer or shared memory, the IV as well", () => {
    const { ciphertext, iv } = kept("[1]");
    const forms = [(bytes) => bytes, (bytes) => Uint8Array.from(bytes).buffer, inSharedMemory];
    for (const one of forms) {
      for (const other of forms) {
        const decrypted = makeVerifier().decrypt(one(ciphertext), { iv: other(iv) });
        assert.equal(String(decrypted), "[1]");
        thrown("decryption_failed", () =>
          makeVerifier().decrypt(one(ciphertext), { iv: other(iv.subarray(1)) }),
        );
      }
    }
    const { buffer } = inSharedMemory(ciphertext);
    assert.equal(String(makeVerifier().decrypt(buffer, { iv })), "[1]");
  });

  it("has no IV, or an empty one, alike", () => {
    const zeros = Buffer.alloc(16);
    const { ciphertext } = kept("[1]", undefined, zeros);
    const absent = [
      [],
      [undefined],
      [{}],
      [{ iv: undefined }],
      [{ iv: null, cipher: null }],
      [{ iv: Buffer.alloc(0) }],
      [{ iv: new ArrayBuffer(0), cipher: undefined }],
      [{ iv: inSharedMemory([]) }],
    ];
    const optional = makeVerifier({ randomIv: "optional" });
    for (const parameters of absent) {
      assert.equal(String(optional.decrypt(ciphertext, ...parameters)), "[1]");
      thrown("decryption_failed", () => makeVerifier().decrypt(ciphertext, ...parameters));
    }
  });

  it("is body_already_parsed where it is no bytes", () => {
    const { ciphertext, iv } = kept("[1]");
    const others = [
      ciphertext.toString("base64"),
      ciphertext.toString("hex"),
      "",
      [...ciphertext],
      { data: ciphertext },
      undefined,
      null,
      5,
      new DataView(new ArrayBuffer(16)),
      new Uint16Array(8),
      Object.create(Uint8Array.prototype),
      new Proxy(Uint8Array.from(ciphertext), {}),
    ];
    for (const other of others) {
      const error = thrown("body_already_parsed", () => makeVerifier().decrypt(other, { iv }));
      assert.ok(error instanceof VerificationError);
      assert.match(error.detail, /base64 or hex undone/);
      assert.ok(!error.detail.includes(ciphertext.toString("base64").slice(0, 8)));
    }
  });

  it("is a ConfigurationError where IV or cipher are something else", () => {
    const { ciphertext, iv } = kept("[1]");
    const faulty = {
      get iv() {
        throw new Error("a fault of the program");
      },
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const wrong = [
      null,
      5,
      "iv",
      iv,
      [iv],
      { IV: iv },
      { iv: iv.toString("hex") },
      { iv: [...iv] },
      { iv: 5 },
      { iv: new Uint16Array(8) },
      { iv: new DataView(new ArrayBuffer(16)) },
      { iv, cipher: 5 },
      { iv, cipher: Buffer.from("aes-256-cbc") },
      { iv, cipher: ["aes-256-cbc"] },
      faulty,
      revoked.proxy,
    ];
    for (const parameters of wrong) {
      // Optional, so that an IV that went unnoticed would do harm.
      const verifier = makeVerifier({ randomIv: "optional", plaintext: "bytes" });
      const error = thrown("configuration", () => verifier.decrypt(ciphertext, parameters));
      assert.ok(error instanceof ConfigurationError);
      assert.ok(!error.message.includes(iv.toString("hex")));
    }
  });

  it("is answered whatever the name of its cipher", () => {
    const { ciphertext, iv } = kept("[1]");
    assert.equal(String(makeVerifier().decrypt(ciphertext, { iv, cipher: "AES-256-CBC" })), "[1]");
    for (const cipher of ["", "\0", "aes-256-cbc\0", "aes-256-\ud800", "é", "a".repeat(1 << 20)]) {
      thrown("cipher_not_allowed", () => makeVerifier().decrypt(ciphertext, { iv, cipher }));
    }
  });

  it("has no more bytes than a body may have", () => {
    const { ciphertext, iv } = kept("[1]");
    const verifier = makeVerifier({ maxBodyBytes: ciphertext.length });
    assert.equal(String(verifier.decrypt(ciphertext, { iv })), "[1]");
    for (const length of [ciphertext.length + 16, 20 * 1024 * 1024]) {
      thrown("body_too_large", () => verifier.decrypt(Buffer.alloc(length), { iv }));
      thrown("body_too_large", () => verifier.decrypt(new SharedArrayBuffer(length), { iv }));
    }
  });

  it("cannot be decrypted by a verifier of signatures", () => {
    const { ciphertext, iv } = kept("[1]");
    thrown("configuration", () => signing().decrypt(ciphertext, { iv }));
  });

  it("fails one way, and shows nothing of itself", () => {
    const marker = "what-a-customer-said";
    const { ciphertext, iv } = kept(JSON.stringify({ text: marker }));
    const changed = Buffer.from(ciphertext);
    changed[changed.length - 1] ^= 1;
    const noJson = kept(marker);
    const failures = [
      [changed, { iv }],
      [ciphertext.subarray(0, 16), { iv }],
      [ciphertext.subarray(1), { iv }],
      [Buffer.alloc(0), { iv }],
      [ciphertext, { iv: iv.subarray(1) }],
      [ciphertext],
      [noJson.ciphertext, { iv: noJson.iv }],
    ];
    const errors = failures.map((given) =>
      thrown("decryption_failed", () => makeVerifier().decrypt(...given)),
    );
    for (const error of errors) {
      assert.equal(error.detail, errors[0].detail);
      assert.equal(error.status, 401);
      assert.ok(!inspect(error, { depth: 9 }).includes(marker));
    }
  });
});
