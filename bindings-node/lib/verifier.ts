import { inspect } from "node:util";

import { failure, refusal, succeeded, typed } from "./answer.js";
import { asBytes, bodyBytes } from "./bytes.js";
import { ConfigurationError, HooksealError } from "./errors.js";
import { type Claims, type Covers, makeEvent, type VerifiedEvent } from "./event.js";
import { readFacts } from "./facts.js";
import { HeaderPicker, type HeadersInput } from "./headers.js";
import type { Logger } from "./logger.js";
import { type Compiled, native } from "./native.js";
import { type CustomScheme, encodeOptions, type Options } from "./options.js";
import { type Fetch, type FetchLimits, RemoteKeys } from "./remote-keys.js";
import { checkedSettings, isFunction, isLogger, type SettingChecks } from "./settings.js";

/** How a verifier behaves, besides verifying. Used only where keys have to be fetched. */
export interface VerifierSettings {
  /** Fetches keys, e.g. through a proxy or with certificates of your own. Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Where it is written that keys could not be fetched. Default: `console`. */
  readonly logger?: Logger;
}

const SETTINGS: SettingChecks<VerifierSettings> = { fetch: isFunction, logger: isLogger };

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
  readonly decrypts: boolean;
  readonly remote_keys: FetchLimits | null;
}

type NativeRequest = Parameters<Compiled["verify"]>;

/** Where some of its parts are. */
const BODY = 2;
const PAYLOAD = 5;

/** How many bytes of payload a byte of an encrypted body gives at most. */
const GROWTH = 2;

const NO_CLAIMS: Claims = Object.freeze({});

type CoversDescription = Omit<Covers, "deliveryId"> & {
  readonly delivery_id: Covers["deliveryId"];
};

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
  readonly #remoteKeys: RemoteKeys | null;

  /**
   * @param scheme an id of the catalogue (`schemes()`), or a custom scheme.
   * @throws {ConfigurationError} naming the option that is wrong or missing.
   */
  constructor(scheme: string | CustomScheme, options: Options, settings: VerifierSettings = {}) {
    const checked = checkedSettings("verifier", settings, SETTINGS);
    const compiled = compile(scheme, options);
    this.#verify = compiled.verify;
    this.#sign = compiled.sign;
    this.#description = JSON.parse(compiled.description) as Description;
    const { remote_keys: limits } = this.#description;
    this.#remoteKeys = limits && new RemoteKeys(compiled, limits, checked);
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

  /** Whether keys have to be fetched, so that only `verifyAsync` can always tell. */
  get hasRemoteKeys(): boolean {
    return this.#remoteKeys !== null;
  }

  /**
   * Verifies one request. Fetches nothing: where keys are missing, or too old,
   * that is `key_unavailable`, and `verifyAsync` gets them.
   *
   * @throws {VerificationError} with the code of the reason. A body that is no
   * bytes is `body_already_parsed`; a handshake is `challenge`.
   * @throws {ConfigurationError} where an argument has the wrong type.
   */
  verify(input: VerifyInput): VerifiedEvent {
    return this.#attempt(this.#request(input));
  }

  /**
   * Verifies one request, and fetches keys where they are missing or too old.
   * Callers that need keys at the same time wait for one fetch, for a few
   * seconds at most. Rejects with what `verify` throws.
   */
  async verifyAsync(input: VerifyInput): Promise<VerifiedEvent> {
    const request = this.#request(input);
    try {
      return this.#attempt(request);
    } catch (error) {
      const missesKeys = error instanceof HooksealError && error.code === "key_unavailable";
      if (!missesKeys || this.#remoteKeys === null) {
        throw error;
      }
    }
    await this.#remoteKeys.load();
    return this.#attempt(request);
  }

  /**
   * Fetches keys, where a scheme has keys elsewhere and it is time, so that the
   * first delivery need not wait for them. Never rejects: that they could not
   * be fetched is logged, and deliveries try again.
   */
  async refreshKeys(): Promise<void> {
    await this.#remoteKeys?.load();
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

  #request(input: VerifyInput): NativeRequest {
    try {
      const body = bodyBytes(input.body);
      return [
        text("method", input.method),
        typeof input.url === "string" ? input.url : urlBytes(input.url),
        body,
        optionalText("peerIp", input.peerIp),
        seconds(input.now),
        this.#description.decrypts ? Buffer.allocUnsafe(GROWTH * body.length) : undefined,
        ...this.#headers.pick(input.headers),
      ];
    } catch (error) {
      throw typed(error);
    }
  }

  #attempt(request: NativeRequest): VerifiedEvent {
    return this.#event(request, succeeded(this.#verify(...request)));
  }

  #event(request: NativeRequest, answer: string): VerifiedEvent {
    const { scheme, key_ids, url_forms } = this.#description;
    const facts = readFacts(answer);
    const { payloadLength, token } = facts;
    const payload =
      payloadLength === null ? request[BODY] : request[PAYLOAD]?.subarray(0, payloadLength);
    const keyId = token === null ? key_ids[facts.key] : token.key_id;
    const covers = this.#coverage[facts.variant];
    const urlForm = url_forms[facts.urlForm];
    if (
      payload === undefined ||
      keyId === undefined ||
      covers === undefined ||
      urlForm === undefined
    ) {
      throw refusal("internal", "the native part named a fact that the verifier does not have");
    }
    return makeEvent({
      payload,
      scheme,
      keyId,
      timestamp: facts.timestamp,
      deliveryId: facts.deliveryId,
      replayKey: facts.replayKey,
      claims: token === null ? NO_CLAIMS : token.claims,
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
