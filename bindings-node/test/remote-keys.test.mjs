/** Keys that live elsewhere, fetched from a real server over loopback HTTP. */

import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { HooksealError, VerificationError, VerifiedEvent, Verifier } from "hookseal";

import { AUDIENCE, delivery, ISSUER, keyServer, makeKey, sends } from "./key-server.mjs";
import { thrown } from "./support.mjs";

/** Whole seconds: short for a test, and nothing that a fetch over loopback takes. */
const COOLDOWN = 1;
/** What a caller waits at most, and some time for a busy machine. */
const PATIENCE = 8000;
const MIB = 1024 * 1024;

const OPTIONS = { username: "user", password: "a password" };

/** The error that a promise rejects with; it must be one of ours and carry that code. */
async function rejected(code, promise) {
  const error = await promise.then(
    (value) => assert.fail(`nothing was thrown, but ${value} returned`),
    (reason) => reason,
  );
  assert.ok(error instanceof HooksealError, `a foreign error: ${error?.stack ?? error}`);
  assert.equal(error.code, code, error.message);
  return error;
}

describe("keys that live elsewhere", () => {
  let first;
  let second;
  let server;
  let warnings;

  const logger = { warn: (message) => warnings.push(message) };
  const verifierOf = (options = {}, settings = {}) =>
    new Verifier(
      "bearer-jwt",
      {
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUri: server.url,
        jwksCooldown: COOLDOWN,
        ...options,
      },
      { logger, ...settings },
    );

  before(async () => {
    [first, second] = [await makeKey("first"), await makeKey("second")];
  });
  beforeEach(async () => {
    warnings = [];
    server = await keyServer(first);
  });
  afterEach(() => server.close());

  it("are fetched once, by verifyAsync or beforehand, and never by verify", async () => {
    const request = delivery(await first.token());
    const verifier = verifierOf();
    assert.equal(verifier.isAsync, true);
    assert.equal(thrown("key_unavailable", () => verifier.verify(request)).status, 503);
    assert.equal(server.requests.length, 0);
    const event = await verifier.verifyAsync(request);
    assert.ok(event instanceof VerifiedEvent);
    assert.equal(verifier.verify(request).keyId, "first");
    await verifier.verifyAsync(request);
    await verifier.refreshKeys();
    assert.equal(server.requests.length, 1);
    const { method, headers } = server.requests[0];
    assert.deepEqual([method, headers.accept], ["GET", "application/json, */*;q=0.1"]);

    const prepared = verifierOf();
    await prepared.refreshKeys();
    assert.equal(prepared.verify(request).keyId, "first");
    assert.deepEqual(warnings, []);
  });

  it("prove a token, whose claims and kid are facts", async () => {
    const claims = { name: "Jürgen 😀", deep: { list: [1, "two", { three: null }] }, n: 0.5 };
    const event = await verifierOf().verifyAsync(delivery(await first.token(claims)));
    assert.equal(event.keyId, "first");
    assert.equal(event.claims.iss, ISSUER);
    assert.deepEqual({ ...event.claims, ...claims }, event.claims);
    for (const part of [event.claims, event.claims.deep, event.claims.deep.list[2]]) {
      assert.ok(Object.isFrozen(part));
    }
    assert.equal(event.replayKey, null);
    assert.equal(event.covers.body, "none");
  });

  it("are fetched with the first of many deliveries, and the others wait for it", async () => {
    server.answer = async (_req, res) => {
      await sleep(50);
      sends(JSON.stringify({ keys: [first.jwk] }))(_req, res);
    };
    const verifier = verifierOf();
    const request = delivery(await first.token());
    const events = await Promise.all(
      Array.from({ length: 200 }, () => verifier.verifyAsync(request)),
    );
    assert.ok(events.every(({ keyId }) => keyId === "first"));
    assert.equal(server.requests.length, 1);
  });

  it("are fetched anew for a kid that is not known, once", async () => {
    const verifier = verifierOf();
    await verifier.refreshKeys();
    const rotated = delivery(await second.token());
    server.serve(first, second);
    // A fetch a moment ago does not tell a new key from a forged one.
    await rejected("key_unavailable", verifier.verifyAsync(rotated));
    assert.equal(server.requests.length, 1);
    await sleep(COOLDOWN * 1000 + 50);
    assert.equal((await verifier.verifyAsync(rotated)).keyId, "second");
    assert.equal(server.requests.length, 2);

    await sleep(COOLDOWN * 1000 + 50);
    const forger = await makeKey("nobody's");
    const forged = delivery(await forger.token());
    const attempts = Array.from({ length: 100 }, () => verifier.verifyAsync(forged));
    for (const attempt of attempts) {
      await rejected("key_unavailable", attempt);
    }
    assert.equal(server.requests.length, 3);
  });

  it("are fetched anew when they are old; the last good ones serve while that fails", async () => {
    const verifier = verifierOf({ jwksMaxAge: COOLDOWN, jwksCooldown: COOLDOWN });
    const request = delivery(await first.token());
    await verifier.verifyAsync(request);
    await sleep(COOLDOWN * 1000 + 50);
    server.answer = sends("", 500);
    thrown("key_unavailable", () => verifier.verify(request));
    assert.equal((await verifier.verifyAsync(request)).keyId, "first");
    assert.equal(verifier.verify(request).keyId, "first", "until it is time to try again");
    assert.equal(server.requests.length, 2);
    assert.match(warnings.join(), /could not fetch keys from .*: the answer has the status 500/);

    await sleep(COOLDOWN * 1000 + 50);
    server.serve(second);
    await rejected("key_unavailable", verifier.verifyAsync(request));
    assert.equal((await verifier.verifyAsync(delivery(await second.token()))).keyId, "second");
  });

  const useless = {
    "an answer of 500": [sends("no", 500), /status 500/],
    "a 204": [sends("", 204), /status 204/],
    nothing: [sends(""), /key set/],
    garbage: [sends("<html>"), /key set/],
    "bytes that are no text": [sends(Buffer.from([0xff, 0xfe, 0])), /key set/],
    "no keys": [sends('{"keys":[]}'), /key set/],
    "a symmetric key": [sends('{"keys":[{"kty":"oct","kid":"first","k":"c2VjcmV0"}]}'), /key set/],
    "half an answer": [
      (_req, res) => {
        res.writeHead(200, { "content-length": "1000" });
        res.write("{");
        setTimeout(() => res.destroy(), 20);
      },
      /terminated|aborted|closed/,
    ],
    "a closed connection": [(req) => req.socket.destroy(), /fetch failed: .*closed/],
  };
  for (const [name, [answer, reason]] of Object.entries(useless)) {
    it(`${name} is key_unavailable, and tells why in the log only`, async () => {
      server.answer = answer;
      const error = await rejected(
        "key_unavailable",
        verifierOf().verifyAsync(delivery(await first.token())),
      );
      assert.ok(error instanceof VerificationError);
      assert.equal(error.status, 503);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0],
        /^hookseal: could not fetch keys from http:\/\/127\.0\.0\.1:\d+\/keys: /,
      );
      assert.match(warnings[0], reason);
    });
  }

  it("do not follow a redirect", async () => {
    const elsewhere = await keyServer(first);
    for (const status of [301, 302, 303, 307, 308]) {
      server.answer = sends("", status, { location: elsewhere.url });
      const request = delivery(await first.token());
      await rejected("key_unavailable", verifierOf().verifyAsync(request));
      assert.match(warnings.pop(), /redirect/);
    }
    assert.equal(elsewhere.requests.length, 0);
    await elsewhere.close();
  });

  it("stop reading a document that is too long", async () => {
    const chunk = Buffer.alloc(64 * 1024, " ");
    const endless = (headers) => (_req, res) => {
      res.writeHead(200, headers);
      let left = (50 * MIB) / chunk.length;
      const more = () => {
        while (left > 0 && !res.destroyed) {
          left -= 1;
          if (!res.write(chunk)) {
            res.once("drain", more);
            return;
          }
        }
        res.end();
      };
      more();
    };
    for (const headers of [{}, { "content-length": String(50 * MIB) }]) {
      server.answer = endless(headers);
      const request = delivery(await first.token());
      await rejected("key_unavailable", verifierOf().verifyAsync(request));
      assert.match(warnings.pop(), /longer than \d+ bytes/);
    }
    await sleep(100);
    assert.ok(server.sent < 16 * MIB, `${server.sent} bytes were taken`);
  });

  it("stop reading a document that unpacks to one too long", async () => {
    const { gzipSync } = await import("node:zlib");
    server.answer = sends(gzipSync(Buffer.alloc(50 * MIB)), 200, { "content-encoding": "gzip" });
    await rejected("key_unavailable", verifierOf().verifyAsync(delivery(await first.token())));
    assert.match(warnings.join(), /longer than \d+ bytes/);
  });

  it("do not wait long for a server that stalls, nor is anybody else kept waiting", async () => {
    const silent = () => {};
    const trickling = (_req, res) => {
      res.writeHead(200);
      const timer = setInterval(() => res.write(" "), 100);
      res.on("close", () => clearInterval(timer));
    };
    const deaf = { fetch: () => new Promise(() => {}) };
    const request = delivery(await first.token());
    const known = verifierOf();
    await known.refreshKeys();
    const began = Date.now();
    const waiting = [];
    for (const answer of [silent, trickling]) {
      server.answer = answer;
      const verifier = verifierOf();
      waiting.push(...Array.from({ length: 20 }, () => verifier.verifyAsync(request)));
      while (server.requests.length < 2 + (answer === trickling ? 1 : 0)) {
        await sleep(5);
      }
    }
    waiting.push(verifierOf({}, deaf).verifyAsync(request));
    assert.equal((await known.verifyAsync(request)).keyId, "first");
    assert.ok(Date.now() - began < 1000, "known keys need nobody");
    for (const promise of waiting) {
      await rejected("key_unavailable", promise);
    }
    const took = Date.now() - began;
    assert.ok(took > 1000 && took < PATIENCE, `${took} ms`);
    assert.equal(server.requests.length, 3);
    assert.equal(warnings.length, 3);
    for (const warning of warnings) {
      assert.match(warning, /no complete answer within \d+ ms/);
    }
  });

  it("are not taken from an answer that comes when nobody waits any more", async () => {
    let answer;
    const late = new Promise((resolve) => {
      answer = () => resolve(new Response(JSON.stringify({ keys: [first.jwk] })));
    });
    const verifier = verifierOf({}, { fetch: () => late });
    const request = delivery(await first.token());
    await rejected("key_unavailable", verifier.verifyAsync(request));
    answer();
    await sleep(50);
    thrown("key_unavailable", () => verifier.verify(request));
  });

  it("are not fetched from another host than that of the metadata", async () => {
    const metadataUri = server.url.replace("/keys", "/metadata");
    const named = (jwks_uri) => (req, res) => {
      const document = req.url === "/metadata" ? { jwks_uri } : { keys: [first.jwk] };
      sends(JSON.stringify(document))(req, res);
    };
    const request = delivery(await first.token());
    const verify = (settings) => {
      const options = { issuer: ISSUER, audience: AUDIENCE, metadataUri };
      return new Verifier("bearer-jwt", options, { logger, ...settings }).verifyAsync(request);
    };
    server.answer = named(server.url);
    assert.equal((await verify()).keyId, "first");
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ["/metadata", "/keys"],
    );
    const fetched = [];
    const watched = (url, init) => {
      fetched.push(url);
      return fetch(url, init);
    };
    for (const elsewhere of [
      `http://localhost:${server.port}/keys`,
      "https://evil.example/keys",
      "http://127.0.0.1.evil.example/keys",
      "file:///etc/passwd",
      "http://127.0.0.1@evil.example/keys",
      "",
    ]) {
      server.answer = named(elsewhere);
      await rejected("key_unavailable", verify({ fetch: watched }));
    }
    assert.deepEqual(new Set(fetched), new Set([metadataUri]));
  });

  it("have an address with https, or on this machine", () => {
    for (const jwksUri of [
      "http://auth.example.com/keys",
      "http://127.0.0.1.example.com/keys",
      "http://127.0.0.1@example.com/keys",
      "https://user:secret@example.com/keys",
      "file:///etc/keys",
      "ftp://127.0.0.1/keys",
      "//example.com/keys",
      "",
    ]) {
      const error = thrown("configuration", () => verifierOf({ jwksUri }));
      assert.match(error.detail, /jwksUri/);
      assert.ok(!error.message.includes("secret"));
    }
    assert.equal(verifierOf({ jwksUri: "https://auth.example.com/keys" }).isAsync, true);
  });

  it("can be fetched by another fetch, and the log has no query", async () => {
    const calls = [];
    const settings = {
      fetch: async (url, init) => {
        calls.push([url, init.redirect, init.signal instanceof AbortSignal]);
        throw new Error("no way out");
      },
    };
    const jwksUri = "https://auth.example.com/keys?api-key=secret";
    const verifier = verifierOf({ jwksUri }, settings);
    await rejected("key_unavailable", verifier.verifyAsync(delivery(await first.token())));
    assert.deepEqual(calls, [[jwksUri, "error", true]]);
    assert.deepEqual(warnings, [
      "hookseal: could not fetch keys from https://auth.example.com/keys: no way out",
    ]);
  });

  it("a logger or a fetch that misbehaves is no other error", async () => {
    const broken = {
      warn() {
        throw new Error("from the logger");
      },
    };
    const request = delivery(await first.token());
    for (const odd of [
      () => {
        throw undefined;
      },
      () => undefined,
      async () => ({ status: 200, body: null }),
      async () => ({ status: 200, body: ["text"] }),
      async () => ({ status: 200, body: 5 }),
    ]) {
      const verifier = verifierOf({}, { fetch: odd, logger: broken });
      await rejected("key_unavailable", verifier.verifyAsync(request));
      await verifier.refreshKeys();
    }
  });

  it("verifyAsync rejects with all that verify throws", async () => {
    const verifier = verifierOf();
    await rejected("configuration", verifier.verifyAsync(undefined));
    await rejected("body_already_parsed", verifier.verifyAsync(delivery("x", "text")));
    await rejected("jwt_malformed", verifier.verifyAsync(delivery("x")));
    const request = delivery(await first.token());
    const headers = Object.entries(request.headers).values();
    assert.equal((await verifier.verifyAsync({ ...request, headers })).keyId, "first");
  });

  it("are no matter for a scheme that has its own", async () => {
    const options = { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [first.jwk] } };
    const verifier = new Verifier("bearer-jwt", options);
    assert.equal(verifier.isAsync, false);
    await verifier.refreshKeys();
    const request = delivery(await first.token());
    assert.equal((await verifier.verifyAsync(request)).keyId, verifier.verify(request).keyId);
    assert.equal(server.requests.length, 0);
  });

  it("the settings are checked", () => {
    for (const settings of [null, 5, { fetch: "x" }, { logger: {} }, { fetsch() {} }]) {
      thrown("configuration", () => new Verifier("basic", OPTIONS, settings));
    }
  });
});
