/** Tokens that only their issuer can tell of (RFC 7662), which a hook asks. */

import { rejection } from "./answer.js";
import { type Logger, warn } from "./logger.js";

/**
 * Asks the issuer of a token, and gives its answer: the JSON object of RFC 7662
 * section 2.2. Should not take longer than a sender waits. Whatever it throws,
 * and no object at all, is `key_unavailable`: the sender tries again.
 */
export type Introspect = (token: string) => object | Promise<object>;

/** The answer of the hook as JSON in UTF-8. */
export async function introspected(
  introspect: Introspect,
  token: string,
  logger: Logger,
): Promise<Uint8Array> {
  try {
    return Buffer.from(JSON.stringify(await introspect(token)));
  } catch (error) {
    warn(logger, `hookseal: could not introspect a token: ${Object(error).message}`);
    throw rejection("key_unavailable", "the issuer of the token could not be asked");
  }
}
