/** Verifiers in many threads at once, and in threads that end. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { GENUINE, makeVerifier, thrown } from "./support.mjs";

const THREADS = 8;
const ROUNDS = 3000;

function hammer(seed) {
  const verifier = makeVerifier({ authToken: [`another_token_${seed}`, "my_auth_token"] });
  let verified = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    if ((round + seed) % 3 === 0) {
      thrown("signature_mismatch", () => verifier.verify({ ...GENUINE, url: `${GENUINE.url}/` }));
    } else {
      verified += verifier.verify(GENUINE).keyId === "1" ? 1 : 0;
    }
    if (round % 100 === 0) {
      makeVerifier();
    }
  }
  return verified;
}

if (isMainThread) {
  it("threads do not disturb each other", async () => {
    const workers = Array.from(
      { length: THREADS },
      (_, seed) => new Worker(new URL(import.meta.url), { workerData: seed }),
    );
    const results = workers.map(
      (worker) =>
        new Promise((resolve, reject) => {
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    );
    hammer(0);
    for (const verified of await Promise.all(results)) {
      assert.equal(verified, (ROUNDS / 3) * 2);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    assert.equal(makeVerifier().verify(GENUINE).keyId, "0", "the library is still loaded");
  });

  it("a thread that is stopped in the middle does no harm", async () => {
    for (let round = 0; round < 5; round += 1) {
      const worker = new Worker(new URL(import.meta.url), { workerData: round });
      await new Promise((resolve) => worker.once("online", resolve));
      await worker.terminate();
    }
    assert.equal(makeVerifier().verify(GENUINE).keyId, "0");
  });
} else {
  parentPort.postMessage(hammer(workerData));
}
