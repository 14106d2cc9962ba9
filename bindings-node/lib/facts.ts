/**
 * Reads the text in which the native part tells the facts of a verified
 * delivery (`src/answer.rs`). All but the ends of it has a fixed place: to look
 * for a separator, or to read a decimal number, costs as much as the call.
 */

import type { Claims } from "./event.js";

/** Names stand in the description of the verifier; here are their indices. */
export interface IndexedFacts {
  readonly variant: number;
  readonly urlForm: number;
  /** Meaningless where a token names the key. */
  readonly key: number;
  readonly timestamp: number | null;
  readonly replayKey: string | null;
  /** How long what the body decrypts to is; `null` where the payload is the body. */
  readonly payloadLength: number | null;
  readonly deliveryId: string | null;
  readonly eventType: string | null;
  readonly token: Token | null;
}

interface Token {
  readonly key_id: string;
  readonly claims: Claims;
}

/** Where the parts of a success begin. */
const VARIANT = 1;
const URL_FORM = 2;
const KEY = 3;
const PRESENT = 5;
const TIMESTAMP = 6;
const REPLAY_KEY = 14;
const PAYLOAD_LENGTH = 78;
const DELIVERY_ID_LENGTH = 82;
const EVENT_TYPE_LENGTH = 86;
const DELIVERY_ID = 90;

/** What there is, as bits of `PRESENT`. */
const HAS_TIMESTAMP = 1;
const HAS_REPLAY_KEY = 2;
const HAS_PAYLOAD = 4;
const HAS_DELIVERY_ID = 8;
const HAS_TOKEN = 16;
const HAS_EVENT_TYPE = 32;

export function readFacts(answer: string): IndexedFacts {
  const present = answer.charCodeAt(PRESENT);
  const has = (part: number) => (present & part) !== 0;
  const eventType = DELIVERY_ID + readUint32(answer, DELIVERY_ID_LENGTH);
  const token = eventType + readUint32(answer, EVENT_TYPE_LENGTH);
  return {
    variant: answer.charCodeAt(VARIANT),
    urlForm: answer.charCodeAt(URL_FORM),
    key: (answer.charCodeAt(KEY) << 8) | answer.charCodeAt(KEY + 1),
    timestamp: has(HAS_TIMESTAMP) ? readInteger(answer, TIMESTAMP) : null,
    replayKey: has(HAS_REPLAY_KEY) ? answer.slice(REPLAY_KEY, PAYLOAD_LENGTH) : null,
    payloadLength: has(HAS_PAYLOAD) ? readUint32(answer, PAYLOAD_LENGTH) : null,
    deliveryId: has(HAS_DELIVERY_ID) ? answer.slice(DELIVERY_ID, eventType) : null,
    eventType: has(HAS_EVENT_TYPE) ? answer.slice(eventType, token) : null,
    token: has(HAS_TOKEN) ? frozen(JSON.parse(answer.slice(token)) as Token) : null,
  };
}

/** 64 bits, of which JavaScript's numbers have 53. */
function readInteger(text: string, at: number): number {
  return (readUint32(text, at) | 0) * 2 ** 32 + readUint32(text, at + 4);
}

/** 32 bits without a sign. */
function readUint32(text: string, at: number): number {
  const high = (text.charCodeAt(at) << 24) | (text.charCodeAt(at + 1) << 16);
  return (high | (text.charCodeAt(at + 2) << 8) | text.charCodeAt(at + 3)) >>> 0;
}

/** With all that is in it. */
function frozen<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) {
      frozen(part);
    }
  }
  return Object.freeze(value);
}
