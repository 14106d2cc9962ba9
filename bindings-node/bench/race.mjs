/**
 * Compares calls that do the same work. Passes of all take turns in one
 * process, and the best of each counts: compare the ratio, absolute times move
 * with the machine.
 */

/** Many passes that are shorter than the scheduler's, so that the best are undisturbed. */
const PASSES = 2000;
const CALLS_A_PASS = 50;

/**
 * Runs `hookseal` and others, and prints how it compares to the first of them,
 * and to the target where there is one. What gives a promise is waited for, as
 * its users have to.
 */
export async function race(what, contenders, target) {
  const runners = Object.entries(contenders).map(([name, call]) => {
    return { name, call, run: call() instanceof Promise ? asyncPass : pass };
  });
  const best = Object.fromEntries(runners.map(({ name }) => [name, Infinity]));
  for (let i = 0; i < PASSES; i += 1) {
    for (const { name, call, run } of runners) {
      best[name] = Math.min(best[name], await run(call));
    }
  }
  const width = Math.max(...Object.keys(best).map((name) => name.length));
  console.log(`node, ${what}, best of ${PASSES} passes each`);
  for (const [name, nanoseconds] of Object.entries(best)) {
    console.log(`  ${name.padEnd(width)} ${(nanoseconds / 1000).toFixed(2)} µs`);
  }
  const [peer] = Object.keys(best).filter((name) => name !== "hookseal");
  const ratio = best[peer] / best.hookseal;
  const goal = target === undefined ? "" : ` (target ${target}x)`;
  console.log(`  ${"ratio".padEnd(width)} ${ratio.toFixed(1)}x of ${peer}${goal}`);
}

/** Nanoseconds a call, over one short pass. */
function pass(call) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < CALLS_A_PASS; i += 1) {
    call();
  }
  return Number(process.hrtime.bigint() - start) / CALLS_A_PASS;
}

async function asyncPass(call) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < CALLS_A_PASS; i += 1) {
    await call();
  }
  return Number(process.hrtime.bigint() - start) / CALLS_A_PASS;
}
