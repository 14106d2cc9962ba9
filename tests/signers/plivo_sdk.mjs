// Prints a vector file of deliveries signed by the vendor's Node SDK.
//
// The SDK exports no function that only signs, so its check is called with no
// signature, and what it computes to compare with is read from `createHmac`.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const crypto = require("crypto");
const plivo = require("plivo");
const { version } = require("plivo/package.json");

const TOKEN = "a token of the vendor's SDKs";
const LANGUAGE = "node";
const inputs = JSON.parse(readFileSync(new URL("inputs.json", import.meta.url), "utf8"));

/** The last digest that `work` computes, in base64. */
function digestOf(work) {
  const createHmac = crypto.createHmac;
  let signature;
  crypto.createHmac = (...keys) => {
    const hmac = createHmac(...keys);
    const digest = hmac.digest.bind(hmac);
    hmac.digest = (encoding) => {
      signature = digest(encoding);
      return signature;
    };
    return hmac;
  };
  try {
    work();
  } finally {
    crypto.createHmac = createHmac;
  }
  return signature;
}

/** As web frameworks hand forms to the SDK: a list where a name repeats. */
function grouped(pairs) {
  const values = Object.create(null);
  for (const [name, value] of pairs) {
    values[name] = name in values ? [values[name], value].flat() : value;
  }
  return values;
}

function makeCase(signatureVersion, given, nonce, signature) {
  const listed = given.differs?.[LANGUAGE];
  const difference = listed?.in.includes(signatureVersion) ? listed.how : undefined;
  const covers = inputs.covers[signatureVersion];
  const deliveryId = covers.delivery_id === "signed" ? nonce : null;
  const prefix = `X-Plivo-Signature-${signatureVersion}`;
  const headers = [
    [prefix, signature],
    [`${prefix}-Nonce`, nonce],
  ];
  if (given.method === "POST") {
    headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
  }
  return {
    id: `sdk-${LANGUAGE}-${signatureVersion.toLowerCase()}-${given.id}`,
    comment: difference ?? "signed by the vendor's SDK",
    flags: difference ? ["sdk-divergence"] : [],
    scheme: signatureVersion === "V3" ? "plivo" : "plivo-v2",
    options: { auth_token: TOKEN },
    request: {
      method: given.method,
      url: given.url,
      headers,
      body_utf8: new URLSearchParams(given.params).toString(),
    },
    now: null,
    expect: difference ? "signature_mismatch" : "verified",
    ...(difference ? {} : { facts: { delivery_id: deliveryId, covers } }),
    source: { kind: "vendor-sdk", note: `plivo for Node ${version}` },
  };
}

const cases = inputs.cases.flatMap((given, index) => {
  const nonce = String(index + 1).padStart(20, "0");
  const v3 = digestOf(() =>
    plivo.validateV3Signature(given.method, given.url, nonce, TOKEN, "", grouped(given.params)),
  );
  const v2 = digestOf(() => plivo.validateSignature(given.url, nonce, "", TOKEN));
  return [makeCase("V3", given, nonce, v3), makeCase("V2", given, nonce, v2)];
});
console.log(
  JSON.stringify({
    schema: "hookseal-vectors-1",
    provider: "Plivo",
    source: { url: "https://github.com/plivo/plivo-node", note: "Signed by the vendor's SDK." },
    twins: inputs.twins,
    count: cases.length,
    cases,
  }),
);
