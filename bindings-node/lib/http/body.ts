/** Reads the raw body of a request, once and up to a limit. */

import type { IncomingMessage } from "node:http";

import { rejection, typed } from "../answer.js";
import { asBytes } from "../bytes.js";
import type { HooksealError } from "../errors.js";
import { own } from "../own.js";

/** A request that something else may have read from. */
interface ReadRequest extends IncomingMessage {
  body?: unknown;
  rawBody?: unknown;
}

interface ReadSettings {
  /** How many bytes a body may have. */
  readonly limit: number;
  /** Why the body is gone, and what to do about it in this framework. */
  readonly consumed: string;
}

/** Called once, with a failure or with the body. Not at all where the peer left. */
type Done = (failure: HooksealError | null, body: Uint8Array) => void;

const NOTHING = new Uint8Array();

/**
 * The body from the connection, or, where it was read already, the bytes that
 * `express.raw()` left in `req.body` or a parser's `verify` hook in
 * `req.rawBody`. Whatever it is has as many bytes as were announced: a body that
 * was cut, decoded or replaced by somebody is none.
 */
export function readBody(req: ReadRequest, settings: ReadSettings, done: Done): void {
  const { limit, consumed } = settings;
  let kept: Uint8Array | undefined;
  try {
    kept = keptBody(req, consumed);
  } catch (error) {
    done(typed(error), NOTHING);
    return;
  }
  if (kept !== undefined) {
    done(null, kept);
  } else if (Number(announced(req)) > limit) {
    req.resume();
    done(tooLarge(limit), NOTHING);
  } else {
    readStream(req, settings, done);
  }
}

/** The body, where it is not to be read any more; `undefined` where it is. */
function keptBody(req: ReadRequest, consumed: string): Uint8Array | undefined {
  const isRead = isReadFrom(req);
  // What stands in `req.body` before anybody has read was not received.
  const kept = asBytes(own(req, "rawBody")) ?? (isRead ? asBytes(own(req, "body")) : undefined);
  if (kept !== undefined) {
    checkLength(req, kept, consumed);
    return kept;
  }
  if (!isRead) {
    return undefined;
  }
  if (hasNoBody(req) && isNothing(own(req, "body"))) {
    return NOTHING;
  }
  throw rejection("body_already_parsed", consumed);
}

/** Whether the stream has given something to somebody else, or can give nothing any more. */
function isReadFrom(req: IncomingMessage): boolean {
  const isAtItsEnd = req.readableEnded || req.destroyed;
  return isAtItsEnd || req.readableDidRead !== false || req.readableEncoding !== null;
}

/** The length that was announced, where it is that of the bytes to come. */
function announced({ headers }: IncomingMessage): number | undefined {
  const length = own(headers, "content-length");
  const isChunked = own(headers, "transfer-encoding") !== undefined;
  return length === undefined || isChunked || !/^\d+$/.test(length) ? undefined : Number(length);
}

function checkLength(req: IncomingMessage, body: Uint8Array, consumed: string): void {
  const encoding = own(req.headers, "content-encoding") ?? "identity";
  const length = announced(req);
  const isEncoded = encoding.trim().toLowerCase() !== "identity";
  if (length === undefined ? !isDecoded(encoding, body) : length === body.byteLength) {
    return;
  }
  throw rejection(
    "body_already_parsed",
    isEncoded
      ? "the body was decompressed before the middleware got to it, and the signature is over " +
          `what was sent. Mount the middleware before whatever decompresses; ${consumed}`
      : `the bytes that were kept are not as many as were sent; ${consumed}`,
  );
}

/** Whether bytes are not what their encoding makes of any (RFC 1950, RFC 1952). */
function isDecoded(encoding: string, bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  switch (encoding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return first !== 0x1f || second !== 0x8b;
    case "deflate":
      return (first & 0x0f) !== 8 || ((first << 8) | second) % 31 !== 0;
    default:
      return false;
  }
}

/** Whether a request of HTTP/1 came without a body (RFC 9112 section 6.3). */
function hasNoBody(req: IncomingMessage): boolean {
  const { headers, httpVersionMajor } = req;
  const length = own(headers, "content-length");
  const isChunked = own(headers, "transfer-encoding") !== undefined;
  return httpVersionMajor < 2 && !isChunked && (length === undefined || Number(length) === 0);
}

/** What parsers leave in `req.body` where there was nothing to parse. */
function isNothing(body: unknown): boolean {
  return !body || (typeof body === "object" && Object.keys(body).length === 0);
}

function readStream(req: ReadRequest, { limit, consumed }: ReadSettings, done: Done): void {
  const chunks: Buffer[] = [];
  let size = 0;

  const settle = () => {
    req.off("data", onData).off("end", onEnd).off("error", settle).off("close", settle);
  };
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) {
      settle();
      // The rest is read and dropped, so that the peer gets to see the answer.
      req.resume();
      done(tooLarge(limit), NOTHING);
    } else {
      chunks.push(chunk);
    }
  };
  const onEnd = () => {
    settle();
    if (size !== (announced(req) ?? size)) {
      done(rejection("body_already_parsed", consumed), NOTHING);
      return;
    }
    done(null, joined(chunks, size));
  };

  // An error, or an early close, is a peer that left: there is nobody to answer.
  req.on("data", onData).on("end", onEnd).on("error", settle).on("close", settle);
  // Somebody may have paused it in front.
  req.resume();
}

/**
 * In memory of its own: a chunk lies in what was read from the connection, with
 * the headers and with the requests that follow.
 */
function joined(chunks: readonly Buffer[], size: number): Buffer {
  const body = Buffer.allocUnsafeSlow(size);
  let start = 0;
  for (const chunk of chunks) {
    body.set(chunk, start);
    start += chunk.length;
  }
  return body;
}

function tooLarge(limit: number): HooksealError {
  return rejection("body_too_large", `the body is larger than maxBodyBytes, ${limit}`);
}
