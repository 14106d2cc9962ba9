/**
 * hookseal against Node's own `createDecipheriv`: an encrypted delivery of 1 KiB.
 *
 * The peer does what a receiver writes by hand, and no more: base64, AES-256 with
 * a given key and IV, the padding. hookseal does the same, and besides takes the
 * IV out of the URL, checks the token there, and that the plaintext is JSON.
 */

import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv } from "node:crypto";

import { Verifier } from "hookseal";

import { race } from "./race.mjs";

const TARGET = 4.5;
const KEY = "0123456789abcdefghijklmnopqrstuv";
const TOKEN = "f3c1a9d27b5e48c0a6d4";
const IV = Buffer.from(Array.from({ length: 16 }, (_, index) => index));
const PLAIN = Buffer.from(
  JSON.stringify({ uuid: "97ceeb52-58b6-11e1-86da-77300b68f8bb", text: "a".repeat(968) }),
);
const url = `https://api.example.com/vcc-live?secret-key=${TOKEN}&iv=${IV.toString("hex")}`;
const headers = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`x-other-${index}`, "something of the proxy"]),
);

for (const cipher of ["aes-256-cbc", "aes-256-ctr"]) {
  const made = createCipheriv(cipher, KEY, IV);
  const body = Buffer.from(Buffer.concat([made.update(PLAIN), made.final()]).toString("base64"));
  const verifier = new Verifier("vcc-live", { urlToken: TOKEN, secret: KEY, cipher });
  const contenders = {
    hookseal() {
      return verifier.verify({ method: "POST", url, headers, body }).payload;
    },
    createDecipheriv() {
      const decipher = createDecipheriv(cipher, KEY, IV);
      const text = body.toString("latin1");
      return Buffer.concat([decipher.update(text, "base64"), decipher.final()]);
    },
  };
  for (const [name, decrypt] of Object.entries(contenders)) {
    assert.ok(decrypt().equals(PLAIN), `${name} must give the plaintext`);
  }
  race(`a delivery of ${PLAIN.length} bytes in ${cipher}`, contenders, TARGET);
}
