/**
 * The time in whole unix seconds. Of the clock that JavaScript has at the time
 * of the call, so that the fake timers of a test count.
 */
export function systemClock(): number {
  return Math.floor(Date.now() / 1000);
}
