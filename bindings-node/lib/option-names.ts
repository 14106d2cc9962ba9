/** The names of options: those of the core, and as a program typed them. */

/** A text of the core, with the names of options as they were typed. */
export type Spell = (detail: string) => string;

/** A word of the core's, perhaps behind its group, and no part of a URL or a path that it quotes. */
const OWN_WORD = /(?<=(?:^|[\s(`])(?:\w+\.)?)\w+(?=$|[\s,;:.?)`])/g;

/** `authToken` and `auth_token` are both `auth_token`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Spells options as they were typed. Those that were not are in camelCase, unless
 * the program types snake_case.
 *
 * @param names the options of the core, asked for once and only where something
 * is wrong. A text has other such words: claims and headers.
 */
export function spelling(
  typed: readonly string[],
  names: () => { has(name: string): boolean },
): Spell {
  const bySnakeCase = new Map(typed.map((name) => [snakeCase(name), name]));
  const isSnakeCase = typed.some((name) => name.includes("_"));
  let known: { has(name: string): boolean } | undefined;
  return (detail) =>
    detail.replace(OWN_WORD, (word) => {
      known ??= names();
      const spelled = known.has(word) && !isSnakeCase ? camelCase(word) : word;
      return bySnakeCase.get(word) ?? spelled;
    });
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
