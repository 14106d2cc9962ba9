import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { VerificationError } from "hookseal";

import { BODY, GENUINE, HEADERS, makeVerifier, SIGNATURE, thrown, URL } from "./support.mjs";

const verifier = makeVerifier();
const verify = (change) => verifier.verify({ ...GENUINE, ...change });
const signedBy = (signature) => ({ headers: { ...HEADERS, "x-plivo-signature-v3": signature } });
const MIB = 1024 * 1024;

/** No input may take anywhere near this long; a cliff takes minutes. */
const BOUND = { timeout: 20_000 };

describe("a body that is no bytes", () => {
  const bodies = {
    "a string": BODY.toString(),
    "an empty string": "",
    "a parsed form": { From: "+14156667777" },
    "a list": ["a"],
    nothing: undefined,
    null: null,
    "a number": 5,
    "a DataView": new DataView(new ArrayBuffer(2)),
    "a Uint16Array": new Uint16Array(2),
    "something that claims to be bytes": Object.create(Uint8Array.prototype),
    "a proxy of bytes": new Proxy(Uint8Array.from(BODY), {}),
  };
  for (const [name, body] of Object.entries(bodies)) {
    it(`${name} is body_already_parsed, with the cause and the fix`, () => {
      const error = thrown("body_already_parsed", () => verify({ body }));
      assert.ok(error instanceof VerificationError);
      assert.equal(error.status, 500);
      assert.match(error.detail, /bytes that were sent.*raw body.*before any parser/);
      assert.ok(!error.detail.includes("14156667777"));
    });
  }
});

describe("arguments of the wrong type", () => {
  for (const change of [
    { method: undefined },
    { method: 5 },
    { method: ["POST"] },
    { url: undefined },
    { url: {} },
    { url: new globalThis.URL(URL) },
    { peerIp: 5 },
    { now: "1700000000" },
    { now: Number.NaN },
    { now: Number.POSITIVE_INFINITY },
    { now: 2 ** 60 },
    { now: new Date() },
    { now: 5n },
  ]) {
    it(`${Object.keys(change)[0]}: ${String(Object.values(change)[0])}`, () => {
      thrown("configuration", () => verify(change));
    });
  }

  it("no request at all", () => {
    for (const request of [undefined, null, 5, "x", {}]) {
      thrown(undefined, () => verifier.verify(request));
      thrown("configuration", () => verifier.sign(request));
    }
  });
});

describe("odd signatures", BOUND, () => {
  it("every truncation of a genuine one", () => {
    for (let length = 0; length < SIGNATURE.length; length += 1) {
      const { code } = thrown(undefined, () => verify(signedBy(SIGNATURE.slice(0, length))));
      assert.ok(["missing_header", "malformed_header", "signature_mismatch"].includes(code), code);
    }
  });

  it("every single changed character", () => {
    for (let index = 0; index < SIGNATURE.length; index += 1) {
      for (const character of ["A", "/", "-", "=", " ", "\u00e9", "\u{1f600}"]) {
        const changed = SIGNATURE.slice(0, index) + character + SIGNATURE.slice(index + 1);
        if (changed !== SIGNATURE) {
          thrown(undefined, () => verify(signedBy(changed)));
        }
      }
    }
  });

  it("a character is never cut to its low byte", () => {
    for (let index = 0; index < SIGNATURE.length; index += 1) {
      const wide = String.fromCharCode(SIGNATURE.charCodeAt(index) + 0x100);
      const lookalike = SIGNATURE.slice(0, index) + wide + SIGNATURE.slice(index + 1);
      thrown(undefined, () => verify(signedBy(lookalike)));
    }
  });

  it("junk", () => {
    const junk = [
      "",
      " ",
      ",",
      ",,,",
      "=",
      "====",
      "garbage",
      "\0",
      `${SIGNATURE}\0`,
      "\u00e9",
      "\ud800",
      "\ufffd",
    ];
    junk.push(
      "v1,a,b",
      "%00",
      "A".repeat(MIB),
      "=".repeat(MIB),
      "[object Object]",
      "null",
      "undefined",
    );
    for (const signature of junk) {
      thrown(undefined, () => verify(signedBy(signature)));
    }
  });

  it("1,000 of them, separated by commas, with and without the genuine one", () => {
    const others = Array.from({ length: 1000 }, (_, index) =>
      Buffer.alloc(32, index).toString("base64"),
    );
    thrown(undefined, () => verify(signedBy(others.join(","))));
    thrown(undefined, () => verify(signedBy(",".repeat(100_000))));
    assert.equal(verify(signedBy(`${others[0]}, ${SIGNATURE}`)).keyId, "0");
  });

  it("missing, empty and non-ASCII headers", () => {
    for (const name of Object.keys(HEADERS).slice(0, 2)) {
      for (const value of [undefined, null, "", [], "\u00e9", "\ud83d", "\u0100"]) {
        thrown(undefined, () => verify({ headers: { ...HEADERS, [name]: value } }));
      }
    }
    thrown("missing_header", () => verify({ headers: {} }));
    thrown("missing_header", () => verify({ headers: [] }));
  });
});

describe("odd requests", BOUND, () => {
  it("URLs", () => {
    const urls = [
      "",
      "/",
      "//",
      "?",
      "#",
      "example.com",
      "https:",
      "https://",
      "https:///answer",
      "http://?",
      "wss://",
    ];
    urls.push(
      "://x/",
      "https://exa mple.com/",
      "https://example.com/\0",
      "https://example.com/\r\nX: y",
      "\ud800",
    );
    urls.push(
      "https://example.com/%",
      "https://example.com/%zz?%=%&%g1",
      "https://[::1/answer",
      "javascript:alert(1)",
    );
    urls.push(`https://example.com/${"a".repeat(MIB)}`, `https://example.com/?${"&".repeat(MIB)}`);
    for (const url of urls) {
      thrown(undefined, () => verify({ url }));
      thrown(undefined, () => verify({ url: Buffer.from(url) }));
    }
    thrown(undefined, () => verify({ url: Buffer.from([0xff, 0xfe, 0x00]) }));
  });

  it("methods", () => {
    for (const method of ["", " ", "PUT", "DELETE", "GE\0T", "\u00e9", "P".repeat(MIB)]) {
      thrown(undefined, () => verify({ method }));
    }
  });

  it("bodies", () => {
    const bodies = {
      "1 MiB of &": Buffer.alloc(MIB, "&"),
      "1 MiB of =": Buffer.alloc(MIB, "="),
      "1 MiB of %": Buffer.alloc(MIB, "%"),
      "1 MiB of a=&": Buffer.alloc(MIB, "a=&"),
      "invalid escapes": Buffer.from("a=%&b=%z&c=%0&%=%%"),
      "NUL bytes": Buffer.alloc(1024),
      "bytes that are no UTF-8": Buffer.from([0x00, 0xff, 0xfe, 0x80, 0xc3, 0x28]),
      nothing: Buffer.alloc(0),
    };
    for (const [name, body] of Object.entries(bodies)) {
      const { code } = thrown(undefined, () => verify({ body }));
      assert.notEqual(code, "internal", name);
    }
    thrown("body_too_large", () => verify({ body: Buffer.alloc(MIB + 1) }));
  });

  it("any bytes at all verify when they are signed", () => {
    const octets = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const own = makeVerifier();
    for (const body of [octets, Buffer.from([0x00, 0xff, 0xfe, 0x80, 0xc3, 0x28])]) {
      const headers = own.sign({ method: "POST", url: URL, body });
      headers["content-type"] = "application/x-www-form-urlencoded";
      assert.equal(own.verify({ method: "POST", url: URL, headers, body }).payload, body);
    }
  });
});
