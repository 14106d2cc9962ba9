/** What a verifier needs to know of a request that Node's HTTP server received. */

import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";

import type { HeadersInput } from "../headers.js";

/**
 * The URL of the request itself: the scheme of the connection, the `Host`, and
 * the target exactly as it was sent. The verifier's own options (`publicUrl`,
 * `trustedProxies`) decide what of it counts.
 */
export function receivedUrl(req: IncomingMessage, target: string): string | Uint8Array {
  const { host } = req.headers;
  const isWhole = /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
  const url = isWhole || host === undefined ? target : `${protocol(req)}://${host}${target}`;
  // Node decodes each byte of a request line to one character: this is the way back.
  return isAscii(url) ? url : Buffer.from(url, "latin1");
}

function protocol(req: IncomingMessage): "https" | "http" {
  return (req.socket as Partial<TLSSocket> | undefined)?.encrypted === true ? "https" : "http";
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) {
      return false;
    }
  }
  return true;
}

/**
 * All headers, with repetitions apart. `req.headers` joins or drops them; it
 * serves only where a server emulation fills in nothing else.
 */
export function receivedHeaders(req: IncomingMessage): HeadersInput {
  const raw = req.rawHeaders;
  if (raw === undefined || raw.length === 0) {
    return req.headers;
  }
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] as string, raw[index + 1] as string]);
  }
  return pairs;
}

/** The address of the directly connected peer; a unix socket has none. */
export function peerAddress(req: IncomingMessage): string | undefined {
  return req.socket?.remoteAddress;
}
