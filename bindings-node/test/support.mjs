/** What the tests share. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { HooksealError, Verifier } from "hookseal";

export const TOKEN = "my_auth_token";
export const URL = "https://example.com/answer";
export const BODY = Buffer.from("From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1234");
export const SIGNATURE = "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=";
export const NONCE = "12345";
export const HEADERS = Object.freeze({
  "x-plivo-signature-v3": SIGNATURE,
  "x-plivo-signature-v3-nonce": NONCE,
  "content-type": "application/x-www-form-urlencoded",
});

/** Worked example 5 of the protocol: a delivery that verifies. */
export const GENUINE = Object.freeze({ method: "POST", url: URL, headers: HEADERS, body: BODY });

/** The folder of this file. */
export const HERE = dirname(fileURLToPath(import.meta.url));

/** The top folder of the checkout: the tests run in a folder below it. */
export const ROOT = (() => {
  let folder = HERE;
  while (!existsSync(join(folder, "Cargo.lock"))) {
    assert.notEqual(folder, dirname(folder), "the tests run outside of the checkout");
    folder = dirname(folder);
  }
  return folder;
})();

export const makeVerifier = (options = {}) =>
  new Verifier("plivo", { authToken: TOKEN, ...options });

/** The error that `work` throws; it must be one of ours and carry that code. */
export function thrown(code, work) {
  let result;
  try {
    result = work();
  } catch (error) {
    assert.ok(error instanceof HooksealError, `a foreign error: ${error?.stack ?? error}`);
    if (code !== undefined) {
      assert.equal(error.code, code, error.message);
    }
    return error;
  }
  assert.fail(`nothing was thrown, but ${String(result)} returned`);
}
