/** What was kept of a delivery, to be decrypted later. */

import { typed } from "./answer.js";
import { optionalBytes, optionalText } from "./arguments.js";
import { ciphertextBytes } from "./bytes.js";
import { ConfigurationError } from "./errors.js";
import { own } from "./own.js";

/** What a delivery said of its ciphertext. */
export interface DecryptParameters {
  /** The bytes of the IV, not their hex. Left out where the delivery said none. */
  readonly iv?: Uint8Array | ArrayBuffer | null | undefined;
  /**
   * The cipher by its name in OpenSSL, e.g. `aes-256-cbc`. Default: the only one
   * that is allowed.
   */
  readonly cipher?: string | null | undefined;
}

/** Each part of the type that the native part takes. */
interface Kept {
  readonly ciphertext: Uint8Array;
  readonly iv: Uint8Array | undefined;
  readonly cipher: string | undefined;
}

export function readKept(ciphertext: unknown, parameters: DecryptParameters): Kept {
  try {
    checkNames(parameters);
    return {
      ciphertext: ciphertextBytes(ciphertext),
      iv: optionalBytes("iv", own(parameters, "iv")),
      cipher: optionalText("cipher", own(parameters, "cipher")),
    };
  } catch (error) {
    throw typed(error);
  }
}

/** An IV that went unnoticed would be one of zeros, where it is optional. */
function checkNames(parameters: unknown): void {
  if (typeof parameters !== "object" || parameters === null) {
    throw new ConfigurationError("the parameters of decrypt must be an object: { iv, cipher }");
  }
  for (const name in parameters) {
    if (name !== "iv" && name !== "cipher" && Object.hasOwn(parameters, name)) {
      throw new ConfigurationError("the parameters of decrypt are iv and cipher, and no others");
    }
  }
}
