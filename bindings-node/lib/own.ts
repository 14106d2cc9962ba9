/**
 * Reads what a caller gives: by its own properties only. What somebody else put
 * on `Object.prototype` is not an argument.
 */

/** A property of its own, or `undefined`. */
export function own<Given extends object, Name extends keyof Given>(
  given: Given,
  name: Name,
): Given[Name] | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

/** All that are its own, in an object that inherits nothing. */
export function allOwn<Given extends object>(given: Given): Given {
  return Object.assign(Object.create(null), given);
}
