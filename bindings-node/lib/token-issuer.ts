import { inspect } from "node:util";

import { succeeded, typed } from "./answer.js";
import { seconds, text } from "./arguments.js";
import { bodyBytes, unshared } from "./bytes.js";
import { systemClock } from "./clock.js";
import { compiled } from "./compile.js";
import type { Reply } from "./errors.js";
import { HeaderPicker, type HeadersInput } from "./headers.js";
import { type NativeIssuer, native } from "./native.js";
import type { OptionValue } from "./options.js";
import { own } from "./own.js";

/** What a token issuer is made with. The snake_case names do as well. */
export interface TokenIssuerOptions {
  /** The id that the sender of the deliveries shows. */
  readonly clientId: string;
  /** Its secret; several during a rotation, or with a label each. */
  readonly clientSecret: OptionValue;
  /** The claim `iss`, e.g. `https://api.example.com`. */
  readonly issuer: string;
  /** The claim `aud`: whom the tokens are for. */
  readonly audience: string | readonly string[];
  /** What tokens may be for; granted whole where a request names none. Default: nothing. */
  readonly scope?: string | readonly string[];
  /** How many seconds a token is good for. Default: 300. */
  readonly lifetime?: number;
  /** A secret of at least 32 bytes that signs with HS256. Give this, or `ed25519Seed`. */
  readonly hmacSecret?: string | Uint8Array | ArrayBuffer;
  /** The 32 bytes of a private key (RFC 8032) that signs with EdDSA. */
  readonly ed25519Seed?: Uint8Array | ArrayBuffer;
  /** What the key is for. Default: what fits it. */
  readonly algorithm?: "HS256" | "EdDSA";
  /** Take a request in JSON too. Default: `false`, only the form of RFC 6749. */
  readonly allowJson?: boolean;
  /** Take equal credentials in header and body. Default: `false`. */
  readonly allowBothCredentials?: boolean;
  /** Take only form-encoded credentials in the header (RFC 6749 section 2.3.1). Default: `false`. */
  readonly formEncodedOnly?: boolean;
}

/** One request to the token endpoint. */
export interface TokenRequest {
  /** The HTTP method as received. */
  readonly method: string;
  readonly headers: HeadersInput;
  /** The raw body, before any parser. */
  readonly body: Uint8Array | ArrayBuffer;
  /** Unix seconds. Default: the clock, `Date.now()`. */
  readonly now?: number | null | undefined;
}

/** A set of public keys (RFC 7517 section 5). */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

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
    const { respond, jwks, maxBodyBytes } = compiled(options, native.issuer);
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

  toString(): string {
    return "TokenIssuer";
  }

  toJSON(): unknown {
    return {};
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }
}
