/** What a verifier needs to know of a request that Node's HTTP server received. */

import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";

import type { HeadersInput } from "../headers.js";
import { own } from "../own.js";
import type { RequestHead } from "../verifier.js";

/** A request as Express and Connect hand it on. */
interface RoutedRequest extends IncomingMessage {
  originalUrl?: string;
}

/**
 * The request but for its body. Target, authority and scheme stay apart, each as
 * the connection has it: the verifier's own options (`publicUrl`,
 * `trustedProxies`) decide what of them counts. Nothing is taken from
 * `X-Forwarded-*`, `req.protocol` or `req.hostname`, which an application can
 * tell to believe anybody.
 */
export function receivedHead(req: IncomingMessage): RequestHead {
  return {
    method: req.method ?? "",
    url: asSent(receivedTarget(req)),
    authority: receivedAuthority(req),
    scheme: isEncrypted(req) ? "https" : "http",
    headers: receivedHeaders(req),
    peerIp: peerAddress(req),
  };
}

/**
 * The target of the request line. `req.url` loses the path that a router is
 * mounted on, and changes with each middleware that rewrites it; Express and
 * Connect keep what they received in `originalUrl`.
 */
export function receivedTarget(req: RoutedRequest): string {
  return own(req, "originalUrl") ?? req.url ?? "";
}

/**
 * Node decodes each byte of a request line to one character: this is the way
 * back. A text with other characters was made by the application.
 */
function asSent(target: string): string | Uint8Array {
  const largest = largestUnit(target);
  return largest > 0x7f && largest <= 0xff ? Buffer.from(target, "latin1") : target;
}

function largestUnit(text: string): number {
  let largest = 0;
  for (let index = 0; index < text.length; index += 1) {
    largest |= text.charCodeAt(index);
  }
  return largest;
}

/**
 * The `Host`, and in HTTP/2 the `:authority`. Values that differ are joined as
 * those of a list (RFC 9110 section 5.3), which is a host of nobody.
 */
function receivedAuthority(req: IncomingMessage): string | undefined {
  const raw = rawHeaders(req);
  if (raw === undefined) {
    return own(req.headers, "host");
  }
  const isHttp2 = req.httpVersionMajor >= 2;
  const values = new Set<string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (name === "host" || (isHttp2 && name === ":authority")) {
      values.add(raw[index + 1] as string);
    }
  }
  return values.size === 0 ? undefined : [...values].join(", ");
}

/** Whether the connection itself goes over TLS. */
function isEncrypted({ socket }: IncomingMessage): boolean {
  // The socket of HTTP/2 is a stand-in without properties of its own.
  return socket instanceof TLSSocket || own(Object(socket), "encrypted") === true;
}

/**
 * All headers, with repetitions apart. `req.headers` joins or drops them; it
 * serves only where a server emulation fills in nothing else.
 */
export function receivedHeaders(req: IncomingMessage): HeadersInput {
  const raw = rawHeaders(req);
  if (raw === undefined) {
    return req.headers;
  }
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] as string, raw[index + 1] as string]);
  }
  return pairs;
}

function rawHeaders({ rawHeaders: raw }: IncomingMessage): readonly string[] | undefined {
  return raw === undefined || raw.length === 0 ? undefined : raw;
}

/** The address of the directly connected peer; a unix socket has none. */
function peerAddress(req: IncomingMessage): string | undefined {
  return req.socket?.remoteAddress;
}
