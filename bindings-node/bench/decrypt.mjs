/**
 * hookseal against Node's own `createDecipheriv`, on 1 KiB.
 *
 * First the ciphertext alone: bytes of ciphertext and IV in, plaintext out
 * without its padding. The peer has its key prepared, and a new object for each
 * message, since it takes no second one.
 *
 * Then a whole verification, with a token in the URL and a plaintext that is
 * JSON. `by hand` is a receiver that does the same work: takes token and IV out
 * of the URL, compares the token, decrypts, and checks that the plaintext is
 * JSON. `createDecipheriv` is the decryption alone, with base64 and padding.
 *
 * At last a delivery with no other proof: the scheme with its encryption options
 * only and a plaintext of any bytes, against a receiver that takes the IV out of
 * the URL and decrypts.
 */

import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv, createSecretKey, timingSafeEqual } from "node:crypto";

import { Verifier } from "hookseal";

import { race } from "./race.mjs";

const TARGET = 4.5;
const KEY = "0123456789abcdefghijklmnopqrstuv";
const PREPARED_KEY = createSecretKey(KEY, "latin1");
const TOKEN = "f3c1a9d27b5e48c0a6d4";
const IV = Buffer.from(Array.from({ length: 16 }, (_, index) => index));
const PLAIN = Buffer.from(
  JSON.stringify({ uuid: "97ceeb52-58b6-11e1-86da-77300b68f8bb", text: "a".repeat(967) }),
);
const SIZE = `of ${PLAIN.length} bytes`;
const bareUrl = `https://api.example.com/vcc-live?iv=${IV.toString("hex")}`;
const url = `${bareUrl}&secret-key=${TOKEN}`;
const headers = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`x-other-${index}`, "something of the proxy"]),
);

/** From bytes, or from text in an encoding. */
function decrypt(cipher, iv, ciphertext, encoding) {
  const decipher = createDecipheriv(cipher, PREPARED_KEY, iv);
  return Buffer.concat([decipher.update(ciphertext, encoding), decipher.final()]);
}

function decryptBody(cipher, iv, body) {
  return decrypt(cipher, iv, body.toString("latin1"), "base64");
}

function ivOf(query) {
  return Buffer.from(query.get("iv") ?? "", "hex");
}

function run(what, contenders, target) {
  for (const [name, call] of Object.entries(contenders)) {
    assert.ok(call().equals(PLAIN), `${name} must give the plaintext`);
  }
  return race(what, contenders, target);
}

for (const cipher of ["aes-256-cbc", "aes-256-ctr"]) {
  const made = createCipheriv(cipher, KEY, IV);
  const ciphertext = Buffer.concat([made.update(PLAIN), made.final()]);
  const bare = new Verifier("vcc-live", { secret: KEY, cipher, plaintext: "bytes" });
  await run(
    `${cipher} ${SIZE}, decrypt`,
    {
      hookseal: () => bare.decrypt(ciphertext, { iv: IV }),
      createDecipheriv: () => decrypt(cipher, IV, ciphertext),
    },
    TARGET,
  );

  const body = Buffer.from(ciphertext.toString("base64"));
  const whole = new Verifier("vcc-live", { urlToken: TOKEN, secret: KEY, cipher });
  await run(`a delivery in ${cipher} ${SIZE}`, {
    hookseal: () => whole.verify({ method: "POST", url, headers, body }).payload,
    createDecipheriv: () => decryptBody(cipher, IV, body),
    "by hand"() {
      const query = new URL(url).searchParams;
      const token = Buffer.from(query.get("secret-key") ?? "");
      assert.ok(token.length === TOKEN.length && timingSafeEqual(token, Buffer.from(TOKEN)));
      const plain = decryptBody(cipher, ivOf(query), body);
      JSON.parse(plain.toString());
      return plain;
    },
  });

  await run(`a delivery with no other proof in ${cipher} ${SIZE}`, {
    hookseal: () => bare.verify({ method: "POST", url: bareUrl, headers, body }).payload,
    "by hand": () => decryptBody(cipher, ivOf(new URL(bareUrl).searchParams), body),
  });
}
