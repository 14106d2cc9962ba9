/**
 * The clock is that of JavaScript at the time of the call, so that the fake timers
 * of a test count.
 */

/** `Date.now` of this engine; nothing where somebody replaced it before this was loaded. */
const engineNow = isEngines(Date.now) ? Date.now : undefined;

/** Whole unix seconds. */
export function systemClock(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * The same for the native part, which reads the clock of the system itself where
 * nothing is given, and only where a scheme has a time.
 */
export function replacedClock(): number | undefined {
  return Date.now === engineNow ? undefined : systemClock();
}

function isEngines(now: () => number): boolean {
  return Function.prototype.toString.call(now) === "function now() { [native code] }";
}
