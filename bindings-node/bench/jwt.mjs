/**
 * hookseal against the npm package `jsonwebtoken`: a delivery with an RS256 token
 * of an hour.
 *
 * Both check signature, algorithm, issuer, audience and times. The peer gets the
 * token and the key, hookseal the request, from which it takes the token, and the
 * key set, in which it looks for the key.
 */

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";

import { Verifier } from "hookseal";
import jsonwebtoken from "jsonwebtoken";

import { race } from "./race.mjs";

const TARGET = 1.3;
const ISSUER = "https://auth.example.com";
const AUDIENCE = "a46cfa6a-73ce-4b07-9cfd-c3c28496ca08";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const token = jsonwebtoken.sign({}, privateKey, {
  algorithm: "RS256",
  keyid: "first",
  issuer: ISSUER,
  audience: AUDIENCE,
  expiresIn: 3600,
  notBefore: 0,
});
const verifier = new Verifier("bearer-jwt", {
  issuer: ISSUER,
  audience: AUDIENCE,
  algorithms: ["RS256"],
  jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "first" }] },
});
const request = {
  method: "POST",
  url: "https://api.example.com/hooks",
  headers: {
    ...Object.fromEntries(
      Array.from({ length: 14 }, (_, index) => [`x-other-${index}`, "something of the proxy"]),
    ),
    authorization: `Bearer ${token}`,
  },
  body: Buffer.from('{"event":"call.ended"}'),
};
const expected = { algorithms: ["RS256"], issuer: ISSUER, audience: AUDIENCE };

const contenders = {
  hookseal() {
    return verifier.verify(request).claims;
  },
  jsonwebtoken() {
    return jsonwebtoken.verify(token, publicKey, expected);
  },
};

assert.deepEqual({ ...contenders.hookseal() }, { ...contenders.jsonwebtoken() });
await race("a delivery with an RS256 token", contenders, TARGET);
