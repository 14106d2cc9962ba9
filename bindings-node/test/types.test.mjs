/** The declarations, as programs in ESM and in CommonJS see them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, it } from "node:test";

import { errorCodes } from "hookseal";

import { HERE } from "./support.mjs";

const FOLDER = join(HERE, "types");
const TOOLS = join(dirname(HERE), "node_modules");
const tsc = join(TOOLS, "typescript", "bin", "tsc");
const generated = join(FOLDER, "codes.mts");

after(() => rmSync(generated, { force: true }));

it("the sample programs compile, and their mistakes do not", () => {
  // Compiles only if the type has each code of the native part, and no other.
  const codes = errorCodes().map(({ code }) => `  ${code}: true,`);
  writeFileSync(
    generated,
    [
      'import type { ErrorCode } from "hookseal";',
      "export const all: Record<ErrorCode, true> = {",
      ...codes,
      "};",
    ].join("\n"),
  );
  const { status, stdout } = spawnSync(process.execPath, [tsc, "--project", FOLDER], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
});
