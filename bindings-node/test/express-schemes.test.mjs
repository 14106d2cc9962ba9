/** What the middleware does besides letting through and refusing, in real Express 4 and 5. */

import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import express5 from "express";
import express4 from "express4";
import { webhook } from "hookseal/express";

import { AUDIENCE, ISSUER, keyServer, makeKey, sends } from "./key-server.mjs";

/** In milliseconds; the shortest there is. */
const COOLDOWN = 1000;
const REJECTION = '{"error":"webhook_rejected"}';
const TOKEN = "a-token-in-the-query-0123456789";
const SECRET = "a secret of thirty-two bytes 012";
const ORIGIN = "eventgrid.azure.net";

/** What an ordinary server does with a promise that nobody handles. */
const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

for (const [name, express] of Object.entries({ express4, express5 })) {
  describe(name, () => {
    let server;
    let keys;
    let key;
    let reached;
    let warnings;

    before(async () => {
      [reached, warnings] = [[], []];
      key = await makeKey("first");
      keys = await keyServer(key);
      const logger = { warn: (message) => warnings.push(message) };
      const settings = {
        logger,
        onRejected: (error, _req, res) => res.setHeader("x-code", error.code),
      };
      const app = express();
      const handler = (req, res) => {
        reached.push(req.webhook);
        res.json({ body: String(req.body), claims: req.webhook.claims });
      };
      const password = { username: "user", password: "a password" };
      app.post("/password", webhook("basic", password, settings), handler);
      const tokens = { issuer: ISSUER, audience: AUDIENCE, scope: "hooks", jwksUri: keys.url };
      app.post(
        "/token",
        webhook("bearer-jwt", { ...tokens, jwksCooldown: COOLDOWN / 1000 }, settings),
        handler,
      );
      const events = webhook(
        "azure-event-grid",
        { urlToken: TOKEN, subscriptionNames: ["calls"] },
        settings,
      );
      app.options("/events", events);
      app.post("/events", events, handler);
      const encrypted = { secret: SECRET, cipher: "aes-256-cbc", urlToken: TOKEN };
      app.post("/encrypted", webhook("vcc-live", encrypted, settings), handler);
      server = app.listen(0, "127.0.0.1");
      await once(server, "listening");
    });

    after(async () => {
      server.closeAllConnections();
      server.close();
      await keys.close();
    });

    /** The answer to one request, with its headers as they were sent. */
    async function send(method, path, headers = {}, body = "") {
      [reached, warnings] = [[], []];
      const { port } = server.address();
      const length = method === "POST" ? { "content-length": Buffer.byteLength(body) } : {};
      const options = { method, path, port, host: "127.0.0.1", agent: false };
      const req = httpRequest({ ...options, headers: { ...length, ...headers } });
      req.end(body);
      const [res] = await once(req, "response");
      const chunks = await res.toArray();
      return { status: res.statusCode, headers: res.headers, body: String(Buffer.concat(chunks)) };
    }

    function assertRejected(answer, status, code) {
      assert.equal(answer.status, status, warnings.join());
      assert.equal(answer.body, REJECTION);
      assert.equal(answer.headers["x-code"], code);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], new RegExp(`rejected a delivery: ${code}: `));
      assert.deepEqual(reached, []);
    }

    const encoded = (pair) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
    const shown = (token) => ({ authorization: `Bearer ${token}` });

    it("says which proof is missing", async () => {
      const missing = await send("POST", "/password");
      assertRejected(missing, 401, "missing_header");
      assert.match(missing.headers["www-authenticate"], /^Basic realm=".+", charset="UTF-8"$/);
      const wrong = await send("POST", "/password", encoded("user:another"));
      assertRejected(wrong, 401, "token_mismatch");
      assert.equal(wrong.headers["www-authenticate"], missing.headers["www-authenticate"]);
      const right = await send("POST", "/password", encoded("user:a password"), "ü");
      assert.deepEqual([right.status, JSON.parse(right.body).body], [200, "ü"]);
    });

    it("verifies tokens with keys that it fetches, all at once", async () => {
      const token = await key.token({ scope: "other hooks" });
      const before = keys.requests.length;
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => send("POST", "/token", shown(token), "{}")),
      );
      for (const answer of answers) {
        assert.equal(answer.status, 200, answer.headers["x-code"]);
        assert.equal(JSON.parse(answer.body).claims.iss, ISSUER);
      }
      assert.equal(keys.requests.length, before + 1);
    });

    it("hands on what an encrypted body decrypts to", async () => {
      const [iv, plaintext] = [randomBytes(16), '{"name":"Jürgen"}'];
      const cipher = createCipheriv("aes-256-cbc", SECRET, iv);
      const body = cipher.update(plaintext, "utf8", "base64") + cipher.final("base64");
      const path = `/encrypted?secret-key=${TOKEN}&iv=${iv.toString("hex")}`;
      const answer = await send("POST", path, {}, body);
      assert.equal(answer.status, 200, warnings.join());
      assert.equal(JSON.parse(answer.body).body, plaintext);
      assertRejected(await send("POST", path, {}, body.slice(4)), 401, "decryption_failed");
    });

    it("answers a token that is wrong as RFC 6750 says", async () => {
      const expired = await send("POST", "/token", shown(await key.token({ exp: 1 })));
      assertRejected(expired, 401, "jwt_expired");
      assert.match(expired.headers["www-authenticate"], /^Bearer .*error="invalid_token"/);
      const scopeless = await send("POST", "/token", shown(await key.token()));
      assertRejected(scopeless, 403, "jwt_claim_mismatch");
      assert.match(scopeless.headers["www-authenticate"], /^Bearer .*error="insufficient_scope"/);
    });

    it("answers 503 where keys cannot be had, and goes on meanwhile", async () => {
      const unknown = await makeKey("second");
      await sleep(COOLDOWN + 50);
      const { answer } = keys;
      let asked;
      const isAsked = new Promise((resolve) => {
        asked = resolve;
      });
      keys.answer = (_req, res) => {
        asked();
        setTimeout(() => sends("", 500)(_req, res), 300);
      };
      const waiting = send("POST", "/token", shown(await unknown.token({ scope: "hooks" })));
      await isAsked;
      const known = await key.token({ scope: "hooks" });
      assert.equal((await send("POST", "/token", shown(known), "{}")).status, 200);
      const refused = await waiting;
      assert.deepEqual([refused.status, refused.body], [503, REJECTION]);
      assert.equal(refused.headers["x-code"], "key_unavailable");
      keys.answer = answer;
    });

    it("survives a sender that leaves while keys are fetched", async () => {
      const { answer } = keys;
      keys.answer = (_req, res) => setTimeout(() => sends("", 500)(_req, res), 50);
      const unknown = await (await makeKey("third")).token({ scope: "hooks" });
      await sleep(COOLDOWN + 50);
      const { port } = server.address();
      const options = { method: "POST", path: "/token", port, host: "127.0.0.1" };
      const req = httpRequest({ ...options, headers: shown(unknown) });
      req.on("error", () => {});
      req.end("{}");
      await sleep(20);
      req.destroy();
      await sleep(100);
      keys.answer = answer;
      const known = await key.token({ scope: "hooks" });
      assert.equal((await send("POST", "/token", shown(known), "{}")).status, 200);
    });

    const validation = (code) =>
      JSON.stringify([
        {
          id: "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
          topic: "/subscriptions/x",
          subject: "",
          data: { validationCode: code },
          eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
          eventTime: "2022-10-28T04:23:35.1981776Z",
          metadataVersion: "1",
          dataVersion: "1",
        },
      ]);
    const asked = {
      "content-type": "application/json",
      "aeg-event-type": "SubscriptionValidation",
      "aeg-subscription-name": "CALLS",
    };

    it("answers a handshake itself, with a length and no chunks", async () => {
      const code = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6";
      const answer = await send("POST", `/events?token=${TOKEN}`, asked, validation(code));
      assert.equal(answer.status, 200, warnings.join());
      assert.equal(answer.body, `{"validationResponse":"${code}"}`);
      assert.equal(answer.headers["content-type"], "application/json");
      assert.equal(answer.headers["content-length"], String(answer.body.length));
      assert.equal(answer.headers["transfer-encoding"], undefined);
      assert.equal(answer.headers["x-code"], undefined, "it is no rejection");
      assert.deepEqual([reached, warnings], [[], []]);
    });

    it("gives its consent to OPTIONS from an origin that may send", async () => {
      const from = (origin) => ({
        "webhook-request-origin": origin,
        "webhook-request-rate": "120",
      });
      const answer = await send("OPTIONS", `/events?token=${TOKEN}`, from(ORIGIN));
      assert.equal(answer.status, 200, warnings.join());
      assert.equal(answer.headers["webhook-allowed-origin"], ORIGIN);
      assert.equal(answer.headers["webhook-allowed-rate"], "120");
      assert.equal(answer.headers["content-length"], "0");
      assert.deepEqual([answer.body, reached, warnings], ["", [], []]);
      const other = await send("OPTIONS", `/events?token=${TOKEN}`, from("evil.example"));
      assertRejected(other, 405, "token_mismatch");
      assert.equal(other.headers["webhook-allowed-origin"], undefined);
    });

    it("refuses a handshake without the proof, or of another subscription", async () => {
      const body = validation("x");
      assertRejected(await send("POST", "/events?token=wrong", asked, body), 401, "token_mismatch");
      const other = { ...asked, "aeg-subscription-name": "others" };
      const refused = await send("POST", `/events?token=${TOKEN}`, other, body);
      assertRejected(refused, 403, "token_mismatch");
    });

    it("leaves no promise behind", () => assert.deepEqual(unhandled, []));
  });
}
