/** The middleware in real Express 4 and 5, over real HTTP. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";

import express5 from "express";
import express4 from "express4";
import { ConfigurationError, HooksealError, VerifiedEvent, Verifier } from "hookseal";
import { webhook } from "hookseal/express";

import { closed, exchange, listening, request } from "./sockets.mjs";
import { makeVerifier, TOKEN, thrown } from "./support.mjs";

const ORIGIN = "https://api.example.com";
const FORM = "application/x-www-form-urlencoded";
const LIMIT = 64 * 1024;
const signer = makeVerifier();
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const timeSigner = new Verifier("standard-webhooks", { secret: SECRET });
const REJECTION = '{"error":"webhook_rejected"}';

/** What an ordinary server does with a promise that nobody handles. */
const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

for (const [name, express] of Object.entries({ express4, express5 })) {
  describe(name, () => {
    let server;
    let port;
    let reached;
    let warnings;
    const logger = { warn: (message) => warnings.push(message) };
    const options = { authToken: TOKEN, publicUrl: ORIGIN, maxBodyBytes: LIMIT };
    const protect = (settings = {}) => webhook("plivo", options, { logger, ...settings });

    const handler = (req, res) => {
      reached.push(req.webhook);
      res.set("x-handler", "reached").json({
        id: req.webhook.deliveryId,
        body: req.body.toString("base64"),
      });
    };

    before(async () => {
      const app = express();
      app.use("/mounted/deeper", protect(), handler);
      app.post("/own-url", webhook("plivo", { authToken: TOKEN }, { logger }), handler);
      app.post(
        "/clock",
        webhook("standard-webhooks", { secret: SECRET }, { logger, now: () => 1_700_000_000 }),
        handler,
      );
      app.post("/bad-clock", protect({ now: () => Number.NaN }), handler);
      app.post(
        "/hook/headers",
        protect({ onRejected: (error, _req, res) => res.setHeader("x-code", error.code) }),
        handler,
      );
      app.post(
        "/hook/replaces",
        protect({ onRejected: (_error, _req, res) => res.status(204).end() }),
        handler,
      );
      app.post(
        "/hook/throws",
        protect({
          onRejected: (_error, _req, res) => {
            res.statusCode = 200;
            throw new Error("from the hook");
          },
        }),
        handler,
      );
      app.post(
        "/hook/async",
        protect({
          onRejected: async (error, _req, res) => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            res.setHeader("x-code", error.code);
          },
        }),
        handler,
      );
      app.post(
        "/hook/rejects",
        protect({ onRejected: () => Promise.reject(new Error("x")) }),
        handler,
      );
      app.use("/named", protect({ name: "calls of the shop" }), handler);
      const broken = () => {
        throw new Error("from the logger");
      };
      app.post("/hook/logger", protect({ logger: { warn: broken } }), handler);
      app.post(
        "/parsed/json",
        express.json({ type: () => true, strict: false }),
        protect(),
        handler,
      );
      app.post("/parsed/form", express.urlencoded({ extended: true }), protect(), handler);
      app.post("/parsed/text", express.text({ type: () => true }), protect(), handler);
      app.post("/parsed/raw", express.raw({ type: () => true }), protect(), handler);
      const keep = (req, _res, bytes) => {
        req.rawBody = Buffer.from(bytes);
      };
      app.post(
        "/parsed/kept",
        express.urlencoded({ extended: false, verify: keep }),
        protect(),
        handler,
      );
      app.post(
        "/parsed/decoded",
        (req, _res, next) => {
          req.setEncoding("utf8");
          next();
        },
        protect(),
        handler,
      );
      app.post("/later-parser", protect(), express.urlencoded({ extended: false }), handler);
      const slow = (_req, _res, next) => setTimeout(next, 20);
      app.post("/slow", slow, protect(), handler);
      app.post("/throws", protect(), () => {
        throw new Error("from the handler");
      });
      app.post("/json", express.json(), (req, res) => res.json({ parsed: req.body }));
      app.use(protect(), handler);
      // Express finds an error handler by its four parameters.
      app.use((_error, _req, res, _next) => res.status(500).send("error handler"));
      server = createServer(app);
      port = await listening(server);
    });

    after(() => closed(server));

    /** One request, byte for byte as given; the answer as status, headers and body. */
    async function send(method, target, headers = {}, body = Buffer.alloc(0)) {
      reached = [];
      warnings = [];
      const given = Array.isArray(headers) ? headers : Object.entries(headers);
      const sent = [["host", "internal:8080"], ...given];
      return exchange(port, request(method, target, sent, body));
    }

    /** The headers of a genuine request. */
    function signed(method, target, body = Buffer.alloc(0), origin = ORIGIN) {
      const headers = signer.sign({ method, url: origin + target, body });
      return body.length > 0 ? { ...headers, "content-type": FORM } : headers;
    }

    /** The same as they travel. */
    const lines = (headers) =>
      Object.entries(headers)
        .map((pair) => `${pair.join(": ")}\r\n`)
        .join("");

    function assertVerified(answer, body = Buffer.alloc(0)) {
      assert.equal(answer.status, 200, warnings.join());
      assert.equal(reached.length, 1);
      assert.ok(reached[0] instanceof VerifiedEvent);
      assert.equal(JSON.parse(answer.body).body, body.toString("base64"));
      assert.deepEqual(warnings, []);
    }

    function assertRejected(answer, status, code) {
      assert.deepEqual(reached, [], "the handler must not be reached");
      assert.equal(answer.status, status, warnings.join());
      assert.equal(answer.body, REJECTION);
      assert.equal(answer.headers.get("content-type"), "application/json");
      assert.equal(answer.headers.get("x-handler"), null);
      assert.match(warnings.join(), new RegExp(`rejected a delivery: ${code}: `));
    }

    const body = Buffer.from(
      "From=%2B14156667777&Text=J%C3%BCrgen+%F0%9F%98%80&Empty=&Twice=1&Twice=2",
    );

    it("verifies GET and POST, and hands the bytes on", async () => {
      assertVerified(await send("GET", "/a?x=1", signed("GET", "/a?x=1")));
      assertVerified(await send("POST", "/a?x=1", signed("POST", "/a?x=1", body), body), body);
      assertVerified(await send("POST", "/a", signed("POST", "/a")));
    });

    const targets = [
      "/",
      "//",
      "//a//b/",
      "/a%2Fb",
      "/a%2fb",
      "/a;x=1?y;z",
      "/a+b?c+d",
      "/%00?%00",
      "/?",
      "/a?",
    ];
    targets.push(
      "/%e9/%E9",
      "/?a&b=",
      "/?a=1&&b=2&",
      "/a/../b/./c",
      "/?a=%zz&b=%",
      "/?q=a%26b%3Dc",
      "/'!*()~$,:@",
    );
    targets.push(
      "/?u=https://x.example/?y=1",
      "/%ff%fe",
      "/a?b?c=d?e",
      `/${"p".repeat(4000)}?${"q=1&".repeat(800)}`,
    );
    for (const target of targets) {
      it(`takes the target as it was sent: ${target.slice(0, 40)}`, async () => {
        assertVerified(await send("GET", target, signed("GET", target)));
        assertVerified(await send("POST", target, signed("POST", target, body), body), body);
        const elsewhere = `${target}${target.includes("?") ? "&" : "?"}more=1`;
        assertRejected(
          await send("GET", elsewhere, signed("GET", target)),
          401,
          "signature_mismatch",
        );
      });
    }

    it("takes a whole URL as the target, of the same host and scheme", async () => {
      const genuine = signed("GET", "/a?x=1");
      assertVerified(await send("GET", "http://internal:8080/a?x=1", genuine));
      for (const other of ["http://any.example", "https://internal:8080"]) {
        assertRejected(await send("GET", `${other}/a?x=1`, genuine), 400, "malformed_url");
      }
    });

    it("takes the whole path where it is mounted deeper", async () => {
      const target = "/mounted/deeper/and//more?x=1";
      assertVerified(await send("POST", target, signed("POST", target, body), body), body);
    });

    it("without a public URL takes the connection and the Host", async () => {
      const headers = signed("POST", "/own-url", body, "http://internal:8080");
      assertVerified(await send("POST", "/own-url", headers, body), body);
      const other = signed("POST", "/own-url", body, "https://internal:8080");
      const forwarded = { ...other, "x-forwarded-proto": "https" };
      assertRejected(await send("POST", "/own-url", forwarded, body), 401, "signature_mismatch");
    });

    it("rejects a forged, a changed and an unsigned request", async () => {
      const headers = signed("POST", "/a", body);
      const changed = Buffer.from(body.toString().replace("777&", "778&"));
      assertRejected(await send("POST", "/a", headers, changed), 401, "signature_mismatch");
      assertRejected(await send("POST", "/a", {}, body), 401, "missing_header");
      assertRejected(await send("GET", "/a"), 401, "missing_header");
      assertRejected(await send("PUT", "/a", headers, body), 405, "method_not_allowed");
      const garbage = { ...headers, "x-plivo-signature-v3": "garbage" };
      assertRejected(await send("POST", "/a", garbage, body), 401, "malformed_header");
      const binary = { ...headers, "x-plivo-signature-v3": "\u00e9\u00ff" };
      assert.equal((await send("POST", "/a", binary, body)).status, 401);
      assert.deepEqual(reached, []);
    });

    it("answers all failures of authenticity alike", async () => {
      const answers = [
        await send("POST", "/a", {}, body),
        await send("POST", "/a", { ...signed("POST", "/b", body) }, body),
        await send(
          "POST",
          "/a",
          { ...signed("POST", "/a", body), "x-plivo-signature-v3": "x" },
          body,
        ),
      ];
      const seen = answers.map(({ status, headers, body: text }) => {
        headers.delete("date");
        return JSON.stringify([status, [...headers], text]);
      });
      assert.equal(new Set(seen).size, 1);
    });

    it("refuses a header that is there twice with different values", async () => {
      const [signature, nonce] = Object.entries(signed("GET", "/a"));
      const twice = [signature, nonce, ["X-Plivo-Signature-V3", `${"A".repeat(43)}=`]];
      assertRejected(await send("GET", "/a", twice), 401, "ambiguous_header");
      assertVerified(await send("GET", "/a", [signature, signature, nonce]));
      const otherNonce = [signature, nonce, [nonce[0], "999"]];
      assertRejected(await send("GET", "/a", otherNonce), 401, "ambiguous_header");
    });

    it("takes any bytes as a body, in any pieces", async () => {
      const octets = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      assertVerified(await send("POST", "/a", signed("POST", "/a", octets), octets), octets);
      const head = `POST /a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines(
        signed("POST", "/a", body),
      )}`;
      reached = [];
      warnings = [];
      const chunks = [...body].map((byte) => Buffer.from([0x31, 13, 10, byte, 13, 10]));
      const parts = [Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n`), ...chunks];
      assertVerified(await exchange(port, ...parts, "0\r\n\r\n"), body);
    });

    it("stops at the limit, with or without a Content-Length", async () => {
      const full = Buffer.concat([Buffer.from("a="), Buffer.alloc(LIMIT - 2, "x")]);
      assertVerified(await send("POST", "/a", signed("POST", "/a", full), full), full);
      const over = Buffer.concat([full, Buffer.from("x")]);
      assertRejected(
        await send("POST", "/a", signed("POST", "/a", over), over),
        413,
        "body_too_large",
      );
      reached = [];
      warnings = [];
      const head = `POST /a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines(
        signed("POST", "/a", over),
      )}transfer-encoding: chunked\r\n\r\n`;
      const chunk = Buffer.from(
        `${(LIMIT * 4).toString(16)}\r\n${"x".repeat(LIMIT * 4)}\r\n0\r\n\r\n`,
      );
      assertRejected(await exchange(port, head, chunk), 413, "body_too_large");
    });

    it("a peer that leaves in the middle reaches nothing and harms nothing", async () => {
      reached = [];
      warnings = [];
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      const head = `POST /a HTTP/1.1\r\nhost: x\r\n${lines(signed("POST", "/a", body))}`;
      socket.write(`${head}content-length: 100\r\n\r\nFrom=1`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.deepEqual([reached, warnings], [[], []]);
      assertVerified(await send("GET", "/a", signed("GET", "/a")));
    });

    for (const parser of ["json", "form", "text", "decoded"]) {
      it(`says what to do where a parser was first: ${parser}`, async () => {
        const target = `/parsed/${parser}`;
        const sent = parser === "json" ? Buffer.from("5") : body;
        const answer = await send("POST", target, signed("POST", target, sent), sent);
        assertRejected(answer, 500, "body_already_parsed");
        assert.match(
          warnings.join(),
          /express\.json\(\).*before the parser.*express\.raw.*rawBody/,
        );
      });
    }

    for (const parser of ["raw", "kept"]) {
      it(`takes the bytes that were kept: ${parser}`, async () => {
        const target = `/parsed/${parser}`;
        const answer = await send("POST", target, signed("POST", target, body), body);
        assert.equal(answer.status, 200, warnings.join());
        assert.equal(reached.length, 1);
        assert.deepEqual(Buffer.from(reached[0].payload), body);
      });
    }

    it("lets a parser that follows pass by, and leaves other routes theirs", async () => {
      const target = "/later-parser";
      assertVerified(await send("POST", target, signed("POST", target, body), body), body);
      const json = Buffer.from('{"a":1}');
      const answer = await send("POST", "/json", { "content-type": "application/json" }, json);
      assert.equal(answer.body, '{"parsed":{"a":1}}');
    });

    it("works behind middleware that takes its time", async () => {
      assertVerified(await send("POST", "/slow", signed("POST", "/slow", body), body), body);
    });

    it("uses the clock that is given, and fails closed when it is broken", async () => {
      const sent = Buffer.from("{}");
      const message = { method: "POST", url: "http://internal:8080/clock", body: sent };
      const headers = timeSigner.sign({ ...message, now: 1_700_000_000 });
      assertVerified(await send("POST", "/clock", headers, sent), sent);
      const answer = await send("POST", "/bad-clock", signed("POST", "/bad-clock", body), body);
      assertRejected(answer, 500, "configuration");
    });

    it("lets the rejection hook add headers, also asynchronously", async () => {
      for (const target of ["/hook/headers", "/hook/async"]) {
        const answer = await send("POST", target, {}, body);
        assertRejected(answer, 401, "missing_header");
        assert.equal(answer.headers.get("x-code"), "missing_header");
      }
    });

    it("lets the rejection hook replace the answer, but not let a request through", async () => {
      const answer = await send("POST", "/hook/replaces", {}, body);
      assert.deepEqual([answer.status, answer.body, reached], [204, "", []]);
    });

    it("rejects all the same when the hook or the logger fails", async () => {
      for (const target of ["/hook/throws", "/hook/rejects"]) {
        assertRejected(await send("POST", target, {}, body), 401, "missing_header");
        assert.match(warnings.join(), /the rejection hook/);
      }
      const answer = await send("POST", "/hook/logger", {}, body);
      assert.deepEqual([answer.status, answer.body, reached], [401, REJECTION, []]);
    });

    it("says in the log which webhook refused what, on one line", async () => {
      const log = async (target) => {
        await send("POST", target, {}, body);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0], /^[ -~\u2026]+$/);
        return warnings[0];
      };
      const end = "rejected a delivery: missing_header: ";
      for (const [target, path] of [
        ["/a?token=secret", "/a"],
        ["/named/x?y=1#z", "/named/x"],
        ["http://user:word@internal:8080/a/b?token=secret", "/a/b"],
        ['/a"b', "/a\\u0022b"],
      ]) {
        const line = await log(target);
        const name = target.startsWith("/named") ? "calls of the shop" : "plivo";
        const start = `hookseal: webhook "${name}" (scheme "plivo", path "${path}") rejected`;
        assert.ok(line.startsWith(start), line);
        assert.ok(!/token|secret|user|word|z/.test(line.slice(0, line.indexOf("rejected"))), line);
      }
      assert.ok((await log("/a")).includes(end));
      const long = await log(`/${"p".repeat(4000)}`);
      assert.ok(long.includes(`/${"p".repeat(199)}\u2026"`), long);
      assert.ok(long.length < 500);
    });

    it("leaves what the handler throws to Express", async () => {
      const answer = await send("POST", "/throws", signed("POST", "/throws", body), body);
      assert.deepEqual([answer.status, answer.body], [500, "error handler"]);
    });

    it("leaves no promise behind", () => assert.deepEqual(unhandled, []));
  });
}

describe("at start-up", () => {
  it("options and settings are checked", () => {
    for (const make of [
      () => webhook("plivo", {}),
      () => webhook("plivo"),
      () => webhook("plivo", { authToken: "" }),
      () => webhook("plivo", { authToken: TOKEN, onRejected() {} }),
      () => webhook("plivo", { authToken: TOKEN }, { onReject() {} }),
      () => webhook("plivo", { authToken: TOKEN }, { onRejected: "log" }),
      () => webhook("plivo", { authToken: TOKEN }, { now: 5 }),
      () => webhook("plivo", { authToken: TOKEN }, { name: 5 }),
      () => webhook("plivo", { authToken: TOKEN }, { name: "" }),
      () => webhook("plivo", { authToken: TOKEN }, { logger: {} }),
      () => webhook("plivo", { authToken: TOKEN }, null),
      () => webhook(signer, { authToken: TOKEN }),
      () => webhook(),
    ]) {
      const error = thrown("configuration", make);
      assert.ok(error instanceof ConfigurationError && error instanceof HooksealError);
    }
  });

  it("a verifier that is there already can be used", () => {
    assert.equal(typeof webhook(signer), "function");
    assert.equal(typeof webhook(signer, { now: () => 5 }), "function");
  });
});
