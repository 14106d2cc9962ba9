/** Bodies that something else has read, decoded or replaced before the middleware. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";

import express5 from "express";
import express4 from "express4";
import { Verifier } from "hookseal";
import { webhook } from "hookseal/express";

import { closed, exchange, head, listening, request } from "./sockets.mjs";

const SECRET = "a-secret-of-the-bodies-0123456789";
const PASSWORD = { username: "u", password: SECRET };
const HOST = [["host", "internal"]];
const signer = new Verifier("github", { secret: SECRET });
const BODY = Buffer.from(JSON.stringify({ name: "Jürgen", list: [1, 2, 3] }));
const everything = { type: () => true };

const signed = (body) =>
  Object.entries(signer.sign({ method: "POST", url: "https://a.example/x", body }));
const basic = [["authorization", `Basic ${Buffer.from(`u:${SECRET}`).toString("base64")}`]];
const keep = (req, _res, bytes) => {
  req.rawBody = bytes;
};

for (const [name, express] of Object.entries({ express4, express5 })) {
  describe(name, () => {
    let server;
    let port;
    let app;
    let payloads;
    /** The last payload as a handler got it. */
    let given;
    let warnings;

    before(async () => {
      server = createServer((req, res) => app(req, res));
      port = await listening(server);
    });
    after(() => closed(server));

    /** What a handler gets behind `earlier` and a guard; `null` where it is refused. */
    async function deliver(earlier, guarded, ...parts) {
      [payloads, warnings] = [[], []];
      const [scheme, options] = guarded;
      const logger = { warn: (message) => warnings.push(message) };
      app = express();
      app.use(...[earlier].flat(), webhook(scheme, options, { logger }), (req, res) => {
        given = req.webhook.payload;
        payloads.push(Buffer.from(given));
        res.end();
      });
      const answer = await exchange(port, ...parts);
      return { status: answer.status, payload: payloads[0] ?? null };
    }

    const GITHUB = ["github", { secret: SECRET }];
    const BASIC = ["basic", PASSWORD];

    const sized = (body, more = [], method = "POST") => [
      request(method, "/x", [...HOST, ["content-type", "application/json"], ...more], body),
    ];
    const chunked = (body, more = []) => [
      head("POST", "/x", [
        ...HOST,
        ["content-type", "application/json"],
        ["transfer-encoding", "chunked"],
        ...more,
      ]),
      `${body.length.toString(16)}\r\n`,
      body,
      "\r\n0\r\n\r\n",
    ];

    async function assertVerified(...delivery) {
      const { status, payload } = await deliver(...delivery);
      assert.equal(status, 200, warnings.join());
      return payload;
    }

    async function assertParsed(advice, ...delivery) {
      const { status, payload } = await deliver(...delivery);
      assert.deepEqual([status, payload], [500, null], warnings.join());
      assert.match(warnings.join(), /body_already_parsed/);
      assert.match(warnings.join(), advice);
    }

    const advice = /express\.json\(\).*before the parser.*express\.raw.*rawBody/;
    const parsers = {
      json: express.json(),
      "a text that is no bytes": express.text(everything),
      "a stream that was drained": (req, _res, next) => req.resume().on("end", next),
      "a stream that somebody reads from": (req, _res, next) => req.once("data", () => next()),
      "bytes that somebody made of what was parsed": [
        express.json(),
        (req, _res, next) => {
          req.body = Buffer.from(JSON.stringify(req.body, null, 1));
          next();
        },
      ],
      "a text in the place of the raw body": [
        express.json({ verify: keep }),
        (req, _res, next) => {
          req.rawBody = String(req.rawBody);
          next();
        },
      ],
    };
    for (const [how, parser] of Object.entries(parsers)) {
      it(`a consumed body is not another body: ${how}`, async () => {
        await assertParsed(advice, parser, GITHUB, ...sized(BODY, signed(BODY)));
        // Nothing of the body is signed here, so that a shorter one would pass.
        await assertParsed(advice, parser, BASIC, ...sized(BODY, basic));
      });
      if (!how.startsWith("bytes")) {
        it(`in chunks neither: ${how}`, async () => {
          await assertParsed(advice, parser, GITHUB, ...chunked(BODY, signed(BODY)));
          await assertParsed(advice, parser, BASIC, ...chunked(BODY, basic));
        });
      }
    }

    const kept = {
      raw: express.raw(everything),
      "kept by json": express.json({ verify: keep }),
      "kept by urlencoded": express.urlencoded({ ...everything, extended: false, verify: keep }),
    };
    for (const [how, parser] of Object.entries(kept)) {
      it(`the bytes that were sent are the body: ${how}`, async () => {
        for (const parts of [sized(BODY, signed(BODY)), chunked(BODY, signed(BODY))]) {
          assert.ok((await assertVerified(parser, GITHUB, ...parts)).equals(BODY));
        }
      });

      for (const [encoding, compress] of [
        ["gzip", gzipSync],
        ["deflate", deflateSync],
      ]) {
        it(`what they were decompressed to is not: ${how}, ${encoding}`, async () => {
          const long = Buffer.concat([BODY, Buffer.alloc(4000, " ")]);
          for (const body of [BODY, long]) {
            const packed = compress(body);
            const more = [["content-encoding", encoding]];
            for (const parts of [
              sized(packed, [...more, ...signed(packed)]),
              chunked(packed, [...more, ...signed(packed)]),
            ]) {
              await assertParsed(/decompressed before/, parser, GITHUB, ...parts);
            }
            for (const parts of [
              sized(packed, [...more, ...basic]),
              chunked(packed, [...more, ...basic]),
            ]) {
              await assertParsed(/decompressed before/, parser, BASIC, ...parts);
            }
          }
        });
      }
    }

    it("a compressed body verifies as it was sent, and can be kept as such", async () => {
      const packed = gzipSync(BODY);
      const more = [["content-encoding", "gzip"], ...signed(packed)];
      const pass = (_req, _res, next) => next();
      const keeping = (req, _res, next) => {
        const chunks = [];
        req.on("data", (chunk) => chunks.push(chunk));
        req.on("end", () => {
          req.rawBody = Buffer.concat(chunks);
          next();
        });
      };
      for (const earlier of [pass, keeping]) {
        for (const parts of [sized(packed, more), chunked(packed, more)]) {
          assert.ok((await assertVerified(earlier, GITHUB, ...parts)).equals(packed));
        }
      }
    });

    it("a request without a body has an empty one, whatever parsers left", async () => {
      const nothing = Buffer.alloc(0);
      const left = (req, _res, next) => {
        req.body = {};
        next();
      };
      const drained = (req, _res, next) => req.resume().on("end", next);
      for (const earlier of [express.json(), express.text(everything), left, drained]) {
        for (const [guarded, proof] of [
          [GITHUB, signed(nothing)],
          [BASIC, basic],
        ]) {
          for (const more of [proof, [...proof, ["content-length", 0]]]) {
            for (const method of ["POST", "GET"]) {
              if (guarded === GITHUB && method === "GET") {
                continue;
              }
              const delivery = sized(nothing, more, method);
              const payload = await assertVerified(earlier, guarded, ...delivery);
              assert.equal(payload.length, 0);
            }
          }
        }
      }
    });

    it("is not what somebody put in its place before it was read", async () => {
      const before = (req, _res, next) => {
        req.body = Buffer.from("{}");
        next();
      };
      const payload = await assertVerified(before, GITHUB, ...sized(BODY, signed(BODY)));
      assert.ok(payload.equals(BODY));
    });

    it("is handed on in memory of its own", async () => {
      const pass = (_req, _res, next) => next();
      for (const parts of [sized(BODY, signed(BODY)), chunked(BODY, signed(BODY))]) {
        await assertVerified(pass, GITHUB, ...parts);
        assert.equal(given.buffer.byteLength, BODY.length);
      }
    });

    it("is read where somebody paused it", async () => {
      const paused = (req, _res, next) => {
        req.pause();
        next();
      };
      const payload = await assertVerified(paused, GITHUB, ...sized(BODY, signed(BODY)));
      assert.ok(payload.equals(BODY));
    });

    it("is not read where the head alone is refused", async () => {
      let read = 0;
      const watching = (req, _res, next) => {
        const { on } = req;
        req.on = (event, listener) => {
          read += event === "data" ? 1 : 0;
          return on.call(req, event, listener);
        };
        next();
      };
      const { status } = await deliver(watching, GITHUB, ...sized(BODY));
      assert.deepEqual([status, read], [401, 0]);
      await assertVerified(watching, GITHUB, ...sized(BODY, signed(BODY)));
      assert.equal(read, 1);
    });

    it("is answered at once where the head alone is refused", async () => {
      // The rest of the body never comes.
      const { status } = await deliver(
        (_req, _res, next) => next(),
        GITHUB,
        head("POST", "/x", [...HOST, ["content-length", 1 << 20]]),
        "{",
      );
      assert.equal(status, 401);
    });
  });
}
