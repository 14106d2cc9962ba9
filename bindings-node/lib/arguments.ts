/** Arguments of the caller, each of the type that the native part takes. */

import { asBytes } from "./bytes.js";
import { ConfigurationError } from "./errors.js";

export function text(name: string, value: unknown): string {
  if (typeof value !== "string") {
    throw new ConfigurationError(`${name} must be a string`);
  }
  return value;
}

export function optionalText(name: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : text(name, value);
}

export function optionalBytes(name: string, value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const bytes = asBytes(value);
  if (bytes === undefined) {
    throw new ConfigurationError(`${name} must be bytes`);
  }
  return bytes;
}

export function urlBytes(url: unknown): Uint8Array {
  const bytes = asBytes(url);
  if (bytes === undefined) {
    throw new ConfigurationError("url must be a string, or bytes");
  }
  return bytes;
}

/** Whole unix seconds; `Date.now() / 1000` has a fraction. */
export function seconds(now: unknown): number | undefined {
  if (now === undefined || now === null) {
    return undefined;
  }
  const whole = typeof now === "number" ? Math.floor(now) : Number.NaN;
  if (!Number.isSafeInteger(whole)) {
    throw new ConfigurationError("now must be a number of unix seconds");
  }
  return whole;
}
