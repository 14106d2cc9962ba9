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
  /** What the body decrypts to; `null` where the payload is the body. */
  readonly decrypted: Buffer | null;
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
  const lengthAt = answer.indexOf(";", TIMESTAMP) + 1;
  const payloadAt = answer.indexOf(";", lengthAt) + 1;
  const length = readNumber(answer.slice(lengthAt, payloadAt - 1));
  const tokenAt = payloadAt + (length ?? 0);
  const idAt = answer.indexOf(NUL, tokenAt) + 1;
  const hasId = idAt > 0;
  return {
    variant: answer.charCodeAt(VARIANT),
    urlForm: answer.charCodeAt(URL_FORM),
    key: (answer.charCodeAt(KEY) << 8) | answer.charCodeAt(KEY + 1),
    replayKey: answer.charAt(REPLAY_KEY) === " " ? null : answer.slice(REPLAY_KEY, TIMESTAMP),
    timestamp: readNumber(answer.slice(TIMESTAMP, lengthAt - 1)),
    decrypted: length === null ? null : Buffer.from(answer.slice(payloadAt, tokenAt), "latin1"),
    token: readToken(answer.slice(tokenAt, hasId ? idAt - 1 : undefined)),
    deliveryId: hasId ? answer.slice(idAt) : null,
  };
}

function readNumber(digits: string): number | null {
  return digits === "" ? null : Number(digits);
}

function readToken(json: string): Token | null {
  return json === "" ? null : frozen(JSON.parse(json) as Token);
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
