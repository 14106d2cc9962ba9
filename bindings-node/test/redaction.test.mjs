import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";

import { TokenIssuer, Verifier } from "hookseal";

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

  it("the claims of a token, nor the token", () => {
    const shared = { issuer: "https://a.example", audience: "hooks", hmacSecret: SECRET.repeat(3) };
    const issuer = new TokenIssuer({ ...shared, clientId: MARKER, clientSecret: SECRET });
    const fields = { grant_type: "client_credentials", client_id: MARKER, client_secret: SECRET };
    const { body } = issuer.respond({
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(new URLSearchParams(fields).toString()),
    });
    const { access_token: token } = JSON.parse(body);
    const headers = { authorization: `Bearer ${token}` };
    const request = { method: "POST", url: URL, headers, body: Buffer.alloc(0) };
    const event = new Verifier("bearer-jwt", shared).verify(request);
    assert.ok(Object.values(event.claims).includes(MARKER));
    const secrets = [...forms, MARKER, token, token.split(".")[1], token.split(".")[2]];
    for (const text of [inspect(event), JSON.stringify(event), `${event}`]) {
      assert.ok(
        secrets.every((secret) => !text.includes(secret)),
        text,
      );
    }
    assert.equal(
      JSON.parse(JSON.stringify(event)).claims,
      `${Object.keys(event.claims).length} claims`,
    );
    const stranger = new Verifier("bearer-jwt", { ...shared, hmacSecret: SECRET.repeat(4) });
    free(
      thrown("signature_mismatch", () => stranger.verify(request)),
      secrets,
    );
    free(
      thrown("jwt_expired", () =>
        new Verifier("bearer-jwt", shared).verify({ ...request, now: 4_000_000_000 }),
      ),
      secrets,
    );
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
