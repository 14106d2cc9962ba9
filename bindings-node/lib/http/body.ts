/** Reads the raw body of a request, once and up to a limit. */

import type { IncomingMessage } from "node:http";

import { refusal } from "../answer.js";
import { asBytes } from "../bytes.js";
import type { HooksealError } from "../errors.js";

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
 * `req.rawBody`.
 */
export function readBody(req: ReadRequest, { limit, consumed }: ReadSettings, done: Done): void {
  const kept = asBytes(req.rawBody) ?? asBytes(req.body);
  if (kept !== undefined) {
    done(null, kept);
  } else if (req.readableDidRead || req.readableEncoding !== null) {
    done(refusal("body_already_parsed", consumed), NOTHING);
  } else if (Number(req.headers["content-length"]) > limit) {
    req.resume();
    done(tooLarge(limit), NOTHING);
  } else {
    readStream(req, limit, done);
  }
}

function readStream(req: IncomingMessage, limit: number, done: Done): void {
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
    const [only] = chunks;
    done(null, only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size));
  };

  // An error, or an early close, is a peer that left: there is nobody to answer.
  req.on("data", onData).on("end", onEnd).on("error", settle).on("close", settle);
}

function tooLarge(limit: number): HooksealError {
  return refusal("body_too_large", `the body is larger than max_body_bytes, ${limit}`);
}
