/**
 * Fetches remote key sets (RFC 7517), and certificates that deliveries point to. The native
 * part decides when it is time, from where, and what it takes; here is only the fetching.
 */

import { succeeded } from "./answer.js";
import { type Logger, warn } from "./logger.js";
import type { Compiled } from "./native.js";

/** What is asked of a `fetch`. The global one fits, and those of its kind. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchedResponse>;

/** How keys are asked for. */
export interface FetchInit {
  /** Always `GET`. */
  readonly method: "GET";
  /** What is accepted. */
  readonly headers: Record<string, string>;
  /** A key set stands where it was said to stand. */
  readonly redirect: "error";
  /** Aborted when nobody waits any more, after 5 seconds at most. */
  readonly signal: AbortSignal;
}

/** What is read of its response. */
export interface FetchedResponse {
  /** Only 200 is taken. */
  readonly status: number;
  /** At most 256 KiB are read. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** How fetching behaves, as the description of a verifier tells. */
export interface FetchLimits {
  /** How long a caller waits for keys at most. */
  readonly timeout_ms: number;
  /** How long a document may be. */
  readonly max_bytes: number;
}

/** The keys of one verifier. */
export class RemoteKeys {
  readonly #keys: Pick<Compiled, "keyRequest" | "supplyKeys">;
  readonly #limits: FetchLimits;
  readonly #fetch: Fetch;
  readonly #logger: Logger;
  #loading: Promise<void> | undefined;

  constructor(
    keys: Pick<Compiled, "keyRequest" | "supplyKeys">,
    limits: FetchLimits,
    fetch: Fetch | undefined,
    logger: Logger,
  ) {
    this.#keys = keys;
    this.#limits = limits;
    this.#fetch = fetch ?? globalFetch;
    this.#logger = logger;
  }

  /**
   * Fetches keys, where it is time; concurrent callers wait for the same
   * fetch. Never rejects: a failure is logged, and the keys there were stay.
   */
  load(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    let url = "";
    try {
      url = succeeded(this.#keys.keyRequest()).slice(1);
      if (url === "") {
        return;
      }
      await within(this.#limits.timeout_ms, async (signal) => {
        while (url !== "") {
          const document = await this.#get(url, signal);
          // Somebody else may have been told another address since: for a `fetch` that
          // does not listen to its signal, this would be taken for what is there.
          signal.throwIfAborted();
          url = succeeded(this.#keys.supplyKeys(document)).slice(1);
        }
      });
    } catch (error) {
      // Without the query, which may hold a key of an API.
      const place = url.split("?", 1)[0];
      warn(this.#logger, `hookseal: could not fetch keys from ${place}: ${reason(error)}`);
    }
  }

  async #get(url: string, signal: AbortSignal): Promise<Uint8Array> {
    const { status, body } = await this.#fetch(url, {
      method: "GET",
      headers: { accept: "application/json, */*;q=0.1" },
      redirect: "error",
      signal,
    });
    if (status !== 200) {
      throw new Error(`the answer has the status ${status}`);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > this.#limits.max_bytes) {
        throw new Error(`the answer is longer than ${this.#limits.max_bytes} bytes`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }
}

/** Looked up with each call, so that what a program sets later counts. */
const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);

/** Waits no longer than that, also for work that does not listen to its signal. */
async function within(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`no complete answer within ${milliseconds} ms`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
    // Lets go of a connection whose answer was not read to its end.
    controller.abort();
  }
}

/** Why a fetch failed. The global one tells it in the cause only. */
function reason(error: unknown): string {
  const { message, cause } = Object(error) as Error;
  const { message: deeper, code } = Object(cause) as NodeJS.ErrnoException;
  return [message, deeper || code].filter(Boolean).join(": ");
}
