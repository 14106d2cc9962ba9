import { inspect } from "node:util";

import { failure, refusal, succeeded, typed } from "./answer.js";
import { asBytes, bodyBytes } from "./bytes.js";
import { ConfigurationError } from "./errors.js";
import { type Covers, makeEvent, type VerifiedEvent } from "./event.js";
import { HeaderPicker, type HeadersInput } from "./headers.js";
import { type Compiled, native } from "./native.js";
import { type CustomScheme, encodeOptions, type Options } from "./options.js";

/** One received request. */
export interface VerifyInput {
  /** The HTTP method as received. */
  readonly method: string;
  /**
   * The URL as the provider called it, never decoded or normalised; with the
   * option `publicUrl` the request target (`/path?query`) is enough. Bytes
   * where it is not ASCII and the encoding matters.
   */
  readonly url: string | Uint8Array;
  readonly headers: HeadersInput;
  /** The raw body, before any parser. An empty body is an empty `Buffer`. */
  readonly body: Uint8Array | ArrayBuffer;
  /** The address of the directly connected peer (`socket.remoteAddress`). */
  readonly peerIp?: string | null | undefined;
  /** Unix seconds. Default: the system clock. */
  readonly now?: number | null | undefined;
}

/** What to sign as the provider would, for tests. */
export interface SignInput {
  readonly method: string;
  readonly url: string;
  /** Default: empty. */
  readonly body?: Uint8Array | ArrayBuffer | undefined;
  /** Headers that the request will carry besides the signature. Default: none. */
  readonly headers?: HeadersInput | undefined;
  /** The id or nonce. Default: a random one. */
  readonly deliveryId?: string | null | undefined;
  /** Unix seconds. Default: the system clock. */
  readonly now?: number | null | undefined;
  /** The label of the key to sign with. Default: the first. */
  readonly keyId?: string | null | undefined;
}

/** What the core tells of a compiled verifier. */
interface Description {
  readonly scheme: string;
  readonly header_names: readonly string[];
  readonly key_ids: readonly string[];
  readonly coverage: readonly CoversDescription[];
  readonly url_forms: readonly string[];
  readonly max_body_bytes: number;
}

type CoversDescription = Omit<Covers, "deliveryId"> & {
  readonly delivery_id: Covers["deliveryId"];
};

/** Where the parts of a success begin (`src/answer.rs`). */
const VARIANT = 1;
const URL_FORM = 2;
const KEY = 3;
const REPLAY_KEY = 5;
const TIMESTAMP = 69;

/**
 * Verifies the deliveries of one scheme. Immutable; make one at start-up and
 * keep it. The secrets live in the native part only: nothing that prints a
 * verifier can show them.
 */
export class Verifier {
  readonly #verify: Compiled["verify"];
  readonly #sign: Compiled["sign"];
  readonly #description: Description;
  readonly #coverage: readonly Covers[];
  readonly #headers: HeaderPicker;

  /**
   * @param scheme an id of the catalogue (`schemes()`), or a custom scheme.
   * @throws {ConfigurationError} naming the option that is wrong or missing.
   */
  constructor(scheme: string | CustomScheme, options: Options) {
    const { description, verify, sign } = compile(scheme, options);
    this.#verify = verify;
    this.#sign = sign;
    this.#description = JSON.parse(description) as Description;
    this.#coverage = this.#description.coverage.map(frozenCovers);
    this.#headers = new HeaderPicker(this.#description.header_names);
  }

  /** The id of the scheme. */
  get scheme(): string {
    return this.#description.scheme;
  }

  /** How large a body may be, so that a reader can stop there. */
  get maxBodyBytes(): number {
    return this.#description.max_body_bytes;
  }

  /**
   * Verifies one request.
   *
   * @throws {VerificationError} with the code of the reason. A body that is no
   * bytes is `body_already_parsed`.
   * @throws {ConfigurationError} where an argument has the wrong type.
   */
  verify(input: VerifyInput): VerifiedEvent {
    let body: Uint8Array;
    let answer: string | undefined;
    try {
      body = bodyBytes(input.body);
      answer = this.#verify(
        text("method", input.method),
        typeof input.url === "string" ? input.url : urlBytes(input.url),
        body,
        optionalText("peerIp", input.peerIp),
        seconds(input.now),
        ...this.#headers.pick(input.headers),
      );
    } catch (error) {
      throw typed(error);
    }
    return this.#event(body, succeeded(answer));
  }

  /**
   * The headers that the provider would add to a request, for tests.
   *
   * @throws {ConfigurationError} where the scheme cannot sign.
   */
  sign(input: SignInput): Record<string, string> {
    let answer: string | undefined;
    try {
      answer = this.#sign(
        text("method", input.method),
        text("url", input.url),
        bodyBytes(input.body ?? new Uint8Array()),
        flat(input.headers ?? {}),
        optionalText("deliveryId", input.deliveryId),
        seconds(input.now),
        optionalText("keyId", input.keyId),
      );
    } catch (error) {
      throw typed(error);
    }
    return Object.fromEntries(JSON.parse(succeeded(answer).slice(1)) as [string, string][]);
  }

  toString(): string {
    return `Verifier(${this.scheme})`;
  }

  toJSON(): unknown {
    return { scheme: this.scheme };
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  #event(payload: Uint8Array, answer: string): VerifiedEvent {
    const { scheme, key_ids, url_forms } = this.#description;
    const covers = this.#coverage[answer.charCodeAt(VARIANT)];
    const urlForm = url_forms[answer.charCodeAt(URL_FORM)];
    const keyId = key_ids[(answer.charCodeAt(KEY) << 8) | answer.charCodeAt(KEY + 1)];
    if (covers === undefined || urlForm === undefined || keyId === undefined) {
      throw refusal("internal", "the native part named a fact that the verifier does not have");
    }
    const semicolon = answer.indexOf(";", TIMESTAMP);
    const timestamp = answer.slice(TIMESTAMP, semicolon < 0 ? undefined : semicolon);
    return makeEvent({
      payload,
      scheme,
      keyId,
      timestamp: timestamp === "" ? null : Number(timestamp),
      deliveryId: semicolon < 0 ? null : answer.slice(semicolon + 1),
      replayKey: answer.slice(REPLAY_KEY, TIMESTAMP),
      covers,
      urlForm,
    });
  }
}

/** One object a variant, shared by all its events. */
function frozenCovers(covers: CoversDescription): Covers {
  const { body, url, method, timestamp, delivery_id: deliveryId, confidential } = covers;
  return Object.freeze({ body, url, method, timestamp, deliveryId, confidential });
}

function compile(scheme: unknown, options: unknown): Compiled {
  let compiled: string | Compiled;
  try {
    const json = encodeOptions(options);
    try {
      compiled = native.compile(schemeText(scheme), json);
    } finally {
      json.fill(0);
    }
  } catch (error) {
    throw typed(error);
  }
  if (typeof compiled === "string") {
    throw failure(compiled);
  }
  return compiled;
}

function schemeText(scheme: unknown): string {
  if (typeof scheme === "object" && scheme !== null) {
    return JSON.stringify(scheme);
  }
  return text("scheme", scheme);
}

function text(name: string, value: unknown): string {
  if (typeof value !== "string") {
    throw new ConfigurationError(`${name} must be a string`);
  }
  return value;
}

function urlBytes(url: unknown): Uint8Array {
  const bytes = asBytes(url);
  if (bytes === undefined) {
    throw new ConfigurationError("url must be a string, or bytes");
  }
  return bytes;
}

function optionalText(name: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : text(name, value);
}

/** Whole unix seconds; `Date.now() / 1000` has a fraction. */
function seconds(now: unknown): number | undefined {
  if (now === undefined || now === null) {
    return undefined;
  }
  const whole = typeof now === "number" ? Math.floor(now) : Number.NaN;
  if (!Number.isSafeInteger(whole)) {
    throw new ConfigurationError("now must be a number of unix seconds");
  }
  return whole;
}

/** All headers as name, value, name, value. */
function flat(headers: HeadersInput): string[] {
  const pairs =
    Symbol.iterator in headers
      ? [...(headers as Iterable<[string, string]>)]
      : Object.entries(headers);
  return pairs.flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
}
