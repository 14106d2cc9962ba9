/** Settings are how the JavaScript side behaves; options are what the scheme is compiled with. */

import { ConfigurationError } from "./errors.js";
import { allOwn } from "./own.js";

/** The name of each setting, and what its value must be. */
export type SettingChecks<Settings> = Record<keyof Settings, (value: unknown) => boolean>;

export const isFunction = (value: unknown): boolean => typeof value === "function";

export const isLogger = (value: unknown): boolean =>
  isFunction((value as { warn?: unknown } | null | undefined)?.warn);

export const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/**
 * The settings by their own names. A setting that is not known, or not of its
 * type, is rejected.
 */
export function checkedSettings<Settings extends object>(
  owner: string,
  settings: Settings,
  checks: Readonly<Record<string, (value: unknown) => boolean>>,
): Settings {
  if (typeof settings !== "object" || settings === null) {
    throw new ConfigurationError(`the settings of the ${owner} must be an object`);
  }
  for (const [name, value] of Object.entries(settings)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      const known = Object.keys(checks).join(", ");
      throw new ConfigurationError(`unknown setting ${name} of the ${owner}; there are ${known}`);
    }
    if (value !== undefined && !check(value)) {
      throw new ConfigurationError(`the setting ${name} of the ${owner} has the wrong type`);
    }
  }
  return allOwn(settings);
}
