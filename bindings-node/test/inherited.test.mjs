/** Whatever stands on `Object.prototype` is no argument, option or setting of anybody's. */
// Pitfall HDR-4.

import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { it } from "node:test";

import { TokenIssuer, Verifier } from "hookseal";
import { webhook } from "hookseal/express";

import { GENUINE, makeVerifier, TOKEN, thrown } from "./support.mjs";

/** Does `work` while every object inherits these. */
function inheriting(properties, work, enumerable = true) {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(Object.prototype, name, { value, enumerable, configurable: true });
  }
  try {
    return work();
  } finally {
    for (const name of Object.keys(properties)) {
      delete Object.prototype[name];
    }
  }
}

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = Buffer.from("{}");

for (const enumerable of [true, false]) {
  const how = enumerable ? "as an assignment leaves it" : "hidden from loops";
  const under = (properties, work) => inheriting(properties, work, enumerable);

  it(`a clock: ${how}`, () => {
    const verifier = new Verifier("standard-webhooks", { secret: SECRET });
    const url = "https://a.example/";
    const headers = verifier.sign({ method: "POST", url, body, now: 1_700_000_000 });
    const old = { method: "POST", url, headers, body };
    assert.equal(verifier.verify({ ...old, now: 1_700_000_000 }).timestamp, 1_700_000_000);
    under({ now: 1_700_000_000 }, () => {
      thrown("timestamp_too_old", () => verifier.verify(old));
      const signed = verifier.sign({ method: "POST", url, body });
      assert.notEqual(signed["webhook-timestamp"], "1700000000");
    });
  });

  it(`an address: ${how}`, () => {
    const verifier = makeVerifier({ allowedIps: ["192.0.2.1"] });
    under({ peerIp: "192.0.2.1" }, () => {
      thrown("ip_not_allowed", () => verifier.verify(GENUINE));
      assert.equal(verifier.verify({ ...GENUINE, peerIp: "192.0.2.1" }).scheme, "plivo");
    });
  });

  it(`the parts of a URL: ${how}`, () => {
    const target = { ...GENUINE, url: "/answer" };
    under({ authority: "example.com", scheme: "https" }, () => {
      thrown("malformed_url", () => makeVerifier().verify(target));
      const own = { authority: "example.com", scheme: "https" };
      assert.equal(makeVerifier().verify({ ...target, ...own }).urlForm, "as-is");
    });
  });

  it(`what a request must have: ${how}`, () => {
    for (const [name, value] of Object.entries(GENUINE)) {
      const { [name]: _left, ...rest } = GENUINE;
      under({ [name]: value }, () => {
        assert.throws(() => makeVerifier().verify(rest), { name: /Error$/ });
        if (name !== "headers" && name !== "body") {
          assert.throws(() => makeVerifier().sign(rest), { name: "ConfigurationError" });
        }
      });
    }
    under(GENUINE.headers, () => {
      thrown("missing_header", () => makeVerifier().verify({ ...GENUINE, headers: {} }));
    });
  });

  it(`options and settings: ${how}`, () => {
    under({ authToken: TOKEN, auth_token: TOKEN, allowedIps: ["192.0.2.1"] }, () => {
      thrown("configuration", () => new Verifier("plivo", {}));
      assert.equal(makeVerifier().verify(GENUINE).scheme, "plivo");
    });
    let called = false;
    const call = () => {
      called = true;
    };
    const settings = { logger: 5, onRejected: call, now: call, introspect: 5, fetch: 5, name: 5 };
    under(settings, () => {
      const guard = webhook("plivo", { authToken: TOKEN }, { logger: { warn() {} } });
      const req = new IncomingMessage(new Socket());
      Object.assign(req, { method: "POST", url: "/", rawHeaders: ["host", "a.example"] });
      const res = new ServerResponse(req);
      guard(req, res, () => assert.fail("an unsigned request"));
      assert.equal(res.statusCode, 401);
      makeVerifier();
    });
    assert.equal(called, false);
  });

  it(`what was kept of a delivery: ${how}`, () => {
    const verifier = new Verifier("vcc-live", { secret: "k".repeat(32), cipher: "aes-256-ctr" });
    under({ iv: "no bytes", cipher: 5 }, () => {
      thrown("decryption_failed", () => verifier.decrypt(Buffer.from("x")));
    });
  });

  it(`a request for a token: ${how}`, () => {
    const issuer = new TokenIssuer({
      ...{ clientId: "one", clientSecret: "a client secret of some length" },
      ...{ issuer: "https://a.example", audience: "https://a.example/hooks" },
      hmacSecret: "a secret of the tokens, of 32 bytes and more",
    });
    const authorization = `Basic ${btoa("one:a client secret of some length")}`;
    const request = {
      method: "POST",
      headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from("grant_type=client_credentials"),
    };
    under({ now: 5 }, () => {
      const { access_token: token } = JSON.parse(issuer.respond(request).body);
      const { iat } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      assert.ok(iat > 1_700_000_000);
    });
  });

  it(`where a request of Node came from: ${how}`, () => {
    const guard = webhook(
      "plivo",
      { authToken: TOKEN, requireHttps: true },
      { logger: { warn() {} } },
    );
    under({ encrypted: true, originalUrl: "/signed", rawBody: body, host: "a" }, () => {
      const req = new IncomingMessage(new Socket());
      Object.assign(req, { method: "POST", url: "/", rawHeaders: ["host", "a.example"] });
      const res = new ServerResponse(req);
      guard(req, res, () => assert.fail("not over TLS"));
      assert.equal(res.statusCode, 403);
    });
  });
}
