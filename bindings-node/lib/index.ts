/**
 * Verifies webhooks. The work is done by a native core that other languages
 * share, so that the same bytes give the same verdict, the same error code and
 * the same facts everywhere.
 *
 * ```js
 * const verifier = new Verifier(scheme, { authToken });
 * const event = verifier.verify({ method, url, headers, body });
 * ```
 *
 * @packageDocumentation
 */

export type { ErrorCodeInfo, OptionInfo, OptionKind, SchemeInfo } from "./catalogue.js";
export { errorCodes, schemes } from "./catalogue.js";
export type { ErrorCode, Reply } from "./errors.js";
export { ConfigurationError, HooksealError, VerificationError } from "./errors.js";
export type { Claims, CoverageLevel, Covers } from "./event.js";
export { VerifiedEvent } from "./event.js";
export type { HeadersInput, HeaderValue } from "./headers.js";
export type { Introspect } from "./introspection.js";
export type { DecryptParameters } from "./kept.js";
export type { Logger } from "./logger.js";
export type {
  KeySet,
  Keys,
  OneOrMore,
  OptionValue,
  RequiredClaims,
  TextOrBytes,
} from "./option-values.js";
export type { CustomScheme, Options, OptionsOf, SchemeId } from "./options.js";
export type { Fetch, FetchedResponse, FetchInit } from "./remote-keys.js";
export type * from "./scheme-options.js";
export type { JsonWebKeySet, TokenRequest } from "./token-issuer.js";
export { TokenIssuer } from "./token-issuer.js";
export type { SignInput, VerifierSettings, VerifyInput } from "./verifier.js";
export { Verifier } from "./verifier.js";
