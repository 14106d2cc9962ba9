import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { TokenIssuer, Verifier } from "hookseal";

import { makeKey } from "./key-server.mjs";
import { GENUINE, makeVerifier, TOKEN, thrown } from "./support.mjs";

describe("options", () => {
  it("are written in camelCase or in snake_case, but not in both", () => {
    assert.equal(new Verifier("plivo", { auth_token: TOKEN }).verify(GENUINE).keyId, "0");
    const error = thrown("configuration", () => makeVerifier({ auth_token: TOKEN }));
    assert.match(error.detail, /auth_token is given twice/);
  });

  it("take secrets as text, bytes, list and labels", () => {
    const bytes = Buffer.from(TOKEN);
    const forms = [TOKEN, bytes, Uint8Array.from(bytes), Uint8Array.from(bytes).buffer];
    for (const form of forms) {
      for (const authToken of [form, [form], { label: form }, { hex: bytes.toString("hex") }]) {
        assert.equal(makeVerifier({ authToken }).verify(GENUINE).scheme, "plivo");
      }
    }
  });

  it("take objects: a key set, and options within an option", async () => {
    const { jwk } = await makeKey("first");
    const jwks = { keys: [{ ...jwk, x5c: ["AAAA"], "x5t#S256": "AAAA" }] };
    const token = { issuer: "https://auth.example.com", audience: "hooks" };
    for (const given of [jwks, JSON.stringify(jwks)]) {
      assert.equal(new Verifier("bearer-jwt", { ...token, jwks: given }).isAsync, false);
    }
    const tenant = "11111111-2222-3333-4444-555555555555";
    const entra = { tenant, audience: "hooks", jwks };
    const make = (more) => new Verifier("azure-event-grid", { entra: { ...entra, ...more } });
    for (const more of [{}, { clientIds: ["one", "two"] }, { client_ids: "one" }]) {
      assert.equal(make(more).isAsync, false);
    }
    const twice = thrown("configuration", () => make({ clientIds: "one", client_ids: "one" }));
    assert.match(twice.detail, /client_ids is given twice/);
    assert.match(twice.detail, /option entra\.client_ids /);
    for (const [more, named] of [
      [{ clientIds: null }, /option entra\.clientIds .*is its environment variable set/],
      [{ clientIds: [] }, /option entra\.clientIds: /],
      [{ client_ids: 5 }, /option entra\.client_ids: /],
    ]) {
      assert.match(thrown("configuration", () => make(more)).detail, named);
    }
    const unknown = thrown("configuration", () => make({ clientID: "one" }));
    assert.match(unknown.detail, /clientID is unknown to option entra; did you mean clientIds\?/);
  });

  it("are named as they were typed, and in the same spelling where they were not", () => {
    const detail = (options) =>
      thrown("configuration", () => new Verifier("plivo", options)).detail;
    for (const [options, expected, foreign] of [
      [{ authTokn: TOKEN }, /authTokn .*did you mean authToken\? .*publicUrl/, /[a-z]_[a-z]/],
      [{ auth_tokn: TOKEN }, /auth_tokn .*did you mean auth_token\? .*public_url/, /[a-z][A-Z]/],
      [{ auth_Tokn: TOKEN }, /auth_Tokn .*did you mean auth_token\?/, /authToken/],
      [{ AuthToken: TOKEN }, /AuthToken .*did you mean authToken\?/, /auth_token/],
      [{}, /authToken is missing/, /auth_token/],
      [{ authToken: "" }, /authToken/, /auth_token/],
      [{ auth_token: "" }, /auth_token/, /authToken/],
      [{ authToken: TOKEN, trustedProxies: ["10.0.0.1"] }, /trustedProxies.*allowedHosts/, /_/],
      [{ auth_token: TOKEN, requireHttps: 5 }, /option requireHttps:/, /require_https/],
    ]) {
      assert.match(detail(options), expected);
      assert.doesNotMatch(detail(options), foreign);
    }
    const issuer = thrown("configuration", () => new TokenIssuer({ clientID: "one" }));
    assert.match(issuer.detail, /clientID .*did you mean clientId\? .*hmacSecret/);
    const custom = { id: "own", key: { option: "signing_secret" } };
    const own = thrown("configuration", () => new Verifier(custom, { publicURL: "x" }));
    assert.doesNotMatch(own.detail, /signingSecret/);
  });

  it("are named as they were typed when a delivery is rejected", () => {
    const detail = (options) =>
      thrown("ip_not_allowed", () =>
        new Verifier("plivo", options).verify({ ...GENUINE, peerIp: "10.0.0.1" }),
      ).detail;
    assert.match(detail({ authToken: TOKEN, allowedIps: ["192.0.2.1"] }), /not in allowedIps/);
    assert.match(detail({ auth_token: TOKEN, allowed_ips: ["192.0.2.1"] }), /not in allowed_ips/);
    const request = { method: "POST", url: "/path", body: Buffer.of() };
    const signing = thrown("malformed_url", () => makeVerifier().sign(request));
    assert.match(signing.detail, /set publicUrl/);
    const cipher = { secret: "k".repeat(32), cipher: "aes-256-ctr", maxBodyBytes: 1 };
    const decrypting = new Verifier("vcc-live", cipher);
    const long = thrown("body_too_large", () => decrypting.decrypt(Buffer.alloc(2)));
    assert.match(long.detail, /maxBodyBytes/);
  });

  it("leave words alone that are no options", () => {
    const claims = { subject: "one" };
    const given = { issuer: "https://issuer.example", jwksUri: "https://issuer.example/keys" };
    const error = thrown("configuration", () => new Verifier("bearer-jwt", given));
    assert.match(error.detail, /option audience: .*client_id/);
    assert.doesNotMatch(error.detail, /clientId/);
    assert.equal(new Verifier("bearer-jwt", { ...given, audience: "hooks", claims }).isAsync, true);
  });

  it("keep the labels of secrets as they are", () => {
    const authToken = { subAccount: TOKEN };
    assert.equal(makeVerifier({ authToken }).verify(GENUINE).keyId, "subAccount");
  });

  it("do not keep a view of bytes that change later", () => {
    const authToken = Buffer.from(TOKEN);
    const verifier = makeVerifier({ authToken });
    authToken.fill(0);
    assert.equal(verifier.verify(GENUINE).keyId, "0");
  });

  const nested = [[[[[["secret"]]]]]];
  const circular = [];
  circular.push(circular);
  const refused = {
    "a value that is undefined": { publicUrl: undefined },
    "a value that is null": { authToken: null },
    "an empty secret": { authToken: "" },
    "a secret of blanks": { authToken: " \t\n" },
    "no secret in a list": { authToken: [] },
    "an empty secret in a list": { authToken: [TOKEN, ""] },
    "a number as a secret": { authToken: 5 },
    "a fraction": { maxBodyBytes: 0.5 },
    "not a number": { tolerance: Number.NaN },
    "a number too large": { maxBodyBytes: 2 ** 60 },
    "a BigInt": { maxBodyBytes: 5n },
    "a function": { authToken: () => TOKEN },
    "a symbol": { authToken: Symbol("secret") },
    "a Date": { tolerance: new Date() },
    "a Map": { authToken: new Map([["main", TOKEN]]) },
    "deep nesting": { authToken: nested },
    "a circle": { authToken: circular },
    "a lone surrogate": { authToken: "\ud800" },
    "a wrong type for a switch": { requireHttps: "yes" },
    "a wrong address": { allowedIps: ["localhost"] },
    "an unknown name": { authTokens: TOKEN },
    "a setting of the middleware": { onRejected() {} },
    "a name that objects inherit": JSON.parse('{ "__proto__": "x" }'),
    "another one": { constructor: "x" },
    "mixed spelling": { auth_Token: TOKEN },
  };
  for (const [name, options] of Object.entries(refused)) {
    it(`refuse ${name}`, () => {
      const given = Object.assign(Object.create(null), { authToken: TOKEN });
      for (const key of Object.keys(options)) {
        Object.defineProperty(given, key, { value: options[key], enumerable: true });
      }
      const error = thrown("configuration", () => new Verifier("plivo", given));
      assert.equal(error.name, "ConfigurationError");
      assert.ok(!error.message.includes(TOKEN));
    });
  }

  it("may hold a key set with what no option is", () => {
    const key = {
      kty: "oct",
      kid: "a",
      alg: "HS256",
      k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i",
      issued: null,
      weight: 1.5,
    };
    const options = { issuer: "https://issuer.example", audience: "receiver" };
    new Verifier("bearer-jwt", { jwks: { keys: [key], note: null }, ...options });
    for (const authToken of [{ main: null }, { main: 1.5 }]) {
      thrown("configuration", () => new Verifier("plivo", { authToken }));
    }
  });

  it("that are inherited do not count", () => {
    thrown("configuration", () => new Verifier("plivo", Object.create({ authToken: TOKEN })));
  });

  it("are read of a plain object: what a prototype holds would be left out", () => {
    const inherited = Object.assign(Object.create({ allowedIps: ["192.0.2.1"] }), {
      secret: "x1y2z3",
    });
    class Settings {
      get allowedIps() {
        return ["192.0.2.1"];
      }
    }
    for (const options of [inherited, Object.assign(new Settings(), { secret: "x1y2z3" })]) {
      assert.throws(() => new Verifier("github", options), /must be a plain object/);
    }
    const bare = Object.assign(Object.create(null), { secret: "x1y2z3" });
    assert.equal(new Verifier("github", bare).scheme, "github");
  });

  it("must be an object, and the scheme a known one", () => {
    for (const options of [undefined, null, "x", 5, [], [TOKEN]]) {
      thrown("configuration", () => new Verifier("plivo", options));
    }
    for (const scheme of [undefined, null, 5, "", "Plivo", "nope", "{", "{}", {}, [], () => {}]) {
      thrown("configuration", () => new Verifier(scheme, { authToken: TOKEN }));
    }
    const circle = {};
    circle.self = circle;
    thrown("configuration", () => new Verifier(circle, {}));
  });
});
