/** Whoever hovers over a name in an editor reads what it is. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { it } from "node:test";

const require = createRequire(import.meta.url);
const ts = require("typescript5");

const LIBRARY = dirname(require.resolve("hookseal"));
const ENTRIES = ["index.d.ts", "express.d.ts"].map((name) => join(LIBRARY, name));
const program = ts.createProgram(ENTRIES, { module: ts.ModuleKind.Node16, types: [] });
const checker = program.getTypeChecker();

/** What a program can import, with the members of each that are not private. */
function* publicNames(entry) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol =
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    yield [symbol.name, symbol];
    for (const [name, member] of symbol.members ?? []) {
      const isNamed = member.flags & (ts.SymbolFlags.ClassMember | ts.SymbolFlags.Signature);
      const modifiers = ts.getCombinedModifierFlags(member.declarations[0]);
      if (isNamed && !name.startsWith("__#") && !(modifiers & ts.ModifierFlags.Private)) {
        yield [`${symbol.name}.${name}`, member];
      }
    }
  }
}

it("everything that is public is documented", () => {
  const names = ENTRIES.flatMap((entry) => [...publicNames(entry)]);
  const bare = names
    .filter(([, symbol]) => symbol.getDocumentationComment(checker).length === 0)
    .map(([name]) => name);
  assert.ok(names.length > 300, `${names.length} names`);
  assert.deepEqual(bare, []);
});
