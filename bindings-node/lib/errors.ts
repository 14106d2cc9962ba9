/**
 * The frozen codes. The list with numbers and statuses is the native part's,
 * see `errorCodes()`; a test compares the two.
 */
export type ErrorCode =
  | "missing_header"
  | "malformed_header"
  | "ambiguous_header"
  | "signature_mismatch"
  | "token_mismatch"
  | "timestamp_too_old"
  | "timestamp_in_future"
  | "malformed_timestamp"
  | "body_mismatch"
  | "decryption_failed"
  | "cipher_not_allowed"
  | "jwt_malformed"
  | "jwt_expired"
  | "jwt_claim_mismatch"
  | "key_unavailable"
  | "ip_not_allowed"
  | "insecure_transport"
  | "body_too_large"
  | "body_already_parsed"
  | "replayed"
  | "configuration"
  | "internal"
  | "method_not_allowed"
  | "malformed_url"
  | "host_not_allowed"
  | "challenge";

/** An HTTP response to send as it is. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number;
  /** `[name, value]` of each header, without `Content-Length`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body, to be sent in UTF-8; empty where there is none. */
  readonly body: string;
}

/** What the answer to a refused delivery is, besides the status of its code. */
export interface AnswerInfo {
  readonly status: number;
  readonly authenticate: string | null;
  readonly reply: Reply | null;
}

/**
 * The base of everything this library throws. Its message is
 * `"<code>: <detail>"`, meant for the log of the receiver and never for the
 * caller; neither holds a secret, a signature or a part of the body.
 */
export abstract class HooksealError extends Error {
  /** The frozen code, the same in all languages. */
  readonly code: ErrorCode;
  /** The HTTP status to answer with: that of the code, unless a standard asks for another one. */
  readonly status: number;
  /** The reason, for the receiver's log. */
  readonly detail: string;

  constructor(code: ErrorCode, status: number, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/**
 * A delivery was refused; or, where the code is `challenge`, it was none but a
 * handshake of the provider, to be answered with `reply`.
 */
export class VerificationError extends HooksealError {
  /** The `WWW-Authenticate` header to answer with (RFC 9110 section 11.6.1), or `null`. */
  readonly authenticate: string | null;
  /** The whole answer to a handshake; `null` unless the code is `challenge`. */
  readonly reply: Reply | null;

  constructor(code: ErrorCode, detail: string, { status, authenticate, reply }: AnswerInfo) {
    super(code, status, detail);
    this.authenticate = authenticate;
    this.reply = reply;
  }
}

/** The program is wrong: an option, or the type of an argument. */
export class ConfigurationError extends HooksealError {
  declare readonly code: "configuration";

  constructor(detail: string, cause?: unknown) {
    super("configuration", 500, detail, cause);
  }
}

for (const type of [HooksealError, VerificationError, ConfigurationError]) {
  // On the prototype, so that it is no enumerable property of each error.
  Object.defineProperty(type.prototype, "name", { value: type.name });
}
