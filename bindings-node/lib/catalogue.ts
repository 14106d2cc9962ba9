import type { CodeInfo } from "./answer.js";
import { constants } from "./native.js";

/** One entry of the frozen error table. */
export type ErrorCodeInfo = CodeInfo;

/** One option of a scheme. */
export interface OptionInfo {
  /** Its snake_case name; `authToken` and `auth_token` name the same option. */
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** Whether the value is an object of further options. */
  readonly group: boolean;
}

/** One entry of the catalogue of schemes. */
export interface SchemeInfo {
  /** What `new Verifier(id, …)` takes. */
  readonly id: string;
  readonly title: string;
  /** Where the provider documents it. */
  readonly docs: string;
  readonly status: string;
  /**
   * Whether deliveries are signed. Others show a token or a password, or are
   * encrypted: `event.covers` tells how little that proves.
   */
  readonly signs: boolean;
  /** Whether `verifier.sign` works: not where only the provider has the key. */
  readonly can_sign: boolean;
  /** What its users should know. */
  readonly notes: readonly string[];
  readonly options: readonly OptionInfo[];
}

/** Every error code with its number and HTTP status, in order of number. */
export function errorCodes(): ErrorCodeInfo[] {
  return JSON.parse(constants.errorCodes);
}

/**
 * Whether an option of a built-in scheme is an object of options. The names in
 * any other object, such as labels and claims, are left as they are.
 */
export function hasOptions(scheme: unknown, option: string): boolean {
  const options = schemes().find(({ id }) => id === scheme)?.options ?? [];
  return options.some(({ name, group }) => name === option && group);
}

/** The built-in schemes and their options. */
export function schemes(): SchemeInfo[] {
  return JSON.parse(constants.schemes);
}
