/** A token endpoint as middleware of Express, Connect and their kind. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { typed } from "../answer.js";
import { ConfigurationError, type HooksealError, type Reply } from "../errors.js";
import { type Logger, warn } from "../logger.js";
import { checkedSettings, isFunction, isLogger, type SettingChecks } from "../settings.js";
import { TokenIssuer } from "../token-issuer.js";
import { readBody } from "./body.js";
import { sendReply } from "./reply.js";
import { receivedHeaders } from "./request.js";

/** How a token endpoint behaves, besides issuing tokens. */
export interface TokenEndpointSettings {
  /** The clock, in unix seconds. Default: `Date.now()`. */
  readonly now?: (() => number) | undefined;
  /** Where it is written that no token was issued, and why. Default: `console`. */
  readonly logger?: Logger | undefined;
}

const SETTINGS: SettingChecks<TokenEndpointSettings> = { now: isFunction, logger: isLogger };

const CONSUMED =
  "the body was read before the token endpoint got to it, most likely by express.json() or " +
  "express.urlencoded(). Mount the token endpoint before the parser, or let the parser keep the " +
  "bytes: express.urlencoded({ verify: (req, res, bytes) => { req.rawBody = bytes; } })";

/**
 * Answers token requests of RFC 6749 section 4.4, errors as in section 5.2. Reads
 * the raw body itself, so mount it before any body parser. A fault of the program
 * goes to the error handler of the application.
 *
 * @throws {ConfigurationError} at start-up, where a setting is wrong.
 */
export function tokenEndpoint(issuer: TokenIssuer, settings: TokenEndpointSettings = {}) {
  if (!(issuer instanceof TokenIssuer)) {
    throw new ConfigurationError(
      "the token endpoint needs a TokenIssuer: app.post(path, tokenEndpoint(issuer))",
    );
  }
  const { now, logger = console } = checkedSettings("token endpoint", settings, SETTINGS);
  const limit = issuer.maxBodyBytes;
  const tooLong = new Uint8Array(limit + 1);

  return (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void => {
    readBody(req, { limit, consumed: CONSUMED }, (failure, read) => {
      let reply: Reply;
      try {
        reply = issuer.respond({
          method: req.method ?? "",
          headers: receivedHeaders(req),
          body: bodyToAnswer(failure, read, tooLong),
          now: now?.(),
        });
      } catch (error) {
        next(typed(error));
        return;
      }
      if (reply.status >= 400) {
        warn(logger, `hookseal: issued no token: ${reply.status} ${reply.body}`);
      }
      sendReply(res, reply);
    });
  };
}

/** The answer to a body that is too long is the issuer's, whatever is in it. */
function bodyToAnswer(
  failure: HooksealError | null,
  read: Uint8Array,
  tooLong: Uint8Array,
): Uint8Array {
  if (failure === null) {
    return read;
  }
  if (failure.code === "body_too_large") {
    return tooLong;
  }
  throw failure;
}
