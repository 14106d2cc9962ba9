/** The token endpoint in real Express, asked by real OAuth 2.0 clients over loopback HTTP. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";

import express5 from "express";
import express4 from "express4";
import { ConfigurationError, TokenIssuer, Verifier } from "hookseal";
import { tokenEndpoint, webhook } from "hookseal/express";
import * as openid from "openid-client";
import { ClientCredentials } from "simple-oauth2";

import { thrown } from "./support.mjs";

const ISSUER = "https://auth.example.com";
const AUDIENCE = "https://api.example.com/hooks";
const SCOPE = "webhooks.write";
const CLIENT = "kaisa-client";
/** Chosen to hurt: every encoding of it is another. */
const SECRET = "s3cr:t+/ %25 é";
/** The same for a client that takes ASCII only. */
const ASCII_SECRET = "s3cr:t+/ %25 &=";
const HMAC = "a secret of thirty-two bytes, or more";

const OPTIONS = Object.freeze({
  clientId: CLIENT,
  clientSecret: [SECRET, ASCII_SECRET],
  issuer: ISSUER,
  audience: AUDIENCE,
  scope: SCOPE,
  hmacSecret: HMAC,
});
const makeIssuer = (options = {}) => new TokenIssuer({ ...OPTIONS, ...options });
const withSeed = (options = {}) => {
  const { hmacSecret, ...rest } = OPTIONS;
  return new TokenIssuer({ ...rest, ed25519Seed: randomBytes(32), ...options });
};

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const CREDENTIALS = { client_id: CLIENT, client_secret: SECRET };
const GRANT = { grant_type: "client_credentials", ...CREDENTIALS };
const request = (fields = GRANT, headers = FORM) => ({
  method: "POST",
  headers,
  body: Buffer.from(new URLSearchParams(fields).toString()),
});
const delivery = (token) => ({
  method: "POST",
  url: AUDIENCE,
  headers: { authorization: `Bearer ${token}` },
  body: Buffer.from("{}"),
});

describe("an issuer", () => {
  it("issues a token that its secret verifies, until it is too old", () => {
    const now = 1_700_000_000;
    const { status, headers, body } = makeIssuer().respond({ ...request(), now });
    assert.equal(status, 200, body);
    assert.deepEqual(new Map(headers).get("Cache-Control"), "no-store");
    const { access_token: token, ...rest } = JSON.parse(body);
    assert.deepEqual(rest, { token_type: "Bearer", expires_in: 300, scope: SCOPE });
    const options = { issuer: ISSUER, audience: AUDIENCE, scope: SCOPE, hmacSecret: HMAC };
    const verifier = new Verifier("kaisa-oauth2", options);
    const event = verifier.verify({ ...delivery(token), now: now + 299 });
    assert.equal(event.claims.scope, SCOPE);
    assert.equal(event.claims.exp, now + 300);
    thrown("jwt_expired", () => verifier.verify({ ...delivery(token), now: now + 400 }));
  });

  it("has public keys for EdDSA, and none for HMAC", () => {
    const issuer = withSeed();
    const { access_token: token } = JSON.parse(issuer.respond(request()).body);
    const options = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks() };
    assert.equal(new Verifier("bearer-jwt", options).verify(delivery(token)).claims.iss, ISSUER);
    const [key] = issuer.jwks().keys;
    assert.deepEqual([key.kty, key.crv, key.d], ["OKP", "Ed25519", undefined]);
    assert.deepEqual(makeIssuer().jwks(), { keys: [] });
  });

  it("answers mistakes of a client as RFC 6749 says", () => {
    const issuer = makeIssuer();
    const answer = (change) => {
      const { status, body } = issuer.respond({ ...request(), ...change });
      return [status, JSON.parse(body).error];
    };
    const fields = (change) => ({ body: request({ ...GRANT, ...change }).body });
    assert.deepEqual(answer(fields({ client_secret: "wrong" })), [401, "invalid_client"]);
    assert.deepEqual(answer(fields({ client_id: "wrong" })), [401, "invalid_client"]);
    assert.deepEqual(answer(fields({ grant_type: "password" })), [400, "unsupported_grant_type"]);
    assert.deepEqual(answer(fields({ scope: "admin" })), [400, "invalid_scope"]);
    assert.deepEqual(answer({ body: Buffer.alloc(0) }), [401, "invalid_client"]);
    assert.deepEqual(answer({ headers: {} }), [400, "invalid_request"]);
    assert.deepEqual(answer({ method: "GET" }), [405, "invalid_request"]);
    assert.deepEqual(answer({ body: Buffer.alloc(issuer.maxBodyBytes + 1) }), [
      413,
      "invalid_request",
    ]);
    const twice = [...Object.entries(FORM), ["Authorization", "Basic x"], ["authorization", "y"]];
    assert.equal(answer({ headers: twice })[1], "invalid_request");
  });

  it("takes no argument of the wrong type", () => {
    const issuer = makeIssuer();
    for (const [code, change] of [
      ["configuration", { method: 5 }],
      ["configuration", { headers: null }],
      ["configuration", { now: "5" }],
      ["body_already_parsed", { body: GRANT }],
      ["body_already_parsed", { body: undefined }],
      ["malformed_header", { headers: { authorization: 5 } }],
    ]) {
      thrown(code, () => issuer.respond({ ...request(), ...change }));
    }
    thrown("configuration", () => issuer.respond(undefined));
  });

  it("checks its options at start-up", () => {
    for (const change of [
      { clientSecret: "" },
      { clientSecret: "changeme" },
      { hmacSecret: "short" },
      { hmacSecret: undefined },
      { ed25519Seed: Buffer.alloc(32) },
      { clientID: CLIENT },
      { lifetime: 0 },
      { algorithm: "none" },
      { algorithm: "EdDSA" },
    ]) {
      const error = thrown("configuration", () => makeIssuer(change));
      assert.ok(error instanceof ConfigurationError);
      assert.ok(!error.message.includes(SECRET) && !error.message.includes(HMAC));
    }
    thrown("configuration", () => new TokenIssuer());
    assert.ok(new TokenIssuer({ ...OPTIONS, clientSecret: { old: "a b c d", new: SECRET } }));
  });

  it("shows nothing of itself", () => {
    const issuer = makeIssuer();
    const shown = [
      inspect(issuer, { showHidden: true, depth: 9 }),
      JSON.stringify(issuer),
      `${issuer}`,
    ];
    for (const text of shown) {
      assert.ok(!text.includes(SECRET) && !text.includes(HMAC), text);
    }
    assert.equal(String(issuer), "TokenIssuer");
  });
});

for (const [name, express] of Object.entries({ express4, express5 })) {
  describe(`the endpoint in ${name}`, () => {
    let server;
    let origin;
    let warnings;
    let failures;
    let events;

    before(async () => {
      [warnings, failures, events] = [[], [], []];
      const logger = { warn: (message) => warnings.push(message) };
      const [issuer, signing] = [makeIssuer(), withSeed()];
      const app = express();
      app.post("/parsed", express.urlencoded({ extended: false }), tokenEndpoint(issuer));
      app.post("/clock", tokenEndpoint(issuer, { now: () => Number.NaN }));
      app.use("/oauth2/token", tokenEndpoint(issuer, { logger }));
      app.use("/eddsa/token", tokenEndpoint(signing, { logger }));
      const take = (req, res) => {
        events.push(req.webhook);
        res.status(200).end();
      };
      const options = { issuer: ISSUER, audience: AUDIENCE, scope: SCOPE };
      const settings = { logger };
      app.post(
        "/oauth2/hook",
        webhook("kaisa-oauth2", { ...options, hmacSecret: HMAC }, settings),
        take,
      );
      const jwks = signing.jwks();
      app.post("/eddsa/hook", webhook("kaisa-oauth2", { ...options, jwks }, settings), take);
      // Express finds an error handler by its four parameters.
      app.use((error, _req, res, _next) => {
        failures.push(error);
        res.status(500).end();
      });
      server = app.listen(0, "127.0.0.1");
      await once(server, "listening");
      origin = `http://127.0.0.1:${server.address().port}`;
    });

    after(() => {
      server.closeAllConnections();
      server.close();
    });

    async function deliver(token, path = "/oauth2/hook") {
      events = [];
      const headers = { authorization: `Bearer ${token}` };
      const { status } = await fetch(origin + path, { method: "POST", headers, body: "{}" });
      assert.equal(status, 200, warnings.join());
      assert.equal(events.length, 1);
      assert.equal(events[0].claims.sub ?? events[0].claims.client_id, CLIENT);
    }

    for (const path of ["/oauth2", "/eddsa"]) {
      for (const [method, authenticate] of Object.entries({
        client_secret_basic: openid.ClientSecretBasic(SECRET),
        client_secret_post: openid.ClientSecretPost(SECRET),
      })) {
        it(`serves openid-client with ${method}, ${path}`, async () => {
          const metadata = { issuer: ISSUER, token_endpoint: `${origin}${path}/token` };
          const client = new openid.Configuration(metadata, CLIENT, {}, authenticate);
          openid.allowInsecureRequests(client);
          const granted = await openid.clientCredentialsGrant(client, { scope: SCOPE });
          assert.equal(granted.expires_in, 300);
          await deliver(granted.access_token, `${path}/hook`);
        });
      }
    }

    for (const authorizationMethod of ["header", "body"]) {
      for (const credentialsEncodingMode of ["strict", "loose"]) {
        it(`serves simple-oauth2: ${authorizationMethod}, ${credentialsEncodingMode}`, async () => {
          const client = new ClientCredentials({
            client: { id: CLIENT, secret: ASCII_SECRET },
            auth: { tokenHost: origin, tokenPath: "/oauth2/token" },
            options: { authorizationMethod, credentialsEncodingMode },
          });
          const { token } = await client.getToken({ scope: SCOPE });
          assert.equal(token.token_type, "Bearer");
          await deliver(token.access_token);
        });
      }
    }

    it("tells a client what is wrong, and the log too", async () => {
      const metadata = { issuer: ISSUER, token_endpoint: `${origin}/oauth2/token` };
      const wrong = new openid.Configuration(metadata, CLIENT, {}, openid.ClientSecretBasic("x"));
      openid.allowInsecureRequests(wrong);
      warnings = [];
      const error = await openid.clientCredentialsGrant(wrong).catch((reason) => reason);
      assert.match(inspect(error), /invalid_client|WWW-Authenticate/i);
      assert.deepEqual(warnings, ['hookseal: issued no token: 401 {"error":"invalid_client"}']);
    });

    it("answers every method, and a body that is too long", async () => {
      const got = await fetch(`${origin}/oauth2/token`);
      assert.deepEqual([got.status, got.headers.get("allow")], [405, "POST"]);
      const body = new URLSearchParams({ ...GRANT, padding: "x".repeat(1024 * 1024) });
      const long = await fetch(`${origin}/oauth2/token`, { method: "POST", body });
      assert.deepEqual([long.status, await long.json()], [413, { error: "invalid_request" }]);
      assert.equal(long.headers.get("transfer-encoding"), null);
    });

    it("hands faults of the program to the error handler", async () => {
      failures = [];
      for (const path of ["/parsed", "/clock"]) {
        const body = new URLSearchParams(GRANT);
        const { status } = await fetch(origin + path, { method: "POST", body });
        assert.equal(status, 500);
      }
      const codes = failures.map(({ code }) => code);
      assert.deepEqual(codes, ["body_already_parsed", "configuration"]);
      assert.match(failures[0].detail, /Mount the token endpoint before the parser/);
    });
  });
}

it("the endpoint checks what it is given", () => {
  for (const make of [
    () => tokenEndpoint(),
    () => tokenEndpoint({}),
    () => tokenEndpoint(makeIssuer(), { onRejected() {} }),
    () => tokenEndpoint(makeIssuer(), { now: 5 }),
  ]) {
    thrown("configuration", make);
  }
});
