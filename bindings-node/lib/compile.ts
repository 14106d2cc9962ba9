import { failure, typed } from "./answer.js";
import type { KnownOptions } from "./catalogue.js";
import { ConfigurationError } from "./errors.js";
import { type Spell, spelling } from "./option-names.js";
import { encodeOptions, givenNames } from "./options.js";

/** What the native part makes of options, and how its texts are to name them. */
interface Result<Made> {
  readonly made: Made;
  readonly spell: Spell;
}

/** Gives options to the native part. Their JSON, which holds secrets, is wiped at once. */
export function compiled<Made>(
  options: unknown,
  make: (json: Uint8Array) => string | Made,
  { hasOptions, names }: KnownOptions,
): Result<Made> {
  let made: string | Made;
  let spell: Spell;
  try {
    const json = encodeOptions(options, hasOptions);
    try {
      made = make(json);
    } finally {
      json.fill(0);
    }
    spell = spelling(givenNames(options as object, hasOptions), names);
  } catch (error) {
    throw typed(error);
  }
  if (typeof made === "string") {
    const error = failure(made);
    throw error instanceof ConfigurationError ? new ConfigurationError(spell(error.detail)) : error;
  }
  return { made, spell };
}
