/**
 * Middleware for Express 4 and 5.
 *
 * ```js
 * app.post("/callbacks", webhook(scheme, { authToken, publicUrl }), (req, res) => {
 *   const event = eventOf(req); // verified; event.payload are the bytes
 * });
 * ```
 *
 * Mount it on the route, before any body parser: it reads the raw body itself.
 * Other routes keep their parsers.
 */

import type { IncomingMessage, ServerResponse } from "node:http";

import { typed } from "./answer.js";
import { ConfigurationError, type HooksealError } from "./errors.js";
import { VerifiedEvent } from "./event.js";
import { readBody } from "./http/body.js";
import { earlierEvent, receivedBody, remember } from "./http/deliveries.js";
import { label } from "./http/label.js";
import { reject } from "./http/rejection.js";
import { receivedHead } from "./http/request.js";
import type { Logger } from "./logger.js";
import type { CustomScheme, Options, OptionsOf, SchemeId } from "./options.js";
import { checkedSettings, isFunction, isLogger, isText } from "./settings.js";
import {
  type RequestHead,
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
  /** The target of the request line, whatever has become of `url`. */
  originalUrl?: string;
  /** What a parser left; behind the middleware, the payload. */
  body?: unknown;
  /** The bytes that a parser's `verify` hook kept. */
  rawBody?: unknown;
  /** The verified delivery, behind the middleware. */
  webhook?: VerifiedEvent;
}

/** How the middleware behaves, besides verifying. */
export interface WebhookSettings extends VerifierSettings {
  /** What the log calls this webhook. Default: the id of the scheme. */
  readonly name?: string | undefined;
  /**
   * Called with each rejection, before it is answered. It may add headers or
   * send a response of its own, also asynchronously. If it throws, the standard
   * rejection is sent: the handler is never reached.
   */
  readonly onRejected?:
    | ((error: HooksealError, req: WebhookRequest, res: ServerResponse) => unknown)
    | undefined;
  /** The clock, in unix seconds. Default: `Date.now()`. */
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
const OWN_SETTINGS = {
  name: isText,
  onRejected: isFunction,
  now: isFunction,
  logger: isLogger,
};

/** With those of the verifier that it makes. */
const ALL_SETTINGS = { ...VERIFIER_SETTINGS, ...OWN_SETTINGS };

const USAGE = "it makes a middleware: app.post(path, webhook(scheme, options), handler)";

const CONSUMED =
  "the body was read before the webhook middleware got to it, most likely by express.json() or " +
  "express.urlencoded(). Mount the webhook route before the parser; or mount the parser only on " +
  "the routes that need it; or put express.raw({ type: () => true }) in front of this route; or " +
  "let the parser keep the bytes: express.json({ verify: (req, res, bytes) => { req.rawBody = " +
  "bytes; } })";

/**
 * The same with a verifier that is there already.
 *
 * @param settings without those that only make a verifier.
 */
export function webhook(
  verifier: Verifier,
  settings?: Omit<WebhookSettings, "fetch" | "introspect">,
): WebhookMiddleware;
// Last, since the compiler's errors are about the last one.
/**
 * Lets only verified deliveries through, with the event as `req.webhook` and
 * its payload (the raw body, or what it decrypts to) as `req.body`. A challenge
 * gets its reply; where a provider asks with OPTIONS, mount the same middleware
 * with `app.options` too, as Express answers OPTIONS itself otherwise.
 * Everything else is answered with the status of its error and one body that
 * tells the caller nothing; the reason is logged.
 *
 * @param scheme an id of the catalogue (`schemes()`), or a custom scheme.
 * @param options those of the scheme; `SchemeOptions` describes each.
 * @param settings how the middleware behaves. Default: as `WebhookSettings` says.
 * @throws {ConfigurationError} at start-up, where an option is wrong.
 */
export function webhook<Scheme extends SchemeId | CustomScheme>(
  scheme: Scheme,
  options: OptionsOf<Scheme>,
  settings?: WebhookSettings,
): WebhookMiddleware;
export function webhook(
  first: SchemeId | CustomScheme | Verifier,
  second: Options | WebhookSettings = {},
  third: WebhookSettings = {},
): WebhookMiddleware {
  checkIsCalled(first, second, third);
  const isMade = first instanceof Verifier;
  const given = isMade ? (second as WebhookSettings) : third;
  const settings = checkedSettings("middleware", given, isMade ? OWN_SETTINGS : ALL_SETTINGS);
  const { fetch, introspect, logger, onRejected } = settings;
  const verifier = isMade
    ? first
    : new Verifier(first, second as Options, { fetch, introspect, logger });
  const { scheme, maxBodyBytes: limit } = verifier;
  const { name = scheme } = settings;

  return (req, res, next) => {
    checkIsMiddleware(next);
    const fail = (error: unknown) => {
      reject(typed(error), req, res, { guarded: label(req, name, scheme), onRejected, logger });
    };
    const accept = (event: VerifiedEvent) => {
      deliver(req, event);
      next();
    };
    const earlier = earlierEvent(req, verifier);
    if (earlier !== undefined) {
      accept(earlier);
      return;
    }
    let head: RequestHead;
    try {
      head = receivedHead(req);
      verifier.checkHead({ ...head, now: settings.now?.() });
    } catch (error) {
      // Whatever the peer sends is dropped, so that it gets to see the answer.
      req.resume();
      fail(error);
      return;
    }
    const settle = (failure: HooksealError | null, body: Uint8Array) => {
      if (failure !== null) {
        fail(failure);
        return;
      }
      const received = () => ({ ...head, body, now: settings.now?.() });
      const verified = (event: VerifiedEvent) => {
        remember(req, verifier, body, event);
        accept(event);
      };
      verify(verifier, received, verified, fail);
    };
    const read = receivedBody(req);
    if (read === undefined) {
      readBody(req, { limit, consumed: CONSUMED }, settle);
    } else {
      settle(null, read);
    }
  };
}

/**
 * The verified delivery of a request: `req.webhook`, but never `undefined`. A
 * handler that begins with it does nothing where the middleware was forgotten,
 * or stands behind it.
 *
 * @throws {ConfigurationError} where no `webhook` middleware ran before.
 */
export function eventOf(req: { readonly webhook?: VerifiedEvent | undefined }): VerifiedEvent {
  const { webhook: event } = req;
  if (!(event instanceof VerifiedEvent)) {
    throw new ConfigurationError(
      "no delivery was verified before this handler: app.post(path, webhook(scheme, options), handler)",
    );
  }
  return event;
}

/** Express would call what makes a middleware with each request, and it makes one. */
function checkIsCalled(first: unknown, second: unknown, third: unknown): void {
  const isStream = typeof (first as IncomingMessage | undefined)?.pipe === "function";
  if (isStream) {
    throw new ConfigurationError(`webhook was mounted without being called; ${USAGE}`);
  }
  if (typeof second === "function" || typeof third === "function") {
    throw new ConfigurationError(
      `webhook was called with a function in the place of options or settings; ${USAGE}`,
    );
  }
}

function checkIsMiddleware(next: unknown): void {
  if (typeof next !== "function") {
    throw new ConfigurationError(
      "the webhook middleware was called without next; mount it: app.post(path, webhook, handler)",
    );
  }
}

/** Verifies; without a promise where nobody can have to be asked. */
function verify(
  verifier: Verifier,
  received: () => VerifyInput,
  accept: (event: VerifiedEvent) => void,
  fail: (error: unknown) => void,
): void {
  if (verifier.isAsync) {
    const verified = async () => verifier.verifyAsync(received());
    verified().then(accept, fail);
    return;
  }
  let event: VerifiedEvent;
  try {
    event = verifier.verify(received());
  } catch (error) {
    fail(error);
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
