import { inspect } from "node:util";

import { refusal, succeeded, typed } from "./answer.js";
import { optionalText, seconds, text, urlBytes } from "./arguments.js";
import { bodyBytes } from "./bytes.js";
import { compiled } from "./compile.js";
import { ConfigurationError, HooksealError } from "./errors.js";
import { type Claims, type Covers, makeEvent, type VerifiedEvent } from "./event.js";
import { readFacts } from "./facts.js";
import { HeaderPicker, type HeadersInput } from "./headers.js";
import { type Introspect, introspected } from "./introspection.js";
import type { Logger } from "./logger.js";
import { type Compiled, type NativeRequest, native } from "./native.js";
import type { CustomScheme, Options } from "./options.js";
import { type Fetch, type FetchLimits, RemoteKeys } from "./remote-keys.js";
import { checkSettings, isFunction, isLogger, type SettingChecks } from "./settings.js";

/** How a verifier behaves where it has to ask others. */
export interface VerifierSettings {
  /**
   * Fetches keys, e.g. through a proxy or with certificates of your own.
   * Default: the global `fetch`.
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Asks the issuer of a token. Needed where the option `introspection` is set:
   * without it every delivery is `key_unavailable`.
   */
  readonly introspect?: Introspect | undefined;
  /** Where it is written that others could not be asked. Default: `console`. */
  readonly logger?: Logger | undefined;
}

/** @internal */
export const VERIFIER_SETTINGS: SettingChecks<VerifierSettings> = {
  fetch: isFunction,
  introspect: isFunction,
  logger: isLogger,
};

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
  readonly remote_keys: FetchLimits | null;
  readonly introspects: boolean;
}

/** Where some parts of a native request are. */
const BODY = 2;
const INTROSPECTION = 5;

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
  readonly #native: Compiled;
  readonly #description: Description;
  readonly #coverage: readonly Covers[];
  readonly #headers: HeaderPicker;
  readonly #remoteKeys: RemoteKeys | null;
  readonly #introspect: Introspect | undefined;
  readonly #logger: Logger;

  /**
   * @param scheme an id of the catalogue (`schemes()`), or a custom scheme.
   * @throws {ConfigurationError} naming the option that is wrong or missing.
   */
  constructor(scheme: string | CustomScheme, options: Options, settings: VerifierSettings = {}) {
    checkSettings("verifier", settings, VERIFIER_SETTINGS);
    const { fetch, introspect, logger = console } = settings;
    this.#native = compiled(options, (json) => native.compile(schemeText(scheme), json));
    this.#description = JSON.parse(this.#native.description) as Description;
    const { remote_keys: limits, introspects } = this.#description;
    if (introspect !== undefined && !introspects) {
      throw new ConfigurationError(
        "the setting introspect has no meaning without the option introspection",
      );
    }
    this.#coverage = this.#description.coverage.map(frozenCovers);
    this.#headers = new HeaderPicker(this.#description.header_names);
    this.#remoteKeys = limits && new RemoteKeys(this.#native, limits, fetch, logger);
    this.#introspect = introspect;
    this.#logger = logger;
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
   * Whether others have to be asked, for keys or about tokens: then only
   * `verifyAsync` can always tell.
   */
  get isAsync(): boolean {
    return this.#remoteKeys !== null || this.#introspect !== undefined;
  }

  /**
   * Verifies one request. Asks nobody: where keys would have to be fetched, or
   * the issuer of a token asked, that is `key_unavailable`, and `verifyAsync`
   * does it.
   *
   * @throws {VerificationError} with the code of the reason. A body that is no
   * bytes is `body_already_parsed`; a handshake is `challenge`.
   * @throws {ConfigurationError} where an argument has the wrong type.
   */
  verify(input: VerifyInput): VerifiedEvent {
    return this.#verify(this.#request(input));
  }

  /**
   * Verifies one request, and asks others where that is necessary. Callers that
   * need keys at the same time wait for one fetch, for a few seconds at most.
   * Rejects with what `verify` throws.
   */
  async verifyAsync(input: VerifyInput): Promise<VerifiedEvent> {
    const request = this.#request(input);
    try {
      return this.#verify(request);
    } catch (error) {
      if (!(this.isAsync && error instanceof HooksealError && error.code === "key_unavailable")) {
        throw error;
      }
    }
    if (this.#introspect !== undefined) {
      const token = succeeded(this.#native.bearerToken(...request)).slice(1);
      request[INTROSPECTION] = await introspected(this.#introspect, token, this.#logger);
      return this.#event(request[BODY], succeeded(this.#native.verifyIntrospected(...request)));
    }
    await this.#remoteKeys?.load();
    return this.#verify(request);
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
      answer = this.#native.sign(
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
      return [
        text("method", input.method),
        typeof input.url === "string" ? input.url : urlBytes(input.url),
        bodyBytes(input.body),
        optionalText("peerIp", input.peerIp),
        seconds(input.now),
        undefined,
        ...this.#headers.pick(input.headers),
      ];
    } catch (error) {
      throw typed(error);
    }
  }

  #verify(request: NativeRequest): VerifiedEvent {
    return this.#event(request[BODY], succeeded(this.#native.verify(...request)));
  }

  #event(body: Uint8Array, answer: string): VerifiedEvent {
    const { scheme, key_ids, url_forms } = this.#description;
    const facts = readFacts(answer);
    const { token } = facts;
    const keyId = token === null ? key_ids[facts.key] : token.key_id;
    const covers = this.#coverage[facts.variant];
    const urlForm = url_forms[facts.urlForm];
    if (keyId === undefined || covers === undefined || urlForm === undefined) {
      throw refusal("internal", "the native part named a fact that the verifier does not have");
    }
    return makeEvent({
      payload: facts.decrypted ?? body,
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

function schemeText(scheme: unknown): string {
  if (typeof scheme === "object" && scheme !== null) {
    return JSON.stringify(scheme);
  }
  return text("scheme", scheme);
}

/** All headers as name, value, name, value. */
function flat(headers: HeadersInput): string[] {
  const pairs =
    Symbol.iterator in headers
      ? [...(headers as Iterable<[string, string]>)]
      : Object.entries(headers);
  return pairs.flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
}
