/** What a verified delivery proves. */

import { type InspectOptions, inspect } from "node:util";

import { ConfigurationError } from "./errors.js";

/**
 * How much of the body or of the URL is signed, from the weakest to the strongest:
 *
 * - `none`: nothing is signed.
 * - `weak`: what is signed can be replaced by something of the same digest.
 * - `joined`: it is signed, but runs together with what stands beside it: whoever has
 *   a signed request can move text from one field to the next.
 * - `part`: named fields, or all but some, each kept apart.
 * - `full`: every byte, directly or through a digest that was compared.
 */
export type CoverageLevel = "none" | "weak" | "joined" | "part" | "full";

/** What the proof covers. */
export interface Covers {
  /** How much of the body is signed. */
  readonly body: CoverageLevel;
  /** How much of the URL is signed. */
  readonly url: CoverageLevel;
  /** Whether the HTTP method is signed. */
  readonly method: boolean;
  /** `unsigned` travels with the delivery and can be changed by anybody. */
  readonly timestamp: "signed" | "unsigned" | "none";
  /** As `timestamp`. */
  readonly deliveryId: "signed" | "unsigned" | "none";
  /** Whether the body was encrypted on its way. */
  readonly confidential: boolean;
  /**
   * The fields of the string to sign as the scheme writes them: `body`, `url.path`,
   * `header:x-event`, and a list with what it leaves out, as `query -signature`.
   */
  readonly parts: readonly string[];
}

/** Signed claims by name, as JSON has them. */
export type Claims = Readonly<Record<string, unknown>>;

/** The facts of an event, and the bytes they are about. */
export interface Facts {
  readonly payload: Uint8Array;
  readonly scheme: string;
  readonly keyId: string;
  readonly timestamp: number | null;
  readonly deliveryId: string | null;
  readonly eventType: string | null;
  readonly replayKey: string | null;
  readonly claims: Claims;
  readonly covers: Covers;
  readonly urlForm: string;
}

/** Makes an event. Of this module only, and not exported from the package. */
export let makeEvent: (facts: Facts) => VerifiedEvent;

const PERMIT = Symbol("permit");
const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A verified delivery. Only a `Verifier` makes one, and it holds verified
 * facts only.
 */
export class VerifiedEvent {
  /**
   * The verified body: the very object that was given, unless it was shared
   * memory; or, where the scheme encrypts bodies, a `Buffer` of its own with
   * what the body decrypts to.
   */
  readonly payload: Uint8Array;
  /** The id of the scheme. */
  readonly scheme: string;
  /**
   * The label of the key that matched: its own, its position (`"0"`), or the
   * `kid` of a key of a key set (RFC 7517 section 4.5).
   */
  readonly keyId: string;
  /** The signed time in unix seconds, or `null` where the scheme signs none. */
  readonly timestamp: number | null;
  /** The signed id or nonce, or `null` where the scheme signs none. */
  readonly deliveryId: string | null;
  /**
   * The signed type of the event as the provider names it, e.g. `call.completed`; `null`
   * where the scheme knows no signed place of it, or the delivery does not have it.
   */
  readonly eventType: string | null;
  /**
   * 64 hex digits, equal for two deliveries of the same signed message; `null`
   * where the scheme signs no message but shows a token, a password or an
   * encrypted body: nothing verified tells one delivery from another there.
   */
  readonly replayKey: string | null;
  /** The claims of a signed token (RFC 7519 section 4), frozen; empty for schemes without any. */
  readonly claims: Claims;
  /** What was authenticated. */
  readonly covers: Covers;
  /** Which form of the URL matched, e.g. `as-is`. */
  readonly urlForm: string;

  private constructor(facts: Facts, permit: symbol) {
    if (permit !== PERMIT) {
      throw new ConfigurationError("a VerifiedEvent is made by a Verifier only");
    }
    this.payload = facts.payload;
    this.scheme = facts.scheme;
    this.keyId = facts.keyId;
    this.timestamp = facts.timestamp;
    this.deliveryId = facts.deliveryId;
    this.eventType = facts.eventType;
    this.replayKey = facts.replayKey;
    this.claims = facts.claims;
    this.covers = facts.covers;
    this.urlForm = facts.urlForm;
    Object.freeze(this);
  }

  static {
    makeEvent = (facts) => new VerifiedEvent(facts, PERMIT);
  }

  /**
   * The payload as text. It must be UTF-8; a byte order mark in front is left out.
   *
   * @throws {TypeError} where it is not UTF-8.
   */
  text(): string {
    try {
      return UTF_8.decode(this.payload);
    } catch {
      throw new TypeError("the payload is not UTF-8");
    }
  }

  /**
   * What the payload says as JSON, newly parsed at each call. Nobody has looked at
   * what is in it: `json<Call>()` says what you expect, and checks nothing.
   *
   * @throws {SyntaxError} where it is not JSON. Unlike that of `JSON.parse` its
   * message holds nothing of the payload.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as that of `JSON.parse` and of a fetched response.
  json<Value = any>(): Value {
    const text = this.text();
    try {
      return JSON.parse(text) as Value;
    } catch {
      throw new SyntaxError("the payload is not JSON");
    }
  }

  /** The facts, without payload and claims: what a customer said, or is, belongs in no log. */
  toJSON(): object {
    const claims = `${Object.keys(this.claims).length} claims`;
    return { ...this, payload: `${this.payload.byteLength} bytes`, claims };
  }

  /** @internal */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `VerifiedEvent ${inspect(this.toJSON(), options)}`;
  }
}
