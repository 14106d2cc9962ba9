/** Answers a delivery that was refused. */

import type { IncomingMessage, ServerResponse } from "node:http";

import type { HooksealError } from "../errors.js";
import { constants } from "../native.js";

/** What the application has to say about a rejection. */
interface Settings<Req extends IncomingMessage> {
  readonly onRejected?: (error: HooksealError, req: Req, res: ServerResponse) => unknown;
  readonly logger?: { warn(message: string): unknown };
}

/**
 * Logs the reason, asks the hook, and sends the one answer that tells the
 * caller nothing. Never throws and never leaves a promise to reject.
 */
export function reject<Req extends IncomingMessage>(
  error: HooksealError,
  req: Req,
  res: ServerResponse,
  { onRejected, logger = console }: Settings<Req>,
): void {
  const failed = (reason: unknown) => {
    warn(logger, `hookseal: the rejection hook or the logger failed: ${reason}`);
    res.statusCode = error.status;
    answer(res);
  };
  res.statusCode = error.status;
  warn(logger, `hookseal: rejected a delivery: ${error.message}`);
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

/** The standard answer, unless the hook has sent one. */
function answer(res: ServerResponse): void {
  if (res.headersSent || res.writableEnded) {
    return;
  }
  res.setHeader("Content-Type", constants.rejectionContentType);
  res.setHeader("Content-Length", Buffer.byteLength(constants.rejectionBody));
  res.end(constants.rejectionBody);
}

function warn(logger: { warn(message: string): unknown }, message: string): void {
  try {
    logger.warn(message);
  } catch {
    // A logger that fails must not let a delivery through, nor hang its sender.
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === "function";
}
