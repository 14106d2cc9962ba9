import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";

import {
  ConfigurationError,
  errorCodes,
  HooksealError,
  schemes,
  VerificationError,
  VerifiedEvent,
  Verifier,
} from "hookseal";

import { BODY, GENUINE, makeVerifier, NONCE, TOKEN, thrown, URL } from "./support.mjs";

describe("verify", () => {
  it("returns the signed facts", () => {
    const event = makeVerifier().verify(GENUINE);
    assert.ok(event instanceof VerifiedEvent);
    assert.equal(event.payload, BODY, "the very object that was given");
    assert.equal(event.scheme, "plivo");
    assert.equal(event.keyId, "0");
    assert.equal(event.timestamp, null);
    assert.equal(event.deliveryId, NONCE);
    assert.match(event.replayKey, /^[0-9a-f]{64}$/);
    assert.deepEqual(event.claims, {});
    assert.deepEqual(event.covers, {
      body: "joined",
      url: "joined",
      method: false,
      timestamp: "none",
      deliveryId: "signed",
      confidential: false,
      parts: ["url.base", "query", "form", "delivery_id"],
    });
    assert.equal(event.urlForm, "as-is");
  });

  it("says where fields run together", () => {
    const verifier = new Verifier("twilio", { authToken: TOKEN });
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const unsigned = { method: "POST", url: URL, headers: form, body: BODY };
    const headers = { ...form, ...verifier.sign(unsigned) };
    const { covers } = verifier.verify({ ...unsigned, headers });
    assert.deepEqual([covers.body, covers.url], ["joined", "joined"]);
    assert.deepEqual(covers.parts, ["url", "form"]);
  });

  it("returns a frozen event, with one covers object for all", () => {
    const verifier = makeVerifier();
    const [one, two] = [verifier.verify(GENUINE), verifier.verify(GENUINE)];
    for (const frozen of [one, one.covers, one.covers.parts, one.claims]) {
      assert.ok(Object.isFrozen(frozen));
    }
    assert.equal(one.covers, two.covers);
    assert.notEqual(one, two);
  });

  it("gives the label or the position of the key", () => {
    const verify = (authToken) => makeVerifier({ authToken }).verify(GENUINE).keyId;
    assert.equal(verify(["an_older_token", TOKEN]), "1");
    assert.equal(verify({ sub: "another_token", main: TOKEN }), "main");
    const many = Array.from({ length: 15 }, (_, index) => `some_token_${index}`);
    assert.equal(verify([...many, TOKEN]), "15");
  });

  it("takes the body as Buffer, Uint8Array, ArrayBuffer and part of a larger one", () => {
    const verifier = makeVerifier();
    const large = new Uint8Array(BODY.length + 20);
    large.set(BODY, 7);
    const part = large.subarray(7, 7 + BODY.length);
    const whole = Uint8Array.from(BODY).buffer;
    for (const body of [BODY, Uint8Array.from(BODY), part]) {
      assert.equal(verifier.verify({ ...GENUINE, body }).payload, body);
    }
    assert.deepEqual(Buffer.from(verifier.verify({ ...GENUINE, body: whole }).payload), BODY);
  });

  it("copies shared memory, so that what is handed out is what was verified", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(BODY.length));
    shared.set(BODY);
    const { payload } = makeVerifier().verify({ ...GENUINE, body: shared });
    shared.fill(0);
    assert.deepEqual(Buffer.from(payload), BODY);
  });

  it("takes an ArrayBuffer from another realm", async () => {
    const { runInNewContext } = await import("node:vm");
    const body = runInNewContext("Uint8Array.from(bytes)", { bytes: [...BODY] });
    assert.equal(makeVerifier().verify({ ...GENUINE, body }).payload, body);
  });

  it("takes the URL as bytes, and only the target where there is a public URL", () => {
    const bytes = Buffer.from(URL);
    assert.equal(makeVerifier().verify({ ...GENUINE, url: bytes }).keyId, "0");
    const verifier = makeVerifier({ publicUrl: "https://example.com" });
    for (const url of ["/answer", "http://10.0.0.1:3000/answer"]) {
      assert.equal(verifier.verify({ ...GENUINE, url }).keyId, "0");
    }
  });

  it("keeps long texts whole, also where a buffer ends within a character", () => {
    const verifier = makeVerifier();
    for (let length = 960; length < 1040; length += 1) {
      for (const filler of ["x", "%C3%BC"]) {
        const url = `https://example.com/${"p".repeat(length)}${filler}?q=${"v".repeat(5000)}`;
        const headers = verifier.sign({ method: "GET", url, deliveryId: NONCE });
        const request = { method: "GET", url, headers, body: Buffer.alloc(0) };
        assert.equal(verifier.verify(request).deliveryId, NONCE);
        thrown("signature_mismatch", () => verifier.verify({ ...request, url: `${url}v` }));
      }
      // Not ASCII, of two, three and four bytes: refused, but never cut.
      const url = `https://example.com/${"p".repeat(length)}ü€𝄞`;
      thrown(undefined, () => verifier.verify({ ...GENUINE, url }));
    }
  });

  it("uses the clock that is given", () => {
    const verifier = new Verifier("standard-webhooks", {
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    });
    const body = Buffer.from('{"test": 2432232314}');
    const now = 1_700_000_000;
    const headers = verifier.sign({ method: "POST", url: URL, body, now, deliveryId: "msg_1" });
    const request = { method: "POST", url: URL, headers, body };
    const event = verifier.verify({ ...request, now: now + 0.9 });
    assert.equal(event.timestamp, now);
    assert.equal(event.deliveryId, "msg_1");
    thrown("timestamp_too_old", () => verifier.verify({ ...request, now: now + 100_000 }));
    thrown("timestamp_in_future", () => verifier.verify({ ...request, now: now - 100_000 }));
    thrown("timestamp_too_old", () => verifier.verify(request));
    const fresh = verifier.sign({ method: "POST", url: URL, body });
    assert.ok(verifier.verify({ ...request, headers: fresh }).timestamp > now);
  });

  it("ignores a peer without an address, and refuses it where addresses are required", () => {
    const verifier = makeVerifier({ allowedIps: ["192.0.2.0/24", "fe80::/10"] });
    for (const peerIp of ["192.0.2.1", "::ffff:192.0.2.1", "fe80::1%eth0"]) {
      assert.equal(verifier.verify({ ...GENUINE, peerIp }).keyId, "0");
    }
    for (const peerIp of [undefined, null, "", "localhost", "192.0.2.1.5", "203.0.113.1"]) {
      thrown("ip_not_allowed", () => verifier.verify({ ...GENUINE, peerIp }));
    }
    assert.equal(makeVerifier().verify({ ...GENUINE, peerIp: "" }).keyId, "0");
  });

  it("takes a custom scheme as an object", () => {
    const error = thrown("configuration", () => new Verifier({ id: "own" }, {}));
    assert.ok(error instanceof ConfigurationError);
  });
});

describe("sign", () => {
  it("gives headers that verify, with a random id by default", () => {
    const verifier = makeVerifier();
    const request = { method: "POST", url: URL, body: BODY };
    const [one, two] = [verifier.sign(request), verifier.sign(request)];
    assert.notDeepEqual(one, two);
    const headers = { ...one, "content-type": "application/x-www-form-urlencoded" };
    assert.equal(verifier.verify({ ...request, headers }).payload, BODY);
  });

  it("signs with the key of that label", () => {
    const verifier = makeVerifier({ authToken: { sub: "another_token", main: TOKEN } });
    const request = { method: "GET", url: URL, body: Buffer.alloc(0) };
    const headers = verifier.sign({ ...request, keyId: "main" });
    assert.equal(verifier.verify({ ...request, headers }).keyId, "main");
    thrown(undefined, () => verifier.sign({ ...request, keyId: "nobody" }));
  });
});

describe("errors", () => {
  it("have one base, a code, a status and a detail", () => {
    const error = thrown("signature_mismatch", () =>
      makeVerifier().verify({ ...GENUINE, url: `${URL}/` }),
    );
    assert.ok(error instanceof VerificationError && error instanceof HooksealError);
    assert.ok(error instanceof Error);
    assert.equal(error.name, "VerificationError");
    assert.equal(error.status, 401);
    assert.equal(error.message, `signature_mismatch: ${error.detail}`);
  });

  it("of the configuration are of their own class", () => {
    const error = thrown("configuration", () => new Verifier("plivo", {}));
    assert.ok(error instanceof ConfigurationError && !(error instanceof VerificationError));
    assert.equal(error.name, "ConfigurationError");
    assert.equal(error.status, 500);
    assert.match(error.detail, /authToken/);
  });
});

describe("the catalogue", () => {
  it("lists schemes with their options", () => {
    const plivo = schemes().find(({ id }) => id === "plivo");
    assert.ok(plivo.docs.startsWith("https://"));
    assert.ok(plivo.options.some(({ name, secret }) => name === "auth_token" && secret));
  });

  it("lists the error codes in order", () => {
    const codes = errorCodes();
    assert.ok(codes.length >= 25);
    assert.deepEqual(codes[0], { code: "missing_header", number: 1, status: 401 });
    assert.deepEqual(
      codes.map(({ number }) => number),
      codes.map((_, index) => index + 1),
    );
  });
});

describe("an event", () => {
  it("has no public constructor", () => {
    thrown("configuration", () => new VerifiedEvent());
    thrown("configuration", () => new VerifiedEvent({ scheme: "plivo" }, Symbol("permit")));
    thrown("configuration", () => Reflect.construct(VerifiedEvent, [{}]));
    const made = makeVerifier().verify(GENUINE).constructor;
    assert.deepEqual(Object.getOwnPropertyNames(made).sort(), ["length", "name", "prototype"]);
  });
});

describe("the payload", () => {
  const verifier = new Verifier("github", { secret: "a-secret-of-the-payloads-01" });
  const event = (body) => {
    const bytes = Buffer.from(body);
    const headers = verifier.sign({ method: "POST", url: "https://a.example/", body: bytes });
    return verifier.verify({ method: "POST", url: "https://a.example/", headers, body: bytes });
  };

  it("is read as text and as JSON", () => {
    const made = event('{"name":"Jürgen 😀","list":[1]}');
    assert.equal(made.text(), '{"name":"Jürgen 😀","list":[1]}');
    assert.deepEqual(made.json(), { name: "Jürgen 😀", list: [1] });
    assert.notEqual(made.json(), made.json());
    assert.deepEqual(event("\ufeff[1]").json(), [1]);
    assert.equal(event("").text(), "");
    for (const bytes of [
      Uint8Array.from(Buffer.from("[2]")),
      Uint8Array.from([0x5b, 0x5d]).buffer,
    ]) {
      const headers = verifier.sign({ method: "POST", url: "https://a.example/", body: bytes });
      const request = { method: "POST", url: "https://a.example/", headers, body: bytes };
      assert.ok(Array.isArray(verifier.verify(request).json()));
    }
  });

  it("shows nothing of itself where it is neither", () => {
    const marker = "what-a-customer-said";
    for (const body of ["", marker, `{"a":${marker}`, `[1] ${marker}`]) {
      assert.throws(
        () => event(body).json(),
        (error) => {
          assert.ok(error instanceof SyntaxError);
          assert.ok(!inspect(error).includes(marker));
          return true;
        },
      );
    }
    for (const read of ["text", "json"]) {
      assert.throws(
        () => event(Buffer.from(`${marker}\xff`, "latin1"))[read](),
        (error) => {
          assert.ok(error instanceof TypeError);
          assert.ok(!inspect(error).includes(marker));
          return true;
        },
      );
    }
  });
});
