import { inspect } from "node:util";

import { failure, isSuccess, rejection, succeeded, typed } from "./answer.js";
import { optionalText, seconds, text, urlBytes } from "./arguments.js";
import { bodyBytes, unshared } from "./bytes.js";
import { knownOptions } from "./catalogue.js";
import { replacedClock, systemClock } from "./clock.js";
import { compiled } from "./compile.js";
import { Diagnosis } from "./diagnosis.js";
import { ConfigurationError, HooksealError } from "./errors.js";
import { type Claims, type Covers, makeEvent, type VerifiedEvent } from "./event.js";
import { type IndexedFacts, readFacts } from "./facts.js";
import { HeaderPicker, type HeadersInput, MIN_SLOTS } from "./headers.js";
import { type Introspect, introspected } from "./introspection.js";
import { type DecryptParameters, readKept } from "./kept.js";
import type { Logger } from "./logger.js";
import { type Compiled, type HeaderSlot, type NativeVerify, native } from "./native.js";
import type { CustomScheme, OptionsOf, SchemeId } from "./options.js";
import { allOwn, own } from "./own.js";
import { type Fetch, type FetchLimits, RemoteKeys } from "./remote-keys.js";
import { checkedSettings, isFunction, isLogger, type SettingChecks } from "./settings.js";

/** How a verifier asks others, for keys or about tokens. */
export interface VerifierSettings {
  /**
   * Fetches keys, e.g. through a proxy or with certificates of your own.
   * Default: the global `fetch`.
   */
  readonly fetch?: Fetch | undefined;
  /** Needed where the option `introspection` is set: asks the issuer of a token. */
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

/** One received request, but for its body. Only properties of its own count. */
export interface RequestHead {
  /** The HTTP method as received. */
  readonly method: string;
  /**
   * The request target as it stood in the request line (`/path?query`), never
   * decoded or normalised, with `authority` and `scheme` beside it or with the
   * option `publicUrl`. Without any of these, the absolute URL as the provider
   * called it. Bytes where it is not ASCII and the encoding matters.
   */
  readonly url: string | Uint8Array;
  /**
   * The `Host` header or `:authority` as received, never joined to `url`; several
   * different values with `", "` in between.
   */
  readonly authority?: string | null | undefined;
  /** The scheme of the connection, `http` or `https`, whatever the request says of it. */
  readonly scheme?: string | null | undefined;
  /** All headers as received. */
  readonly headers: HeadersInput;
  /** The address of the directly connected peer (`socket.remoteAddress`). */
  readonly peerIp?: string | null | undefined;
  /** Unix seconds. Default: the clock, `Date.now()`. */
  readonly now?: number | null | undefined;
}

/** One received request. */
export interface VerifyInput extends RequestHead {
  /** The raw body, before any parser. An empty body is an empty `Buffer`. */
  readonly body: Uint8Array | ArrayBuffer;
}

/** What to sign as the provider would, for tests. */
export interface SignInput {
  /** The HTTP method, e.g. `POST`. */
  readonly method: string;
  /** The absolute URL that the provider calls. */
  readonly url: string;
  /** Default: empty. */
  readonly body?: Uint8Array | ArrayBuffer | undefined;
  /** Headers that the request will carry besides the signature. Default: none. */
  readonly headers?: HeadersInput | undefined;
  /** The id or nonce. Default: a random one. */
  readonly deliveryId?: string | null | undefined;
  /** Unix seconds. Default: the clock, `Date.now()`. */
  readonly now?: number | null | undefined;
  /** The label of the key to sign with. Default: the first. */
  readonly keyId?: string | null | undefined;
}

/** The description of a compiled verifier. */
interface Description {
  readonly scheme: string;
  readonly header_names: readonly string[];
  readonly diagnostic_header_names: readonly string[];
  readonly key_ids: readonly string[];
  readonly coverage: readonly CoversDescription[];
  readonly url_forms: readonly string[];
  readonly max_body_bytes: number;
  readonly decrypts: boolean;
  readonly remote_keys: FetchLimits | null;
  readonly introspects: boolean;
}

/** One request with each part of the type that the native part takes. */
interface Received {
  readonly method: string;
  readonly target: string | Uint8Array;
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
  /** Replaced by a copy where it turns out to be shared memory. */
  body: Uint8Array;
  readonly peer: string | undefined;
  /** `undefined`: the time of each call of the native part. */
  readonly now: number | undefined;
  readonly headers: readonly HeaderSlot[];
  /** As they were given, to be looked at again after a rejection. */
  readonly allHeaders: unknown;
}

const NO_CLAIMS: Claims = Object.freeze({});
const NOTHING = new Uint8Array();
const NO_ROOM = Buffer.alloc(0);

type CoversDescription = Omit<Covers, "deliveryId"> & {
  readonly delivery_id: Covers["deliveryId"];
};

/**
 * Verifies the deliveries of one scheme. Immutable; make one at start-up and
 * keep it. The secrets live in the native part only: nothing that prints a
 * verifier can show them.
 *
 * @typeParam Scheme what it was made for; `Verifier` alone is one of any scheme.
 */
export class Verifier<Scheme extends SchemeId | CustomScheme = SchemeId | CustomScheme> {
  readonly #native: Compiled;
  readonly #description: Description;
  readonly #coverage: readonly Covers[];
  readonly #headers: HeaderPicker;
  readonly #diagnosis: Diagnosis;
  readonly #remoteKeys: RemoteKeys | null;
  readonly #introspect: Introspect | undefined;
  readonly #logger: Logger;

  /**
   * @param scheme an id of the catalogue (`schemes()`), or a custom scheme.
   * @param options those of the scheme; `SchemeOptions` describes each.
   * @throws {ConfigurationError} naming the option that is wrong or missing.
   */
  constructor(scheme: Scheme, options: OptionsOf<Scheme>, settings: VerifierSettings = {}) {
    const known = checkedSettings("verifier", settings, VERIFIER_SETTINGS);
    const { fetch, introspect, logger = console } = known;
    const { made, spell } = compiled(
      options,
      (json) => native.compile(schemeText(scheme), json),
      knownOptions(scheme),
    );
    this.#native = made;
    this.#description = JSON.parse(this.#native.description) as Description;
    const { remote_keys: limits, introspects } = this.#description;
    if (introspects !== (introspect !== undefined)) {
      throw new ConfigurationError(
        "the option introspection and the setting introspect belong together",
      );
    }
    this.#coverage = this.#description.coverage.map(frozenCovers);
    this.#headers = new HeaderPicker(this.#description.header_names);
    this.#diagnosis = new Diagnosis(this.#native, this.#description.diagnostic_header_names, spell);
    this.#remoteKeys = limits && new RemoteKeys(this.#native, limits, fetch, logger);
    this.#introspect = introspect;
    this.#logger = logger;
  }

  /** The id of the scheme. */
  get scheme(): Scheme extends SchemeId ? Scheme : string {
    return this.#description.scheme as Scheme extends SchemeId ? Scheme : string;
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
   * @throws {VerificationError} with the code of the reason. A body that is not
   * bytes is `body_already_parsed`; a challenge of the provider is `challenge`.
   * @throws {ConfigurationError} where an argument has the wrong type.
   */
  verify(input: VerifyInput): VerifiedEvent {
    return this.#verify(this.#native.verify, this.#received(input));
  }

  /**
   * Rejects what can be rejected before the body is read, with the error that
   * `verify` would throw. What passes is not verified.
   *
   * @internal for the integrations, which read no body for nothing.
   */
  checkHead(head: RequestHead): void {
    const received = this.#received({ ...head, body: NOTHING });
    const answer = call(this.#native.checkHead, received);
    if (!isSuccess(answer)) {
      throw this.#rejection(answer, received);
    }
  }

  /**
   * Verifies one request, and asks others where that is necessary. Callers that
   * need keys at the same time wait for one fetch, for a few seconds at most.
   * Rejects with what `verify` throws.
   */
  async verifyAsync(input: VerifyInput): Promise<VerifiedEvent> {
    const received = this.#received(input);
    try {
      return this.#verify(this.#native.verify, received);
    } catch (error) {
      if (!(this.isAsync && error instanceof HooksealError && error.code === "key_unavailable")) {
        throw error;
      }
    }
    if (this.#introspect !== undefined) {
      const { bearerToken, verifyIntrospected } = this.#native;
      const token = succeeded(call(bearerToken, received)).slice(1);
      const answer = await introspected(this.#introspect, token, this.#logger);
      return this.#verify(verifyIntrospected, received, answer);
    }
    await this.#remoteKeys?.load();
    return this.#verify(this.#native.verify, received);
  }

  /**
   * Fetches remote keys, where a scheme has any and it is time, so that the
   * first delivery need not wait for them. Never rejects: that they could not
   * be fetched is logged, and deliveries try again.
   */
  async refreshKeys(): Promise<void> {
    await this.#remoteKeys?.load();
  }

  /**
   * Decrypts what was kept of a delivery: the bytes of its ciphertext, not their
   * base64 or hex. Gives a `Buffer` of its own with what `payload` would be of a
   * text in UTF-8. It **proves nothing**, and is no substitute for `verify`, which
   * checks all that is configured.
   *
   * @throws {VerificationError} `decryption_failed` for whatever is wrong with
   * ciphertext, IV or text, `cipher_not_allowed`, `body_too_large`; a ciphertext
   * that is not bytes is `body_already_parsed`.
   * @throws {ConfigurationError} where this verifier decrypts nothing, and where an
   * argument has the wrong type or does not belong to the scheme.
   */
  decrypt(ciphertext: Uint8Array | ArrayBuffer, parameters: DecryptParameters = {}): Buffer {
    const kept = readKept(ciphertext, parameters);
    return this.#decrypt(kept.ciphertext, kept.iv, kept.cipher);
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
        text("method", own(input, "method")),
        text("url", own(input, "url")),
        unshared(bodyBytes(own(input, "body") ?? NOTHING)),
        flat(own(input, "headers") ?? {}),
        optionalText("deliveryId", own(input, "deliveryId")),
        seconds(own(input, "now")) ?? systemClock(),
        optionalText("keyId", own(input, "keyId")),
      );
    } catch (error) {
      throw typed(error);
    }
    if (!isSuccess(answer)) {
      throw this.#diagnosis.spelled(failure(answer));
    }
    return Object.fromEntries(JSON.parse(answer.slice(1)) as [string, string][]);
  }

  /** Its class and the id of its scheme, and none of its options. */
  toString(): string {
    return `Verifier(${this.scheme})`;
  }

  /** The id of its scheme, and none of its options. */
  toJSON(): unknown {
    return { scheme: this.scheme };
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  #received(given: VerifyInput): Received {
    try {
      const input = inheritsNothing() ? given : allOwn(given);
      const body = bodyBytes(input.body);
      return {
        method: text("method", input.method),
        target: typeof input.url === "string" ? input.url : urlBytes(input.url),
        authority: optionalText("authority", input.authority),
        scheme: optionalText("scheme", input.scheme),
        body,
        peer: optionalText("peerIp", input.peerIp),
        now: seconds(input.now),
        headers: this.#headers.pick(input.headers),
        allHeaders: input.headers,
      };
    } catch (error) {
      throw typed(error);
    }
  }

  /** Calls the native part, and again where the memory that it was given did not do. */
  #verify(
    verify: NativeVerify,
    received: Received,
    introspection?: Uint8Array,
    room = this.#roomFor(received.body.length),
  ): VerifiedEvent {
    const answer = call(verify, received, introspection, room);
    if (!isSuccess(answer)) {
      // Only now: to look at the memory behind bytes costs as much as the call.
      const body = unshared(received.body);
      if (body === received.body) {
        throw this.#rejection(answer, received);
      }
      received.body = body;
      return this.#verify(verify, received, introspection);
    }
    const facts = readFacts(answer);
    if (facts.payloadLength === null) {
      return this.#event(facts, received.body);
    }
    if (facts.payloadLength > room.length) {
      // Text may be longer in UTF-8 than in the charset that it was sent in.
      const larger = Buffer.allocUnsafeSlow(facts.payloadLength);
      return this.#verify(verify, received, introspection, larger);
    }
    return this.#event(facts, beginning(room, facts.payloadLength));
  }

  /** The error that an answer tells of, with what all headers show of its cause. */
  #rejection(answer: unknown, { allHeaders, peer, body }: Received): HooksealError {
    return this.#diagnosis.complete(failure(answer), allHeaders, peer, body);
  }

  /** Again where the memory that it was given did not do, as `#verify`. */
  #decrypt(ciphertext: Uint8Array, iv: Uint8Array | undefined, cipher: string | undefined): Buffer {
    const room = this.#roomFor(ciphertext.length);
    const answer = this.#native.decrypt(ciphertext, iv, cipher, room);
    if (typeof answer === "number") {
      return beginning(room, answer);
    }
    const copies = { ciphertext: unshared(ciphertext), iv: iv && unshared(iv) };
    if (copies.ciphertext === ciphertext && copies.iv === iv) {
      throw this.#diagnosis.spelled(failure(answer));
    }
    return this.#decrypt(copies.ciphertext, copies.iv, cipher);
  }

  /**
   * Room for what so many bytes decrypt to; none where they will be rejected. Of
   * its own for each payload: whoever has a payload has all of the memory behind
   * it, to read or to transfer it. What that memory holds is never seen: the native
   * part fills all of it, or the room is thrown away.
   */
  #roomFor(length: number): Buffer {
    const { decrypts, max_body_bytes } = this.#description;
    return decrypts && length <= max_body_bytes ? Buffer.allocUnsafeSlow(length) : NO_ROOM;
  }

  #event(facts: IndexedFacts, payload: Uint8Array): VerifiedEvent {
    const { scheme, key_ids, url_forms } = this.#description;
    const { token } = facts;
    const keyId = token === null ? key_ids[facts.key] : token.key_id;
    const covers = this.#coverage[facts.variant];
    const urlForm = url_forms[facts.urlForm];
    if (keyId === undefined || covers === undefined || urlForm === undefined) {
      throw rejection("internal", "the native part named a fact that the verifier does not have");
    }
    return makeEvent({
      payload,
      scheme,
      keyId,
      timestamp: facts.timestamp,
      deliveryId: facts.deliveryId,
      eventType: facts.eventType,
      replayKey: facts.replayKey,
      claims: token === null ? NO_CLAIMS : token.claims,
      covers,
      urlForm,
    });
  }
}

function beginning(room: Buffer, length: number): Buffer {
  return length === room.length ? room : room.subarray(0, length);
}

/** The headers one by one where there are few: a spread costs as much as the call. */
function call(
  verify: NativeVerify,
  { method, target, body, peer, now = replacedClock(), authority, scheme, headers: h }: Received,
  introspection?: Uint8Array,
  room: Uint8Array = NO_ROOM,
): string | undefined {
  return h.length === MIN_SLOTS
    ? verify(
        method,
        target,
        body,
        peer,
        now,
        introspection,
        room,
        authority,
        scheme,
        h[0],
        h[1],
        h[2],
        h[3],
      )
    : verify(method, target, body, peer, now, introspection, room, authority, scheme, ...h);
}

/**
 * Whether no name of an argument stands on `Object.prototype`: asked once a call,
 * since to ask each argument whether it is one of its own costs as much as to
 * find all headers.
 */
function inheritsNothing(): boolean {
  const { method, url, headers, body, peerIp, now, authority, scheme } =
    Object.prototype as Partial<VerifyInput>;
  return (
    (method ?? url ?? headers ?? body ?? peerIp ?? now ?? authority ?? scheme ?? undefined) ===
    undefined
  );
}

/** One object a variant, shared by all its events. */
function frozenCovers(covers: CoversDescription): Covers {
  const { body, url, method, timestamp, delivery_id: deliveryId, confidential } = covers;
  const parts = Object.freeze([...covers.parts]);
  return Object.freeze({ body, url, method, timestamp, deliveryId, confidential, parts });
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
