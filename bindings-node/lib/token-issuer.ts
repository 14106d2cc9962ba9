import { inspect } from "node:util";

import { succeeded, typed } from "./answer.js";
import { seconds, text } from "./arguments.js";
import { bodyBytes, unshared } from "./bytes.js";
import type { KnownOptions } from "./catalogue.js";
import { systemClock } from "./clock.js";
import { compiled } from "./compile.js";
import type { Reply } from "./errors.js";
import { HeaderPicker, type HeadersInput } from "./headers.js";
import { type NativeIssuer, native } from "./native.js";
import { own } from "./own.js";
import type { TokenIssuerOptions } from "./scheme-options.js";

/** One request to the token endpoint. */
export interface TokenRequest {
  /** The HTTP method as received. */
  readonly method: string;
  /** All headers as received. */
  readonly headers: HeadersInput;
  /** The raw body, before any parser. */
  readonly body: Uint8Array | ArrayBuffer;
  /** Unix seconds. Default: the clock, `Date.now()`. */
  readonly now?: number | null | undefined;
}

/** A set of public keys (RFC 7517 section 5). */
export interface JsonWebKeySet {
  /** Each with its `kid`. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Its options are no objects, and all that its errors name in snake_case are options. */
const KNOWN: KnownOptions = { hasOptions: () => false, names: () => ({ has: () => true }) };

const HEADERS = new HeaderPicker(["content-type", "authorization"]);

/**
 * Issues short-lived access tokens to a sender of deliveries that asks for one
 * first: a token endpoint with the grant of client credentials (RFC 6749
 * section 4.4). A scheme that verifies tokens takes them with the same
 * `hmacSecret`, or with `jwks()`.
 *
 * Immutable; make one at start-up and keep it. It is an online check of a
 * password: limit how often it can be called.
 */
export class TokenIssuer {
  readonly #respond: NativeIssuer["respond"];
  readonly #jwks: string;

  /** How large the body of a request may be. */
  readonly maxBodyBytes: number;

  /** @throws {ConfigurationError} naming the option that is wrong or missing. */
  constructor(options: TokenIssuerOptions) {
    const { respond, jwks, maxBodyBytes } = compiled(options, native.issuer, KNOWN).made;
    this.#respond = respond;
    this.#jwks = jwks;
    this.maxBodyBytes = maxBodyBytes;
    Object.freeze(this);
  }

  /**
   * Answers one request: with a token, or with an error of RFC 6749 section 5.2.
   *
   * @throws {HooksealError} only where an argument has the wrong type.
   */
  respond(request: TokenRequest): Reply {
    let answer: string | undefined;
    try {
      const [contentType, authorization] = HEADERS.pick(own(request, "headers"));
      answer = this.#respond(
        text("method", own(request, "method")),
        [contentType ?? []].flat()[0],
        [authorization ?? []].flat(),
        unshared(bodyBytes(own(request, "body"))),
        seconds(own(request, "now")) ?? systemClock(),
      );
    } catch (error) {
      throw typed(error);
    }
    return JSON.parse(succeeded(answer).slice(1)) as Reply;
  }

  /** The public keys that verify the tokens; none for HS256, whose key is a secret. */
  jwks(): JsonWebKeySet {
    return JSON.parse(this.#jwks) as JsonWebKeySet;
  }

  /** Its class, and nothing that it was made with. */
  toString(): string {
    return "TokenIssuer";
  }

  /** An empty object: everything else is a secret or in `jwks()`. */
  toJSON(): unknown {
    return {};
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }
}
