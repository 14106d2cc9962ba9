/**
 * Requests whose parts reach into each other or contradict the connection, over
 * raw sockets: a signature verifies for the URL that is served, or not at all.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import * as http2 from "node:http2";
import { request as httpsRequest, createServer as secureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import express5 from "express";
import express4 from "express4";
import { Verifier } from "hookseal";
import { webhook } from "hookseal/express";

import { closed, exchange, listening, request } from "./sockets.mjs";
import { TOKEN } from "./support.mjs";

const HOST = "hooks.example:8080";
const SCHEMES = ["plivo", "plivo-v2", "twilio"];
const QUIET = { warn() {} };
const signers = new Map(SCHEMES.map((id) => [id, new Verifier(id, { authToken: TOKEN })]));

const signed = (scheme, url, method = "GET") =>
  Object.entries(signers.get(scheme).sign({ method, url }));

/** What Node's own parser takes, strict and lenient. */
const PARSERS = { strict: {}, lenient: { insecureHTTPParser: true } };

for (const [name, express] of Object.entries({ express4, express5 })) {
  for (const [parser, options] of Object.entries(PARSERS)) {
    for (const publicUrl of [undefined, "https://public.example/hooks"]) {
      describe(`${name}, ${parser}, ${publicUrl ?? "no public URL"}`, () => {
        const origin = publicUrl ?? `http://${HOST}`;
        let server;
        let port;
        let served;

        before(async () => {
          const app = express();
          for (const scheme of SCHEMES) {
            const guard = webhook(
              scheme,
              { authToken: TOKEN, ...(publicUrl && { publicUrl }) },
              {
                logger: QUIET,
                onRejected: (error, _req, res) => res.setHeader("x-code", error.code),
              },
            );
            app.use(`/${scheme}`, guard, (req, res) => {
              served.push(req.originalUrl);
              res.end("served");
            });
          }
          server = createServer(options, app);
          port = await listening(server);
        });
        after(() => closed(server));

        /** The answer to a GET with a genuine signature for `path`. */
        async function send(scheme, path, target, hosts, more = []) {
          served = [];
          const sent = [...hosts.map((host) => ["host", host]), ...more];
          const genuine = signed(scheme, `${origin}/${scheme}${path}`);
          return exchange(port, request("GET", target, [...sent, ...genuine]));
        }

        async function assertRefused(code, ...sent) {
          const answer = await send(...sent);
          assert.deepEqual(served, [], JSON.stringify(sent));
          const status = answer?.status ?? 400;
          assert.ok(status >= 400 && status < 500, JSON.stringify([status, sent]));
          // Without a code it is Node that refuses.
          const given = answer?.headers.get("x-code") ?? null;
          assert.ok(given === null || code.test(given), JSON.stringify([given, sent]));
        }

        async function assertServed(target, ...sent) {
          const answer = await send(...sent);
          assert.equal(answer.status, 200, JSON.stringify([answer, sent]));
          assert.deepEqual(served, [target]);
        }

        for (const scheme of SCHEMES) {
          it(`${scheme}: no Host moves a signature to another path`, async () => {
            const ends = [
              "/calls/1#",
              "/calls/1?",
              "?",
              "#",
              "/",
              "\\calls\\1#",
              "%2fcalls%2f1%23",
            ];
            const signs = [";x", ",x", '"', "<", "é", "\xe9", "\x7f", "@", "u@h", "u:p@h", "..//"];
            const blanks = [" /calls/1", "a b", "\t/calls/1"];
            const hosts = ["x/calls/1#", "x/hook?", "a b", "u@h", `${origin}/${scheme}/calls/1#`];
            for (const end of [...ends, ...signs, ...blanks]) {
              hosts.push(`${HOST}${end}`, `${HOST}/${scheme}${end}`, `${end}${HOST}`);
            }
            for (const port of [":80/", ":8080#", ":x", ":", "::"]) {
              hosts.push(`hooks.example${port}x`);
            }
            for (const host of hosts) {
              const moved = `/${scheme}/answer?admin=1`;
              await assertRefused(/malformed_url/, scheme, "/calls/1", moved, [host]);
              await assertRefused(/malformed_url/, scheme, "/calls/1", `/${scheme}/calls/1`, [
                host,
              ]);
            }
          });

          it(`${scheme}: two Hosts are no host`, async () => {
            const path = `/${scheme}/calls/1`;
            for (const hosts of [
              [HOST, "other.example"],
              ["other.example", HOST],
              [HOST, HOST, "x/calls/1#"],
            ]) {
              await assertRefused(/malformed_url/, scheme, "/calls/1", path, hosts);
            }
            await assertServed(path, scheme, "/calls/1", path, [HOST, HOST]);
          });

          it(`${scheme}: a fragment does not travel`, async () => {
            for (const target of [
              "/calls/1#",
              "/calls/1#/../2",
              "/calls/1#?admin=1",
              "/answer#/../calls/1",
              "/answer?user=7#&admin=true",
              "#/calls/1",
            ]) {
              const moved = `/${scheme}${target}`;
              await assertRefused(/malformed_url/, scheme, "/calls/1", moved, [HOST]);
              const before = target.split("#", 1)[0];
              await assertRefused(/malformed_url/, scheme, before, moved, [HOST]);
            }
          });

          it(`${scheme}: an absolute form says nothing that the connection does not`, async () => {
            const path = `/${scheme}/calls/1`;
            await assertServed(
              `http://${HOST}${path}`,
              scheme,
              "/calls/1",
              `http://${HOST}${path}`,
              [HOST],
            );
            for (const [from, hosts] of [
              [`https://${HOST}`, [HOST]],
              ["http://other.example", [HOST]],
              [`http://${HOST}`, ["other.example"]],
              ["http://public.example", [HOST]],
              ["https://public.example", [HOST]],
              ["https://public.example", ["public.example"]],
              [`http://u@${HOST}x`, [HOST]],
              ["http://", [HOST]],
              [`//${HOST}`, [HOST]],
            ]) {
              const code = /malformed_url|signature_mismatch/;
              await assertRefused(code, scheme, "/calls/1", `${from}${path}`, hosts);
            }
            for (const target of [path.slice(1), `?${path}`, "*", `.${path}`]) {
              served = [];
              const answer = await send(scheme, "/calls/1", target, [HOST]);
              assert.deepEqual(served, []);
              assert.notEqual(answer?.status ?? 400, 200, target);
            }
          });

          it(`${scheme}: no header names another path`, async () => {
            const moved = `/${scheme}/answer?admin=1`;
            const path = `/${scheme}/calls/1`;
            const value = `${origin}${path}`;
            const more = [
              ["x-forwarded-prefix", `/${scheme}/calls/1#`],
              ["x-forwarded-prefix", "/hooks"],
              ["x-original-url", path],
              ["x-original-uri", path],
              ["x-rewrite-url", path],
              ["x-forwarded-uri", path],
              ["x-forwarded-path", path],
              ["x-script-name", `/${scheme}`],
              ["x-http-method-override", "GET"],
              ["x-forwarded-host", `${HOST}/${scheme}/calls/1#`],
              ["x-forwarded-host", "x/calls/1?"],
              ["x-forwarded-proto", "https"],
              ["x-forwarded-port", `8080${path}#`],
              ["forwarded", `host="${HOST}${path}#";proto=http`],
              ["x-url-scheme", "https"],
              ["front-end-https", "on"],
            ];
            for (const header of more) {
              const code = /signature_mismatch/;
              await assertRefused(code, scheme, "/calls/1", moved, [HOST], [header]);
              await assertServed(path, scheme, "/calls/1", path, [HOST], [header]);
            }
            await assertRefused(
              /mismatch/,
              scheme,
              "/calls/1",
              moved,
              [HOST],
              [
                ["x-original-url", value],
                ["x-rewrite-url", value],
              ],
            );
          });

          it(`${scheme}: odd targets that were signed are served`, async () => {
            for (const path of [
              "//a//b/",
              "/a/../b/./c",
              "/%00?%00",
              "/?",
              "/a%2Fb?c=%zz",
              "/a;x=1?y;z",
              '/a\\b|^`{}"<>?\'|^`{}"<>',
              "/@h:80/http://x.example/?u=https://y.example/?z",
              "/?q=@x",
            ]) {
              const target = `/${scheme}${path}`;
              await assertServed(target, scheme, path, target, [HOST]);
            }
          });
        }
      });
    }
  }
}

describe("the scheme of the connection", () => {
  let folder;
  let secure;
  const URL = `/gh`;
  const options = { authToken: TOKEN, requireHttps: true };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hookseal-"));
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        ...["-subj", "/CN=bank.example", "-keyout", "key.pem", "-out", "cert.pem"],
      ],
      { cwd: folder, stdio: "pipe" },
    );
    const read = (file) => readFileSync(join(folder, file));
    secure = { key: read("key.pem"), cert: read("cert.pem") };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What a middleware alone answers, as an application of Connect. */
  function application(settings = {}) {
    const guard = webhook(
      "plivo",
      { ...options, ...settings },
      {
        logger: QUIET,
        onRejected: (error, _req, res) => res.setHeader("x-code", error.code),
      },
    );
    return (req, res) => guard(req, res, () => res.end("served"));
  }

  const claims = [
    [],
    [["x-forwarded-proto", "https"]],
    [["forwarded", "proto=https;host=bank.example"]],
    [["x-forwarded-ssl", "on"]],
    [["front-end-https", "on"]],
  ];

  for (const [name, express] of Object.entries({ express4, express5 })) {
    it(`is http over TCP, whatever the request says: ${name}`, async (context) => {
      const app = express();
      app.set("trust proxy", true);
      app.use(application());
      const server = createServer(app);
      context.after(() => closed(server));
      const port = await listening(server);
      for (const target of [URL, `https://bank.example${URL}`, `http://bank.example${URL}`]) {
        for (const more of claims) {
          for (const origin of ["https://bank.example", "http://bank.example"]) {
            const genuine = signed("plivo", origin + URL, "POST");
            const sent = [["host", "bank.example"], ...more, ...genuine];
            const answer = await exchange(port, request("POST", target, sent));
            assert.equal(answer.status, 403, target);
            assert.equal(answer.headers.get("x-code"), "insecure_transport");
          }
        }
      }
    });

    it(`is https over TLS: ${name}`, async (context) => {
      const app = express();
      app.use(application());
      const server = secureServer(secure, app);
      context.after(() => closed(server));
      const port = await listening(server);
      const answer = async (origin, path = URL) => {
        const req = httpsRequest({
          ...{ port, path, method: "POST", rejectUnauthorized: false, agent: false },
          headers: [["host", "bank.example"], ...signed("plivo", origin + URL, "POST")].flat(),
        });
        req.end();
        const [res] = await once(req, "response");
        res.resume();
        return res.statusCode;
      };
      assert.equal(await answer("https://bank.example"), 200);
      assert.equal(await answer("http://bank.example"), 401);
      assert.equal(await answer("https://bank.example", `https://bank.example${URL}`), 200);
      assert.equal(await answer("https://bank.example", `http://bank.example${URL}`), 400);
    });
  }

  /** The answer to one request of HTTP/2 with these pseudo-headers and headers. */
  async function overHttp2(address, headers) {
    const session = http2.connect(address, { rejectUnauthorized: false });
    try {
      const stream = session.request(headers);
      stream.end();
      const [answer] = await once(stream, "response");
      stream.resume();
      return [answer[":status"], answer["x-code"]];
    } catch (error) {
      return [400, error.code];
    } finally {
      session.close();
    }
  }

  it("is that of the connection in HTTP/2 too, and the host is :authority", async (context) => {
    const plain = http2.createServer(application({ requireHttps: false }));
    const encrypted = http2.createSecureServer(secure, application());
    for (const [server, own, other] of [
      [plain, "http", "https"],
      [encrypted, "https", "http"],
    ]) {
      context.after(() => closed(server));
      const address = `${own}://127.0.0.1:${await listening(server)}`;
      const base = { ":method": "POST", ":path": URL, ":authority": "bank.example" };
      const genuine = Object.fromEntries(signed("plivo", `${own}://bank.example${URL}`, "POST"));
      const answer = (more) => overHttp2(address, { ...base, ...genuine, ...more });

      assert.deepEqual(await answer({}), [200, undefined]);
      assert.deepEqual(await answer({ ":scheme": other }), [200, undefined]);
      assert.deepEqual(await answer({ host: "bank.example" }), [200, undefined]);
      const path = "/h\u00e9?\u{1f600}";
      const odd = Object.fromEntries(signed("plivo", `${own}://bank.example${path}`, "POST"));
      const bytes = Buffer.from(path).toString("latin1");
      assert.deepEqual(await answer({ ...odd, ":path": bytes }), [200, undefined]);
      assert.equal((await answer({ ":path": "/other" }))[0], 401);
      for (const more of [
        { host: "other.example" },
        { ":authority": "x/gh#", ":path": "/other" },
        { ":authority": "bank.example/gh?", ":path": "/other" },
        { ":authority": "u@bank.example" },
        { ":path": `${URL}#/../other` },
        { ":path": `${other}://bank.example${URL}` },
        { ":path": `${own}://other.example${URL}` },
        { ":path": "gh" },
      ]) {
        const [status, code] = await answer(more);
        assert.equal(status, 400, JSON.stringify([more, status, code]));
      }
    }
  });
});
