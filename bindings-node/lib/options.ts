/** Turns the options of a verifier into the JSON that the core reads. */

import { asBytes } from "./bytes.js";
import { ConfigurationError } from "./errors.js";
import { snakeCase } from "./option-names.js";
import type { OptionValue } from "./option-values.js";
import type { CommonOptions, SchemeOptions } from "./scheme-options.js";

/** The id of a built-in scheme. */
export type SchemeId = keyof SchemeOptions;

/** A scheme of your own, in the format of the built-in ones. */
export type CustomScheme = Readonly<Record<string, unknown>>;

/** Options by name, where the compiler does not know the scheme: those of a custom one. */
export type Options = CommonOptions & { readonly [name: string]: OptionValue };

/**
 * The options that a scheme takes: `SchemeOptions[Scheme]` where the id stands in
 * the program, and any where it is a `SchemeId` that is known at run time only.
 *
 * They are typed in camelCase (`authToken`). At run time the snake_case names of
 * the catalogue (`auth_token`) do as well, so that one configuration file can
 * serve several languages; the same option under both names is rejected.
 */
export type OptionsOf<Scheme> = SchemeId extends Scheme
  ? Options
  : Scheme extends SchemeId
    ? SchemeOptions[Scheme]
    : Options;

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
  if (!isPlainObject(options)) {
    // What its prototype holds would be left out, a restriction perhaps.
    throw new ConfigurationError("the options must be a plain object, not one of a class");
  }
  const encoded = encodeNamed(options, (name, given, value) =>
    isPlainObject(value) && hasOptions(name)
      ? encodeNamed(value, (_name, inner, item) => encode(inner, item, MAX_DEPTH - 1), `${given}.`)
      : encode(given, value, MAX_DEPTH),
  );
  return Buffer.from(JSON.stringify(encoded));
}

/** The names of all options as they are given, with those within an option. */
export function givenNames(options: object, hasOptions: (name: string) => boolean): string[] {
  return Object.entries(options).flatMap(([given, value]) =>
    isPlainObject(value) && hasOptions(snakeCase(given)) ? [given, ...Object.keys(value)] : [given],
  );
}

/** Options by their snake_case names, each of them once; `parent` is what they stand in. */
function encodeNamed(
  options: object,
  encodeOne: (name: string, given: string, value: unknown) => unknown,
  parent = "",
): object {
  const encoded = new Map<string, unknown>();
  const spelled = new Map<string, string>();
  for (const [given, value] of Object.entries(options)) {
    const name = snakeCase(given);
    const earlier = spelled.get(name);
    if (earlier !== undefined) {
      throw new ConfigurationError(
        `the option ${parent}${given} is given twice, as ${earlier} too`,
      );
    }
    spelled.set(name, given);
    encoded.set(name, encodeOne(name, parent + given, value));
  }
  return Object.fromEntries(encoded);
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
