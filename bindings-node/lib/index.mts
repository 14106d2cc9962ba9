/**
 * The ESM entry point. It hands out the classes of the CommonJS build, so that
 * `instanceof` holds in a program that uses both.
 */

export type * from "./index.js";
export {
  ConfigurationError,
  errorCodes,
  HooksealError,
  schemes,
  TokenIssuer,
  VerificationError,
  VerifiedEvent,
  Verifier,
} from "./index.js";
