import { types } from "node:util";

import { refusal } from "./answer.js";

/** A view of bytes that are given as such, or `undefined`. */
export function asBytes(value: unknown): Uint8Array | undefined {
  // Not `instanceof`: bytes may come from another realm, e.g. a test runner's.
  if (types.isUint8Array(value)) {
    return value;
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** The body of a request, as it was received. */
export function bodyBytes(body: unknown): Uint8Array {
  const bytes = asBytes(body);
  if (bytes === undefined) {
    throw refusal("body_already_parsed", notBytes(body));
  }
  return bytes;
}

/**
 * The same bytes in memory that no other thread can write to, so that the bytes
 * handed out are the bytes that were verified.
 */
export function unshared(bytes: Uint8Array): Uint8Array {
  return types.isSharedArrayBuffer(bytes.buffer) ? Uint8Array.from(bytes) : bytes;
}

function notBytes(body: unknown): string {
  const given =
    body === null || body === undefined
      ? "no body"
      : `a ${typeof body} (${Array.isArray(body) ? "an array" : "decoded or parsed"})`;
  return (
    `the signature is over the bytes that were sent, but ${given} was given. Pass a Buffer, ` +
    "a Uint8Array or an ArrayBuffer with the raw body, taken before any parser and never " +
    "serialised again; an empty body is an empty Buffer"
  );
}
