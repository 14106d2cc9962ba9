/**
 * Loads the native part: a package for each platform, of which npm installs
 * the one that fits.
 */

import { ConfigurationError } from "./errors.js";

/** What `src/lib.rs` exports. Every answer is read by `answer.ts`. */
export interface NativePart {
  compile(scheme: string, options: Uint8Array): string | Compiled;
  issuer(options: Uint8Array): string | NativeIssuer;
  constants(): Constants;
  panicSelfTest(): string | null;
}

/** A compiled verifier: functions that own it. */
export interface Compiled {
  readonly description: string;
  readonly verify: NativeVerify;
  readonly verifyIntrospected: NativeVerify;
  readonly bearerToken: NativeVerify;
  /** Writes to `room` from `start` on; the length, or a text that tells of an error. */
  decrypt(
    ciphertext: Uint8Array,
    iv: Uint8Array | undefined,
    cipher: string | undefined,
    room: Uint8Array,
    start: number,
  ): number | string | undefined;
  sign(
    method: string,
    url: string,
    body: Uint8Array,
    headers: readonly string[],
    deliveryId: string | undefined,
    now: number | undefined,
    keyId: string | undefined,
  ): string | undefined;
  keyRequest(): string | undefined;
  supplyKeys(document: Uint8Array): string | undefined;
}

/**
 * Works on one request, as `src/verify.rs` reads it. What the body decrypts to
 * is written to `room` from `start` on, if it fits.
 */
export type NativeVerify = (
  method: string,
  url: string | Uint8Array,
  body: Uint8Array,
  peer: string | undefined,
  now: number | undefined,
  introspection: Uint8Array | undefined,
  room: Uint8Array,
  start: number,
  ...headers: readonly HeaderSlot[]
) => string | undefined;

/** A token issuer, and a function that owns it. */
export interface NativeIssuer {
  readonly jwks: string;
  readonly maxBodyBytes: number;
  respond(
    method: string,
    contentType: string | undefined,
    authorization: readonly string[],
    body: Uint8Array,
    now: number | undefined,
  ): string | undefined;
}

/** What a request says for one header: nothing, one value, or several. */
export type HeaderSlot = string | string[] | undefined;

interface Constants {
  readonly version: string;
  readonly errorCodes: string;
  readonly schemes: string;
  readonly rejectionBody: string;
  readonly rejectionContentType: string;
}

/** The packages that may hold the native part for this platform. */
function packageNames(): string[] {
  const platform = `@hookseal/native-${process.platform}-${process.arch}`;
  switch (process.platform) {
    case "linux":
      return [`${platform}-gnu`, `${platform}-musl`];
    case "win32":
      return [`${platform}-msvc`];
    default:
      return [platform];
  }
}

function load(): NativePart {
  const failures: string[] = [];
  for (const name of packageNames()) {
    try {
      return require(name) as NativePart;
    } catch (error) {
      // Only the first line: Node appends the list of the requiring files.
      failures.push(`${name}: ${String((error as Error)?.message).split("\n", 1)[0]}`);
    }
  }
  throw new ConfigurationError(
    "the native part of hookseal is not installed for this platform. Install hookseal " +
      "without --omit=optional (--no-optional), on the platform it will run on. " +
      failures.join("; "),
  );
}

function loadSameVersion(): { native: NativePart; constants: Constants } {
  const { version } = require("../package.json") as { version: string };
  const native = load();
  const constants = native.constants();
  if (constants.version !== version) {
    throw new ConfigurationError(
      `hookseal ${version} found the native part of version ${constants.version}: ` +
        "both must be of the same version. Reinstall hookseal.",
    );
  }
  return { native, constants };
}

export const { native, constants } = loadSameVersion();
