/** The packed archives, installed as a user installs them. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";

import { HERE, ROOT } from "./support.mjs";

const DIST = join(ROOT, "dist", "npm");
const archives = readdirSync(DIST).map((name) => join(DIST, name));
const main = archives.find((path) => !path.includes("native"));
const TOOLS = join(dirname(HERE), "node_modules");
const LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"];
const OFFLINE = ["--offline", "--no-audit", "--no-fund", "--loglevel=error", "--no-package-lock"];
const PROGRAM = `
  const verifier = new Verifier("plivo", { authToken: "t" });
  const headers = verifier.sign({ method: "GET", url: "https://a.example/" });
  verifier.verify({ method: "GET", url: "https://a.example/", headers, body: Buffer.alloc(0) });
  if (typeof webhook("plivo", { authToken: "t" }) !== "function") throw new Error("no middleware");
  console.log("verified");
`;

let folder;

/** An empty project with these archives. */
function project(...paths) {
  rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync(join(tmpdir(), "hookseal-"));
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  execFileSync("npm", ["install", ...OFFLINE, ...paths], { cwd: folder, stdio: "pipe" });
}

function program(name, text) {
  writeFileSync(join(folder, name), text);
  return spawnSync(process.execPath, [name], { cwd: folder, encoding: "utf8" });
}

const commonJs = () =>
  program(
    "program.cjs",
    `const { Verifier } = require("hookseal");
     const { webhook } = require("hookseal/express");${PROGRAM}`,
  );

const manifest = (name) =>
  JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));

before(() => {
  folder = mkdtempSync(join(tmpdir(), "hookseal-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("both archives, without a network", () => {
  before(() => project(...archives));

  it("work from CommonJS", () => assert.equal(commonJs().stdout, "verified\n"));

  it("work from ESM, with the same classes", () => {
    const { stdout, stderr } = program(
      "program.mjs",
      `import * as hookseal from "hookseal";
       import { Verifier } from "hookseal";
       import { webhook } from "hookseal/express";
       import { createRequire } from "node:module";
       const common = createRequire(import.meta.url)("hookseal");
       for (const name of Object.keys(common)) {
         if (hookseal[name] !== common[name]) throw new Error(name);
       }
       ${PROGRAM}`,
    );
    assert.equal(stdout, "verified\n", stderr);
  });

  it("need nothing else and run nothing when they are installed", () => {
    const { version } = manifest("hookseal");
    assert.match(
      readFileSync(join(ROOT, "Cargo.toml"), "utf8"),
      new RegExp(`\nversion = "${version}"\n`),
    );
    for (const name of ["hookseal", "@hookseal/native-linux-x64-gnu"]) {
      const { dependencies, peerDependencies, scripts, ...rest } = manifest(name);
      assert.deepEqual(
        [dependencies, peerDependencies, scripts],
        [undefined, undefined, undefined],
      );
      assert.equal(rest.version, version);
    }
    const installed = readdirSync(join(folder, "node_modules")).filter(
      (name) => !name.startsWith("."),
    );
    assert.deepEqual(installed.sort(), ["@hookseal", "hookseal"]);
  });

  // Near half a mebibyte is what the standard library brings to print a panic
  // and what ring brings for RSA and ECDSA, 20 KiB what Zig links in to unwind the
  // stack without the system's library, a quarter the public roots and what reads
  // certificates; the rest is compiled for speed.
  // `opt-level = "s"` for the core would save a sixth of the whole, but verify
  // 12 to 36 % slower, and decrypt half as fast.
  it("hold a native part of at most 3 mebibytes, and of 1.55 as it is downloaded", () => {
    const path = "node_modules/@hookseal/native-linux-x64-gnu/hookseal.node";
    assert.ok(statSync(join(folder, path)).size <= 3 * 1024 * 1024);
    const native = archives.find((archive) => archive !== main);
    assert.ok(statSync(native).size <= 1.55 * 1024 * 1024);
  });

  it("hold types and code of at most 60 kibibytes as they are downloaded", () => {
    assert.ok(statSync(main).size <= 60 * 1024);
  });

  it("carry their licences, and say what the native part is for", () => {
    const ofNative = [...LICENCES, "THIRD-PARTY-LICENSES.txt"];
    const packages = { hookseal: LICENCES, "@hookseal/native-linux-x64-gnu": ofNative };
    for (const [name, licences] of Object.entries(packages)) {
      for (const licence of licences) {
        const text = readFileSync(join(folder, "node_modules", name, licence), "utf8");
        assert.equal(text, readFileSync(join(ROOT, licence), "utf8"));
      }
    }
    const { os, cpu, libc } = manifest("@hookseal/native-linux-x64-gnu");
    assert.deepEqual({ os, cpu, libc }, { os: ["linux"], cpu: ["x64"], libc: ["glibc"] });
  });

  it("have types under each way in which TypeScript finds modules", () => {
    writeFileSync(
      join(folder, "program.ts"),
      `import { Verifier, type VerifiedEvent } from "hookseal";
       import { eventOf, tokenEndpoint, webhook, type WebhookSettings } from "hookseal/express";
       const settings: WebhookSettings = { name: "calls" };
       export const guard = webhook(new Verifier("plivo", { authToken: "t" }), settings);
       export const text = (event: VerifiedEvent): string => event.text();
       export const issue = [eventOf, tokenEndpoint];
       // @ts-expect-error: no such option.
       new Verifier("plivo", { authTokn: "t" });
       // @ts-expect-error: no such scheme.
       webhook("plvio", { authToken: "t" });
       // @ts-expect-error: no such export.
       export { nothing } from "hookseal/express";`,
    );
    for (const [module, resolution] of [
      ["commonjs", "node10"],
      ["node16", "node16"],
      ["esnext", "bundler"],
    ]) {
      const compiled = spawnSync(
        process.execPath,
        [
          ...[join(TOOLS, "typescript5", "bin", "tsc"), "program.ts", "--noEmit", "--strict"],
          ...["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"],
          ...["--module", module, "--moduleResolution", resolution, "--target", "es2022"],
          ...["--typeRoots", join(TOOLS, "@types"), "--types", "node"],
        ],
        { cwd: folder, encoding: "utf8" },
      );
      assert.equal(compiled.status, 0, `${resolution}: ${compiled.stdout}`);
    }
  });

  for (const [format, name] of [
    ["cjs", "bundle.cjs"],
    ["esm", "bundle.mjs"],
  ]) {
    /** What a bundle of `format` says that runs where hookseal is not installed. */
    const bundled = (...external) => {
      writeFileSync(
        join(folder, "program.js"),
        `import { webhook } from "hookseal/express"; import { Verifier } from "hookseal";${PROGRAM}`,
      );
      const elsewhere = mkdtempSync(join(tmpdir(), "hookseal-"));
      const options = ["--bundle", "--platform=node", `--format=${format}`, ...external];
      execFileSync(
        process.execPath,
        [join(TOOLS, "esbuild", "bin", "esbuild"), "program.js", ...options, `--outfile=${name}`],
        { cwd: folder, stdio: "pipe" },
      );
      cpSync(join(folder, name), join(elsewhere, name));
      const alone = spawnSync(process.execPath, [join(elsewhere, name)], { encoding: "utf8" });
      rmSync(elsewhere, { recursive: true });
      const beside = spawnSync(process.execPath, [name], { cwd: folder, encoding: "utf8" });
      return { alone, beside };
    };

    it(`say what to do where they are bundled: ${format}`, () => {
      const { alone } = bundled();
      assert.notEqual(alone.status, 0);
      assert.match(alone.stderr, /ConfigurationError.*was bundled.*external.*--external:hookseal/);
      assert.doesNotMatch(alone.stderr, /--omit=optional/);
    });

    it(`work where they are left out of a bundle: ${format}`, () => {
      const { beside } = bundled("--external:hookseal");
      assert.equal(beside.stdout, "verified\n", beside.stderr);
    });
  }

  it("refuse a native part of another version", () => {
    const path = join(folder, "node_modules", "hookseal", "package.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/"version": "[^"]+"/, '"version": "9.9.9"'));
    const { status, stderr } = commonJs();
    assert.notEqual(status, 0);
    assert.match(stderr, /ConfigurationError.*hookseal 9\.9\.9 found the native part of version/);
    writeFileSync(path, text);
  });
});

describe("the main archive alone", () => {
  before(() => project(main));

  it("installs, and says at load what is missing", () => {
    const { status, stderr } = commonJs();
    assert.notEqual(status, 0);
    assert.match(stderr, /ConfigurationError: configuration: the native part .* is not installed/);
    assert.match(stderr, /@hookseal\/native-\w+-\w+/);
  });

  it("says so too where the native part is not for this machine", () => {
    const native = join(folder, "node_modules", "@hookseal", "native-linux-x64-gnu");
    cpSync(join(folder, "node_modules", "hookseal"), native, { recursive: true });
    writeFileSync(join(native, "package.json"), '{"main":"hookseal.node"}');
    writeFileSync(join(native, "hookseal.node"), "not a library");
    const { stderr } = commonJs();
    assert.match(stderr, /ConfigurationError.*native-linux-x64-gnu: .*(too short|invalid ELF)/);
  });
});
