/** What is known of the requests in progress, for several guards on one request. */

import type { IncomingMessage } from "node:http";

import type { VerifiedEvent } from "../event.js";
import type { Verifier } from "../verifier.js";

interface Delivery {
  /** The body as it was received, whatever `req.body` is by now. */
  readonly body: Uint8Array;
  readonly events: Map<Verifier, VerifiedEvent>;
}

const deliveries = new WeakMap<IncomingMessage, Delivery>();

/** The raw body, where a guard has read it. */
export function receivedBody(req: IncomingMessage): Uint8Array | undefined {
  return deliveries.get(req)?.body;
}

/** What the same verifier proved of the same request before. */
export function earlierEvent(req: IncomingMessage, verifier: Verifier): VerifiedEvent | undefined {
  return deliveries.get(req)?.events.get(verifier);
}

export function remember(
  req: IncomingMessage,
  verifier: Verifier,
  body: Uint8Array,
  event: VerifiedEvent,
): void {
  const events = deliveries.get(req)?.events ?? new Map();
  deliveries.set(req, { body, events: events.set(verifier, event) });
}
