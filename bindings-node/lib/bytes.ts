import { types } from "node:util";

import { rejection } from "./answer.js";

/** Found once: to find them in their module at each call takes as long as to ask them. */
const { isAnyArrayBuffer, isSharedArrayBuffer, isUint8Array } = types;

/** A view of bytes that are given as such, or `undefined`. */
export function asBytes(value: unknown): Uint8Array | undefined {
  // Not `instanceof`: bytes may come from another realm, e.g. a test runner's.
  if (isUint8Array(value)) {
    return value;
  }
  return isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** The body of a request, as it was received. */
export function bodyBytes(body: unknown): Uint8Array {
  const bytes = asBytes(body);
  if (bytes === undefined) {
    throw rejection("body_already_parsed", notBytes(body));
  }
  return bytes;
}

/** A ciphertext without its encoding. */
export function ciphertextBytes(ciphertext: unknown): Uint8Array {
  const bytes = asBytes(ciphertext);
  if (bytes === undefined) {
    throw rejection(
      "body_already_parsed",
      `what is decrypted are bytes, but ${shape(ciphertext)} was given. Pass a Buffer, a ` +
        "Uint8Array or an ArrayBuffer with the ciphertext, its base64 or hex undone",
    );
  }
  return bytes;
}

/**
 * The same bytes in memory that no other thread can write to, so that the bytes
 * handed out are the bytes that were verified.
 */
export function unshared(bytes: Uint8Array): Uint8Array {
  return isSharedArrayBuffer(bytes.buffer) ? Uint8Array.from(bytes) : bytes;
}

function notBytes(body: unknown): string {
  return (
    `the signature is over the bytes that were sent, but ${shape(body)} was given. Pass a Buffer, ` +
    "a Uint8Array or an ArrayBuffer with the raw body, taken before any parser and never " +
    "serialised again; an empty body is an empty Buffer"
  );
}

/** What was given in the place of bytes, never its content. */
function shape(value: unknown): string {
  return value === null || value === undefined
    ? "nothing"
    : `a ${typeof value} (${Array.isArray(value) ? "an array" : "decoded or parsed"})`;
}
