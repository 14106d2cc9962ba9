/**
 * Reads the text in which the native part tells the facts of a verified
 * delivery (`src/answer.rs`).
 */

import { NUL } from "./answer.js";
import type { Claims } from "./event.js";

/** Names stand in the description of the verifier; here are their indices. */
export interface IndexedFacts {
  readonly variant: number;
  readonly urlForm: number;
  /** Meaningless where a token names the key. */
  readonly key: number;
  readonly replayKey: string | null;
  readonly timestamp: number | null;
  /** Of what the body decrypts to; `null` where the payload is the body. */
  readonly payloadLength: number | null;
  readonly token: Token | null;
  readonly deliveryId: string | null;
}

interface Token {
  readonly key_id: string;
  readonly claims: Claims;
}

/** Where the parts of a success begin. */
const VARIANT = 1;
const URL_FORM = 2;
const KEY = 3;
const REPLAY_KEY = 5;
const TIMESTAMP = 69;

export function readFacts(answer: string): IndexedFacts {
  const payloadLength = answer.indexOf(";", TIMESTAMP) + 1;
  const token = answer.indexOf(";", payloadLength) + 1;
  const deliveryId = answer.indexOf(NUL, token) + 1;
  const hasId = deliveryId > 0;
  return {
    variant: answer.charCodeAt(VARIANT),
    urlForm: answer.charCodeAt(URL_FORM),
    key: (answer.charCodeAt(KEY) << 8) | answer.charCodeAt(KEY + 1),
    replayKey: answer.charAt(REPLAY_KEY) === " " ? null : answer.slice(REPLAY_KEY, TIMESTAMP),
    timestamp: readNumber(answer.slice(TIMESTAMP, payloadLength - 1)),
    payloadLength: readNumber(answer.slice(payloadLength, token - 1)),
    token: readToken(answer.slice(token, hasId ? deliveryId - 1 : undefined)),
    deliveryId: hasId ? answer.slice(deliveryId) : null,
  };
}

function readNumber(digits: string): number | null {
  return digits === "" ? null : Number(digits);
}

function readToken(json: string): Token | null {
  return json === "" ? null : frozen(JSON.parse(json) as Token);
}

function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
