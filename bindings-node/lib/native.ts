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
  readonly checkHead: NativeVerify;
  readonly verifyIntrospected: NativeVerify;
  readonly bearerToken: NativeVerify;
  /** What to append to the detail of a rejection, after NUL; `headers` as in `sign`. */
  diagnose(
    code: string,
    peer: string | undefined,
    body: Uint8Array,
    headers: readonly string[],
  ): string | undefined;
  /** Fills `room`, with zeros behind; the length, or a text that tells of an error. */
  decrypt(
    ciphertext: Uint8Array,
    iv: Uint8Array | undefined,
    cipher: string | undefined,
    room: Uint8Array,
  ): number | string | undefined;
  sign(
    method: string,
    url: string,
    body: Uint8Array,
    headers: readonly string[],
    deliveryId: string | undefined,
    now: number,
    keyId: string | undefined,
  ): string | undefined;
  keyRequest(): string | undefined;
  supplyKeys(document: Uint8Array): string | undefined;
}

/**
 * Works on one request, as `src/verify.rs` reads it. What the body decrypts to
 * fills `room`, with zeros behind it, if it fits. Without `now` the system clock
 * counts.
 */
export type NativeVerify = (
  method: string,
  target: string | Uint8Array,
  body: Uint8Array,
  peer: string | undefined,
  now: number | undefined,
  introspection: Uint8Array | undefined,
  room: Uint8Array,
  authority: string | undefined,
  scheme: string | undefined,
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
    now: number,
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
  throw new ConfigurationError(`${isBundled() ? BUNDLED : NOT_INSTALLED} ${failures.join("; ")}`);
}

const NOT_INSTALLED =
  "the native part of hookseal is not installed for this platform. Install hookseal " +
  "without --omit=optional (--no-optional), on the platform it will run on.";

const BUNDLED =
  "hookseal was bundled, and its native part cannot be. Mark hookseal as external " +
  "(esbuild: --external:hookseal, webpack: externals, Next: serverExternalPackages), and " +
  "install it where the bundle runs.";

/**
 * Whether this is not a file of its own any more; a bundle of ESM has no `__filename`.
 * Nor can it load a module of Node from CommonJS, which this one does without and
 * comes before all that do not: the reason is told here, or not at all.
 */
function isBundled(): boolean {
  return typeof __filename === "undefined" || !/[\\/]native\.js$/.test(__filename);
}

function loadSameVersion(): { native: NativePart; constants: Constants } {
  const native = load();
  const { version } = require("../package.json") as { version: string };
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
