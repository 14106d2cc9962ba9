/**
 * Middleware for Express 4 and 5.
 *
 * ```js
 * app.post("/callbacks", webhook(scheme, { authToken, publicUrl }), (req, res) => {
 *   const { payload } = req.webhook; // verified, as bytes
 * });
 * ```
 *
 * Mount it on the route, before any body parser: it reads the raw body itself.
 * Other routes keep their parsers.
 */

import type { IncomingMessage, ServerResponse } from "node:http";

import { typed } from "./answer.js";
import type { HooksealError } from "./errors.js";
import type { VerifiedEvent } from "./event.js";
import { readBody } from "./http/body.js";
import { reject } from "./http/rejection.js";
import { peerAddress, receivedHeaders, receivedUrl } from "./http/request.js";
import type { Logger } from "./logger.js";
import type { CustomScheme, Options } from "./options.js";
import { checkSettings, isFunction, isLogger } from "./settings.js";
import {
  VERIFIER_SETTINGS,
  Verifier,
  type VerifierSettings,
  type VerifyInput,
} from "./verifier.js";

export { type TokenEndpointSettings, tokenEndpoint } from "./http/token-endpoint.js";

declare global {
  // The interface that Express's own types extend.
  namespace Express {
    interface Request {
      /** The verified delivery, where the `webhook` middleware ran before. */
      webhook?: VerifiedEvent;
    }
  }
}

/** What the middleware uses of a request of Express. */
export interface WebhookRequest extends IncomingMessage {
  originalUrl?: string;
  body?: unknown;
  rawBody?: unknown;
  webhook?: VerifiedEvent;
}

/** How the middleware behaves, besides verifying. */
export interface WebhookSettings extends VerifierSettings {
  /**
   * Called with each rejection, before it is answered. It may add headers or
   * send a response of its own, also asynchronously. If it throws, the standard
   * rejection is sent: the handler is never reached.
   */
  readonly onRejected?:
    | ((error: HooksealError, req: WebhookRequest, res: ServerResponse) => unknown)
    | undefined;
  /** The clock, in unix seconds. Default: the system clock. */
  readonly now?: (() => number) | undefined;
  /** Where reasons are written. Default: `console`. */
  readonly logger?: Logger | undefined;
}

/** A handler for `app.use`, `app.post`, `router.all` …. */
export type WebhookMiddleware = (
  req: WebhookRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Those of the middleware itself. */
const OWN_SETTINGS = { onRejected: isFunction, now: isFunction, logger: isLogger };

/** With those of the verifier that it makes. */
const ALL_SETTINGS = { ...VERIFIER_SETTINGS, ...OWN_SETTINGS };

const CONSUMED =
  "the body was read before the webhook middleware got to it, most likely by express.json() or " +
  "express.urlencoded(). Mount the webhook route before the parser; or mount the parser only on " +
  "the routes that need it; or put express.raw({ type: () => true }) in front of this route; or " +
  "let the parser keep the bytes: express.json({ verify: (req, res, bytes) => { req.rawBody = " +
  "bytes; } })";

/**
 * Lets only verified deliveries through, with the event as `req.webhook` and
 * its payload (the raw body, or what it decrypts to) as `req.body`. A handshake
 * gets its reply; where a provider asks with OPTIONS, mount the same middleware
 * with `app.options` too, as Express answers OPTIONS itself otherwise.
 * Everything else is answered with the status of its error and one body that
 * tells the caller nothing; the reason is logged.
 *
 * @throws {ConfigurationError} at start-up, where an option is wrong.
 */
export function webhook(
  scheme: string | CustomScheme,
  options: Options,
  settings?: WebhookSettings,
): WebhookMiddleware;
export function webhook(
  verifier: Verifier,
  settings?: Omit<WebhookSettings, "fetch" | "introspect">,
): WebhookMiddleware;
export function webhook(
  first: string | CustomScheme | Verifier,
  second: Options | WebhookSettings = {},
  third: WebhookSettings = {},
): WebhookMiddleware {
  const isMade = first instanceof Verifier;
  const settings = isMade ? (second as WebhookSettings) : third;
  checkSettings("middleware", settings, isMade ? OWN_SETTINGS : ALL_SETTINGS);
  const { fetch, introspect, logger } = settings;
  const verifier = isMade
    ? first
    : new Verifier(first, second as Options, { fetch, introspect, logger });

  return (req, res, next) => {
    const accept = (event: VerifiedEvent) => {
      deliver(req, event);
      next();
    };
    const refuse = (error: unknown) => reject(typed(error), req, res, settings);
    readBody(req, { limit: verifier.maxBodyBytes, consumed: CONSUMED }, (failure, body) => {
      if (failure !== null) {
        refuse(failure);
        return;
      }
      const received = () => ({
        method: req.method ?? "",
        url: receivedUrl(req, req.originalUrl ?? req.url ?? ""),
        headers: receivedHeaders(req),
        body,
        peerIp: peerAddress(req),
        now: settings.now?.(),
      });
      verify(verifier, received, accept, refuse);
    });
  };
}

/** Verifies; without a promise where nobody can have to be asked. */
function verify(
  verifier: Verifier,
  received: () => VerifyInput,
  accept: (event: VerifiedEvent) => void,
  refuse: (error: unknown) => void,
): void {
  if (verifier.isAsync) {
    const verified = async () => verifier.verifyAsync(received());
    verified().then(accept, refuse);
    return;
  }
  let event: VerifiedEvent;
  try {
    event = verifier.verify(received());
  } catch (error) {
    refuse(error);
    return;
  }
  accept(event);
}

/** Hands the event over, and the body as `express.raw()` would leave it. */
function deliver(req: WebhookRequest & { _body?: boolean }, event: VerifiedEvent): void {
  req.webhook = event;
  req.body = event.payload;
  // The mark by which body parsers that follow know that there is no more to read.
  req._body = true;
}
