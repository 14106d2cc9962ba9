/** What options take, whatever their names are. */

/** A text, which counts in UTF-8, or bytes. */
export type TextOrBytes = string | Uint8Array | ArrayBuffer;

/**
 * One secret or public key; several, e.g. during a rotation; or several with a
 * label each, of which `event.keyId` tells the one that matched.
 */
export type Keys = OneOrMore<TextOrBytes> | { readonly [label: string]: TextOrBytes };

/** One value or a list of them, at least one. */
export type OneOrMore<Value> = Value | readonly Value[];

/** A JSON Web Key Set (RFC 7517 section 5) as an object, or its JSON text. */
export type KeySet = TextOrBytes | { readonly keys: readonly object[] };

/** By the name of a claim what it must say; one of a list is enough. */
export interface RequiredClaims {
  /** A number is whole; of a claim that is a list one member must match. */
  readonly [claim: string]: OneOrMore<string | number | boolean>;
}

/** Whatever an option takes, for schemes whose options the compiler does not know. */
export type OptionValue =
  | number
  | boolean
  | Keys
  | KeySet
  | readonly OptionValue[]
  | { readonly [name: string]: OptionValue };
