/** Every way to mount the middleware: an unsigned request reaches no handler behind it. */
// Pitfalls MW-1, MW-3.

import assert from "node:assert/strict";
import { createServer, IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { after, before, describe, it } from "node:test";

import express5 from "express";
import express4 from "express4";
import { Verifier } from "hookseal";
import { eventOf, tokenEndpoint, webhook } from "hookseal/express";

import { closed, exchange, listening, request } from "./sockets.mjs";
import { TOKEN } from "./support.mjs";

const ORIGIN = "https://api.example.com";
const OPTIONS = { authToken: TOKEN, publicUrl: ORIGIN };
const SECRET = "a secret of the second guard, long";
const HOST = [["host", "internal"]];
const signer = new Verifier("plivo", { authToken: TOKEN });
const signed = (method, target) =>
  Object.entries(signer.sign({ method, url: `${ORIGIN}${target}` }));

for (const [name, express] of Object.entries({ express4, express5 })) {
  describe(name, () => {
    let server;
    let port;
    let app;
    let reached;
    const logger = { warn() {} };
    const guard = () => webhook("plivo", OPTIONS, { logger });
    const handler = (req, res) => {
      reached.push(req.webhook?.scheme);
      res.end("handler");
    };

    before(async () => {
      server = createServer((req, res) => app(req, res));
      port = await listening(server);
    });
    after(() => closed(server));

    async function send(method, target, headers = []) {
      reached = [];
      return exchange(port, request(method, target, [...HOST, ...headers]));
    }

    /** An application of which each request to these targets has to be signed. */
    async function assertGuarded(made, method, targets) {
      app = made;
      for (const target of targets) {
        const unsigned = await send(method, target);
        assert.deepEqual([reached, unsigned.status], [[], 401], target);
        const genuine = await send(method, target, signed(method, target));
        assert.deepEqual([reached, genuine.status], [["plivo"], 200], target);
      }
    }

    const mounts = {
      "a sub-application that has it": () => {
        const sub = express().post("/y", guard(), handler);
        return [express().use("/x", sub), "/x/y", "/X/y/", "/x/y?a=/z"];
      },
      "a sub-application behind it": () => {
        const sub = express().post("/y", handler);
        return [express().use("/x", guard(), sub), "/x/y"];
      },
      "a sub-application that has it for all, twice deep": () => {
        const inner = express().use(guard()).post("/z", handler);
        return [express().use("/x", express().use("/y", inner)), "/x/y/z", "/x/y/z?x=%2f"];
      },
      "router.use": () => {
        const router = express.Router();
        router.use(guard());
        router.post("/y", handler);
        return [express().use("/x", router), "/x/y", "/x/y/"];
      },
      "router.use with a path": () => {
        const router = express.Router();
        router.use("/y", guard());
        router.post("/y", handler);
        router.post("/y/:id", handler);
        return [express().use("/x", router), "/x/y", "/x/y/5", "/x/Y"];
      },
      "router.param": () => {
        const router = express.Router();
        router.param("id", guard());
        router.post("/y/:id", handler);
        return [express().use("/x", router), "/x/y/5"];
      },
      "app.all": () => [express().all("/x", guard(), handler), "/x", "/x/"],
      "app.route().all": () => {
        const made = express();
        made.route("/x").all(guard()).post(handler);
        return [made, "/x"];
      },
      "a list of handlers": () => [express().post("/x", [[guard()], handler]), "/x"],
      "app.use": () => [express().use(guard(), handler), "/x", "/", "//x", "/x/../y"],
      "the next of two routes": () => {
        const made = express();
        made.post("/x", (_req, _res, next) => next("route"), handler);
        made.post("/x", guard(), handler);
        return [made, "/x"];
      },
      "a path that is rewritten in front": () => {
        const made = express();
        made.use((req, _res, next) => {
          req.url = req.url.replace(/^\/public/, "/private");
          next();
        });
        made.post("/private/x", guard(), handler);
        return [made, "/public/x", "/public/x?y=1"];
      },
      "the same guard at several places": () => {
        const same = guard();
        const router = express.Router();
        router.use(same);
        router.param("id", same);
        router.post("/y/:id", same, handler);
        return [express().use(same).use("/x", same, router), "/x/y/5"];
      },
    };
    for (const [how, make] of Object.entries(mounts)) {
      it(`is guarded: ${how}`, async () => {
        const [made, ...targets] = make();
        await assertGuarded(made, "POST", targets);
      });
    }

    it("is guarded: HEAD where GET has a handler", async () => {
      app = express().get("/x", guard(), handler);
      for (const method of ["GET", "HEAD"]) {
        const unsigned = await send(method, "/x");
        assert.ok(unsigned.status >= 400);
        assert.deepEqual(reached, []);
      }
      await assertGuarded(app, "GET", ["/x"]);
    });

    it("answers OPTIONS without a handler, or is asked", async () => {
      app = express().post("/x", guard(), handler);
      const byExpress = await send("OPTIONS", "/x");
      assert.deepEqual([byExpress.status, reached], [200, []]);
      app = express().options("/x", guard(), handler).all("/y", guard(), handler);
      for (const target of ["/x", "/y"]) {
        const refused = await send("OPTIONS", target);
        assert.ok(refused.status >= 400);
        assert.deepEqual(reached, []);
      }
    });

    it("is passed by with what it guards, where an error is handled", async () => {
      app = express();
      app.use("/x", (_req, _res, next) => next(new Error("before the guard")));
      app.post("/x", guard(), handler);
      app.use((_error, req, res, _next) => res.status(500).end(String(req.webhook)));
      const answer = await send("POST", "/x");
      assert.deepEqual([answer.status, answer.body, reached], [500, "undefined", []]);
    });

    it("gives no event to what stands in front of it", async () => {
      app = express().post("/x", handler, guard());
      await send("POST", "/x", signed("POST", "/x"));
      assert.deepEqual(reached, [undefined]);
    });

    it("guards a handler that another route passes on to, by its own scheme", async () => {
      const second = webhook("basic", { username: "u", password: SECRET }, { logger });
      app = express().post("/x", guard(), second, handler);
      const password = ["authorization", `Basic ${Buffer.from(`u:${SECRET}`).toString("base64")}`];
      for (const headers of [[], [password], signed("POST", "/x")]) {
        assert.equal((await send("POST", "/x", headers)).status, 401);
        assert.deepEqual(reached, []);
      }
      const both = await send("POST", "/x", [password, ...signed("POST", "/x")]);
      assert.deepEqual([both.status, reached], [200, ["basic"]]);
    });

    it("says where a handler belongs that was given to it", () => {
      const verifier = new Verifier("plivo", { authToken: TOKEN });
      for (const given of [
        ["plivo", handler],
        ["plivo", OPTIONS, handler],
        [verifier, handler],
      ]) {
        assert.throws(
          () => webhook(...given),
          /with a function in the place.*webhook\(.*, handler/,
        );
      }
    });

    it("refuses each request where it was mounted without being called", async () => {
      app = express();
      app.post("/x", webhook, handler);
      app.use("/y", webhook);
      app.post("/z", tokenEndpoint, handler);
      app.param("id", webhook);
      app.post("/p/:id", handler);
      let seen;
      app.use((error, _req, res, _next) => {
        seen = error;
        res.status(500).end();
      });
      for (const target of ["/x", "/y", "/z", "/p/5"]) {
        seen = undefined;
        const answer = await send("POST", target, signed("POST", target));
        assert.deepEqual([answer.status, reached], [500, []], target);
        assert.equal(seen.name, "ConfigurationError");
        assert.match(seen.message, /app\.post\(path, (webhook|tokenEndpoint)\(/);
      }
    });

    it("does not start with a promise in its place", () => {
      const promised = async () => guard();
      const refused = /requires a|must be a function/;
      assert.throws(() => express().post("/x", promised(), handler), refused);
      assert.throws(() => express().use("/x", promised(), handler), refused);
    });
  });
}

it("needs to be mounted, and says so", () => {
  const req = new IncomingMessage(new Socket());
  assert.throws(() => webhook(req), { name: "ConfigurationError", message: /app\.post\(/ });
  const guard = webhook("plivo", OPTIONS);
  assert.throws(() => guard({}, {}), { name: "ConfigurationError", message: /app\.post\(/ });
});

it("gives an event to those who ask for one, or throws", () => {
  for (const req of [{}, { webhook: undefined }, { webhook: { payload: Buffer.alloc(1) } }]) {
    assert.throws(() => eventOf(req), { name: "ConfigurationError", message: /no delivery/ });
  }
  const event = signer.verify({
    ...{ method: "GET", url: `${ORIGIN}/x`, body: Buffer.alloc(0) },
    headers: signed("GET", "/x"),
  });
  assert.equal(eventOf({ webhook: event }), event);
});
