/** How long the package takes to load, and a verifier to be made. Compared with nothing. */

const start = performance.now();
const { Verifier } = await import("hookseal");
const loaded = performance.now() - start;

const TIMES = 200;
const schemes = {
  plivo: { authToken: "f3c1a9d27b5e48c0a6d4", publicUrl: "https://api.example.com" },
  "azure-event-grid": { entra: { tenant: "contoso", audience: "api://hooks" } },
};

const show = (microseconds, digits) => microseconds.toFixed(digits).padStart(9);

function microseconds(scheme, options) {
  const start = performance.now();
  new Verifier(scheme, options);
  return (performance.now() - start) * 1000;
}

console.log(`${"load".padEnd(32)} ${show(loaded * 1000, 0)} us`);
for (const [scheme, options] of Object.entries(schemes)) {
  const [first, ...others] = Array.from({ length: TIMES }, () => microseconds(scheme, options));
  const best = show(Math.min(...others), 1);
  console.log(`${scheme.padEnd(32)} ${show(first, 0)} us, the best of ${TIMES} ${best} us`);
}
