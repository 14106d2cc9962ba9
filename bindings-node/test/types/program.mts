import type { IncomingMessage } from "node:http";

import express from "express";
import {
  ConfigurationError,
  type CoverageLevel,
  type Covers,
  type CustomScheme,
  type DecryptParameters,
  type ErrorCode,
  errorCodes,
  type HooksealError,
  type Introspect,
  type JsonWebKeySet,
  type Logger,
  type Options,
  type OptionsOf,
  type Reply,
  type SchemeId,
  type SchemeOptions,
  schemes,
  TokenIssuer,
  VerificationError,
  VerifiedEvent,
  Verifier,
} from "hookseal";
import {
  type TokenEndpointSettings,
  tokenEndpoint,
  type WebhookSettings,
  webhook,
} from "hookseal/express";

const options: SchemeOptions["plivo"] = {
  authToken: ["one", Buffer.from("two"), new Uint8Array(3)],
  publicUrl: "https://api.example.com",
  trustedProxies: "10.0.0.0/8",
  requireHttps: true,
  maxBodyBytes: 1024,
};
const verifier = new Verifier("plivo", options);
const scheme: "plivo" = verifier.scheme;
new Verifier("plivo", { authToken: { main: "one", sub: Buffer.from("two") } });

const ownOptions: Options = {
  secret: { main: "one", sub: Buffer.from("two") },
  publicUrl: "https://api.example.com",
  tolerance: 300,
};
const own: CustomScheme = { id: "own", signature: { header: "x-signature" } };
const custom: Verifier = new Verifier(own, ownOptions);
new Verifier({ id: "own", key: { option: "secret" } }, { secret: "s" });

/** An id that is known at run time only, and a function for each scheme. */
export function configured(name: string, given: Options): Verifier | undefined {
  const id: SchemeId | undefined = schemes().find((known) => known.id === name)?.id;
  return id && new Verifier(id, given);
}
export function logged<Id extends SchemeId>(id: Id, given: OptionsOf<Id>): Verifier<Id> {
  console.log(id);
  return new Verifier(id, given);
}
logged("plivo", { authToken: "one" });

export function verify(req: IncomingMessage, body: Buffer): string {
  const event: VerifiedEvent = verifier.verify({
    method: req.method ?? "",
    url: req.url ?? "",
    headers: req.headers,
    body,
    peerIp: req.socket.remoteAddress,
  });
  const covers: Covers = event.covers;
  const level: CoverageLevel = covers.url;
  const parts: readonly string[] = covers.parts;
  const payload: Uint8Array = event.payload;
  const timestamp: number | null = event.timestamp;
  const replayKey: string | null = event.replayKey;
  return `${replayKey}${covers.body}${level}${parts.length}${payload.length}${timestamp}${event.deliveryId}`;
}

const bytes = new ArrayBuffer(4);
custom.verify({
  method: "POST",
  url: Buffer.from("/"),
  headers: new Headers(),
  body: bytes,
  now: 5,
});
custom.verify({ method: "POST", url: "/", headers: new Map([["a", "b"]]), body: bytes });
custom.verify({
  method: "POST",
  url: "/",
  headers: [
    ["a", "b"],
    ["c", ["d"]],
  ],
  body: bytes,
});
const parameters: DecryptParameters = { iv: new Uint8Array(16), cipher: "aes-256-cbc" };
const decrypted: Buffer = custom.decrypt(bytes, parameters);
custom.decrypt(decrypted);
custom.decrypt(new Uint8Array(16), { iv: bytes, cipher: undefined });
const signed: Record<string, string> = custom.sign({ method: "POST", url: "/", keyId: "main" });
const ids: string[] = schemes().map(({ id }) => id);
const statuses: number[] = errorCodes().map(({ status }) => status);
console.log(signed, ids, statuses, scheme, custom.scheme, custom.maxBodyBytes);

export function codeOf(error: unknown): ErrorCode | undefined {
  if (error instanceof VerificationError || error instanceof ConfigurationError) {
    const base: HooksealError = error;
    return base.code;
  }
  return undefined;
}

const logger: Logger = console;
const introspect: Introspect = async (token) => ({ active: token.length > 8 });
const asking = new Verifier("bearer-jwt", { introspection: true }, { introspect, logger });
const fetching = new Verifier(
  "bearer-jwt",
  { issuer: "https://a.example", audience: ["one", "two"], jwksUri: "https://a.example/keys" },
  { fetch },
);
export async function verifyAsync(body: Buffer): Promise<string | undefined> {
  await fetching.refreshKeys();
  try {
    const chosen = fetching.isAsync ? fetching : asking;
    const event = await chosen.verifyAsync({ method: "POST", url: "/", headers: {}, body });
    return typeof event.claims.sub === "string" ? event.claims.sub : event.keyId;
  } catch (error) {
    const reply: Reply | null = error instanceof VerificationError ? error.reply : null;
    return reply?.headers.map((pair) => pair.join(": ")).join();
  }
}

const issuer = new TokenIssuer({
  clientId: "one",
  clientSecret: { old: "two", new: Buffer.from("three") },
  issuer: "https://a.example",
  audience: "https://a.example/hooks",
  scope: ["read", "write"],
  ed25519Seed: new Uint8Array(32),
});
const jwks: JsonWebKeySet = issuer.jwks();
const replied: Reply = issuer.respond({ method: "POST", headers: {}, body: new ArrayBuffer(0) });
console.log(jwks.keys.length, replied.status, issuer.maxBodyBytes);

const settings: WebhookSettings = {
  now: () => 1_700_000_000,
  logger: console,
  onRejected(error, req, res) {
    res.setHeader("x-code", `${error.code} ${req.method}`);
  },
};
const app = express();
app.post("/a", webhook("plivo", options, settings), (req, res) => {
  const event: VerifiedEvent | undefined = req.webhook;
  res.send(event?.scheme);
});
app.use("/b", webhook(verifier), (req, res) => void res.send(req.webhook?.scheme));
app.all("/c", webhook(verifier, settings));
app.post("/d", webhook("bearer-jwt", { introspection: true }, { introspect, fetch }));
const endpointSettings: TokenEndpointSettings = { logger, now: () => 5 };
app.post("/token", tokenEndpoint(issuer, endpointSettings));

// @ts-expect-error: an option that must be given.
new Verifier("plivo", { publicUrl: "https://api.example.com" });
// @ts-expect-error: no time is signed, so there is no window.
new Verifier("plivo", { authToken: "one", tolerance: 300 });
// @ts-expect-error: options of a custom scheme have types, too.
new Verifier(own, { publicUrl: 5 });
// @ts-expect-error: nobody knows what a text says.
new Verifier(scheme as string, ownOptions);
// @ts-expect-error: a number is no secret.
new Verifier("plivo", { authToken: 5 });
// @ts-expect-error: a text that there is not to choose from.
new Verifier("bearer-jwt", { issuer: "a", audience: "b", algorithms: ["RS255"] });
// @ts-expect-error: an option within an option that must be given.
new Verifier("azure-event-grid", { entra: { audience: "a" } });
// @ts-expect-error: an option of another scheme.
logged("plivo", { secret: "one" });
// @ts-expect-error: an option cannot be undefined.
new Verifier("plivo", { authToken: process.env.TOKEN });
// @ts-expect-error: a public URL is a text.
new Verifier("plivo", { authToken: "one", publicUrl: 5 });
// @ts-expect-error: a body is bytes.
verifier.verify({ method: "POST", url: "/", headers: {}, body: "text" });
// @ts-expect-error: a body must be given.
verifier.verify({ method: "POST", url: "/", headers: {} });
// @ts-expect-error: a ciphertext is bytes.
verifier.decrypt("dGV4dA==");
// @ts-expect-error: an IV is bytes.
verifier.decrypt(bytes, { iv: "00" });
// @ts-expect-error: an IV is given by name.
verifier.decrypt(bytes, new Uint8Array(16));
// @ts-expect-error: only a verifier makes events.
new VerifiedEvent();
// @ts-expect-error: facts do not change.
verifier.verify({ method: "GET", url: "/", headers: {}, body: bytes }).keyId = "1";
// @ts-expect-error: a verifier that is there has a fetch of its own.
webhook(verifier, { fetch });
// @ts-expect-error: an issuer needs a name.
new TokenIssuer({ clientId: "one", clientSecret: "two", audience: "x", hmacSecret: "y" });
// @ts-expect-error: no such setting.
webhook("plivo", options, { onReject() {} });
