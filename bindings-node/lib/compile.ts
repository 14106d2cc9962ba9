import { failure, typed } from "./answer.js";
import { ConfigurationError } from "./errors.js";
import { asGiven, encodeOptions } from "./options.js";

/** What the native part makes of options. Their JSON, which holds secrets, is wiped at once. */
export function compiled<Made>(
  options: unknown,
  make: (json: Uint8Array) => string | Made,
  hasOptions: (name: string) => boolean = () => false,
): Made {
  let made: string | Made;
  try {
    const json = encodeOptions(options, hasOptions);
    try {
      made = make(json);
    } finally {
      json.fill(0);
    }
  } catch (error) {
    throw typed(error);
  }
  if (typeof made === "string") {
    const error = failure(made);
    throw error instanceof ConfigurationError
      ? new ConfigurationError(asGiven(options as object, error.detail))
      : error;
  }
  return made;
}
