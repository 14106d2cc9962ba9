/** Why a request was rejected, as far as headers show it that `verify` does not read. */

import { isSuccess } from "./answer.js";
import { ConfigurationError, type HooksealError, VerificationError } from "./errors.js";
import { HeaderPicker } from "./headers.js";
import type { Compiled } from "./native.js";
import type { Spell } from "./option-names.js";

/** As much of a body as tells how it is encoded; copied, so that nobody shares its memory. */
const BEGINNING = 16;

export class Diagnosis {
  readonly #native: Compiled;
  readonly #names: readonly string[];
  readonly #picker: HeaderPicker;
  readonly #spell: Spell;

  /** `names` in lower case: the headers to look at after a rejection. */
  constructor(native: Compiled, names: readonly string[], spell: Spell) {
    this.#native = native;
    this.#names = names;
    this.#picker = new HeaderPicker(names);
    this.#spell = spell;
  }

  /**
   * The error with what all headers show of its cause, and with options as they
   * were typed. Headers are read a second time; what gives none this time adds
   * nothing.
   */
  complete(
    error: HooksealError,
    headers: unknown,
    peer: string | undefined,
    body: Uint8Array,
  ): HooksealError {
    return error instanceof VerificationError
      ? this.spelled(error, this.#more(error, headers, peer, body))
      : error;
  }

  /** The error, with options as they were typed and with more of its cause. */
  spelled(error: HooksealError, more = ""): HooksealError {
    const detail = this.#spell(error.detail + more);
    if (detail === error.detail) {
      return error;
    }
    return error instanceof VerificationError
      ? new VerificationError(error.code, detail, error)
      : new ConfigurationError(detail);
  }

  #more(
    error: VerificationError,
    headers: unknown,
    peer: string | undefined,
    body: Uint8Array,
  ): string {
    try {
      const beginning = Uint8Array.from(body.subarray(0, BEGINNING));
      const answer = this.#native.diagnose(error.code, peer, beginning, this.#flat(headers));
      return isSuccess(answer) ? answer.slice(1) : "";
    } catch {
      return "";
    }
  }

  /** Name, value, name, value. */
  #flat(headers: unknown): string[] {
    const slots = this.#picker.pick(headers);
    return this.#names.flatMap((name, slot) =>
      [slots[slot] ?? []].flat().flatMap((value) => [name, value]),
    );
  }
}
