import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { GENUINE, HEADERS, makeVerifier, NONCE, SIGNATURE, thrown } from "./support.mjs";

const verifier = makeVerifier();
const verify = (headers) => verifier.verify({ ...GENUINE, headers });
const [NAME, NONCE_NAME, TYPE_NAME] = Object.keys(HEADERS);
const TYPE = HEADERS[TYPE_NAME];
const pairs = Object.entries(HEADERS);

describe("headers in every form", () => {
  const forms = {
    "an object": HEADERS,
    "an object without a prototype": Object.assign(Object.create(null), HEADERS),
    "an object with arrays": Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
    "names in upper case": Object.fromEntries(
      pairs.map(([name, value]) => [name.toUpperCase(), value]),
    ),
    "names as a provider writes them": {
      "X-Plivo-Signature-V3": SIGNATURE,
      "X-Plivo-Signature-V3-Nonce": NONCE,
      "Content-Type": TYPE,
    },
    "a Headers": new Headers(pairs),
    "a Map": new Map(pairs),
    "a Map with upper case": new Map(pairs.map(([name, value]) => [name.toUpperCase(), value])),
    "a list of pairs": pairs,
    "an iterator": pairs.values(),
    "a class of getters": Object.defineProperties(
      {},
      Object.fromEntries(
        pairs.map(([name, value]) => [name, { get: () => value, enumerable: true }]),
      ),
    ),
    "other headers around them": Object.fromEntries([
      ...Array.from({ length: 10_000 }, (_, index) => [`x-filler-${index}`, String(index)]),
      ...pairs,
    ]),
    "the same value twice": [...pairs, [NAME.toUpperCase(), SIGNATURE]],
    "undefined beside them": { ...HEADERS, "X-Plivo-Signature-Ma-V3": undefined },
  };
  const expected = verify(HEADERS);
  for (const [name, headers] of Object.entries(forms)) {
    it(name, () => assert.deepEqual(verify(headers), expected));
  }
});

describe("headers that repeat", () => {
  const forms = {
    "as an array": { ...HEADERS, [NAME]: [SIGNATURE, "b3RoZXI="] },
    "as two cases of a name": { ...HEADERS, [NAME.toUpperCase()]: "b3RoZXI=" },
    "as pairs": [...pairs, [NAME, "b3RoZXI="]],
    "three times": [...pairs, [NAME, SIGNATURE], [NAME, "b3RoZXI="]],
    "as another nonce": [...pairs, [NONCE_NAME, "54321"]],
  };
  for (const [name, headers] of Object.entries(forms)) {
    it(`and differ are ambiguous, ${name}`, () =>
      thrown("ambiguous_header", () => verify(headers)));
  }
});

describe("headers that are not the request's own", () => {
  it("are not taken from a prototype", () => {
    thrown("missing_header", () => verify(Object.create(HEADERS)));
    class Polluted {}
    Object.assign(Polluted.prototype, HEADERS);
    thrown("missing_header", () => verify(new Polluted()));
  });

  it("are not taken from a polluted Object.prototype", () => {
    Object.assign(Object.prototype, HEADERS);
    try {
      thrown("missing_header", () => verify({}));
    } finally {
      for (const name of Object.keys(HEADERS)) {
        delete Object.prototype[name];
      }
    }
  });

  it("are not taken from __proto__, in a literal or from JSON", () => {
    thrown("missing_header", () => verify({ ["__proto__"]: HEADERS }));
    thrown("missing_header", () => verify({ __proto__: HEADERS }));
    thrown("missing_header", () => verify(JSON.parse(`{"__proto__":${JSON.stringify(HEADERS)}}`)));
  });

  it("named like members of objects do no harm", () => {
    const odd = { constructor: "x", toString: "y", length: "3", hasOwnProperty: "z", 0: "a" };
    assert.equal(verify({ ...HEADERS, ...odd }).deliveryId, NONCE);
  });
});

describe("headers of the wrong type", () => {
  for (const headers of [
    undefined,
    null,
    "x: y",
    5,
    true,
    [["x"], 5],
    ["x", "y"],
    [[5, "x"]],
    [null],
  ]) {
    it(`${JSON.stringify(headers)} is a mistake of the program`, () => {
      thrown("configuration", () => verify(headers));
    });
  }

  for (const value of [5, true, {}, Buffer.from(SIGNATURE), Symbol("x"), [5]]) {
    it(`a value like ${String(value)} is malformed`, () => {
      thrown("malformed_header", () => verify({ ...HEADERS, [NAME]: value }));
    });
  }

  it("a getter, a trap or an iterator that throws is a mistake of the program", () => {
    const explode = () => {
      throw new RangeError("from the caller");
    };
    const getter = Object.defineProperty({}, NAME, { get: explode, enumerable: true });
    const trap = new Proxy({}, { ownKeys: explode });
    const iterator = { [Symbol.iterator]: explode };
    for (const headers of [getter, trap, iterator]) {
      const error = thrown("configuration", () => verify(headers));
      assert.ok(error.cause instanceof RangeError);
    }
  });
});
