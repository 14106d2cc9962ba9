/** A server of key sets and the tokens that fit them, made with `jose`. */

import { once } from "node:events";
import { createServer } from "node:http";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const ISSUER = "https://auth.example.com";
export const AUDIENCE = "https://api.example.com/hooks";

/** A key pair, with its public half as a JWK. */
export async function makeKey(kid, algorithm = "RS256") {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" };
  const token = (claims = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, kid })
      .setIssuer(claims.iss ?? ISSUER)
      .setAudience(claims.aud ?? AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? "5 min")
      .sign(privateKey);
  return { kid, jwk, token };
}

/** A delivery that shows a token. */
export const delivery = (token, body = Buffer.from('{"event":"call.ended"}')) => ({
  method: "POST",
  url: "https://api.example.com/hooks",
  headers: { authorization: `Bearer ${token}` },
  body,
});

/** Serves on a free port; `answer` may be replaced at any time. */
export async function keyServer(...keys) {
  const state = {
    requests: [],
    /** Bytes that were taken from the server, over all answers. */
    sent: 0,
    answer: sends(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })),
    serve(...others) {
      state.answer = sends(JSON.stringify({ keys: others.map(({ jwk }) => jwk) }));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const server = createServer((req, res) => {
    state.requests.push(req);
    res.on("close", () => {
      state.sent += res.socket?.bytesWritten ?? 0;
    });
    state.answer(req, res);
  }).listen(0, "127.0.0.1");
  // So that a test that fails does not keep its process alive.
  server.unref();
  await once(server, "listening");
  state.port = server.address().port;
  state.url = `http://127.0.0.1:${state.port}/keys`;
  return state;
}

/** An answer with that body. */
export const sends =
  (body, status = 200, headers = {}) =>
  (_req, res) =>
    res.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
