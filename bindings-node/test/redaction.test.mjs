import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";

import { Verifier } from "hookseal";

import { BODY, GENUINE, SIGNATURE, thrown, URL } from "./support.mjs";

const SECRET = "whisper-5f2c";
const MARKER = "what-a-customer-said";

/** The ways in which a value ends up in a log. */
const printed = (value) => [
  inspect(value, { depth: 20, showHidden: true, getters: true }),
  inspect({ nested: value }, { depth: 20, showHidden: true }),
  `${value}`,
  JSON.stringify(value) ?? "",
  JSON.stringify({ nested: [value] }),
  Object.entries(value).join(),
  String(value?.stack ?? ""),
];

const forms = [SECRET, Buffer.from(SECRET).toString("hex"), Buffer.from(SECRET).toString("base64")];

function free(value, secrets = forms) {
  for (const text of printed(value)) {
    for (const secret of secrets) {
      assert.ok(!text.includes(secret), `shown: ${text}`);
    }
  }
}

describe("nothing that is printed shows", () => {
  it("the keys of a verifier", () => {
    const verifier = new Verifier("plivo", { authToken: [SECRET, Buffer.from(SECRET + SECRET)] });
    free(verifier);
    assert.equal(inspect(verifier), "Verifier(plivo)");
    assert.equal(String(verifier), "Verifier(plivo)");
    assert.equal(JSON.stringify(verifier), '{"scheme":"plivo"}');
  });

  it("the payload of an event", () => {
    const verifier = new Verifier("plivo", { authToken: SECRET });
    const body = Buffer.from(`Speech=${MARKER}`);
    const headers = verifier.sign({ method: "POST", url: URL, body });
    headers["content-type"] = "application/x-www-form-urlencoded";
    const event = verifier.verify({ method: "POST", url: URL, headers, body });
    for (const text of [inspect(event), JSON.stringify(event), `${event}`]) {
      assert.ok(!text.includes(MARKER) && !text.includes(SECRET));
    }
    assert.match(inspect(event), /^VerifiedEvent \{\s+payload: '\d+ bytes',/);
    assert.equal(JSON.parse(JSON.stringify(event)).payload, `${body.length} bytes`);
  });

  it("the key, the expected signature or the body in an error", () => {
    const verifier = new Verifier("plivo", { authToken: SECRET });
    const expected = verifier.sign({ method: "POST", url: URL, body: BODY, deliveryId: "12345" });
    const secrets = [...forms, expected["x-plivo-signature-v3"], SIGNATURE, "14156667777"];
    free(
      thrown("signature_mismatch", () => verifier.verify(GENUINE)),
      secrets,
    );
    free(
      thrown("body_already_parsed", () => verifier.verify({ ...GENUINE, body: MARKER })),
      [MARKER],
    );
  });

  it("an option that is refused", () => {
    const refused = [
      { authToken: SECRET, tolerance: SECRET },
      { authToken: { [Symbol.for("x")]: 1, label: { deeper: SECRET } } },
      { authToken: [SECRET, () => SECRET] },
      { authToken: SECRET, publicUrl: `https://user:${SECRET}@` },
    ];
    for (const options of refused) {
      free(thrown("configuration", () => new Verifier("plivo", options)));
    }
  });
});
