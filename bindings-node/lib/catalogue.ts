import type { CodeInfo } from "./answer.js";
import { constants } from "./native.js";
import type { SchemeId } from "./options.js";

/** One entry of the frozen error table. */
export type ErrorCodeInfo = CodeInfo;

/**
 * What an option takes: `secret` and `public_key` a text or bytes, a list of them
 * or an object of them by label; `one_secret` and `text_or_bytes` a text or bytes;
 * `texts` and `choices` one or a list; `choice` one of `values`; `switch` a
 * boolean; `seconds` and `size`, in bytes, a whole number; `rate` one or `"*"`;
 * `key_set` a JSON Web Key Set; `claims` an object of what claims must say;
 * `group` an object of `members`.
 */
export type OptionKind =
  | "secret"
  | "one_secret"
  | "public_key"
  | "text"
  | "text_or_bytes"
  | "texts"
  | "choice"
  | "choices"
  | "switch"
  | "seconds"
  | "size"
  | "rate"
  | "key_set"
  | "claims"
  | "group";

/** One option of a scheme. */
export interface OptionInfo {
  /** Its snake_case name; `authToken` and `auth_token` name the same option. */
  readonly name: string;
  /** What it takes. */
  readonly kind: OptionKind;
  /** What it is for, without a full stop. */
  readonly help: string;
  /** Whether no verifier can be made without it. */
  readonly required: boolean;
  /** Whether nobody may see its value. */
  readonly secret: boolean;
  /** Whether the value is an object of further options. */
  readonly group: boolean;
  /** Whether it is one of those that all schemes take. */
  readonly common: boolean;
  /** What counts where it is not given, if that is one value. */
  readonly default?: string | number | boolean | readonly string[];
  /** The numbers that it takes, both ends included. */
  readonly range?: { readonly min: number; readonly max?: number };
  /** The texts to choose from. */
  readonly values?: readonly string[];
  /** The options of a group. */
  readonly members?: readonly OptionInfo[];
  /** It is rejected unless one of these is given as well. */
  readonly needs?: readonly string[];
  /** It is rejected beside any of these. */
  readonly excludes?: readonly string[];
}

/** One entry of the catalogue of schemes. */
export interface SchemeInfo {
  /** What `new Verifier(id, …)` takes. */
  readonly id: SchemeId;
  /** The provider, or the standard, as its documentation calls it. */
  readonly title: string;
  /** Where the provider documents it. */
  readonly docs: string;
  /** `stable` once published vectors or the vendor's code agree. */
  readonly status: "stable" | "unconfirmed";
  /**
   * Whether deliveries are signed. Others show a token or a password, or are
   * encrypted: `event.covers` tells how little that proves.
   */
  readonly signs: boolean;
  /** Whether `verifier.sign` works: not where only the provider has the key. */
  readonly can_sign: boolean;
  /** What its users should know. */
  readonly notes: readonly string[];
  /** Its options, those of all schemes last. */
  readonly options: readonly OptionInfo[];
}

/** Every error code with its number and HTTP status, in order of number. */
export function errorCodes(): ErrorCodeInfo[] {
  return JSON.parse(constants.errorCodes);
}

/** What is known of the options of a scheme, by their snake_case names. */
export interface KnownOptions {
  /**
   * Whether an option is an object of options. The names in any other object, such
   * as labels and claims, are left as they are.
   */
  hasOptions(name: string): boolean;
  /** The names of all options. */
  names(): { has(name: string): boolean };
}

/** Of a custom scheme nothing is known: it may have each option that a built-in one has. */
export function knownOptions(scheme: unknown): KnownOptions {
  return {
    hasOptions(option) {
      const own = schemes().find(({ id }) => id === scheme)?.options ?? [];
      return own.some(({ name, group }) => name === option && group);
    },
    names() {
      const all = schemes();
      const own = all.filter(({ id }) => id === scheme);
      const options = (own.length === 0 ? all : own).flatMap((one) => one.options);
      const members = options.flatMap((option) => option.members ?? []);
      return new Set([...options, ...members].map(({ name }) => name));
    },
  };
}

/** The built-in schemes and their options. */
export function schemes(): SchemeInfo[] {
  return JSON.parse(constants.schemes);
}
