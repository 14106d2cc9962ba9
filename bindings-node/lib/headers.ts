/** Picks the headers a scheme needs out of whatever holds all of them. */

import { rejection } from "./answer.js";
import { ConfigurationError } from "./errors.js";
import type { HeaderSlot } from "./native.js";

/** The value of a header; a list where it was received more than once. */
export type HeaderValue = string | readonly string[] | undefined;

/**
 * All headers of a request: Node's `IncomingHttpHeaders` or any other object
 * by its own entries, or a `Headers`, a `Map` or a list of pairs. Names may be
 * written in any case.
 */
export type HeadersInput =
  | Iterable<readonly [name: string, value: string | readonly string[]]>
  | { readonly [name: string]: HeaderValue };

/** There are at least so many slots, so that a caller can name them one by one. */
export const MIN_SLOTS = 4;

/** Made once a verifier, for the names its scheme needs. */
export class HeaderPicker {
  readonly #names: readonly string[];
  readonly #absent: readonly HeaderSlot[];
  /**
   * A bit for each length of a name, modulo 32: most headers of a request are
   * passed by on their length alone, without looking at the name.
   */
  readonly #lengths: number;

  /** `names` in lower case, in the order of the native arguments. */
  constructor(names: readonly string[]) {
    this.#names = names;
    const slots = Math.max(names.length, MIN_SLOTS);
    this.#absent = Array.from({ length: slots }, () => undefined);
    this.#lengths = names.reduce((lengths, name) => lengths | (1 << name.length), 0);
  }

  /** The values by slot. Inherited entries never count. */
  pick(headers: unknown): HeaderSlot[] {
    if (typeof headers !== "object" || headers === null) {
      throw new ConfigurationError(
        "headers must be an object, a Headers, a Map or a list of [name, value]",
      );
    }
    const slots = this.#absent.slice();
    const lengths = this.#lengths;
    if (isIterable(headers)) {
      for (const pair of headers) {
        const [name, value] = checkedPair(pair);
        if ((lengths & (1 << name.length)) !== 0) {
          add(slots, this.#slot(name), value);
        }
      }
    } else {
      // `in` makes no list of the names, unlike Object.keys, but sees inherited ones.
      for (const name in headers) {
        if ((lengths & (1 << name.length)) !== 0 && Object.hasOwn(headers, name)) {
          add(slots, this.#slot(name), (headers as Record<string, unknown>)[name]);
        }
      }
    }
    return slots;
  }

  /** Negative where the name is not needed. */
  #slot(name: string): number {
    const names = this.#names;
    const slot = names.indexOf(name);
    return slot >= 0 ? slot : names.indexOf(name.toLowerCase());
  }
}

function isIterable(headers: object): headers is Iterable<unknown> {
  return typeof (headers as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}

function checkedPair(pair: unknown): [name: string, value: unknown] {
  if (!Array.isArray(pair) || typeof pair[0] !== "string") {
    throw new ConfigurationError("a list of headers must be made of [name, value]");
  }
  return [pair[0], pair[1]];
}

/** Adds a value, if it is needed; the core decides whether several of one name agree. */
function add(slots: HeaderSlot[], slot: number, value: unknown): void {
  if (slot < 0) {
    return;
  }
  if (typeof value === "string") {
    const earlier = slots[slot];
    slots[slot] = earlier === undefined ? value : [earlier, value].flat();
  } else if (Array.isArray(value)) {
    for (const item of value) {
      add(slots, slot, item);
    }
  } else if (value !== undefined && value !== null) {
    throw rejection("malformed_header", "the value of a header must be a string or a list of them");
  }
}
