/** The declarations, as programs in ESM and in CommonJS see them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";

import { errorCodes, schemes } from "hookseal";

import { HERE } from "./support.mjs";

const TYPES = join(HERE, "types");
const MISSPELT = join(HERE, "misspelt");
const TOOLS = join(dirname(HERE), "node_modules");
const facts = join(TYPES, "facts.mts");
const misspelt = join(MISSPELT, "program.mts");

after(() => [facts, misspelt].map((path) => rmSync(path, { force: true })));

function compile(compiler, folder) {
  const tsc = join(TOOLS, compiler, "bin", "tsc");
  return spawnSync(process.execPath, [tsc, "--project", folder, "--pretty", "false"], {
    encoding: "utf8",
  });
}

const camelCase = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
/** Lacks its last letter. */
const slip = (name) => name.slice(0, -1);

/** Statements with one mistake each, and what the compiler must say of it. */
function mistakes() {
  const all = [];
  const add = (code, message) => all.push({ code, message });
  for (const { id, options } of schemes()) {
    add(`new Verifier("${slip(id)}", {});`, `Argument of type '"${slip(id)}"' is not assignable`);
    add(`webhook("${slip(id)}", {});`, `Argument of type '"${slip(id)}"' is not assignable`);
    for (const { name, members } of options) {
      const option = slip(camelCase(name));
      const message = `'${option}' does not exist in type '`;
      add(`new Verifier("${id}", { ${option}: "text" });`, message);
      add(`webhook("${id}", { ${option}: "text" });`, message);
      for (const member of members ?? []) {
        const inner = slip(camelCase(member.name));
        const given = `{ ${camelCase(name)}: { ${inner}: "text" } }`;
        add(`new Verifier("${id}", ${given});`, `'${inner}' does not exist in type '`);
      }
    }
  }
  add(
    'new Verifier("plivo", { authTokn: "text" });',
    "'authTokn' does not exist in type 'PlivoOptions'. Did you mean to write 'authToken'?",
  );
  add(
    'new TokenIssuer({ clientID: "one" });',
    "'clientID' does not exist in type 'TokenIssuerOptions'. Did you mean to write 'clientId'?",
  );
  return all;
}

for (const compiler of ["typescript", "typescript5"]) {
  describe(compiler, () => {
    it("compiles the sample programs, but not their mistakes", () => {
      // Compiles only if the type has each code of the native part, and no other.
      const lines = errorCodes().map(({ code }) => `  ${code}: true,`);
      writeFileSync(
        facts,
        [
          'import type { ErrorCode, OptionInfo, SchemeInfo } from "hookseal";',
          "export const all: Record<ErrorCode, true> = {",
          ...lines,
          "};",
          `export const catalogue: Required<SchemeInfo>[] = ${JSON.stringify(schemes())};`,
          "export const options: readonly OptionInfo[] = catalogue.flatMap((it) => it.options);",
        ].join("\n"),
      );
      const { status, stdout } = compile(compiler, TYPES);
      assert.equal(status, 0, stdout);
    });

    it("names each option and each scheme that is misspelt", () => {
      const all = mistakes();
      const head =
        'import { TokenIssuer, Verifier } from "hookseal"; import { webhook } from "hookseal/express";';
      writeFileSync(misspelt, [head, ...all.map(({ code }) => code)].join("\n"));
      const { status, stdout } = compile(compiler, MISSPELT);
      assert.notEqual(status, 0);
      // An error and, indented below it, what it is made of.
      const errors = new Map(
        stdout
          .split(/\n(?=\S)/)
          .map((error) => [Number(/program\.mts\((\d+),/.exec(error)?.[1]), error]),
      );
      for (const [index, { code, message }] of all.entries()) {
        const error = errors.get(index + 2) ?? "no error";
        assert.ok(error.includes(message), `${code}\n${error}`);
      }
    });
  });
}
