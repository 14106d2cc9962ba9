/**
 * Reads what the native part returns: a text whose first character is NUL
 * for success, and otherwise the number of an error code, followed by how it is
 * answered and the detail (`src/answer.rs`). Where a number is all that a success
 * tells, it is not a text.
 */

import {
  type AnswerInfo,
  ConfigurationError,
  type ErrorCode,
  HooksealError,
  VerificationError,
} from "./errors.js";
import { constants } from "./native.js";

export interface CodeInfo {
  readonly code: ErrorCode;
  readonly number: number;
  readonly status: number;
}

/** Ends JSON within a text: JSON has no such character of its own. */
const NUL = "\0";

const CODES = JSON.parse(constants.errorCodes) as CodeInfo[];
const BY_NUMBER = new Map(CODES.map((info) => [info.number, info]));
const STATUS = new Map(CODES.map(({ code, status }) => [code, status]));

/** The answer, where it tells of success; throws the error it tells of otherwise. */
export function succeeded(answer: unknown): string {
  if (isSuccess(answer)) {
    return answer;
  }
  throw failure(answer);
}

export function isSuccess(answer: unknown): answer is string {
  return typeof answer === "string" && answer.charCodeAt(0) === 0;
}

/** The error that an answer tells of. Whatever is not an answer is `internal`. */
export function failure(answer: unknown): HooksealError {
  const text = typeof answer === "string" ? answer : "";
  const info = BY_NUMBER.get(text.charCodeAt(0));
  const end = text.indexOf(NUL);
  if (info === undefined || end < 0) {
    return rejection("internal", "the native part gave no answer; please report it");
  }
  const json = text.slice(1, end);
  return rejection(info.code, text.slice(end + 1), json === "" ? undefined : JSON.parse(json));
}

/** An error of that code, answered with the status of the shared table unless told otherwise. */
export function rejection(code: ErrorCode, detail: string, answer = plain(code)): HooksealError {
  return code === "configuration"
    ? new ConfigurationError(detail)
    : new VerificationError(code, detail, answer);
}

function plain(code: ErrorCode): AnswerInfo {
  return { status: STATUS.get(code) ?? 500, authenticate: null, reply: null };
}

/**
 * `error`, if it is ours. What else can be thrown while arguments are read
 * (a getter of the caller's, a revoked proxy) is a fault of the program.
 */
export function typed(error: unknown): HooksealError {
  return error instanceof HooksealError
    ? error
    : new ConfigurationError("an argument could not be read", error);
}
