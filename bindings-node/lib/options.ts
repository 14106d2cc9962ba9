/** Turns the options of a verifier into the JSON that the core reads. */

import { asBytes } from "./bytes.js";
import { ConfigurationError } from "./errors.js";

/**
 * A text, bytes, a whole number, a switch; several of them, e.g. the secrets
 * of a rotation; or an object: several with a label each, `{ label: secret }`, a
 * key set, or options within an option.
 */
export type OptionValue =
  | string
  | number
  | boolean
  | Uint8Array
  | ArrayBuffer
  | readonly OptionValue[]
  | { readonly [label: string]: OptionValue };

/** The options that every scheme takes. */
export interface CommonOptions {
  /** The origin that the provider calls, e.g. `https://api.example.com`. */
  readonly publicUrl?: string;
  /** Proxies whose forwarded headers count, as addresses or CIDR. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** The only hosts that a request may have been sent to. Default: any. */
  readonly allowedHosts?: readonly string[];
  /**
   * The only clients that may call, as addresses or CIDR, or the name of a set
   * that the scheme brings. Default: any.
   */
  readonly allowedIps?: readonly string[];
  /** Reject what came over plain HTTP. Default: `false`. */
  readonly requireHttps?: boolean;
  /** How large a body may be. Default: 10 MiB; less for forms and slow ciphers. */
  readonly maxBodyBytes?: number;
  /** How many seconds a signed time may lie back or ahead. */
  readonly tolerance?: number;
}

/**
 * Options by name, in camelCase (`authToken`). The snake_case name of the
 * catalogue (`auth_token`) does as well, so that one configuration file can
 * serve several languages; the same option under both names is rejected.
 */
export type Options = CommonOptions & { readonly [name: string]: OptionValue };

/** A scheme of your own, in the format of the built-in ones. */
export type CustomScheme = Readonly<Record<string, unknown>>;

/** Lists and objects nest no deeper than this in any option. */
const MAX_DEPTH = 5;

/**
 * The options as JSON in UTF-8. The caller wipes it: it holds the secrets.
 *
 * @param hasOptions whether an option, where it is an object, is made of options
 * of its own, and not of labelled secrets.
 */
export function encodeOptions(options: unknown, hasOptions: (name: string) => boolean): Uint8Array {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError("the options must be an object");
  }
  const encoded = encodeNamed(options, (name, given, value) =>
    isPlainObject(value) && hasOptions(name)
      ? encodeNamed(value, (_name, inner, item) => encode(inner, item, MAX_DEPTH - 1))
      : encode(given, value, MAX_DEPTH),
  );
  return Buffer.from(JSON.stringify(encoded));
}

/** Options by their snake_case names, each of them once. */
function encodeNamed(
  options: object,
  encodeOne: (name: string, given: string, value: unknown) => unknown,
): object {
  const encoded = new Map<string, unknown>();
  for (const [given, value] of Object.entries(options)) {
    const name = snakeCase(given);
    if (encoded.has(name)) {
      throw new ConfigurationError(`the option ${name} is given twice, as ${given} too`);
    }
    encoded.set(name, encodeOne(name, given, value));
  }
  return Object.fromEntries(encoded);
}

/** A text of the core with the names of options as the program gave them, too. */
export function asGiven(options: object, detail: string): string {
  const given = new Map(Object.keys(options).map((name) => [snakeCase(name), name]));
  return detail.replace(/[a-z0-9]+(?:_[a-z0-9]+)+/g, (name) => {
    const spelled = given.get(name) ?? name;
    return spelled === name ? name : `${spelled} (${name})`;
  });
}

/** `authToken` and `auth_token` are both `auth_token`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function encode(name: string, value: unknown, depth: number): unknown {
  const bytes = asBytes(value);
  if (bytes !== undefined) {
    return { hex: Buffer.from(bytes).toString("hex") };
  }
  if (typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value)) {
    return value;
  }
  if (depth > 0 && Array.isArray(value)) {
    return value.map((item) => encode(name, item, depth - 1));
  }
  if (depth > 0 && isPlainObject(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([label, item]) => [label, encodeMember(name, item, depth - 1)]),
    );
  }
  throw new ConfigurationError(
    `the option ${name} must be a string, bytes, a whole number, a boolean, a list or an object ` +
      `of them, not ${describe(value)}`,
  );
}

/**
 * What stands in an object that is handed on as it is, such as a key set, is no option: the core
 * says whether it may be null or a decimal.
 */
function encodeMember(name: string, value: unknown, depth: number): unknown {
  return value === null || Number.isFinite(value) ? value : encode(name, value, depth);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The kind of a value, never the value: it may be a secret. */
function describe(value: unknown): string {
  if (value === null || value === undefined) {
    return `${value} (is its environment variable set?)`;
  }
  return typeof value === "number" ? "a fraction or an unsafe number" : `a ${typeof value}`;
}
