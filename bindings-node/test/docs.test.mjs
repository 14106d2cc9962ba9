/** The JavaScript and TypeScript of the documentation, under the strictest compiler. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, it } from "node:test";

import { HERE, ROOT } from "./support.mjs";

const FOLDER = join(HERE, "snippets");
const TSC = join(dirname(HERE), "node_modules", "typescript", "bin", "tsc");
const written = [];

const docs = readdirSync(join(ROOT, "docs"), { recursive: true })
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name));
const pages = ["README.md", join("bindings-node", "README.md"), ...docs];

after(() => written.map((path) => rmSync(path, { force: true })));

/** The fenced blocks of a page that are of these languages. */
function snippets(page) {
  const text = readFileSync(join(ROOT, page), "utf8");
  const fences = text.matchAll(/^```(?:js|mjs|javascript|ts|mts|typescript)\n(.*?)^```$/gms);
  return [...fences].map(([, code]) => code);
}

it("every snippet compiles, and none is a text that only looks like one", () => {
  for (const page of pages) {
    const name = page.replaceAll(/[^a-z]+/gi, "-");
    for (const [index, code] of snippets(page).entries()) {
      const path = join(FOLDER, `${name}-${index}.mts`);
      // A module, so that its names are its own.
      writeFileSync(path, `${code}\nexport {};\n`);
      written.push(path);
    }
  }
  assert.ok(written.length >= 10, `${written.length} snippets`);
  const { status, stdout } = spawnSync(process.execPath, [TSC, "--project", FOLDER], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
});

it("none takes the payload for a text", () => {
  for (const path of [...pages, join("examples", "express", "server.js")]) {
    const text = readFileSync(join(ROOT, path), "utf8");
    assert.doesNotMatch(text, /JSON\.parse\([^)]*(\.payload|req\.body)/, basename(path));
    assert.doesNotMatch(text, /String\([^)]*(\.payload|req\.body)/, basename(path));
  }
});
