/** Answers a request that is not let through. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { type HooksealError, VerificationError } from "../errors.js";
import { type Logger, warn } from "../logger.js";
import { constants } from "../native.js";
import { sendReply } from "./reply.js";

/** What the application has to say about a rejection. */
interface Settings<Req extends IncomingMessage> {
  /** What is guarded, for the log. */
  readonly guarded: string;
  readonly onRejected?:
    | ((error: HooksealError, req: Req, res: ServerResponse) => unknown)
    | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Sends the reply to a challenge. Otherwise logs the reason, asks the hook, and
 * sends the one answer that tells the caller nothing. Never throws and never
 * leaves a promise to reject.
 */
export function reject<Req extends IncomingMessage>(
  error: HooksealError,
  req: Req,
  res: ServerResponse,
  { guarded, onRejected, logger = console }: Settings<Req>,
): void {
  const reply = error instanceof VerificationError ? error.reply : null;
  if (reply !== null) {
    sendReply(res, reply);
    return;
  }
  const failed = (reason: unknown) => {
    warn(logger, `hookseal: the rejection hook failed: ${reason}`);
    begin(error, res);
    answer(res);
  };
  begin(error, res);
  warn(logger, `hookseal: ${guarded} rejected a delivery: ${error.message}`);
  try {
    const hooked = onRejected?.(error, req, res);
    if (isThenable(hooked)) {
      hooked.then(() => answer(res), failed);
    } else {
      answer(res);
    }
  } catch (reason) {
    failed(reason);
  }
}

/** What the answer has in any case. */
function begin(error: HooksealError, res: ServerResponse): void {
  if (isAnswered(res)) {
    return;
  }
  res.statusCode = error.status;
  if (error instanceof VerificationError && error.authenticate !== null) {
    res.setHeader("WWW-Authenticate", error.authenticate);
  }
}

/** The standard answer, unless the hook has sent one. */
function answer(res: ServerResponse): void {
  if (isAnswered(res)) {
    return;
  }
  res.setHeader("Content-Type", constants.rejectionContentType);
  res.setHeader("Content-Length", Buffer.byteLength(constants.rejectionBody));
  res.end(constants.rejectionBody);
}

function isAnswered(res: ServerResponse): boolean {
  return res.headersSent || res.writableEnded;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === "function";
}
